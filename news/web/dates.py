"""Dates in Indonesian. Django's own `date` filter would work, but its locale look-ups cost 1 ms per page."""

from datetime import date as calendar_date
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
# Spellings that are no beginnings of the months' names
_MORE_MONTHS = {"agt": 8, "ags": 8, "agst": 8, "nop": 11, "nopember": 11, "peb": 2, "pebruari": 2}
_SHORTEST_MONTH = 3  # letters

ZONE = timezone.get_default_timezone()  # the city's; looking up the current one for each date costs 0.2 ms per page


def date(moment: datetime | calendar_date) -> str:
    """`Rabu, 13 November 2024`, in the city's time zone."""
    day = moment.astimezone(ZONE) if isinstance(moment, datetime) else moment
    return f"{DAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def date_and_time(moment: datetime) -> str:
    """`Rabu, 13 November 2024 16:21 WIB`, in the city's time zone."""
    return f"{date(moment)} {time(moment)}"


def time(moment: datetime) -> str:
    """`16:21 WIB`, in the city's time zone."""
    moment = moment.astimezone(ZONE)
    return f"{moment.hour:02}:{moment.minute:02} {settings.ZONE_LABEL}"


def short_date(moment: datetime) -> str:
    """`13 Nov 2024`, for columns."""
    day = moment.astimezone(ZONE)
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def short_date_and_time(moment: datetime) -> str:
    """`13 Nov 2024 16:21 WIB`, for columns."""
    return f"{short_date(moment)} {time(moment)}"


def month(year: int, number: int) -> str:
    """`November 2024`."""
    return f"{MONTHS[number - 1]} {year}"


def month_number(name: str) -> int:
    """The number of a month by its name or at least three letters of its beginning; 0 if it is none."""
    name = name.lower()
    number = [index for index, month in enumerate(MONTHS, 1) if month.lower().startswith(name)]
    return number[0] if number and len(name) >= _SHORTEST_MONTH else _MORE_MONTHS.get(name, 0)


def day_of(moment: datetime) -> calendar_date:
    """The day of this moment in the city's time zone."""
    return moment.astimezone(ZONE).date()


def midnight(day: calendar_date) -> datetime:
    """The beginning of this day in the city's time zone."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def month_start(day: calendar_date) -> calendar_date:
    """The first day of the month of this day."""
    return calendar_date(day.year, day.month, 1)


def next_month(day: calendar_date) -> calendar_date:
    """The first day of the month after that of this day. Raises ValueError after the year 9999."""
    return calendar_date(day.year + day.month // 12, day.month % 12 + 1, 1)


def previous_month(day: calendar_date) -> calendar_date:
    """The first day of the month before that of this day. Raises OverflowError before the year 1."""
    return month_start(month_start(day) - timedelta(days=1))


def month_span(day: calendar_date) -> tuple[datetime, datetime]:
    """The beginnings of the month of this day and of the next one, in the city's time zone."""
    return midnight(month_start(day)), midnight(next_month(day))


def iso(moment: datetime | calendar_date) -> str:
    """`2024-11-13T16:21:00+07:00`, in the city's time zone, or `2024-11-13` for a date without a time."""
    if not isinstance(moment, datetime):
        return moment.isoformat()
    return moment.astimezone(ZONE).isoformat(timespec="seconds")


def from_now(moment: datetime, now: datetime | None = None) -> str:
    """`besok 07.00 WIB, dalam 8 jam 40 menit`, or `kemarin 07.00 WIB, 2 jam 5 menit yang lalu`."""
    now = now or timezone.now()
    seconds = (moment - now).total_seconds()
    span = _span(int(abs(seconds) // 60))
    away = f"dalam {span}" if seconds > 0 else f"{span} yang lalu"
    return f"{spoken(moment, now)}, {away}"


def spoken(moment: datetime, now: datetime | None = None) -> str:
    """`hari ini 07.00 WIB`, `besok …`, or with the date."""
    day, today = (each.astimezone(ZONE).date() for each in (moment, now or timezone.now()))
    words = {-1: "kemarin", 0: "hari ini", 1: "besok", 2: "lusa"}
    return f"{words.get((day - today).days) or date(day)} {time(moment).replace(':', '.')}"


def _span(minutes: int) -> str:
    days, hours = minutes // 1440, minutes // 60 % 24
    if days > 60:
        return f"{days} hari"
    shown = [(days, "hari"), (hours, "jam"), (0 if days else minutes % 60, "menit")]
    return " ".join(f"{number} {unit}" for number, unit in shown if number) or "kurang dari satu menit"
