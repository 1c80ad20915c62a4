"""`manage.py susun_ulang_pencarian`: renews stems and search index of all articles now, instead of waiting for the
worker, which does it after an upgrade that needs it. Harmless at any time."""

import time

from tqdm import tqdm

from news import reindexing
from portal.management.base import BaseCommand, CommandError
from portal.management.commands.import_articles import INTERRUPTED

_PAUSE = 0.2  # seconds, while the worker has a batch in hand


class Command(BaseCommand):
    help = (
        "Menyusun ulang kata setiap berita untuk pencarian sekarang juga. Setelah pembaruan, pekerja latar "
        "melakukannya sendiri sedikit demi sedikit. Aman dihentikan."
    )

    def handle(self, **options):
        reindexing.restart()
        try:
            with tqdm(total=100, unit="%", disable=None) as bar:
                while (share := reindexing.progress()) is not None:
                    bar.update(round(100 * share) - bar.n)
                    if reindexing.step():
                        time.sleep(_PAUSE)
                bar.update(100 - bar.n)
        except KeyboardInterrupt:
            raise CommandError("Dihentikan. Pekerja latar akan meneruskannya.", returncode=INTERRUPTED) from None
        self.stdout.write("Selesai.")
