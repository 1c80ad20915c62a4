"""What /sehat looks at, beside backups: a function each, which raises Problem."""

import shutil
import tempfile
import time
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import Error, connection, transaction
from django.urls import reverse
from django.utils import timezone
from psycopg import errors as sql

from comments.models import Comment, Email
from news.models import Finding, Photo, Scan
from news.models.findings import OVERDUE
from news.pageviews import counting
from news.web import dates, replica
from news.web.numbers import decimal
from news.web.throttle import Silence
from portal import certificate
from portal.backup.folder import in_time
from portal.bucket.place import bucket
from portal.health.problems import Failure, Problem, duration
from portal.hosts import differences, marks
from portal.run import database, os_errors, worker

if TYPE_CHECKING:
    from portal.bucket.storage import Bucket

FREE_BYTES = 200 * 1024 * 1024
WORKER_SILENCE = 60  # seconds without a heartbeat
CLOCK_ERROR = 5  # seconds by which a heartbeat may lie in the future, and the clocks of two machines may differ
DRAIN_LAG = 300  # seconds after which a read must be counted
LEAST_DAYS = 14  # of the certificate; certbot renews it when 30 are left
_written = Silence(seconds=60)  # the database has just written to its disk
_certified = Silence(seconds=600)  # the certificate is good
_put = Silence(seconds=3600)  # the bucket has just taken an object


# ---- Database and disks


def database_answers():
    try:
        database.check_usable()
    except database.Unusable as error:
        raise Problem(str(error), "Lakukan yang disebutkan itu, lalu muat ulang halaman ini.") from error
    if database.has_old_tables():
        raise Problem(database.OLD_TABLES, "Pembaruan portal belum selesai; `manage.py serve` juga menjalankannya.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('transaction_read_only')::bool")
        if cursor.fetchone()[0]:
            raise Problem(
                database.READ_ONLY,
                "Berita tetap terbaca, tetapi tidak ada yang dapat disimpan. Periksa DATABASE_URL, dan apakah server "
                "itu kini sebuah replika.",
            )
    if not _written:
        write_a_megabyte()
        _written.begin()
    _check_clocks()


def _check_clocks() -> None:
    """The database's clock decides what is public; this machine's is in tokens, sessions and journals."""
    with connection.cursor() as cursor:
        before = time.time()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        [theirs] = cursor.fetchone()
    error = max(before - theirs, theirs - time.time(), 0)
    if error > CLOCK_ERROR:
        raise Problem(
            f"Jam mesin ini dan jam server basis data berselisih {duration(error)}.",
            "Periksa keduanya (timedatectl) dan nyalakan penyelarasan jam; jadwal terbit mengikuti jam basis data.",
        )


def write_a_megabyte() -> None:
    """Has the server list more numbers than its memory holds: unlike a table, the file leaves nothing behind."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64kB'")
        cursor.execute("SELECT count(*) FROM generate_series(1, 40000)")


def database_failure(error: Error) -> Failure:
    if isinstance(error.__cause__, sql.DiskFull):
        return Failure(
            "basis_data",
            f"Cakram server basis data penuh: {database.first_line(error)}",
            "Kosongkan ruang di server basis data (df -h); jangan menghapus berkas di folder datanya.",
        )
    if settings.EMBEDDED_DATABASE:
        advice = f"Bacalah {settings.DATA_DIR / 'postgres.log'}; `manage.py serve` menyalakan basis data bawaan lagi."
    else:
        advice = f"Periksa server {database.label()}: apakah berjalan, dan apakah terjangkau dari mesin ini."
    return Failure("basis_data", f"Basis data tidak menjawab: {database.reason(error)}", advice)


def replica_follows():
    advice = (
        "Sampai itu diperbaiki, semua halaman dibaca dari server utama. Periksa server di REPLICA_URL (lognya, dan "
        "pg_stat_replication di server utama)."
    )
    try:
        behind = replica.seconds_behind()
    except replica.Unfit as error:
        raise Problem(str(error), "Periksa DATABASE_URL dan REPLICA_URL, lalu nyalakan ulang portal.") from error
    except Error as error:
        raise Problem(f"Replika tidak dapat dihubungi: {database.reason(error)}.", advice) from error
    if behind > settings.REPLICA_LAG:
        raise Problem(f"Replika tertinggal {_lag(behind)}, lebih dari REPLICA_LAG.", advice)


def note_on_replica() -> list[str]:
    """How far it is behind while nothing is wrong."""
    return [f"Replika tertinggal {_lag(replica.seconds_behind())}."] if "replica" in settings.DATABASES else []


def _lag(seconds: float) -> str:
    if seconds == inf:
        return "entah berapa lama"
    return f"{decimal(seconds)} detik" if seconds < 10 else duration(seconds)


def disk():
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < FREE_BYTES:
        raise Problem(
            f"Ruang cakram tersisa {free // 2**20} MB.",
            f"Kosongkan cakram yang memuat {settings.DATA_DIR} (df -h); perlu sedikitnya {FREE_BYTES // 2**20} MB.",
        )
    _try_to_write(settings.DATA_DIR)
    if settings.PAGEVIEWS_DIR.exists():
        _try_to_write(settings.PAGEVIEWS_DIR)


def media():
    if (store := bucket()) is not None:
        _ask(store)
    for folder in (settings.DOCUMENTS_ROOT,) if store else (settings.MEDIA_ROOT, settings.DOCUMENTS_ROOT):
        if folder.exists():  # the first photo or document creates it
            _try_to_write(folder)


def _ask(store: "Bucket") -> None:
    """Reads what says whose the bucket is, in bounded time, and now and then writes it again: a key may be allowed to
    read only."""
    done = "diambil dari"
    try:
        owner = in_time(lambda: marks.refuse_foreign(store), of="MEDIA_S3_URL")
        if owner and not _put:
            done = "disimpan di"
            in_time(lambda: marks.write(store, owner), of="MEDIA_S3_URL")
            _put.begin()
    except marks.Foreign as error:
        raise Problem(str(error), "Sampai itu diperbaiki, foto baru masuk ke wadah yang keliru.") from error
    except (TimeoutError, OSError) as error:
        reason = os_errors.reason(error) if error.errno else "penyimpanan foto tidak menjawab"
        raise Problem(
            f"Foto tidak dapat {done} wadah {store.bucket_name}: {reason}.",
            f"Periksa server {store.endpoint_url} serta MEDIA_S3_URL, MEDIA_S3_KEY dan MEDIA_S3_SECRET. Halaman tetap "
            "terbaca, tanpa foto yang belum disimpan nginx.",
        ) from error


def photos():
    """An empty folder in the place of the photos, as where a disk was not mounted, can be written."""
    newest = Photo.objects.filter(edition__gte=1).order_by("-pk").first()
    if newest and not newest.is_stored:
        store = bucket()
        place = f"wadah {store.bucket_name}" if store else settings.MEDIA_ROOT
        cause = "MEDIA_S3_URL menyebut wadah yang benar" if store else "cakramnya terpasang dan DATA_DIR benar"
        raise Problem(
            f"Foto terbaru (no. {newest.pk}) tidak ada di {place}, mungkin yang lain juga tidak.",
            f"Periksa apakah {cause}; kalau hilang, pulihkan dari cadangan.",
        )


def _try_to_write(folder: Path) -> None:
    """Asking for the permission would not do: a file system that was mounted read-only grants it."""
    if not folder.is_dir():
        raise Problem(
            f"{folder} bukan folder, jadi tidak ada yang dapat ditulis di dalamnya.",
            f"Pindahkan yang ada di tempatnya (ls -ld {folder}) dan kembalikan foldernya.",
        )
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Problem(
            f"Folder {folder} tidak dapat ditulisi: {os_errors.reason(error)}.",
            f"Periksa pemilik dan izin folder itu (ls -ld {folder}) dan apakah cakramnya terpasang untuk ditulisi.",
        ) from error


# ---- The worker


def worker_runs():
    silence = worker.seconds_since_last_round()
    start_it = (
        "Jalankan `systemctl start portal-worker` (tanpa systemd `manage.py worker`, atau `manage.py serve` untuk "
        "semuanya); bacalah log portal."
    )
    if silence is None:
        raise Problem("Pekerja latar belum pernah berjalan di mesin ini.", start_it)
    if silence < -CLOCK_ERROR:
        raise Problem(
            f"Denyut pekerja latar bertanggal {duration(-silence)} di masa depan: jam mesin salah, atau tadi salah.",
            "Periksa jam mesin (timedatectl). Bila pekerja berjalan, tanda ini hilang dalam beberapa detik.",
        )
    if silence > WORKER_SILENCE:
        raise Problem(f"Pekerja latar tidak berjalan sejak {duration(silence)} yang lalu.", start_it)


def drain():
    """Reads wait in the journal when the worker cannot count them, whatever else it does."""
    written_at = counting.oldest_waiting()
    if written_at and time.time() - written_at > DRAIN_LAG:
        raise Problem(
            f"Pembacaan berita belum dihitung sejak {duration(time.time() - written_at)} yang lalu.",
            f"Bacalah log pekerja latar. Jurnalnya di {settings.PAGEVIEWS_DIR}: jangan dihapus, nanti dihitung semua.",
        )


def hosts():
    if found := differences.find():
        raise Problem(found.cause, found.advice)


def certificate_lasts():
    if _certified:
        return
    advice = "Jalankan `certbot renew`, lalu `systemctl reload nginx`; `systemctl status certbot.timer` harus aktif."
    try:
        days = certificate.days_left(settings.SITE_URL)
    except certificate.Bad as error:
        raise Problem(str(error), advice) from error
    if days is not None and days < LEAST_DAYS:
        raise Problem(f"Sertifikat TLS hanya berlaku {days:.0f} hari lagi dan belum diperbarui.", advice)
    _certified.begin()


# ---- What people must do


def moderation():
    """Fails if any comment is past its deadline, even one ranked last as suspected spam: suspicion can be wrong.

    Two index lookups, however many comments wait."""
    overdue = Comment.objects.in_queue().overdue()
    advice = f"Moderator memutuskannya di {reverse('admin:comments_queue')}; menyalakan ulang portal tidak menolong."
    if overdue.filter(ranked_last=False).exists():
        raise Problem("Ada komentar yang melewati batas 48 jam.", advice)
    if overdue.filter(ranked_last=True).exists():
        raise Problem("Ada komentar yang diduga spam, di akhir antrean, yang melewati batas 48 jam.", advice)


def mail():
    if settings.MAIL_IS_ON and (email := Email.objects.stuck().order_by("created_at").first()):
        raise Problem(
            f"Surat nomor {email.pk} belum terkirim. Galat terakhir: {email.error or 'tidak ada'}.",
            f"Periksa EMAIL_URL dan server surat; daftarnya di {reverse('admin:comments_email_changelist')}.",
        )


def findings():
    if number := Finding.objects.open().count():
        address = reverse("admin:news_finding_changelist")
        raise Problem(
            f"Penjaga situs punya {number} temuan yang perlu dilihat: {address}",
            "Lihatlah setiap temuan dan putuskan; mungkin situs ini disusupi.",
        )


def scans():
    last = Scan.objects.finished().first()
    if last and last.finished_at < timezone.now() - OVERDUE:
        raise Problem(
            f"Penjaga situs tidak memeriksa apa pun sejak {dates.short_date(last.finished_at)}, lebih dari 3 hari.",
            "Bacalah log pekerja latar: pemeriksaannya gagal.",
        )
