"""The feeds of /ralat: corrections, replies and withdrawals, newest first."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import escape
from django.views.decorators.http import require_safe

from news import markup
from news.models import Correction
from news.web.caching import public

NEWEST = 30


class Rss(Feed):
    feed_type: type[SyndicationFeed] = Rss201rev2Feed
    title = f"Ralat – {settings.SITE_NAME}"
    description = subtitle = "Ralat, koreksi, hak jawab, dan pencabutan berita."
    author_name = settings.PUBLISHER
    language = "id"
    route = "corrections-feed"

    def link(self):
        return settings.SITE_URL + reverse("corrections")

    def feed_url(self):
        return settings.SITE_URL + reverse(self.route)

    def feed_guid(self):
        return self.link()

    def items(self):
        return Correction.objects.told().select_related("article")[:NEWEST]

    def item_title(self, record):
        return markup.without_controls(f"{record.get_kind_display()}: {record.article.title}")

    def item_description(self, record):
        words = f"{record.reason}. {record.text}" if record.reason else record.text
        return escape(markup.without_controls(words))  # feed readers interpret it as HTML

    def item_link(self, record):
        return settings.SITE_URL + record.get_absolute_url()

    def item_guid(self, record):
        return f"{self.link()}#{record.anchor}"

    item_guid_is_permalink = False

    def item_pubdate(self, record):
        return timezone.localtime(record.at)

    item_updateddate = item_pubdate


class Atom(Rss):
    feed_type = Atom1Feed
    route = "corrections-feed-atom"


rss, atom = (require_safe(public(feed())) for feed in (Rss, Atom))
