"""RSS and Atom feeds of the newest articles with full text, for the portal, each category and each tag.

Django's feed generator writes them, each entry once for as long as it is among the last that were asked for: an entry
depends on nothing but its record.
"""

import html
import re
from datetime import datetime, timedelta
from functools import lru_cache
from io import StringIO
from typing import Any, NamedTuple
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, rfc3339_date
from django.utils.html import escape
from django.utils.http import http_date
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from news import markup, paths, pieces
from news.models import Article, Category, FeedIds, Tag
from news.models.articles import ArticleQuerySet
from news.photos import ShownPhoto
from news.web.caching import public
from news.web.prepared import Statement

NEWEST = 30
REMEMBERED = 64  # entries, each with its text: those of one feed in both formats
GONE, GONE_FOR = 30, timedelta(days=90)  # of the withdrawn articles, Atom names the newest, for that long
_MEDIA = {"xmlns:media": "http://search.yahoo.com/mrss/"}  # for pictures: an enclosure would need their size in bytes
_TOMBSTONES = {"xmlns:at": "http://purl.org/atompub/tombstones/1.0"}  # RFC 6721
_CONTENT = {"xmlns:content": "http://purl.org/rss/1.0/modules/content/"}
# Links and images in a sanitised body, where all attributes have double quotes.
_ADDRESS = re.compile(r'(<(?:a|img)(?: [a-z]+="[^"]*")*? (?:href|src)=")([^"]*)')


class _Gone(NamedTuple):
    """An article that was withdrawn."""

    id: str
    withdrawn_at: datetime
    reason: str


class _Entry(NamedTuple):
    """An article as a feed shows it, with all that its XML depends on."""

    pk: int
    slug: str
    title: str
    summary: str
    body: str
    author: str
    reporter: str
    published_at: datetime
    updated_at: datetime  # the row
    changed_at: datetime
    category: str
    tags: tuple[str, ...]
    photo_row: tuple[Any, ...]
    id: str
    site: str

    @property
    def address(self) -> str:
        return self.site + paths.article_path(self.pk, self.slug)

    @property
    def photo(self) -> ShownPhoto | None:
        return ShownPhoto(*self.photo_row) if self.photo_row[0] else None


# ---- Queries


def _newest(articles: ArticleQuerySet) -> QuerySet:
    tags = Tag.objects.filter(articles=OuterRef("pk"))
    return articles.with_changed().values_list(
        *_Entry._fields[:9],
        "changed",
        "category__name",
        ArraySubquery(tags.values("name")),
        *(f"photo__{name}" for name in ShownPhoto._fields),
    )[:NEWEST]


def _withdrawn(articles: QuerySet) -> QuerySet:
    rows = articles.filter(withdrawn_at__isnull=False).order_by("-withdrawn_at")
    return rows.values_list("pk", "withdrawn_at", "withdrawn_reason")[:GONE]


def _published_in(category: int) -> ArticleQuerySet:
    return Article.objects.published().filter(category=category).newest_first()


_newest_of_all = Statement(lambda: _newest(Article.objects.published().newest_first()))
_withdrawn_of_all = Statement(lambda: _withdrawn(Article.objects.withdrawn()))
_newest_of_category = Statement(lambda category: _newest(_published_in(category)), int)
_withdrawn_of_category = Statement(
    lambda category: _withdrawn(Article.objects.withdrawn().filter(category=category)), int
)


def _rows(filed_under: Category | Tag | None) -> tuple[list[tuple], list[tuple]]:
    """Rows of entries, and of withdrawn articles."""
    if filed_under is None:
        return _newest_of_all(), _withdrawn_of_all()
    if isinstance(filed_under, Category):
        return _newest_of_category(filed_under.pk), _withdrawn_of_category(filed_under.pk)
    withdrawn = Article.objects.withdrawn().filter(tags=filed_under)
    return list(_newest(Article.objects.published().tagged(filed_under))), list(_withdrawn(withdrawn))


def _entry(row: tuple, ids: FeedIds) -> _Entry:
    *own, tags = row[:12]
    return _Entry._make((*own, tuple(tags), row[12:], ids.of_article(row[0]), settings.SITE_URL))


# ---- Writing


class _RssWriter(Rss201rev2Feed):
    END = "</channel></rss>"

    def rss_attributes(self):
        return super().rss_attributes() | _CONTENT | _MEDIA

    def latest_post_date(self):
        return self.feed.get("changed_at") or super().latest_post_date()

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["whole"])
        _add_photo(handler, item["site"], item["photo"])


class _AtomWriter(Atom1Feed):
    END = "</feed>"

    def root_attributes(self):
        return super().root_attributes() | _MEDIA | _TOMBSTONES

    def latest_post_date(self):
        changed_at = self.feed.get("changed_at") or super().latest_post_date()
        return max([changed_at, *(gone.withdrawn_at for gone in self._gone())])

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        for gone in self._gone():
            when = rfc3339_date(timezone.localtime(gone.withdrawn_at))
            handler.startElement("at:deleted-entry", {"ref": gone.id, "when": when})
            handler.addQuickElement("at:comment", markup.without_controls(gone.reason))
            handler.endElement("at:deleted-entry")

    def _gone(self):
        """Withdrawn articles, which feed readers would otherwise keep. After GONE_FOR they have asked again."""
        return [gone for gone in self.feed["withdrawn"] if gone.withdrawn_at > timezone.now() - GONE_FOR]

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["whole"], {"type": "html"})
        _add_photo(handler, item["site"], item["photo"])


@lru_cache(REMEMBERED)
def _entry_xml(writer: Any, entry: _Entry) -> str:
    """The entry as `writer`, one of the two classes above, writes it."""
    feed = writer("", "", "")
    feed.add_item(
        title=entry.title,
        link=entry.address,
        description=escape(markup.description(entry.summary, entry.body)),  # feed readers interpret it as HTML
        author_name=entry.author or entry.reporter or settings.PUBLISHER,
        pubdate=timezone.localtime(entry.published_at),
        updateddate=timezone.localtime(entry.changed_at),
        unique_id=entry.id,
        unique_id_is_permalink=False,
        categories=[entry.category, *entry.tags],
        whole=_whole(entry),
        photo=entry.photo,
        site=entry.site,
    )
    written = StringIO()
    feed.write_items(SimplerXMLGenerator(written, "utf-8", short_empty_elements=True))
    return written.getvalue()


def _response(request, writer: Any, filed_under: Category | Tag | None = None) -> HttpResponse:
    """Last-Modified is not just the newest time in the feed: imports and withdrawals must change it, too."""
    ids = FeedIds.objects.current()
    newest, withdrawn = _rows(filed_under)
    entries = [_entry(row, ids) for row in newest]
    gone = [_Gone(ids.of_article(pk), at, reason) for pk, at, reason in withdrawn]
    page = filed_under.get_absolute_url() if filed_under else paths.HOME  # the list that the feed is the feed of
    feed = writer(
        title=f"{filed_under} – {settings.SITE_NAME}" if filed_under else settings.SITE_NAME,
        link=settings.SITE_URL + page,
        description=settings.SITE_TAGLINE,
        subtitle=settings.SITE_TAGLINE,
        language="id",
        author_name=settings.PUBLISHER,
        feed_url=settings.SITE_URL + request.path,
        feed_guid=ids.of_feed(page),
        withdrawn=gone,
        changed_at=max((timezone.localtime(each.changed_at) for each in entries), default=None),
    )
    beginning, end, _ = feed.writeString("utf-8").rpartition(writer.END)
    saved_at = [max(each.updated_at, each.published_at) for each in entries] + [each.withdrawn_at for each in gone]
    return HttpResponse(
        [beginning, *(_entry_xml(writer, each) for each in entries), end],
        content_type=writer.content_type,
        headers={"Last-Modified": http_date(max(saved_at, default=feed.latest_post_date()).timestamp())},
    )


def _add_photo(handler, site: str, photo: ShownPhoto | None) -> None:
    if photo is None:
        return
    address = site + photo.largest_url
    size = {"width": str(photo.width), "height": str(photo.height)}
    handler.startElement("media:content", {"url": address, "medium": "image", "type": "image/jpeg", **size})
    for element, text in (("media:description", photo.caption or photo.alt), ("media:credit", photo.credit)):
        if text:
            handler.addQuickElement(element, markup.without_controls(text))
    handler.endElement("media:content")


def _whole(entry: _Entry) -> str:
    """Photo and body as HTML with absolute addresses, for display on other sites."""
    body = _ADDRESS.sub(lambda tag: tag[1] + escape(_joined(entry.address, html.unescape(tag[2]))), entry.body)
    return markup.without_controls(_figure(entry.site, entry.photo) + body)


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:  # such as "http://[" in imported articles
        return address


def _figure(site: str, photo: ShownPhoto | None) -> str:
    if photo is None:
        return ""
    words = " ".join(filter(None, [photo.caption, photo.credit]))
    return pieces.figure(site + photo.largest_url, photo.alt, photo.width, photo.height, words)


# ---- Views


def _public_tag_or_404(slug: str) -> Tag:
    """Raises Http404 also for a tag that no published article has, as its page does."""
    found = get_object_or_404(Tag, slug=slug)
    if not found.is_public():
        raise Http404
    return found


@require_safe
@public
def rss(request):
    return _response(request, _RssWriter)


@require_safe
@public
def atom(request):
    return _response(request, _AtomWriter)


@require_safe
@public
def category_rss(request, slug):
    return _response(request, _RssWriter, get_object_or_404(Category, slug=slug))


@require_safe
@public
def category_atom(request, slug):
    return _response(request, _AtomWriter, get_object_or_404(Category, slug=slug))


@require_safe
@public
def tag_rss(request, slug):
    return _response(request, _RssWriter, _public_tag_or_404(slug))


@require_safe
@public
def tag_atom(request, slug):
    return _response(request, _AtomWriter, _public_tag_or_404(slug))
