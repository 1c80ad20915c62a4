"""`manage.py backup FILE`: the whole portal in one file (portal.backup)."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal.backup import making
from portal.backup.progress import progress

KEY = (
    "Kunci rahasia tidak ikut. Tanpa kunci itu, di mesin lain tautan dalam surat yang sudah terkirim (konfirmasi dan "
    "data komentar, berhenti berlangganan) dan tautan pratinjau tidak berlaku lagi: simpanlah salinan {} di tempat "
    "lain yang aman."
)


class Command(BaseCommand):
    help = "Mencadangkan seluruh portal ke satu berkas, selagi portal berjalan: basis data, foto, dokumen, pengaturan."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="BERKAS", type=Path, help="misalnya /cadangan/portal-2026-11-29.tar")

    def handle(self, *, file, **options):
        try:
            with progress("Mencadangkan") as show:
                made = making.make(file, show)
        except making.CannotBackUp as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Cadangan selesai: {file} ({made.size / 1e6:,.1f} MB).")
        if made.vanished:
            self.stdout.write(f"{made.vanished} berkas dihapus orang selagi dicadangkan, dan tidak ikut.")
        self.stdout.write(KEY.format(making.where_the_key_is()))
