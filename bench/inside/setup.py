"""Prepares the portal to be measured: tables, static files, the worker's jobs."""

from django.conf import settings
from django.core.management import call_command
from django.db import connection


def prepare() -> None:
    """Waits for the database, then makes the tables and static files."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def work() -> None:
    """Runs each job of the worker once, such as the most read list."""
    call_command("worker", sekali=True)


def vacuum() -> None:
    """So that autovacuum and checkpoints do not disturb the measurement."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def database_host() -> str:
    return settings.DATABASES["default"]["HOST"]
