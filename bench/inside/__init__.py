"""Functions that run inside a portal's Django process, called through `bench.portals`.

With --against they also run in an older commit, so setup.py and pages.py use only stable names of models.
"""

import json
import sys
from contextlib import redirect_stdout
from importlib import import_module

from django.db import connections


def answer() -> None:
    """Reads calls from standard input, one JSON list ["module.function", argument, ...] per line, and writes each
    return value as a line of JSON. Returns at the end of the input."""
    answers = sys.stdout
    with redirect_stdout(sys.stderr):
        for line in sys.stdin:
            command, *arguments = json.loads(line)
            module, _, function = command.rpartition(".")
            returned = getattr(import_module(f"bench.inside.{module}"), function)(*arguments)
            print(json.dumps(returned), file=answers, flush=True)
            connections.close_all()  # no idle backend of ours while servers are measured
