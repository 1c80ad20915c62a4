"""What an article's page tells about a body beside showing it: its headings as a table of contents, its length."""

import re
from typing import NamedTuple

from news import markup

LONG = 4  # headings from which a table of contents helps
WORDS_PER_MINUTE = 200  # silent reading of Indonesian, rounded down (Brysbaert 2019 has 238 for English)

_HEADING = re.compile(r"<(h[23])>(.*?)</\1>", re.DOTALL)


class Heading(NamedTuple):
    anchor: str
    level: int  # 2 or 3
    text: str


def outlined(body: str) -> tuple[str, list[Heading]]:
    """The sanitised body with an id on each heading, and the headings; untouched and [] where there are too few."""
    if body.count("<h2>") + body.count("<h3>") < LONG:
        return body, []
    headings: list[Heading] = []

    def anchored(match) -> str:
        heading = Heading(f"bagian-{len(headings) + 1}", int(match[1][1]), markup.plain_text(match[2]))
        headings.append(heading)
        return f'<{match[1]} id="{heading.anchor}">{match[2]}</{match[1]}>'

    return _HEADING.sub(anchored, body), headings


def minutes(body: str) -> int:
    """How long reading takes, in whole minutes, at least 1."""
    text = markup.plain_text(body) if "<img " in body else body  # pictures have spaces that are none between words
    return max(1, round(text.count(" ") / WORDS_PER_MINUTE))
