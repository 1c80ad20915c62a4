"""Template tags of what stands beside the news on every page: office pages, notices."""

from django import template

from news import missing_paths
from news.layout import layout
from news.models import Notice

register = template.Library()
register.simple_tag(layout, takes_context=True)

ANNOUNCEMENTS = 5


@register.inclusion_tag("news/_notices.html")
def announcements():
    """The home page's announcements; nothing where there is none."""
    return {"notices": Notice.objects.current().filter(kind=Notice.Kind.ANNOUNCEMENT)[:ANNOUNCEMENTS]}


@register.inclusion_tag("news/_newest.html")
def newest_instead(gone):
    """The newest articles, on the page of one that is not there any more."""
    return {"newest": [each for each in missing_paths.newest() if each.address != gone.get_absolute_url()]}
