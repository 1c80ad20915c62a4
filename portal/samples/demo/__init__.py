"""The demo content of a new portal: `load()` stores what is in `content.toml`, `remove()` deletes it.

Its rows have ids from FIRST_ID on, so that ids of an old portal stay free for an import. Since other rows may get such
ids too, demo articles also have a special source key (`contoh:...`) and demo photos a special credit.
"""

from collections.abc import Sized
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify

from comments.models import Comment, Office, Reason
from comments.triage import assessment
from news import photos, related
from news.models import Article, ArticleViews, Category, DailyViews, District, Notice, Photo, Tag, text_with
from news.models.changes import forgotten
from news.pageviews import most_read
from portal.samples import pictures
from portal.samples.demo import content
from portal.samples.demo.content import DemoArticle, DemoContent

FIRST_ID = 1_000_001
_TABLES = [Category, Tag, District, Notice, Photo, Article, Comment]  # with rows whose ids the demo sets itself
_KEY = "contoh:"  # prefix of Article.source_key of demo articles; editors cannot change it


class Removed(NamedTuple):
    articles: int
    comments: int
    photos: int
    categories: int
    tags: int
    kept: list[str]  # names of demo rows that were kept because other articles use them


def load() -> int:
    """Fills a database without articles with the demo content; returns the number of articles.

    All rows are written in one transaction. Related lists and Terpopuler are computed, so that they show at once.
    """
    now = timezone.localtime()
    demo = content.read()
    stored: list[photos.Stored] = []
    try:
        with ThreadPoolExecutor(4) as pool:  # Pillow releases the GIL
            for picture in pool.map(_store_picture, demo.articles):
                stored.append(picture)
        with transaction.atomic():
            categories = _load_categories(demo)
            tags = _load_named(Tag.objects.all(), demo.tags)
            districts = _load_named(District.objects.all(), demo.districts)
            Notice.objects.create(id=FIRST_ID, title=demo.notice.title, text=demo.notice.text, starts_at=now)
            articles: dict[str, Article] = {}
            for pk, described, picture in zip(_ids(demo.articles), demo.articles.values(), stored, strict=True):
                photo = _load_photo(pk, described, picture, demo.credit)
                article = _load_article(pk, described, photo, categories, districts, now)
                article.tags.set(tags[name] for name in described.tags)
                articles[described.key] = article
            _load_reads(demo, articles, now)
            _load_comments(demo, articles, now)
            for statement in connection.ops.sequence_reset_sql(no_style(), _TABLES):
                with connection.cursor() as cursor:
                    cursor.execute(statement)
            related.refresh(articles.values())
    except BaseException:
        for picture in stored:
            photos.delete(picture.name, picture.width)
        raise
    most_read.refresh()
    return len(articles)


def remove() -> Removed:
    """Deletes the demo content, its picture files, and what was added to it since (comments, views).

    Keeps demo categories, tags, districts and photos that other articles now use. Does nothing without demo content.
    """
    demo = content.read()
    ours = Article.objects.filter(pk__in=_ids(demo.articles), source_key__startswith=_KEY)
    ids = list(ours.values_list("pk", flat=True))
    with forgotten(Article, ids):
        # A plain QuerySet, because Article.objects refuses to delete articles that were published.
        articles: QuerySet[Article] = QuerySet(Article).filter(pk__in=ids)
        comments = Comment.objects.filter(article__in=articles).count()
        Article.objects.filter(related__target__in=articles).update(related_due_at=timezone.now())
        number = articles.count()
        articles.delete()
        used_photos, unused_photos = _by_use(Photo.objects.filter(pk__in=_ids(demo.articles), credit=demo.credit))
        used_categories, unused_categories = _by_use(Category.objects.filter(pk__in=_ids(demo.categories)))
        used_tags, unused_tags = _by_use(Tag.objects.filter(pk__in=_ids(demo.tags)))
        used_districts, unused_districts = _by_use(District.objects.filter(pk__in=_ids(demo.districts)))
        Office.objects.filter(pk__in=_ids(demo.offices), answers=None, members=None, forwarded=None).delete()
        for each in (*unused_photos, *unused_categories, *unused_tags, *unused_districts):
            each.delete()
        Notice.objects.filter(pk=FIRST_ID, title=demo.notice.title).delete()
        for photo in unused_photos:
            transaction.on_commit(partial(photos.delete, photo.name, photo.width, photo.focus))
    return Removed(
        articles=number,
        comments=comments,
        photos=len(unused_photos),
        categories=len(unused_categories),
        tags=len(unused_tags),
        kept=[str(each) for each in (*used_categories, *used_tags, *used_districts, *used_photos)],
    )


def _by_use(rows) -> tuple[list, list]:
    """The rows that articles use and the rows that none uses. Photos in article texts count as used."""
    used = set(rows.filter(articles__isnull=False).values_list("pk", flat=True))
    if rows.model is Photo:
        used |= {photo.pk for photo in rows if text_with(photo)}
    return [row for row in rows if row.pk in used], [row for row in rows if row.pk not in used]


def _ids(things: Sized) -> range:
    return range(FIRST_ID, FIRST_ID + len(things))


def _store_picture(name: str) -> photos.Stored:
    with pictures.path(name).open("rb") as file:
        return photos.store(file)


def _load_categories(demo: DemoContent) -> dict[str, Category]:
    return {
        name: Category.objects.get_or_create(
            slug=slugify(name), defaults={"id": pk, "name": name, "description": description, "position": pk % 1000}
        )[0]
        for pk, (name, description) in zip(_ids(demo.categories), demo.categories.items(), strict=True)
    }


def _load_named(rows: QuerySet, names: list[str]) -> dict:
    """Creates missing rows in a table with name and slug; returns all by name."""
    return {
        name: rows.get_or_create(slug=slugify(name), defaults={"id": pk, "name": name})[0]
        for pk, name in zip(_ids(names), names, strict=True)
    }


def _load_photo(pk: int, described: DemoArticle, picture: photos.Stored, credit: str) -> Photo:
    return Photo.objects.create(
        id=pk,
        **picture._asdict(),
        alt_text=described.alt_text,
        caption=described.caption,
        credit=credit,
    )


def _load_article(pk, described: DemoArticle, photo, categories, districts, now) -> Article:
    return Article.objects.create(
        id=pk,
        title=described.title,
        summary=described.summary,
        body=described.html(),
        status=Article.Status.PUBLISHED,
        published_at=described.published_at(now),
        category=categories[described.category],
        photo=photo,
        district=districts.get(described.district),
        author=described.author,
        source_key=_KEY + described.key,
    )


def _load_reads(demo: DemoContent, articles: dict[str, Article], now) -> None:
    """Invents daily views that decrease with an article's age, except for articles with imported views."""
    days = {}
    invented = [key for key, described in demo.articles.items() if not described.imported_reads]
    for number, key in enumerate(invented):
        article = articles[key]
        first, peak = timezone.localtime(article.published_at).date(), 9 + number * 7 % 25
        for age in range((now.date() - first).days + 1):
            if views := round(peak * 0.8**age):
                days[article, first + timedelta(days=age)] = views
    DailyViews.objects.bulk_create(
        DailyViews(article=article, day=day, views=views) for (article, day), views in days.items()
    )
    ArticleViews.objects.bulk_create(
        ArticleViews(
            article=article,
            imported=demo.articles[key].imported_reads,
            counted=sum(views for (read, _), views in days.items() if read.pk == article.pk),
        )
        for key, article in articles.items()
    )


def _load_comments(demo: DemoContent, articles: dict[str, Article], now) -> None:
    offices = {
        name: Office.objects.get_or_create(name=name, defaults={"id": pk})[0]
        for pk, name in zip(_ids(demo.offices), demo.offices, strict=True)
    }
    loaded: dict[tuple[str, str], Comment] = {}  # by article key and name, to find the parent of a reply
    for pk, described in zip(_ids(demo.comments), demo.comments, strict=True):
        article = articles[described.article]
        sent = min((article.published_at or now) + timedelta(hours=described.hours_later), now)
        if described.waiting:  # so that it is not overdue
            sent = max(sent, now - timedelta(hours=2 + described.hours_later % 30))
        comment = Comment(
            id=pk,
            article=article,
            parent=loaded.get((described.article, described.reply_to)),
            office=offices.get(described.office),
            name=described.name,
            email=described.email,
            text=described.text,
            status=Comment.Status.WAITING if described.waiting else Comment.Status.APPROVED,
            created_at=sent,
            consent_at=sent,
            decided_at=None if described.waiting else min(sent + timedelta(minutes=50), now),
            forwarded_to=offices.get(described.forwarded_to),
            forwarded_note=described.forwarded_note,
            forwarded_at=sent if described.forwarded_to else None,
        )
        comment.save()
        assessment.triage(comment)
        if described.reported:
            comment.report(Reason.RUDE, described.reported)
        loaded[described.article, described.name] = comment
