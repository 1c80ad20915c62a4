"""Template filters over news.web.dates: {{ moment|date_in_words }}."""

from django import template

from news import pieces
from news.web import dates

register = template.Library()
register.filter("date_in_words", dates.date)
register.filter("iso", dates.iso)
register.filter(pieces.date_element)
register.filter(pieces.time_element)
register.filter(pieces.date_and_time_element)


@register.filter
def month_name(number: int) -> str:
    return dates.MONTHS[number - 1]


@register.filter
def published_element(article) -> str:
    """`<time>` of an article's publication, without the time of day if that is not known."""
    element = pieces.date_and_time_element if article.time_known else pieces.date_element
    return element(article.published_at)
