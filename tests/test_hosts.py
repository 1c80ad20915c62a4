"""Two hosts with one database: told when they do not sign with one key or share one folder of photos."""

import subprocess
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from portal.health import checks
from portal.hosts import differences, marks
from portal.hosts.differences import Heartbeat
from portal.hosts.models import Host
from portal.run import worker
from tests.conftest import wait_until
from tests.test_worker import Process
from tests.web_servers import Gunicorn

pytestmark = pytest.mark.django_db
KEYS = ("k" * 60, "l" * 60)


@pytest.fixture(autouse=True)
def this_host(tmp_path, settings):
    """Called "balai"; its worker has just said so."""
    return be_host(settings, tmp_path / "balai")


def be_host(settings, folder, key=KEYS[0], media=None):
    """From now on this process is on the host with this folder; its worker says so."""
    settings.SECRET_KEY = key
    settings.MEDIA_ROOT, settings.DOCUMENTS_ROOT = media or folder / "media", folder.parent / "documents"
    settings.PAGEVIEWS_DIR = folder / "pageviews"
    settings.PAGEVIEWS_DIR.mkdir(parents=True, exist_ok=True)
    (settings.PAGEVIEWS_DIR / "id").write_text(folder.name)
    settings.DATA_DIR = folder
    heartbeat = Heartbeat()
    heartbeat.step()
    return heartbeat


def test_one_host_alone_has_nothing_to_differ_from(caplog):
    assert differences.find() is None
    differences.tell_at_start()
    assert caplog.text == ""


def test_hosts_that_share_key_and_folders_fit(settings, tmp_path, caplog):
    be_host(settings, tmp_path / "kedua", media=tmp_path / "balai" / "media")
    assert Host.objects.alive().count() == 2
    assert differences.find() is None
    assert caplog.text == ""


def test_a_host_with_a_key_of_its_own_is_told_at_its_start_and_on_sehat(
    client, settings, tmp_path, monkeypatch, caplog
):
    heartbeat = be_host(settings, tmp_path / "kedua", key=KEYS[1], media=tmp_path / "balai" / "media")
    assert "memakai kunci rahasia yang lain" in caplog.text
    caplog.clear()
    heartbeat.step()
    assert caplog.text == ""  # once
    differences.tell_at_start()
    assert "secret_key" in caplog.text
    monkeypatch.setattr(worker, "_BEAT", tmp_path / "worker.beat")
    worker._beat()
    checks._written.begin()
    [found] = client.get("/sehat").json()["sebab"]
    assert found["bagian"] == "mesin"
    assert "memakai kunci rahasia yang lain daripada mesin ini" in found["sebab"]
    assert f"Salin {tmp_path}/kedua/secret_key" in found["saran"]


def test_a_folder_of_photos_that_is_not_shared_is_told(settings, tmp_path, caplog):
    be_host(settings, tmp_path / "kedua")
    assert "Folder media mesin" in caplog.text
    assert f"Pasang satu folder bersama sebagai {tmp_path}/kedua/media" in caplog.text


def test_a_host_that_is_away_is_no_longer_asked_to_fit(settings, tmp_path):
    be_host(settings, tmp_path / "kedua", key=KEYS[1])
    assert differences.find()
    Host.objects.filter(folder="balai").update(seen_at=Now() - timedelta(minutes=3))
    assert differences.find() is None


def test_a_new_key_on_the_only_host_is_told_once_and_stops_nothing(settings, tmp_path, caplog):
    heartbeat = be_host(settings, tmp_path / "balai", key=KEYS[1])
    assert caplog.text.count("Kunci rahasia mesin ini diganti") == 1
    heartbeat.step()
    assert caplog.text.count("Kunci rahasia mesin ini diganti") == 1
    assert differences.find() is None


def test_a_web_server_that_still_has_the_old_key_is_told_to_start_again(settings):
    settings.SECRET_KEY = KEYS[1]
    found = differences.find()
    assert found is not None
    assert "Mulai ulang keduanya" in found.advice


def test_a_folder_that_cannot_be_marked_is_not_called_another(settings, tmp_path):
    (tmp_path / "berkas").touch()
    be_host(settings, tmp_path / "kedua", media=tmp_path / "berkas")
    assert marks.own_marks().media == ""
    assert differences.find() is None


def test_hosts_that_are_gone_are_forgotten_after_a_day(settings, tmp_path):
    Host.objects.update(seen_at=Now() - timedelta(hours=25))
    be_host(settings, tmp_path / "kedua")
    assert [host.folder for host in Host.objects.all()] == ["kedua"]


@pytest.mark.django_db(transaction=True)
def test_a_second_host_is_told_in_its_log_when_its_web_server_starts(tmp_path, settings):
    """Real processes with two data folders, which made their keys themselves."""
    Host.objects.all().delete()
    here = connection.settings_dict
    database = f"postgres://{here['USER']}@/{here['HOST']}/{here['NAME']}"
    with Process(tmp_path / "satu") as first:
        wait_until(Host.objects.exists)
        with Gunicorn(tmp_path / "dua", database) as second:
            log = second.log.read_text()
            assert log.count("memakai kunci rahasia yang lain") == 1
            assert log.count("\n") == 1
        first.process.terminate()
        with pytest.raises(subprocess.TimeoutExpired):
            first.process.wait(0)
