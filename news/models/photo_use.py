"""Where photos are used, another file for a photo in all those places at once, and files that no photo uses."""

from collections.abc import Callable, Iterator
from itertools import chain, islice

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from news import markup, photos
from news.models.articles import Article
from news.models.pages import Page
from news.models.taxonomy import Photo


def delete_orphans() -> int:
    """Deletes files of which no photo knows, a day after they came: those of a process that was killed before it saved
    the photo. Looks at this month and the last one. Returns how many. Called by the worker.

    Deletes nothing where the newest photo has no file: then the folder belongs to another database. And nothing in a
    bucket: there it may be of a portal that was restored, or of another one that was given the same bucket."""
    if settings.MEDIA_S3_URL:
        return 0
    newest = Photo.objects.filter(edition__gte=1).order_by("-pk").first()
    if newest is None or not newest.is_stored:
        return 0
    old_ones = photos.older_files()
    known = set(Photo.objects.filter(name__in=list(old_ones)).values_list("name", flat=True))
    orphans = [path for name, paths in old_ones.items() if name not in known for path in paths]
    for path in orphans:
        default_storage.delete(path)
    return len(orphans)


def with_lead(photo: Photo) -> Iterator[Article]:
    """Articles whose lead photo it is, newest first."""
    return photo.articles.order_by("-id").defer("body", "search", "title_stems", "body_stems").iterator()


def with_picture(photo: Photo) -> Iterator[Article | Page]:
    """Articles and pages whose text contains the photo, by the name of its files; newest articles first."""
    articles = Article.objects.filter(body__contains="<img")  # has a partial index
    yield from articles.filter(body__contains=photo.name).order_by("-id")
    yield from Page.objects.filter(body__contains=photo.name)


def text_with(photo: Photo) -> Article | Page | None:
    """An article or page whose text contains the photo."""
    return next(with_picture(photo), None)


def may_be_changed(photo: Photo, by) -> bool:
    """What readers have seen is changed only by people who may publish, and pages by those who may change pages."""
    if by.has_perms(["news.publish_article", "news.change_page"]):
        return True

    def may_change(place: Article | Page) -> bool:
        if isinstance(place, Page):
            return by.has_perm("news.change_page")
        return place.status not in Article.ONCE_PUBLISHED or by.has_perm("news.publish_article")

    return all(map(may_change, chain(with_lead(photo), with_picture(photo))))


def first_places(photo: Photo, number: int) -> list[Article | Page]:
    """Some of the articles and pages that show the photo, each once."""
    found: dict[tuple[type, int], Article | Page] = {}
    for place in islice(chain(with_lead(photo), with_picture(photo)), 2 * number):
        found.setdefault((type(place), place.pk), place)
    return list(found.values())[:number]


def save_with_new_file(photo: Photo, stored: photos.Stored, save: Callable[[], None]) -> int:
    """Gives the photo another file, saves it by `save()`, and lets every text that shows it follow; returns how many
    texts did. The former files go with the commit, so that no address of them is left: a picture may have been
    replaced because it should not be seen.

    Readers are told of no change of the texts: their words and writers are the same. The database notes it as any
    other, and an editor who has such a text open is told before overwriting it.
    """
    former = Photo.objects.select_for_update().get(pk=photo.pk)
    former_figure, places = former.figure_html(), list(with_picture(former))
    photo.name, photo.width, photo.height, photo.edition = stored
    photo.former_names = [*former.former_names, former.name]
    save()
    figure = photo.figure_html()
    for place in places:
        # Read again and locked: somebody may just be saving it.
        text = type(place)._default_manager.select_for_update(of=["self"]).get(pk=place.pk)
        text.save_with_pictures(markup.replaced(text.body, former.name, figure, former_figure))
    transaction.on_commit(lambda: photos.delete(former.name, former.width, former.focus))
    return len(places)


def save_with_new_focus(photo: Photo, save: Callable[[], None]) -> None:
    """Saves the photo by `save()` with crops around its new focal point; those around the former one go with the
    commit."""
    former = Photo.objects.select_for_update().get(pk=photo.pk)
    is_there = photos.complete(photo.name, photo.width, photo.focus, edition=former.edition)
    photo.edition = photos.EDITION if is_there else 0
    save()
    if former.focus != photo.focus:
        transaction.on_commit(lambda: photos.delete_crops(former.name, former.focus))
