"""The portal's own texts for the office pages, filled with the settings of today: names, contacts, periods.

A page follows them until an editor changes its text (news.models.Page.text)."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.template import Context, Engine, Template

from news import markup

_TEXTS = Path(__file__).parent

TITLES = {  # by slug, in the footer's order; the texts are SLUG.html in this folder
    "tentang": "Tentang",
    "kontak": "Kontak",
    "redaksi": "Redaksi",
    "pedoman-media-siber": "Pedoman media siber",
    "pedoman-komentar": "Pedoman komentar",
    "kebijakan-privasi": "Kebijakan privasi",
    "aksesibilitas": "Aksesibilitas",
}


def text(slug: str) -> str:
    """The text as sanitised HTML. `slug` is one of TITLES."""
    values = {
        "city_name": settings.CITY_NAME,
        "site_name": settings.SITE_NAME,
        "publisher": settings.PUBLISHER,
        "contact_email": settings.CONTACT_EMAIL,
        "office": settings.OFFICE,
        "channel": settings.COMPLAINT_CHANNEL,
        "are_backups_kept": settings.BACKUP_DIR is not None,
        "data_days": settings.COMMENT_DATA_DAYS,
        "second_person": settings.REVIEW_BY_SECOND_PERSON,
    }
    return markup.sanitise(_template(slug).render(Context(values)))


@cache
def _template(slug: str) -> Template:
    return Engine.get_default().from_string((_TEXTS / f"{slug}.html").read_text(encoding="utf-8"))
