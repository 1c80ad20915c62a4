"""Times of other portals, as every importer reads them."""

import difflib
import html
import re
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import timezone as fixed_offset
from typing import NamedTuple

from django.utils import timezone

from news.web import dates
from portal.importers.record import Refusal

_ZONES = {name: fixed_offset(timedelta(hours=hours)) for name, hours in {"wib": 7, "wita": 8, "wit": 9}.items()}
_ZONES |= {"z": UTC, "utc": UTC, "gmt": UTC, "ut": UTC}
_ENGLISH_MONTHS = {
    "january": 1, "february": 2, "march": 3, "mrt": 3, "may": 5, "june": 6, "july": 7, "aug": 8, "august": 8,
    "oct": 10, "pebr": 2,
    "october": 10, "dec": 12, "december": 12,
}  # fmt: skip
_ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORTEST_DAY = 3  # letters
_LONGEST = 200  # characters of a date and what stands around it
# Names that are no beginnings of the usual ones: from Arabic, Javanese and Sundanese, and as they are misspelled
_NAMES_OF_DAYS = (
    "senen isnin",
    "salasa slasa",
    "rebo arba",
    "kemis khamis",
    "jumuah jemuah jumungah jumaah jumaat",
    "setu saptu",
    "ahad",
)
_MORE_DAYS = {name: day for day, names in enumerate(_NAMES_OF_DAYS) for name in names.split()}
_YEAR = r"(?P<year>[0-9]{4})"
_MONTH = r"(?P<name>[a-z]{3,9})\.?"
# Days, most certain first. Numbers are read day first, as Indonesians write them; 11/13/2024 is then no day at all.
_DAYS = (
    rf"{_YEAR}(?P<dash>[-/.]?)(?P<month>[0-9]{{2}})(?P=dash)(?P<day>[0-9]{{2}})",
    rf"{_YEAR}(?P<dash>[-/.])(?P<month>[0-9]{{1,2}})(?P=dash)(?P<day>[0-9]{{1,2}})",
    rf"(?P<day>[0-9]{{1,2}})(?P<dash>[-/.])(?P<month>[0-9]{{1,2}})(?P=dash){_YEAR}",
    rf"(?P<day>[0-9]{{1,2}})[-/. ]?\s?{_MONTH}[-/, ]?\s?(?P<year>[0-9]{{4}}|[0-9]{{2}})",
    rf"{_MONTH} (?P<day>[0-9]{{1,2}}),? {_YEAR}",
)
_MONTHS = (rf"{_YEAR}-(?P<month>[0-9]{{2}})", rf"(?P<month>[0-9]{{1,2}})[-/]{_YEAR}", rf"{_MONTH}[-/, ]\s?{_YEAR}")
_WEEKDAY = r"(?:(?P<weekday>[a-z']{3,9})\.?(?:\ (?:pahing|pon|wage|kliwon|legi))?(?:\s?[,|]\s?|\s))?"
# Numbers alone do not tell which is the year; a weekday that agrees does.
_SHORT_YEAR = r"(?P<day>[0-9]{1,2})(?P<dash>[-/.])(?P<month>[0-9]{1,2})(?P=dash)(?P<year>[0-9]{2})"
# Between hours, minutes and seconds stands a colon or the dot that Indonesian writes. `datetime.fromisoformat()` takes
# what follows that dot for a fraction: it reads 08.45 as eight o'clock.
_TIME = r"""
    (?:
        (?:t|(?P<zone_before>wib|wita|wit)|\s?[,|–—•·/-]?\s(?:(?:pada\s)?(?:pukul|pkl|jam|at)\b\.?\s?:?\s?|@\s?)?|\s?[,|]\s?)
        (?P<hour>[0-9]{2}|[0-9](?=[:.])) (?P<colon>[:.]?) (?P<minute>[0-9]{2}|(?<=:)[0-9](?![0-9]))
        (?:(?P=colon) (?P<second>[0-9]{2}) (?:[.,] (?P<fraction>[0-9]+))?)?
        (?:\s?(?P<half>[ap])\.?m\b\.?)?
        (?:\s?(?P<zone>[a-z]+(?![a-z+-])|(?:gmt|utc)?(?P<sign>[+-])(?P<zone_hours>[0-9]{1,2}):?(?P<zone_minutes>[0-9]{2})?))?
        (?:\s\((?:(?P<zone_behind>wib|wita|wit)|[a-z ]+)\))?
    )?
"""
_DAY_FORMS = [re.compile(_WEEKDAY + day.replace(" ", r"\ ") + _TIME, re.VERBOSE) for day in _DAYS]
_SHORT_FORM = re.compile(_WEEKDAY + _SHORT_YEAR + _TIME, re.VERBOSE)
_MONTH_FORMS = [re.compile(month) for month in _MONTHS]
FIRST_EPOCH = 1_000_000_000
_EPOCH = re.compile(r"(1[0-9]{9})(?:[0-9]{3}|\.[0-9]+)?")  # (milli)seconds since 1970, 2001 to 2033
_COMPACT = re.compile(r"([0-9]{8})([0-9]{6})")  # MySQL's, as a number
_CLOCK = r"[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2})?(?:\s?(?:wib|wita|wit))?"
_PLACE = re.compile(r"([a-z][a-z .]{2,40})(?:,|\s[-–—](?=\s))\s?(.*)")
# What stands around a date, and other ways to write its parts
_TIDIED = (
    (re.compile("[’‘`´ʼ]"), "'"),
    (re.compile(r"\s*[|•·–—-]\s*[0-9][0-9.,]*\s*(?:views?|hits?|pembaca|(?:kali|x) (?:dibaca|dilihat))$"), ""),
    (re.compile("[éèêë]"), "e"),  # Nopémber: Sundanese
    (re.compile(r"\s*[/|–-]\s*[0-9]{1,2} [a-z' ]{4,20} 1[34][0-9]{2} h\b\.?"), ""),  # the same day in the Islamic year
    (re.compile(r"\b[0-9]{1,2} [a-z' ]{4,20} 1[34][0-9]{2} h\b\.?\s*[/|–-]\s*(?=[0-9])"), ""),
    (re.compile(r"(?<=\b[0-9]{4})\s+m(?:asehi)?\b\.?"), ""),
    (
        re.compile(r"^(?:di(?:posting|tulis|terbitkan|publikasikan) )?(?:oleh|by) [a-z .]{1,40}?(?: pada|\s?[,|-])\s"),
        "",
    ),
    (
        re.compile(
            r"\s*[|•·–-]?\s*\b(?:dibaca|dilihat|views?|hits?)\b.*|(?:\s*[|•·–—-])?\s+(?:oleh|by|penulis)\s?(?::|\s).*"
        ),
        "",
    ),
    (re.compile(r"\bwaktu indonesia barat\b"), "wib"),
    (re.compile(r"\bwaktu indonesia tengah\b"), "wita"),
    (re.compile(r"\bwaktu indonesia timur\b"), "wit"),
    (re.compile(r"(?<=[a-z0-9])\.$"), ""),
    (
        re.compile(
            r"^(?:(?:di)?(?:terbit(?:kan)?|posting|poskan|publikasi(?:kan)?|unggah|tulis|perbarui)|tayang|publish(?:ed)?|posted|"
            r"updated?|(?:tanggal|tgl\.?)(?: (?:terbit|publikasi|posting|tayang))?)(?:\s+(?:pada|on|tanggal))?\s*:?\s+"
        ),
        "",
    ),
    (
        re.compile(r"^([a-z]{3,9}) ([a-z]{3,9}) (\d{1,2}) ([\d:]{5,8})(?: ([a-z]{3,4}))? (\d{4})$"),
        r"\1 \3 \2 \6 \4 \5",
    ),
    (re.compile(r"\b([0-9]{1,2})(?:st|nd|rd|th)\b"), r"\1"),
    (re.compile(r"(?<=[0-9])\s+:\s*(?=[0-9])|(?<=[0-9])\s*:\s+(?=[0-9])"), ":"),
    (re.compile(r"\s'(?=[0-9]{2}\b)"), " "),
    (re.compile(r"^jum at\b"), "jumat"),
    (re.compile(r"^([a-z']{3,9}) \(([^()]+)\)"), r"\1, \2"),
    (re.compile(rf"\(({_CLOCK})\)$"), r"\1"),
    (re.compile(rf"^({_CLOCK})\s?[,|]\s?(.+)$"), r"\2 \1"),
    (re.compile(r"(?<=\+0700) wib$|(?<=\+0800) wita$|(?<=\+0900) wit$|(?<=\+0000) utc$"), ""),
)
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # what programs make of 0, in whatever zone
_A_DAY = timedelta(days=1)
_NO_DATE = re.compile(r"0000-00-00(?:[ t]00:00:00)?")  # MySQL's way to say that there is none


class Published(NamedTuple):
    """What an export tells about the time of publication."""

    at: datetime | None = None  # aware
    time_known: bool = True
    raw: str = ""  # the text, if no reading fits it
    remark: str = ""  # what the operator should know about a date that was read


class _Read(NamedTuple):
    at: datetime
    time_known: bool
    remark: str = ""


def published(text: str) -> Published:
    """The time of publication that the text names. What no reading fits is kept as it is: a wrong time is worse than
    none. Of a month it is the first day, as readers look for the article in that month; the remark says so."""
    text = text.strip()
    if not text or _NO_DATE.fullmatch(text.lower()):
        return Published()
    try:
        read = _read(text[:_LONGEST])
    except (ValueError, OverflowError):
        return Published(raw=text[:80])
    if abs(read.at - _NO_TIME) < _A_DAY:
        return Published(raw=text[:80])
    return Published(at=read.at, time_known=read.time_known, remark=read.remark)


def changed(*texts: str) -> tuple[datetime | None, str]:
    """When the source last changed an article, by the first of these texts that can be read, and a remark: what cannot
    be read costs only itself."""
    read = [published(text) for text in texts]
    if (at := next((each.at for each in read if each.at is not None), None)) is not None:
        return at, ""
    raw = next((each.raw for each in read if each.raw), "")
    return None, f"waktu perubahan “{raw[:40]}” tidak terbaca; tidak dipakai" if raw else ""


def moment(text: str, name: str = "tanggal terbit") -> tuple[datetime | None, bool]:
    """The moment that the text names, in the city's zone if it names none, and whether its time of day is known.

    Reads `2026-11-20T08:45:30+07:00`, `20261120T0145Z`, `Jum'at, 20 Nop 2026 08.45 WIB`, `20/11/2026`,
    `Fri, 20 Nov 2026 08:45:00 +0700` and the like. No moment for a blank text. Raises Refusal, which calls the text by
    `name`, for everything else.
    """
    read = published(text)
    if read.raw:
        raise Refusal(f"{name} “{read.raw[:40]}” tidak ada atau tidak terbaca (contoh: 2024-11-13 16:21)")
    return read.at, read.time_known


def _read(text: str) -> _Read:
    """Raises ValueError for what is no such time, OverflowError for a zone that is none."""
    plain = " ".join(html.unescape(text).lower().split())
    for pattern, tidy in _TIDIED:
        plain = pattern.sub(tidy, plain).strip()
    if (match := _PLACE.fullmatch(plain)) and not any(map(_is_like_a_day, match[1].replace(".", " ").split())):
        plain = match[2]
    if match := _EPOCH.fullmatch(plain):
        return _Read(datetime.fromtimestamp(int(match[1]), UTC), True)
    plain = _COMPACT.sub(r"\1t\2", plain) if _COMPACT.fullmatch(plain) else plain
    for form in _DAY_FORMS:
        if match := form.fullmatch(plain):
            return _moment(match)
    if (match := _SHORT_FORM.fullmatch(plain)) and match["weekday"]:
        read = _moment(match)
        if read.remark:  # the weekday contradicts
            raise ValueError(text)
        return read
    for form in _MONTH_FORMS:
        if match := form.fullmatch(plain):
            first = datetime(int(match["year"]), _month(match), 1, tzinfo=timezone.get_default_timezone())
            return _Read(first, False, f"hanya bulannya yang diketahui (“{text[:40]}”); bertanggal 1")
    raise ValueError(text)


def _is_like_a_day(word: str) -> bool:
    """Whether it may be a misspelled weekday rather than a part of a place's name: then nobody knows what is wrong."""
    names = [day.lower() for day in (*dates.DAYS, *_ENGLISH_DAYS, *_MORE_DAYS)]
    return any(name.startswith(word) for name in names) or bool(difflib.get_close_matches(word, names, cutoff=0.6))


def _moment(match: re.Match[str]) -> _Read:
    hour = int(match["hour"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + 12 * (match["half"] == "p")
    minute, second = int(match["minute"] or 0), int(match["second"] or 0)
    microsecond = int((match["fraction"] or "")[:6].ljust(6, "0"))
    at = datetime(
        _year(match["year"]), _month(match), int(match["day"]), hour, minute, second, microsecond, tzinfo=_zone(match)
    )
    remark = ""
    if match["weekday"] and _weekday(match["weekday"]) != at.weekday():
        remark = f"tanggal “{match.string[:60]}” jatuh pada hari {dates.DAYS[at.weekday()]}; tanggalnya yang dipakai"
    return _Read(at, match["hour"] is not None, remark)


def _year(digits: str) -> int:
    """Also of two digits, which stand after the name of a month (13-Nov-24, as spreadsheets write it) or a weekday."""
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (2000 if year < 69 else 1900)  # as strptime reads it


def _month(match: re.Match[str]) -> int:
    parts = match.groupdict()
    if not (name := parts.get("name")):
        return int(parts["month"] or 0)
    if number := _ENGLISH_MONTHS.get(name) or dates.month_number(name):
        return number
    raise ValueError(name)


def _weekday(name: str) -> int:
    name = name.replace("'", "")
    if name in _MORE_DAYS:
        return _MORE_DAYS[name]
    for days in (dates.DAYS, _ENGLISH_DAYS):
        for number, day in enumerate(days):
            if day.lower().startswith(name) and len(name) >= _SHORTEST_DAY:
                return number
    raise ValueError(name)


def _zone(match: re.Match[str]) -> tzinfo:
    if match["sign"] is not None:
        offset = timedelta(hours=int(match["zone_hours"]), minutes=int(match["zone_minutes"] or 0))
        return fixed_offset(-offset if match["sign"] == "-" else offset)
    name = match["zone"] or match["zone_before"] or match["zone_behind"]
    if name is None:
        return timezone.get_default_timezone()
    if name not in _ZONES:
        raise ValueError(name)
    return _ZONES[name]
