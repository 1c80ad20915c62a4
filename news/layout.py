"""What stands around every page: navigation, emergencies, the office's pages. One query, kept for seconds."""

from django.core.cache import cache
from django.db.models import F, Value
from django.template.loader import render_to_string

from news.models import Category, Notice, Page
from news.paths import category_path, page_path
from news.pieces import link_items

CACHE_SECONDS = 15  # seconds, in each process: how late an emergency may show
EMERGENCIES = 3  # more would push the news off a phone's screen
OFFICE_PAGES = 20


def frame() -> dict[str, str]:
    """HTML by place: "navigation" and "office" are list items, "emergency" a banner or nothing."""
    return cache.get_or_set("layout", _make, CACHE_SECONDS) or {}


def _make() -> dict[str, str]:
    categories, pages, notices = [], [], []
    for kind, _, name, address, text in sorted(_rows()):
        if kind == "category":
            categories.append((category_path(address), name))
        elif kind == "page":
            pages.append((page_path(address), name))
        else:
            notices.append(Notice(title=name, link=address, text=text))
    return {
        "navigation": link_items(categories),
        "office": link_items(pages),
        "emergency": render_to_string("news/_emergency.html", {"notices": notices}),
    }


def _rows():
    """Rows (kind, place among its kind, title, slug or link, text)."""
    categories = Category.objects.in_navigation()
    pages = Page.objects.filter(in_footer=True)
    emergencies = Notice.objects.current().filter(kind=Notice.Kind.EMERGENCY)
    return categories.values_list(Value("category"), "position", "name", "slug", Value("")).union(
        pages.values_list(Value("page"), "position", "title", "slug", Value(""))[:OFFICE_PAGES],
        emergencies.values_list(Value("notice"), F("id") * -1, "title", "link", "text")[:EMERGENCIES],
        all=True,
    )
