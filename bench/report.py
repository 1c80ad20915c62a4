"""Writes the lines of a part into a Markdown page (`--save`): what was measured last, on which machine, and a plot of
the ratios beside their targets."""

import os
import platform
import re
import subprocess
from datetime import datetime
from html import escape
from pathlib import Path

from bench.checkouts import ROOT
from bench.table import Line

_ROW, _NAME, _BAR, _WIDTH = 22, 330, 360, 760  # units of the SVG: height of a row, where bars begin, how long, width
_MOST = 1.5  # times the target; longer bars are cut off


def save(page: Path, name: str, lines: list[Line]) -> None:
    """Replaces the section of the part `name` between its two comments in `page`, or adds it at the end. A part that
    compares with targets gets a plot in the folder beside the page that has the page's name."""
    plot = page.with_suffix("") / f"{name}.svg"
    picture = ""
    if compared := [line for line in lines if line.share_of_target is not None]:
        plot.parent.mkdir(parents=True, exist_ok=True)
        plot.write_text(svg(name, compared), encoding="utf-8")
        picture = f"\n![Figures of {name} beside their targets]({plot.parent.name}/{plot.name})\n"
    begin, end = f"<!-- bench {name} -->", f"<!-- /bench {name} -->"
    section = f"{begin}\n### {name}\n\n{_circumstances()}\n\n{_markdown(lines)}\n{picture}{end}"
    text = page.read_text(encoding="utf-8") if page.exists() else "# Performance\n"
    found = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    text, times = found.subn(lambda _: section, text)
    if not times:
        text = f"{text.rstrip()}\n\n{section}\n"
    page.write_text(text, encoding="utf-8")


def _circumstances() -> str:
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    commit = subprocess.run(
        ["git", "-C", str(ROOT), "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return (
        f"{datetime.now().astimezone():%Y-%m-%d}, commit {commit or 'unknown'}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores, load average at the end {load}."
    )


def _markdown(lines: list[Line]) -> str:
    rows: list[tuple[str, ...]] = [("", "cost", "limit", "ratio (smallest..largest)", "target", ""), ("---",) * 6]
    rows += [line.cells for line in lines]
    return "\n".join("| " + " | ".join(cell.strip().replace("|", "\\|") for cell in row) + " |" for row in rows)


def svg(name: str, lines: list[Line]) -> str:
    """A bar for each line: its figure as a share of the target, which is the upright line. Bars beyond it are missed
    targets, unless the target is a least value."""
    unit = _BAR / _MOST
    height = _ROW * len(lines) + 30
    bars = "\n".join(_bar(row, line, unit) for row, line in enumerate(lines))
    target = f'<path d="M{_NAME + unit:g} 4V{height - 24}" stroke="#1a1a1a" stroke-dasharray="3 3"/>'
    label = f'<text x="{_NAME + unit:g}" y="{height - 8}" text-anchor="middle">target</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="12">\n<title>{escape(name)}: figures beside their targets</title>\n'
        f'<path d="M0 0H{_WIDTH}V{height}H0Z" fill="#fff"/>\n{bars}\n{target}\n{label}\n</svg>\n'
    )


def _bar(row: int, line: Line, unit: float) -> str:
    share = line.share_of_target or 0
    y, length = row * _ROW + 4, min(share, _MOST) * unit
    colour = "#2f6f4f" if line.reached else "#b3401f"
    text = f"{line.figure:g} ({line.target.strip()})"
    return (
        f'<text x="{_NAME - 8}" y="{y + 13}" text-anchor="end">{escape(line.name.strip()[:58])}</text>'
        f'<path d="M{_NAME} {y}h{length:.1f}v{_ROW - 6}h-{length:.1f}z" fill="{colour}"/>'
        f'<text x="{_NAME + length + 6:.1f}" y="{y + 13}">{escape(text)}</text>'
    )
