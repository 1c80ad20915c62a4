"""The search finds the newest articles with the words, however they are spread over time, categories and districts."""

import random
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news.models import Article, District
from news.search import indexing, newest, query
from news.search.places import EVERYWHERE, Narrowing
from news.web.dates import ZONE
from tests.make import make_article, make_category

pytestmark = pytest.mark.django_db

NUMBER = 7  # hits that are asked for


@pytest.fixture
def archive():
    """200 articles of twelve years, with words that are frequent, rare, or of another time or category."""
    rng = random.Random(5)
    categories = [make_category(name) for name in ("Ekonomi", "Kesehatan")]
    districts = [District.objects.create(name=name, slug=name) for name in ("neglasari", "periuk")] + [None]
    now = timezone.now()
    articles = []
    for number in range(200):
        category, district = rng.choice(categories), rng.choice(districts)
        words = {"pasar", *rng.choices(["taman", "sungai"], k=2)} | ({"langka"} if number % 90 == 7 else set())
        words |= {"covid"} if number > 120 else {"digital"}
        words |= {"dokter"} if category == categories[1] else set()
        title = " ".join(sorted(words))
        article = Article(title=title, slug="x", body="<p>x</p>", category=category, district=district)
        article.status, article.published_at = Article.Status.PUBLISHED, now - timedelta(days=22 * number + 1)
        article.title_stems, article.body_stems, article.search = indexing.indexed(title, "")
        articles.append(article)
    articles[3].published_at = articles[4].published_at  # which of them is newer, their ids decide
    articles[5].status = articles[150].status = Article.Status.DRAFT
    Article.objects.bulk_create(articles)
    return categories, districts


def narrowings(categories, districts):
    first, after = datetime(2019, 1, 1, tzinfo=ZONE), datetime(2021, 1, 1, tzinfo=ZONE)
    yield from (EVERYWHERE, Narrowing(first=first, after=after))
    for category in categories:
        yield from (Narrowing(category.pk), Narrowing(category.pk, None, first, after))
        yield from (Narrowing(category.pk, district.pk) for district in districts if district)
    yield Narrowing(district=districts[0].pk)


@pytest.mark.parametrize("expected", [newest.UNKNOWN, newest.Expected(5_000, 100), newest.Expected(9, 9)])
def test_a_search_finds_what_reading_all_articles_finds(archive, expected):
    """However many it expects: what was counted is old, and words that often meet are found in fewer articles."""
    published = Article.objects.published()
    for text in ("pasar", "covid", "langka", "dokter", "taman sungai", "covid dokter", "pasar -taman", "zzz"):
        sought = query.parse(text).indexed()
        for within in narrowings(*archive):
            every = (
                published.filter(within.condition, search=query.tsquery(text))
                .newest_first()
                .values_list("pk", flat=True)
            )
            found = newest.newest(published, sought, NUMBER, within, expected)
            assert found == list(every[:NUMBER]), (text, within)


def test_an_article_of_1900_and_one_of_another_stretch_are_found_there():
    oldest = make_article(title="Pasar lama", published_at=datetime(1900, 1, 1, 12, tzinfo=ZONE))
    article, other = make_article(title="Pasar"), make_category("Lain")
    Article.objects.filter(pk=article.pk).update(category=other, published_at=datetime(1999, 5, 5, tzinfo=ZONE))

    def found(within):
        return newest.newest(Article.objects.published(), query.parse("pasar").indexed(), 9, within)

    assert found(EVERYWHERE) == [article.pk, oldest.pk]
    assert found(Narrowing(category=other.pk)) == [article.pk]
    assert found(Narrowing(category=oldest.category_id)) == [oldest.pk]


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "pasar"},
        {"q": '"pasar sungai"'},
        {"q": "pasar -taman", "urut": "terbaru"},
        {"q": "apa covid pasar zzz"},
        {"q": "taman", "kategori": "ekonomi", "kecamatan": "periuk", "tahun": "2020"},
    ],
)
def test_no_search_reads_all_articles(archive, client, asked):
    client.get("/cari", {"q": "x"})  # what all pages share is read now
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as made:
        assert client.get("/cari", asked).status_code == 200
        cursor.execute("ANALYZE news_article")
        cursor.execute(AS_OF_A_MILLION)
        plans = [
            plan for each in list(made) if "news_article" in each["sql"] for plan in plans_of(cursor, each["sql"])
        ]
    assert any("article_search" in plan for plan in plans), plans
    assert not [plan for plan in plans if "Seq Scan on news_article" in plan]
    assert [plan for plan in plans if "Index Cond: ((array_remove(" in plan]  # first by place


# The planner then takes the table for a large one.
AS_OF_A_MILLION = """
    UPDATE pg_class SET relpages = pg_relation_size(oid) / 8192, reltuples = 1000000
    WHERE oid = 'news_article'::regclass
"""


def plans_of(cursor, sql):
    if sql.lstrip().startswith(("SELECT", "WITH", "(")):
        cursor.execute(f"EXPLAIN {sql}")
        yield "\n".join(line for (line,) in cursor.fetchall())
