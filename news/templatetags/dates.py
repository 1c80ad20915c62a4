"""Template filters over news.dates: {{ moment|date_in_words }}."""

from django import template
from django.utils.html import format_html

from news.web import dates

register = template.Library()
register.filter("date_in_words", dates.date)
register.filter("iso", dates.iso)


@register.filter
def month_name(number: int) -> str:
    return dates.MONTHS[number - 1]


@register.filter
def date_element(moment) -> str:
    """`<time>` with the date in words."""
    return format_html('<time datetime="{}">{}</time>', dates.iso(moment)[:10], dates.date(moment))


@register.filter
def time_element(moment) -> str:
    """`<time>` with the time of day alone."""
    return format_html('<time datetime="{}">{}</time>', dates.iso(moment), dates.time(moment))


@register.filter
def published_element(article) -> str:
    """`<time>` of an article: without a time of day where none is known."""
    return (date_and_time_element if article.time_known else date_element)(article.published_at)


@register.filter
def date_and_time_element(moment) -> str:
    """`<time>` with date and time of day in words."""
    return format_html('<time datetime="{}">{}</time>', dates.iso(moment), dates.date_and_time(moment))
