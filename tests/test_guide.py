"""The editors' guide names what is there: its buttons and pictures."""

import re
from pathlib import Path

from tests import guide_pictures

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "panduan-redaksi.md").read_text()
# Names of things, not of something that is pressed
TERMS = {"Tersimpan sendiri.", "Video.", "buat", "teks alternatif", "Tag.", "Waktu terbit.", "Foto di dalam isi."}


def sources() -> str:
    files = [
        path for folder in ("templates", "static/portal", "news", "portal") for path in (ROOT / folder).rglob("*.*")
    ]
    return "\n".join(path.read_text() for path in files if path.suffix in {".py", ".html", ".js"}).lower()


def test_every_label_in_the_guide_is_in_the_newsroom():
    labels = set(re.findall(r"\*\*(.+?)\*\*", GUIDE, re.DOTALL)) - TERMS
    assert len(labels) > 30
    known = sources()
    assert [
        label for label in labels if not label.startswith("Menempel") and " ".join(label.split()).lower() not in known
    ] == []


def test_every_picture_is_drawn_by_the_script_and_used():
    used = set(re.findall(r"screenshots/(redaksi-[a-z]+)\.png", GUIDE))
    drawn = {
        f"redaksi-{name}"
        for name in re.findall(r'take\(page, "([a-z]+)"\)', Path(guide_pictures.__file__).read_text())
    }
    assert used == drawn
    assert {path.stem for path in (ROOT / "docs" / "screenshots").glob("redaksi-*.png")} == used
