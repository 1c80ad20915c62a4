"""What other portals write into a text although it is no part of it: shortcodes, and who wrote it and how often it was
read in lines at its end."""

import re
from dataclasses import dataclass

from news import markup

_FOOT = 8  # lines at the end that may be bylines
_NAME_MAX = 100  # characters; a longer line is a sentence
_BYLINE = re.compile(
    r"(?P<role>pewarta|reporter|peliput|penulis|editor|redaktur|penyunting|visibility|dibaca|dilihat|hits)"
    r"\s*(?P<colon>:)?\s*(?P<rest>\S.*)",
    re.IGNORECASE,
)
_ROLES = {"pewarta": "reporter", "reporter": "reporter", "peliput": "reporter", "penulis": "author"}
_ROLES |= {"editor": "editor", "redaktur": "editor", "penyunting": "editor"}
_READS = re.compile(
    r"(?P<number>[0-9]{1,3}(?:[.,][0-9]{3})+|[0-9]{1,12})(?:\s*(?:kali|x|views?|orang))?\.?", re.IGNORECASE
)
_LINES = re.compile(r"<br ?/?>")
_MARKS = re.compile(r"</?(?:strong|em|u|a|span)\b[^>]*>")

# Their content is shown to nobody without the plugin that they call.
_CALLS = "gallery|playlist|loadposition|loadmodule|module|modulepos|contact-form-7|rev_slider|soliloquy"
_CAPTION = re.compile(r"\[(?:wp_)?caption\b[^\]]*\](?P<inside>.*?)\[/(?:wp_)?caption\]", re.DOTALL)
_PICTURE = re.compile(r"\s*(?P<picture>(?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)\s*(?P<text>.*?)\s*", re.DOTALL)
_EMBED = re.compile(r"\[embed\b[^\]]*\]\s*(?P<address>[^\[\s]+)\s*\[/embed\]")
_PATH_OF_GALLERY = re.compile(r"\{gallery\}[^{}<]{0,300}\{/gallery\}")  # Joomla's
# A name, and attributes or nothing. Words in brackets are left to the writer: [sic], [Baca juga: …], {lihat tabel}.
_SQUARE = re.compile(r"\[(?P<end>/?)(?P<name>[a-z][a-z0-9_-]*)(?P<rest>(?:\s[^\[\]<>]*|\s[^\[\]]*=[^\[\]]*)?)/?\]")
_CURLY = re.compile(r"\{(?P<end>/?)(?P<name>[a-z][a-z0-9_-]*)(?P<rest>(?:\s[^{}<>]*)?)/?\}")
_ATTRIBUTE = re.compile(r"""\s[a-z_][\w-]*\s*=\s*["'“”″\w&]""", re.IGNORECASE)
_NAME_OF_CALL = re.compile(_CALLS)


@dataclass
class Foot:
    """Who worked on a text, and how often it was read, as its last lines say."""

    author: str = ""
    reporter: str = ""
    editor: str = ""
    reads: int | None = None


def without_shortcodes(html: str) -> str:
    """The HTML of another portal without the shortcodes of WordPress and Joomla; what they enclose stays. A caption
    becomes a figure, an embedded address a line of its own."""
    if "[" in html:
        html = _CAPTION.sub(_figure, html)
        html = _EMBED.sub(lambda match: f"\n\n{match['address']}\n\n", html)
        html = _without_calls(_SQUARE, "[/{}]", html)
    if "{" in html:
        html = _without_calls(_CURLY, "{{/{}}}", _PATH_OF_GALLERY.sub("", html))
    return html


def _figure(caption: re.Match[str]) -> str:
    match = _PICTURE.fullmatch(caption["inside"])
    if match is None:
        return caption["inside"]
    text = match["text"] and f"<figcaption>{match['text']}</figcaption>"
    return f"\n\n<figure>{match['picture']}{text}</figure>\n\n"


def _without_calls(pattern: re.Pattern[str], end: str, html: str) -> str:
    ends = {match["name"] for match in pattern.finditer(html) if match["end"]}

    def replaced(match: re.Match[str]) -> str:
        is_call = match["name"] in ends or _NAME_OF_CALL.fullmatch(match["name"]) or _ATTRIBUTE.search(match["rest"])
        return "" if is_call else match[0]

    return pattern.sub(replaced, html)


def without_foot(body: str) -> tuple[str, Foot]:
    """A sanitised body without the lines at its end that say who wrote it and how often it was read, and what they
    say."""
    foot, kept = Foot(), []
    lines_left = _FOOT
    while lines_left and (paragraph := _last_paragraph(body)) is not None:
        lines = _LINES.split(paragraph)
        while lines and lines_left and (_note(lines[-1], foot) or not _shown(lines[-1])):
            lines.pop()
            lines_left -= 1
        body = body[: body.rindex("<p>")].rstrip()
        if lines:
            kept.append("<br>".join(lines))
            break
    body += "".join(f"<p>{paragraph}</p>" for paragraph in kept)
    return body, foot


def _last_paragraph(body: str) -> str | None:
    """What is in the paragraph at the end of a sanitised body; None if something else is there."""
    if not body.endswith("</p>"):
        return None
    return body[body.rindex("<p>") + len("<p>") : -len("</p>")] if "<p>" in body else None


def _shown(line: str) -> str:
    return markup.plain_text(line).strip()


def _note(line: str, foot: Foot) -> bool:
    """Whether the line is such a one. What it says is noted, unless a line below has said it."""
    match = _BYLINE.fullmatch(" ".join(_shown(line).split()))
    if match is None or len(match["rest"]) > _NAME_MAX:
        return False
    if role := _ROLES.get(match["role"].lower()):
        if not match["colon"]:
            return False
        if not getattr(foot, role):
            setattr(foot, role, match["rest"])
        return True
    number = _READS.fullmatch(match["rest"])
    if number is None:
        return False
    if foot.reads is None:
        foot.reads = int(re.sub("[.,]", "", number["number"]))
    return True
