"""/sehat: health check for monitoring. Each part names its cause and what to do about it.

Everybody may know the status and the names of the failing parts. Causes and advice, which describe the machine, are
for staff and for requests made on this host itself."""

import logging
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

from django.conf import settings
from django.db import Error, connection, transaction
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from psycopg import errors as sql

from comments.models import Comment, Email
from news import reindexing
from news.models import Finding, Photo, Scan
from news.models.findings import OVERDUE
from news.pageviews import counting
from news.web import dates, senders
from news.web.database import deadline
from news.web.throttle import AtMost, Silence
from portal import certificate, nightly
from portal.backup import folder as backup_folder
from portal.backup import keys
from portal.backup.wal import archiving
from portal.hosts import differences
from portal.run import database, os_errors, worker

logger = logging.getLogger("portal")

FREE_BYTES = 200 * 1024 * 1024
WORKER_SILENCE = 60  # seconds without a heartbeat
CLOCK_ERROR = 5  # seconds by which a heartbeat may lie in the future, and the clocks of two machines may differ
WAL_SILENCE = 120  # seconds without archiving
DRAIN_LAG = 300  # seconds after which a read must be counted
LEAST_DAYS = 14  # of the certificate; certbot renews it when 30 are left
PATIENCE = 1.5  # seconds for the database; psycopg may take two to connect to it
_written = Silence(seconds=60)  # the database has just written to its disk
_certified = Silence(seconds=600)  # the certificate is good
Answer = TypeVar("Answer")
logged = AtMost(1, seconds=1)  # of each failure


class Problem(Exception):
    """A part does not work: the cause, and what to do about it, in Indonesian."""

    def __init__(self, cause: str, advice: str):
        super().__init__(cause)
        self.advice = advice


class Failure(NamedTuple):
    part: str
    cause: str
    advice: str


class Part(NamedTuple):
    name: str
    check: Callable[[], None]
    needs: tuple[str, ...] = ()  # not checked while one of these fails: its failure would only be a consequence


@never_cache
@require_safe
def health(request):
    """200 with {"sehat": true}, or 503 with the names of the failing parts; `sebab` only on this host."""
    return _answer(request, failures(), with_causes=senders.is_from_this_host(request))


@never_cache
@require_safe
def health_for_staff(request):
    """The same below /admin/, where there are sessions; the admin site asks for the log-in."""
    return _answer(request, failures(), with_causes=True)


def _answer(request, failing: list[Failure], with_causes: bool):
    status = 503 if failing else 200
    if with_causes and request.get_preferred_type(["application/json", "text/html"]) == "text/html":
        context = {"failing": failing, "parts": _parts_of(failing), "work": _work_in_progress(failing)}
        return render(request, "portal/health.html", context, status=status)
    report: dict = {"sehat": not failing, "rusak": list(dict.fromkeys(each.part for each in failing))}
    if with_causes:
        report["sebab"] = [{"bagian": each.part, "sebab": each.cause, "saran": each.advice} for each in failing]
        report["pekerjaan"] = _work_in_progress(failing)
    return JsonResponse(report, status=status)


def _parts_of(failing: list[Failure]) -> list[tuple[str, list[Failure], str]]:
    """Each part with its failures and the part because of which it was not checked."""
    names = {each.part for each in failing}
    waiting = {part.name: need for part in _parts() for need in part.needs if need in names}
    parts = dict.fromkeys(part.name for part in _parts())
    return [(name, [each for each in failing if each.part == name], waiting.get(name, "")) for name in parts]


def _work_in_progress(failing: list[Failure]) -> list[str]:
    """What is no failure: long work of the worker, where backups are. [] also if the database cannot say."""
    if "basis_data" in {each.part for each in failing}:
        return []
    try:
        with deadline(PATIENCE):
            share = reindexing.progress()
    except Error:
        return []
    indexing = [] if share is None else [f"Indeks pencarian sedang diperbarui: {share:.0%} berita sudah."]
    if {"cadangan", "latihan"} & {each.part for each in failing}:
        return indexing
    try:
        return indexing + _notes_on_backups()
    except (Problem, keys.KeyFault):  # of this very moment; the next look tells it
        return indexing


def _notes_on_backups() -> list[str]:
    if settings.BACKUP_DIR is None:
        return ["Tidak ada cadangan yang dijadwalkan: isi BACKUP_DIR, sebaiknya dengan folder di cakram mesin lain."]
    return [_note_on_encryption(), *_asked_of_backups(_notes_on_folder), *_notes_on_wal()]


def _notes_on_folder(folder: Path) -> list[str]:
    last = nightly.last_drill(folder)
    drills = "Cadangan belum pernah dilatih: pekerja latar mencobanya sendiri, atau `manage.py restore --latihan`."
    if last:
        drills = f"Latihan pemulihan terakhir berhasil {dates.short_date(last.at)} ({last.backup})."
    if not nightly.is_on_the_same_disk(folder):
        return [drills]
    return [f"Cadangan ada di cakram yang sama dengan isi portal ({folder}): salinlah ke mesin lain.", drills]


def _notes_on_wal() -> list[str]:
    state = archiving.State(settings.DATA_DIR).read()
    if not settings.EMBEDDED_DATABASE or not state:
        return []
    if state.get("paused"):
        return ["Arsip WAL dijeda selama impor besar; sesudahnya dimulai lagi dengan cadangan dasar."]
    if not state.get("base"):
        return ["Cadangan dasar arsip WAL belum selesai: untuk sementara hanya ada cadangan malam."]
    lost = max(archiving.EVERY * 2, time.time() - state["at"])
    notes = [
        (
            f"Bila cakram rusak sekarang, yang hilang paling banyak {_duration(lost)}. Arsip WAL memakai "
            f"{state['used'] / 1024**3:.1f} dari {state['budget'] / 1024**3:.0f} GB; cadangan dasar terakhir "
            f"{_local(state['base'])}."
        )
    ]
    if gap := state.get("gap"):
        notes.append(f"Arsip WAL terputus antara {_local(gap[0])} dan {_local(gap[1])}: saat itu tidak tercapai.")
    return notes


def _local(moment: float) -> str:
    return dates.short_date_and_time(datetime.fromtimestamp(moment, UTC))


def _note_on_encryption() -> str:
    present = keys.stored()
    if present.is_declined:
        return "Cadangan sengaja tidak dienkripsi: jagalah foldernya."
    if present.recipient is None:
        return "Cadangan tidak terenkripsi: `manage.py kunci_cadangan` membuat kuncinya."
    where = "salinan kuncinya harus ada di luar mesin ini" if present.identities else "pembukanya tidak di mesin ini"
    return f"Cadangan terenkripsi untuk {str(present.recipient)[:12]}…; {where}."


def failures() -> list[Failure]:
    """What fails now, and is no consequence of something else that fails. Logs it, however often it is asked for."""
    found: list[Failure] = []
    with deadline(PATIENCE):
        for part in _parts():
            if not {each.part for each in found} & set(part.needs):
                found += _failures_of(part)
    for each in found:
        if logged.take(f"{each.part}: {each.cause}"):
            logger.warning("Tidak sehat: %s: %s", each.part, each.cause)
    return found


def _failures_of(part: Part) -> list[Failure]:
    try:
        part.check()
    except Problem as problem:
        return [Failure(part.name, str(problem), problem.advice)]
    except Error as error:
        return [_database_failure(error)]
    except Exception as error:
        cause = str(error).strip().partition("\n")[0] or type(error).__name__
        return [Failure(part.name, cause, "Bacalah log portal (journalctl, atau terminal yang menjalankan serve).")]
    return []


# ---- Database and disks


def _database():
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
            f"Jam mesin ini dan jam server basis data berselisih {_duration(error)}.",
            "Periksa keduanya (timedatectl) dan nyalakan penyelarasan jam; jadwal terbit mengikuti jam basis data.",
        )


def write_a_megabyte() -> None:
    """Has the server list more numbers than its memory holds: unlike a table, the file leaves nothing behind."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64kB'")
        cursor.execute("SELECT count(*) FROM generate_series(1, 40000)")


def _database_failure(error: Error) -> Failure:
    cause = database.first_line(error)
    if isinstance(error.__cause__, sql.DiskFull):
        return Failure(
            "basis_data",
            f"Cakram server basis data penuh: {cause}",
            "Kosongkan ruang di server basis data (df -h); jangan menghapus berkas di folder datanya.",
        )
    if settings.EMBEDDED_DATABASE:
        advice = f"Bacalah {settings.DATA_DIR / 'postgres.log'}; `manage.py serve` menyalakan basis data bawaan lagi."
    else:
        advice = f"Periksa server {database.label()}: apakah berjalan, dan apakah terjangkau dari mesin ini."
    return Failure("basis_data", f"Basis data tidak menjawab: {cause}", advice)


def _disk():
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < FREE_BYTES:
        raise Problem(
            f"Ruang cakram tersisa {free // 2**20} MB.",
            f"Kosongkan cakram yang memuat {settings.DATA_DIR} (df -h); perlu sedikitnya {FREE_BYTES // 2**20} MB.",
        )
    _try_to_write(settings.DATA_DIR)
    if settings.PAGEVIEWS_DIR.exists():
        _try_to_write(settings.PAGEVIEWS_DIR)


def _media():
    for folder in (settings.MEDIA_ROOT, settings.DOCUMENTS_ROOT):
        if folder.exists():  # the first photo or document creates it
            _try_to_write(folder)


def _photos():
    """An empty folder in the place of the photos, as where a disk was not mounted, can be written."""
    newest = Photo.objects.filter(edition__gte=1).order_by("-pk").first()
    if newest and not newest.is_stored:
        raise Problem(
            f"Foto terbaru (no. {newest.pk}) tidak ada di {settings.MEDIA_ROOT}, mungkin yang lain juga tidak.",
            "Periksa apakah cakramnya terpasang dan DATA_DIR benar; kalau hilang, pulihkan folder itu dari cadangan.",
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


def _worker():
    silence = worker.seconds_since_last_round()
    start_it = (
        "Jalankan `systemctl start portal-worker` (tanpa systemd `manage.py worker`, atau `manage.py serve` untuk "
        "semuanya); bacalah log portal."
    )
    if silence is None:
        raise Problem("Pekerja latar belum pernah berjalan di mesin ini.", start_it)
    if silence < -CLOCK_ERROR:
        raise Problem(
            f"Denyut pekerja latar bertanggal {_duration(-silence)} di masa depan: jam mesin salah, atau tadi salah.",
            "Periksa jam mesin (timedatectl). Bila pekerja berjalan, tanda ini hilang dalam beberapa detik.",
        )
    if silence > WORKER_SILENCE:
        raise Problem(f"Pekerja latar tidak berjalan sejak {_duration(silence)} yang lalu.", start_it)


def _drain():
    """Reads wait in the journal when the worker cannot count them, whatever else it does."""
    written_at = counting.oldest_waiting()
    if written_at and time.time() - written_at > DRAIN_LAG:
        raise Problem(
            f"Pembacaan berita belum dihitung sejak {_duration(time.time() - written_at)} yang lalu.",
            f"Bacalah log pekerja latar. Jurnalnya di {settings.PAGEVIEWS_DIR}: jangan dihapus, nanti dihitung semua.",
        )


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} detik"
    return f"{seconds / 60:.0f} menit" if seconds < 7200 else f"{seconds / 3600:.0f} jam"


def _hosts():
    if found := differences.find():
        raise Problem(found.cause, found.advice)


def _certificate():
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


def _moderation():
    """Fails if any comment is past its deadline, even one ranked last as suspected spam: suspicion can be wrong.

    Two index lookups, however many comments wait."""
    overdue = Comment.objects.in_queue().overdue()
    advice = f"Moderator memutuskannya di {reverse('admin:comments_queue')}; menyalakan ulang portal tidak menolong."
    if overdue.filter(ranked_last=False).exists():
        raise Problem("Ada komentar yang melewati batas 48 jam.", advice)
    if overdue.filter(ranked_last=True).exists():
        raise Problem("Ada komentar yang diduga spam, di akhir antrean, yang melewati batas 48 jam.", advice)


def _mail():
    if settings.MAIL_IS_ON and (email := Email.objects.stuck().order_by("created_at").first()):
        raise Problem(
            f"Surat nomor {email.pk} belum terkirim. Galat terakhir: {email.error or 'tidak ada'}.",
            f"Periksa EMAIL_URL dan server surat; daftarnya di {reverse('admin:comments_email_changelist')}.",
        )


def _findings():
    if number := Finding.objects.open().count():
        address = reverse("admin:news_finding_changelist")
        raise Problem(
            f"Penjaga situs punya {number} temuan yang perlu dilihat: {address}",
            "Lihatlah setiap temuan dan putuskan; mungkin situs ini disusupi.",
        )


def _scans():
    last = Scan.objects.finished().first()
    if last and last.finished_at < timezone.now() - OVERDUE:
        raise Problem(
            f"Penjaga situs tidak memeriksa apa pun sejak {dates.short_date(last.finished_at)}, lebih dari 3 hari.",
            "Bacalah log pekerja latar: pemeriksaannya gagal.",
        )


def _asked_of_backups(question: Callable[[Path], Answer]) -> Answer:
    """What a function finds out about BACKUP_DIR, which may be a network disk that is gone."""
    folder: Path = settings.BACKUP_DIR  # type: ignore[assignment]  # else nobody asks
    try:
        return backup_folder.in_time(lambda: question(folder))
    except backup_folder.Unusable as error:
        raise Problem(str(error), "Sampai itu diperbaiki, tidak ada cadangan baru.") from error
    except TimeoutError as error:
        raise Problem(
            f"{folder} tidak menjawab.", "Periksa mesin yang menyimpannya dan jaringannya (df -h); lalu mount lagi."
        ) from error
    except OSError as error:
        raise Problem(
            f"{folder} tidak dapat dibaca: {os_errors.reason(error)}.",
            f"Periksa pemilik dan izinnya (ls -ld {folder}).",
        ) from error


def _backups():
    advice = (
        "Pekerja latar membuatnya setiap malam; bacalah log portal. `manage.py backup` membuatnya sekarang. Periksa "
        f"juga apakah {settings.BACKUP_DIR} terpasang, dapat ditulisi dan masih lega."
    )
    last = _asked_of_backups(_newest_and_its_age)
    if last is None:
        raise Problem(f"Belum ada cadangan di {settings.BACKUP_DIR}.", advice)
    name, age = last
    if age > nightly.OVERDUE.total_seconds():
        raise Problem(f"Cadangan terakhir, {name}, dibuat {_duration(age)} yang lalu.", advice)


def _newest_and_its_age(folder: Path) -> tuple[str, float] | None:
    backup_folder.check(folder)
    last = nightly.newest()
    return (last.name, time.time() - last.stat().st_mtime) if last else None


def _encryption():
    try:
        are_missing = keys.are_missing()
    except keys.KeyFault as error:
        raise Problem(
            str(error), "Kembalikan berkas itu dari simpanan Anda; sampai itu tidak ada cadangan."
        ) from error
    if are_missing:
        raise Problem(
            "Cadangan tidak terenkripsi, padahal akun sudah memakai dua langkah.",
            "Jalankan `manage.py kunci_cadangan` dan simpan kuncinya di luar mesin ini. Sebelum itu cadangan sengaja "
            "tidak dienkripsi, agar tidak ada yang terkunci di luar datanya sendiri.",
        )


def _drills():
    last, oldest = _asked_of_backups(lambda folder: (nightly.last_drill(folder), nightly.oldest()))
    if last and last.cause:
        raise Problem(
            f"Latihan pemulihan {dates.short_date(last.at)} ({last.backup}) gagal: {last.cause}",
            "Perbaiki sebabnya, lalu `manage.py restore --latihan`; pekerja latar mencobanya lagi setiap hari.",
        )
    since = timezone.localdate(last.at) if last else oldest
    if since and timezone.localdate() - since > nightly.DRILL_OVERDUE:
        raise Problem(
            f"Cadangan belum pernah berhasil dilatih sejak {since}.",
            "Jalankan `manage.py restore --latihan`, dengan `--kunci BERKAS` bila pembukanya tidak di mesin ini. Bila "
            "pembukanya ada, pekerja latar yang seharusnya melakukannya: bacalah lognya.",
        )


def _wal():
    state = archiving.State(settings.DATA_DIR).read()
    silence = time.time() - state.get("at", 0)
    advice = (
        f"Periksa apakah {settings.BACKUP_DIR} terpasang, dapat ditulisi dan lega (df -h), dan BACKUP_WAL_GB. Sesudah "
        "itu arsip diteruskan sendiri; bila terlalu lama, dimulai lagi dengan cadangan dasar yang baru."
    )
    if silence > WAL_SILENCE and not state.get("paused"):
        since = f"sejak {_duration(silence)} yang lalu" if state.get("at") else "sama sekali"
        raise Problem(f"WAL tidak diarsipkan {since}. {state.get('problem', '')}".strip(), advice)
    if state.get("base_problem"):
        raise Problem(state["base_problem"], advice)


# In this order: what others need stands before them.
PARTS = (
    Part("basis_data", _database),
    Part("cakram", _disk),
    Part("media", _media, needs=("cakram",)),
    Part("media", _photos, needs=("basis_data", "cakram", "media")),
    Part("pekerja", _worker, needs=("basis_data", "cakram")),
    Part("sertifikat", _certificate),
    Part("mesin", _hosts, needs=("basis_data", "cakram")),
    Part("pembaca", _drain, needs=("basis_data", "cakram", "pekerja")),
    Part("moderasi", _moderation, needs=("basis_data",)),
    Part("surat", _mail, needs=("basis_data", "pekerja")),
    Part("penjaga", _findings, needs=("basis_data",)),
    Part("penjaga", _scans, needs=("basis_data", "pekerja")),
    Part("cadangan", _backups, needs=("basis_data", "cakram", "pekerja")),
    Part("cadangan", _encryption, needs=("basis_data", "cadangan")),
    Part("arsip", _wal, needs=("basis_data", "cakram", "pekerja", "cadangan")),
    Part("latihan", _drills, needs=("basis_data", "cadangan")),
)
ABOUT_BACKUPS = (_backups, _encryption, _drills, _wal)


def _parts() -> list[Part]:
    """Those that there are: nobody may take for well what nobody looks at."""
    absent = dict.fromkeys(ABOUT_BACKUPS, settings.BACKUP_DIR is None)
    absent[_wal] = settings.BACKUP_DIR is None or not settings.EMBEDDED_DATABASE
    absent[_certificate] = not settings.HTTPS
    return [part for part in PARTS if not absent.get(part.check)]
