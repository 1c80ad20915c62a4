"""Dates as people type them into a search box."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from news.web import dates, typed_dates


def days_of(text: str) -> tuple[str, str] | None:
    """The first and the last day that the text names."""
    span = typed_dates.find(text).span
    return span and (dates.iso(span.first)[:10], dates.iso(span.after - timedelta(seconds=1))[:10])


@pytest.mark.parametrize(
    "text",
    [
        "13 november 2024",
        "13 Nov 2024",
        "13 nov. 2024",
        "13-nov-2024",
        "13 nopember 2024",
        "13/11/2024",
        "13-11-2024",
        "13.11.2024",
        "13 / 11 / 2024",
        "2024-11-13",
        "Rabu, 13 November 2024",
        "rabu 13 november 2024",
        "tanggal 13 november 2024",
        "tgl 13/11/2024",
        "  13   november  2024 ",
    ],
)
def test_a_day_is_understood_however_it_is_typed(text):
    assert days_of(text) == ("2024-11-13", "2024-11-13")
    assert typed_dates.find(text).rest == ""


@pytest.mark.parametrize(
    "text", ["november 2024", "nov 2024", "Nop 2024", "bulan november 2024", "11/2024", "11-2024", "2024-11"]
)
def test_a_month_is_its_days(text):
    assert days_of(text) == ("2024-11-01", "2024-11-30")


def test_a_year_needs_its_word_because_a_number_may_be_an_articles():
    assert days_of("tahun 2024") == ("2024-01-01", "2024-12-31")
    assert days_of("2024") is None


def test_words_for_days_count_from_today_in_the_city():
    today = timezone.now().astimezone(dates.ZONE).date()
    yesterday, before = (str(today - timedelta(days=number)) for number in (1, 2))
    assert days_of("kemarin") == (yesterday, yesterday)
    assert days_of("Kemarin  lusa") == (before, before)
    assert days_of("hari ini") == (str(today), str(today))
    assert days_of("bulan ini")[0] == f"{today:%Y-%m}-01"
    assert days_of("bulan lalu")[1] == str(today.replace(day=1) - timedelta(days=1))
    assert days_of("tahun lalu") == (f"{today.year - 1}-01-01", f"{today.year - 1}-12-31")
    assert date.fromisoformat(days_of("minggu ini")[0]).weekday() == 0


def test_the_last_days_and_months_end_today():
    today = timezone.now().astimezone(dates.ZONE).date()
    assert days_of("1 hari terakhir") == (str(today), str(today))
    assert days_of("30 hari terakhir") == (str(today - timedelta(days=29)), str(today))
    assert days_of("2 Minggu  terakhir") == (str(today - timedelta(days=13)), str(today))
    assert days_of("1 bulan terakhir") == (f"{today:%Y-%m}-01", str(today))
    first = dates.next_month(today)
    first = str(first.replace(year=first.year - 1))
    assert days_of("12 bulan terakhir") == days_of("1 tahun terakhir") == (first, str(today))
    assert days_of("999 tahun terakhir") is None
    assert days_of("0 hari terakhir") is None


def test_a_day_without_a_year_is_the_last_one():
    today = timezone.now().astimezone(dates.ZONE).date()
    for other in (today, today + timedelta(days=1)):
        found = days_of(f"{other.day} {dates.MONTHS[other.month - 1]}")
        assert found[0] == str(other if other <= today else other.replace(year=other.year - 1))
    assert days_of("29 februari")[0].endswith("-02-29")


@pytest.mark.parametrize(
    "text",
    ["31 februari 2024", "13/13/2024", "45 november 2024", "13 warga 2024", "rt 05/11/2024/x", "100/2024", "maret", "",
     "٣ november 2024x", "1.234.567", "nomor 2024-11-131"],
)  # fmt: skip
def test_what_is_no_date_is_left_alone(text):
    assert typed_dates.find(text) == (None, text)


def test_other_words_are_left_for_the_search():
    assert typed_dates.find("kerja bakti 13 november 2024 cisadane").rest == "kerja bakti cisadane"
    assert typed_dates.day("kerja bakti 13 november 2024") is None
    assert typed_dates.day("13 november 2024") is not None
