"""What the portal shows while it is measured. Each command runs in the portal's Django and prints JSON:

articles NUMBER  articles with 20 comments, 5 related, 3 tags and a picture; their addresses
pages            the addresses of the kinds of pages of an archive, by kind
cookie           of a logged-in administrator
queries          how many queries an article page makes, by what stands on it
photo ROUNDS     milliseconds of CPU that saving a photo of 12 megapixels takes, and plain Pillow with it, by rounds
"""

import io
import json
import os
import sys
import time
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.db.models.functions import TruncMonth  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402
from PIL import Image, ImageChops  # noqa: E402
from words import Words  # noqa: E402

from comments.models import Comment  # noqa: E402
from news import photos
from news.models import (  # noqa: E402
    Article,
    ArticleViews,
    Category,
    DailyViews,
    Photo,
    RelatedArticle,
    Tag,
)
from news.search.query import tsquery  # noqa: E402
from portal.samples import pictures  # noqa: E402

PAGE = 20  # articles of a page of a list


def main(command: str, *arguments: str):
    print(json.dumps(COMMANDS[command](*arguments)))


# ---- Articles as the article page is measured with


def articles(number: str) -> list[str]:
    if Article.objects.count() < int(number):
        _fill(int(number))
        vacuum()
    return [each.get_absolute_url() for each in Article.objects.order_by("pk").only("slug")[: int(number)]]


def _fill(number: int):
    words, now = Words(), timezone.now()
    categories = Category.objects.bulk_create(
        Category(name=f"{words.some(1)} {turn}".capitalize(), slug=f"kategori-{turn}") for turn in range(8)
    )
    tags = Tag.objects.bulk_create(Tag(name=f"{words.some(2)} {turn}", slug=f"tag-{turn}") for turn in range(40))
    pictures_of_articles = Photo.objects.bulk_create(
        Photo(
            name=f"foto/2024/11/{turn:016x}",
            width=1600,
            height=1067,
            alt_text=words.some(8),
            caption=words.some(10),
            credit=words.some(2),
            edition=photos.EDITION,
        )
        for turn in range(number)
    )
    # Not through save(): the stems, which no page here reads, would take a minute.
    made = Article.objects.bulk_create(
        Article(
            title=words.title(),
            slug="-".join(words.some(8).split()),
            body=words.body(),
            status=Article.Status.PUBLISHED,
            published_at=now - timedelta(hours=turn + 1),
            category=categories[turn % len(categories)],
            photo=photo,
            author=words.some(2),
            related_due_at=now + timedelta(days=30),
        )
        for turn, photo in enumerate(pictures_of_articles)
    )
    for article in made:
        article.tags.set(words.random.sample(tags, 3))
    comments = (
        Comment(
            article=article,
            name=words.some(2),
            text=words.comment(),
            status=Comment.Status.APPROVED,
            created_at=now - timedelta(minutes=turn),
        )
        for article in made
        for turn in range(20)
    )
    Comment.objects.bulk_create(comments, batch_size=1_000)  # a statement takes 65,535 parameters
    RelatedArticle.objects.bulk_create(
        RelatedArticle(article=article, target=made[(turn + 7 * rank) % number], rank=rank)
        for turn, article in enumerate(made)
        for rank in range(1, 6)
    )
    ArticleViews.objects.bulk_create(
        ArticleViews(article=each, counted=words.random.randrange(10_000)) for each in made
    )
    DailyViews.objects.bulk_create(
        DailyViews(article=each, day=timezone.localdate(), views=words.random.randrange(1, 2_000)) for each in made
    )


def vacuum():
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


# ---- Pages of an archive


def pages() -> dict[str, list[str]]:
    """Full pages of each kind, so that an archive of any size shows as much on them."""
    published = Article.objects.published()
    pks = list(published.order_by("pk").values_list("pk", flat=True))
    some = published.filter(pk__in=pks[:: max(1, len(pks) // 300)]).only("slug")
    tags = _filled(Tag, "tags")
    middle = (tags[0][1] * tags[-1][1]) ** 0.5
    month, _ = (
        published.annotate(month=TruncMonth("published_at")).values_list("month").annotate(Count("pk"))
        .order_by("-pk__count", "month").first()
    )  # fmt: skip
    words = _words(published)
    return {
        "home": ["/"],
        "article": [each.get_absolute_url() for each in some],
        "tag, common": [tags[0][0].get_absolute_url()],
        "tag, middle": [min(tags, key=lambda each: abs(each[1] - middle))[0].get_absolute_url()],
        "tag, rare": [tags[-1][0].get_absolute_url()],
        "category": [_filled(Category, "category")[0][0].get_absolute_url()],
        "archive month": [f"/arsip/{month:%Y/%m}"],
        "search, common": [f"/cari?q={words[0]}"],
        "search, rare": [f"/cari?q={words[-1]}"],
        "search, absent": ["/cari?q=xqzkwy"],
        "search, two words": [f"/cari?q={words[0]}+{words[1]}"],
        "most read": ["/populer"],
        "admin, articles": ["/admin/news/article/"],
    }


def _filled(model, field: str) -> list[tuple]:
    """(row, its published articles) of the tags or categories that fill a page, the most used first."""
    counts = Article.objects.published().values_list(field).annotate(number=Count("pk")).filter(number__gt=PAGE)
    counts = sorted(counts, key=lambda row: -row[1])
    rows = model.objects.in_bulk([pk for pk, _ in counts])
    return [(rows[pk], number) for pk, number in counts if pk]


def _words(published) -> list[str]:
    """Words of titles by the number of articles they find: the two most common, and a rare one that finds few."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM ts_stat($$SELECT to_tsvector('simple', title) FROM news_article$$)"
            " WHERE word ~ '^[a-z]{5,}$' ORDER BY ndoc DESC, word"
        )
        words = [word for (word,) in cursor.fetchall() if tsquery(word)]

    def hits(word):
        return published.filter(search=tsquery(word)).count()

    common = sorted(words[:8], key=hits, reverse=True)[:2]
    rare = min(words[-40:], key=lambda word: abs(hits(word) - 10))
    return [*common, rare]


# ---- The rest


def cookie() -> str:
    User = get_user_model()
    user = User.objects.filter(username="bench").first() or User.objects.create_superuser("bench")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def queries() -> dict[str, int]:
    few, many, cold = Article.objects.published().order_by("pk")[:3]
    words = Words()
    for article, number in ((few, 1), (many, 30), (cold, 30)):
        tags = [
            Tag.objects.get_or_create(name=f"uji {turn}", defaults={"slug": f"uji-{turn}"})[0]
            for turn in range(number)
        ]
        article.tags.set(tags)
        article.comments.all().delete()
        Comment.objects.bulk_create(
            Comment(article=article, name=words.some(2), text=words.comment(), status=Comment.Status.APPROVED)
            for _ in range(number)
        )
    counts = {}
    for name, article in (
        ("nothing cached, 30 comments and tags", cold),
        ("1 comment, 1 tag", few),
        ("30 comments and tags", many),
    ):
        with CaptureQueriesContext(connection) as made:
            response = Client().get(article.get_absolute_url(), headers={"host": "127.0.0.1"})
        assert response.status_code == 200
        counts[name] = len(made)
    return counts


def photo(rounds: str) -> list[tuple[float, float]]:
    with Image.open(pictures.path("jembatan")) as picture:
        scene = picture.convert("RGB").resize((4032, 3024))
    grain = Image.effect_noise(scene.size, 14).convert("RGB")  # as of a phone's sensor; without it all is too easy
    upload = io.BytesIO()
    ImageChops.add(scene, grain, 1, -128).save(upload, "JPEG", quality=92)

    def save():
        stored = photos.store(upload)
        photos.delete(stored.name, stored.width)

    def plain():
        with Image.open(upload) as picture:
            picture.resize((1600, 1200), Image.Resampling.LANCZOS).save(io.BytesIO(), "JPEG")

    def cost(work) -> float:
        upload.seek(0)
        before = time.process_time()
        work()
        return (time.process_time() - before) * 1000

    return [(cost(save), cost(plain)) for _ in range(int(rounds))]


COMMANDS = {each.__name__: each for each in (articles, pages, cookie, queries, photo)}

if __name__ == "__main__":
    main(*sys.argv[1:])
