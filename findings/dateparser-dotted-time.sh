#!/usr/bin/env bash
# dateparser 1.2.2 (Python 3.11), Indonesian dates whose time is written with a dot, "pukul 16.21", as the language's
# spelling rules have it and most news pages do.
#
# Seen: beside a date of the calendar the dotted time is read: "13 November 2024 pukul 16.21" is 16:21. Beside a relative
# day it is dropped without a word: "kemarin pukul 16.21" (yesterday at 16.21) is yesterday at the time of day of
# RELATIVE_BASE, here 09:00. With a colon, "kemarin pukul 16:21", it is 16:21.
# One would have guessed: the same reading of the time in both, or None for what cannot be read. A program that reads
# "kemarin pukul 16.21" from a page stores the minute of its own visit.
#
# Ends with status 0 while this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q dateparser==1.2.2 2> "$folder/pip.log" || { cat "$folder/pip.log"; exit 2; }
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from datetime import datetime

import dateparser

BASE = datetime(2024, 11, 14, 9, 0)


def read(text):
    found = dateparser.parse(text, languages=["id"], settings={"RELATIVE_BASE": BASE})
    return f"{found:%Y-%m-%d %H:%M}"


EXPECTED = {
    "13 November 2024 pukul 16.21": "2024-11-13 16:21",
    "kemarin pukul 16:21": "2024-11-13 16:21",
    "kemarin pukul 16.21": "2024-11-13 09:00",
}
for text, moment in EXPECTED.items():
    print(f"{text}: {read(text)}")
    assert read(text) == moment
PYTHON
