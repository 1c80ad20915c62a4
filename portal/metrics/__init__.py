"""Figures for Prometheus, at the address in METRICS: of requests from the web server's processes, of everything else
from the worker, which also shows them. They tell about work, never about people."""

from pathlib import Path

FOLDER = "metrics"  # in DATA_DIR; each process of the web server has a file there


def begin(data_dir: Path) -> None:
    """For a web server about to start: its counters begin at zero, as Prometheus expects it."""
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    for path in folder.glob("*.db"):
        path.unlink(missing_ok=True)
