"""The backup of every night: made once a day, kept by rule, missed on /sehat, told on the privacy page."""

import os
import subprocess
import time
from datetime import date, timedelta
from threading import Event, active_count

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pyrage import x25519

from news.office_texts import text
from portal import nightly
from portal.backup import encryption, keys
from portal.backup import folder as backup_folder
from portal.health import backups as health


def days_before(last, number):
    return [last - timedelta(days=each) for each in range(number)]


def test_seven_days_five_weeks_and_twelve_months_are_kept():
    last = date(2026, 11, 29)  # a Sunday
    kept = nightly.kept(days_before(last, 800))
    assert {last - timedelta(days=each) for each in range(7)} <= kept
    assert {last - timedelta(weeks=each) for each in range(5)} <= kept
    ends_of_months = sorted(day for day in kept if day < date(2026, 10, 25))
    assert [day.month for day in ends_of_months] == [12, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert all((day + timedelta(days=1)).day == 1 for day in ends_of_months)
    assert len(kept) <= 7 + 5 + 12


def test_what_is_kept_each_night_adds_up_to_the_same():
    """A backup is never needed that an earlier night has deleted."""
    present = set()
    for day in reversed(days_before(date(2026, 11, 29), 800)):
        present = nightly.kept(present | {day})
    assert present == nightly.kept(days_before(date(2026, 11, 29), 800))


def test_the_newest_is_kept_however_old_it_is():
    assert nightly.kept([date(2020, 1, 1)]) == {date(2020, 1, 1)}
    assert nightly.kept([]) == set()


def test_only_backups_of_the_schedule_are_deleted(tmp_path):
    today = timezone.localdate()
    for number, day in enumerate(days_before(today, 20)):
        (tmp_path / f"portal-{day}.tar{'.age' * (number % 2)}").touch()
    (tmp_path / f"portal-{today}.tar.age").touch()  # the key was made this morning
    others = [
        "portal.json",
        "latihan.json",
        "portal-2020-01-01.tar.bz2",
        "portal-sebelum-pindah.tar",
        "portal-2020-02-31.tar",
        "catatan.txt",
    ]
    for name in (*others, "portal-2020-01-01.tar.part", "portal-2020-01-01.tar.age.part", f"portal-{today}.tar.part"):
        (tmp_path / name).touch()
    nightly.prune(tmp_path)
    assert set(nightly.backups(tmp_path).values()) == nightly.kept(days_before(today, 20))
    left = {path.name for path in tmp_path.iterdir()} - {path.name for path in nightly.backups(tmp_path)}
    assert left == {*others, f"portal-{today}.tar.part"}


@pytest.fixture
def folder(settings, tmp_path):
    settings.BACKUP_DIR, settings.DATA_DIR = tmp_path / "cadangan", tmp_path
    return settings.BACKUP_DIR


@pytest.mark.django_db
def test_without_a_folder_nothing_is_made_nothing_missed_and_nothing_called_well(client, settings):
    settings.BACKUP_DIR = None
    backup = nightly.Nightly()
    backup.step()
    assert backup.process is None
    page = client.get("/sehat", HTTP_ACCEPT="text/html").content.decode()
    assert "<strong>cadangan</strong>" not in page
    assert "Tidak ada cadangan yang dijadwalkan" in page
    assert "menurut jadwalnya" in text("kebijakan-privasi")


def test_the_newest_of_a_day_counts(folder):
    folder.mkdir()
    first, second = folder / "portal-2026-11-29.tar", folder / "portal-2026-11-29.tar.age"
    for path in (second, first):
        path.touch()
    os.utime(first, (1, 1))
    assert nightly.newest() == second
    assert nightly.plain_backups() == [first]


def test_a_missing_and_an_old_backup_are_an_alarm(folder):
    with pytest.raises(health.Problem, match="Belum ada cadangan"):
        health.newest()
    folder.mkdir()
    backup = folder / f"portal-{timezone.localdate()}.tar"
    backup.touch()
    health.newest()
    before = time.time() - 27 * 3600
    os.utime(backup, (before, before))
    with pytest.raises(health.Problem, match="27 jam yang lalu"):
        health.newest()
    backup.rename(backup.with_suffix(".tar.part"))
    with pytest.raises(health.Problem, match="Belum ada cadangan"):
        health.newest()


def _is_no_folder(folder):
    folder.touch()


def _cannot_be_written(folder):
    folder.mkdir()
    (folder / f"portal-{timezone.localdate()}.tar.part").mkdir()  # root may write everywhere, but no folder as a file


@pytest.mark.parametrize(("hinder", "why"), [
    (_is_no_folder, r"cadangan tidak dapat dipakai: sudah ada\."),
    (_cannot_be_written, r"Cadangan tidak jadi dibuat: itu sebuah folder \("),
], ids=["no folder", "not writable"])  # fmt: skip
def test_a_backup_that_is_missing_is_told_with_why_the_last_attempt_failed(folder, hinder, why):
    hinder(folder)
    with pytest.raises(CommandError, match=why):
        call_command("backup")
    with pytest.raises(health.Problem, match=why) as told:
        health.newest()
    assert str(told.value).startswith(f"Belum ada cadangan di {folder}. Percobaan terakhir, ")
    nightly.note_failure(None)
    with pytest.raises(health.Problem, match=r"cadangan\.$"):
        health.newest()


def test_backups_beside_the_data_are_mentioned_and_readers_are_told(folder, settings, tmp_path):
    folder.mkdir()
    assert "cakram yang sama" in health.notes()[1]
    assert "tujuh hari, lima minggu, dan dua belas bulan" in text("kebijakan-privasi")


@pytest.fixture
def without_database(monkeypatch):
    """Commands fail at once."""
    monkeypatch.setenv("DATABASE_URL", "postgres://tiada@127.0.0.1:1/tiada")


def test_a_failed_night_is_tried_again_an_hour_later(folder, without_database, monkeypatch, caplog):
    monkeypatch.setattr(nightly, "HOUR", 0)
    folder.mkdir()
    backup = nightly.Nightly()
    backup.step()
    assert backup.process.wait(60) != 0
    backup.step()
    assert "Cadangan malam ini gagal" in caplog.text
    assert nightly.last_failure().cause == "sebabnya ada di log portal."
    backup.step()
    assert backup.process is None
    backup.not_before = 0
    assert backup.is_due(folder)
    (folder / f"portal-{timezone.localdate()}.tar").touch()
    assert not backup.is_due(folder)


def test_a_folder_that_cannot_be_read_is_told_once_an_hour(folder, monkeypatch, caplog):
    monkeypatch.setattr(nightly, "HOUR", 0)
    folder.mkdir()
    (folder / "latihan.json").mkdir()  # root may read everything, but no folder as a file
    (folder / f"portal-{timezone.localdate()}.tar").touch()
    monkeypatch.setattr(nightly, "DRILL_HOUR", 0)
    backup = nightly.Nightly()
    for _ in range(3):
        backup.step()
    assert caplog.text.count("BACKUP_DIR tidak dapat dipakai: itu sebuah folder; dicoba lagi dalam satu jam.") == 1
    assert "Cadangan malam ini gagal" not in caplog.text
    with pytest.raises(health.Problem, match="tidak dapat dibaca: itu sebuah folder"):
        health.drills()


# ---- Whose folder it is


def test_two_portals_do_not_share_a_folder(folder, settings):
    """Each would take the other's backup for its own of today."""
    backup_folder.claim(folder)
    settings.SITE_URL = "https://kota-lain.go.id"
    backup_folder.claim(folder)  # the same portal with a new address
    settings.SITE_URL, settings.SECRET_KEY = "https://yang-ketiga.go.id", "kunci lain " * 9
    with pytest.raises(CommandError, match=r"portal lain \(https://kota-lain\.go\.id\)"):
        call_command("backup")
    with pytest.raises(health.Problem, match="BACKUP_DIR sendiri"):
        health.newest()
    assert [path.name for path in folder.iterdir()] == ["portal.json"]


def test_a_second_backup_of_a_day_needs_a_name(folder):
    backup_folder.claim(folder)
    (folder / f"portal-{timezone.localdate()}.tar").touch()
    with pytest.raises(CommandError, match=r"Cadangan hari ini sudah ada: .*sebutkan nama berkasnya"):
        call_command("backup")
    assert nightly.last_failure() is None


def test_a_disk_that_is_not_mounted_gets_no_backup(folder, settings, tmp_path):
    backup_folder.claim(folder)
    folder.rename(tmp_path / "unmounted")
    for _ in range(2):
        with pytest.raises(backup_folder.Unusable, match="belum terpasang"):
            backup_folder.claim(folder)
        folder.mkdir(exist_ok=True)
    with pytest.raises(health.Problem, match="belum terpasang"):
        health.newest()
    assert not list(folder.iterdir())
    settings.BACKUP_DIR = tmp_path / "elsewhere"
    backup_folder.claim(settings.BACKUP_DIR)


def test_a_disk_that_does_not_answer_holds_up_nobody_for_long(folder, monkeypatch):
    monkeypatch.setattr(backup_folder, "PATIENCE", 0.1)
    it_answers = Event()
    with pytest.raises(health.Problem, match="tidak menjawab"):
        health.asked(lambda _: it_answers.wait(60))
    before = active_count()
    for _ in range(5):
        with pytest.raises(health.Problem, match="tidak menjawab"):
            health.asked(lambda _: it_answers.wait(60))
    assert active_count() == before
    assert backup_folder.in_time(lambda: "jawaban", of="MEDIA_S3_URL") == "jawaban"
    it_answers.set()
    while backup_folder._asking["BACKUP_DIR"].locked():
        time.sleep(0.01)
    assert health.asked(lambda _: "jawaban") == "jawaban"


# ---- Drills


@pytest.fixture
def drilling(folder, monkeypatch):
    monkeypatch.setattr(nightly, "DRILL_HOUR", 0)
    folder.mkdir()
    (folder / f"portal-{timezone.localdate()}.tar").touch()
    return nightly.Nightly()


def passed(days, monkeypatch):
    now = timezone.now() + timedelta(days=days)
    monkeypatch.setattr(nightly.timezone, "now", lambda: now)


def test_a_drill_is_due_each_month_and_after_a_failure_each_day(drilling, folder, monkeypatch):
    assert drilling.drill_is_due(folder)
    nightly.note_drill(folder, "portal-2026-11-29.tar", None)
    assert not drilling.drill_is_due(folder)
    with monkeypatch.context() as later:
        passed(29, later)
        assert not drilling.drill_is_due(folder)
        passed(1, later)
        assert drilling.drill_is_due(folder)
    nightly.note_drill(folder, "portal-2026-11-29.tar", "rusak")
    assert not drilling.drill_is_due(folder)
    passed(1, monkeypatch)
    assert drilling.drill_is_due(folder)
    monkeypatch.setattr(nightly, "DRILL_HOUR", 24)
    assert not drilling.drill_is_due(folder)


def test_an_empty_file_is_drilled_and_the_failure_is_told(drilling, folder, without_database, monkeypatch, caplog):
    """The whole way: the worker's process, its note, /sehat."""
    monkeypatch.setenv("BACKUP_DIR", str(folder))
    drilling.step()
    assert drilling.process.wait(60) != 0
    drilling.step()
    assert "Latihan pemulihan bulan ini gagal" in caplog.text
    with pytest.raises(health.Problem, match="bukan cadangan portal, atau rusak"):
        health.drills()
    drilling.step()
    assert drilling.process is None


def test_a_killed_drill_is_told(drilling, folder, without_database):
    drilling.step()
    drilling.process.kill()
    drilling.process.wait(60)
    drilling.step()
    with pytest.raises(health.Problem, match="prosesnya mati"):
        health.drills()


def test_the_last_drill_is_told_and_a_long_time_without_one_is_an_alarm(folder, monkeypatch):
    folder.mkdir()
    (folder / f"portal-{timezone.localdate()}.tar").touch()
    health.drills()
    assert "belum pernah dilatih" in health.notes()[-1]
    nightly.note_drill(folder, "portal-2026-11-29.tar", None)
    health.drills()
    assert "terakhir berhasil" in health.notes()[-1]
    passed(46, monkeypatch)
    with pytest.raises(health.Problem, match=r"belum pernah berhasil dilatih sejak [A-Z]"):
        health.drills()


def test_a_drill_whose_note_cannot_be_written_is_not_repeated_at_once(drilling, folder, monkeypatch):
    started = []

    def start(*command):
        started.append(command)
        drilling.process = subprocess.Popen(["true"])

    monkeypatch.setattr(drilling, "_start", start)
    for _ in range(3):
        drilling.step()
        if drilling.process:
            drilling.process.wait(10)
    assert len(started) == 1
    assert drilling.process is None


def test_a_note_that_cannot_be_written_is_told(folder, capsys):
    (folder / "latihan.json").mkdir(parents=True)
    (folder / "portal-2026-11-29.tar").touch()
    with pytest.raises(CommandError, match="bukan cadangan portal"):
        call_command("restore", "--latihan")
    assert "Hasil latihan tidak dapat dicatat" in capsys.readouterr().err


@pytest.mark.django_db
def test_what_only_people_can_open_is_drilled_by_them(drilling, folder, monkeypatch):
    """A machine that has only the public key cannot open its backups, and that is no failure."""
    identity = x25519.Identity.generate()
    [plain] = folder.iterdir()
    with plain.with_suffix(".tar.age").open("wb") as file, encryption.encrypting(file, identity.to_public()) as inside:
        inside.write(b"x")
    plain.unlink()
    keys.place().write_text(f"{identity.to_public()}\n")
    assert not drilling.drill_is_due(folder)
    with pytest.raises(CommandError, match="--kunci BERKAS"):
        call_command("restore", "--latihan")
    assert nightly.last_drill(folder) is None
    health.drills()
    keys.store(keys.lines(identity))
    assert drilling.drill_is_due(folder)
    keys.place().write_text("rusak")
    assert not drilling.drill_is_due(folder)
    passed(46, monkeypatch)
    with pytest.raises(health.Problem) as found:
        health.drills()
    assert "--kunci BERKAS" in found.value.advice


def test_a_mistyped_key_says_nothing_about_the_backup(folder, tmp_path):
    folder.mkdir()
    inside = folder / "portal-2026-11-29.tar.age"
    with inside.open("wb") as file, encryption.encrypting(file, x25519.Identity.generate().to_public()) as writer:
        writer.write(b"x")
    typed = tmp_path / "kunci"
    for key in (keys.lines(x25519.Identity.generate()), "AGE-SECRET-KEY-1SALAH"):
        typed.write_text(key)
        with pytest.raises(CommandError):
            call_command("restore", "--latihan", kunci=typed)
    assert nightly.last_drill(folder) is None


# ---- Encryption


@pytest.mark.django_db
def test_an_office_with_second_steps_is_told_to_make_a_key(folder, settings):
    assert "tidak terenkripsi: `manage.py kunci_cadangan`" in health.note_on_encryption()
    health.encryption()
    settings.REQUIRE_2FA = True
    with pytest.raises(health.Problem, match="padahal akun sudah memakai dua langkah"):
        health.encryption()
    call_command("kunci_cadangan", "--tanpa-enkripsi")
    health.encryption()
    assert "sengaja tidak" in health.note_on_encryption()
    call_command("kunci_cadangan")
    health.encryption()
    assert "Cadangan terenkripsi untuk age1" in health.note_on_encryption()
    keys.place().write_text(f"{keys.stored().recipient}\n")
    assert "pembukanya tidak di mesin ini" in health.note_on_encryption()
    keys.place().write_text("rusak")
    with pytest.raises(health.Problem, match="bukan kunci cadangan"):
        health.encryption()


@pytest.mark.parametrize(
    ("has_folder", "cause"), [(True, "belum ada cadangan untuk dicoba"), (False, "BACKUP_DIR, tetapi itu belum diisi")]
)
def test_a_drill_without_a_backup_says_that_there_is_none(settings, tmp_path, has_folder, cause):
    settings.BACKUP_DIR = tmp_path if has_folder else None
    with pytest.raises(CommandError, match=cause):
        call_command("restore", "--latihan")
