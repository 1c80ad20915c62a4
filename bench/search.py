"""What the search finds and what it costs:  .venv/bin/python bench/search.py DATA [--archive DATA_DIR] [--fresh]

    questions    of DATA/search_facqa, in an archive of all its passages and DATA/news_indosum: the mean reciprocal
                 rank of the first right answer among ten, beside that of plain BM25 over the same stems
    titles       the first six words of every title as a search, in an archive of all DATA/news_*
    typos        one letter of a word of that archive dropped, added, changed or swapped: the share that is set right
    inflections  the pairs of forms of one word in bench/inflections.txt: how many have one stem
    speed        with --archive, the DATA_DIR of a large archive (manage.py make_archive): the milliseconds of a
                 search by its kind, and the CPU time of Postgres and Python

The scratch databases lie in the temporary folder of the system and are used again; --fresh makes them anew (do so
when a migration or the stemmer was changed). Exit status 1 when a target is missed.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

import sites
from sites import postgres


def main() -> int:
    parser = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA", help="the folder with search_facqa and news_*")
    parser.add_argument("--archive", type=Path, metavar="DATA_DIR", help="whose speed is measured")
    parser.add_argument("--fresh", action="store_true", help="make the scratch databases anew")
    options = parser.parse_args()
    scratch = Path(tempfile.gettempdir()).resolve() / "portal-bench" / "pencarian"
    if options.fresh:
        shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True, exist_ok=True)
    facqa, news = options.data / "search_facqa", sorted(options.data.glob("news_*/data.jsonl.gz"))
    if not news or not facqa.is_dir():
        parser.error(f"{options.data} has no search_facqa or no news_*/data.jsonl.gz")

    print(f"{'':58}{'ours':>9}{'target':>11}", flush=True)
    reached = []
    with archive(scratch / "tanya", [options.data / "news_indosum" / "data.jsonl.gz"], passages=facqa) as folder:
        reached += measured(folder, "questions", facqa / "queries.jsonl.gz", facqa / "corpus.jsonl.gz")
    with archive(scratch / "judul", news) as folder:
        reached += measured(folder, "titles")
        reached += measured(folder, "typos")
        reached += measured(folder, "inflections")
    if options.archive:
        folder = options.archive.resolve()
        with postgres.running(folder):
            reached += measured(folder, "speed")
    return int(not all(reached))


class archive:
    """A scratch database of these files' articles, filled when it is not there; its folder, while the block runs."""

    def __init__(self, folder: Path, files: list[Path], *, passages: Path | None = None):
        self.folder, self.files, self.passages = folder, files, passages
        self.server = postgres.running(folder)

    def __enter__(self) -> Path:
        self.server.__enter__()
        done = self.folder / "selesai"
        sites.run("manage.py", "migrate", "--no-input", "--verbosity=0", DATA_DIR=self.folder)
        if not done.exists():
            if self.passages:
                sites.run(
                    "bench/searches.py", "passages", str(self.passages / "corpus.jsonl.gz"), DATA_DIR=self.folder
                )
            sites.run("bench/searches.py", "articles", *map(str, self.files), DATA_DIR=self.folder)
            done.touch()
        return self.folder

    def __exit__(self, *error):
        self.server.__exit__(*error)


def measured(folder: Path, part: str, *files: Path) -> list[bool]:
    """Prints what a part says of itself; for each line with a target whether it was reached."""
    reached = []
    for name, ours, target, ok in json.loads(sites.run("bench/searches.py", part, *map(str, files), DATA_DIR=folder)):
        mark = {True: "ok", False: "MISSED", None: ""}[ok]
        print(f"{name:58}{ours:>9}{target:>11}  {mark}".rstrip(), flush=True)
        reached += [] if ok is None else [ok]
    return reached


if __name__ == "__main__":
    started = time.monotonic()
    status = main()
    print(f"{time.monotonic() - started:.0f} s")
    sys.exit(status)
