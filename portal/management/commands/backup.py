"""`manage.py backup FILE`: the whole portal in one file (portal.backup); `backup -` into a pipe."""

import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from news.web.numbers import decimal
from portal import nightly
from portal.backup import encryption, folder, keys, making
from portal.backup.progress import progress
from portal.management.base import BaseCommand, CommandError
from portal.run import os_errors

KEY = (
    "Kunci rahasia tidak ikut. Tanpa kunci itu, di mesin lain tautan dalam surat yang sudah terkirim (konfirmasi dan "
    "data komentar, berhenti berlangganan) dan tautan pratinjau tidak berlaku lagi: simpanlah salinan {} di tempat "
    "lain yang aman."
)
ENCRYPTED = (
    "Terenkripsi; kunci rahasia ikut di dalamnya. Tanpa kunci cadangan yang Anda simpan, tidak seorang pun membukanya."
)
PLAIN = (
    "Cadangan ini TIDAK terenkripsi, padahal isinya data pribadi, dan akun sudah memakai dua langkah: buatlah kunci "
    "cadangan dengan `manage.py kunci_cadangan`."
)


STANDARD_OUTPUT = 1  # not sys.stdout, which would complain about a broken pipe once more when Python ends


class Command(BaseCommand):
    help = "Mencadangkan seluruh portal ke satu berkas, selagi portal berjalan: basis data, foto, dokumen, pengaturan."

    def add_arguments(self, parser):
        parser.add_argument(
            "file",
            metavar="BERKAS",
            type=Path,
            nargs="?",
            help="misalnya /tempat/portal.tar; - untuk keluaran baku; tanpa ini cadangan hari ini di BACKUP_DIR",
        )

    def handle(self, *, file, **options):
        if file is not None:
            if str(file) != "-":
                self.have_key()
            self.back_up(file)
            return
        if settings.BACKUP_DIR is None:
            raise CommandError("Sebutkan berkas cadangannya, atau isilah BACKUP_DIR.")
        try:
            file = self.todays(settings.BACKUP_DIR)
            if is_new := not file.exists():
                self.back_up(file)
        except CommandError as error:
            nightly.note_failure(str(error))
            raise
        nightly.note_failure(None)
        if not is_new:
            raise CommandError(f"Cadangan hari ini sudah ada: {file}. Untuk yang lain, sebutkan nama berkasnya.")

    def back_up(self, file: Path):
        is_pipe = str(file) == "-"
        if is_pipe and sys.stdout.isatty():
            raise CommandError("Cadangan tidak ditulis ke layar: sambungkan dengan | atau >, atau sebutkan berkasnya.")
        try:
            with progress("Mencadangkan") as show:
                made = making.pour(STANDARD_OUTPUT, show) if is_pipe else making.make(file, show)
        except making.CannotBackUp as error:
            raise CommandError(str(error)) from error
        self.tell(made, "keluaran baku" if is_pipe else file, self.stderr if is_pipe else self.stdout)

    def have_key(self) -> None:
        """Makes the key that is missing, if somebody is there to copy it: in cron's mail or a log it would lie open,
        and a backup for a key that nobody has is lost with this machine."""
        is_seen = sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()
        try:
            if is_seen and keys.are_missing():
                call_command("kunci_cadangan", stdout=self.stdout)
        except keys.KeyFault as error:
            raise CommandError(str(error)) from error

    def todays(self, backups: Path) -> Path:
        """The name of the schedule."""
        try:
            folder.claim(backups)
            ending = encryption.ENDING if keys.stored().recipient else ""
        except (folder.Unusable, keys.KeyFault) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{backups} tidak dapat dipakai: {os_errors.reason(error)}.") from error
        return backups / f"portal-{timezone.localdate()}.tar{ending}"

    def tell(self, made: making.Made, where, output):
        size = f" ({decimal(made.size / 1e6)} MB)" if made.size else ""
        output.write(f"Cadangan selesai: {where}{size}.")
        if made.vanished:
            output.write(f"{made.vanished} berkas dihapus orang selagi dicadangkan, dan tidak ikut.")
        output.write(ENCRYPTED if made.is_encrypted else KEY.format(making.where_the_key_is()))
        if not made.is_encrypted and keys.are_missing():
            self.stderr.write(PLAIN)
