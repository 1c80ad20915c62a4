"""Initial texts of the office pages; once created, editors maintain them (news.models.Page)."""

from pathlib import Path

from django.conf import settings
from django.template import Context, Engine

from news.models import Page
from portal.context import SITE

_TEXTS = Path(__file__).parent

DEFAULTS = {  # slug: title, in the footer's order
    "tentang": "Tentang",
    "kontak": "Kontak",
    "redaksi": "Redaksi",
    "pedoman-media-siber": "Pedoman media siber",
    "pedoman-komentar": "Pedoman komentar",
    "kebijakan-privasi": "Kebijakan privasi",
    "aksesibilitas": "Aksesibilitas",
}


def prepare() -> list[str]:
    """Creates all pages if there are none; otherwise only missing ones that other pages link to.

    What editors changed or deleted stays that way. Returns one sentence per page created.
    """
    present = set(Page.objects.values_list("slug", flat=True))
    wanted = Page.LINKED if present else tuple(DEFAULTS)
    made = []
    for position, (slug, title) in enumerate(DEFAULTS.items(), start=1):
        if slug in wanted and slug not in present:
            Page.objects.create(slug=slug, title=title, body=text(slug), position=position * 10)
            made.append(f"Halaman /{slug} dibuat.")
    return made


def text(slug: str) -> str:
    """The initial text of a page as HTML, with the city's name, contact and choices from the settings."""
    template = Engine.get_default().from_string((_TEXTS / f"{slug}.html").read_text(encoding="utf-8"))
    comment_settings = {"data_days": settings.COMMENT_DATA_DAYS, "channel": settings.COMPLAINT_CHANNEL}
    return template.render(Context({"city_name": settings.CITY_NAME, **comment_settings, **SITE}))
