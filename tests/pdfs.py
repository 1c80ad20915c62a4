"""PDFs for tests, written by hand: every byte of them is known."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def pdf(*pages: str, size=(595, 842), **about: str) -> bytes:
    """A PDF with a line of text on each page; `about`: Title, Author, Creator, Producer."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(count))
    entries = " ".join(f"/{name} ({value})" for name, value in about.items())
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {count} /Kids [{kids}] >>",
        f"<< {entries} >>",
    ]
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    for number, text in enumerate(pages):
        content = f"BT /F1 18 Tf 60 {size[1] - 80} Td ({text}) Tj ET"
        bodies += [
            _page(5 + 2 * number, f"/Font << /F1 {font} >>", size),
            _stream(content),
        ]
    return _file(bodies, "/Root 1 0 R /Info 3 0 R")


def encrypted() -> bytes:
    return pdf("Rahasia").replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt 9 0 R")


def scanned() -> bytes:
    """A page that is a picture."""
    out = io.BytesIO()
    Image.new("RGB", (620, 877), "white").save(out, "PDF")
    return out.getvalue()


def bomb() -> bytes:
    """A small file whose first page draws a form, which draws another ten times, and so on: ten billion squares."""
    levels = 10
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Count 1 /Kids [4 0 R] >>",
        "<< /Author (Pengirim) >>",
        _page(5, "/XObject << /F 6 0 R >>"),
        _stream("/F Do"),
    ]
    for level in range(levels):
        form = "/Type /XObject /Subtype /Form /BBox [0 0 595 842]"
        next_one = f"/Resources << /XObject << /F {7 + level} 0 R >> >>" if level < levels - 1 else ""
        bodies.append(_stream("/F Do " * 10 if next_one else "0 0 400 400 re f " * 10, f"{form} {next_one}"))
    return _file(bodies, "/Root 1 0 R /Info 3 0 R")


def _page(content: int, resources: str, size=(595, 842)) -> str:
    box = f"/MediaBox [0 0 {size[0]} {size[1]}]"
    return f"<< /Type /Page /Parent 2 0 R {box} /Contents {content} 0 R /Resources << {resources} >> >>"


def _stream(content: str, more: str = "") -> str:
    return f"<< /Length {len(content)} {more} >>\nstream\n{content}\nendstream"


def _file(bodies: list[str], trailer: str) -> bytes:
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    head = f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}"
    return out + f"{head}trailer\n<< /Size {len(bodies) + 1} {trailer} >>\nstartxref\n{len(out)}\n%%EOF\n".encode()


def upload(data: bytes, name: str = "surat.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="application/pdf")
