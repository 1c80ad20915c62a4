"""What the portal costs, and how good search, Artikel Terkait, spam score and captchas are: python -m bench --help"""


class Failed(Exception):
    """A part cannot be measured; the message is one sentence."""


class LeftOut(Failed):
    """Something that a part needs is not on this machine; a failure only where the part was asked for by name."""
