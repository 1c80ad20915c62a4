"""Reads JSON Lines: one object per line and article, UTF-8, plain or gzip.

    {"title": "…", "body": "…", "published_at": "2024-11-13T16:21:00+07:00", "category": "…", "tags": ["…"],
     "author": "…", "url": "…", "source": "…", "id": 70123, "reads": 56, "updated_at": "2024-11-14T08:00:00+07:00"}

Only `title` is required; unknown names are ignored. `body` is HTML, or plain text with one paragraph per line. A date
without a time is shown without one; a time without a zone is in the city's zone. `tags` may also be one string with
commas. A whole number as `id` becomes the article's id; any other string is stored as the source's key.
"""

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator
from io import IOBase
from pathlib import Path
from typing import Any

from news.markup import without_controls
from portal.importers import MAX_NUMBER, Record, Refusal, times

# The format as described to the operator.
HELP = """\
Satu baris memuat satu berita sebagai objek JSON dalam UTF-8, misalnya:

  {"title": "Puskesmas Buka Malam", "body": "<p>Mulai Senin.</p>", "published_at": "2024-11-13T16:21:00+07:00"}

Hanya title yang wajib. Nama lain diabaikan, dan nilai null berarti tidak ada.

  title         teks: judul
  body          teks: isi berita, berupa HTML atau teks biasa dengan satu
                paragraf per baris; unsur yang tidak dikenal portal dibuang
  published_at  teks: waktu terbit menurut ISO 8601, jam juga dengan titik
                ("2024-11-13 16.21"). Tanpa zona waktu dianggap waktu kota
                ini; tanpa jam ("2024-11-13") hanya tanggalnya yang
                ditampilkan. Berita tanpa waktu terbit disimpan sebagai draf
  updated_at    teks: kapan berita terakhir diubah di situs asal, ditulis
                seperti published_at. Tanpa itu yang berlaku waktu terbit;
                waktu yang belum tiba diabaikan
  category      teks: kategori, dibuat bila belum ada. Kalau kosong: Umum
  tags          daftar teks: ["puskesmas", "layanan"], atau satu teks dengan
                koma: "puskesmas, layanan"
  author        teks: penulis
  source        teks: nama situs asal
  url           teks: alamat berita di situs asal, diawali http://, https://
                atau /
  id            bilangan bulat mulai 1 menjadi nomor berita di portal ini,
                sehingga alamatnya tetap; teks lain disimpan sebagai penanda
                berita itu di situs asal
  reads         bilangan bulat: jumlah baca sampai sekarang
"""

MAX_LINE = 32 * 1024 * 1024  # bytes in memory at a time
_GZIP = b"\x1f\x8b"
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+")


def read(
    path: Path, progress: Callable[[int], object] = lambda position: None
) -> Iterator[tuple[int, Record | Refusal]]:
    """Yields line number and record, or Refusal, for each line that is not blank. Memory is bounded by MAX_LINE.

    `progress` is called with the number of bytes read so far. Raises OSError if the file cannot be opened.
    """
    number = 0
    with path.open("rb") as raw:
        file = gzip.GzipFile(fileobj=raw) if raw.peek(2).startswith(_GZIP) else raw
        try:
            for line in _lines(file):
                number += 1
                if raw.seekable():
                    progress(raw.tell())
                if line is None:
                    yield number, Refusal(f"baris lebih dari {MAX_LINE // 1024**2} MB")
                elif line.strip():
                    yield number, _record_or_refusal(line)
        except (EOFError, OSError, zlib.error):
            yield number + 1, Refusal("berkas rusak atau terpotong; mulai baris ini tidak terbaca")


def _lines(file: IOBase) -> Iterator[bytes | None]:
    """Yields each line, or None for one longer than MAX_LINE."""
    while line := file.readline(MAX_LINE):
        if len(line) == MAX_LINE and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = file.readline(MAX_LINE)
            yield None
        else:
            yield line


def _record_or_refusal(line: bytes) -> Record | Refusal:
    try:
        return parse(line)
    except Refusal as refusal:
        return refusal


def parse(line: bytes) -> Record:
    """The record in one line. Raises Refusal."""
    try:
        fields = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Refusal("bukan teks UTF-8") from None
    except (ValueError, RecursionError):
        raise Refusal("bukan JSON yang utuh") from None
    if not isinstance(fields, dict):
        raise Refusal("bukan objek JSON: setiap baris harus satu berita, {…}")
    number, key = _id(fields.get("id"))
    published_at, time_known = times.moment(_text(fields, "published_at"))
    return Record(
        title=_text(fields, "title"),
        body=_text(fields, "body"),
        published_at=published_at,
        time_known=time_known,
        updated_at=times.moment(_text(fields, "updated_at"), "waktu perubahan")[0],
        category=_text(fields, "category"),
        tags=_tags(fields.get("tags")),
        author=_text(fields, "author"),
        source=_text(fields, "source"),
        url=_text(fields, "url"),
        id=number,
        key=key,
        reads=_reads(fields.get("reads")),
    )


def _text(fields: dict, name: str) -> str:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise Refusal(f"{name} harus berupa teks")
    return without_controls(value or "")


def _tags(value: Any) -> list[str]:
    if isinstance(value, str):
        value = value.split(",")
    if value is not None and not (isinstance(value, list) and all(isinstance(tag, str) for tag in value)):
        raise Refusal("tags harus berupa daftar teks, atau teks dengan koma")
    return value or []


def _id(value: Any) -> tuple[int | None, str]:
    """(id, key): a whole number, also as a string, is the article's id, any other string its key at the source."""
    if value is None:
        return None, ""
    if isinstance(value, str):
        text = value.strip()
        if not _WHOLE_NUMBER.fullmatch(text):
            return None, text
        if len(text) > len(str(MAX_NUMBER)) + 1:
            raise Refusal(f"id {text[:40]} di luar batas: harus 1 sampai {MAX_NUMBER}")
        value = int(text)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refusal("id harus berupa bilangan bulat atau teks")
    return value, ""


def _reads(value: Any) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise Refusal("reads harus berupa bilangan bulat")
    return value
