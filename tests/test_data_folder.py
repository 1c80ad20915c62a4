"""Which commands write to DATA_DIR: reading the settings writes nothing, and nothing is signed with a key that is not
on the disk."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Barrier, Thread
from types import SimpleNamespace

import django
import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.run import data_folder, postgres
from tests.conftest import child_environment

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
LONG = "d" * 110  # too long for the path of a socket

# docs/decisions.md, 34
WITHOUT_SERVER = pytest.mark.skipif(django.VERSION >= (6, 1), reason="Django 6.1 asks a server its version here")


def run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess:
    own = {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "portal.settings", **environment}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=child_environment() | own,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("name", ["var", LONG])
@pytest.mark.parametrize(
    "command",
    [
        ["-c", "import portal.settings"],
        pytest.param(["manage.py", "check"], marks=WITHOUT_SERVER),
        pytest.param(["manage.py", "check", "--deploy", "--fail-level", "INFO"], marks=WITHOUT_SERVER),
        pytest.param(["manage.py", "makemigrations", "--check", "--dry-run"], marks=WITHOUT_SERVER),
    ],
    ids=" ".join,
)
def test_commands_without_a_database_write_nothing(tmp_path, command, name):
    done = run(tmp_path / name, *command, SITE_URL="https://contoh.go.id")
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_web_server_makes_the_key_before_it_answers(tmp_path):
    signed = "import portal.wsgi; from django.core import signing; print(signing.dumps(1))"
    first, second = (run(tmp_path / "var", "-c", signed) for _ in range(2))
    assert first.returncode == second.returncode == 0, first.stderr
    key = (tmp_path / "var" / "secret_key").read_text()
    check = f"from django.core import signing; print(signing.loads({first.stdout.strip()!r}))"
    assert run(tmp_path / "elsewhere", "-c", check, SECRET_KEY=key).stdout == "1\n"


def test_without_a_key_nothing_is_signed(tmp_path):
    done = run(tmp_path / "var", "-c", "from django.core import signing; signing.dumps(1)")
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_folder_is_reported_in_one_sentence(tmp_path):
    (tmp_path / "var").write_text("a file")
    done = run(tmp_path / "var", "manage.py", "migrate")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Folder data tidak dapat dipakai" in done.stderr


def test_a_key_behind_a_link_to_nowhere_stops_with_one_sentence(tmp_path):
    (tmp_path / "secret_key").symlink_to(tmp_path / "not mounted" / "secret_key")
    done = run(tmp_path, "manage.py", "migrate")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Folder data tidak dapat dipakai" in done.stderr
    assert run(tmp_path, "-c", "import portal.wsgi").returncode != 0


@pytest.mark.parametrize("content", [b"short", b"", b"\xff" * 200])
def test_a_broken_key_is_reported_and_not_replaced(tmp_path, content):
    (tmp_path / "secret_key").write_bytes(content)
    with pytest.raises(ImproperlyConfigured, match="rusak"):
        data_folder.secret_key(tmp_path)


class Unset(SimpleNamespace):
    """Stands for Django's settings when no SECRET_KEY was found."""

    def __getattr__(self, name):
        raise ImproperlyConfigured(f"The {name} setting must not be empty.")


def test_processes_that_start_at_the_same_time_use_one_key(tmp_path):
    start, keys = Barrier(8), []

    def prepare():
        settings = Unset(DATA_DIR=tmp_path / "var", EMBEDDED_DATABASE=False)
        start.wait()
        data_folder.prepare(settings)
        keys.append(settings.SECRET_KEY)

    threads = [Thread(target=prepare) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert set(keys) == {(tmp_path / "var" / "secret_key").read_text()}
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_the_database_settings_name_the_folder_of_the_socket(tmp_path):
    folder = tmp_path / LONG
    settings = Unset(
        DATA_DIR=folder, EMBEDDED_DATABASE=True, DATABASES={"default": postgres.connection_settings(folder)}
    )
    data_folder.prepare(settings)
    assert settings.DATABASES["default"]["HOST"] == str(postgres.noted_socket_folder(folder))
    assert postgres.connection_settings(folder)["HOST"] == settings.DATABASES["default"]["HOST"]
    postgres.noted_socket_folder(folder).rmdir()


@pytest.fixture
def as_nobody():
    """Drops root for the rest of the test, in which files of root then are somebody else's."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    os.seteuid(65534)
    yield
    os.seteuid(0)


@pytest.fixture
def open_folder():
    """A folder that every user may enter; those of pytest are closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@pytest.mark.parametrize("name", ["secret_key", "postgres.lock"])
def test_a_folder_left_by_root_is_reported_with_its_owner_and_the_way_out(open_folder, name, request):
    left = open_folder / "var"
    left.mkdir(mode=0o700)
    (left / name).touch()
    request.getfixturevalue("as_nobody")
    with pytest.raises(PermissionError) as refused:
        (left / name).read_text()
    sentence = data_folder.problem(refused.value, left)
    assert data_folder.is_about(refused.value, left)
    assert sentence.startswith("Folder data tidak dapat dipakai: ")
    assert " milik root, dan pengguna ini tidak boleh memakainya. " in sentence
    assert sentence.endswith(f"sudo chown -R PENGGUNA {left}")
    assert "Errno" not in sentence


def test_a_folder_that_cannot_be_made_is_not_paid_for_with_the_folder_above(open_folder, request):
    missing = open_folder / "portal"
    request.getfixturevalue("as_nobody")
    sentence = data_folder.problem(PermissionError(13, "Permission denied", str(missing)), missing)
    assert "chown" not in sentence
    assert f"sudo install -d -m 700 -o PENGGUNA {missing}" in sentence


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NotADirectoryError(20, "Not a directory", "/etc/passwd/x"), "yang di atasnya bukan folder"),
        (FileNotFoundError(2, "No such file or directory", "/mnt/x"), "tidak ada"),
        (OSError(28, "No space left on device", "/mnt/x"), "cakramnya penuh"),
        (OSError(30, "Read-only file system", "/mnt/x"), "cakramnya hanya dapat dibaca"),
        (OSError(121, "Remote I/O error", "/mnt/x"), "Remote I/O error"),
    ],
)
def test_the_systems_reasons_are_told_in_indonesian(error, reason):
    sentence = data_folder.problem(error, Path("/mnt"))
    assert sentence == f"Folder data tidak dapat dipakai: {reason} ({error.filename})."


def test_errors_elsewhere_do_not_blame_the_folder(tmp_path):
    assert not data_folder.is_about(FileNotFoundError(2, "No such file", "berita.jsonl"), tmp_path)
    assert not data_folder.is_about(FileNotFoundError(2, "No such file", "/etc/berita.jsonl"), tmp_path)
    assert not data_folder.is_about(OSError("without a file"), tmp_path)
