"""`manage.py periksa_isi`: lists the articles and pages whose stored body today's cleaning would change.

Bodies stay as they are stored until somebody edits them: a new version of the cleaning changes nothing in silence."""

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from news import markup
from news.models import Article, Change, Page
from news.models.changes import changes_because
from portal.management.base import BaseCommand, CommandError

_BATCH = 100  # bodies in memory at a time
_TAG = re.compile(r"<[^>]*>")


class Command(BaseCommand):
    help = (
        "Menyebut berita dan halaman yang isinya akan berubah bila dibersihkan menurut aturan sekarang, misalnya "
        "karena memuat tautan kosong. Tidak mengubah apa pun, kecuali berita yang disebut dengan --simpan."
    )

    def add_arguments(self, parser):
        parser.add_argument("--mulai", type=int, default=0, metavar="NOMOR", help="lewati berita sebelum nomor ini")
        parser.add_argument(
            "--simpan", type=int, nargs="+", default=[], metavar="NOMOR", help="bersihkan dan simpan berita ini saja"
        )

    def handle(self, *, mulai, simpan, **options):
        if simpan:
            self._store(simpan)
            return
        found = 0
        for label, rows in (("Berita", Article.objects.filter(pk__gte=mulai)), ("Halaman", Page.objects.all())):
            for pk, title, body in _stored(rows):
                if change := _change(body):
                    found += 1
                    self.stdout.write(f"{label} {pk}: {title}: {change}")
        self.stdout.write(
            f"Selesai: {found} isi akan berubah." if found else "Selesai: tidak ada isi yang akan berubah."
        )

    def _store(self, numbers):
        articles = Article.objects.in_bulk(numbers)
        if missing := [str(number) for number in numbers if number not in articles]:
            raise CommandError(f"Tidak ada berita dengan nomor {', '.join(missing)}. Belum ada yang disimpan.")
        for number in numbers:
            article = articles[number]
            change = _change(article.body)
            if change:
                article.body = markup.sanitise(article.body)
                with changes_because(Change.Reason.CLEANING):
                    article.save()
            self.stdout.write(f"Berita {number}: {article.title}: {change or 'sudah bersih'}")


def _stored(rows: QuerySet) -> Iterator[tuple[int, str, str]]:
    """Number, title and body of each row, a few at a time: the table may hold a million."""
    last, rows = -1, rows.order_by("pk").values_list("pk", "title", "body")
    while batch := list(rows.filter(pk__gt=last)[:_BATCH]):
        yield from batch
        last = batch[-1][0]


def _change(body: str) -> str:
    """What cleaning would change, in words; empty if nothing."""
    try:
        cleaned = markup.cleaned(body)
    except ValidationError as error:
        return f"tidak dapat dibersihkan: {error.messages[0]}"
    if cleaned.html == body:
        return ""
    kinds = {
        "teks tersembunyi dibuang": bool(cleaned.hidden),
        "gambar dari luar dibuang": bool(cleaned.pictures),
        "bingkai dibuang": bool(cleaned.frames),
        "tautan kosong atau mati dibuang": body.count("<a ") > cleaned.html.count("<a "),
        "kata-kata berubah": _words(body) != _words(cleaned.html),
        "susunan berubah": _TAG.findall(body) != _TAG.findall(cleaned.html),
    }
    return ", ".join(kind for kind, applies in kinds.items() if applies) or "spasi berubah"


def _words(body: str) -> list[str]:
    return markup.plain_text(body).split()
