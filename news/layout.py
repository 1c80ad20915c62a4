"""What is the same on every page: the beginning of <head>, navigation, emergencies, footer. One query, kept for
seconds."""

from django.core.cache import cache
from django.db.models import F, Value
from django.template.loader import render_to_string

from news.models import Category, Notice, Page
from news.paths import category_path, page_path

CACHE_SECONDS = 15  # seconds, in each process: how late an emergency may show
EMERGENCIES = 3  # more would push the news off a phone's screen
OFFICE_PAGES = 20
PARTS = ("head", "navigation", "emergency", "footer")  # templates/news/_head.html and so on


def layout(context: dict) -> dict[str, str]:
    """HTML by the names in PARTS, for the template tag. The page that asks only lends its request to the context
    processors: what the parts show must not depend on it, since the next pages get the same."""
    return cache.get_or_set("layout", lambda: _rendered(context["request"]), CACHE_SECONDS) or {}


def _rendered(request) -> dict[str, str]:
    categories, pages, notices = [], [], []
    for kind, _, name, address, text in sorted(_rows()):
        if kind == "category":
            categories.append((category_path(address), name))
        elif kind == "page":
            pages.append((page_path(address), name))
        else:
            notices.append({"title": name, "link": address, "text": text})
    context = {"categories": categories, "pages": pages, "notices": notices}
    return {part: render_to_string(f"news/_{part}.html", context, request) for part in PARTS}


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
