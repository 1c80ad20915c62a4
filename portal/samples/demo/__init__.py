"""Demo content for a new portal: `load()` puts it in, `remove()` takes all of it away again.

Its rows have ids from FIRST_ID on, so that every id of an old portal stays free for an import. Articles also carry a
key of their own (`contoh:...`), photos our credit: a row of somebody else that happens to have such an id is no demo.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify

from comments.models import Comment, Office, Reason, Report
from comments.triage import first_look
from news import photos, related
from news.models import Article, ArticleViews, Category, DailyViews, District, Notice, Photo, Tag, text_with
from news.pageviews import most_read
from portal.samples.demo import pictures
from portal.samples.demo.articles import CATEGORIES, CREDIT, DISTRICTS, NOTICE, SEED, STORIES
from portal.samples.demo.comments import OFFICES, REMARKS

FIRST_ID = 1_000_001
_ALL = [SEED, *STORIES]
_IDS = range(FIRST_ID, FIRST_ID + len(_ALL))
_TABLES = [Category, Tag, District, Notice, Photo, Article, Comment]  # that have rows of the demo's own numbers
_KEY = "contoh:"  # how Article.source_key of a demo article begins; editors cannot change it


class Removed(NamedTuple):
    articles: int
    comments: int
    photos: int
    categories: int
    tags: int
    kept: list[str]  # names of demo categories, tags and photos that other articles use


def load() -> int:
    """Fills a database without articles with the demo content; gives the number of articles.

    All rows come in one transaction. Related lists and Terpopuler are computed, so that the first page shows them.
    """
    now = timezone.localtime()
    drawn = []
    try:
        with ThreadPoolExecutor(4) as pool:  # Pillow releases the interpreter's lock
            for picture in pool.map(_store_picture, _ALL):
                drawn.append(picture)
        with transaction.atomic():
            categories, tags, districts = _load_categories(), _load_tags(), _load_districts()
            Notice.objects.create(id=FIRST_ID, title=NOTICE[0], text=NOTICE[1], starts_at=now)
            articles = {}
            for pk, story, picture in zip(_IDS, _ALL, drawn, strict=True):
                articles[story.picture] = _load_article(pk, story, picture, categories, tags, districts, now)
            _load_reads(articles, now)
            _load_comments(articles, now)
            for statement in connection.ops.sequence_reset_sql(no_style(), _TABLES):
                with connection.cursor() as cursor:
                    cursor.execute(statement)
            related.refresh(articles.values())
    except BaseException:
        for picture in drawn:
            photos.delete(picture.name, picture.width)
        raise
    most_read.refresh()
    return len(articles)


def remove() -> Removed:
    """Deletes the demo content with everything that was added to it since (comments, views) and its picture files.

    Demo categories, tags and photos that other articles use by now stay. Finding nothing is no error.
    """
    with transaction.atomic():
        # Article.objects refuses to delete what was published; examples were never news.
        articles = QuerySet(Article).filter(pk__in=_IDS, source_key__startswith=_KEY)
        comments = Comment.objects.filter(article__in=articles).count()
        Article.objects.filter(related__target__in=articles).update(related_due_at=timezone.now())
        number = articles.count()
        articles.delete()
        used_photos, unused_photos = _by_use(Photo.objects.filter(pk__in=_IDS, credit=CREDIT))
        used_categories, unused_categories = _by_use(Category.objects.filter(pk__in=_ids(CATEGORIES)))
        used_tags, unused_tags = _by_use(Tag.objects.filter(pk__in=_ids(_tag_names())))
        used_districts, unused_districts = _by_use(District.objects.filter(pk__in=_ids(DISTRICTS)))
        Office.objects.filter(pk__in=_ids(OFFICES), answers=None, members=None, forwarded=None).delete()
        for each in (*unused_photos, *unused_categories, *unused_tags, *unused_districts):
            each.delete()
        Notice.objects.filter(pk=FIRST_ID, title=NOTICE[0]).delete()
        for photo in unused_photos:
            transaction.on_commit(partial(photos.delete, photo.name, photo.width))
    return Removed(
        articles=number,
        comments=comments,
        photos=len(unused_photos),
        categories=len(unused_categories),
        tags=len(unused_tags),
        kept=[str(each) for each in (*used_categories, *used_tags, *used_districts, *used_photos)],
    )


def _by_use(rows) -> tuple[list, list]:
    """The rows that articles use, and those that none uses; a photo may stand in a text."""
    used = set(rows.filter(articles__isnull=False).values_list("pk", flat=True))
    if rows.model is Photo:
        used |= {photo.pk for photo in rows if text_with(photo)}
    return [row for row in rows if row.pk in used], [row for row in rows if row.pk not in used]


def _ids(things) -> range:
    return range(FIRST_ID, FIRST_ID + len(things))


def _tag_names() -> list[str]:
    return sorted({tag for story in _ALL for tag in story.tags})


def _store_picture(story) -> photos.Stored:
    return photos.store(pictures.png(story.picture))


def _load_categories() -> dict[str, Category]:
    return {
        name: Category.objects.get_or_create(
            slug=slugify(name), defaults={"id": pk, "name": name, "description": description, "position": pk % 1000}
        )[0]
        for pk, (name, description) in zip(_ids(CATEGORIES), CATEGORIES, strict=True)
    }


def _load_tags() -> dict[str, Tag]:
    names = _tag_names()
    return {
        name: Tag.objects.get_or_create(slug=slugify(name), defaults={"id": pk, "name": name})[0]
        for pk, name in zip(_ids(names), names, strict=True)
    }


def _load_districts() -> dict[str, District]:
    return {
        name: District.objects.get_or_create(slug=slugify(name), defaults={"id": pk, "name": name})[0]
        for pk, name in zip(_ids(DISTRICTS), DISTRICTS, strict=True)
    }


def _load_article(pk, story, picture, categories, tags, districts, now) -> Article:
    photo = Photo.objects.create(
        id=pk,
        **picture._asdict(),
        alt_text=story.alt_text,
        caption=story.caption,
        credit=CREDIT,
    )
    article = Article.objects.create(
        id=pk,
        title=story.title,
        summary=story.summary,
        body=story.html(),
        status=Article.Status.PUBLISHED,
        published_at=story.published_at(now),
        category=categories[story.category],
        photo=photo,
        district=districts.get(story.district),
        author=story.author,
        source_key=_KEY + story.picture,
    )
    article.tags.set(tags[name] for name in story.tags)
    return article


def _load_reads(articles, now) -> None:
    """Reads of the last days, fading with an article's age; the seed has only what it brought from the old portal."""
    days = {}
    for number, story in enumerate(STORIES):
        article = articles[story.picture]
        first, peak = timezone.localtime(article.published_at).date(), 9 + number * 7 % 25
        for age in range((now.date() - first).days + 1):
            if views := round(peak * 0.8**age):
                days[article, first + timedelta(days=age)] = views
    DailyViews.objects.bulk_create(
        DailyViews(article=article, day=day, views=views) for (article, day), views in days.items()
    )
    ArticleViews.objects.bulk_create(
        ArticleViews(
            article=articles[story.picture],
            imported=story.imported_reads,
            counted=sum(views for (article, _), views in days.items() if article.pk == articles[story.picture].pk),
        )
        for story in _ALL
    )


def _load_comments(articles, now) -> None:
    offices = {name: Office.objects.get_or_create(name=name, defaults={"id": pk})[0] for pk, name in _office_names()}
    loaded = {}  # by article and name, as replies find them
    for pk, remark in zip(_ids(REMARKS), REMARKS, strict=True):
        article = articles[remark.picture]
        sent = min(article.published_at + timedelta(hours=remark.hours), now)
        if remark.waiting:  # not longer than a portal may let it wait
            sent = max(sent, now - timedelta(hours=2 + remark.hours % 30))
        comment = Comment(
            id=pk,
            article=article,
            parent=loaded.get((remark.picture, remark.answers)),
            office=offices.get(remark.office),
            name=remark.name,
            email=remark.email,
            text=remark.text,
            status=Comment.Status.WAITING if remark.waiting else Comment.Status.APPROVED,
            created_at=sent,
            consent_at=sent,
            decided_at=None if remark.waiting else min(sent + timedelta(minutes=50), now),
            forwarded_to=offices.get(remark.forwarded_to),
            forwarded_note=remark.forwarded_note,
            forwarded_at=sent if remark.forwarded_to else None,
        )
        comment.save()
        first_look.triage(comment)
        if remark.reported:
            Report.objects.file(comment, Reason.RUDE, remark.reported)
        loaded[remark.picture, remark.name] = comment


def _office_names() -> list[tuple[int, str]]:
    return list(zip(_ids(OFFICES), OFFICES, strict=True))
