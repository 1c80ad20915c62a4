"""The tables and files of a portal that is measured, and what its worker does."""

from django.conf import settings
from django.core.management import call_command
from django.db import connection


def prepare() -> None:
    """Makes the tables and static files; waits for the database."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def work() -> None:
    """Each job of the worker once: the list of the most read and the like."""
    call_command("worker", sekali=True)


def vacuum() -> None:
    """Afterwards Postgres has nothing to tidy up for a while."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def database_host() -> str:
    return settings.DATABASES["default"]["HOST"]
