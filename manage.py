#!/usr/bin/env python3
"""Django's command line. Starts the embedded Postgres around every command that needs a database."""

import os
import sys
from contextlib import nullcontext

# `serve` starts the database itself, after checking that the portal is not already running.
WITHOUT_DATABASE = {"check", "collectstatic", "diffsettings", "findstatic", "help", "makemigrations", "serve"}
WITHOUT_DATABASE |= {"version", "-h", "--help", "--version"}
OWN_PACKAGES = {"comments", "news", "portal"}


def main():
    if sys.version_info < (3, 11):  # noqa: UP036 (older Pythons get this message)
        sys.exit(f"Portal memerlukan Python 3.11 atau yang lebih baru; ini Python {sys.version.split()[0]}.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from portal.run import postgres, supervisor

    try:
        if sys.argv[1:2] == ["serve"]:
            supervisor.raise_on_stop_signals()  # before Django's imports, which take a second
        run(sys.argv)
    except supervisor.Stopped:
        supervisor.say("Portal berhenti.")
    except KeyboardInterrupt:
        sys.exit("Dihentikan.")
    except postgres.PostgresError as error:
        sys.exit(str(error))
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in OWN_PACKAGES:
            raise
        sys.exit(
            f"Paket {error.name} belum terpasang. Jalankan dahulu: "
            "python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt"
        )


def run(argv):
    from django.core.management import execute_from_command_line

    from portal.run import postgres

    settings = read_settings()
    if needs_database(argv) or argv[1:2] == ["serve"]:
        prepare_data_folder(settings)
    with_postgres = settings.EMBEDDED_DATABASE and needs_database(argv)
    with postgres.running(settings.DATA_DIR) if with_postgres else nullcontext():
        execute_from_command_line(argv)


def read_settings():
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        settings.DATA_DIR  # noqa: B018 (the first access loads them)
    except (ImproperlyConfigured, ValueError) as error:
        sys.exit(f"Ada variabel lingkungan yang keliru: {error}")
    except OSError as error:
        sys.exit(f"Folder data tidak dapat dipakai: {error}")
    return settings


def prepare_data_folder(settings):
    from portal.run import data_folder

    try:
        data_folder.prepare(settings)
    except OSError as error:
        sys.exit(f"Folder data tidak dapat dipakai: {error}")


def needs_database(argv):
    return len(argv) > 1 and argv[1] not in WITHOUT_DATABASE and "--help" not in argv


if __name__ == "__main__":
    main()
