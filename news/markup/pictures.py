"""Photos of the library in bodies, which name their files: a photo that gets another file is followed by name."""

import re

from news import photos

_IMAGE = re.compile(r"<img [^>]*>")
_ALT = re.compile(r' alt="[^"]*"')


def names_in(body: str) -> set[str]:
    """The names (news.photos) of the photos in a sanitised body."""
    return {match[1] for match in photos.RENDITION.finditer(body)} if "<img " in body else set()


def replaced(body: str, name: str, figure: str, former_figure: str = "") -> str:
    """The body with the photo of this name shown as in `figure`, which has its new file.

    An alternative text and a caption follow as well where they are still those of `former_figure`: what an editor
    wrote for this one text stays.
    """
    if former_figure:
        body = body.replace(former_figure, figure)
    image, former_alt = _first(_IMAGE, figure), _first(_ALT, former_figure)

    def shown(match: re.Match) -> str:
        rendition = photos.RENDITION.search(match[0])
        if rendition is None or rendition[1] != name:
            return match[0]
        alt = _first(_ALT, match[0])
        return _ALT.sub(lambda _: alt, image) if alt and alt != former_alt else image

    return _IMAGE.sub(shown, body)


def _first(pattern: re.Pattern, html: str) -> str:
    match = pattern.search(html)
    return match[0] if match else ""
