"""The backup of every night: made once a day, kept by rule, missed on /sehat, told on the privacy page."""

import os
import time
from datetime import date, timedelta

import pytest
from django.utils import timezone

from news.office_texts import text
from portal import health, nightly


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
    for day in days_before(today, 20):
        (tmp_path / f"portal-{day}.tar").touch()
    others = ["portal-2020-01-01.tar.bz2", "portal-sebelum-pindah.tar", "portal-2020-02-31.tar", "catatan.txt"]
    for name in (*others, "portal-2020-01-01.tar.part", f"portal-{today}.tar.part"):
        (tmp_path / name).touch()
    nightly.prune(tmp_path)
    assert set(nightly.backups(tmp_path)) == nightly.kept(days_before(today, 20))
    left = {path.name for path in tmp_path.iterdir()} - {path.name for path in nightly.backups(tmp_path).values()}
    assert left == {*others, f"portal-{today}.tar.part"}


@pytest.fixture
def folder(settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "cadangan"
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


def test_a_missing_and_an_old_backup_are_an_alarm(folder):
    with pytest.raises(health.Problem, match="Belum ada cadangan"):
        health._backups()
    folder.mkdir()
    backup = folder / f"portal-{timezone.localdate()}.tar"
    backup.touch()
    health._backups()
    before = time.time() - 27 * 3600
    os.utime(backup, (before, before))
    with pytest.raises(health.Problem, match="27 jam yang lalu"):
        health._backups()
    backup.rename(backup.with_suffix(".tar.part"))
    with pytest.raises(health.Problem, match="Belum ada cadangan"):
        health._backups()


def test_backups_beside_the_data_are_mentioned_and_readers_are_told(folder, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    folder.mkdir()
    assert "cakram yang sama" in health._notes_on_backups()[0]
    assert "tujuh hari, lima minggu, dan dua belas bulan" in text("kebijakan-privasi")


def test_a_failed_night_is_tried_again_an_hour_later(folder, settings, monkeypatch, caplog):
    """The command fails at once: its database does not exist."""
    monkeypatch.setattr(nightly, "HOUR", 0)
    monkeypatch.setenv("DATABASE_URL", "postgres://tiada@127.0.0.1:1/tiada")
    backup = nightly.Nightly()
    backup.step()
    assert backup.process.wait(60) != 0
    backup.step()
    assert "Cadangan malam ini gagal" in caplog.text
    backup.step()
    assert backup.process is None
    backup.not_before = 0
    assert backup.is_due(folder)
    (folder / f"portal-{timezone.localdate()}.tar").touch()
    assert not backup.is_due(folder)
