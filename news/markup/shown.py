"""Bodies as pages show them."""

import html
import re

from django.conf import settings

from news import photos, pieces
from news.markup.services import post_at

_FRAME = '<div class="frame" role="region" aria-label="Tabel" tabindex="0">'
_IMAGE = re.compile(r"<img [^>]*>")
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
# A paragraph with nothing but a link or an address
_LINE = re.compile(r'<p>(?:<a href="([^"]*)"[^>]*>([^<]*)</a>|(https?://[^<\s]*))</p>')
_IMAGE_SIZES = "(max-width: 48rem) 100vw, 46rem"  # the width of the text column


def shown(body: str) -> str:
    """A sanitised body as pages show it: pictures load lazily, our own in responsive widths, wide tables scroll in a
    focusable frame, and addresses of posts on other services are cards. It is not stored like this: the editor would
    remove it, and feeds work better without."""
    if "<img " in body:
        body = _IMAGE.sub(_image_shown, body)
    if "<table>" in body:
        body = body.replace("<table>", _FRAME + "<table>").replace("</table>", "</table></div>")
    if "<p><a " in body or "<p>http" in body:
        body = _LINE.sub(_line_shown, body)
    return body


def _line_shown(line: re.Match) -> str:
    href, text, bare = (html.unescape(each or "") for each in line.groups())
    post = post_at(href or bare)
    if post is None:
        return line[0]
    title = "" if text.startswith(("http:", "https:", "www.")) else text.strip()
    return pieces.post(post.kind, post.service, post.address, title)


def _image_shown(image: re.Match) -> str:
    values = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(image[0])}
    rendition = photos.RENDITION.fullmatch(values["src"].removeprefix(settings.MEDIA_URL))
    size = [values.get("width", ""), values.get("height", "")]
    if rendition and all(re.fullmatch("[1-9][0-9]{0,3}", each) for each in size):
        width, height = map(int, size)
        if int(rendition[2]) in photos.widths(width):  # else typed by hand: other widths may not exist
            base = settings.MEDIA_URL + rendition[1]
            return pieces.picture(base, width, height, values.get("alt", ""), sizes=_IMAGE_SIZES)
    return f'{image[0][:-1]} loading="lazy" decoding="async">'
