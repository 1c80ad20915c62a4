"""`python -m bench page` from start to end; the sizes here are too small for meaningful figures."""

import re

import pytest

from bench.parts.page import TARGETS
from tests.test_bench import MISSED, REACHED, bench, lines_of

pytestmark = pytest.mark.drill


def test_pages_are_measured_against_the_bare_one(tmp_path):
    done = bench("page", "--rounds", 1, "--requests", 20, "--articles", 20, "--data", tmp_path)
    assert done.stderr == ""
    lines = lines_of(done)
    ratio = r" +\d+\.\d{3} +\d+\.\d{3}   (\d\.\d{3}) \(\1\.\.\1\) +<= 1(\.\d+)?  (ok|MISSED)"
    names = [
        "article page, nothing cached",
        "article page, compressed",
        *(f"{kind}, nothing cached" for kind in TARGETS),
    ]
    assert all(re.fullmatch(ratio, lines.pop(name)) for name in names)
    assert {name: line.split() for name, line in lines.items()} == {
        "queries: nothing cached, 30 comments and tags": ["6", "<=", "6", "ok"],
        "queries: 1 comment, 1 tag": ["4", "<=", "6", "ok"],
        "queries: 30 comments and tags": ["4", "<=", "6", "ok"],
    }
    # The cost itself means nothing here, but the exit status must match it.
    assert done.returncode == (MISSED if "MISSED" in done.stdout else REACHED)
