"""`python -m bench` runs; the sizes here are too small for meaningful figures."""

import re
import socket
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from bench import Failed, checkouts, load, options, parts, report, rounds, servers, table
from bench.parts import odd
from bench.table import Line
from comments.captcha import picture
from tests.conftest import require_program

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
REACHED, MISSED, FAILED = 0, 1, 2  # exit statuses
WITHOUT_DJANGO = "import runpy, sys; sys.modules['django'] = None; runpy.run_module('bench', run_name='__main__')"


def bench(*arguments: object, program: tuple[str, ...] = ("-m", "bench")) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *program, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def lines_of(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """The lines of the table by name."""
    lines = done.stdout.splitlines()
    assert lines[0].split()[:3] == ["cost", "limit", "ratio"]
    assert re.fullmatch(r"\d+ s", lines[-1])
    return {line[:58].rstrip(): line[58:] for line in lines[1:-1]}


def test_each_module_in_parts_is_offered_as_a_part():
    assert {path.stem for path in Path(parts.__file__).parent.glob("[a-z]*.py")} == set(parts.PARTS)
    assert all(callable(import_module(f"bench.parts.{name}").measure) for name in parts.PARTS)


def test_an_unknown_commit_is_a_failure_and_not_a_missed_target(tmp_path):
    done = bench("page", "--against", "no-such-commit", "--data", tmp_path)
    assert done.returncode == FAILED
    assert "No commit no-such-commit" in done.stderr
    assert bench("no-such-part").returncode == FAILED


def test_the_constant_page_runs_with_the_portals_gunicorn_options():
    with servers.hello(1234) as hello:
        assert load.get(hello.port, ["/"], 5) == 1234
        assert hello.cost(["/"], 5) > 0
        with pytest.raises(Failed, match=r"400 Bad Request|cut short"):  # which must not be measured
            load.get(hello.port, ["/"], 1, {"Content-Length": "x"})


def test_a_port_taken_by_another_program_is_not_measured():
    with socket.create_server(("127.0.0.1", 0)) as other, subprocess.Popen(["sleep", "60"]) as process:
        try:
            with pytest.raises(Failed, match=r"Port \d+ is taken by another program"):
                servers.wait_for(other.getsockname()[1], process)
        finally:
            process.kill()


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no git checkout")
@pytest.mark.parametrize("end", [None, KeyboardInterrupt])
def test_the_worktree_of_another_commit_has_our_bench_and_is_removed_at_the_end(end):
    try:
        with checkouts.of_commit("HEAD") as checkout:
            assert (checkout.root / "manage.py").exists()
            ours, theirs = (root / "bench" / "inside" / "pages.py" for root in (ROOT, checkout.root))
            assert theirs.read_text() == ours.read_text()
            if end:
                raise end
    except KeyboardInterrupt:
        pass
    assert not checkout.root.exists()
    worktrees = subprocess.run(["git", "worktree", "list"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert str(checkout.root) not in worktrees.stdout


def test_subjects_take_turns_and_the_ratio_is_computed_per_round():
    order = []
    costs = {name: lambda name=name: order.append(name) or float(len(order)) for name in "ab"}
    assert rounds.take_turns(3, costs) == {"a": [1, 4, 5], "b": [2, 3, 6]}
    assert order == ["a", "b", "b", "a", "a", "b"]
    line = table.ratio("page", [3, 20, 300], [1, 10, 100], target=2.5)
    assert (line.cost, line.limit, line.ratio) == ("20.000", "10.000", "3.000 (2.000..3.000)")
    assert line.reached is False
    assert str(line).endswith("<= 2.5  MISSED")


def test_a_failing_part_is_reported_and_the_others_still_run_and_captchas_need_no_django(tmp_path):
    missing = tmp_path / "missing"
    options = ["--corpora", missing, "--sheets", tmp_path, "--data", tmp_path]
    done = bench("search", "captchas", *options, program=("-c", WITHOUT_DJANGO))
    assert done.stderr == ""
    assert done.returncode == FAILED
    assert f"search: FAILED. It needs {missing}/search_facqa/corpus.jsonl.gz." in done.stdout
    assert {sheet.stem for sheet in tmp_path.glob("*.png")} == set(picture.TASKS)


def test_tesseract_answers_captchas(tmp_path):
    require_program("tesseract", "apt-get install tesseract-ocr")
    done = bench("captchas", "--pictures", 5, "--data", tmp_path)
    assert done.stderr == ""
    assert "captchas, tesseract --psm 7: answered, of 5" in lines_of(done)
    assert done.returncode == (MISSED if "MISSED" in done.stdout else REACHED)


def test_the_report_replaces_a_parts_section_and_keeps_what_people_wrote(tmp_path):
    page = tmp_path / "performance.md"
    page.write_text("# Performance\n\nWhat was tried.\n")
    report.save(page, "page", [table.ratio("an <article> | cold", [2.0], [1.0], target=1.5), Line("no target", "7")])
    report.save(page, "memory", [table.at_most("memory, MiB", 150, 200)])
    report.save(page, "page", [table.at_least("share", 0.5, 0.25)])
    text = page.read_text()
    assert text.startswith("# Performance\n\nWhat was tried.\n\n<!-- bench page -->")
    assert text.count("<!-- bench page -->") == text.count("<!-- /bench page -->") == 1
    assert "| share | 0.5 |  |  | >= 0.25 | ok |" in text
    assert "cold" not in text
    assert "| memory, MiB | 150 |  |  | <= 200 | ok |" in text
    assert "](performance/memory.svg)" in text
    assert "share" in (tmp_path / "performance" / "page.svg").read_text()


def test_a_bar_is_as_long_as_its_share_of_the_target():
    lines = [table.ratio("half", [1.0], [2.0], target=1), table.ratio("<far> beyond", [9.0], [1.0], target=1)]
    half, beyond = (int(float(length)) for length in re.findall(r"M330 \d+h([0-9.]+)v", report.svg("x", lines)))
    target = int(re.search(r'<path d="M(\d+) 4V', report.svg("x", lines))[1]) - 330
    assert (half, beyond) == (target // 2, target * 3 // 2)
    assert "&lt;far&gt;" in report.svg("x", lines)
    assert table.at_most("nothing", 0, 0).share_of_target is None


def test_odd_requests_are_the_same_in_each_run_and_can_be_sent():
    known = ["/", "/tag/taman", "/cari?q=banjir", "/cari?q=a+b"]
    found = odd.odd_addresses(known, 300)
    assert found == odd.odd_addresses(known, 300)
    assert len(set(found)) > 250
    assert any("banjir" in each for each in found)
    assert all(each.startswith("/") and each.isascii() and " " not in each and len(each) < 8_190 for each in found)


def test_quick_measures_the_quick_parts_in_few_rounds():
    quick = options.read(["--quick"])
    assert quick.to_measure == [name for name, part in parts.PARTS.items() if part.is_quick]
    assert (quick.rounds, quick.requests) == (3, 300)
    assert options.read(["--quick", "spam"]).to_measure == ["spam"]
