"""What runs in a portal's own Django, asked through `bench.portals`; with --against also in that of an older commit.

So setup.py and pages.py use only names of models that do not change.
"""

import json
import sys
from contextlib import redirect_stdout
from importlib import import_module

from django.db import connections


def answer() -> None:
    """Runs what is asked on standard input, one JSON list [module.function, argument, ...] a line, and writes what it
    returns as a line of JSON. Ends with standard input."""
    answers = sys.stdout
    with redirect_stdout(sys.stderr):
        for line in sys.stdin:
            command, *arguments = json.loads(line)
            module, _, function = command.rpartition(".")
            returned = getattr(import_module(f"bench.inside.{module}"), function)(*arguments)
            print(json.dumps(returned), file=answers, flush=True)
            connections.close_all()  # Postgres has nothing to do for us while servers are measured
