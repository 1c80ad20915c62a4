"""Makes an archive of any size and picks addresses of full pages of each kind in it."""

from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Model, QuerySet
from django.db.models.functions import TruncMonth

from news.models import Article, Category, Tag
from news.search.query import tsquery

PAGE = 20  # articles on a page of a list


def make_archive(number: int) -> None:
    call_command("make_archive", str(number))


def pages() -> dict[str, list[str]]:
    """Addresses by kind of page, chosen to show the same amount of content in an archive of any size."""
    published = Article.objects.published()
    pks = list(published.order_by("pk").values_list("pk", flat=True))
    some = published.filter(pk__in=pks[:: max(1, len(pks) // 300)]).only("slug")
    return {
        "home": ["/"],
        "article": [each.get_absolute_url() for each in some],
        **_tag_pages(),
        "category": [_filled(Category, "category")[0][0].get_absolute_url()],
        "archive month": [_busiest_month(published)],
        **_searches(published),
        "most read": ["/populer"],
        "admin, articles": ["/admin/news/article/"],
    }


def _tag_pages() -> dict[str, list[str]]:
    tags = _filled(Tag, "tags")
    middle = (tags[0][1] * tags[-1][1]) ** 0.5
    return {
        "tag, common": [tags[0][0].get_absolute_url()],
        "tag, middle": [min(tags, key=lambda each: abs(each[1] - middle))[0].get_absolute_url()],
        "tag, rare": [tags[-1][0].get_absolute_url()],
    }


def _filled(model: type[Model], field: str) -> list[tuple]:
    """(row, number of published articles) of the tags or categories that fill a page, the most used first."""
    counts = Article.objects.published().values_list(field).annotate(number=Count("pk")).filter(number__gt=PAGE)
    ranked = sorted(counts, key=lambda row: -row[1])
    rows = model._default_manager.in_bulk([pk for pk, _ in ranked])
    return [(rows[pk], number) for pk, number in ranked if pk]


def _busiest_month(published: QuerySet) -> str:
    months = published.annotate(month=TruncMonth("published_at")).values_list("month").annotate(Count("pk"))
    month, _ = months.order_by("-pk__count", "month")[0]
    return f"/arsip/{month.year}/{month.month}"


def _searches(published: QuerySet) -> dict[str, list[str]]:
    first, second, rare = _search_terms(published)
    return {
        "search, common": [f"/cari?q={first}"],
        "search, rare": [f"/cari?q={rare}"],
        "search, absent": ["/cari?q=xqzkwy"],
        "search, two words": [f"/cari?q={first}+{second}"],
    }


def _search_terms(published: QuerySet) -> list[str]:
    """Words from titles: the two that find the most articles, and one that finds about ten."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM ts_stat($$SELECT to_tsvector('simple', title) FROM news_article$$)"
            " WHERE word ~ '^[a-z]{5,}$' ORDER BY ndoc DESC, word"
        )
        words = [word for (word,) in cursor.fetchall() if tsquery(word)]

    def hits(word: str) -> int:
        return published.filter(search=tsquery(word)).count()

    common = sorted(words[:8], key=hits, reverse=True)[:2]
    rare = min(words[-40:], key=lambda word: abs(hits(word) - 10))
    return [*common, rare]
