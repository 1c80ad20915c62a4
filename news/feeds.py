"""RSS and Atom feeds of the newest articles with full text, for the portal, each category and each tag."""

import html
import re
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed, rfc3339_date
from django.utils.html import escape
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from news import markup, paths, pieces
from news.models import Article, Category, FeedIds, Tag
from news.views.lists import public_tag_or_404
from news.web.caching import public

NEWEST = 30
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


class _RssWriter(Rss201rev2Feed):
    def rss_attributes(self):
        return super().rss_attributes() | _CONTENT | _MEDIA

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["whole"])
        _add_photo(handler, item["photo"])


class _AtomWriter(Atom1Feed):
    def root_attributes(self):
        return super().root_attributes() | _MEDIA | _TOMBSTONES

    def latest_post_date(self):
        return max([super().latest_post_date(), *(gone.withdrawn_at for gone in self._gone())])

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
        _add_photo(handler, item["photo"])


def _add_photo(handler, photo):
    if photo is None:
        return
    address = settings.SITE_URL + photo.largest_url
    size = {"width": str(photo.width), "height": str(photo.height)}
    handler.startElement("media:content", {"url": address, "medium": "image", "type": "image/jpeg", **size})
    for element, text in (("media:description", photo.caption or photo.alt), ("media:credit", photo.credit)):
        if text:
            handler.addQuickElement(element, markup.without_controls(text))
    handler.endElement("media:content")


def _whole(article) -> str:
    """Photo and body as HTML with absolute addresses, for display on other sites."""
    base = settings.SITE_URL + article.get_absolute_url()
    body = _ADDRESS.sub(lambda tag: tag[1] + escape(_joined(base, html.unescape(tag[2]))), article.body)
    return markup.without_controls(_figure(article.photo) + body)


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:  # such as "http://[" in imported articles
        return address


def _figure(photo) -> str:
    if photo is None:
        return ""
    words = " ".join(filter(None, [photo.caption, photo.credit]))
    return pieces.figure(settings.SITE_URL + photo.largest_url, photo.alt, photo.width, photo.height, words)


class _Found(NamedTuple):
    """What a request asks for: the feed's path, and the tag or category that it is about, None for all articles."""

    path: str
    filed_under: Category | Tag | None
    ids: FeedIds


class _Entry(NamedTuple):
    article: Article
    id: str


class Rss(Feed):
    feed_type: type[SyndicationFeed] = _RssWriter
    description = subtitle = settings.SITE_TAGLINE
    author_name = settings.PUBLISHER
    language = "id"

    def __call__(self, request, slug=None):
        """Django would set Last-Modified from the times in the feed; imports and withdrawals must change it, too."""
        feed = self.get_feed(self.get_object(request, slug), request)
        times = [item["saved_at"] for item in feed.items] + [each.withdrawn_at for each in feed.feed["withdrawn"]]
        response = HttpResponse(content_type=feed.content_type)
        response["Last-Modified"] = http_date(max(times, default=feed.latest_post_date()).timestamp())
        feed.write(response, "utf-8")
        return response

    def get_object(self, request, slug=None):
        return _Found(request.path, self.filed_under(slug), FeedIds.objects.current())

    def filed_under(self, slug):
        return None

    def among(self, articles, filed_under):
        """Those of the articles that the feed is about."""
        return articles

    def newest(self, filed_under):
        return self.among(Article.objects.published(), filed_under).newest_first()

    def title(self, found):
        return f"{found.filed_under} – {settings.SITE_NAME}" if found.filed_under else settings.SITE_NAME

    def link(self, found):
        return settings.SITE_URL + _page(found)

    def feed_url(self, found):
        return settings.SITE_URL + found.path

    def feed_guid(self, found):
        return found.ids.of_feed(_page(found))

    def feed_extra_kwargs(self, found):
        withdrawn = Article.objects.withdrawn().filter(withdrawn_at__isnull=False).order_by("-withdrawn_at")
        rows = self.among(withdrawn, found.filed_under).values_list("pk", "withdrawn_at", "withdrawn_reason")[:GONE]
        return {"withdrawn": [_Gone(found.ids.of_article(pk), at, reason) for pk, at, reason in rows]}

    def items(self, found):
        articles = self.newest(found.filed_under).for_feed()[:NEWEST]
        return [_Entry(article, found.ids.of_article(article.pk)) for article in articles]

    def item_title(self, entry):
        return entry.article.title

    def item_link(self, entry):
        return settings.SITE_URL + entry.article.get_absolute_url()

    def item_guid(self, entry):
        return entry.id

    item_guid_is_permalink = False

    def item_description(self, entry):
        return escape(entry.article.description)  # feed readers interpret it as HTML

    def item_author_name(self, entry):
        return entry.article.author or entry.article.reporter or settings.PUBLISHER

    def item_pubdate(self, entry):
        return timezone.localtime(entry.article.published_at)

    def item_updateddate(self, entry):
        return timezone.localtime(entry.article.changed_at)

    def item_categories(self, entry):
        return [entry.article.category.name, *(tag.name for tag in entry.article.tags.all())]

    def item_extra_kwargs(self, entry):
        article = entry.article
        saved_at = max(article.updated_at, article.published_at)
        return {"whole": _whole(article), "photo": article.photo, "saved_at": saved_at}


class CategoryRss(Rss):
    def filed_under(self, slug):
        return get_object_or_404(Category, slug=slug)

    def among(self, articles, filed_under):
        return articles.filter(category=filed_under)


class TagRss(Rss):
    def filed_under(self, slug):
        return public_tag_or_404(slug)

    def among(self, articles, filed_under):
        return articles.filter(tags=filed_under)

    def newest(self, filed_under):
        return Article.objects.published().tagged(filed_under)


class Atom(Rss):
    feed_type = _AtomWriter


class CategoryAtom(Atom, CategoryRss):
    pass


class TagAtom(Atom, TagRss):
    pass


def _page(found: _Found) -> str:
    """The path of the list that the feed is the feed of."""
    return found.filed_under.get_absolute_url() if found.filed_under else paths.HOME


rss, atom, category_rss, category_atom, tag_rss, tag_atom = (
    require_safe(public(feed())) for feed in (Rss, Atom, CategoryRss, CategoryAtom, TagRss, TagAtom)
)
