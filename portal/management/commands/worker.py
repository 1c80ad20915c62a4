"""`manage.py worker`: runs the background jobs (portal.run.worker) in a process beside gunicorn."""

import signal
from functools import partial

from django.conf import settings

from portal import nightly
from portal.backup import folder, keys, making
from portal.backup.wal import archiving
from portal.bucket.place import bucket
from portal.management.base import BaseCommand, CommandError
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
        backups = nightly.Nightly()
        worker = Worker([Job("membuat cadangan", backups.look, every=30), *archiving_jobs()])
        if settings.METRICS:
            show_metrics(worker, *settings.METRICS)
        if sekali:
            database.check_usable()
            failed = worker.run_once()
            if backups.thread is not None:
                backups.thread.join()
            if failed:
                raise CommandError(f"Gagal: {', '.join(failed)}.")
            return
        signal.signal(signal.SIGTERM, worker.stop)
        signal.signal(signal.SIGINT, worker.stop)
        worker.wait_until_usable()
        worker.run()


def show_metrics(worker: Worker, host: str, port: int) -> None:
    from portal.metrics.exposition import Exposition  # only then is prometheus_client needed

    exposition = Exposition(worker.jobs)
    exposition.serve(host, port)
    worker.jobs.append(Job("mengukur antrean", exposition.measure, every=15, share=0.01))


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
        photos=bucket(),
        claim=folder.claim,
        recipient=lambda: keys.stored().recipient,
    )
    return [Job("mengarsipkan WAL", archive.step, every=archiving.EVERY)]
