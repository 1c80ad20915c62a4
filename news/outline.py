"""Table of contents and reading time of an article."""

import re
from typing import NamedTuple

from news import markup

LONG = 4  # headings; with fewer there is no table of contents
WORDS_PER_MINUTE = 200  # silent reading of Indonesian, a low estimate (Brysbaert 2019: 238 for English)

_HEADING = re.compile(r"<(h[23])>(.*?)</\1>", re.DOTALL)


class Heading(NamedTuple):
    anchor: str
    level: int  # 2 or 3
    text: str


def outlined(body: str) -> tuple[str, list[Heading]]:
    """The sanitised body with an id on each heading, and the headings; the unchanged body and [] if there are few."""
    if body.count("<h2>") + body.count("<h3>") < LONG:
        return body, []
    headings: list[Heading] = []

    def anchored(match) -> str:
        heading = Heading(f"bagian-{len(headings) + 1}", int(match[1][1]), markup.plain_text(match[2]))
        headings.append(heading)
        return f'<{match[1]} id="{heading.anchor}">{match[2]}</{match[1]}>'

    return _HEADING.sub(anchored, body), headings


def minutes(body: str) -> int:
    """The reading time in whole minutes, at least 1."""
    text = markup.plain_text(body) if "<img " in body else body  # the tags of pictures contain spaces
    return max(1, round(text.count(" ") / WORDS_PER_MINUTE))
