"""The articles on each user's desk: what waits for an editor, and what a writer has begun."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from news.models import Article, PublishedAlone
from news.web import dates
from news.web.admin import person_name

SHOWN = 5  # articles of each list; the rest is behind the link
COUNTED = timedelta(days=30)  # publications without a second person


class Entry(NamedTuple):
    article: Article
    address: str
    about: str  # time and person
    note: str  # what an editor asks to change; "" if nothing


class Part(NamedTuple):
    title: str
    address: str  # of the whole list
    number: str
    entries: list[Entry]


def counts_of(user) -> Iterator[tuple[str, str, str]]:
    """Label, address and number of each list of articles that concerns this user."""
    if user.has_perm("news.publish_article"):
        articles = Article.objects
        yield "Menunggu tinjauan", _list(Article.Status.REVIEW), at_most_100(articles.awaiting_review())
        yield "Terjadwal", _list("scheduled"), at_most_100(articles.scheduled())
        yield "Draf", _list(Article.Status.DRAFT), at_most_100(articles.drafts())
    if user.has_perm("news.view_publishedalone"):
        alone = at_most_100(PublishedAlone.objects.filter(at__gte=timezone.now() - COUNTED))
        if settings.REVIEW_BY_SECOND_PERSON or alone != "0":
            address = reverse("admin:news_publishedalone_changelist")
            yield f"Terbit tanpa pemeriksa kedua, {COUNTED.days} hari", address, alone


def articles_of(user) -> list[Part]:
    """What waits for this user, with the first articles of each list; lists without any are left out."""
    parts = []
    if user.has_perm("news.publish_article"):
        review, scheduled = Article.objects.awaiting_review(), Article.objects.scheduled()
        parts.append(_part("Menunggu tinjauan", _list(Article.Status.REVIEW), review.order_by("updated_at", "id")))
        parts.append(_part("Terjadwal", _list("scheduled"), scheduled.order_by("published_at", "id")))
    if user.has_perm("news.add_article"):
        own = Article.objects.unfinished_of(user).order_by("-updated_at", "-id")
        drafts, mine = own.drafts(), {"punya": "saya"}
        of_drafts = _list(Article.Status.DRAFT, **mine)
        parts.append(_part("Punya saya: dikembalikan, perlu diubah", of_drafts, drafts.handed_back()))
        parts.append(_part("Punya saya: draf", of_drafts, drafts.filter(review_note="")))
        of_review = _list(Article.Status.REVIEW, **mine)
        parts.append(_part("Punya saya: menunggu tinjauan", of_review, own.awaiting_review()))
    return [part for part in parts if part.entries]


def at_most_100(queryset) -> str:
    number = queryset[:101].count()
    return "100+" if number > 100 else str(number)


def _part(title: str, address: str, articles) -> Part:
    shown = articles.for_list().select_related("created_by", "returned_by")[:SHOWN]
    return Part(title, address, at_most_100(articles), [_entry(article) for article in shown])


def _entry(article: Article) -> Entry:
    address = reverse("admin:news_article_change", args=[article.pk])
    if article.is_handed_back and article.returned_at:
        who, when = person_name(article.returned_by), f"dikembalikan {dates.date_and_time(article.returned_at)}"
        return Entry(article, address, f"{when} oleh {who}" if who else when, article.review_note)
    if article.is_scheduled and article.published_at:
        return Entry(article, address, f"terbit {dates.date_and_time(article.published_at)}", "")
    who, when = person_name(article.created_by), f"diubah {dates.date_and_time(article.updated_at)}"
    return Entry(article, address, f"oleh {who}, {when}" if who else when, "")


def _list(status: str, **more: str) -> str:
    return reverse("admin:news_article_changelist", query={"status__exact": status, **more})
