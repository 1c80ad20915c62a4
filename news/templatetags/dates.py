"""Template filters over news.dates: {{ moment|date_and_time }}."""

from django import template

from news import dates

register = template.Library()
register.filter("date_in_words", dates.date)
register.filter("date_and_time", dates.date_and_time)
register.filter("iso", dates.iso)
