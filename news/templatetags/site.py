"""Template tags of what stands beside the news on every page: office pages, notices."""

from django import template
from django.utils.html import format_html_join

from news import missing
from news.models import Notice, Page

register = template.Library()

EMERGENCIES = 3  # more would push the news off a phone's screen
ANNOUNCEMENTS = 5


@register.simple_tag
def footer_pages() -> str:
    """The office's pages as items of the footer's list."""
    pages = Page.objects.filter(in_footer=True).only("title", "slug")
    return format_html_join("", '<li><a href="{}">{}</a></li>', ((page.get_absolute_url(), page) for page in pages))


@register.inclusion_tag("news/_emergency.html")
def emergency_notices():
    """The banner above every page; nothing where there is no emergency."""
    return {"notices": Notice.objects.current().filter(kind=Notice.Kind.EMERGENCY)[:EMERGENCIES]}


@register.inclusion_tag("news/_notices.html")
def announcements():
    """The home page's announcements; nothing where there is none."""
    return {"notices": Notice.objects.current().filter(kind=Notice.Kind.ANNOUNCEMENT)[:ANNOUNCEMENTS]}


@register.inclusion_tag("news/_newest.html")
def newest_instead():
    """The newest articles, on the page of one that is not there any more."""
    return {"newest": missing.newest()}
