"""Template tags for the page layout and notices."""

from django import template

from news import missing_paths
from news.layout import layout
from news.models import Notice

register = template.Library()
register.simple_tag(layout, takes_context=True)

ANNOUNCEMENTS = 5


@register.inclusion_tag("news/_notices.html")
def announcements():
    """The announcements on the home page."""
    return {"notices": Notice.objects.current().filter(kind=Notice.Kind.ANNOUNCEMENT)[:ANNOUNCEMENTS]}


@register.inclusion_tag("news/_newest.html")
def newest_instead(gone):
    """The newest articles except `gone`, for the page of a withdrawn article."""
    return {"newest": [each for each in missing_paths.newest() if each.address != gone.get_absolute_url()]}
