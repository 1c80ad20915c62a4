"""The articles for measuring the article page, each with 20 comments, 5 related articles, 3 tags and a photo."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.filler_text import FillerText
from comments.models import Comment
from news import photos
from news.models import Article, ArticleViews, Category, DailyViews, Photo, RelatedArticle, Tag

COMMENTS, RELATED, TAGS = 20, 5, 3


def addresses() -> list[str]:
    return [each.get_absolute_url() for each in Article.objects.order_by("pk").only("slug")]


def lists() -> dict[str, list[str]]:
    """Addresses of the pages that list articles or comments, by kind."""
    days = [timezone.localtime(each) for each in Article.objects.published().datetimes("published_at", "day")]
    full = days[1:-1] or days  # the first and the last one may hold few articles
    articles = Article.objects.order_by("pk").values_list("pk", flat=True)
    return {
        "home": ["/"],
        "Terpopuler": ["/populer"],
        "feed": ["/feed"],
        "tag": [each.get_absolute_url() for each in Tag.objects.all()],
        "category": [each.get_absolute_url() for each in Category.objects.all()],
        "index": ["/berita"],
        "month": sorted({f"/arsip/{day.year}/{day.month}" for day in full}),
        "day": [f"/arsip/{day.year}/{day.month}/{day.day}" for day in full],
        "comments": [f"/berita/{pk}/komentar" for pk in articles],
    }


def cookie() -> str:
    """The Cookie header of a logged-in administrator."""
    User = get_user_model()
    user = User.objects.filter(username="bench").first() or User.objects.create_superuser("bench")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


# ---- Filling


def fill(number: int) -> None:
    text = FillerText()
    made = _articles(text, number)
    tags = Tag.objects.bulk_create(Tag(name=f"{text.some(2)} {turn}", slug=f"tag-{turn}") for turn in range(40))
    for article in made:
        article.tags.set(text.random.sample(tags, TAGS))
    _add_comments(text, made)
    RelatedArticle.objects.bulk_create(
        RelatedArticle(article=article, target=made[(turn + 7 * rank) % number], rank=rank)
        for turn, article in enumerate(made)
        for rank in range(1, RELATED + 1)
    )
    ArticleViews.objects.bulk_create(
        ArticleViews(article=each, counted=text.random.randrange(10_000)) for each in made
    )
    DailyViews.objects.bulk_create(
        DailyViews(article=each, day=timezone.localdate(), views=text.random.randrange(1, 2_000)) for each in made
    )


def _articles(text: FillerText, number: int) -> list[Article]:
    """Bypasses save(): computing stems would take a minute, and no page here reads them."""
    now = timezone.now()
    categories = Category.objects.bulk_create(
        Category(name=f"{text.some(1)} {turn}".capitalize(), slug=f"kategori-{turn}") for turn in range(8)
    )
    return Article.objects.bulk_create(
        Article(
            title=text.title(),
            slug="-".join(text.some(8).split()),
            body=text.body(),
            status=Article.Status.PUBLISHED,
            published_at=now - timedelta(hours=turn + 1),
            category=categories[turn % len(categories)],
            photo=photo,
            author=text.some(2),
            related_due_at=now + timedelta(days=30),
        )
        for turn, photo in enumerate(_photos(text, number))
    )


def _photos(text: FillerText, number: int) -> list[Photo]:
    """Rows without files: no page opens the files."""
    return Photo.objects.bulk_create(
        Photo(
            name=f"foto/2024/11/{turn:016x}",
            width=1600,
            height=1067,
            alt_text=text.some(8),
            caption=text.some(10),
            credit=text.some(2),
            edition=photos.EDITION,
        )
        for turn in range(number)
    )


def _add_comments(text: FillerText, articles: list[Article]) -> None:
    now = timezone.now()
    comments = (
        Comment(
            article=article,
            name=text.some(2),
            text=text.comment(),
            status=Comment.Status.APPROVED,
            created_at=now - timedelta(minutes=turn),
        )
        for article in articles
        for turn in range(COMMENTS)
    )
    Comment.objects.bulk_create(comments, batch_size=1_000)  # a statement takes at most 65,535 parameters


# ---- Queries


def queries() -> dict[str, int]:
    """The number of queries of an article page, by its content. Leaves the articles unchanged."""
    few, many, cold = Article.objects.published().order_by("pk")[:3]
    cases = {"nothing cached, 30 comments and tags": (cold, 30), "1 comment, 1 tag": (few, 1)}
    cases["30 comments and tags"] = (many, 30)
    with transaction.atomic():
        for article, number in cases.values():
            _set_comments_and_tags(article, number)
        counts = {name: _queries_of(article) for name, (article, _) in cases.items()}
        transaction.set_rollback(True)
    return counts


def _set_comments_and_tags(article: Article, number: int) -> None:
    text = FillerText()
    article.tags.set(
        Tag.objects.get_or_create(name=f"uji {turn}", defaults={"slug": f"uji-{turn}"})[0] for turn in range(number)
    )
    article.comments.all().delete()
    Comment.objects.bulk_create(
        Comment(article=article, name=text.some(2), text=text.comment(), status=Comment.Status.APPROVED)
        for _ in range(number)
    )


def _queries_of(article: Article) -> int:
    with CaptureQueriesContext(connection) as made:
        response = Client().get(article.get_absolute_url(), headers={"host": "127.0.0.1"})
    assert response.status_code == 200
    return len(made)
