"""Template tags of the news pages."""

from functools import cache

from django import template
from django.core.files.storage import default_storage
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join

from news import pageviews, photos
from news.models import Category, MostRead

register = template.Library()


@register.filter
def number(value: int) -> str:
    """A count with Indonesian thousands: 4.212."""
    return f"{value:,}".replace(",", ".")


@register.simple_tag
def picture(photo, sizes: str, eager: bool = False, alt: str | None = None) -> str:
    """A <picture> in WebP and JPEG with the widths that the photo has; `sizes` as in HTML. `eager`: the page's first
    picture, fetched at once. `alt`: overrides the photo's own, "" where the words beside it say the same."""
    base = default_storage.url(photo.name)  # once: seven look-ups a picture cost an article page a tenth of its time
    own = photos.widths(photo.width)
    jpeg, webp = (", ".join(f"{base}-{width}.{extension} {width}w" for width in own) for extension in ("jpg", "webp"))
    return format_html(
        '<picture><source type="image/webp" srcset="{}" sizes="{}"><img src="{}" srcset="{}" sizes="{}" alt="{}" '
        'width="{}" height="{}" {}></picture>',
        webp,
        sizes,
        f"{base}-{own[min(1, len(own) - 1)]}.jpg",
        jpeg,
        sizes,
        photo.alt if alt is None else alt,
        photo.width,
        photo.height,
        format_html('fetchpriority="{}"', "high") if eager else format_html('loading="{}" decoding="async"', "lazy"),
    )


@register.simple_tag
@cache
def asset(path: str) -> str:
    """`{% static %}`, looked up once in a process: the names hold a hash of the content."""
    return static(path)


@register.simple_tag
def category_links() -> str:
    """The categories as items of the navigation."""
    return format_html_join(
        "", '<li><a href="{}">{}</a></li>', ((c.get_absolute_url(), c) for c in Category.objects.in_navigation())
    )


@register.inclusion_tag("news/_most_read.html")
def most_read_rail():
    """The week's most read articles, for the column beside a page."""
    return {"articles": pageviews.most_read(MostRead.Period.WEEK, limit=5)}
