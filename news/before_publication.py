"""What an article lacks, or tells too much of, named to its editors before readers see it. Advice: nothing is refused.

What only the database knows (photos, which links are dead) is handed in; `news.admin.writing` asks for it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from news import alt_texts, markup

TITLE = 90  # letters; longer ones are cut off in search results and messages
SUMMARY = 160
_EXCERPT = 140  # letters of a sentence that is named


class Fault(NamedTuple):
    """`kind` is for programs, `text` for editors, `field` the form's field where it is mended."""

    kind: str
    text: str
    field: str


@dataclass(frozen=True)
class Text:
    """An article as it is looked at; `body` is sanitised HTML."""

    title: str
    summary: str
    body: str
    has_photo: bool = True
    photo_alt: str = ""
    photo_is_decorative: bool = False
    hidden: tuple[str, ...] = ()  # beginnings of texts that the sanitiser took out because nobody would see them
    dead_links: tuple[str, ...] = ()
    decorative: frozenset[str] = frozenset()  # addresses of pictures in the body that need no alternative text


def faults(text: Text) -> list[Fault]:
    """What should be looked at, the most harmful first."""
    return [
        *_personal_data(text),
        *_hidden(text),
        *_dead_links(text),
        *_pictures(text),
        *_title_and_summary(text),
    ]


def links(body: str) -> list[str]:
    """The addresses of links in a body, each once, in their order."""
    found = (link.attributes.get("href") for link in LexborHTMLParser(body).css("a[href]"))
    return [*dict.fromkeys(address for address in found if address)]


def pictures(body: str) -> list[tuple[str, str]]:
    """(address, alternative text) of each picture in a body."""
    found = LexborHTMLParser(body).css("img")
    return [(each.attributes.get("src") or "", (each.attributes.get("alt") or "").strip()) for each in found]


def _title_and_summary(text: Text) -> Iterable[Fault]:
    if len(text.title) > TITLE:
        yield Fault("title", f"Judul {len(text.title)} huruf: lebih dari {TITLE}, akan terpotong.", "title")
    if not text.summary.strip():
        yield Fault("summary", "Belum ada ringkasan: daftar berita memakai awal isi.", "summary")
    elif len(text.summary) > SUMMARY:
        yield Fault(
            "summary", f"Ringkasan {len(text.summary)} huruf: lebih dari {SUMMARY}, akan terpotong.", "summary"
        )


def _pictures(text: Text) -> Iterable[Fault]:
    if not text.has_photo:
        yield Fault("photo", "Belum ada foto utama: yang dibagikan memakai kartu bergambar judul.", "photo")
    elif text.photo_is_decorative or alt_texts.says_nothing(text.photo_alt):
        yield Fault("alt", "Foto utama belum punya teks alternatif yang menerangkan isinya.", "photo")
    without = [alt for src, alt in pictures(text.body) if src not in text.decorative and alt_texts.says_nothing(alt)]
    if without:
        named = ", ".join(f"“{alt}”" for alt in without if alt)
        number = f"{len(without)} foto di dalam isi" if len(without) > 1 else "Satu foto di dalam isi"
        yield Fault(
            "alt", f"{number} belum punya teks alternatif{f' yang berarti: {named}' if named else ''}.", "body"
        )


def _dead_links(text: Text) -> Iterable[Fault]:
    for address in text.dead_links:
        yield Fault("link", f"Tautan ini tidak sampai ke mana pun: {_cut(address)}", "body")


_UNSEEN = re.compile("[\u200b\u2060-\u2064\ufeff]{4,}|(?<![\U000e0020-\U000e007f\U0001f3f4])[\U000e0020-\U000e007f]+")


def _hidden(text: Text) -> Iterable[Fault]:
    if text.hidden:
        named = ", ".join(f"“{each}”" for each in text.hidden[:3])
        yield Fault("hidden", f"Ada teks tersembunyi, yang dibuang saat disimpan: {named}. Dari mana disalin?", "body")
    for field, shown in _texts(text):
        if _UNSEEN.search(shown):
            yield Fault("hidden", "Ada rangkaian huruf yang tidak terlihat pembaca. Ketik ulang bagian itu.", field)


# ---- Personal data


def _texts(text: Text) -> list[tuple[str, str]]:
    return [("title", text.title), ("summary", text.summary), ("body", markup.plain_text(text.body))]


def _personal_data(text: Text) -> Iterable[Fault]:
    for field, shown in _texts(text):
        for number in numbers_of_citizens(shown):
            masked = f"{number[:4]}…{number[-2:]}"
            yield Fault("nik", f"Ada NIK atau nomor KK ({masked}). Hapus: itu data pribadi.", field)
        for sentence in minors_with_address(shown, is_title=field == "title"):
            where = f"“{_cut(sentence)}”"
            yield Fault("minor", f"Anak di bawah umur disebut bersama alamat: {where}. Samarkan alamatnya.", field)


_SIXTEEN = re.compile(
    r"(?<![\w.,/-])(?:\d{16}|\d{4}([ .-])\d{4}\1\d{4}\1\d{4}|\d{6}([ .-])\d{6}\2\d{4})(?![\w/-]|[.,]\d)"
)
# Codes of provinces (Kemendagri 300.2.2-2138 of 2025)
_PROVINCES = {
    *range(11, 20),
    21,
    *range(31, 37),
    *range(51, 54),
    *range(61, 66),
    *range(71, 77),
    81,
    82,
    *range(91, 97),
}


def numbers_of_citizens(text: str) -> list[str]:
    """The 16 digits of each NIK or number of a family card: region, date (a woman's day is 40 more) and a number."""
    found = ("".join(filter(str.isdecimal, match[0])) for match in _SIXTEEN.finditer(text))
    return [*dict.fromkeys(digits for digits in found if _is_plausible(digits))]


def _is_plausible(digits: str) -> bool:
    province, regency, district, day, month = (int(digits[at : at + 2]) for at in (0, 2, 4, 6, 8))
    return (
        province in _PROVINCES
        and 1 <= regency <= 79
        and 1 <= district <= 79
        and (1 <= day <= 31 or 41 <= day <= 71)
        and 1 <= month <= 12
        and digits[12:] != "0000"
    )


def minors_with_address(text: str, *, is_title: bool = False) -> list[str]:
    """The sentences that name a child, by a word or by an age under 18, together with a street, alley or RT.

    Names of streets and bodies ("Jalan Pelajar", "Perlindungan Anak"), crowds ("ratusan siswa") and what only sounds
    alike ("anak sungai", "jalan sehat") are none. In a title, where all words begin with a capital, "Jalan" alone is
    no street."""
    return [sentence for sentence in sentences(text) if _is_minor_with_address(sentence, is_title)]


_NAME = r"(?:[A-Z0-9][\w’'.-]*(?:\s+(?:bin|binti|dan|[A-Z0-9][\w’'./-]*))*)"
_NO_STREET = r"(?!(?:Sehat|Santai|Kaki|Tol|Salib|Terus|Keluar|Tengah|Pintas|Sutra|Masuk|Damai)\b)"
_STREET = rf"\b(?:Jalan|jalan)\s+{_NO_STREET}{_NAME}"
_CERTAIN = (
    rf"\b(?:Jl|JL|jl|Jln|jln|Gg|GG|gg)\b\.?\s*{_NAME}|\bGang\s+{_NAME}|\bRT[\s./]*\d{{1,3}}(?:\s*/?\s*RW[\s./]*\d+)?"
)
_ADDRESS = re.compile(f"{_CERTAIN}|{_STREET}")
_ADDRESS_IN_TITLE = re.compile(_CERTAIN)

_MINOR = (
    r"anak(?!\s+(?:sungai|perusahaan|usaha|cabang|tangga|buah|panah|judul|kalimat|kunci|didik\s+perusahaan|muda|kos)\b)"
    r"|anaknya|bocah|balita|bayi|remaja|ABG|siswa|siswi|pelajar|murid|santri|santriwan|santriwati"
)
_MINORS = re.compile(rf"(?<![\w-])(?:{_MINOR}|di\s+bawah\s+umur)(?:nya)?(?![\w])", re.IGNORECASE)
_IN_NAMES = {"Anak", "Remaja", "Pelajar", "Santri"}  # bodies are called so, as "Remaja Masjid Al-Falah"
_CROWD = re.compile(
    r"\b(?:puluhan|belasan|ratusan|ribuan|seluruh|semua|para|sejumlah|\d{2,}(?:[.]\d{3})*)\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
_IS_PRIVATE = re.compile(
    r"\b(?:tinggal|beralamat|alamat|rumah|kediaman|korban|pelaku|tersangka|berinisial|inisial)", re.IGNORECASE
)

_DIGITS = ("satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
_NUMBERS = ("sepuluh", "sebelas", *(rf"{digit}\s+belas" for digit in _DIGITS[1:7]), *_DIGITS)
_YOUNG = rf"(?:1[0-7]|[1-9]|{'|'.join(_NUMBERS)})"
_UNIT = r"(?:tahun|thn|th)\b"
_NO_RANGE = r"(?!\s*(?:[-–]|sampai|hingga|ke\s+atas|s/d)|\s*\w+\s+(?:ke\s+atas|lebih\s+tua))"
_THINGS = (
    "gedung bangunan pohon jembatan perusahaan organisasi pasar masjid gereja mobil motor kendaraan sekolah program"
    " kota rumah pipa saluran jalan aspal armada bus truk mesin"
).replace(" ", "|")
_AGES = re.compile(
    rf"\b(?:ber)?(?:usia|umur)(?:nya)?\s+(?:(?:baru|masih|sekitar)\s+)*{_YOUNG}\b{_NO_RANGE}(?:\s*{_UNIT}{_NO_RANGE})?"
    rf"|\b(?:ber)?(?:usia|umur)(?:nya)?\s+\S+(?:\s+belas)?\s+(?:bulan|minggu|hari)\b"
    rf"|\b(?!(?:Ayat|Pasal|Huruf|Angka|Bab|Nomor|Bagian|Tabel)\b)[A-Z][\w’'.]*\s*\({_YOUNG}(?:\s*{_UNIT}\.?)?\)"
    rf"|,\s*{_YOUNG}\s+{_UNIT},"
)
_OF_A_THING = re.compile(rf"\b(?:{_THINGS})\b(?:\s+\w+){{0,3}}\s*$|\bulang\s+tahun\b[^,]*$", re.IGNORECASE)


def _is_minor_with_address(sentence: str, is_title: bool) -> bool:
    addresses = _ADDRESS_IN_TITLE if is_title else _ADDRESS
    if not addresses.search(sentence):
        return False
    rest = addresses.sub(" … ", sentence)  # "Jalan Pelajar" is nobody
    return _has_age(rest) or any(_is_a_child(match, rest, is_title) for match in _MINORS.finditer(rest))


def _has_age(text: str) -> bool:
    return any(not _OF_A_THING.search(text[: match.start()]) for match in _AGES.finditer(text))


def _is_a_child(match: re.Match[str], text: str, is_title: bool) -> bool:
    before, after = text[: match.start()], text[match.end() :]
    # In the middle of a sentence a capital begins a name, as in "Komisi Perlindungan Anak".
    in_a_name = re.search(r"\w", before) or (match[0] in _IN_NAMES and re.match(r"\s+[A-Z][a-z]", after))
    if match[0][:1].isupper() and not is_title and in_a_name:
        return False
    return not _CROWD.search(before) or _IS_PRIVATE.search(text) is not None


_ENDS = re.compile(r"[.!?…][\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9])|\n+")
_SHORTENED = re.compile(
    r"(?:^|[\s(/])(?:[A-Za-z]|Jl|Jln|Gg|No|RT|RW|Kel|Kec|Kab|Ds|Dr|Drs|Dra|Ir|Prof|Hj?|KH|Tn|Ny|Sdr|St|Blok|Bpk|dr|drg)\.$",
    re.IGNORECASE,
)


def sentences(text: str) -> list[str]:
    """The sentences of a plain text; shortened words such as "Jl." end none."""
    parts, start = [], 0
    for end in _ENDS.finditer(text):
        if "\n" not in end[0] and _SHORTENED.search(text[start : end.start() + 1]):
            continue
        parts.append(text[start : end.end()].strip())
        start = end.end()
    return [part for part in [*parts, text[start:].strip()] if part]


def _cut(text: str) -> str:
    return text if len(text) <= _EXCERPT else f"{text[: _EXCERPT - 1].rstrip()}…"
