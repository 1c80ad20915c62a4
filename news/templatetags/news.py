"""Template tags of the news pages."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.urls import reverse

from news import paths, pieces
from news.models import MostRead
from news.pageviews import most_read
from news.web import numbers

register = template.Library()
register.simple_tag(paths.change_path)
register.simple_tag(paths.changes_path)
register.simple_tag(paths.month_path)
register.simple_tag(paths.page_path)
register.simple_tag(paths.qr_path)
register.simple_tag(pieces.cards)
register.simple_tag(pieces.entries)
register.simple_tag(pieces.headlines)
register.simple_tag(pieces.most_read)
number = register.filter("number", numbers.grouped)


@register.simple_tag
def picture(photo, sizes: str, eager: bool = False, alt: str | None = None) -> str:
    """A <picture> in WebP and JPEG in the photo's widths; `sizes` as in HTML. `eager`: for the first picture of the
    page, loaded at once. `alt` overrides the photo's own text; use "" if the text beside it says the same."""
    return pieces.photo(photo, photo.alt if alt is None else alt, sizes=sizes, eager=eager)


@register.simple_tag
@cache
def asset(path: str) -> str:
    """`{% static %}`, cached per process: the file names contain a hash of the content."""
    return static(path)


@register.simple_tag
@cache
def route(name: str) -> str:
    """`{% url %}` without arguments, cached per process: for links on every page."""
    return reverse(name)


@register.inclusion_tag("news/_most_read_periods.html")
def most_read_periods():
    """The most read articles of each period; only the shortest period with any articles is expanded."""
    periods = most_read.periods(limit=5)
    first = next((period for period, articles in periods if articles), MostRead.Period.TODAY)
    return {"periods": periods, "open": first}


@register.filter
def tel(phone: str) -> str:
    """A telephone number in the form of a `tel:` link: "(021) 557-6495" becomes +62215576495."""
    digits = "".join(filter(str.isdigit, phone))
    return f"+62{digits[1:]}" if digits.startswith("0") else f"+{digits}"


@register.inclusion_tag("news/_most_read.html")
def most_read_rail():
    """The week's most read articles, for the sidebar."""
    return {"articles": most_read.of_period(MostRead.Period.WEEK, limit=5)}
