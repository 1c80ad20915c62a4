"""The public data sets that quality is measured on; they are too large for the repository, and not ours."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from bench import LeftOut
from bench.options import Options


def rows(file: Path) -> Iterator[dict]:
    """Of a .jsonl.gz."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def file(options: Options, name: str) -> Path:
    """A file of --corpora. LeftOut where it is not there."""
    if options.corpora is None:
        raise LeftOut("It needs public data sets: --corpora FOLDER.")
    found = options.corpora / name
    if not found.exists():
        raise LeftOut(f"It needs {found}.")
    return found
