"""`manage.py restore FILE`: puts a backup in the place of the present state (portal.backup); `--batal` undoes it."""

import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.backup import making, restoring, swap
from portal.backup.progress import progress
from portal.run import database, os_errors

OTHER_KEY = (
    "Kunci rahasia di sini bukan kunci saat cadangan dibuat: tautan dalam surat yang sudah terkirim (konfirmasi dan "
    "data komentar, berhenti berlangganan) dan tautan pratinjau tidak berlaku, dan semua orang perlu masuk lagi. Bila "
    "kunci lama masih ada, salinlah ke {} sebelum menjalankan portal."
)


class Command(BaseCommand):
    help = (
        "Memulihkan seluruh portal dari berkas yang dibuat `backup`. Keadaan yang sekarang disimpan, dan kembali "
        "dengan `restore --batal`. Portal harus berhenti."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("file", metavar="BERKAS", type=Path, nargs="?")
        what.add_argument("--batal", action="store_true", help="kembali ke keadaan sebelum pemulihan terakhir")

    def handle(self, *, file, batal, **options):
        try:
            with restoring.sentences():
                self.undo() if batal else self.restore(file)
        except restoring.CannotRestore as error:
            raise CommandError(str(error)) from error

    def undo(self):
        self.confirm("Keadaan sebelum pemulihan terakhir akan kembali")
        restoring.undo()
        self.stdout.write("Pemulihan dibatalkan: keadaan sebelumnya sudah kembali. Jalankan `manage.py serve`.")

    def restore(self, path: Path):
        try:
            file = path.open("rb")
        except OSError as error:
            raise CommandError(f"Cadangan {path} tidak dapat dibuka: {os_errors.reason(error)}.") from error
        with file:
            with progress("Memeriksa cadangan") as show:
                manifest = restoring.verified(file, show)
            self.stdout.write(f"Cadangan utuh, dibuat {manifest['made']} oleh portal {manifest['portal']}.")
            self.confirm(f"Isi {database.label()} dan folder {settings.DATA_DIR} akan diganti dengan cadangan itu")
            with progress("Memulihkan") as show:
                restoring.restore(file, manifest, show)
        self.stdout.write(
            f"Portal sudah dipulihkan. Keadaan sebelumnya disimpan di {swap.place(swap.FORMER)}; `restore --batal` "
            "mengembalikannya. Jalankan `manage.py serve`, dan muat ulang nginx bila dipakai."
        )
        if manifest["key"] != making.key_mark():
            self.stdout.write(OTHER_KEY.format(settings.DATA_DIR / "secret_key"))

    def confirm(self, what: str):
        """Asks only where somebody can answer."""
        if sys.stdin is None or not sys.stdin.isatty():
            return
        if input(f"{what}. Ketik YA untuk melanjutkan: ").strip().lower() != "ya":
            raise CommandError("Dibatalkan; tidak ada yang diubah.")
