"""The code to measure: this checkout, or a temporary worktree of another commit."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import Failed

ROOT = Path(__file__).resolve().parent.parent
INHERITED = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "USER")


def environment(**more: object) -> dict[str, str]:
    """These variables, no settings file, and of the caller's environment only what cannot change how the portal
    behaves."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return kept | {"PORTAL_ENV": os.devnull} | {name: str(value) for name, value in more.items()}


@dataclass(frozen=True)
class Checkout:
    root: Path
    python: str = sys.executable
    name: str = "here"  # short commit id; also names the data folder


HERE = Checkout(ROOT)


@contextmanager
def of_commit(name: str, python: str = sys.executable) -> Iterator[Checkout]:
    """A worktree of this commit, removed at the end. Its bench/ is replaced by ours, so that the same code fills and
    queries both portals."""
    try:
        commit = _git("rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}").strip()
    except Failed as error:
        raise Failed(f"No commit {name}: {error}") from error
    folder = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    checkout = folder / "checkout"
    try:
        _git("worktree", "add", "--quiet", "--detach", str(checkout), commit)
        shutil.rmtree(checkout / "bench", ignore_errors=True)
        shutil.copytree(ROOT / "bench", checkout / "bench", ignore=shutil.ignore_patterns("__pycache__"))
        yield Checkout(checkout, python, commit[:7])
    finally:
        with _signals_ignored():
            shutil.rmtree(folder, ignore_errors=True)
            _git("worktree", "prune")


@contextmanager
def _signals_ignored() -> Iterator[None]:
    """An impatient second Ctrl-C must not leave the worktree behind."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _git(*arguments: str) -> str:
    """Runs git without the repository's hooks; returns its output."""
    command = ["git", "-C", str(ROOT), "-c", "core.hooksPath=/dev/null", *arguments]
    try:
        done = subprocess.run(command, env=environment(), capture_output=True, text=True)
    except FileNotFoundError:
        raise Failed("--against needs git.") from None
    if done.returncode:
        raise Failed(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout
