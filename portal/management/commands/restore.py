"""`manage.py restore FILE`: puts a backup in the place of the present state (portal.backup); `--batal` undoes it."""

import getpass
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings

from portal import nightly
from portal.backup import encryption, keys, restoring, swap
from portal.backup.progress import progress
from portal.backup.wal import moments
from portal.hosts.marks import key_mark
from portal.management.base import BaseCommand, CommandError
from portal.run import database, os_errors

OTHER_KEY = (
    "Kunci rahasia di sini bukan kunci saat cadangan dibuat: tautan dalam surat yang sudah terkirim (konfirmasi dan "
    "data komentar, berhenti berlangganan) dan tautan pratinjau tidak berlaku, dan semua orang perlu masuk lagi. Bila "
    "kunci lama masih ada (cadangan terenkripsi membawanya ke pengaturan-cadangan/secret_key), salinlah ke {} sebelum "
    "menjalankan portal, atau isilah SECRET_KEY dengannya."
)
NO_BACKUP = "Di {} belum ada cadangan untuk dicoba: sebutkan berkasnya, atau periksa apakah cakramnya terpasang."
NO_FOLDER = "Sebutkan cadangan yang akan dicoba; tanpa nama, yang terbaru di BACKUP_DIR, tetapi itu belum diisi."
KEY_STORED = "Kunci cadangan itu disimpan di {}: cadangan berikutnya terenkripsi dengan kunci yang sama."
START_AGAIN = (
    "Jalankan portal lagi (`systemctl start portal-web.socket portal-web portal-worker`, atau `manage.py serve`), dan "
    "muat ulang nginx bila dipakai."
)
SHOWN = 20  # of missing files


def when(made: str) -> str:
    """By the city's clock, as --sampai reads it; of an odd backup what it says itself."""
    try:
        return moments.told(datetime.fromisoformat(made))
    except (TypeError, ValueError):
        return made


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
        what.add_argument("--ulangi", action="store_true", help="sesudah --batal: kembali ke yang dipulihkan tadi")
        what.add_argument(
            "--sampai",
            metavar="SAAT",
            help="ke keadaan pada saat itu, dari arsip WAL di BACKUP_DIR: “2026-11-28 16.00”, atau “terakhir”",
        )
        what.add_argument(
            "--latihan", action="store_true", help="hanya mencoba, di tempat lain; portal boleh berjalan"
        )
        parser.add_argument("--kunci", metavar="BERKAS", type=Path, help="berkas kunci cadangan yang terenkripsi")

    def handle(self, *, file, batal, ulangi, latihan, sampai, kunci, **options):
        try:
            with restoring.sentences():
                if latihan and file is None:
                    file = nightly.newest()
                    if file is None:
                        raise CommandError(NO_BACKUP.format(settings.BACKUP_DIR) if settings.BACKUP_DIR else NO_FOLDER)
                if (batal or ulangi or sampai is not None) == (file is not None):
                    raise CommandError("Sebutkan berkas cadangannya, atau --batal, --ulangi atau --sampai saja.")
                if batal or ulangi:
                    self.undo() if batal else self.redo()
                    return
                own = keys.read(kunci) if kunci else keys.stored()
                if sampai is not None:
                    self.go_to(sampai, own)
                else:
                    self.open(file, own, then=self.drill if latihan else self.restore)
        except restoring.CannotRestore as error:
            is_about_key = isinstance(error.__cause__, encryption.NoKey | keys.KeyFault)
            if not (is_about_key and (kunci or nightly.key_is_elsewhere())):
                self.note_drill(file, latihan, str(error))  # it tells something about the backup
            raise CommandError(str(error)) from error
        self.note_drill(file, latihan, None)

    def note_drill(self, file: Path | None, is_drill: bool, cause: str | None):
        """For `/sehat`, if it is a backup of the schedule."""
        if is_drill and file and settings.BACKUP_DIR and file.resolve().parent == settings.BACKUP_DIR.resolve():
            try:
                nightly.note_drill(settings.BACKUP_DIR, file.name, cause)
            except OSError as error:  # such as a folder that can only be read
                reason = os_errors.reason(error)
                self.stderr.write(f"Hasil latihan tidak dapat dicatat di {settings.BACKUP_DIR}: {reason}.")

    def undo(self):
        restoring.refuse_undoing()
        self.confirm("Keadaan sebelum pemulihan terakhir akan kembali")
        restoring.undo()
        self.stdout.write(f"Pemulihan dibatalkan: keadaan sebelumnya sudah kembali. {START_AGAIN}")

    def redo(self):
        restoring.refuse_redoing()
        self.confirm("Keadaan yang dipulihkan sebelum --batal akan kembali")
        restoring.redo()
        self.stdout.write(f"Keadaan yang dipulihkan tadi sudah kembali. {START_AGAIN}")

    def open(self, path: Path, own: keys.Keys, *, then: Callable):
        try:
            file = path.open("rb")
        except OSError as error:
            raise restoring.CannotRestore(f"Cadangan {path} tidak dapat dibuka: {os_errors.reason(error)}.") from error
        with file:
            try:
                self.verify(file, path.name, own, then)
            except encryption.NoKey as error:
                self.verify(file, path.name, self.typed_key(error), then)

    def verify(self, file, name: str, own: keys.Keys, then: Callable):
        with encryption.opened(file, name, own.identities) as backup:
            with progress("Memeriksa cadangan") as show:
                manifest = restoring.verified(backup, show)
            self.stdout.write(f"Cadangan utuh, dibuat {when(manifest['made'])} oleh portal {manifest['portal']}.")
            then(backup, manifest)
        if then == self.restore and own.identities and not keys.place().exists():
            keys.store("".join(map(keys.lines, own.identities)))
            self.stdout.write(KEY_STORED.format(keys.place()))

    def typed_key(self, missing: encryption.NoKey) -> keys.Keys:
        """Asks only where somebody can answer."""
        if not self.somebody_is_there():
            raise missing
        self.stdout.write(str(missing))
        try:
            typed = getpass.getpass("Atau ketiklah kunci itu di sini (tidak tampak): ")
        except EOFError:
            raise missing from None
        return keys.parsed(typed, "yang diketik")

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
            f"mengembalikannya. {START_AGAIN}"
        )
        if manifest["key"] != key_mark():
            self.stdout.write(OTHER_KEY.format(settings.DATA_DIR / "secret_key"))

    def go_to(self, text: str, own: keys.Keys):
        backups = moments.backup_dir()
        way = moments.find(backups, moments.read(text))
        restoring.refuse_running_portal()
        reached = moments.told(way.reached)
        self.confirm(f"Isi {database.label()} akan diganti dengan keadaannya pada {reached}")
        with progress("Memulihkan") as show:
            missing = moments.restore(way, backups, own, show)
        self.stdout.write(
            f"Portal sudah kembali ke keadaan pada {reached}. Keadaan sebelumnya disimpan di "
            f"{swap.place(swap.FORMER)}; `restore --batal` mengembalikannya. {START_AGAIN}"
        )
        if missing:
            self.stdout.write(
                f"Berkas {len(missing)} foto atau dokumen tidak ada lagi di sini maupun di arsip: "
                f"{'; '.join(missing[:SHOWN])}{'; …' if len(missing) > SHOWN else '.'}"
            )

    def confirm(self, what: str):
        """Asks only where somebody can answer."""
        if not self.somebody_is_there():
            return
        if input(f"{what}. Ketik YA untuk melanjutkan: ").strip().lower() != "ya":
            raise CommandError("Dibatalkan; tidak ada yang diubah.")

    def somebody_is_there(self) -> bool:
        return sys.stdin is not None and sys.stdin.isatty()
