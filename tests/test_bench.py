"""bench/run.py and bench/captchas.py measure; here only that they still run, so little that figures mean nothing."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from comments.captcha import picture

BENCH = Path(__file__).resolve().parent.parent / "bench"


def test_the_bench_measures_an_article_page_against_the_bare_one(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    few = ["--rounds", "1", "--requests", "20", "--articles", "20", "--data", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, str(BENCH / "run.py"), "page", *few],
        env=os.environ | {"BENCH_PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stderr == ""
    assert done.returncode in (0, 1)  # 1: a target was missed, which says nothing here
    assert "article page, nothing cached" in done.stdout
    assert "queries: 30 comments and tags" in done.stdout


def test_the_captchas_of_each_task_can_be_looked_at(tmp_path):
    done = subprocess.run(
        [sys.executable, str(BENCH / "captchas.py"), "--sheets", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stderr == ""
    assert {sheet.stem for sheet in tmp_path.glob("*.png")} == set(picture.TASKS)


@pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract is missing: apt-get install tesseract-ocr")
def test_the_bench_has_tesseract_answer_captchas():
    command = [sys.executable, str(BENCH / "captchas.py"), "--pictures", "5"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    assert done.returncode in (0, 1)
    assert "tesseract --psm 7" in done.stdout
