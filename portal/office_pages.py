"""Creates the office pages of a new portal, and finds out which pages of an older one nobody has edited."""

from datetime import timedelta
from difflib import SequenceMatcher

from news.models import Page
from news.office_texts import TITLES, text

_TOGETHER = timedelta(minutes=1)  # the first start creates all pages within it
_SIMILAR = 0.5  # of the words; the texts of earlier releases have more in common with today's


def prepare() -> list[str]:
    """Creates all pages if there are none; otherwise only missing ones that other pages link to.

    What editors changed or deleted stays that way; the other pages get the text of today. Returns one sentence per
    page created.
    """
    present = {page.slug: page for page in Page.objects.all()}
    _recognise([page for slug, page in present.items() if slug in TITLES and page.portal_text is None])
    for slug, page in present.items():
        if page.follows_portal and page.body != text(slug):
            page.write_portal_text()
    wanted = Page.LINKED if present else tuple(TITLES)
    made = []
    for position, (slug, title) in enumerate(TITLES.items(), start=1):
        if slug in wanted and slug not in present:
            Page(slug=slug, title=title, position=position * 10).write_portal_text()
            made.append(f"Halaman /{slug} dibuat.")
    return made


def _recognise(pages: list[Page]) -> None:
    """Decides about pages of a release that did not note who had written a text.

    Nobody's page was last changed when it was made, together with another one. `changed_by` alone would not do: it is
    empty, too, when the editor's account was deleted."""
    for page in pages:
        together = [each for each in pages if abs(each.updated_at - page.updated_at) < _TOGETHER]
        is_untouched = page.changed_by_id is None and len(together) > 1 and _is_similar(page.body, text(page.slug))
        page.mark_text(by_portal=is_untouched or page.body == text(page.slug))


def _is_similar(old: str, new: str) -> bool:
    return SequenceMatcher(None, old.split(), new.split(), autojunk=False).ratio() >= _SIMILAR
