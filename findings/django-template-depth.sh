#!/usr/bin/env bash
# Django 5.2.19 templates on CPython 3.11 to 3.13: what a page costs depends on how deep its caller stands.
#
# One template (a loop of 300 escaped values) is rendered from 0 to 299 calls deep; nothing else differs.
# Seen (3.11.7, the same on 3.12.1 and 3.13.0): 0.7 ms and no page fault at nearly every depth, but 3 to 10 ms at seven
# depths in a row, with 300 to 1,200 page faults a page, and again 120 calls deeper. CPython keeps the frames of Python
# functions in pieces of 16 KiB; where a piece ends, each call takes a new one from the system (mmap) and gives it back
# (munmap). One more middleware or `{% include %}` moves that edge into, or out of, the functions that a page calls most: a
# news page of 4.7 ms of CPU time came to 8.4 by one middleware that does nothing for it. A profile taken elsewhere (a test
# client, another server) stands at another depth and shows nothing.
# One would have guessed: depth costs nothing before the recursion limit, and a slower page has a slower function in it.
#
# Ends with status 0 while this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q Django==5.2.19 2> "$folder/pip.log" || { cat "$folder/pip.log"; exit 2; }
"$folder/venv/bin/python" - <<'PYTHON'
import resource
import sys
import time

import django
from django.conf import settings
from django.template import Context, Engine

settings.configure()
django.setup()
page = Engine().from_string("{% for each in values %}<i>{{ each }}</i>{% endfor %}")
context = Context({"values": ["Taman & kota"] * 300})


def render(depth):
    """CPU time in ms, and page faults, of one page that is rendered so deep."""
    if depth:
        return render(depth - 1)
    page.render(context)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_minflt, time.process_time()
    for _ in range(5):
        page.render(context)
    return (time.process_time() - began) / 5 * 1000, (resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / 5


cost = [min(render(depth) for _ in range(3)) for depth in range(300)]
usual = sorted(cost)[150]
dear = {depth: one for depth, one in enumerate(cost) if one[0] > 2 * usual[0]}
print(f"Python {sys.version.split()[0]}: usually {usual[0]:.2f} ms and {usual[1]:.0f} page faults")
for depth, (ms, faults) in dear.items():
    print(f"{depth} calls deeper: {ms:.2f} ms and {faults:.0f} page faults")
assert dear and all(faults > 300 for _, faults in dear.values())
assert usual[1] < 10
PYTHON
