"""`manage.py worker`: runs the background jobs (portal.run.worker) in a process beside gunicorn."""

import signal

from django.core.management.base import BaseCommand, CommandError

from portal.run import database
from portal.run.worker import Worker


class Command(BaseCommand):
    help = (
        "Pekerja latar: menghitung jumlah baca, menyusun Terpopuler dan Artikel Terkait, mengirim surat, menilai "
        "komentar, menghapus data yang kedaluwarsa, dan memeriksa portal dari sisipan judi."
    )
    requires_system_checks = []  # the tests run them; restarting must be quick

    def add_arguments(self, parser):
        parser.add_argument("--sekali", action="store_true", help="Jalankan setiap tugas satu kali, lalu selesai.")

    def handle(self, *, sekali, **options):
        worker = Worker()
        if sekali:
            database.check_usable()
            failed = worker.run_once()
            if failed:
                raise CommandError(f"Gagal: {', '.join(failed)}.")
            return
        signal.signal(signal.SIGTERM, worker.stop)
        signal.signal(signal.SIGINT, worker.stop)
        worker.wait_until_usable()
        worker.run()
