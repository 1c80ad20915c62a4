"""Reads WordPress's export files (WXR 1.0 to 1.2), plain or gzip: posts and pages, with authors, categories, tags,
pictures and comments.

The file is read item by item (elements.py), so memory does not grow with it, and an item counts only if its end was
read: of a file that was cut off everything before that place is imported. Pictures may be described behind the texts
that show them: at the first one the file is read through for them (attachments.py).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from html import escape, unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree

from comments.models import Comment
from news import markup, words
from news.markup import without_controls
from news.models import Article
from news.models.articles import EARLIEST
from news.web import addresses
from news.web.columns import max_length
from portal.importers import elements, times
from portal.importers.attachments import Attachment, Attachments
from portal.importers.comments import Written
from portal.importers.old_addresses import Term
from portal.importers.pictures import Picture, credited
from portal.importers.record import MAX_NUMBER, Record, Refusal, record_or_refusal

# The format as described to the operator.
HELP = """\
Berkas ekspor WordPress (WXR, .xml atau .xml.gz) dikenali dari isinya. Pos dan
halaman masuk dengan penulis, kategori (yang paling dalam; kategori lain menjadi
tag), tag, ringkasan, dan jumlah baca. Draf, pos privat, berkata sandi, atau yang
menunggu tinjauan menjadi draf; pos terjadwal terbit pada waktunya. Halaman yang
alamatnya sudah ada tidak ditimpa. Menu dan revisi tidak diimpor; gambar masuk
bila --gambar menunjuk foldernya. Komentar yang terbit tetap terbit, yang menunggu
menunggu moderator; spam, sampah, dan pingback tidak ikut, juga alamat internet
pengirimnya. Berkas yang terpotong diimpor sampai butir terakhir yang utuh.
"""

_WANTED = elements.Wanted(
    items=frozenset({"item"}),
    others=frozenset({"author", "category", "base_blog_url", "base_site_url"}),
    ends=frozenset({"channel", "rss"}),
)
_PROLOGUE = re.compile(r"\ufeff?(?:\s++|<\?(?:(?!\?>).)*+\?>|<!--(?:(?!-->).)*+-->)*+", re.DOTALL)
_EXPORT = "wordpress.org/export/"  # and the version, in a namespace; of any scheme
_PREFIXES = {
    "purl.org/rss/1.0/modules/content/": "content",
    "purl.org/dc/elements/1.1/": "dc",
    "": "",
}
_WHOLE_FIELDS = ("title", "link", "content:encoded", "excerpt:encoded", "wp:post_id", "wp:post_type", "wp:status")
_SWALLOWED = re.compile(r"</?(?:(?:content|excerpt):encoded|wp:[a-z_]+)>")
_KINDS = {"post", "page"}
# What WordPress itself stores beside texts: pictures, menus, settings of the theme. Other types may be texts.
_NO_TEXTS = {"attachment", "revision", "nav_menu_item", "custom_css", "customize_changeset", "oembed_cache"}
_NO_TEXTS |= {"user_request", "wp_block", "wp_template", "wp_template_part", "wp_global_styles", "wp_navigation"}
_NO_TEXTS |= {"wp_font_family", "wp_font_face"}
_PUBLIC = {"publish", "future"}
_DATED = {*_PUBLIC, "private"}  # the dates of drafts say when they were last saved
_GONE = {"trash": "di tempat sampah WordPress", "auto-draft": "belum pernah disimpan di WordPress"}
_UNFILED = {"uncategorized", "uncategorised", "tak-berkategori", "tidak-berkategori", "tanpa-kategori"}
_NUMBER = re.compile("[0-9]{1,15}")
_DEEPEST = 30  # categories in each other
_LEAD, _ALT = "_thumbnail_id", "_wp_attachment_image_alt"
_GALLERY = re.compile(r"\[gallery\b(?P<rest>[^\[\]]*)\]")
_NUMBER_OF_IMAGE = re.compile(r"\bwp-image-([0-9]{1,15})\b")
_LINKED = re.compile(r"""\b(?:href|src)\s?=\s?["']([^"'<>\s]*/uploads/[^"'<>\s]*)""")
_OF_GALLERY = re.compile(r"""\b(?:ids|include)\s*=\s*["'“”″]?(?P<numbers>[0-9,\s]+)""")
_STATES = {"1": True, "approve": True, "approved": True, "0": False, "hold": False}  # of comments; others are left out
_READS = ("views", "post_views_count", "_post_views", "post_views")  # of the usual plugins


class _Torn(Exception):
    """Nothing more can be read; the message says why."""


def is_meant(text: str) -> bool:
    """Whether a file that begins so is a WXR file."""
    return _EXPORT in text and re.match(r"<(?:rss|!doctype)\b", _root(text), re.IGNORECASE) is not None


def read(
    path: Path, progress: Callable[[int], object] = lambda position: None
) -> Iterator[tuple[int, Record | Refusal]]:
    """Yields the item's number in the file and record, or Refusal, for each post and page.

    `progress` is called with the number of bytes read so far. Raises OSError if the file cannot be opened.
    """
    number, is_empty, site = 0, True, _Site(lambda: _attachments(path))
    try:
        for element in _items(path, progress):
            if not isinstance(element, Refusal) and _name(element) != "item":
                site.learn(element)
                continue
            number += 1
            record = element if isinstance(element, Refusal) else record_or_refusal(_of_element, element, site)
            if record is not None:
                is_empty = False
                yield number, record
    except _Torn as torn:
        yield number + 1, Refusal(str(torn))
    else:
        if is_empty:
            yield 0, Refusal("berkas WordPress ini tidak memuat pos atau halaman")


# ---- The file


def _items(
    path: Path, progress: Callable[[int], object] = lambda position: None
) -> Iterator[etree._Element | Refusal]:
    """The items and what is told about the site. Raises _Torn at the place from which nothing can be read."""
    found = elements.Elements(_WANTED)
    yield from elements.read(path, found, progress, _refuse_entities)
    if not found.is_whole:
        raise _Torn("berkas terpotong: butir sebelum ini utuh dan sudah dibaca, mulai butir ini tidak ada lagi")


def _refuse_entities(beginning: str) -> None:
    if _root(beginning).lower().startswith("<!doctype"):
        raise _Torn("berkas mendefinisikan singkatan XML sendiri (DOCTYPE), yang tidak pernah ditulis WordPress")


def _root(text: str) -> str:
    """The beginning of the first element or DOCTYPE."""
    prologue = _PROLOGUE.match(text)
    start = prologue.end() if prologue else 0
    return text[start : start + 20]


# ---- What it says about the site


def _attachments(path: Path) -> Iterator[Attachment | int]:
    """All attachments, and the numbers of the texts that readers saw."""
    try:
        for element in _items(path):
            if isinstance(element, Refusal):
                continue
            item = _Item(element)
            if not _NUMBER.fullmatch(item["wp:post_id"]):
                continue
            if item["wp:post_type"] == "attachment":
                yield _attachment(item)
            elif _is_public(item) and (item["wp:post_type"] or "post") in _KINDS:
                yield int(item["wp:post_id"])
    except _Torn:
        return


def _attachment(item: "_Item") -> Attachment:
    parent = item["wp:post_parent"]
    return Attachment(
        number=int(item["wp:post_id"]),
        parent=int(parent) if _NUMBER.fullmatch(parent) else 0,
        address=item["wp:attachment_url"] or item["guid"],
        alt=item.meta.get(_ALT, ""),
        caption=item["excerpt:encoded"],
        link=item["link"],
    )


@dataclass
class _Site:
    """What the file says before its first item: names of authors, and which category is below which; and its pictures,
    wherever they are."""

    attachments_of_file: Callable[[], Iterator[Attachment | int]]

    authors: dict[str, str] = field(default_factory=dict)  # login -> name
    parents: dict[str, str] = field(default_factory=dict)  # nicename of a category -> that of its parent
    numbers: dict[str, str] = field(default_factory=dict)  # nicename of a category -> its number
    host: str = ""  # and the folder, if it is in one
    led: set[int] = field(default_factory=set)  # attachments without a text of their own that lead to one

    def learn(self, element: etree._Element) -> None:
        match _name(element):
            case "wp:author":
                login, name = _texts_of(element, "wp:author_login", "wp:author_display_name")
                self.authors[login] = name or login
            case "wp:base_blog_url" | "wp:base_site_url" as name if name == "wp:base_blog_url" or not self.host:
                self.host = _text(element).partition("://")[2].strip("/")
            case "wp:category":
                nicename, parent, number = _texts_of(
                    element, "wp:category_nicename", "wp:category_parent", "wp:term_id"
                )
                self.parents[nicename], self.numbers[nicename] = parent, number

    @cached_property
    def attachments(self) -> Attachments:
        return Attachments(self.attachments_of_file())

    def ancestors(self, nicename: str) -> list[str]:
        """The categories that this one is in, without it."""
        found: list[str] = []
        while (nicename := self.parents.get(nicename, "")) and nicename not in found and len(found) < _DEEPEST:
            found.append(nicename)
        return found


def _name(element: etree._Element) -> str:
    """The element's name with the usual prefix, whichever version of WXR or prefix the file uses; "" for others."""
    if not isinstance(element.tag, str):  # a comment
        return ""
    namespace, _, local = element.tag.rpartition("}")
    namespace = namespace.rpartition("://")[2].lstrip("{")
    if namespace.startswith(_EXPORT):
        return f"{'excerpt' if namespace.rstrip('/').endswith('excerpt') else 'wp'}:{local}"
    if namespace not in _PREFIXES:
        return ""
    return f"{_PREFIXES[namespace]}:{local}".lstrip(":")  # "wp:post_id" also where nobody declared the prefix


def _texts_of(element: etree._Element, *names: str) -> list[str]:
    found = {_name(child): _text(child) for child in element.iterchildren(etree.Element)}
    return [found.get(name, "") for name in names]


def _text(element: etree._Element) -> str:
    return without_controls("".join(element.itertext())).strip()


# ---- Items


class _Item:
    """One post, page or whatever else WordPress stores in the same table."""

    def __init__(self, element: etree._Element) -> None:
        self._fields: dict[str, etree._Element] = {}
        self.terms: list[tuple[str, str, str]] = []  # domain, nicename, name
        self.meta: dict[str, str] = {}
        self.comments: list[etree._Element] = []
        for child in element.iterchildren(etree.Element):
            name = _name(child)
            if name == "category":
                self.terms.append((child.get("domain") or "category", child.get("nicename") or "", _text(child)))
            elif name == "wp:postmeta":
                key, value = _texts_of(child, "wp:meta_key", "wp:meta_value")
                if key in _READS or key in (_LEAD, _ALT):
                    self.meta[key] = value
            elif name == "wp:comment":
                self.comments.append(child)
            elif name:
                self._fields.setdefault(name, child)
        # WXR 1.0 tells each category and tag twice, first without its nicename.
        twice = {term for _, slug, term in self.terms if slug}
        self.terms = [
            (domain, slug or words.slug(term), term) for domain, slug, term in self.terms if slug or term not in twice
        ]

    def __getitem__(self, name: str) -> str:
        return _text(self._fields[name]) if name in self._fields else ""

    def check(self) -> None:
        """Raises Refusal if an element of it was never closed: then it is unknown which text is whose."""
        for name in _WHOLE_FIELDS:
            if name in self._fields and next(self._fields[name].iterchildren(etree.Element), None) is not None:
                raise Refusal(f"XML-nya rusak: <{name}> tidak ditutup")
        if _SWALLOWED.search(self["content:encoded"]):
            raise Refusal("XML-nya rusak: isi butir ini tidak ditutup, dan bagian lain ada di dalamnya")


def _of_element(element: etree._Element, site: _Site) -> Record | None:
    """None for what is no text. Raises Refusal, ValidationError."""
    item = _Item(element)
    item.check()
    kind = item["wp:post_type"] or "post"
    return None if kind in _NO_TEXTS else _record(item, kind, site)


def _record(item: _Item, kind: str, site: _Site) -> Record:
    status = item["wp:status"] or "publish"
    if kind not in _KINDS:
        raise Refusal(f"jenis “{kind[:40]}” tidak dikenal: bukan pos atau halaman")
    if status in _GONE:
        raise Refusal(_GONE[status])
    is_locked = bool(item["wp:post_password"])
    is_draft = not _is_public(item)
    published_at, unread = _published_at(item) if status in _DATED else (None, "")
    link = item["link"]
    category, other_categories = _filed(item, site)
    record = Record(
        kind="page" if kind == "page" else "article",
        title=item["title"],
        # The comment tells that this is HTML, also if the text has no other element.
        body=f"<!-- -->{_with_galleries(item, site)}",
        summary=item["excerpt:encoded"],
        published_at=published_at,
        raw_date=unread,
        is_draft=is_draft,
        category=category,
        tags=[name for domain, _, name in item.terms if domain in ("post_tag", "tag")] + other_categories,
        author=site.authors.get(item["dc:creator"], item["dc:creator"]),
        url=link if re.fullmatch(addresses.PATTERN, link) and len(link) <= max_length(Article, "source_url") else "",
        key=_key(item, site),
        slug=unquote(item["wp:post_name"]),  # "%d9%85%d8%b1": what has other letters than Latin ones
        reads=_reads(item.meta),
        old_paths=() if is_draft else _old_paths(item, kind, site),
        lead=_lead(item, site) if kind == "post" else None,
        comments=tuple(_comments(item, site)) if kind == "post" else (),
        terms=tuple(_terms(item, category, site)) if kind == "post" and not is_draft else (),
    )
    record.remarks = (*_remarks(item, is_locked=is_locked),)
    return record


def _is_public(item: _Item) -> bool:
    return not item["wp:post_password"] and (item["wp:status"] or "publish") in _PUBLIC


# ---- Pictures


def _lead(item: _Item, site: _Site) -> Picture | None:
    number = item.meta.get(_LEAD, "")
    attachment = site.attachments.get(int(number)) if _NUMBER.fullmatch(number) else None
    return _picture(attachment) if attachment and attachment.address else None


def _picture(attachment: Attachment) -> Picture:
    caption, credit = credited(markup.one_line(attachment.caption))
    return Picture(attachment.address, markup.one_line(attachment.alt), caption, credit)


def _with_galleries(item: _Item, site: _Site) -> str:
    """The text with the pictures of its galleries. Their captions are those of the photos."""
    text = item["content:encoded"]
    return _GALLERY.sub(lambda match: _gallery(match["rest"], item, site), text) if "[gallery" in text else text


def _gallery(rest: str, item: _Item, site: _Site) -> str:
    if (numbers := _named(rest)) is not None:
        found = list(filter(None, map(site.attachments.get, numbers)))
    else:
        number = item["wp:post_id"]
        found = site.attachments.below(int(number)) if _NUMBER.fullmatch(number) else []
    pictures = [(each.address, _picture(each).alt_text) for each in found if each.address]
    return "".join(f'\n\n<figure><img src="{escape(src)}" alt="{escape(alt)}"></figure>\n\n' for src, alt in pictures)


def _named(rest: str) -> list[int] | None:
    """The numbers that a gallery names; None: it shows all that was uploaded for its text."""
    named = _OF_GALLERY.search(rest)
    return list(map(int, re.findall("[0-9]{1,15}", named["numbers"]))) if named else None


def _shown(item: _Item, site: _Site) -> Iterator[Attachment]:
    """The attachments that the text shows or links to, whatever they were uploaded for."""
    text = item["content:encoded"]
    numbers = [int(each) for each in (item.meta.get(_LEAD, ""),) if _NUMBER.fullmatch(each)]
    for gallery in _GALLERY.finditer(text):
        numbers += _named(gallery["rest"]) or []
    numbers += map(int, _NUMBER_OF_IMAGE.findall(text))
    yield from filter(None, map(site.attachments.get, dict.fromkeys(numbers)))
    yield from filter(None, map(site.attachments.at, dict.fromkeys(map(unescape, _LINKED.findall(text)))))


# ---- Comments


def _comments(item: _Item, site: _Site) -> Iterator[Written]:
    for element in item.comments:
        found = {_name(child): _text(child) for child in element.iterchildren(etree.Element)}
        number, above = found.get("wp:comment_id", ""), found.get("wp:comment_parent", "")
        state = _STATES.get(found.get("wp:comment_approved", ""))
        if state is None or found.get("wp:comment_type", "") not in ("", "comment") or not number.isdecimal():
            continue
        yield Written(
            key=_comment_key(number, site),
            answers=_comment_key(above, site) if above.isdecimal() and above != "0" else "",
            name=found.get("wp:comment_author", ""),
            email=found.get("wp:comment_author_email", ""),
            text=found.get("wp:comment_content", ""),
            at=_moment(found.get("wp:comment_date_gmt", ""), found.get("wp:comment_date", "")),
            is_public=state,
        )


def _comment_key(number: str, site: _Site) -> str:
    return f"{site.host}?c={number}"[-max_length(Comment, "source_key") :]


def _moment(utc: str, local: str) -> datetime | None:
    for text in (f"{utc} UTC" if utc else "", local):
        try:
            moment, _ = times.moment(text)
        except Refusal:
            continue
        if moment is not None and moment >= EARLIEST:
            return moment
    return None


def _published_at(item: _Item) -> tuple[datetime | None, str]:
    """When it was published, and what nobody could read if that is unknown. The first of the three dates that can be
    read counts; MySQL's zero dates cannot."""
    utc, local = item["wp:post_date_gmt"], item["wp:post_date"]
    for text in (f"{utc} UTC" if utc else "", local, item["pubDate"]):
        try:
            moment, _ = times.moment(text)
        except Refusal:
            continue
        if moment is not None:
            return moment, ""
    return None, local or utc or item["pubDate"] or "(kosong)"


def _filed(item: _Item, site: _Site) -> tuple[str, list[str]]:
    """The deepest category, and the names of those that it is not in."""
    found = [(slug, name) for domain, slug, name in item.terms if domain == "category" and slug not in _UNFILED]
    if not found:
        return "", []
    slug, category = max(found, key=lambda each: len(site.ancestors(each[0])))
    above = {slug, *site.ancestors(slug)}
    return category, [name for other, name in found if other not in above]


def _terms(item: _Item, category: str, site: _Site) -> Iterator[Term]:
    """The category and tags of which the addresses here are others than there."""
    for domain, slug, name in item.terms:
        is_named_so = unquote(slug) == words.slug(markup.one_line(name))
        if domain == "category" and name == category and slug not in _UNFILED:
            above = "/".join([*reversed(site.ancestors(slug)), slug])
            number = site.numbers.get(slug, "")
            paths = [] if is_named_so else [f"/{domain}/{each}" for each in dict.fromkeys((slug, above))]
            yield Term("category", name, (*paths, *([f"/?cat={number}"] if _NUMBER.fullmatch(number) else [])))
        elif domain in ("post_tag", "tag") and slug and not is_named_so:
            yield Term("tag", name, (f"/{domain.removeprefix('post_')}/{slug}",))


def _key(item: _Item, site: _Site) -> str:
    """Its number on its site, which stays when its address changes. Not the guid: copies of a post share it."""
    key = f"{site.host}?p={item['wp:post_id']}" if item["wp:post_id"] else item["guid"] or item["link"]
    return key if len(key) <= max_length(Article, "source_key") else item["wp:post_id"]


def _reads(meta: dict[str, str]) -> int | None:
    counts = [int(meta[name]) for name in _READS if _NUMBER.fullmatch(meta.get(name, ""))]
    return min(max(counts), MAX_NUMBER) if counts else None


def _old_paths(item: _Item, kind: str, site: _Site) -> tuple[str, ...]:
    """The addresses at which readers found it, and the pages of its attachments, without the host. Those of no public
    text are pages of the first one that shows or links them."""
    number = item["wp:post_id"]
    paths = [_path(item["link"])]
    if re.fullmatch("[0-9]{1,12}", number):
        paths.append(f"/?{'page_id' if kind == 'page' else 'p'}={number}")
        for each in site.attachments.below(int(number)):
            paths += _paths_of(each)
    for each in _shown(item, site):
        if each.number not in site.led and site.attachments.has_no_text(each):
            site.led.add(each.number)  # one picture in many texts leads to the first
            paths += _paths_of(each)
    return tuple(dict.fromkeys(path for path in paths if path not in ("", "/")))


def _paths_of(attachment: Attachment) -> list[str]:
    return [_path(attachment.link), f"/?attachment_id={attachment.number}", f"/?p={attachment.number}"]


def _path(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:  # "https://[x"
        return ""
    if not parts.netloc:
        return ""
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _remarks(item: _Item, *, is_locked: bool) -> Iterable[str]:
    """What the operator should know of a text that is imported."""
    if is_locked:
        yield "berkata sandi: menjadi draf"
    if item["wp:is_sticky"] == "1":
        yield "disematkan di WordPress; sematkan lagi lewat “Beranda” bila perlu"
