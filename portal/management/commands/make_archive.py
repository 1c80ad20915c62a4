"""`manage.py make_archive`: fills a scratch database with generated news for benchmarks (portal.samples.archive)."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from tqdm import tqdm

from portal.backup.wal import pausing
from portal.management.base import BaseCommand, CommandError
from portal.management.commands.import_articles import INTERRUPTED
from portal.samples import archive


class Command(BaseCommand):
    help = (
        "Menambah sejumlah berita buatan sepuluh tahun dengan tag, foto, komentar, keputusan, dan jumlah baca, untuk "
        "pengukuran. "
        "Hanya untuk basis data percobaan: basis data yang memuat berita lain ditolak."
    )

    def add_arguments(self, parser):
        parser.add_argument("count", type=int, metavar="JUMLAH", help="banyaknya berita")
        parser.add_argument("--seed", type=int, default=1, help="angka yang sama membuat arsip yang sama")
        parser.add_argument(
            "--tetap",
            action="store_true",
            dest="force",
            help="tetap menambah, juga bila basis data memuat berita yang tidak dibuat perintah ini",
        )

    def handle(self, *, count, seed, force, **options):
        if not 1 <= count <= archive.MAX_ARTICLES:
            raise CommandError(f"Jumlah berita harus 1 sampai {archive.MAX_ARTICLES}.")
        if not force and archive.has_other_articles():
            raise CommandError(
                "Basis data ini memuat berita yang tidak dibuat make_archive, jadi tidak ada yang ditambahkan. "
                "Pakailah basis data percobaan; bila berita buatan memang harus masuk ke sini, tambahkan --tetap."
            )
        if settings.EMBEDDED_DATABASE and (lack := archive.lack_of_room(settings.DATA_DIR, count)):
            raise CommandError(lack)
        started = time.monotonic()
        try:
            with (
                _stop_signals_interrupt(),
                pausing.paused(settings.DATA_DIR),
                tqdm(total=count, unit="berita", disable=None) as bar,
            ):
                made = archive.make(count, seed, bar)
        except KeyboardInterrupt:
            raise CommandError(
                "Dihentikan. Yang sudah tertulis tetap ada dan utuh; jalankan lagi untuk menambah.",
                returncode=INTERRUPTED,
            ) from None
        self.stdout.write(
            f"{made.articles} berita dan {made.comments} komentar dibuat dalam {time.monotonic() - started:.0f} detik."
        )


@contextmanager
def _stop_signals_interrupt() -> Iterator[None]:
    """SIGTERM and SIGHUP end this block as Ctrl-C does. SIGHUP stays ignored under nohup."""
    former = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    for number, handler in former.items():
        if handler != signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
