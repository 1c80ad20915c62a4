"""What every command and the web server do first. Wrong settings end the process with one Indonesian sentence."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import LazySettings, settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error

from portal.run import data_folder, database


def read_settings() -> LazySettings:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        settings.DATA_DIR  # noqa: B018 (the first access loads them)
    except (ImproperlyConfigured, ValueError) as error:
        sys.exit(f"Ada pengaturan yang keliru: {error}")
    except OSError as error:
        # The settings only look for files in the data folder, whose name is not known here.
        sys.exit(data_folder.problem(error, Path(str(error.filename or "")).parent))
    if settings.METRICS:  # read by prometheus_client; portal.metrics.requests says which process has files there
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(settings.DATA_DIR / data_folder.METRICS)
    return settings


@contextmanager
def data_folder_errors_end_it() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if not data_folder.is_about(error, settings.DATA_DIR):
            raise
        sys.exit(data_folder.problem(error, settings.DATA_DIR))


@contextmanager
def database_errors_end_it() -> Iterator[None]:
    """Only errors that an operator can mend. The connection must still be possible when the block ends."""
    try:
        yield
    except database.Unusable as error:
        sys.exit(str(error))
    except Error as error:
        sentence = database.explanation(error)
        if sentence is None:
            raise
        sys.exit(sentence)


def introduce_database() -> None:
    """Says which database a command works on: on standard error, so that its output stays its own."""
    print(f"Basis data: {database.label()}", file=sys.stderr, flush=True)


def refuse_a_new_database() -> None:
    """For commands typed with a wrong DATA_DIR, which would start, and change, a new embedded database there."""
    if settings.EMBEDDED_DATABASE and not (settings.DATA_DIR / "postgres").exists():
        sys.exit(
            f"Belum ada basis data di {settings.DATA_DIR}: jalankan `manage.py serve` dahulu, "
            "atau sebutkan DATA_DIR atau DATABASE_URL portal Anda."
        )
