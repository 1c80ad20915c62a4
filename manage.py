#!/usr/bin/env python3
"""Django's command line. Starts the embedded Postgres around every command that needs a database."""

import os
import sys

# `serve` starts it by itself, after it has looked whether the portal runs already.
WITHOUT_DATABASE = {"check", "collectstatic", "diffsettings", "findstatic", "help", "makemigrations", "serve"}
WITHOUT_DATABASE |= {"version", "-h", "--help", "--version"}
OWN_PACKAGES = {"comments", "news", "portal"}


def main():
    if sys.version_info < (3, 11):  # noqa: UP036 (this is where an older Python is told so)
        sys.exit(f"Portal memerlukan Python 3.11 atau yang lebih baru; ini Python {sys.version.split()[0]}.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        run(sys.argv)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in OWN_PACKAGES:
            raise
        sys.exit(
            f"Paket {error.name} belum terpasang. Jalankan dahulu: "
            "python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt"
        )


def run(argv):
    from django.conf import settings
    from django.core.management import execute_from_command_line

    from portal import postgres

    if not settings.EMBEDDED_DATABASE or not needs_database(argv):
        execute_from_command_line(argv)
        return
    try:
        with postgres.running(settings.DATA_DIR):
            execute_from_command_line(argv)
    except postgres.PostgresError as error:
        sys.exit(str(error))


def needs_database(argv):
    return len(argv) > 1 and argv[1] not in WITHOUT_DATABASE and "--help" not in argv


if __name__ == "__main__":
    main()
