"""`manage.py worker`: runs the background jobs (portal.run.worker) in a process beside gunicorn."""

import signal
from functools import partial

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.backup import folder, keys, making
from portal.backup.wal import archiving
from portal.run import database
from portal.run.worker import Job, Worker


class Command(BaseCommand):
    help = (
        "Pekerja latar: menghitung jumlah baca, menyusun Terpopuler dan Artikel Terkait, mengirim surat, menilai "
        "komentar, menghapus data yang kedaluwarsa, dan memeriksa portal dari sisipan judi."
    )
    requires_system_checks = []  # the tests run them; restarting must be quick

    def add_arguments(self, parser):
        parser.add_argument("--sekali", action="store_true", help="Jalankan setiap tugas satu kali, lalu selesai.")

    def handle(self, *, sekali, **options):
        worker = Worker(archiving_jobs())
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


def archiving_jobs() -> list[Job]:
    if not settings.EMBEDDED_DATABASE:
        return []
    if settings.BACKUP_DIR is None:
        return [Job("melupakan arsip WAL", partial(archiving.forget, settings.DATA_DIR), every=24 * 3600)]
    archive = archiving.Archiving(
        settings.DATA_DIR,
        settings.BACKUP_DIR,
        budget=settings.BACKUP_WAL_BYTES,
        files=making.folders(),
        claim=folder.claim,
        recipient=lambda: keys.stored().recipient,
    )
    return [Job("mengarsipkan WAL", archive.step, every=archiving.EVERY)]
