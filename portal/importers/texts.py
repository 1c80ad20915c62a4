"""What other portals write into a text although it is no part of it: shortcodes, and who wrote it and how often it was
read in lines at its end."""

import re
from dataclasses import dataclass

from news import markup

_FOOT = 8  # lines at the end that may be bylines
_NAME_MAX = 100  # characters; a longer line is a sentence
_WRITERS = {"penulis": "author", "oleh": "author", "pewarta": "reporter", "reporter": "reporter"}
_WRITERS |= {"peliput": "reporter", "wartawan": "reporter", "jurnalis": "reporter", "kontributor": "reporter"}
_WRITERS |= {"editor": "editor", "redaktur": "editor", "penyunting": "editor"}
_OTHERS = ("foto", "fotografer", "sumber", "naskah", "teks", "video")  # stay in the text, between bylines too
_ROLE = rf"(?:{'|'.join((*_WRITERS, *_OTHERS))})"
_ROLES = rf"{_ROLE}(?:\s*(?:/|&|dan)\s*{_ROLE})*"
_BYLINE = re.compile(rf"(?<!\w)(?P<roles>{_ROLES})\s*:", re.IGNORECASE)
_BY_THE_NEWSROOM = re.compile(r"(?:(?<!\s)(?<!<br>)(?:\s|<br>)++)?+\((?:red|redaksi)\.?\)</p>\Z", re.IGNORECASE)
_COUNT = r"(?P<number>[0-9]{1,3}(?:[.,][0-9]{3})+|[0-9]{1,12})"
_READS = re.compile(
    rf"(?:telah\s+)?(?:visibility|dibaca|dilihat|hits?|views?|pembaca|jumlah\s+(?:pem)?baca)(?:\s+sebanyak)?"
    rf"\s*:?\s*{_COUNT}(?:\s*(?:kali|x|views?|orang|pembaca|hits?))?\.?"
    rf"|{_COUNT.replace('number', 'first')}\s*(?:views?|hits?|pembaca|(?:kali|x)\s+(?:dibaca|dilihat)|dibaca|dilihat)",
    re.IGNORECASE,
)
_LINES = re.compile(r"<br ?/?>")

# Their content is shown to nobody without the plugin that they call.
_CALLS = (
    "gallery|playlist|loadposition|loadmodule|loadmoduleid|module|modulepos|contact-form-7|rev_slider|soliloquy|rsform|"
    "chronoforms|jcomments|mospagebreak|mosimage|readmore|attachments|oziogallery|phocagallery|nextpage"
)
_CAPTION = re.compile(  # without another inside: looking for an end that is nowhere takes no longer than the text
    r"\[(?:wp_)?caption\b[^\[\]]*\](?P<inside>(?:(?!\[(?:wp_)?caption\b).)*?)\[/(?:wp_)?caption\]", re.DOTALL
)
_PICTURE = re.compile(r"(?P<picture>(?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)\s*(?P<text>.*)", re.DOTALL)
_EMBED = re.compile(r"\[embed\b[^\[\]]*\]\s*(?P<address>[^\[\s]+)\s*\[/embed\]")
_PATH_OF_GALLERY = re.compile(r"\{(?P<name>gallery|vsig|besps|AG)\}[^{}<]{0,300}\{/(?P=name)\}")  # Joomla's
_YOUTUBE = re.compile(
    r"(?P<open>[\[{])youtube(?:\s++(?:id=)?|=|(?P<pair>[\]}]))[\"'\s]*+(?P<video>[^\s\"'\[\]{}<>|]{1,200})[^\[\]{}<>]{0,100}"
    r"(?(pair)[\[{]/youtube)[\]}]",
    re.IGNORECASE,
)
# A name, and attributes or nothing. Words in brackets are left to the writer: [sic], [Baca juga: …], {lihat tabel}.
_SQUARE = re.compile(  # with HTML in it only if there is an attribute
    r"\[(?P<end>/?)(?P<name>[a-z][a-z0-9_-]*+)"
    r"(?P<rest>(?:\s(?:(?=[^\[\]=]*+=)|(?=[^\[\]<>]*+\]))[^\[\]]*+)?+)/?\]"
)
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
    if "youtube" in html.lower():
        html = _YOUTUBE.sub(_video, html)
    if "[" in html:
        html = _CAPTION.sub(_figure, html)
        html = _EMBED.sub(lambda match: f"\n\n{match['address']}\n\n", html)
        html = _without_calls(_SQUARE, "[/{}]", html)
    if "{" in html:
        html = _without_calls(_CURLY, "{{/{}}}", _PATH_OF_GALLERY.sub("", html))
    return html


def _video(call: re.Match[str]) -> str:
    video = call["video"]
    address = video if "/" in video else f"https://www.youtube.com/watch?v={video}"
    return f"\n\n{address}\n\n"


def _figure(caption: re.Match[str]) -> str:
    match = _PICTURE.fullmatch(caption["inside"].strip())
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
    say. Where photos and facts came from stays."""
    foot, kept = Foot(), list[str]()
    lines_left = _FOOT
    while lines_left and (paragraph := _last_paragraph(body)) is not None:
        lines, stay = _LINES.split(paragraph), list[str]()
        while lines and lines_left:
            kind = _kind(lines[-1], foot)
            if kind is None:
                break
            line = lines.pop()
            lines_left -= 1
            if kind:
                stay.insert(0, line)
        body = body[: body.rindex("<p>")].rstrip()
        kept.insert(0, "<br>".join([*lines, *stay]))
        if lines:
            break
    body += "".join(f"<p>{paragraph}</p>" for paragraph in kept if paragraph)
    return _unsigned(body), foot


def _last_paragraph(body: str) -> str | None:
    """What is in the paragraph at the end of a sanitised body; None if something else is there."""
    if not body.endswith("</p>"):
        return None
    return body[body.rindex("<p>") + len("<p>") : -len("</p>")] if "<p>" in body else None


def _unsigned(body: str) -> str:
    """Without the `(Red)` with which newsrooms sign what is nobody's in particular."""
    return _BY_THE_NEWSROOM.sub("</p>", body).removesuffix("<p></p>") if body.endswith(")</p>") else body


def _kind(line: str, foot: Foot) -> str | None:
    """ "" for a line that goes, as the foot has noted what it says; "stays" for one that belongs to the foot and
    stays; None for the text itself."""
    shown = " ".join(markup.plain_text(line).split())
    if not shown or note(shown, foot):
        return ""
    bylines = _bylines(shown)
    return "stays" if bylines and all(_known(roles) == set() for roles, _ in bylines) else None


def note(line: str, foot: Foot) -> bool:
    """Whether the line says nothing but who wrote a text or how often it was read. The foot then says so, too, unless
    another line has said it before."""
    if len(line) > _NAME_MAX * 2:
        return False
    number = reads_in(line)
    if number is not None:
        foot.reads = number if foot.reads is None else foot.reads
        return True
    bylines = _bylines(line)
    if not bylines or not all(_known(roles) for roles, _ in bylines):
        return False
    for roles, name in bylines:
        for role in _known(roles):
            setattr(foot, role, getattr(foot, role) or name)
    return True


def reads_in(line: str) -> int | None:
    """How often a text was read, if that is all that the line says."""
    match = _READS.fullmatch(line)
    return int(re.sub("[.,]", "", match["number"] or match["first"])) if match else None


def reads_in_part(line: str) -> int | None:
    """How often a text was read, if the part behind a stroke says so: `13 November 2024 | Dibaca : 56`."""
    return reads_in(line.rpartition("|")[2].strip())


def _bylines(line: str) -> list[tuple[str, str]]:
    """Roles and names in a line such as `(Reporter/Foto: Rina, Editor: Budi)`; [] if anything else is in it."""
    if len(line) > _NAME_MAX * 2:
        return []
    if line.startswith("(") and line.endswith(")"):
        line = line[1:-1].strip()
    found = list(_BYLINE.finditer(line))
    if not found or line[: found[0].start()].strip():
        return []
    ends = [each.start() for each in found[1:]] + [len(line)]
    names = [line[each.end() : end].strip(" |/;,") for each, end in zip(found, ends, strict=True)]
    if any(not 0 < len(name) <= _NAME_MAX for name in names):
        return []
    return [(each["roles"].lower(), name) for each, name in zip(found, names, strict=True)]


def _known(roles: str) -> set[str]:
    return {_WRITERS[role] for role in re.findall(r"[a-z]+", roles) if role in _WRITERS}
