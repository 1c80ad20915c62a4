"""`manage.py alihkan_tautan_lama`: redirects addresses of an earlier portal as a table of the operator says."""

from collections import Counter
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from tqdm import tqdm

from news import missing_paths
from news.models import MissingPath
from news.web import old_shapes
from portal.importers import address_lists
from portal.importers.report import Report
from portal.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Mengalihkan alamat portal lama menurut tabel (CSV) dua kolom: alamat lama, lalu alamat baru. Pemisahnya "
        "boleh koma, titik koma atau tab. Nama situs di alamat lama diabaikan. Alamat baru yang tidak ada di portal "
        "ini, dan yang mengarah kembali ke alamat lamanya, ditolak. Aman dijalankan lagi; impor berita tidak "
        "mengubahnya."
    )

    def add_arguments(self, parser):
        parser.add_argument("berkas", type=Path)
        parser.add_argument("--coba", action="store_true", help="hanya memeriksa: tidak ada yang disimpan")

    def handle(self, *, berkas, coba, **options):
        counts, told = Counter[str](), Report()
        try:
            # A trial writes, too, as later rows may lead to earlier ones, and takes it all back.
            with transaction.atomic() if coba else nullcontext():
                refused = _take_all(
                    tqdm(address_lists.pairs(berkas), desc="Mengalihkan", unit=" alamat", disable=None), counts
                )
                if coba:
                    transaction.set_rollback(True)
        except address_lists.Unreadable as error:
            raise CommandError(str(error)) from error
        for pair, reason in refused:
            counts["ditolak"] += 1
            told.add(f"baris {pair.line}", reason)
        for line in told.lines():
            self.stdout.write(line)
        if not counts:
            raise CommandError(f"{berkas} tidak memuat alamat: kolom pertamanya alamat lama, kolom kedua alamat baru.")
        done = ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
        self.stdout.write(f"{'Hanya dicoba: ' if coba else ''}{done}.")
        if counts["ditolak"]:
            raise CommandError(f"{counts['ditolak']} baris ditolak; alasannya tertulis di atas.")


def _take_all(pairs: Iterable[address_lists.Pair], counts: Counter[str]) -> list[tuple[address_lists.Pair, str]]:
    """Redirects what can be; returns the other rows with the reason. What leads to a row further down is tried again,
    as often as that brings anything."""
    refused, known = dict[address_lists.Pair, str](), set[str]()
    for pair in pairs:
        known.add(old_shapes.stored(pair.old).lower())
        refused |= _taken(pair, counts)
    is_new = True
    while is_new and (again := [pair for pair in refused if old_shapes.stored(pair.new).lower() in known]):
        is_new = False
        for pair in again:
            if not _taken(pair, counts):
                del refused[pair]
                is_new = True
    return list(refused.items())


def _taken(pair: address_lists.Pair, counts: Counter[str]) -> dict[address_lists.Pair, str]:
    """The row with the reason if it was refused."""
    try:
        counts[_redirected(pair)] += 1
    except ValidationError as error:
        return {pair: " ".join(error.messages)}
    return {}


def _redirected(pair: address_lists.Pair) -> str:
    """What became of the row. Raises ValidationError."""
    if not pair.new:
        raise ValidationError("Alamat baru kosong.")
    row = MissingPath(path=pair.old)
    row.clean()  # as the table writes the address
    row = MissingPath.objects.filter(path=row.path).first() or row
    if (row.target, row.imported) == (pair.new, False):
        return "tidak berubah"
    row.target, row.imported = pair.new, False
    row.full_clean()
    if not missing_paths.is_reachable(pair.new):
        raise ValidationError(f"Alamat baru “{pair.new[:80]}” tidak ada di portal ini.")
    row.save()
    return "dialihkan"
