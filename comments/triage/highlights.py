"""What a moderator should notice in a comment: places of personal data, links and insults in the text, and names that
sound like an authority.

These are hints, not verdicts: any of them may be harmless ("hubungi 112"), and good disguises are not found.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from django.db import models

from comments.spam.folding import fold


class Kind(models.TextChoices):
    """Where two overlap, the earlier kind wins: e-mail addresses contain a domain, links may contain a number, a NIK
    may look like a telephone number."""

    EMAIL = "email", "Alamat email"
    LINK = "tautan", "Tautan"
    NIK = "nik", "NIK"
    PHONE = "telepon", "Nomor telepon"
    INSULT = "kasar", "Kata kasar"


# ---- Numbers

_KEYCAP = "\ufe0f?\u20e3?"  # makes a digit an emoji
_GAP = rf"{_KEYCAP}[\s./-]{{0,3}}"
_NUMBER_START = r"(?<!\d)(?<!\d[.,/:-])"  # not at the end of a longer number, an amount or a date
_DIGITS = re.compile(rf"{_NUMBER_START}(?:\d{_GAP}){{15}}\d(?!{_GAP}\d)")
# Two digits each for province, city and district, the date of birth (with 40 added to a woman's day), and a serial
# number. The number of a family card (KK) has the same form, with its date of issue.
_NIK = re.compile(
    r"(?:1[1-9]|21|3[1-6]|5[1-3]|6[1-5]|7[1-6]|8[12]|9[1-7])(?!00)\d\d(?!00)\d\d"
    r"(?:0[1-9]|[12]\d|3[01]|4[1-9]|[56]\d|7[01])(?:0[1-9]|1[0-2])\d\d(?!0000)\d{4}"
)
_PHONES = (
    rf"(?:\+{_GAP}62{_GAP}0?|62{_GAP}|0{_KEYCAP})8{_KEYCAP}[1-9]{_KEYCAP}\d(?:{_GAP}\d){{6,10}}",  # mobile
    r"0[ .-]8[ .-][1-9](?:[ .-]\d){7,10}",  # 0 8 1 2 ...
    r"(?:\+62[ -]?\(?|\(0|0)(?:2[124]|31|61|[2-79]\d{2})(?:\)[ .-]?|[ .-])[2-9]\d{2}(?:[ .-]?\d){3,5}",  # landline
    r"(?:\+62|0)2[124][2-9]\d{6,7}",
)
_PHONE = re.compile(rf"{_NUMBER_START}(?:{'|'.join(_PHONES)})(?!\d)(?![.,]\d)")
_AMOUNT = re.compile(r"\d{1,3}(?:\.\d{3})+")

# ---- Addresses

_AT = r"(?:@|\s?(?:\(at\)|\[at\])\s?| ?@ ?(?=(?:gmail|yahoo|hotmail|outlook|icloud)\b))"
_HIDDEN_DOT = r" ?(?:\(\.\)|\[\.\]|\((?:dot|titik)\)) ?| (?:dot|titik) "
_DOT = rf"(?:\.|{_HIDDEN_DOT})"
_SPACED_DOT = rf"(?: \. ?|{_HIDDEN_DOT})"
_EMAIL = re.compile(
    rf"(?<![\w.+-])[\w.+-]{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,3}}{_DOT}[a-z]{{2,10}}\b"
)
# These make a link even with spaces around the dot ("slot-x . com"); many of the other endings are also words.
_SURE_ENDINGS = "com|net|org|xyz|info|biz|vip|cfd|sbs|icu|cyou|store|website|click"
_ENDINGS = (
    f"{_SURE_ENDINGS}|(?:ac|biz|co|desa|go|my|or|ponpes|sch|web)\\.id|cc|cn|co|ee|gg|gl|id|in|io|ly|me|my|ru|sg|to|tv|uk|us|"
    "app|art|asia|bet|bio|blog|buzz|club|cloud|dev|fun|games?|group|ink|life|link|live|lol|mobi|name|network|one|online|page|"
    "pro|pw|rest|shop|site|space|tech|tel|today|top|wiki|win|world|ws|zone"
)
_END = r"(?<![.,;:!?)\]\"'])"  # punctuation of the sentence, not of the link
_PATH = rf"(?:/\S*{_END})?"
_LINKS = (
    rf"https?\s?:\s?/\s?/\s?\w\S*{_END}",
    rf"\bwww\s?\.\s?\S+{_END}",
    rf"(?<![\w.@-])(?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.){{1,4}}(?:{_ENDINGS})(?![\w-])(?!\.\w){_PATH}",
    rf"(?<![\w.@-])[a-z0-9-]{{3,63}}{_SPACED_DOT}(?:{_SURE_ENDINGS})(?!\w){_PATH}",
    r"\b(?:bit|cutt|heylink|linktr|lynk|rebrand|s|shorturl|t|tinyurl|wa) (?:at|com|ee|id|ly|me) ?/ ?[\w?=-]+",
)
_LINK = re.compile("|".join(_LINKS))

# ---- Insults

# Words with hardly any other use, in Indonesian, Javanese, Sundanese and Betawi
_ABUSE = """
anjg anjeng anjenk anjink anying bacot bajingan bangsad bangsat banci bedebah bego begok bejat belegug bencong bgsat
bgst biadab bloon brengsek cocot cukimai dancok dancuk dongo dungu entot gathel gblk geblek goblog goblok itil jablay
jancok jancuk jembut jongos kacung kampang kampret kehed keparat kimak kntl kontol koplok kunyuk laknat lonte maho
matane memek modyar munyuk ndasmu ngentot ngewe pantek pecun pepek perek puki pukimak sialan sinting sontoloyo taik
telaso tempik tolol"""
# Words that also have ordinary uses (animals, illness, news topics) and are insults only if aimed at somebody
_OFTEN_ABUSE = """
anjing asu babi bangkai bangke binatang bodoh bolot budek cebong celeng congor gembel iblis idiot monyet
najis otak pelacur rakus sampah sarap setan tai tikus"""
_INSULT_PREFIXES = """
bener beneran dasar elo elu emang emg kalian kamu kau kayak kek lo loe lu memang mmg muka mulut mulutmu otak"""
_INSULT_SUFFIXES = "elo elu kalian kamu kau lo loe lu"


def _with_doubled_letters(words: str) -> str:
    """A pattern that also matches doubled letters ("annjinng"); folding reduces three or more to one."""
    return "|".join("".join(f"{letter}{{1,2}}" for letter in word) for word in words.split())


_INSULTS = re.compile(
    rf"\b(?:(?:{_with_doubled_letters(_ABUSE)})(?:nya|lah|mu)?"
    rf"|(?:(?:{'|'.join(_INSULT_PREFIXES.split())}) ){{1,3}}(?:{_with_doubled_letters(_OFTEN_ABUSE)})"
    rf"|(?:{_with_doubled_letters(_OFTEN_ABUSE)})(?: (?:{'|'.join(_INSULT_SUFFIXES.split())})|(?= ?!)))(?!\w)"
)

# ---- Names

_AUTHORITIES = """
admin administrator badan bapeda bapenda bappeda bawaslu bkpsdm bpbd bpn bupati camat dinas dinkes dinsos disdik
disdukcapil dishub diskominfo disnaker dispora dprd dukcapil gubernur humas inspektorat kapolres kapolsek kecamatan
kejari kelurahan kementerian kodim kominfo kpu lurah moderator pdam pemda pemerintah pemkab pemkot pemprov polisi
polres polri polsek ppid puskesmas redaksi redaktur rsud samsat satpol sekda sekretariat walikota"""
_AUTHORITY = re.compile(rf"\b(?:{'|'.join(_AUTHORITIES.split())}|kepala bagian|layanan pengaduan|wali kota)\b")
# People who say that they live or work there speak for themselves, not for the authority.
_CITIZEN = re.compile(r"\b(?:alumni|anak|ex|korban|mantan|pasien|pegawai|pelanggan|pensiunan|penduduk|rakyat|warga)\b")


def claims_authority(name: str) -> bool:
    """Whether readers may mistake this name for that of an office or an official: "Dinas Kesehatan", "Admin"."""
    folded = fold(name).text
    return bool(_AUTHORITY.search(folded)) and not _CITIZEN.search(folded)


# ---- In a text


def highlights(text: str) -> list[tuple[Kind, int, int]]:
    """All highlights as (kind, start, end), in order of their place in `text` and without overlaps. 2,000 characters
    take a few milliseconds at most."""
    plain = _plain(text)
    found = [
        *((Kind.EMAIL, *match.span()) for match in _EMAIL.finditer(plain)),
        *((Kind.LINK, *match.span()) for match in _LINK.finditer(plain)),
        *((Kind.NIK, *match.span()) for match in _DIGITS.finditer(plain) if _NIK.fullmatch(_digits(match[0]))),
        *((Kind.PHONE, *match.span()) for match in _PHONE.finditer(plain) if not _AMOUNT.fullmatch(match[0])),
        *((Kind.INSULT, start, end) for start, end in _insults(text)),
    ]
    kept: list[tuple[Kind, int, int]] = []
    for kind, start, end in found:
        if all(end <= other_start or other_end <= start for _, other_start, other_end in kept):
            kept.append((kind, start, end))
    return sorted(kept, key=lambda found: found[1:])


def _insults(text: str) -> Iterator[tuple[int, int]]:
    folded = fold(text)
    for match in _INSULTS.finditer(folded.text):
        yield folded.positions[match.start()], folded.positions[match.end() - 1] + 1


def _plain(text: str) -> str:
    """Lower case, without Unicode styles, of the same length. Folding would turn the @ of an address into a letter."""
    return text if text.isascii() and text.islower() else "".join(map(_plain_character, text))


@lru_cache(maxsize=4096)
def _plain_character(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character).lower()
    return plain if len(plain) == 1 else character


def _digits(text: str) -> str:
    return "".join(filter(str.isdecimal, text))
