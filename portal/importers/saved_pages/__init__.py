"""Reads articles from saved web pages: HTML, MHTML and Safari's archives, one file or a folder of them.

What a page tells programs (JSON-LD, OpenGraph, microdata) comes first, then what the portal's readers saw: the line
with date and "Dibaca". A page with neither is an article only by its largest run of paragraphs; that is a guess, so it
becomes a draft, and so does a page that was cut off. Files are read one at a time.
"""

import re
from collections import Counter
from collections.abc import Callable, Container, Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from lxml import etree

from news import paths
from news.models import Article, Tag
from news.web import addresses
from news.web.columns import max_length
from portal.importers import times
from portal.importers.pictures import Picture
from portal.importers.record import MAX_NUMBER, Record, Refusal, record_or_refusal
from portal.importers.saved_pages import files, prose, told
from portal.importers.saved_pages.told import Told

HELP = """\
Halaman HTML yang disimpan (.html, .mhtml, .webarchive, satu berkas atau satu
folder): judul, tanggal, penulis, kategori, tag dan alamat diambil dari
keterangan di dalamnya (JSON-LD, OpenGraph) atau dari baris tanggal dan
“Dibaca”. Halaman tanpa semua itu, dan halaman yang terpotong, menjadi draf
dan disebut di laporan. Daftar berita, halaman galat dan halaman masuk ditolak. Alamat lamanya dialihkan.
"""
GUESS = "tebakan: halaman ini tidak menerangkan beritanya; periksa judul dan isi drafnya"
CUT_OFF = "halaman terpotong sebelum tanda penutupnya: isinya mungkin tidak lengkap; disimpan sebagai draf"
NO_PAGE = "bukan halaman web, jadi tidak dibaca; bila ini ekspor berita, sebutkan berkasnya sendiri"
_LIST = "halaman depan atau daftar berita, bukan satu berita"
_SHORTEST_TITLE = 10  # characters of one that is known by being repeated
_LEAST = 200  # characters of a text that is only a guess
_COMPARED = 100  # letters of a summary
_ERROR = re.compile(
    r"\W*+(?:(?:error\s*)?40[34]\b.*|.*\b(?:halaman|page)\b.{0,30}\b(?:tidak ditemukan|tidak ada|not found)\b.*|"
    r"not found|"
    r".*\bpage can.t be found\b.*|(?:50[0234]|bad gateway|forbidden|service unavailable)\b.*)",
    re.IGNORECASE,
)
_LIST_ADDRESS = re.compile(
    r"/(?:index\.\w+)?|/(?:category|kategori|tag|author|page|search|cari|arsip)(?:/.*)?", re.IGNORECASE
)
_OWN_NUMBER = re.compile(rf"{re.escape(paths.ARTICLE)}([0-9]{{1,15}})(?:/|$)")
_LOGO = re.compile(r"logo|default|favicon|placeholder", re.IGNORECASE)  # in the name of a file
_SITE_NAME = re.compile(r"\s+(?:[-–—|»·]|::)\s+[^-–—|»·]{1,80}$")
_LIST_TITLE = re.compile(
    r"(?:kategori|category|tag|label|arsip|archives?|rubrik)\s*:.*|(?:hasil pencarian|search results?)\b.*",
    re.IGNORECASE,
)
_SOURCE = "view-source:"  # how browsers call the page that shows the HTML of another


def read(
    path: Path, progress: Callable[[int], object] = lambda position: None
) -> Iterator[tuple[int | str, Record | Refusal]]:
    """Yields the place and the record, or Refusal, of each page: of a file 1, in a folder the file's name.

    `progress` is called with the number of bytes read so far. Raises OSError if a single file cannot be opened."""
    if not path.is_dir():
        yield 1, record_or_refusal(_of_file, path)
        return
    position = 0
    for file in files.in_folder(path):
        try:
            is_page = files.looks_like_page(file)
            size = file.stat().st_size
            record = record_or_refusal(_of_file, file) if is_page else None
        except OSError as error:
            size, record = 0, Refusal(f"tidak dapat dibaca: {error.strerror}")
        position += size
        progress(position)
        if record is not None:
            yield str(file.relative_to(path)), record


def others(path: Path, pages: Container[str]) -> Iterator[str]:
    """The files of a folder that are neither `pages`, the places that `read` gave, nor what pages are shown with:
    nothing of them is read."""
    for file in files.in_folder(path, all_texts=True) if path.is_dir() else ():
        if (name := str(file.relative_to(path))) not in pages:
            yield name


def is_meant(folder: Path) -> bool:
    """Whether there are pages in the folder."""
    return any(map(files.looks_like_page, files.in_folder(folder)))


def size(path: Path) -> int:
    """Bytes that `read` will tell in the end."""
    return sum(file.stat().st_size for file in files.in_folder(path)) if path.is_dir() else path.stat().st_size


def _of_file(path: Path) -> Record:
    return _record(files.opened(path))


def _record(saved: files.Saved) -> Record:
    """The article on the page. Raises Refusal for a page that is none."""
    root = prose.tree(saved.html)
    if next(root.iter("frameset"), None) is not None:
        raise Refusal("halaman berbingkai tanpa isi; simpan halaman di dalam bingkainya")
    says = told.by(root)
    headings = [told.text(each) for each in root.iter("h1")]
    has_login = any((each.get("type") or "").lower() == "password" for each in root.iter("input"))
    page_title = told.text(next(root.iter("title"), etree.Element("title")))
    if page_title.startswith(_SOURCE):
        raise Refusal("kode sumber halaman, bukan halamannya; buka alamatnya tanpa “view-source:”, lalu simpan lagi")
    is_whole = prose.is_whole(saved.html, root)
    prose.prune(root)
    shown = prose.lines(root)
    title = _title(says, headings, [told.text(each) for each in root.iter("h2", "h3")], page_title, shown)
    dated = prose.dated(shown, title)
    element, size = prose.container(root)
    is_counted = dated is not None and dated.reads is not None and _is_alone(shown, title, size)
    _check(says, title, page_title, has_login=has_login, size=size, is_counted=is_counted)
    is_told = says.is_article or is_counted
    is_dated = is_counted or bool(
        says.is_article and says.published
    )  # some portals call each of their pages an article
    if not is_dated and (prose.is_list(element, size) or _LIST_TITLE.fullmatch(title)):
        raise Refusal(_LIST)
    foot = prose.foot_of(shown)
    published = _published(says, dated)
    updated_at, updated_remark = times.changed(*says.modified)
    url = _address(says, saved.address)
    record = Record(
        title=title,
        body=_body(element, says),
        summary=_summary(says, element),
        published_at=published.at,
        time_known=published.time_known,
        raw_date=published.raw,
        updated_at=updated_at,
        is_draft=not (is_told and is_whole),
        category=says.section,
        tags=says.tags,
        author=foot.author or ", ".join(says.authors),
        reporter=foot.reporter,
        editor=foot.editor or ", ".join(says.editors),
        url=url,
        id=_number(url),
        reads=_reads(says, dated, foot.reads),
        old_paths=tuple(dict.fromkeys(filter(None, map(_path, (url, saved.address, _joined(url, says.shortlink)))))),
        lead=Picture(says.image) if says.image and not _LOGO.search(says.image.rpartition("/")[2]) else None,
        remarks=tuple(_remarks(updated_remark, is_told=is_told, is_whole=is_whole, published=published)),
    )
    _cut_out(record, shown if is_counted else [], prose.own_lines(element))
    return record


def _check(says: Told, title: str, page_title: str, *, has_login: bool, size: int, is_counted: bool) -> None:
    """Raises Refusal for a page that shows no article."""
    if not (says.is_article or is_counted) and (_ERROR.fullmatch(title) or _ERROR.fullmatch(page_title)):
        raise Refusal("halaman galat, bukan berita")
    if has_login and not says.is_article and size < _LEAST:
        raise Refusal("halaman masuk (log-in), bukan berita")
    if not says.is_article:
        address = next(iter(says.urls), "")
        if says.is_list or (address and _LIST_ADDRESS.fullmatch(_path_only(address))):
            raise Refusal(_LIST)
        if size < _LEAST and not is_counted:
            raise Refusal("tidak ada teks yang cukup panjang: mungkin daftar, halaman kosong, atau hanya kerangka")


def _is_alone(shown: list[str], title: str, size: int) -> bool:
    """Whether the line with “Dibaca” is that of an article: lists have many, and so may the list of related ones."""
    return prose.counts(shown) == 1 or (size >= _LEAST and sum(prose.same(line, title) for line in shown) > 1)


def _path_only(address: str) -> str:
    try:
        return urlsplit(address).path or "/"
    except ValueError:  # "https://[x"
        return ""


# ---- What the record says


def _title(says: Told, headings: list[str], below: list[str], page_title: str, shown: list[str]) -> str:
    """As readers saw it: the heading that the page's metadata begin with, else what the metadata say, else the only
    heading, else a line that is repeated, else the name of the window without the site's, or, if that is only the
    site's, the only heading `below` the first level or the one that is repeated."""
    named = [" ".join(each.split()) for each in says.titles if each.strip()] + [page_title]
    for heading in headings:
        if heading and any(_alike(heading, each) for each in named):
            return heading
    if says.is_article and says.titles:
        alone = _SITE_NAME.sub("", named[0])
        return alone if alone in named or (len(named) > 1 and named[0] == page_title) else named[0]
    if len([each for each in headings if each]) == 1:
        return next(filter(None, headings))
    for one, other in pairwise(shown):
        if one == other and len(one) > _SHORTEST_TITLE:
            return one
    of_window = _SITE_NAME.sub("", named[0])
    return (_only_one(below, shown) if len(of_window) < prose.SHORTEST else "") or of_window


def _only_one(headings: list[str], shown: list[str]) -> str:
    """The heading that is repeated above the text, else the only one; "" if there is neither."""
    counts = Counter(map(prose.letters, shown))
    repeated = [each for each in dict.fromkeys(headings) if each and 1 < counts[prose.letters(each)] <= prose.TITLES]
    only = repeated if len(repeated) == 1 else headings
    return only[0] if len(only) == 1 and len(only[0]) > _SHORTEST_TITLE else ""


def _alike(heading: str, name: str) -> bool:
    """Whether one begins with the other: metadata are cut off, or have the site's name behind."""
    one, other = prose.letters(heading), prose.letters(name)
    return bool(one and other) and (other.startswith(one) or (len(other) > prose.SHORTEST and one.startswith(other)))


def _published(says: Told, dated: prose.Dated | None) -> times.Published:
    """The first time that can be read; a day from metadata takes its time from the line that readers saw."""
    seen = times.published(dated.raw) if dated else times.Published()
    for raw in says.published:
        found = times.published(raw)
        if found.at is not None:
            same_day = seen.at is not None and seen.time_known and seen.at.date() == found.at.date()
            return seen if not found.time_known and same_day else found
    if seen.at is not None:
        return seen
    return times.Published(raw=next((raw.strip()[:80] for raw in says.published if raw.strip()), seen.raw))


def _reads(says: Told, dated: prose.Dated | None, foot: int | None) -> int | None:
    found = [each for each in (dated.reads if dated else None, says.reads, foot) if each is not None]
    return min(found[0], MAX_NUMBER) if found else None


def _address(says: Told, saved_from: str) -> str:
    """The page's address on its site; "" if it does not tell a usable one."""
    base = saved_from if saved_from.startswith(("http://", "https://")) else ""
    for url in (*says.urls, saved_from):
        url = _joined(base, url)
        usable = re.fullmatch(addresses.PATTERN, url) and len(url) <= max_length(Article, "source_url")
        if usable and _path(url):
            return url
    return ""


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url.strip()) if url else ""
    except ValueError:
        return ""


def _path(address: str) -> str:
    """Path and query; "" for the front page and for what is no address of a site."""
    try:
        parts = urlsplit(address)
    except ValueError:  # "https://[x"
        return ""
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return path if parts.scheme in ("", "http", "https") and path.startswith("/") and path != "/" else ""


def _number(url: str) -> int | None:
    """The article's, where the portal before had the addresses of this one: they stay."""
    match = _OWN_NUMBER.match(_path(url))
    return int(match[1]) if match and int(match[1]) else None


def _remarks(updated_remark: str, *, is_told: bool, is_whole: bool, published: times.Published) -> Iterator[str]:
    if not is_whole:
        yield CUT_OFF
    if not is_told:
        yield GUESS
    if published.remark:
        yield published.remark
    if published.at is None and not published.raw:
        yield "tanggal terbit tidak ditemukan di halaman"
    if updated_remark:
        yield updated_remark


def _body(element: etree._Element | None, says: Told) -> str:
    """The element around the text; of a page that scripts put together what it tells programs."""
    if element is None or len(prose.letters(told.text(element))) * 3 < len(prose.letters(says.body)):
        return says.body
    # The comment tells that this is HTML.
    return f"<!-- -->{etree.tostring(element, encoding='unicode', method='html', with_tail=False)}"


def _summary(says: Told, element: etree._Element | None) -> str:
    """Only one that somebody wrote: most are the beginning of the text."""
    beginning = prose.letters(says.summary)[:_COMPARED]
    is_copied = element is not None and beginning in prose.letters(told.text(element))
    return "" if is_copied else says.summary


def _cut_out(record: Record, shown: list[str], own: frozenset[str]) -> None:
    """Cuts the text out of what stands around it. Raises Refusal if none is left."""
    found = prose.trimmed(record.body, record.title, own)
    record.take_text(lambda body: prose.trimmed(body, record.title, own).body)
    if not record.body:
        raise Refusal("halaman ini tidak memuat isi berita")
    longest = max_length(Tag, "name")
    below = found.tags or prose.tags_below(shown, record.body)
    tags = record.tags or [tag for tag in below if len(tag) <= longest]
    record.tags = [tag for tag in tags if tag.lower() != record.category.lower()]
