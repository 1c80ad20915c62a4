"""The parts of the portal that `manage.py serve` forks from itself: the web server and the worker.

Elsewhere systemd or a container starts each as a program: `gunicorn -c python:portal.gunicorn portal.wsgi` and
`manage.py worker`."""

import gc
import sys
from contextlib import nullcontext
from importlib import import_module

from django.conf import settings
from django.core.management import call_command
from gunicorn.app import wsgiapp

from portal.run import database, postgres, start, warming
from portal.run.supervisor import listen_address


def load() -> None:
    """Loads what both need, once, for their common memory. No connection and no thread may be left for the fork."""
    for name in ("portal.wsgi", "portal.gunicorn", "portal.run.web_worker", "portal.management.commands.worker"):
        import_module(name)
    warming.warm_up()
    gc.collect()
    gc.freeze()  # or collections in a child would touch, and thereby copy, what it shares


def web() -> None:
    address = listen_address(settings.HOST, settings.PORT)
    options = ["-c", "python:portal.gunicorn", f"--bind={address}", f"--workers={settings.WORKERS}"]
    sys.argv = ["gunicorn", *options, "portal.wsgi"]
    wsgiapp.run()


def worker() -> None:
    database.use_backend(database.OF_COMMANDS)
    server = postgres.running(settings.DATA_DIR) if settings.EMBEDDED_DATABASE else nullcontext()
    with server, start.database_errors_end_it():
        call_command("worker")
