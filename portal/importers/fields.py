"""What other portals call the parts of an article, in columns of tables and in JSON, and how their values are read."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from news.markup import one_line, without_controls
from portal.importers import texts, times
from portal.importers.pictures import Picture, credited
from portal.importers.record import MAX_NUMBER, Record, Refusal

# Names as `plain_name` leaves them, the portal's own first
_NAMES = {
    "title": "title judul judulberita judulartikel posttitle headline",
    "body": "body isi isiberita isiartikel content konten postcontent kontenberita teks text fulltext contenthtml "
    "contenttext html isilengkap detail",
    "intro": "introtext",  # the beginning of the text, before "Selengkapnya" (Joomla)
    "published_at": "publishedat tanggal tgl tanggalterbit tglterbit waktuterbit tanggalberita tglberita waktu "
    "tanggalposting tglposting tanggalpublikasi tglpublikasi date postdate pubdate datepublished publisheddate "
    "publishdate publisheddatetime publishup dipublikasikan tanggaltayang tgltayang",
    "created_at": "created createdat datecreated createddate tanggaldibuat tgldibuat tanggalinput tglinput",
    "time": "jam pukul jamterbit jamberita time",
    "updated_at": "updatedat diubah tanggalubah tglubah modified datemodified postmodified lastmodified",
    "category": "category kategori categories namakategori kategoriberita rubrik section",
    "tags": "tags tag label katakunci keywords",
    "author": "author penulis pengarang wartawan namapenulis authorname authors createdbyalias",
    "source": "source sumber",
    "url": "url alamat link tautan permalink",
    "id": "id idberita idartikel postid newsid",
    "reads": "reads dibaca hits hit visibility views dilihat jumlahbaca jumlahdibaca counter",
    "summary": "summary ringkasan excerpt postexcerpt deskripsi description teaser intro pengantar",
    "picture": "gambar image foto picture thumbnail gambarutama fotoutama featuredimage imageurl urltoimage "
    "coverimage",
    "caption": "keterangangambar keteranganfoto captionfoto captiongambar caption",
    "state": "status poststatus statusberita publish terbit tayang published aktif active isactive ispublished state",
    "gone": "deletedat deleted isdeleted trash trashed dihapus tanggaldihapus tgldihapus",
}
_FIELDS = {name: field for field, names in _NAMES.items() for name in names.split()}
_SHOWN = {"publish", "published", "terbit", "tayang", "aktif", "active", "1", "y", "ya", "yes", "true", "future"}
_NO = {"0", "n", "t", "tidak", "no", "false"}
_HIDDEN = _NO | {"draft", "draf", "pending", "private", "trash", "-2", "nonaktif", "arsip"}  # -2: Joomla's trash
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+")
_COUNT = re.compile(r"[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+")  # 1.234, as Indonesian writes it

_ROUNDED = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]))?\s*(?:(rb|ribu|k)|jt|juta)\.?")  # 1,2 rb
_PARTS = {  # an `&amp;` separates nothing
    "category": re.compile(r"(?:&#?\w{1,10};|[^;|])++"),
    "tags": re.compile(r"(?:&#?\w{1,10};|[^,;|])++"),
    "author": re.compile(r".+", re.DOTALL),
}
_DIGITS = 100
_DATE = re.compile("[0-9]{4}|[0-9][/.-][0-9]")  # not in a status, which may be 10
_MIDNIGHT = re.compile(r"[ T]00:00(?::00(?:\.0+)?)?$")  # of a day whose time is in a column of its own
_FIRST_DAY, _LAST_DAY = 1900_01_01, 2099_12_31
_CALLED = ("name", "nama", "title", "judul", "display_name")  # what objects call their own name
_ONLY_CREATED = "waktu terbit tidak ada di berkas: yang dipakai waktu beritanya dibuat"
_GONE = "dibuang di situs asal; disimpan sebagai draf"
_NUMBERS_ONLY = "kategori, tag atau penulis hanya berupa nomor, tanpa nama; nomornya tidak dipakai"

HELP = """\
Nama kolom dikenal dalam bahasa Indonesia dan Inggris (judul atau title,
tanggal atau date, …). Hanya judul yang wajib; kolom lain tidak ikut (laporan
menyebut yang dari CSV).

  title, judul           judul
  body, isi, content     isi berita, berupa HTML atau teks biasa dengan satu
                         paragraf per baris; unsur yang tidak dikenal portal
                         dibuang
  published_at, tanggal, date
                         waktu terbit: "2024-11-13T16:21:00+07:00", "Rabu, 13
                         November 2024 16.21 WIB", "13/11/2024 16:21" (hari
                         dahulu), … Tanpa zona dianggap waktu kota ini; tanpa
                         jam hanya tanggalnya yang ditampilkan; bila hanya
                         bulannya, berita bertanggal 1. Berita tanpa waktu
                         terbit menjadi draf, dan yang tanggalnya tidak
                         terbaca menjadi draf dengan tanggal itu di catatannya
  time, jam              jam terbit, bila ada di kolom sendiri
  updated_at, diubah     kapan berita terakhir diubah di situs asal; waktu
                         yang belum tiba atau tidak terbaca diabaikan
  category, kategori     kategori, dibuat bila belum ada. Kalau kosong: Umum
  tags, tag              daftar teks, atau satu teks dengan koma
  author, penulis        penulis
  source, sumber         nama situs asal
  summary, ringkasan     ringkasan
  url, alamat, link      alamat berita di situs asal, diawali http://,
                         https:// atau /
  id                     bilangan bulat mulai 1 menjadi nomor berita di portal
                         ini, sehingga alamatnya tetap (lihat --nomor-baru);
                         teks lain disimpan sebagai penanda berita itu
  reads, dibaca, hits    jumlah baca sampai sekarang
  image, gambar, foto    nama berkas atau alamat foto utama, diambil dari
                         --gambar; caption, keterangan_foto: keterangannya
  status                 draft, pending, private, 0, tidak: disimpan sebagai
                         draf, begitu pula status yang tidak dikenal
  deleted_at, trash      bila terisi, berita itu dibuang di situs asal:
                         disimpan sebagai draf
"""


def whole_number(digits: str) -> int:
    """A number of a JSON document; of thousands of digits, which Python refuses to read, only so many that it is
    out of bounds anyway."""
    return int(digits[:_DIGITS])


def field(name: str) -> str:
    """The field that a column or a key of this name holds; "" for an unknown one."""
    return _FIELDS.get(re.sub(r"[^a-z]", "", name.lower()), "")


def record(row: Mapping[str, Any]) -> Record:
    """The article in a row of names and values. Of two names for one field the first with a value counts. Raises
    Refusal."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if (known := _field(name, value)) and found.get(known) in (None, ""):
            found[known] = value
    is_of_creation = "published_at" not in found and "created_at" in found  # an empty one: it was never published
    if is_of_creation:
        found["published_at"] = found["created_at"]
    date = _date(found, "published_at")
    time = _text(found, "time").strip()
    published = times.published(f"{_MIDNIGHT.sub('', date.strip())} {time}" if time else date)
    created = _ONLY_CREATED if is_of_creation and published.at else ""
    updated_at, updated_remark = _updated_at(found)
    number, key = _id(found.get("id"))
    is_draft, remark = _status(found.get("state"))
    gone = _GONE if _is_gone(found.get("gone")) else ""
    reads, reads_remark = _reads(found.get("reads"))
    if reads is None:
        reads = texts.reads_in_part(date)
    names = {name: _names(found.get(name), name) for name in ("category", "tags", "author")}
    numbers_only = _NUMBERS_ONLY if any(None in each for each in names.values()) else ""
    categories, tags, authors = ([one for one in each if one] for each in names.values())
    return Record(
        title=_text(found, "title"),
        summary=_text(found, "summary"),
        body=_body(found),
        published_at=published.at,
        time_known=published.time_known,
        raw_date=published.raw,
        is_draft=is_draft or bool(gone),
        updated_at=updated_at,
        category=categories[0] if categories else "",
        tags=tags + categories[1:],
        author=", ".join(authors),
        source=_text(found, "source"),
        url=_text(found, "url"),
        id=number,
        key=key,
        reads=reads,
        remarks=tuple(
            filter(None, [published.remark, created, updated_remark, remark, gone, reads_remark, numbers_only])
        ),
        lead=_picture(found),
    )


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if isinstance(value, dict) and "rendered" in value:  # WordPress's own JSON
        value = value["rendered"]
    if name == "title" and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is not None and not isinstance(value, str):
        raise Refusal(f"{name} harus berupa teks")
    return without_controls(value or "")


def _field(name: str, value: Any) -> str:
    """As `field()`; a column called `published` says whether or when."""
    known = field(name)
    return "published_at" if known == "state" and _DATE.search(str(value)) else known


def _body(found: dict[str, Any]) -> str:
    return "\n\n".join(filter(None, (_text(found, "intro"), _text(found, "body"))))


def _names(value: Any, field: str) -> list[str | None]:
    """The names in a text, a list or objects; None for a number that names a row of another table."""
    if isinstance(value, str):
        return [*_PARTS[field].findall(without_controls(value))]
    return [_name(each, field) for each in (value if isinstance(value, list) else [value]) if each is not None]


def _name(value: Any, field: str) -> str | None:
    if isinstance(value, dict):
        value = next((value[key] for key in _CALLED if isinstance(value.get(key), str)), value)
    if isinstance(value, int) and not isinstance(value, bool):
        return None
    if not isinstance(value, str):
        raise Refusal(f"{field} harus berupa teks" + (" atau daftar teks" if field == "tags" else ""))
    return without_controls(value)


def _date(found: dict[str, Any], name: str) -> str:
    """Of JSON also a number (seconds or milliseconds since 1970, 20241113), and PHP's object of a date and zone."""
    value = found.get(name)
    if isinstance(value, dict) and isinstance(value.get("date"), str):
        return _with_zone(value["date"], value.get("timezone"))
    if isinstance(value, int) and _FIRST_DAY <= value <= _LAST_DAY:
        return str(value)
    return str(value) if isinstance(value, int | float) else _text(found, name)


def _updated_at(found: dict[str, Any]) -> tuple[datetime | None, str]:
    """When it was changed, and a remark: what is no time costs only itself."""
    try:
        return times.changed(_date(found, "updated_at"))
    except Refusal as refusal:
        return None, f"{refusal}; tidak dipakai"


def _with_zone(date: str, zone: Any) -> str:
    if not isinstance(zone, str):
        return date
    try:
        return datetime.fromisoformat(date).replace(tzinfo=ZoneInfo(zone)).isoformat()
    except (ValueError, OSError, LookupError):  # "+07:00" and "WIB" are no names of places
        return f"{date} {zone}"


def _picture(found: dict[str, Any]) -> Picture | None:
    """Schemas differ in how they name a picture: other values than a text or an object with an address are none."""
    value = found.get("picture")
    if isinstance(value, dict):
        value = value.get("url") or value.get("src")
    if not isinstance(value, str) or not value.strip():
        return None
    caption, credit = credited(one_line(str(found.get("caption") or "")))
    return Picture(without_controls(value).strip(), caption=caption, credit=credit)


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


def _reads(value: Any) -> tuple[int | None, str]:
    """(count, remark): also as it is written for people. What is no count costs only itself."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value, ""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value or "").strip().lower()
    if text in ("", "-"):
        return None, ""
    if _COUNT.fullmatch(text) and len(text) <= len(str(MAX_NUMBER)):
        return int(text.replace(".", "")), ""
    if rounded := _ROUNDED.fullmatch(text):
        tenths = int(rounded[1] + (rounded[2] or "0"))
        return tenths * (100 if rounded[3] else 100_000), ""
    number = texts.reads_in(text)
    if number is None:
        number = texts.reads_in(f"dibaca {text}")
    return number, f"jumlah baca “{text[:40]}” bukan bilangan; tidak dipakai" if number is None else ""


def _status(value: Any) -> tuple[bool, str]:
    """(is it a draft, remark): what nobody knows to be shown stays hidden."""
    word = "" if value is None else str(value).strip().lower()
    if not word or word in _SHOWN:
        return False, ""
    return True, "" if word in _HIDDEN else f"status “{word[:40]}” tidak dikenal; disimpan sebagai draf"


def _is_gone(value: Any) -> bool:
    """Laravel's `deleted_at` and K2's `trash` stand beside a status that still says published; MySQL writes zeros for
    no time."""
    word = "" if value is None else str(value).strip().lower()
    return bool(word.strip("0-: .")) and word not in _NO
