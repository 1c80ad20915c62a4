"""bench/run.py measures; here only that it still runs, with so few requests that its figures mean nothing."""

import os
import socket
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent / "bench" / "run.py"


def test_the_bench_measures_an_article_page_against_the_bare_one(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    few = ["--rounds", "1", "--requests", "20", "--articles", "20", "--data", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, str(BENCH), "page", *few],
        env=os.environ | {"BENCH_PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stderr == ""
    assert done.returncode in (0, 1)  # 1: a target was missed, which says nothing here
    assert "article page, nothing cached" in done.stdout
    assert "queries: 30 comments and tags" in done.stdout
