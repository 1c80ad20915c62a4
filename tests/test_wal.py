"""The archive of WAL in BACKUP_DIR: seconds may be lost, no gap is hidden, and the portal goes back to a moment."""

import errno
import os
import shutil
import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from pyrage import x25519

from portal.backup import encryption, keys, restoring
from portal.backup import folder as backup_folder
from portal.backup.wal import archiving, base, moments, pausing, pruning, store
from portal.backup.wal.copies import Copies
from portal.health import backups as health
from portal.health import parts as health_parts
from portal.hosts import marks
from portal.run import postgres
from tests.conftest import MIGRATED
from tests.test_serve import manage

NOW = datetime(2026, 11, 28, 9, 0, 0, tzinfo=UTC)
BEGIN = 2 * store.SEGMENT
WAL = os.urandom(1000) * 20


def run_with(folder, *pieces, began=NOW, until=None):
    """A run with pieces of WAL from their first to their second place after BEGIN."""
    run = store.new_run(folder, began)
    for start, end in pieces:
        run.add(1, BEGIN + start, BEGIN + end, [WAL[start:end]])
    if until is not None:
        run.note_until(store.Until(until, BEGIN + pieces[-1][1]))
    return run


def add_base(run, start, end, ended):
    """The name of a base backup is all that is looked at."""
    (run.folder / store.base_name(BEGIN + start, BEGIN + end, 10**6, ended)).write_bytes(b"x" * 1000)


# ---- The files


def test_pieces_make_the_segments_that_the_server_wrote(tmp_path):
    run = store.new_run(tmp_path, NOW)
    whole = os.urandom(4096) * (store.SEGMENT // 4096)
    second = BEGIN + store.SEGMENT
    run.add(1, BEGIN, second, [whole[:99], whole[99:]])
    run.add(1, second, second + 3, [b"abc"])
    run.add(1, second + 3, second + 7, [b"defg"])
    assert store.reach(run.pieces(), BEGIN) == BEGIN + store.SEGMENT + 7
    found = dict(store.segments(run.pieces(), BEGIN + 100, BEGIN + store.SEGMENT + 7))
    assert list(found) == ["000000010000000000000002", "000000010000000000000003"]
    assert found["000000010000000000000002"] == whole
    assert found["000000010000000000000003"] == b"abcdefg".ljust(store.SEGMENT, b"\0")


def test_a_rewritten_beginning_replaces_its_pieces(tmp_path):
    run = run_with(tmp_path, (0, 10), (10, 30), (30, 40))
    run.add(1, BEGIN, BEGIN + 55, [WAL[:55]])
    [piece] = run.pieces()
    assert (piece.start, piece.end) == (BEGIN, BEGIN + 55)


def test_the_names_of_segments_are_those_of_the_server():
    assert store.segment_name(1, 0x1_FF00_0000) == "0000000100000001000000FF"
    assert store.segment_name(10, 0x2_0000_0000) == "0000000A0000000200000000"
    assert store.lsn("1/FF00002A") == 0x1_FF00_002A


def test_a_missing_piece_ends_what_can_be_reached(tmp_path):
    run = run_with(tmp_path, (0, 10), (10, 30), (30, 40))
    run.pieces()[1].path.unlink()
    assert store.reach(run.pieces(), BEGIN) == BEGIN + 10


@pytest.mark.parametrize("damage", [lambda content: content[:-9], lambda content: b"\0" + content[1:]])
def test_a_damaged_piece_is_noticed(tmp_path, damage):
    run = run_with(tmp_path, (0, 1000))
    [piece] = run.pieces()
    piece.path.write_bytes(damage(piece.path.read_bytes()))
    with pytest.raises(store.Damaged):
        list(store.segments(run.pieces(), BEGIN, BEGIN + 1000))


def test_a_base_backup_counts_only_with_the_wal_that_makes_it_consistent(tmp_path):
    run = run_with(tmp_path, (0, 10), (10, 30))
    add_base(run, 5, 20, NOW)
    add_base(run, 25, 31, NOW)
    assert [each.end for each in run.usable()] == [BEGIN + 20]


def test_pruning_keeps_all_that_the_newer_base_backup_needs(tmp_path):
    run = store.new_run(tmp_path, NOW)
    for number in range(4):
        first = BEGIN + number * store.SEGMENT
        run.add(1, first, first + store.SEGMENT, [bytes(store.SEGMENT)])
    for number in (0, 2):
        add_base(run, number * store.SEGMENT + 7, number * store.SEGMENT + 9, NOW + timedelta(days=number))
    run.prune(run.bases()[1])
    assert [piece.start for piece in run.pieces()] == [BEGIN + number * store.SEGMENT for number in (2, 3)]
    assert len(run.usable()) == 1


@pytest.fixture
def archive(tmp_path):
    """Of a data folder without a server."""
    return archiving.Archiving(
        tmp_path, tmp_path, budget=2**40, files={}, claim=lambda folder: None, recipient=lambda: None
    )


def test_the_oldest_goes_when_all_is_too_large_but_never_the_newest(two_runs, archive):
    _, second = store.runs(archive.folder)
    archive._prune(second)
    assert len(store.runs(archive.folder)) == 2
    archive.budget = 100
    for _ in range(2):
        archive._prune(second)
        assert [run.name for run in store.runs(archive.folder)] == [second.name]
        assert len(second.usable()) == 1


def test_a_run_whose_restoration_was_undone_goes_although_its_name_is_the_newest(two_runs, archive):
    first, _ = store.runs(archive.folder)
    archive.budget = 100
    archive._prune(first)
    assert [run.name for run in store.runs(archive.folder)] == [first.name]


def test_a_run_without_a_base_backup_goes_but_not_while_it_is_written(two_runs, archive):
    first, second = store.runs(archive.folder)
    second.bases()[0].path.unlink()
    archive._prune(first)
    assert len(store.runs(archive.folder)) == 2
    os.utime(second.folder, (0, 0))
    archive._prune(first)
    assert [run.name for run in store.runs(archive.folder)] == [first.name]


def test_wal_before_the_oldest_base_backup_goes_with_a_single_one_too(archive):
    run = store.new_run(archive.folder, NOW)
    for number in range(3):
        first = BEGIN + number * store.SEGMENT
        run.add(1, first, first + store.SEGMENT, [bytes(store.SEGMENT)])
    add_base(run, 2 * store.SEGMENT + 7, 2 * store.SEGMENT + 9, NOW)
    archive._prune(run)
    assert [piece.start for piece in run.pieces()] == [BEGIN + 2 * store.SEGMENT]
    assert len(run.usable()) == 1


def test_what_is_older_than_five_weeks_goes(archive):
    run, now = run_with(archive.folder, (0, 10), (10, 30)), datetime.now(UTC)
    for place, days in enumerate((50, 40, 30, 20, 10, 3)):
        add_base(run, 12, 20 + place, now - timedelta(days=days))
    archive._prune(run)
    assert [(now - each.ended).days for each in run.usable()] == [40, 30, 20, 10, 3]


def test_a_clock_a_year_ahead_leaves_what_reaches_back_three_weeks(archive):
    run, now = run_with(archive.folder, (0, 10), (10, 30)), datetime.now(UTC)
    for place, days in enumerate((365 + 21, 365 + 14, 365 + 7, 365, 0)):
        add_base(run, 12, 20 + place, now - timedelta(days=days))
    archive._prune(run)
    assert len(run.usable()) == 5


def test_what_a_clock_has_dated_ahead_does_not_keep_what_is_old(archive):
    run, now = run_with(archive.folder, (0, 10), (10, 30)), datetime.now(UTC)
    for place, days in enumerate((50, -365, 40, 10, 3)):
        add_base(run, 12, 20 + place, now - timedelta(days=days))
    archive._prune(run)
    assert [(now - each.ended).days for each in run.usable()] == [40, 10, 3]


def test_a_new_process_puts_no_base_backup_into_the_run_that_the_state_file_names(two_runs, archive):
    """A restored database begins another one, in the other thread, perhaps later."""
    _, named = store.runs(archive.folder)
    named.bases()[0].path.unlink()  # one is due
    archive.state.update(run=named.name)
    archive.look_after_bases()
    assert archive.state.read() == {"run": named.name}
    archive.position = named.name, BEGIN + 30
    with pytest.raises(base.NoBase):  # there is no server here
        archive.look_after_bases()


def test_each_thread_removes_the_drafts_of_a_killed_worker_but_not_the_others(two_runs, archive):
    first, second = store.runs(archive.folder)
    drafts = [run.folder / name for run in (first, second) for name in ("x.gz.part", "sampai.part", "dasar.part")]
    for draft in drafts:
        draft.write_text("setengah")
    archive._sweep(bases=False)
    assert [draft.name for draft in drafts if draft.exists()] == ["dasar.part"] * 2
    archive._sweep(bases=True)
    assert not any(draft.exists() for draft in drafts)


def test_a_disk_that_is_full_is_named(archive):
    def full():
        raise OSError(errno.ENOSPC, "No space left on device")

    archive.attempt("problem", full)
    assert archive.state.read()["problem"].endswith(f" tidak dapat dipakai: cakramnya penuh ({archive.folder}).")
    with pytest.raises(restoring.CannotRestore) as told, restoring.sentences():
        full()
    assert "None" not in str(told.value)


# ---- Which moments can be reached


@pytest.fixture
def two_runs(tmp_path):
    """From nine to ten, and from twelve to one: in between something was missing."""
    for hour in (0, 3):
        began = NOW + timedelta(hours=hour)
        run = run_with(tmp_path / "wal", (0, 10), (10, 30), began=began, until=began + timedelta(hours=1))
        add_base(run, 2, 8, began + timedelta(minutes=1))
    return tmp_path


def test_a_moment_is_reached_from_the_nearest_base_backup_before_it(two_runs):
    first, second = store.runs(two_runs / "wal")
    add_base(first, 12, 15, NOW + timedelta(minutes=20))
    way = moments.find(two_runs, NOW + timedelta(minutes=19))
    assert (way.run.name, way.base.start) == (first.name, BEGIN + 2)
    assert moments.find(two_runs, NOW + timedelta(minutes=21)).base.start == BEGIN + 12
    assert moments.find(two_runs, None).run.name == second.name
    assert moments.find(two_runs, None).reached == NOW + timedelta(hours=4)


@pytest.mark.parametrize(
    ("minutes", "answer"),
    [
        (-60, "Arsip WAL baru mulai 2026-11-28 17.01.0"),
        (90, "terputus. Yang dapat dicapai: sampai 2026-11-28 18.00.00, dan sejak 2026-11-28 20.01.0"),
        (24 * 60, "Arsip WAL berakhir 2026-11-28 21.00.00"),
    ],
)
def test_a_moment_that_cannot_be_reached_is_refused_with_the_nearest_ones(two_runs, minutes, answer):
    """In the city's zone, WITA in the tests."""
    with pytest.raises(restoring.CannotRestore, match=answer):
        moments.find(two_runs, NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"kemarin 0/1", b"2026-11-28T09:00:00+00:00 x"])
def test_a_run_whose_end_cannot_be_read_is_passed_over(two_runs, archive, content):
    first, second = store.runs(archive.folder)
    (first.folder / "sampai").write_bytes(content)
    assert pruning.last_gap(archive.folder) is None
    assert moments.find(two_runs, None).run.name == second.name
    archive._prune(second)
    assert len(store.runs(archive.folder)) == 2


def test_without_an_archive_nothing_is_promised(tmp_path):
    with pytest.raises(restoring.CannotRestore, match="Belum ada arsip WAL"):
        moments.find(tmp_path, None)


@pytest.mark.parametrize("text", ["2026-11-28 16.00", "28 Nopember 2026 16:00", "Sabtu, 28/11/2026 16.00.00 WITA"])
def test_a_moment_is_read_in_the_usual_spellings(text):
    assert moments.read(text) == datetime(2026, 11, 28, 8, tzinfo=UTC)
    assert moments.read(moments.told(moments.read(text))) == moments.read(text)
    assert moments.read(" Terakhir ") is None


@pytest.mark.parametrize("text", ["", "kemarin sore", "2026-11-28", "2026-02-30 10.00", "28-11"])
def test_a_text_that_is_no_moment_is_refused_in_one_sentence(text):
    with pytest.raises(restoring.CannotRestore, match="terakhir"):
        moments.read(text)


# ---- Photos and documents


def always(size):
    return True


def marked(folder, mark="satu"):
    """A folder of photos with the id that tells it from another one."""
    folder.mkdir(parents=True)
    (folder / marks.NAME).write_text(mark)
    return folder


def aged(path, content):
    """A file that nobody is writing any more."""
    path.write_bytes(content)
    os.utime(path, (time.time() - 1000,) * 2)


def test_an_unmounted_disk_is_not_taken_for_an_emptied_one(tmp_path):
    source, copies = marked(tmp_path / "media"), Copies(tmp_path / "berkas")
    (source / "foto").mkdir()
    (source / "foto" / "a.jpg").write_text("gambar")
    copies.update("media", source, always)
    source.rename(tmp_path / "cakram")
    for mark in ("", "lain"):  # before and after it is given an id of its own
        source.mkdir(exist_ok=True)
        if mark:
            (source / marks.NAME).write_text(mark)
        for name in ("b.jpg", "c.jpg"):
            (source / name).write_text("gambar")
            assert copies.update("media", source, always) == 0
        assert not copies.knows("media", source)
    shutil.rmtree(source)
    (tmp_path / "cakram").rename(source)
    copies.update("media", source, always)
    assert copies.knows("media", source)
    assert (tmp_path / "berkas" / "media" / "foto" / "a.jpg").exists()
    [day] = (tmp_path / "berkas" / "dihapus").iterdir()
    assert {path.name for path in (day / "media").iterdir()} == {"b.jpg", "c.jpg"}


def test_new_photos_are_copied_and_deleted_ones_kept_for_a_while(tmp_path):
    source, copies = marked(tmp_path / "media"), Copies(tmp_path / "berkas")
    (source / "foto" / "11").mkdir(parents=True)
    old = time.time() - 1000
    os.utime(source / marks.NAME, (old, old))
    for name in ("a.jpg", "b.jpg"):
        (source / "foto" / "11" / name).write_text(name)
        os.utime(source / "foto" / "11" / name, (old, old))
    for folder in (source / "foto" / "11", source / "foto", source):
        os.utime(folder, (old, old))
    assert copies.update("media", source, always) == 0
    assert len(copies.seen) == 3  # not looked into again
    (source / "foto" / "11" / "a.jpg").unlink()
    (source / "foto" / "11" / "c.jpg").write_text("c.jpg")
    assert copies.update("media", source, always) == 0
    copies.complete("media", tmp_path / "pulang", ())
    assert {path.name for path in (tmp_path / "pulang" / "foto" / "11").iterdir()} == {"a.jpg", "b.jpg", "c.jpg"}
    copies.prune(datetime.now(UTC).date())
    copies.complete("media", tmp_path / "lagi", ())
    assert (tmp_path / "lagi" / "foto" / "11" / "a.jpg").exists()
    copies.prune(datetime.now(UTC).date() + timedelta(days=1))
    copies.complete("media", tmp_path / "kelak", ())
    assert {path.name for path in (tmp_path / "kelak" / "foto" / "11").iterdir()} == {"b.jpg", "c.jpg"}


def test_a_photo_that_was_still_being_written_is_copied_again(tmp_path):
    source, copies = marked(tmp_path / "media"), Copies(tmp_path / "berkas")
    (source / "a.jpg").write_text("setengah")
    copies.update("media", source, always)
    with (source / "a.jpg").open("a") as file:
        file.write(" dan setengah lagi")
    copies.update("media", source, always)
    assert (tmp_path / "berkas" / "media" / "a.jpg").read_text() == "setengah dan setengah lagi"


def test_photos_for_which_there_is_no_room_wait(tmp_path):
    source, copies = marked(tmp_path / "media"), Copies(tmp_path / "berkas")
    (source / "a.jpg").write_text("gambar")
    os.utime(source / "a.jpg", (0, 0))
    os.utime(source, (0, 0))
    assert copies.update("media", source, lambda size: False) == 1
    assert copies.update("media", source, always) == 0
    assert (tmp_path / "berkas" / "media" / "a.jpg").exists()
    assert Copies(tmp_path / "lain").update("media", tmp_path / "tiada", always) == 0


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != marks.NAME}


def test_copies_are_encrypted_when_there_is_a_key_and_no_plain_one_stays(tmp_path):
    source, copies = marked(tmp_path / "media"), Copies(tmp_path / "berkas")
    (source / "foto").mkdir()
    photos = {f"{name}.jpg": name.encode() * size for name, size in (("ada", 50_000), ("kosong", 0), ("hapus", 3))}
    for name, content in photos.items():
        aged(source / "foto" / name, content)
    copies.update("media", source, always)
    (source / "foto" / "hapus.jpg").unlink()
    copies.update("media", source, always)
    (copies.folder / "media" / "foto" / "mati.jpg.part").write_bytes(b"setengah")  # of a killed process
    assert contents(copies.folder) == photos | {"mati.jpg.part": b"setengah"}

    key = x25519.Identity.generate()
    copies.encrypt_for(key.to_public())
    aged(source / "foto" / "baru.jpg", b"baru")
    copies.update("media", source, always)
    copies.seal_deleted()
    written = contents(copies.folder)
    assert set(written) == {"ada.jpg.age", "kosong.jpg.age", "hapus.jpg.age", "baru.jpg.age"}
    assert all(content.startswith(b"age-encryption.org/") for content in written.values())
    again = Copies(copies.folder)  # the worker was started again
    again.encrypt_for(key.to_public())
    again.update("media", source, always)
    again.seal_deleted()
    assert contents(copies.folder) == written  # each encryption would differ

    aged(copies.folder / "media" / "foto" / "lama.jpg", b"polos")  # of an older portal
    aged(copies.folder / "media" / "foto" / "rusak.jpg.age", b"age-encryption.org/v1 bukan")
    copies.complete("media", tmp_path / "pulang", (key,))
    assert contents(tmp_path / "pulang") == photos | {"baru.jpg": b"baru", "lama.jpg": b"polos"}
    for identities in ((), (x25519.Identity.generate(),)):
        with pytest.raises(encryption.NoKey):
            copies.complete("media", tmp_path / "lain", identities)

    copies.encrypt_for(None)  # somebody has declined
    copies.update("media", source, always)
    assert contents(copies.folder / "media") == {"ada.jpg": photos["ada.jpg"], "kosong.jpg": b"", "baru.jpg": b"baru"}


def test_a_copy_killed_before_the_plain_one_went_is_finished(tmp_path):
    source, copies = marked(tmp_path / "media"), Copies(tmp_path / "berkas")
    aged(source / "a.jpg", b"a" * 70_000)
    copies.update("media", source, always)
    plain = (copies.folder / "media" / "a.jpg").read_bytes()
    copies.encrypt_for(x25519.Identity.generate().to_public())
    copies.update("media", source, always)
    (copies.folder / "media" / "a.jpg").write_bytes(plain)  # as before the kill
    copies.seen.clear()
    copies.update("media", source, always)
    assert list(contents(copies.folder)) == ["a.jpg.age"]


# ---- With a server


@pytest.fixture
def stopped(migrated, tmp_path, settings):
    """The archive of a data folder whose server does not run."""
    data_dir = tmp_path / "var"
    marked(data_dir / "media")
    shutil.copytree(migrated / "postgres", data_dir / "postgres")
    (tmp_path / "cadangan").mkdir()
    settings.DATA_DIR = data_dir
    return archiving.Archiving(
        data_dir,
        tmp_path / "cadangan",
        budget=2**40,
        files={"media": data_dir / "media"},
        claim=backup_folder.claim,
        recipient=lambda: None,
    )


QUICK = ("fsync=off",)  # not without full pages: a base backup could not be recovered


@pytest.fixture
def portal(stopped):
    """Its server runs, with a table only."""
    with postgres.running(stopped.data_dir, QUICK):
        with connected(stopped.data_dir) as server:
            make_small(server)
        yield stopped


def make_small(server):
    server.execute(f"DROP DATABASE {MIGRATED}")
    server.execute("CREATE TABLE news_category (name text, slug text, description text, position int)")


def make_portals_own(data_dir):
    """The tables of the tests' template become those of the portal."""
    with postgres.running(data_dir, QUICK):
        host = postgres.connection_settings(data_dir)["HOST"]
        with psycopg.connect(host=host, user="postgres", dbname="template1", autocommit=True) as server:
            server.execute("DROP DATABASE postgres")
            server.execute(f"ALTER DATABASE {MIGRATED} RENAME TO postgres")


def connected(data_dir):
    host = postgres.connection_settings(data_dir)["HOST"]
    return psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True)


def add(server, name):
    """Returns a moment just after it."""
    query = "INSERT INTO news_category (name, slug, description, position) VALUES (%s, %s, '', 1)"
    server.execute(query, [name, name])
    return server.execute("SELECT clock_timestamp()").fetchone()[0]


def categories(data_dir):
    with postgres.running(data_dir), connected(data_dir) as server:
        return [name for (name,) in server.execute("SELECT name FROM news_category ORDER BY id").fetchall()]


def archived(archive):
    for name, work in (("problem", archive.ship), ("base_problem", archive.look_after_bases)):
        archive.attempt(name, work)
    archive.attempt("problem", archive.ship)
    archive.attempt("base_problem", archive.look_after_bases)
    return archive.state.read()


def slots(server):
    return server.execute("SELECT slot_name, wal_status FROM pg_replication_slots").fetchall()


@pytest.mark.slow
def test_the_portal_goes_back_to_a_moment_and_forward_again(stopped, tmp_path):
    data_dir = stopped.data_dir
    photo = data_dir / "media" / "a.jpg"
    photo.write_text("gambar")
    (data_dir / "pageviews").mkdir()
    (data_dir / "pageviews" / "nginx.log").write_text("baris\n")
    make_portals_own(data_dir)
    keys.store(keys.lines(x25519.Identity.generate()))
    stopped.recipient = lambda: keys.stored().recipient
    with postgres.running(data_dir, QUICK), connected(data_dir) as server:
        add(server, "satu")
        state = archived(stopped)
        assert state["problem"] == state["base_problem"] == ""
        assert state["base"]
        time.sleep(1.1)  # a base backup is good from the next second on
        moment = add(server, "dua")
        photo.unlink()
        last = add(server, "tiga")
        time.sleep(0.1)
        stopped.ship()
    [run] = store.runs(stopped.folder)
    assert {path.suffix for path in run.folder.iterdir()} == {".age", ""}
    assert [path.name for path in stopped.copies.folder.rglob("a.jpg*")] == ["a.jpg.age"]
    own_keys = keys.place().rename(tmp_path / "kunci")
    own = {"data_dir": data_dir, "BACKUP_DIR": str(stopped.backup_dir)}
    with pytest.raises(encryption.NoKey):
        base.unpack(run.bases()[0].path, None, (), lambda _: None)
    done = manage("restore", "--sampai", moment.isoformat(), "--kunci", str(own_keys), **own)
    assert "Portal sudah kembali ke keadaan pada" in done.stdout, done.stderr
    assert categories(data_dir) == ["satu", "dua"]
    assert photo.read_text() == "gambar"
    with (data_dir / "pageviews" / "nginx.log").open("a") as journal:
        journal.write("lagi\n")
    with postgres.running(data_dir), connected(data_dir) as server:
        assert slots(server) == []  # what comes now is a history of its own
    assert manage("restore", "--batal", **own).returncode == 0
    assert categories(data_dir) == ["satu", "dua", "tiga"]
    # Nothing was committed between this moment and the end of the archive.
    assert manage("restore", "--sampai", last.isoformat(), "--kunci", str(own_keys), **own).returncode == 0
    assert categories(data_dir) == ["satu", "dua", "tiga"]
    assert (data_dir / "pageviews" / "nginx.log").read_text() == "baris\nlagi\n"


@pytest.mark.slow
def test_a_slot_that_the_server_gave_up_begins_a_new_run_and_says_so(stopped, caplog):
    little = (*QUICK, "max_slot_wal_keep_size=16MB")
    with postgres.running(stopped.data_dir, little), connected(stopped.data_dir) as server:
        make_small(server)
        archived(stopped)
        for _ in range(6):
            add(server, str(time.monotonic_ns()))
            server.execute("SELECT pg_switch_wal()")
        server.execute("CHECKPOINT")
        assert [status for _, status in slots(server)] == ["lost"]
        state = archived(stopped)
        assert "terputus" in caplog.text
        assert state["problem"] == ""
        assert [status for _, status in slots(server)] == ["reserved"]
    first, second = store.runs(stopped.folder)
    assert first.until().moment < second.bases()[0].ended


@pytest.mark.slow
def test_an_archive_that_cannot_be_written_waits_and_goes_on_without_a_gap(portal, caplog):
    with connected(portal.data_dir) as server:
        archived(portal)
        away = portal.backup_dir.with_name("tidak-terpasang")
        portal.backup_dir.rename(away)
        portal.backup_dir.mkdir()  # as the empty folder at which a disk is mounted
        add(server, "sementara")
        state = archived(portal)
        assert "mungkin cakramnya belum terpasang" in state["problem"]
        archived(portal)
        assert caplog.text.count("belum terpasang") == 1
        assert list(portal.backup_dir.iterdir()) == []
        portal.backup_dir.rmdir()
        away.rename(portal.backup_dir)
        assert archived(portal)["problem"] == ""
    [run] = store.runs(portal.folder)
    assert store.reach(run.pieces(), run.pieces()[0].start) == run.until().lsn


@pytest.mark.slow
def test_a_pause_ends_the_run_and_a_base_backup_begins_the_next(portal):
    with connected(portal.data_dir) as server:
        archived(portal)
        with pausing.paused(portal.data_dir):
            assert archived(portal)["paused"]
            assert slots(server) == []
        assert not archived(portal)["paused"]
        assert len(store.runs(portal.folder)) == 2
        archiving.forget(portal.data_dir)
        assert slots(server) == []


@pytest.mark.slow
def test_a_missing_piece_a_damaged_base_backup_and_full_disks_are_noticed(portal, tmp_path, monkeypatch):
    archived(portal)
    with connected(portal.data_dir) as server:
        for number in range(3):
            add(server, str(number))
            portal.ship()
        [run] = store.runs(portal.folder)
        [whole] = run.usable()
        assert base.unpack(whole.path, None, (), lambda _: None) == (whole.start, whole.end)
        content = bytearray(whole.path.read_bytes())
        content[len(content) // 2] ^= 1
        whole.path.write_bytes(content)
        with pytest.raises(store.Damaged):
            base.unpack(whole.path, tmp_path / "pulang", (), lambda _: None)
        run.pieces()[-2].path.unlink()
        assert "ada bagian yang hilang" in str(archived(portal))
        assert archived(portal)["problem"] == ""
        assert len(store.runs(portal.folder)) == 2
        portal.budget = 1000
        assert "BACKUP_WAL_GB" in archived(portal)["problem"]
        portal.budget = 2**40
        monkeypatch.setattr(archiving, "ROOM", 2**60)
        assert "hampir penuh" in archived(portal)["problem"]
        assert slots(server) == []  # the data's disk would be next


@pytest.mark.slow
def test_an_archive_near_its_bound_makes_room_by_a_new_base_backup(portal):
    archived(portal)
    [run] = store.runs(portal.folder)
    before = run.bases()[0]
    size = before.path.stat().st_size
    portal.budget = int(size * 2.4)
    with connected(portal.data_dir) as server:
        make_wal(server, 2 * 10**6)
        portal.ship()
        portal.budget = int(pruning.used(portal.folder) / 0.9)
        portal.look_after_bases()
        assert pruning.used(portal.folder) > portal.budget
        assert archived(portal)["problem"] == ""
        assert [each.end > before.end for each in run.usable()] == [True]
        assert pruning.used(portal.folder) < portal.budget
        portal.budget = 1000  # less than one base backup: that cannot be mended
        archived(portal)
        assert "tiga kali" in archived(portal)["problem"]
        assert len(run.bases()) == 1


def make_wal(server, size):
    """So many bytes that cannot be compressed."""
    server.execute("CREATE TABLE acak (isi bytea)")
    for _ in range(size // 8000):
        server.execute("INSERT INTO acak VALUES (%s)", [os.urandom(8000)])


# ---- What /sehat tells


@pytest.fixture
def state(tmp_path, settings):
    settings.DATA_DIR, settings.BACKUP_DIR = tmp_path, tmp_path / "cadangan"
    return archiving.State(tmp_path)


def test_the_health_page_tells_how_much_may_be_lost(state):
    with pytest.raises(health.Problem, match="WAL tidak diarsipkan sama sekali"):
        health.wal()
    now = time.time()
    state.update(at=now - 5, base=None, used=2**29, budget=10 * 2**30, problem="", base_problem="", paused=False)
    health.wal()
    assert "belum selesai" in health.notes_on_wal()[0]
    state.update(base=NOW.timestamp(), gap=[NOW.timestamp() - 3600, NOW.timestamp()])
    sentence, gap = health.notes_on_wal()
    assert "paling banyak 30 detik. Arsip WAL memakai 0,5 dari 10 GB; cadangan dasar terakhir 28 Nov" in sentence
    assert gap.startswith("Arsip WAL terputus antara 28 Nov")
    state.update(at=now - 180, problem="Cakram arsip WAL hampir penuh: tersisa 7 MB.")
    with pytest.raises(health.Problem, match=r"sejak 3 menit yang lalu\. Cakram arsip WAL hampir penuh"):
        health.wal()
    state.update(paused=True)
    health.wal()
    assert "dijeda" in health.notes_on_wal()[0]
    state.update(paused=False, at=now, base_problem="Cadangan dasar gagal dibuat: x")
    with pytest.raises(health.Problem, match="Cadangan dasar gagal"):
        health.wal()
    state.update(base_problem="", base_size=3 * 2**30)
    health.wal()
    state.update(base_size=4 * 2**30)
    with pytest.raises(health.Problem, match=r"sudah 4,0 GB, lebih dari sepertiga BACKUP_WAL_GB \(10 GB\)") as large:
        health.wal()
    assert "Isilah BACKUP_WAL_GB dengan 16, " in large.value.advice


def test_other_servers_have_their_own_archive(state, settings):
    settings.EMBEDDED_DATABASE = False
    state.update(at=0)
    assert health.notes_on_wal() == []
    assert "arsip" not in {part.name for part in health_parts.present()}
    with pytest.raises(restoring.CannotRestore, match="pgBackRest"):
        moments.backup_dir()
    settings.EMBEDDED_DATABASE, settings.BACKUP_DIR = True, None
    with pytest.raises(restoring.CannotRestore, match="BACKUP_DIR"):
        moments.backup_dir()
