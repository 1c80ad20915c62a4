"""The command line."""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.checkouts import Checkout
from bench.parts import PARTS

DESCRIPTION = """Measures the portal against limits of the same run.

What a request costs is CPU time of the server: gunicorn and every process of Postgres, from /proc (Linux). Subject
and limit run under the same gunicorn options and take turns within each round, and only their ratio counts, since
machines are noisy. Printed are medians of the rounds, and the smallest and largest ratio.
"""

STATUSES = "Exit status: 0 all targets reached, 1 one missed, 2 a part failed (the others are measured all the same)."


@dataclass(frozen=True)
class Options:
    parts: list[str]
    rounds: int
    requests: int
    articles: int
    sizes: list[int]
    against: str | None
    against_python: str
    data: Path
    fresh: bool
    corpora: Path | None
    archive: Path | None
    pictures: int
    sheets: Path | None
    quick: bool
    save: Path | None
    other: Checkout | None = None  # the checkout of `against`, once it exists

    @property
    def to_measure(self) -> list[str]:
        return self.parts or [name for name, part in PARTS.items() if part.is_quick or not self.quick]


def read(arguments: Sequence[str] | None = None) -> Options:
    parser = _parser()
    options = Options(**vars(parser.parse_args(arguments)))
    if options.quick:
        options = replace(options, rounds=min(options.rounds, 3), requests=min(options.requests, 300))
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if options.against and not any(PARTS[name].compares for name in options.to_measure):
        parser.error(f"--against: only {', '.join(_comparing())} can compare with another commit")
    return options


def _comparing() -> list[str]:
    return [name for name, part in PARTS.items() if part.compares]


def _parser() -> argparse.ArgumentParser:
    parts = "".join(f"\n  {name:10} {part.about}" for name, part in PARTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=f"{DESCRIPTION}\nparts:{parts}",
        epilog=STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("parts", nargs="*", metavar="PART", help="all when none is named")
    add("--rounds", type=_positive, metavar="N", default=9, help="at least 7 to mean something (default: 9)")
    add("--requests", type=_positive, metavar="N", default=1000, help="a round, for a page of 4 ms (default: 1000)")
    add("--articles", type=_positive, metavar="N", default=1000, help="requested by `page` (default: 1000)")
    add(
        "--sizes",
        type=_positive,
        nargs=2,
        metavar="N",
        default=[1_000, 100_000],
        help="articles of the archives of `growth`",
    )
    add("--quick", action="store_true", help="the parts that take seconds, in 3 rounds: a first look, in minutes")
    add("--save", type=_folder, metavar="FILE.md", help="also write the figures and plots there: docs/performance.md")
    add("--against", metavar="COMMIT", help=f"{', '.join(_comparing())}: compare with this commit, too")
    add(
        "--against-python", metavar="PROGRAM", default=sys.executable, help="with that commit's packages, if not these"
    )
    scratch = Path(tempfile.gettempdir()) / "portal-bench"
    add(
        "--data",
        type=_folder,
        metavar="FOLDER",
        default=scratch,
        help=f"databases are kept there for later runs ({scratch})",
    )
    add("--fresh", action="store_true", help="create them again: a migration or the stemmer changed")
    corpora = os.environ.get("PORTAL_DATA") or None
    add(
        "--corpora",
        type=_folder,
        metavar="FOLDER",
        default=corpora,
        help="public data sets: news_*, search_facqa, ... ($PORTAL_DATA)",
    )
    add(
        "--archive",
        type=_folder,
        metavar="DATA_DIR",
        help="`search`, `related`: also measure times, in this archive (make_archive)",
    )
    add("--pictures", type=_positive, metavar="N", default=300, help="`captchas`: how many are read (default: 300)")
    add(
        "--sheets",
        type=_folder,
        metavar="FOLDER",
        help="`captchas`: only write pictures of each task there, to look at",
    )
    return parser


def _folder(text: str) -> Path:
    return Path(text).resolve()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number
