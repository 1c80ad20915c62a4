"""An article's page before readers can see it, made by the same template as theirs."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from news import markup, outline
from news.article_page import OWN, Link, ShownArticle
from news.documents import ShownDocument
from news.models import Article, Tag
from news.paths import category_path, tag_path
from news.photos import ShownPhoto


def page(request: HttpRequest, article: Article, tags: Iterable[Tag], about: str) -> HttpResponse:
    """The page, with the sentence `about` above it. Never cached, never indexed; it counts no view, and the addresses
    that it leads to do not learn its own."""
    body, headings = outline.outlined(markup.shown(article.body))
    shown = _shown(article)
    context = {
        "article": shown,
        "description": shown.description,
        "body": body,
        "headings": headings,
        "minutes": outline.minutes(article.body),
        "documents": shown.documents,
        "tags": [Link(tag.name, tag_path(tag.slug)) for tag in tags],
        "preview": about,
    }
    response = render(request, "news/article.html", context)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _shown(article: Article) -> ShownArticle:
    category = article.category if article.category_id else None
    own = {name: getattr(article, name) for name in OWN}
    own["published_at"] = own["published_at"] or timezone.now()
    return ShownArticle(
        **own,
        changed_at=own["published_at"],
        revised_at=None,
        district=article.district.name if article.district else "",
        reads=0,
        category=Link(category.name, category_path(category.slug)) if category else Link("Kategori", ""),
        photo=_photo(article),
        documents=_documents(article) if article.pk else [],
    )


def _photo(article: Article) -> ShownPhoto | None:
    if article.photo is None:
        return None
    return ShownPhoto(*(getattr(article.photo, name) for name in ShownPhoto._fields))


def _documents(article: Article) -> list[ShownDocument]:
    columns = ShownDocument.__dataclass_fields__
    return [ShownDocument(*row) for row in article.documents.order_by("pk").values_list(*columns)]
