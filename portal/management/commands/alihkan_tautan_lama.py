"""`manage.py alihkan_tautan_lama`: redirects addresses of an earlier portal as a table of the operator says."""

from collections import Counter
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from news import missing_paths
from news.models import MissingPath
from portal.importers import address_lists
from portal.importers.report import Report


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
            for pair in tqdm(address_lists.pairs(berkas), desc="Mengalihkan", unit=" alamat", disable=None):
                try:
                    counts[_redirected(pair, is_rehearsal=coba)] += 1
                except ValidationError as error:
                    counts["ditolak"] += 1
                    told.add(f"baris {pair.line}", " ".join(error.messages))
        except address_lists.Unreadable as error:
            raise CommandError(str(error)) from error
        for line in told.lines():
            self.stdout.write(line)
        if not counts:
            raise CommandError(f"{berkas} tidak memuat alamat: kolom pertamanya alamat lama, kolom kedua alamat baru.")
        done = ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
        self.stdout.write(f"{'Hanya dicoba: ' if coba else ''}{done}.")
        if counts["ditolak"]:
            raise CommandError(f"{counts['ditolak']} baris ditolak; alasannya tertulis di atas.")


def _redirected(pair: address_lists.Pair, *, is_rehearsal: bool) -> str:
    """What became of the row. Raises ValidationError."""
    row = MissingPath(path=pair.old)
    row.clean()  # as the table writes the address
    row = MissingPath.objects.filter(path=row.path).first() or row
    if (row.target, row.imported) == (pair.new, False):
        return "tidak berubah"
    row.target, row.imported = pair.new, False
    row.full_clean()
    if not missing_paths.is_reachable(pair.new):
        raise ValidationError(f"Alamat baru “{pair.new[:80]}” tidak ada di portal ini.")
    if not is_rehearsal:
        row.save()
    return "dialihkan"
