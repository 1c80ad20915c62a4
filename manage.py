#!/usr/bin/env python3
"""Django's command line. Starts the embedded Postgres around every command that needs a database."""

import os
import sys
from contextlib import nullcontext

# `serve` starts the database itself, after checking that the portal is not already running.
WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "diffsettings",
    "findstatic",
    "help",
    "kunci_cadangan",
    "latih_spam",
    "makemigrations",
}
WITHOUT_DATABASE |= {"serve", "version", "-h", "--help", "--version"}
WITHOUT_DATABASE |= {"restore"}  # puts another one in its place
MAKING_DATABASES = {"migrate"}
MAKING_TABLES = MAKING_DATABASES | {"naikkan"}
IN_ANY_STATE = {"dbshell", "inspectdb", "shell", "showmigrations", "sqlmigrate", "test"}  # for looking around
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
    import django
    from django.core.management import CommandError, execute_from_command_line

    from portal.backup import swap
    from portal.run import data_folder, database, postgres, start

    CommandError.__name__ = "Galat"  # Django writes the name of the class before the sentence that the operator reads
    settings = start.read_settings()
    with start.data_folder_errors_end_it():
        if needs_database(argv) or argv[1:2] in (["serve"], ["restore"]):
            swap.finish_interrupted()
        if not needs_database(argv):
            if argv[1:2] in (["serve"], ["restore"]):
                data_folder.prepare(settings)
            execute_from_command_line(argv)
            return
        if argv[1] not in MAKING_DATABASES | IN_ANY_STATE:
            start.refuse_a_new_database()
        data_folder.prepare(settings)
        server = postgres.running(settings.DATA_DIR) if settings.EMBEDDED_DATABASE else nullcontext()
        with server, start.database_errors_end_it():
            if argv[1] != "worker" and "--verbosity=0" not in argv:  # the worker's standard error is a log
                start.introduce_database()
            if argv[1] not in IN_ANY_STATE | {"worker"}:  # which waits for a database that is down
                django.setup()
                database.check_usable(tables=argv[1] not in MAKING_TABLES)
            execute_from_command_line(argv)


def needs_database(argv):
    return len(argv) > 1 and argv[1] not in WITHOUT_DATABASE and not {"-h", "--help"} & set(argv)


if __name__ == "__main__":
    main()
