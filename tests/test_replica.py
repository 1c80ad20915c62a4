"""REPLICA_URL: pages for readers come from a replica of the database, a real one that streams from its primary."""

import threading
import time
from math import inf
from pathlib import Path

import pytest
from django.db import connection, connections, transaction
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import path

from news.models import Category, FailedSearch
from news.web import reads, replica
from portal import replica as middleware
from portal.health import checks
from portal.health.page import health
from portal.health.problems import Problem
from portal.metrics import exposition
from portal.run import postgres
from tests import standby
from tests.conftest import wait_until
from tests.make import make_article
from tests.test_routes import routes

pytestmark = pytest.mark.slow
# Of those that only readers see; the others read or write what belongs to one of them, or no database
ON_PRIMARY = {
    "admin", "media", "health", "preview", "favicon", "robots", "security", "comments", "comments-captcha",
    "report-comment", "report-comment-captcha", "report-comment-thanks", "own-comment", "own-comment-export",
    "own-comment-confirmation", "own-comment-email", "own-data-request", "own-data-request-captcha",
    "own-data-requested", "own-data", "own-data-export", "own-unknown", "captcha-sound", "captcha-picture",
}  # fmt: skip


class Servers:
    def __init__(self, primary, standby):
        self.primary, self.standby = primary, standby
        self.article = self.category = None

    def rename(self, name: str) -> None:
        standby.sql(self.primary, f"UPDATE news_category SET name = '{name}'")


@pytest.fixture(scope="module")
def both(migrated, tmp_path_factory, django_db_blocker):
    """An article with its category on the primary, and a replica that has them."""
    base = tmp_path_factory.mktemp("r")
    with standby.primary(base / "p", migrated) as primary, django_db_blocker.unblock():
        before = {name: connection.settings_dict[name] for name in ("HOST", "NAME")}
        connection.close()
        connection.settings_dict |= {"HOST": postgres.connection_settings(primary)["HOST"], "NAME": standby.MIGRATED}
        article = make_article(title="Pasar malam dibuka", tags=["pasar"])
        with standby.standby(base / "s", primary) as copy:
            servers = Servers(primary, copy)
            servers.article, servers.category = article, article.category
            yield servers
        connection.close()
        connection.settings_dict |= before


@pytest.fixture
def servers(both, settings, monkeypatch):
    """With REPLICA_URL, as the settings would be."""
    own = settings.DATABASES["default"] | {
        "ENGINE": "news.web.database",
        "HOST": postgres.connection_settings(both.standby)["HOST"],
        "NAME": standby.MIGRATED,
    }
    monkeypatch.setitem(settings.DATABASES, "replica", own)
    settings.DATABASE_ROUTERS = ["news.web.reads.Router"]
    at = settings.MIDDLEWARE.index("portal.middleware.DatabaseDownMiddleware")
    settings.MIDDLEWARE = [*settings.MIDDLEWARE[:at], "portal.replica.ReplicaMiddleware", *settings.MIDDLEWARE[at:]]
    monkeypatch.setattr(replica, "watch", replica.Watch())
    monkeypatch.setattr(replica, "LOOK_EVERY", 60)  # each test says when
    both.rename("Layanan Publik")
    standby.caught_up(both.standby, both.primary)
    yield both
    connections["replica"].close()
    del connections["replica"]


@pytest.fixture
def paused(servers):
    """The replica replays nothing, and what is written then does not reach its pages."""
    standby.sql(servers.standby, "SELECT pg_wal_replay_pause()")
    wait_until(lambda: standby.sql(servers.standby, "SELECT pg_get_wal_replay_pause_state()") == "paused")
    yield servers
    standby.sql(servers.standby, "SELECT pg_wal_replay_resume()")


@pytest.fixture
def without_primary(servers):
    """Its server refuses connections."""
    client_of_tests = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = str(servers.primary / "nowhere")
    yield servers
    connection.close()
    connection.settings_dict["HOST"] = client_of_tests


def test_every_route_is_said_to_read_from_the_one_or_the_other():
    assert {route.name for route in routes()} == middleware.ON_REPLICA | ON_PRIMARY
    assert not middleware.ON_REPLICA & ON_PRIMARY


def test_a_page_for_readers_reads_from_the_replica_only(client, servers):
    assert replica.watch.fits()
    with CaptureQueriesContext(connection) as primary, CaptureQueriesContext(connections["replica"]) as copy:
        for page in pages(servers):
            assert client.get(page).status_code == 200, page
    assert primary.captured_queries == []
    assert copy.captured_queries


def pages(servers) -> list[str]:
    article = servers.article.get_absolute_url()
    others = """/ /berita /kategori /tag/pasar /arsip /populer /cari?q=pasar /feed /feed/atom /ralat /data /sitemap.xml
        /sitemap-halaman.xml /sitemap-news.xml /dokumen /dokumen?q=x /transparansi"""
    return [article, servers.category.get_absolute_url(), *others.split()]


def test_files_that_are_sent_in_pieces_are_wholly_from_the_replica(client, paused):
    assert replica.watch.fits()
    with CaptureQueriesContext(connection) as primary:
        sent = b"".join(client.get("/data/berita.csv"))
    assert b"Pasar malam dibuka" in sent
    assert primary.captured_queries == []


def test_what_is_written_and_the_newsroom_stay_on_the_primary(client, servers):
    assert replica.watch.fits()
    with CaptureQueriesContext(connections["replica"]) as copy:
        assert client.get("/admin/login/").status_code == 200
        assert client.get(f"/berita/{servers.article.pk}/komentar/captcha").status_code == 200
        assert client.post(f"/berita/{servers.article.pk}/komentar", {}).status_code == 200
    assert copy.captured_queries == []
    client.get("/cari?q=tiadasama")  # a page for readers
    assert FailedSearch.objects.filter(words="tiadasama").exists()
    with reads.using(reads.REPLICA):
        category = Category.objects.get()
    category.save()
    assert category._state.db == "default"


def test_a_replica_that_is_too_far_behind_is_left_until_it_has_caught_up(client, paused, settings):
    assert replica.watch.fits()
    address = f"{paused.category.get_absolute_url()}?n="
    assert replica.seconds_behind() < settings.REPLICA_LAG
    paused.rename("Pelayanan Baru")
    assert "Layanan Publik" in client.get(f"{address}1").text
    settings.REPLICA_LAG = 0.2
    wait_until(lambda: replica.seconds_behind() > settings.REPLICA_LAG)
    replica.watch = replica.Watch()
    assert "Pelayanan Baru" in client.get(f"{address}2").text
    with pytest.raises(Problem, match=r"Replika tertinggal .* lebih dari REPLICA_LAG"):
        checks.replica_follows()
    standby.sql(paused.standby, "SELECT pg_wal_replay_resume()")
    standby.caught_up(paused.standby, paused.primary)
    replica.watch = replica.Watch()
    assert replica.watch.fits()


def test_a_replica_without_anything_to_replay_is_not_behind(servers):
    time.sleep(0.3)
    wait_until(lambda: replica.seconds_behind() == 0)  # the primary may just have noted something of its own
    wait_until(lambda: exposition._replica_lag() == 0)
    checks.replica_follows()
    assert checks.note_on_replica() == ["Replika tertinggal 0,0 detik."]


def test_a_process_looks_once_a_second_at_most(client, servers):
    assert replica.watch.fits()
    with CaptureQueriesContext(connections["replica"]) as copy:
        assert all(replica.watch.fits() for _ in range(100))
    assert copy.captured_queries == []


def test_who_has_written_in_the_newsroom_is_answered_when_the_replica_has_it(client, paused):
    assert replica.watch.fits()
    paused.rename("Baru Disimpan")
    answers = []

    def write():
        answers.append(client.post("/admin/login/", {}))
        connections.close_all()

    post = threading.Thread(target=write)
    post.start()
    post.join(0.3)
    assert answers == []
    standby.sql(paused.standby, "SELECT pg_wal_replay_resume()")
    post.join(10)
    assert [answer.status_code for answer in answers] == [200]
    assert "Baru Disimpan" in client.get(f"{paused.category.get_absolute_url()}?n=3").text


def test_without_a_replica_pages_come_from_the_primary_and_sehat_says_so(client, servers, monkeypatch, caplog):
    connections["replica"].close()
    connections["replica"].settings_dict["HOST"] = str(servers.standby / "nowhere")
    for page in pages(servers):
        assert client.get(page).status_code == 200, page
    with pytest.raises(Problem, match="Replika tidak dapat dihubungi: di sana tidak ada server yang menjawab"):
        checks.replica_follows()
    assert exposition._replica_lag() == inf
    assert caplog.text.count("Halaman dibaca dari server utama") == 1


def test_without_the_primary_pages_come_from_the_replica_and_nothing_can_be_sent(client, without_primary, caplog):
    for page in [*pages(without_primary), "/cari?q=pasr"]:
        assert client.get(page).status_code == 200, page
    assert client.get("/alamat/lama/tiada", headers={"Referer": "https://contoh.id/"}).status_code == 404
    for _ in range(2):  # also in the second in which the primary is not tried again
        assert client.post(f"/berita/{without_primary.article.pk}/komentar", {"text": "Halo"}).status_code == 503
        assert client.get(f"{without_primary.category.get_absolute_url()}?n=4").status_code == 200


def conflicting(request):
    """Reads twice from one state of the data, which the primary removes in between."""
    using = reads.alias()
    with transaction.atomic(using), connections[using].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT count(*) FROM news_tag")
        if using == "replica":
            primary, copy = Path(request.META["PRIMARY"]), Path(request.META["COPY"])
            standby.sql(primary, "UPDATE news_category SET name = name")
            standby.sql(primary, "VACUUM news_category")
            standby.sql(primary, "UPDATE news_category SET name = name")  # its commit sends the WAL of both
            standby.caught_up(copy, primary)
        cursor.execute("SELECT name FROM news_category")
        return HttpResponse(f"{cursor.fetchone()[0]} dari {using}")


urlpatterns = [path("", conflicting, name="home"), path("sehat", health, name="health")]


def test_a_page_that_conflicts_with_what_is_replayed_is_made_again_by_the_primary(servers, settings, client):
    settings.ROOT_URLCONF = __name__
    assert replica.watch.fits()
    answer = client.get("/", PRIMARY=str(servers.primary), COPY=str(servers.standby))
    assert answer.text == "Layanan Publik dari default"
    assert replica.watch.fits()  # it is well


def test_a_replica_that_was_promoted_serves_pages_only_while_the_former_primary_is_away(servers, tmp_path):
    with standby.standby(tmp_path / "s", servers.primary) as other:
        connections["replica"].close()
        connections["replica"].settings_dict["HOST"] = postgres.connection_settings(other)["HOST"]
        assert replica.watch.fits()
        standby.sql(other, "SELECT pg_promote()")
        with pytest.raises(replica.Unfit, match="bukan replika lagi"):
            replica.seconds_behind()
        replica.primary_is_away.begin()
        assert replica.seconds_behind() == 0
