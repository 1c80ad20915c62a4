"""The public data sets for measuring quality. They are too large for the repository and belong to others."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from bench import LeftOut
from bench.options import Options


def rows(file: Path) -> Iterator[dict]:
    """The rows of a .jsonl.gz file."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def file(options: Options, name: str) -> Path:
    """A file in the folder --corpora; LeftOut if it is missing."""
    if options.corpora is None:
        raise LeftOut("It needs public data sets: --corpora FOLDER.")
    found = options.corpora / name
    if not found.exists():
        raise LeftOut(f"It needs {found}.")
    return found
