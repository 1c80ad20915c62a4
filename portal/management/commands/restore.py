"""`manage.py restore FILE`: puts a backup in the place of the present state (portal.backup); `--batal` undoes it."""

import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal import nightly
from portal.backup import restoring, swap
from portal.backup.progress import progress
from portal.hosts.marks import key_mark
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
        parser.add_argument("file", metavar="BERKAS", type=Path, nargs="?")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--batal", action="store_true", help="kembali ke keadaan sebelum pemulihan terakhir")
        what.add_argument(
            "--latihan", action="store_true", help="hanya mencoba, di tempat lain; portal boleh berjalan"
        )

    def handle(self, *, file, batal, latihan, **options):
        if latihan and file is None:
            file = nightly.newest()
        if batal == (file is not None):
            raise CommandError("Sebutkan berkas cadangannya, atau --batal saja.")
        try:
            with restoring.sentences():
                if batal:
                    self.undo()
                else:
                    self.open(file, then=self.drill if latihan else self.restore)
        except restoring.CannotRestore as error:
            raise CommandError(str(error)) from error

    def undo(self):
        self.confirm("Keadaan sebelum pemulihan terakhir akan kembali")
        restoring.undo()
        self.stdout.write("Pemulihan dibatalkan: keadaan sebelumnya sudah kembali. Jalankan `manage.py serve`.")

    def open(self, path: Path, *, then):
        try:
            file = path.open("rb")
        except OSError as error:
            raise CommandError(f"Cadangan {path} tidak dapat dibuka: {os_errors.reason(error)}.") from error
        with file:
            with progress("Memeriksa cadangan") as show:
                manifest = restoring.verified(file, show)
            self.stdout.write(f"Cadangan utuh, dibuat {manifest['made']} oleh portal {manifest['portal']}.")
            then(file, manifest)

    def drill(self, file, manifest):
        with progress("Mencoba memulihkan") as show:
            head = restoring.drill(file, manifest, show)
        rows, files = sum(manifest["tables"].values()), len(manifest["members"])
        trail = f"{head.number} baris jejak audit utuh" if head else "jejak audit kosong"
        self.stdout.write(
            f"Latihan berhasil: {rows} baris di {len(manifest['tables'])} tabel dan {files} berkas kembali seperti "
            f"saat dicadangkan, {trail}."
        )

    def restore(self, file, manifest):
        restoring.refuse_running_portal()
        self.confirm(f"Isi {database.label()} dan folder {settings.DATA_DIR} akan diganti dengan cadangan itu")
        with progress("Memulihkan") as show:
            restoring.restore(file, manifest, show)
        self.stdout.write(
            f"Portal sudah dipulihkan. Keadaan sebelumnya disimpan di {swap.place(swap.FORMER)}; `restore --batal` "
            "mengembalikannya. Jalankan `manage.py serve`, dan muat ulang nginx bila dipakai."
        )
        if manifest["key"] != key_mark():
            self.stdout.write(OTHER_KEY.format(settings.DATA_DIR / "secret_key"))

    def confirm(self, what: str):
        """Asks only where somebody can answer."""
        if sys.stdin is None or not sys.stdin.isatty():
            return
        if input(f"{what}. Ketik YA untuk melanjutkan: ").strip().lower() != "ya":
            raise CommandError("Dibatalkan; tidak ada yang diubah.")
