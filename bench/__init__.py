"""Measures the cost of the portal and the quality of its search, related articles, spam score and captchas.

See `python -m bench --help`.
"""


class Failed(Exception):
    """A part cannot be measured. The message is one sentence."""


class LeftOut(Failed):
    """This machine lacks something that a part needs. A failure only if the part was named on the command line."""
