"""Makes an archive of any size and picks addresses of full pages of each kind in it."""

from collections import Counter
from functools import cache

from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Model, QuerySet
from django.db.models.functions import TruncMonth

from comments.models import Comment
from news import reports
from news.models import Article, Category, Tag
from news.models.articles import SITEMAP_PART
from news.search.find import CANDIDATES
from news.search.query import tsquery

PAGE = 20  # articles on a page of a list
PART = "sitemap part, a row"


def make_archive(number: int) -> None:
    call_command("make_archive", str(number))
    add_up_days()


def add_up_days() -> None:
    """As the worker has in a portal that has grown, and does every minute."""
    while reports.add_up_days():
        pass


def pages() -> dict[str, list[str]]:
    """Addresses by kind of page, chosen to show the same amount of content in an archive of any size."""
    published = Article.objects.published()
    terms = _search_terms(published)
    pks = list(published.order_by("pk").values_list("pk", flat=True))
    some = published.filter(pk__in=pks[:: max(1, len(pks) // 300)]).only("slug")
    return {
        "home": ["/"],
        "article": [each.get_absolute_url() for each in some],
        **_tag_pages(),
        "category": [_filled(Category, "category")[0][0].get_absolute_url()],
        "archive month": [_busiest_month(published)],
        **_searches(*terms),
        "most read": ["/populer"],
        "feed": ["/feed"],
        "comments": _busiest_articles(),
        "archive": ["/arsip"],
        "sitemap": ["/sitemap.xml"],
        PART: ["/sitemap-0.xml"],
        **_newsroom(*terms),
    }


def rows() -> dict[str, int]:
    """Of the pages whose cost counts by row."""
    return {PART: Article.objects.published().filter(pk__lt=SITEMAP_PART).count()}


def _busiest_articles() -> list[str]:
    most = Comment.objects.visible().values("article").annotate(number=Count("pk")).order_by("-number")[:5]
    return [f"/berita/{each['article']}/komentar" for each in most]


def _newsroom(first: str, second: str, rare: str) -> dict[str, list[str]]:
    """Addresses of the admin's lists, searches and other pages."""
    articles, comments = "/admin/news/article/", "/admin/comments/comment/"
    photos, tags, decisions = "/admin/news/photo/", "/admin/news/tag/", "/admin/comments/decision/"
    busy, quiet = (_filled(Category, "category")[place][0].pk for place in (0, -1))
    category = "category__id__exact"
    asked = "app_label=news&model_name=article&field_name"
    lists = {
        "desk": "/admin/",
        "articles": articles,
        "articles, page 9": f"{articles}?p=9",
        "articles, published": f"{articles}?status__exact=published",
        "articles, common category": f"{articles}?{category}={busy}",
        "articles, rare category": f"{articles}?{category}={quiet}",
        "articles, tag": f"{articles}?tag={_filled(Tag, 'tags')[-1][0].slug}",
        "articles, writer": f"{articles}?penulis={_writer()}",
        "articles, this year": f"{articles}?kurun=tahun-ini",
        "articles, common word": f"{articles}?q={first}",
        "articles, two words": f"{articles}?q={first}+{second}",
        "articles, rare word": f"{articles}?q={rare}",
        "articles, absent word": f"{articles}?q=xqzkwy",
        "comments": comments,
        "comments, rejected": f"{comments}?status__exact=rejected",
        "comments, answers": f"{comments}?penulis=dinas",
        "comments, common word": f"{comments}?q=tempat",
        "comments, absent word": f"{comments}?q=xqzkwy",
        "queue": f"{comments}antrean/",
        "signals": f"{comments}tanda/",
        "decisions": decisions,
        "decisions, rejected": f"{decisions}?verb__exact=reject",
        "decisions, erased": f"{decisions}?verb__exact=erase",
        "photos": photos,
        "photos, common word": f"{photos}?q=suasana",
        "photos, absent word": f"{photos}?q=xqzkwy",
        "photos, library": f"{photos}pustaka/?q=warga",
        "tags": tags,
        "tags, word": f"{tags}?q=posyandu",
        "tags, autocomplete": f"/admin/autocomplete/?term=pos&{asked}=tags",
        "articles, autocomplete": f"/admin/autocomplete/?term={first}&{asked}=related_pinned",
        "missing addresses": "/admin/news/missingpath/",
        "statistics": f"{articles}{Article.objects.published().order_by('pk').last().pk}/statistik/",
        "reports": "/admin/laporan/",
        "trail": "/admin/audit/entry/",
    }
    return {f"admin, {name}": [address] for name, address in lists.items()}


def _writer() -> str:
    """The part of writers' names that most articles have: as in a newsroom of any age, more than fit on a page."""
    authors = Article.objects.values_list("author").annotate(number=Count("pk"))
    numbers = Counter[str]()
    for author, number in authors:
        for word in author.split():
            numbers[word] += number * word.isalpha()
    return numbers.most_common(1)[0][0]


def _tag_pages() -> dict[str, list[str]]:
    tags = _filled(Tag, "tags")
    middle = (tags[0][1] * tags[-1][1]) ** 0.5
    return {
        "tag, common": [tags[0][0].get_absolute_url()],
        "tag, middle": [min(tags, key=lambda each: abs(each[1] - middle))[0].get_absolute_url()],
        "tag, rare": [tags[-1][0].get_absolute_url()],
    }


@cache
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


def _searches(first: str, second: str, rare: str) -> dict[str, list[str]]:
    return {
        "search, common": [f"/cari?q={first}"],
        "search, rare": [f"/cari?q={rare}"],
        "search, absent": ["/cari?q=xqzkwy"],
        "search, two words": [f"/cari?q={first}+{second}"],
    }


def _search_terms(published: QuerySet) -> list[str]:
    """Words from titles: the two that find the most articles, and one that finds about as many as are ranked, whatever
    the size of the archive: in a large one it is rare."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM ts_stat($$SELECT to_tsvector('simple', title) FROM news_article$$)"
            " WHERE word ~ '^[a-z]{5,}$' ORDER BY ndoc DESC, word"
        )
        words = [word for (word,) in cursor.fetchall() if tsquery(word)]

    def hits(word: str) -> int:
        return published.filter(search=tsquery(word)).count()

    common = sorted(words[:8], key=hits, reverse=True)[:2]
    some = [*words[8 :: max(1, len(words) // 60)], *words[-40:]]
    rare = min(some, key=lambda word: abs(hits(word) - 1.5 * CANDIDATES))
    return [*common, rare]
