"""Template filters over news.web.dates: {{ moment|date_in_words }}."""

from django import template

from news import pieces
from news.web import dates

register = template.Library()
register.filter("date_in_words", dates.date)
register.filter("date_and_time_in_words", dates.date_and_time)
register.filter("iso", dates.iso)
register.filter(pieces.date_element)
register.filter(pieces.time_element)
register.filter(pieces.date_and_time_element)
register.filter(pieces.published_element)


@register.filter
def month_name(number: int) -> str:
    return dates.MONTHS[number - 1]
