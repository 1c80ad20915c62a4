"""Dates as Indonesians type them: 13 november 2024, 13/11/2024, nov 2024, kemarin, bulan lalu, 30 hari terakhir."""

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from news.web import dates

_MONTH = r"(?P<name>[a-z]{3,9})\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_SEPARATOR = r"(?P<sign>\s*[-/.]\s*|\s+)"
_DAY_OF_WEEK = rf"(?:\b(?:{'|'.join(dates.DAYS)}|jum'at|ahad)\s*,?\s*)?"
_WHOLE = r"(?<![\w/.-]){}(?![\w/-])"
_FORMS = [
    re.compile(_WHOLE.format(form), re.IGNORECASE | re.ASCII)
    for form in (
        rf"{_DAY_OF_WEEK}(?:(?:tanggal|tgl\.?)\s+)?(?P<day>\d\d?){_SEPARATOR}{_MONTH}(?:[-/.\s]\s*{_YEAR})?",
        rf"{_DAY_OF_WEEK}(?:(?:tanggal|tgl\.?)\s+)?(?P<day>\d\d?){_SEPARATOR}(?P<month>\d\d?)(?P=sign){_YEAR}",
        rf"{_YEAR}-(?P<month>\d\d?)-(?P<day>\d\d?)",
        rf"(?<!\d\s)(?:bulan\s+)?{_MONTH}[-/.\s]\s*{_YEAR}",  # no 31 februari 2024
        rf"(?P<month>\d\d?)[-/]{_YEAR}",
        rf"{_YEAR}-(?P<month>\d\d)",
        rf"tahun\s+{_YEAR}",
        r"(?P<word>kemarin\s+lusa|kemarin|hari\s+ini|(?:minggu|bulan|tahun)\s+(?:ini|lalu))",
        r"(?P<number>[1-9]\d{0,2})\s+(?P<unit>hari|minggu|bulan|tahun)\s+terakhir",
    )
]


class Span(NamedTuple):
    """A day, month or the like in the city's time zone: the first moment of it, and the first after it."""

    first: datetime
    after: datetime


class Typed(NamedTuple):
    """What somebody typed: the date in it, if there is one, and the other words."""

    span: Span | None
    rest: str


def find(text: str) -> Typed:
    """The first date that the text names, as the span of its day, month or year, and the text without it. A day
    without a year is the last such day; numbers are read day first, as in 13/11/2024. No span if it names none, or
    one that does not exist, such as 31 februari 2024."""
    today = timezone.now().astimezone(dates.ZONE).date()
    for form in _FORMS:
        for match in form.finditer(text):
            if span := _span(match.groupdict(), today):
                return Typed(span, " ".join(f"{text[: match.start()]} {text[match.end() :]}".split()))
    return Typed(None, text)


def day(text: str) -> Span | None:
    """The span that the whole text names; None if it names none or contains other words."""
    span, rest = find(text)
    return span if not rest else None


def _span(parts: dict[str, str | None], today: date) -> Span | None:
    try:
        if word := parts.get("word"):
            return _relative(" ".join(word.lower().split()), today)
        if unit := parts.get("unit"):
            return _last(int(parts["number"] or 0), unit.lower(), today)
        month = int(parts.get("month") or 0) or dates.month_number(parts.get("name") or "")
        year = int(parts.get("year") or 0)
        if parts.get("day"):
            return _of_day(int(parts["day"] or 0), month, year, today)
        if parts.get("month") or parts.get("name"):
            return Span(*dates.month_span(date(year, month, 1)))
        return _between(date(year, 1, 1), date(year + 1, 1, 1))
    except (ValueError, OverflowError):
        return None


def _of_day(number: int, month: int, year: int, today: date) -> Span:
    """Raises ValueError if there is no such day."""
    years = [year] if year else range(today.year, today.year - 5, -1)  # 29 februari: of the last leap year
    for each in years:
        try:
            found = date(each, month, number)
        except ValueError:
            continue
        if year or found <= today:
            return _between(found, found + timedelta(days=1))
    raise ValueError(number, month, year)


def _relative(word: str, today: date) -> Span:
    one, month, year = timedelta(days=1), dates.month_start(today), date(today.year, 1, 1)
    monday = today - timedelta(days=today.weekday())
    first, after = {
        "hari ini": (today, today + one),
        "kemarin": (today - one, today),
        "kemarin lusa": (today - 2 * one, today - one),
        "minggu ini": (monday, monday + 7 * one),
        "minggu lalu": (monday - 7 * one, monday),
        "bulan ini": (month, dates.next_month(today)),
        "bulan lalu": (dates.previous_month(today), month),
        "tahun ini": (year, date(today.year + 1, 1, 1)),
        "tahun lalu": (date(today.year - 1, 1, 1), year),
    }[word]
    return _between(first, after)


def _last(number: int, unit: str, today: date) -> Span:
    """Until today: so many days, or months of which the last is not over. Raises ValueError beyond a century."""
    months = {"bulan": 1, "tahun": 12}.get(unit, 0) * number
    if months:
        year, month = divmod(12 * today.year + today.month - months, 12)
        first = date(year, month + 1, 1)
    else:
        first = today - timedelta(days=number * (7 if unit == "minggu" else 1) - 1)
    if first.year < today.year - 100:
        raise ValueError(number, unit)
    return _between(first, today + timedelta(days=1))


def _between(first: date, after: date) -> Span:
    return Span(dates.midnight(first), dates.midnight(after))
