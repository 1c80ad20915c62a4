"""Encrypted backups: whole or refused with one sentence, opened by age, too, never locked by accident."""

import gc
import io
import os
import resource
import subprocess

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from pyrage import x25519

from portal.backup import archive, encryption, keys, making
from portal.login.models import SecondStep, new_key
from portal.management.commands import backup, kunci_cadangan, restore
from tests.conftest import require_program
from tests.make import make_person
from tests.test_backup import WHOLE, unshown

KEY, OTHER = x25519.Identity.generate(), x25519.Identity.generate()
LONG = os.urandom(300_000)  # several of age's chunks of 64 KiB


def encrypted(content, key=KEY):
    return pyrage.encrypt(content, [key.to_public()])


def opened(content, name="portal.tar.age", identities=(KEY,)):
    """What comes out of a backup file, read twice."""
    with encryption.opened(io.BytesIO(content), name, identities) as file:
        file.seek(0)
        first = file.read(10**7)
        file.seek(0)
        assert file.read(10**7) == first
        return first


def test_what_is_written_is_read_again_as_often_as_needed():
    target = io.BytesIO()
    with encryption.encrypting(target, KEY.to_public()) as file:
        for start in range(0, len(LONG), 7001):
            file.write(LONG[start : start + 7001])
    assert opened(target.getvalue()) == LONG
    assert opened(WHOLE, name="portal.tar", identities=()) == WHOLE


def test_an_encrypted_backup_is_verified_and_unpacked_like_a_plain_one(tmp_path):
    with encryption.opened(io.BytesIO(encrypted(WHOLE)), "b.age", [OTHER, KEY]) as file:
        promised = archive.verify(file, unshown)["members"]
        archive.extract(file, promised, tmp_path, unshown)
        assert b"".join(archive.sql(file, promised)).startswith(b"SELECT 1;")
    assert (tmp_path / "documents" / "a").read_bytes() == b"pdf"


@pytest.mark.parametrize(
    ("content", "name", "identities", "sentence"),
    [
        (encrypted(WHOLE), "b.tar.age", (), encryption.NO_KEY),
        (encrypted(WHOLE), "b.tar.age", (OTHER,), encryption.WRONG_KEY),
        (encrypted(WHOLE)[:-1], "b.tar.age", (KEY,), archive.CUT_OFF),
        (encrypted(LONG)[:150_000], "b.tar.age", (KEY,), archive.CUT_OFF),
        (encrypted(WHOLE)[:100], "b.tar.age", (KEY,), archive.CUT_OFF),
        (encrypted(encrypted(WHOLE)), "b.tar.age", (KEY,), encryption.TWICE),
        (WHOLE, "b.tar.age", (KEY,), encryption.NOT_ENCRYPTED),
    ],
    ids=["no key", "wrong key", "without its end", "cut in the middle", "cut at the top", "twice", "plain"],
)
def test_what_cannot_be_opened_is_refused_in_one_sentence(content, name, identities, sentence):
    with pytest.raises(archive.Unfit) as refused:
        opened(content, name, identities)
    assert str(refused.value) == sentence


def test_a_changed_byte_is_noticed_wherever_it_is():
    whole = encrypted(WHOLE)
    for place in range(0, len(whole), 97):
        changed = bytearray(whole)
        changed[place] ^= 1
        with pytest.raises(archive.Unfit):
            opened(bytes(changed))


def test_age_opens_our_backups_and_we_open_those_of_age(tmp_path):
    age = require_program("age", "apt-get install age")
    ours, theirs, key = tmp_path / "ours.age", tmp_path / "theirs.age", tmp_path / "key"
    key.write_text(keys.lines(KEY))
    with ours.open("wb") as target, encryption.encrypting(target, KEY.to_public()) as file:
        file.write(WHOLE)
    read = subprocess.run([age, "--decrypt", "-i", key, ours], capture_output=True, check=True, timeout=60)
    assert read.stdout == WHOLE
    for armor in ([], ["--armor"]):
        command = [age, *armor, "-r", str(KEY.to_public()), "-o", theirs]
        subprocess.run(command, input=WHOLE, check=True, timeout=60)
        assert opened(theirs.read_bytes()) == WHOLE


def test_an_error_of_the_disk_is_told_as_such():
    """pyrage leaves only its words."""

    class Full(io.BytesIO):
        def write(self, block):
            raise OSError(28, "No space left on device")

    def write():
        with encryption.encrypting(Full(), KEY.to_public()) as file:
            for _ in range(10):
                file.write(LONG)

    with pytest.raises(OSError, match="No space") as found:
        write()
    assert found.value.errno == 28


# ---- Keys


@pytest.fixture
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.mark.parametrize(
    "typed",
    [str(KEY), str(KEY).lower(), f"  {str(KEY)[:30]} {str(KEY)[30:]}\r\n# catatan"],
    ids=["as it is", "in small letters", "with spaces"],  # without ids, the names would change with the key
)
def test_a_key_typed_off_a_paper_is_understood(typed):
    assert str(keys.parsed(typed, "x").identities[0]) == str(KEY)


@pytest.mark.parametrize(
    "typed",
    ["", "kunci", str(KEY)[:-1], str(KEY)[:-1] + ("P" if str(KEY)[-1] == "Q" else "Q"), "# hanya catatan"],
    ids=["empty", "another text", "without its end", "with another end", "a comment"],
)
def test_a_key_with_a_mistake_is_refused_in_a_sentence(typed):
    with pytest.raises(keys.KeyFault):
        keys.parsed(typed, "x")


def test_a_new_key_is_used_and_the_former_one_still_opens(data_dir, capsys):
    call_command("kunci_cadangan")
    first = keys.stored()
    assert str(first.identities[0]) in capsys.readouterr().out
    call_command("kunci_cadangan")
    assert len(keys.stored().identities) == 1
    call_command("kunci_cadangan", "--ganti")
    assert str(keys.stored().recipient) != str(first.recipient)
    assert str(keys.stored().identities[1]) == str(first.identities[0])
    call_command("kunci_cadangan", "--tanpa-enkripsi")
    assert keys.stored().recipient is None
    assert len(keys.stored().identities) == 2
    call_command("kunci_cadangan")
    assert keys.stored().recipient
    assert keys.place().stat().st_mode & 0o777 == 0o600


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_key_counts_only_when_its_owner_has_a_copy(data_dir, monkeypatch, capsys):
    answers = iter(["ABCDEF", "", None])

    def answer(_):
        if (typed := next(answers)) is None:
            raise EOFError
        return typed

    monkeypatch.setattr(kunci_cadangan.sys, "stdin", Terminal())
    monkeypatch.setattr("builtins.input", answer)
    with pytest.raises(CommandError, match="tidak ada kunci yang disimpan"):
        call_command("kunci_cadangan")
    assert not keys.place().exists()


@pytest.mark.django_db
def test_encryption_is_wanted_with_the_first_second_step(data_dir, settings):
    assert not keys.are_missing()
    SecondStep.objects.begin(make_person("Administrator"), new_key(), latest=0)
    assert keys.are_missing()
    SecondStep.objects.all().delete()
    settings.REQUIRE_2FA = True
    assert keys.are_missing()
    call_command("kunci_cadangan", "--tanpa-enkripsi")
    assert not keys.are_missing()


@pytest.mark.django_db
def test_a_backup_typed_in_a_terminal_makes_the_key_and_shows_it_and_no_other_does(data_dir, settings, monkeypatch):
    settings.REQUIRE_2FA, settings.BACKUP_DIR = True, data_dir / "cadangan"
    settings.BACKUP_DIR.mkdir()
    shown, command = io.StringIO(), backup.Command()
    command.stdout = OutputWrapper(shown)
    command.have_key()  # from cron
    assert keys.are_missing()
    assert command.todays(settings.BACKUP_DIR).suffix == ".tar"

    monkeypatch.setattr(backup.sys, "stdin", Terminal())
    monkeypatch.setattr(backup.sys, "stdout", Terminal())
    monkeypatch.setattr("builtins.input", lambda _: shown.getvalue().split("\n\n")[1].strip()[-kunci_cadangan.LAST :])
    command.have_key()
    assert str(keys.stored().identities[0]) in shown.getvalue()
    assert command.todays(settings.BACKUP_DIR).suffix == ".age"


# ---- Making


@pytest.mark.django_db(transaction=True)
def test_an_encrypted_backup_holds_the_secret_key_and_a_plain_one_does_not(data_dir, settings):
    settings.MEDIA_ROOT, settings.DOCUMENTS_ROOT = data_dir / "media", data_dir / "documents"
    settings.SETTINGS_FILE = data_dir / "portal.env"
    settings.SETTINGS_FILE.write_text("EMAIL_URL=smtp://sandi@contoh\n")
    with pytest.raises(making.CannotBackUp, match="buatlah dahulu kuncinya"):
        making.make(data_dir / "a.tar.age", unshown)
    assert not making.make(data_dir / "a.tar", unshown).is_encrypted
    assert b"smtp://sandi" not in (data_dir / "a.tar").read_bytes()
    assert settings.SECRET_KEY.encode() not in (data_dir / "a.tar").read_bytes()
    keys.store(keys.lines(KEY))
    made = making.make(data_dir / "a.tar.age", unshown)
    assert made.is_encrypted
    assert made.size == (data_dir / "a.tar.age").stat().st_size
    with (data_dir / "a.tar.age").open("rb") as file, encryption.opened(file, "a.tar.age", [KEY]) as backup:
        archive.extract(backup, archive.verify(backup, unshown)["members"], data_dir / "isi", unshown)
    assert (data_dir / "isi" / "settings" / "secret_key").read_text() == settings.SECRET_KEY
    assert "smtp://sandi" in (data_dir / "isi" / "settings" / "portal.env").read_text()
    keys.place().write_text("AGE-SECRET-KEY-1RUSAK")
    with pytest.raises(making.CannotBackUp, match="tidak utuh"):
        making.make(data_dir / "b.tar", unshown)


class Opening(restore.Command):
    """Only opens the backup."""

    def restore(self, file, manifest):
        pass


@pytest.mark.django_db(transaction=True)
def test_all_keys_that_somebody_brings_are_kept_in_their_order(data_dir, settings):
    """The one that opens this backup may be a former one: the next backups need the first, older ones the others."""
    settings.MEDIA_ROOT, settings.DOCUMENTS_ROOT = data_dir / "media", data_dir / "documents"
    keys.store(keys.lines(KEY))
    made = data_dir / "b.tar.age"
    making.make(made, unshown)
    keys.place().unlink()
    (data_dir / "brought").write_text(keys.lines(OTHER) + keys.lines(KEY))
    command = Opening(stdout=io.StringIO())
    command.open(made, keys.read(data_dir / "brought"), then=command.restore)
    assert [str(each) for each in keys.stored().identities] == [str(OTHER), str(KEY)]


@pytest.mark.parametrize("with_key", [False, True], ids=["plain", "encrypted"])
@pytest.mark.django_db(transaction=True)
def test_a_pipe_gets_the_whole_backup_and_one_that_breaks_is_told(data_dir, settings, with_key):
    settings.MEDIA_ROOT, settings.DOCUMENTS_ROOT = data_dir / "media", data_dir / "documents"
    if with_key:
        keys.store(keys.lines(KEY))
    with (data_dir / "b").open("w+b") as file:
        assert making.pour(file.fileno(), unshown).size is None
        with encryption.opened(file, "b", [KEY]) as backup:
            assert archive.verify(backup, unshown)
    reading, writing = os.pipe()
    os.close(reading)
    with pytest.raises(making.CannotBackUp, match="penerimanya berhenti membaca"):
        making.pour(writing, unshown)
    os.close(writing)


@pytest.mark.parametrize("with_key", [False, True], ids=["plain", "encrypted"])
@pytest.mark.django_db(transaction=True)
def test_a_disk_that_is_full_at_any_byte_leaves_nothing(data_dir, settings, with_key):
    """A limit on the size of files in the disk's place; also in the last block, which a bare file cuts silently."""
    settings.MEDIA_ROOT, settings.DOCUMENTS_ROOT = data_dir / "media", data_dir / "documents"
    if with_key:
        keys.store(keys.lines(KEY))
    size = making.make(data_dir / "whole", unshown).size
    present = resource.getrlimit(resource.RLIMIT_FSIZE)
    for room in (1000, size // 2, size - 1500):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, present[1]))
        try:
            with pytest.raises(making.CannotBackUp, match="Cadangan tidak jadi dibuat"):
                making.make(data_dir / "b.tar", unshown)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, present)
        assert not list(data_dir.glob("b.tar*"))
    gc.collect()  # what tarfile does then may not be seen: pytest makes it an error
