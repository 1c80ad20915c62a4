"""Times of other portals, as every importer reads them."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import timezone as fixed_offset

from django.utils import timezone

from portal.importers import Refusal

_ZONES = {name: fixed_offset(timedelta(hours=hours)) for name, hours in {"WIB": 7, "WITA": 8, "WIT": 9}.items()}
_ZONES |= {"Z": UTC, "UTC": UTC, "GMT": UTC}
# ISO 8601, and between hours, minutes and seconds the dot that Indonesian writes. `datetime.fromisoformat()` takes
# what follows that dot for a fraction: it reads 08.45 as eight o'clock.
_MOMENT = re.compile(
    r"""(?P<year>[0-9]{4})(?P<dash>-?)(?P<month>[0-9]{2})(?P=dash)(?P<day>[0-9]{2})
    (?:
        (?:T|,?\s+)
        (?P<hour>[0-9]{2}|[0-9](?=[:.])) (?P<colon>[:.]?) (?P<minute>[0-9]{2})
        (?:(?P=colon) (?P<second>[0-9]{2}) (?:[.,] (?P<fraction>[0-9]+))?)?
        (?:\s*(?P<zone>[A-Z]+|(?P<sign>[+-])(?P<zone_hours>[0-9]{2}):?(?P<zone_minutes>[0-9]{2})?))?
    )?""",
    re.VERBOSE | re.IGNORECASE,
)


def moment(text: str, name: str = "tanggal terbit") -> tuple[datetime | None, bool]:
    """The moment that the text names, in the city's zone if it names none, and whether its time of day is known.

    Reads `2026-11-20`, `2026-11-20T08:45:30+07:00`, `2026-11-20 08.45`, `2026-11-20 08.45 WIB`, `20261120T0145Z`.
    No moment for a blank text. Raises Refusal, which calls the text by `name`, for everything else: a wrong time is
    worse than none.
    """
    text = text.strip()
    if not text:
        return None, True
    try:
        return _read(text)
    except (ValueError, OverflowError):
        raise Refusal(f"{name} “{text[:40]}” tidak ada atau bukan ISO 8601 (2024-11-13T16:21:00+07:00)") from None


def _read(text: str) -> tuple[datetime, bool]:
    """Raises ValueError for what is not such a time, OverflowError for a zone that is none."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day, hour, minute, second = (
        int(match[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    microsecond = int((match["fraction"] or "")[:6].ljust(6, "0"))
    read = datetime(year, month, day, hour, minute, second, microsecond, tzinfo=_zone(match))
    return read, match["hour"] is not None


def _zone(match: re.Match[str]) -> tzinfo:
    if match["zone"] is None:
        return timezone.get_default_timezone()
    if match["sign"] is None:
        if match["zone"].upper() not in _ZONES:
            raise ValueError(match["zone"])
        return _ZONES[match["zone"].upper()]
    offset = timedelta(hours=int(match["zone_hours"]), minutes=int(match["zone_minutes"] or 0))
    return fixed_offset(-offset if match["sign"] == "-" else offset)
