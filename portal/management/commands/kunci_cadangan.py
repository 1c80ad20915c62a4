"""`manage.py kunci_cadangan`: makes the key with which backups are encrypted (portal.backup.keys)."""

import sys

from django.conf import settings
from pyrage import x25519

from portal import nightly
from portal.backup import keys
from portal.management.base import BaseCommand, CommandError
from portal.run import os_errors

KEEP = """
Ini kunci cadangan portal. Cetak atau salinlah sekarang, dan simpan di luar mesin ini, misalnya di lemari besi kantor
dan di pengelola kata sandi. TANPA KUNCI INI CADANGAN TIDAK DAPAT DIBUKA SIAPA PUN, juga tidak oleh pembuat portal.

    {identity}

"""
STORED = "Disimpan di {place}. Mulai sekarang setiap cadangan terenkripsi untuk {public}."
OLDER = "{number} cadangan yang sudah ada di {folder} tetap tanpa enkripsi sampai terhapus menurut jadwalnya."
LAST = 6  # characters that must be typed off the copy


class Command(BaseCommand):
    help = "Membuat kunci cadangan; setelah itu setiap cadangan terenkripsi. Bila sudah ada: menampilkannya lagi."

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--ganti", action="store_true", help="kunci baru; yang lama tetap membuka cadangan lama")
        what.add_argument("--tanpa-enkripsi", action="store_true", help="cadangan sengaja tidak dienkripsi")

    def handle(self, *, ganti, tanpa_enkripsi, **options):
        try:
            present = keys.stored()
            if tanpa_enkripsi:
                self.decline()
            elif present.recipient is None or ganti:
                self.make()
            else:
                self.show(present)
        except keys.KeyFault as error:
            raise CommandError(str(error)) from error
        except EOFError as error:
            raise CommandError("Dibatalkan; tidak ada kunci yang disimpan.") from error
        except OSError as error:
            raise CommandError(f"{keys.place()} tidak dapat ditulis: {os_errors.reason(error)}.") from error

    def decline(self):
        keys.store(f"{keys.PLAIN}\n")
        self.stdout.write("Cadangan tidak dienkripsi lagi: jagalah folder cadangan, isinya data pribadi warga.")

    def show(self, present: keys.Keys):
        if not present.identities:
            self.stdout.write(f"Di mesin ini hanya ada kunci publik: {present.recipient}. Pembukanya ada pada Anda.")
            return
        self.stdout.write(KEEP.format(identity=present.identities[0]))

    def make(self):
        identity = x25519.Identity.generate()
        self.stdout.write(KEEP.format(identity=identity))
        self.have_it_copied(str(identity))
        keys.store(keys.lines(identity))
        self.stdout.write(STORED.format(place=keys.place(), public=identity.to_public()))
        if plain := nightly.plain_backups():
            self.stdout.write(OLDER.format(number=len(plain), folder=settings.BACKUP_DIR))

    def have_it_copied(self, identity: str):
        """A key that nobody has copied would be lost with this machine. Asks only where somebody can answer."""
        if sys.stdin is None or not sys.stdin.isatty():
            return
        while input(f"Ketik {LAST} huruf terakhir dari salinan Anda: ").strip().upper() != identity[-LAST:]:
            self.stdout.write("Bukan itu. Periksalah salinan Anda.")
