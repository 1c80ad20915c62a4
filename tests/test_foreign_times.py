"""Dates as other portals write them."""

from datetime import UTC, datetime

import pytest

from portal.importers import fields, times
from tests.make import in_the_city

NOVEMBER_13 = datetime(2024, 11, 13, 9, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Rabu, 13 November 2024 16:21 WIB",
        "Rabu 13 Nop 2024, 16.21 WIB",
        "RABU,13 NOPEMBER 2024 | 16:21 wib",
        "Rabu,\u00a013\u00a0November 2024 - 16:21:00 WIB",
        "13 November 2024 pukul 16.21 WIB",
        "13-11-2024 16.21 WIB",
        "13/11/2024 17.21 WITA",
        "13.11.2024 18:21:00 WIT",
        "2024-11-13WIB16:21:00",
        "2024/11/13 16:21 WIB",
        "Wed, 13 Nov 2024 16:21:00 +0700",
        "Wed, 13 Nov 2024 09:21:00 GMT",
        "November 13, 2024 4:21 pm WIB",
        "Wed Nov 13 2024 16:21:00 GMT+0700 (Western Indonesia Time)",
        "2024-11-13T09:21:00.000Z",
        "Rabu, 13 November 2024 16:21 WIB | Dibaca : 1.056 kali",
        "13 November 2024 - 16:21 WIB - Dibaca 56 kali",
        "Rabu, 13 November 2024 16:21 WIB oleh Admin",
        "Rabu 13 November 2024 / 16:21 WIB",
        "Rabu, 13/11/2024 - 16.21 WIB",
        "Rabu, 13/11/24 | 16.21 WIB",
        "Rabu, 13 Nov 2024 Pkl. 16.21 WIB",
        "Rabu, 13 Nov 2024, Pkl 16:21 Wib",
        "13 Nov 2024 jam 16.21 WIB",
        "13 Nov 2024 pada pukul 16.21 WIB",
        "Rabu Pahing, 13 November 2024 16:21 WIB",
        "Dipublikasikan pada Rabu, 13 November 2024 16:21 WIB",
        "Tayang: Rabu, 13 November 2024 16:21 WIB",
        "Diterbitkan: 13 November 2024 16:21 WIB",
        "Published on November 13th, 2024 at 4:21 pm WIB",
        "13 November 2024 16 : 21 WIB",
        "13November2024 16:21 WIB",
        "13 November '24 16:21 WIB",
        "13 November 2024 16:21 (WIB)",
        "13 November 2024 18:21 (WIT)",
        "13 November 2024 16:21 GMT+7",
        "13 November 2024 16:21 UTC+07:00",
        "2024-11-13 16:21:00 +0700 WIB",
        "2024-11-13 09:21:00 +0000 UTC",
        "2024-11-13T16:21:00+07",
        "2024-11-13WIB16:21:00+07:00",
        "2024-11-13t09:21:00z",
        "Wed Nov 13 16:21:00 WIB 2024",
        "Wed Nov 13 09:21:00 UTC 2024",
        "Rabu, 13 November 2024 (16:21 WIB)",
        "Rabu | 13 November 2024 | 16:21 WIB",
        "13 November 2024 • 16:21 WIB",
        "13 November 2024 · 16:21 WIB",
        "13 November 2024 — 16.21 WIB",
        "16:21 WIB, 13 November 2024",
        "16:21 WIB | Rabu, 13 November 2024",
        "Diposting oleh Admin pada Rabu, 13 November 2024 16:21 WIB",
        "By Admin, 13 November 2024 16:21 WIB",
        "Diperbarui 13 November 2024 16:21 WIB",
        "Update: 13 November 2024 16:21 WIB",
        "13 November 2024 16:21 WIB - Oleh : Admin",
        "13 November 2024 16:21 WIB | Penulis: Budi",
        "13 November 2024 16:21 WIB | 1.234 views",
        "Rabu, 13 November 2024 / 11 Jumadil Awal 1446 H 16:21 WIB",
        "13 November 2024 16:21 wib.",
        "13 November 2024 16:21 Waktu Indonesia Barat",
        "Kota Bandung, Rabu, 13 November 2024 16:21 WIB",
        "Kota Bandung - 13 November 2024 16:21 WIB",
        "11 Jumadil Awal 1446 H / 13 November 2024 16:21 WIB",
        "Rabu, 13 November 2024 M 16:21 WIB",
        "1731489660",
        "1731489660000",
        "1731489660.0",
    ],
)
def test_one_moment_in_many_spellings(text):
    assert times.published(text) == (NOVEMBER_13, True, "", "")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("13 Nop 2024", (2024, 11, 13)),
        ("13 Nopémber 2024", (2024, 11, 13)),
        ("13 Méi 2024", (2024, 5, 13)),
        ("Jum'at, 15 November 2024", (2024, 11, 15)),
        ("Jum’at 15 Nov. 2024", (2024, 11, 15)),
        ("Ahad, 17 November 2024", (2024, 11, 17)),
        ("1 Pebruari 2020", (2020, 2, 1)),
        ("17 Agst 2021", (2021, 8, 17)),
        ("17 Agt. 2021", (2021, 8, 17)),
        ("5 Des 2019", (2019, 12, 5)),
        ("13-Nov-24", (2024, 11, 13)),
        ("03/04/2021", (2021, 4, 3)),  # the day first
        ("5-6-2021", (2021, 6, 5)),
        ("May 5, 2021", (2021, 5, 5)),
        ("13th November 2024", (2024, 11, 13)),
        ("Posted on 13 November 2024", (2024, 11, 13)),
        ("Tanggal 13 November 2024", (2024, 11, 13)),
        ("Rebo, 13 November 2024", (2024, 11, 13)),
        ("Kemis, 14 November 2024", (2024, 11, 14)),
        ("Jumuah, 15 November 2024", (2024, 11, 15)),
        ("Jum at, 15 Nov 2024", (2024, 11, 15)),
        ("Juma'at 15 Nov 2024", (2024, 11, 15)),
        ("Saptu, 16 November 2024", (2024, 11, 16)),
        ("Sabtu Kliwon, 16 November 2024", (2024, 11, 16)),
        ("Senen, 11 November 2024", (2024, 11, 11)),
        ("Rabu, 13/11/24", (2024, 11, 13)),
        ("3 Oktober2024", (2024, 10, 3)),
        ("13 Agust 2024", (2024, 8, 13)),
        ("13 Sept. 2024", (2024, 9, 13)),
        ("13 Mrt 2024", (2024, 3, 13)),
        ("2024.11.13", (2024, 11, 13)),
        ("Rabu (13/11/2024)", (2024, 11, 13)),
        ("2024-7-9", (2024, 7, 9)),
        ("Tanggal Terbit: 13 November 2024", (2024, 11, 13)),
        ("Tanggal Publikasi : 13 November 2024", (2024, 11, 13)),
        ("Tgl. Posting : 13 November 2024", (2024, 11, 13)),
        ("13 November 2024.", (2024, 11, 13)),
        ("1 Pebr 2020", (2020, 2, 1)),
        ("Jum&#39;at, 15 November 2024", (2024, 11, 15)),
        ("Bandung, 13/11/2024", (2024, 11, 13)),
        ("Rabu, 13 November 2024 / 11 Jumadil Awal 1446 H", (2024, 11, 13)),
    ],
)
def test_a_day_without_a_time_is_in_the_citys_zone(text, day):
    assert times.published(text) == (in_the_city(*day), False, "", "")


def test_minutes_of_one_digit_and_a_time_in_a_column_of_its_own():
    assert times.published("9 Juli 2024 9:5").at == in_the_city(2024, 7, 9, 9, 5)
    for date in ("2024-07-09 00:00:00", "2024-07-09"):
        record = fields.record({"judul": "a", "tanggal": date, "jam": "16:21"})
        assert (record.published_at, record.time_known) == (in_the_city(2024, 7, 9, 16, 21), True)


@pytest.mark.parametrize("text", ["2021-09", "09/2021", "September 2021", "Sept 2021", "Sep-2021"])
def test_of_a_month_the_first_day_is_taken_and_said(text):
    read = times.published(text)
    assert (read.at, read.time_known, read.raw) == (in_the_city(2021, 9, 1), False, "")
    assert f"hanya bulannya yang diketahui (“{text}”)" in read.remark


def test_a_weekday_that_contradicts_the_date_is_said():
    read = times.published("Senin, 13 November 2024 16:21 WIB")
    assert read.at == NOVEMBER_13
    assert "jatuh pada hari Rabu" in read.remark


@pytest.mark.parametrize("text", ["", "  ", "0000-00-00", "0000-00-00 00:00:00"])
def test_no_date_is_none(text):
    assert times.published(text) == (None, True, "", "")


@pytest.mark.parametrize(
    "text",
    [
        "2021-00-00",
        "2021",
        "13/25/2021",
        "11/13/2024",
        "31 Februari 2024",
        "13/11/24",
        "45609.68",
        "Sumat, 13 November 2024",
        "13 Novambar 2024",
        "2024-11-13 16:21 EST",
        "13 November 2024 13:21 pm",
        "kemarin",
        "2 jam yang lalu",
        "Senin, 13/11/24",  # the year is a guess if the weekday does not agree
        "Nov '24",
        "2024-318",
        "2024-W46-3",
        "2024-11-13 16:21:00 +0700 WITA",
        "13 November 2024 24:00",
        "Rabu, 13 November 2024 16:21 s.d. 17:00",
        "1 Muharram 1446 H",
        "999999999999999",
    ],
)
def test_what_no_reading_fits_is_kept_as_it_is(text):
    assert times.published(text) == (None, True, text, "")


@pytest.mark.parametrize("text", ["1970-01-01 00:00:00", "1970-01-01 07:00:00", "Kamis, 1 Januari 1970 07:00 WIB"])
def test_what_programs_make_of_zero_is_no_time(text):
    assert times.published(text) == (None, True, text, "")
