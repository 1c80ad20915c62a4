"""Imported pages of the office."""

from contextlib import nullcontext

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import resolve

from news import words
from news.models import Page
from news.models.pages import PAGE_MAX_CHARS
from news.paths import page_path
from news.web.columns import max_length
from portal.importers import old_addresses
from portal.importers.album import Album
from portal.importers.record import Record, Refusal
from portal.importers.saving import Outcome, Result


def save(record: Record, *, is_rehearsal: bool = False, album: Album | None = None) -> Outcome:
    """Creates the page of the record, unless its address has one: that stays as it is. Raises Refusal.

    With `is_rehearsal` nothing stays in the database."""
    slug = _slug(record)
    with album.of_a_record() if album else nullcontext(), transaction.atomic():
        if page := Page.objects.filter(slug=slug).first():
            is_same = page.title == record.title and (
                page.body == record.body or record.illustrated.is_shown_by(page.body, record.body)
            )
            if is_same:
                old_addresses.remember(page, record.old_paths)
                transaction.set_rollback(is_rehearsal)
                return Outcome(Result.UNCHANGED, 0)
            return Outcome(Result.SKIPPED, 0, f"halaman {page_path(slug)} sudah ada dan tidak ditimpa")
        if album:
            record.body = record.illustrated.shown(album.photo)
        _check(record, slug)
        page = Page(title=record.title, slug=slug, body=record.body, in_footer=False)
        try:
            page.full_clean()
        except ValidationError as error:
            raise Refusal(" ".join(error.messages)) from error
        page.save()
        old_addresses.remember(page, record.old_paths)
        transaction.set_rollback(is_rehearsal)
    return Outcome(Result.CREATED, 0)


def _slug(record: Record) -> str:
    number = record.key.rpartition("=")[2]
    found = map(words.slug, (record.slug, record.title, f"halaman-{number}"))
    slug = next(slug for slug in found if any(map(str.isalpha, slug)))  # of a name in other letters a number may stay
    return slug[: max_length(Page, "slug")].strip("-")


def _check(record: Record, slug: str) -> None:
    """Raises Refusal for a page that nobody could read, or that was not public before."""
    if record.is_draft:
        raise Refusal("halaman yang belum terbit tidak diimpor: halaman portal ini langsung tampil")
    if not slug or resolve(page_path(slug)).url_name != "page":
        raise Refusal(f"alamat {page_path(slug)} dipakai bagian lain portal ini; ganti alamat halamannya")
    if not record.body:
        raise Refusal("halaman tanpa isi")
    if len(record.body) > PAGE_MAX_CHARS:
        raise Refusal(f"isi halaman {len(record.body)} karakter; paling panjang {PAGE_MAX_CHARS}")
    if len(record.title) > max_length(Page, "title"):
        raise Refusal(f"judul halaman {len(record.title)} karakter; paling panjang {max_length(Page, 'title')}")
