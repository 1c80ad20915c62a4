"""RSS and Atom of the newest articles: of the whole portal, of a category, of a tag."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from news.caching import public
from news.models import Article, Category, Tag

NEWEST = 30


class Rss(Feed):
    description = subtitle = settings.SITE_TAGLINE
    language = "id"

    def get_object(self, request, slug=None):
        return request.path, self.filed_under(slug)

    def filed_under(self, slug):
        return None

    def articles(self, filed_under):
        return Article.objects.published()

    def title(self, found):
        _, filed_under = found
        return f"{filed_under} – {settings.SITE_NAME}" if filed_under else settings.SITE_NAME

    def link(self, found):
        _, filed_under = found
        return settings.SITE_URL + (filed_under.get_absolute_url() if filed_under else "/")

    def feed_url(self, found):
        path, _ = found
        return settings.SITE_URL + path

    def items(self, found):
        _, filed_under = found
        return self.articles(filed_under).for_feed().newest_first()[:NEWEST]

    def item_title(self, article):
        return article.title

    def item_link(self, article):
        return settings.SITE_URL + article.get_absolute_url()

    def item_guid(self, article):
        return settings.SITE_URL + article.short_url  # stays when the title, and so the address, is mended

    item_guid_is_permalink = False

    def item_description(self, article):
        return article.description

    def item_author_name(self, article):
        return article.author or settings.PUBLISHER

    def item_pubdate(self, article):
        return timezone.localtime(article.published_at)

    def item_updateddate(self, article):
        return timezone.localtime(article.updated_at)

    def item_categories(self, article):
        return [article.category.name, *(tag.name for tag in article.tags.all())]


class Atom(Rss):
    feed_type = Atom1Feed


class CategoryRss(Rss):
    def filed_under(self, slug):
        return get_object_or_404(Category, slug=slug)

    def articles(self, filed_under):
        return Article.objects.published().filter(category=filed_under)


class CategoryAtom(CategoryRss):
    feed_type = Atom1Feed


class TagRss(Rss):
    def filed_under(self, slug):
        return get_object_or_404(Tag, slug=slug)

    def articles(self, filed_under):
        return Article.objects.published().filter(tags=filed_under)


class TagAtom(TagRss):
    feed_type = Atom1Feed


rss, atom, category_rss, category_atom, tag_rss, tag_atom = (
    require_safe(public(feed())) for feed in (Rss, Atom, CategoryRss, CategoryAtom, TagRss, TagAtom)
)
