"""Template tags of the news pages."""

from functools import cache

from django import template
from django.core.files.storage import default_storage
from django.templatetags.static import static
from django.urls import reverse

from news import paths, pieces
from news.models import MostRead
from news.pageviews import most_read

register = template.Library()
register.simple_tag(paths.month_path)
register.simple_tag(paths.page_path)
register.simple_tag(paths.qr_path)


@register.filter
def number(value: int) -> str:
    """A count with Indonesian thousands: 4.212."""
    return f"{value:,}".replace(",", ".")


@register.simple_tag
def picture(photo, sizes: str, eager: bool = False, alt: str | None = None) -> str:
    """A <picture> in WebP and JPEG with the widths that the photo has; `sizes` as in HTML. `eager`: the page's first
    picture, fetched at once. `alt`: overrides the photo's own, "" where the words beside it say the same."""
    base = default_storage.url(photo.name)  # once: seven look-ups a picture cost an article page a tenth of its time
    words = photo.alt if alt is None else alt
    return pieces.picture(base, photo.width, photo.height, words, sizes=sizes, eager=eager)


@register.simple_tag
@cache
def asset(path: str) -> str:
    """`{% static %}`, looked up once in a process: the names hold a hash of the content."""
    return static(path)


@register.simple_tag
@cache
def route(name: str) -> str:
    """`{% url %}` of a name without arguments, looked up once in a process: for what stands on every page."""
    return reverse(name)


@register.inclusion_tag("news/_most_read_periods.html")
def most_read_periods():
    """The most read articles of each period, folded but for the shortest period that has any."""
    periods = [(period, most_read.of_period(period, limit=5)) for period in MostRead.Period]
    first = next((period for period, articles in periods if articles), MostRead.Period.TODAY)
    return {"periods": periods, "open": first}


@register.filter
def tel(phone: str) -> str:
    """A telephone number as a `tel:` address takes it: "(021) 557-6495" becomes +62215576495."""
    digits = "".join(filter(str.isdigit, phone))
    return f"+62{digits[1:]}" if digits.startswith("0") else f"+{digits}"


@register.inclusion_tag("news/_most_read.html")
def most_read_rail():
    """The week's most read articles, for the column beside a page."""
    return {"articles": most_read.of_period(MostRead.Period.WEEK, limit=5)}
