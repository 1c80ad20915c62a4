"""What lies on each user's desk: articles and comments that wait for somebody, and how much is read."""

import textwrap
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from comments.models import Comment, Office
from news.models import Article, FailedSearch, MostRead, PublishedAlone
from news.pageviews import figures, most_read
from news.templatetags.news import number
from news.web import dates, plots
from news.web.admin import person_name

SHOWN = 5  # articles of each list; the rest is behind the link
COUNTED = timedelta(days=30)  # publications without a second person


class Entry(NamedTuple):
    title: str
    address: str
    about: str  # time and person
    note: str  # what an editor asks to change; "" if nothing


class Part(NamedTuple):
    title: str
    address: str  # of the whole list
    number: str
    entries: list[Entry]


class TopList(NamedTuple):
    title: str
    rows: list[tuple[str, str, str]]  # title, address, what it has so much of


class Figures(NamedTuple):
    title: str
    plots: list[tuple[str, str, plots.Plot]]  # title, unit
    lists: list[TopList]
    report: str  # the address of the whole report; "" if this user may not see it


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


def comments_of(user) -> list[Part]:
    """What waits for this user as a moderator, and for the own office; the next deadline, or the oldest, first."""
    parts = []
    if user.has_perm("comments.moderate_comment"):
        queue = Comment.objects.in_queue()
        parts.append(_comments("Tenggat terdekat", reverse("admin:comments_queue"), queue, _undecided))
    for office in Office.objects.written_by(user):
        waiting = Comment.objects.awaiting_answer([office]).order_by("forwarded_at", "id")
        address = reverse("admin:comments_answerable", args=[office.pk])
        parts.append(_comments(f"Menunggu jawaban {office}", address, waiting, partial(_unanswered, office)))
    return [part for part in parts if part.entries]


def _comments(title: str, address: str, comments, entry: Callable[[Comment], Entry]) -> Part:
    shown = comments.select_related("article").only(
        "text", "due_at", "forwarded_at", "article__title", "article__published_at"
    )
    return Part(title, address, at_most_100(comments), [entry(comment) for comment in shown[:SHOWN]])


def _undecided(comment: Comment) -> Entry:
    address = reverse("admin:comments_comment_change", args=[comment.pk])
    until = f", putuskan sebelum {dates.date_and_time(comment.due_at)}" if comment.due_at else ""
    return Entry(_beginning(comment.text), address, f"di “{comment.article.title}”{until}", "")


def _unanswered(office: Office, comment: Comment) -> Entry:
    address = reverse("admin:comments_answer", args=[office.pk, comment.pk])
    since = f", diteruskan {dates.date_and_time(comment.forwarded_at)}" if comment.forwarded_at else ""
    return Entry(_beginning(comment.text), address, f"di “{comment.article.title}”{since}", "")


def _beginning(text: str) -> str:
    return textwrap.shorten(text, 120, placeholder=" …")


def figures_of(user) -> Figures | None:
    """How much is read: of everything for editors, of their own articles for writers, nothing for others."""
    if user.has_perm("news.publish_article"):
        lists = [TopList(f"Terpopuler, {label}", _popular(period)) for period, label in _PERIODS.items()]
        if user.has_perm("news.view_failedsearch"):
            failed = FailedSearch.objects.of_the_last(timedelta(days=7))[:SHOWN]
            lists.append(TopList("Pencarian tanpa hasil, 7 hari", [_searched(each) for each in failed]))
        hours = [(f"Pukul {hour:02}", f"{hour:02}", number) for hour, number in enumerate(figures.readers_by_hour())]
        today = ("Hari ini tiap jam", "pembaca", plots.columns(hours))
        return Figures("Dibaca", [today, _week(figures.days(7))], lists, reverse("admin:reports"))
    if user.has_perm("news.add_article"):
        own = Article.objects.filter(created_by=user)
        top = figures.most_read(own, COUNTED.days, SHOWN)
        titles = dict(own.filter(pk__in=[pk for pk, _ in top]).values_list("pk", "title"))
        rows = [(titles[pk], _statistics(pk), f"{number(reads)} kali") for pk, reads in top]
        lists = [TopList(f"Berita saya yang paling dibaca, {COUNTED.days} hari", rows)]
        return Figures("Dibaca: berita saya", [_week(figures.days(7, own))], lists, "")
    return None


_PERIODS = {MostRead.Period.TODAY: "hari ini", MostRead.Period.WEEK: "7 hari"}


def _popular(period):
    """Rows of a TopList with the readers of a MostRead.Period."""
    articles = most_read.of_period(period, limit=SHOWN)
    return [(each.title, _statistics(each.pk), f"{number(each.readers)} pembaca") for each in articles]


def _searched(failed: FailedSearch) -> tuple[str, str, str]:
    return failed.words, reverse("search", query={"q": failed.words}), f"{number(failed.times)} kali"


def _statistics(pk: int) -> str:
    return reverse("admin:news_article_statistics", args=[pk])


def _week(days: list[figures.Day]) -> tuple[str, str, plots.Plot]:
    columns = [(dates.date(each.day), dates.DAYS[each.day.weekday()][:3], each.reads) for each in days]
    return f"{len(days)} hari terakhir", "kali dibaca", plots.columns(columns)


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
        return Entry(article.title, address, f"{when} oleh {who}" if who else when, article.review_note)
    if article.is_scheduled and article.published_at:
        return Entry(article.title, address, f"terbit {dates.date_and_time(article.published_at)}", "")
    who, when = person_name(article.created_by), f"diubah {dates.date_and_time(article.updated_at)}"
    return Entry(article.title, address, f"oleh {who}, {when}" if who else when, "")


def _list(status: str, **more: str) -> str:
    return reverse("admin:news_article_changelist", query={"status__exact": status, **more})
