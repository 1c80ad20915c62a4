"""What other portals call the parts of an article, in columns of tables and in JSON, and how their values are read."""

import re
from collections.abc import Mapping
from typing import Any

from news.markup import one_line, without_controls
from portal.importers import MAX_NUMBER, Record, Refusal, texts, times
from portal.importers.pictures import Picture, credited

# Names as `plain_name` leaves them, the portal's own first
_NAMES = {
    "title": "title judul judulberita judulartikel posttitle headline",
    "body": "body isi isiberita isiartikel content konten postcontent kontenberita teks text",
    "published_at": "publishedat tanggal tgl tanggalterbit tglterbit waktuterbit tanggalberita tglberita waktu "
    "tanggalposting tglposting tanggalpublikasi tglpublikasi date postdate pubdate published datepublished",
    "time": "jam pukul jamterbit jamberita time",
    "updated_at": "updatedat diubah tanggalubah tglubah modified datemodified postmodified lastmodified",
    "category": "category kategori categories namakategori kategoriberita rubrik section",
    "tags": "tags tag label katakunci keywords",
    "author": "author penulis pengarang wartawan namapenulis authorname",
    "source": "source sumber",
    "url": "url alamat link tautan permalink",
    "id": "id idberita idartikel postid newsid",
    "reads": "reads dibaca hits hit visibility views dilihat jumlahbaca jumlahdibaca counter",
    "summary": "summary ringkasan excerpt postexcerpt deskripsi description teaser",
    "picture": "gambar image foto picture thumbnail gambarutama fotoutama featuredimage imageurl urltoimage",
    "caption": "keterangangambar keteranganfoto captionfoto captiongambar caption",
    "state": "status poststatus statusberita publish terbit tayang",
}
_FIELDS = {name: field for field, names in _NAMES.items() for name in names.split()}
_SHOWN = {"publish", "published", "terbit", "tayang", "aktif", "active", "1", "y", "ya", "yes", "true", "future"}
_HIDDEN = {"draft", "draf", "pending", "private", "trash", "0", "n", "t", "tidak", "no", "false", "nonaktif", "arsip"}
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+")
_COUNT = re.compile(r"[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+")  # 1.234, as Indonesian writes it

HELP = """\
Nama kolom dikenal dalam bahasa Indonesia dan Inggris (judul atau title,
tanggal atau date, …). Hanya judul yang wajib; kolom lain diabaikan.

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
                         yang belum tiba diabaikan
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
"""


def field(name: str) -> str:
    """The field that a column or a key of this name holds; "" for an unknown one."""
    return _FIELDS.get(re.sub(r"[^a-z]", "", name.lower()), "")


def record(row: Mapping[str, Any]) -> Record:
    """The article in a row of names and values. Of two names for one field the first with a value counts. Raises
    Refusal."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if (known := field(name)) and found.get(known) in (None, ""):
            found[known] = value
    date = _date(found, "published_at")
    published = times.published(" ".join(filter(None, [date, _text(found, "time")])))
    number, key = _id(found.get("id"))
    is_draft, remark = _status(found.get("state"))
    return Record(
        title=_text(found, "title"),
        summary=_text(found, "summary"),
        body=_text(found, "body"),
        published_at=published.at,
        time_known=published.time_known,
        raw_date=published.raw,
        is_draft=is_draft,
        updated_at=times.moment(_date(found, "updated_at"), "waktu perubahan")[0],
        category=_text(found, "category"),
        tags=_tags(found.get("tags")),
        author=_text(found, "author"),
        source=_text(found, "source"),
        url=_text(found, "url"),
        id=number,
        key=key,
        reads=_reads(found.get("reads")) if found.get("reads") not in (None, "") else texts.reads_in_part(date),
        remarks=tuple(filter(None, [published.remark, remark])),
        lead=_picture(found),
    )


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if isinstance(value, dict) and "rendered" in value:  # WordPress's own JSON
        value = value["rendered"]
    if value is not None and not isinstance(value, str):
        raise Refusal(f"{name} harus berupa teks")
    return without_controls(value or "")


def _date(found: dict[str, Any], name: str) -> str:
    """Of JSON also a number: seconds or milliseconds since 1970."""
    value = found.get(name)
    return str(value) if isinstance(value, int | float) and value >= times.FIRST_EPOCH else _text(found, name)


def _picture(found: dict[str, Any]) -> Picture | None:
    """Schemas differ in how they name a picture: other values than a text or an object with an address are none."""
    value = found.get("picture")
    if isinstance(value, dict):
        value = value.get("url") or value.get("src")
    if not isinstance(value, str) or not value.strip():
        return None
    caption, credit = credited(one_line(str(found.get("caption") or "")))
    return Picture(without_controls(value).strip(), caption=caption, credit=credit)


def _tags(value: Any) -> list[str]:
    if isinstance(value, str):
        value = re.split("[,;|]", value)
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
    if isinstance(value, str):
        value = value.strip()
        if _COUNT.fullmatch(value) and len(value) <= len(str(MAX_NUMBER)):
            return int(value.replace(".", ""))
        value = value or None
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise Refusal("reads harus berupa bilangan bulat")
    return value


def _status(value: Any) -> tuple[bool, str]:
    """(is it a draft, remark): what nobody knows to be shown stays hidden."""
    word = "" if value is None else str(value).strip().lower()
    if not word or word in _SHOWN:
        return False, ""
    return True, "" if word in _HIDDEN else f"status “{word[:40]}” tidak dikenal; disimpan sebagai draf"
