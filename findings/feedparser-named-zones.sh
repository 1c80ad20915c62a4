#!/usr/bin/env bash
# feedparser 6.0.11 (Python 3.11), dates of RSS items with the names of Indonesia's time zones.
#
# Feeds of Indonesian sites write "Wed, 13 Nov 2024 16:21:00 WIB" (WIB is UTC+7, WITA +8, WIT +9), as RFC 822 lets American
# ones write EST.
# Seen: `published_parsed`, which is documented as UTC, is 16:21 for all three, the wall clock of three zones, while for
# "EST" it is 21:21, converted. `bozo` is false, and nothing tells the two apart.
# One would have guessed: None, as for every other date that it cannot read (an Indonesian name of the day, "Rab, 13 Nov
# 2024 16:21:00 +0700", is None). Sorted by time, news of such a feed stand seven to nine hours in the future.
#
# Ends with status 0 while this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q feedparser==6.0.11 sgmllib3k==1.0.0 2> "$folder/pip.log" || { cat "$folder/pip.log"; exit 2; }
"$folder/venv/bin/python" - <<'PYTHON'
import feedparser

ITEM = "<rss version='2.0'><channel><title>News</title><item><title>One</title><pubDate>%s</pubDate></item></channel></rss>"


def clock(date):
    read = feedparser.parse(ITEM % date)
    assert not read.bozo
    moment = read.entries[0].published_parsed
    return moment and f"{moment.tm_mday} {moment.tm_hour:02}:{moment.tm_min:02}"


seen = {zone: clock(f"Wed, 13 Nov 2024 16:21:00 {zone}") for zone in ("+0700", "EST", "WIB", "WITA", "WIT")}
print(seen)
assert seen == {"+0700": "13 09:21", "EST": "13 21:21", "WIB": "13 16:21", "WITA": "13 16:21", "WIT": "13 16:21"}
assert clock("Rab, 13 Nov 2024 16:21:00 +0700") is None
PYTHON
