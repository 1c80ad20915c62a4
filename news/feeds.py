"""RSS and Atom feeds of the newest articles with full text, for the portal, each category and each tag."""

import html
import re
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import Max
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import escape
from django.utils.http import http_date, parse_http_date
from django.views.decorators.http import require_safe

from news import markup, paths, pieces
from news.models import Article, Category
from news.views.lists import public_tag_or_404
from news.web.caching import public

NEWEST = 30
_MEDIA = {"xmlns:media": "http://search.yahoo.com/mrss/"}  # for pictures: an enclosure would need their size in bytes
_CONTENT = {"xmlns:content": "http://purl.org/rss/1.0/modules/content/"}
# Links and images in a sanitised body, where all attributes have double quotes.
_ADDRESS = re.compile(r'(<(?:a|img)(?: [a-z]+="[^"]*")*? (?:href|src)=")([^"]*)')


class _RssWriter(Rss201rev2Feed):
    def rss_attributes(self):
        return super().rss_attributes() | _CONTENT | _MEDIA

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["whole"])
        _add_photo(handler, item["photo"])


class _AtomWriter(Atom1Feed):
    def root_attributes(self):
        return super().root_attributes() | _MEDIA

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


class Rss(Feed):
    feed_type: type[SyndicationFeed] = _RssWriter
    description = subtitle = settings.SITE_TAGLINE
    author_name = settings.PUBLISHER
    language = "id"

    def __call__(self, request, *args, **kwargs):
        """Django sets Last-Modified from the newest article; withdrawals must change it as well."""
        response = super().__call__(request, *args, **kwargs)
        withdrawn_at = Article.objects.withdrawn().aggregate(last=Max("withdrawn_at"))["last"]
        if withdrawn_at and withdrawn_at.timestamp() > parse_http_date(response["Last-Modified"]):
            response["Last-Modified"] = http_date(withdrawn_at.timestamp())
        return response

    def get_object(self, request, slug=None):
        return request.path, self.filed_under(slug)

    def filed_under(self, slug):
        return None

    def articles(self, filed_under):
        return Article.objects.published().newest_first()

    def title(self, found):
        _, filed_under = found
        return f"{filed_under} – {settings.SITE_NAME}" if filed_under else settings.SITE_NAME

    def link(self, found):
        _, filed_under = found
        return settings.SITE_URL + (filed_under.get_absolute_url() if filed_under else paths.HOME)

    def feed_url(self, found):
        path, _ = found
        return settings.SITE_URL + path

    def items(self, found):
        _, filed_under = found
        return self.articles(filed_under).for_feed()[:NEWEST]

    def item_title(self, article):
        return article.title

    def item_link(self, article):
        return settings.SITE_URL + article.get_absolute_url()

    def item_guid(self, article):
        return settings.SITE_URL + article.short_url  # unlike the address, does not change with the title

    item_guid_is_permalink = False

    def item_description(self, article):
        return escape(article.description)  # feed readers interpret it as HTML

    def item_author_name(self, article):
        return article.author or article.reporter or settings.PUBLISHER

    def item_pubdate(self, article):
        return timezone.localtime(article.published_at)

    def item_updateddate(self, article):
        return timezone.localtime(article.changed_at)

    def item_categories(self, article):
        return [article.category.name, *(tag.name for tag in article.tags.all())]

    def item_extra_kwargs(self, article):
        return {"whole": _whole(article), "photo": article.photo}


class Atom(Rss):
    feed_type = _AtomWriter


class CategoryRss(Rss):
    def filed_under(self, slug):
        return get_object_or_404(Category, slug=slug)

    def articles(self, filed_under):
        return Article.objects.published().filter(category=filed_under).newest_first()


class CategoryAtom(CategoryRss):
    feed_type = _AtomWriter


class TagRss(Rss):
    def filed_under(self, slug):
        return public_tag_or_404(slug)

    def articles(self, filed_under):
        return Article.objects.published().tagged(filed_under)


class TagAtom(TagRss):
    feed_type = _AtomWriter


rss, atom, category_rss, category_atom, tag_rss, tag_atom = (
    require_safe(public(feed())) for feed in (Rss, Atom, CategoryRss, CategoryAtom, TagRss, TagAtom)
)
