"""Backups in BACKUP_DIR, their encryption, drills, and the archive of WAL."""

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.utils import timezone

from news.web import dates
from news.web.numbers import decimal
from portal import nightly
from portal.backup import folder as backup_folder
from portal.backup import keys
from portal.backup.wal import archiving
from portal.health.problems import Problem, duration
from portal.run import os_errors

GB = 1024**3
WAL_SILENCE = 120  # seconds without archiving
Answer = TypeVar("Answer")


def asked(question: Callable[[Path], Answer]) -> Answer:
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


def newest():
    advice = (
        "Pekerja latar membuatnya setiap malam; bacalah log portal. `manage.py backup` membuatnya sekarang. Periksa "
        f"juga apakah {settings.BACKUP_DIR} terpasang, dapat ditulisi dan masih lega."
    )
    last = asked(_newest_and_its_age)
    if last is None:
        raise Problem(f"Belum ada cadangan di {settings.BACKUP_DIR}.{_why()}", advice)
    name, age = last
    if age > nightly.OVERDUE.total_seconds():
        raise Problem(f"Cadangan terakhir, {name}, dibuat {duration(age)} yang lalu.{_why()}", advice)


def _why() -> str:
    """Of the last attempt, which the worker or a person has made: this process may not even write there."""
    failed = nightly.last_failure()
    return f" Percobaan terakhir, {dates.short_date_and_time(failed.at)}, gagal: {failed.cause}" if failed else ""


def _newest_and_its_age(folder: Path) -> tuple[str, float] | None:
    backup_folder.check(folder)
    last = nightly.newest()
    return (last.name, time.time() - last.stat().st_mtime) if last else None


def encryption():
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


def drills():
    last, oldest = asked(lambda folder: (nightly.last_drill(folder), nightly.oldest()))
    if last and last.cause:
        raise Problem(
            f"Latihan pemulihan {dates.short_date(last.at)} ({last.backup}) gagal: {last.cause}",
            "Perbaiki sebabnya, lalu `manage.py restore --latihan`; pekerja latar mencobanya lagi setiap hari.",
        )
    since = timezone.localdate(last.at) if last else oldest
    if since and timezone.localdate() - since > nightly.DRILL_OVERDUE:
        raise Problem(
            f"Cadangan belum pernah berhasil dilatih sejak {dates.date(since)}.",
            "Jalankan `manage.py restore --latihan`, dengan `--kunci BERKAS` bila pembukanya tidak di mesin ini. Bila "
            "pembukanya ada, pekerja latar yang seharusnya melakukannya: bacalah lognya.",
        )


def wal():
    state = archiving.State(settings.DATA_DIR).read()
    silence = time.time() - state.get("at", 0)
    advice = (
        f"Periksa apakah {settings.BACKUP_DIR} terpasang, dapat ditulisi dan lega (df -h), dan BACKUP_WAL_GB. Sesudah "
        "itu arsip diteruskan sendiri; bila terlalu lama, dimulai lagi dengan cadangan dasar yang baru."
    )
    if silence > WAL_SILENCE and not state.get("paused"):
        since = f"sejak {duration(silence)} yang lalu" if state.get("at") else "sama sekali"
        raise Problem(f"WAL tidak diarsipkan {since}. {state.get('problem', '')}".strip(), advice)
    if state.get("base_problem"):
        raise Problem(state["base_problem"], advice)
    size, budget = state.get("base_size") or 0, state.get("budget") or 0
    if 3 * size > budget > 0:
        raise Problem(
            f"Cadangan dasar arsip WAL sudah {decimal(size / GB)} GB, lebih dari sepertiga BACKUP_WAL_GB "
            f"({budget / GB:.0f} GB): bila isi portal terus bertambah, pengarsipan akan berhenti.",
            f"Isilah BACKUP_WAL_GB dengan {math.ceil(4 * size / GB)}, bila {settings.BACKUP_DIR} masih selega itu (df "
            "-h), lalu nyalakan ulang pekerja latar; bila tidak, pindahkan BACKUP_DIR ke cakram yang lebih besar.",
        )


# ---- What is no failure


def notes() -> list[str]:
    if settings.BACKUP_DIR is None:
        return ["Tidak ada cadangan yang dijadwalkan: isi BACKUP_DIR, sebaiknya dengan folder di cakram mesin lain."]
    return [note_on_encryption(), *asked(_notes_on_folder), *notes_on_wal()]


def _notes_on_folder(folder: Path) -> list[str]:
    last = nightly.last_drill(folder)
    drills = "Cadangan belum pernah dilatih: pekerja latar mencobanya sendiri, atau `manage.py restore --latihan`."
    if last:
        drills = f"Latihan pemulihan terakhir berhasil {dates.short_date(last.at)} ({last.backup})."
    if not nightly.is_on_the_same_disk(folder):
        return [drills]
    return [f"Cadangan ada di cakram yang sama dengan isi portal ({folder}): salinlah ke mesin lain.", drills]


def notes_on_wal() -> list[str]:
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
            f"Bila cakram rusak sekarang, yang hilang paling banyak {duration(lost)}. Arsip WAL memakai "
            f"{decimal(state['used'] / GB)} dari {state['budget'] / GB:.0f} GB; cadangan dasar terakhir "
            f"{_local(state['base'])}."
        )
    ]
    if gap := state.get("gap"):
        notes.append(f"Arsip WAL terputus antara {_local(gap[0])} dan {_local(gap[1])}: saat itu tidak tercapai.")
    return notes


def _local(moment: float) -> str:
    return dates.short_date_and_time(datetime.fromtimestamp(moment, UTC))


def note_on_encryption() -> str:
    present = keys.stored()
    if present.is_declined:
        return "Cadangan sengaja tidak dienkripsi: jagalah foldernya."
    if present.recipient is None:
        return "Cadangan tidak terenkripsi: `manage.py kunci_cadangan` membuat kuncinya."
    where = "salinan kuncinya harus ada di luar mesin ini" if present.identities else "pembukanya tidak di mesin ini"
    return f"Cadangan terenkripsi untuk {str(present.recipient)[:12]}…; {where}."
