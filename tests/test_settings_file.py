"""The settings file: where it is found, what it may say, and that every command and gunicorn obey it."""

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.run.settings_file import Settings
from tests.conftest import child_environment, free_port, processes_of, wait_until

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def file(tmp_path):
    return tmp_path / "portal.env"


def read(file: Path, text: str, **environment: str) -> Settings:
    file.write_text(text)
    return Settings(environment, places=(file,))


def refused(file: Path, text: str, **environment: str) -> str:
    """What a reader of PORT and DEBUG says to this file."""
    with pytest.raises(ImproperlyConfigured) as refusal:
        read_all(file, text, environment)
    return str(refusal.value)


def read_all(file: Path, text: str, environment: dict[str, str]) -> None:
    env = read(file, text, **environment)
    env.int("PORT", default=8000)
    env.bool("DEBUG", default=False)
    env.refuse_unknown()


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(file):
    env = read(file, "HOST=10.0.0.1\nPORT=9000\n", PORT="9001")
    assert (env("HOST", default=""), env.int("PORT", default=8000), env.int("WORKERS", default=2)) == (
        "10.0.0.1",
        9001,
        2,
    )


def test_an_empty_value_means_the_default_and_hides_the_file(file):
    env = read(file, "PORT=9000\nWORKERS=\n", PORT="")
    assert (env.int("PORT", default=8000), env.int("WORKERS", default=2)) == (8000, 2)


def test_the_file_is_not_read_into_the_environment(file):
    read(file, "PORTAL_TEST_VALUE=1\n")
    assert "PORTAL_TEST_VALUE" not in os.environ


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("NAMA=nilai", "nilai"),
        ("  NAMA = nilai  ", "nilai"),
        ("NAMA='dengan spasi # dan pagar'", "dengan spasi # dan pagar"),
        ('NAMA="a\'b"', "a'b"),
        ("NAMA=a=b#c", "a=b#c"),
        ("NAMA=$HOME", "$HOME"),
        ("\ufeffNAMA=nilai\r", "nilai"),
        ("# NAMA=lain\n\nNAMA=nilai", "nilai"),
    ],
)
def test_what_a_line_means(file, line, value):
    assert read(file, line)("NAMA", default="") == value


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("PORT=1\nPORT=1", "baris 2: PORT sudah diisi di atasnya."),
        ("PROT=1", "pengaturan PROT tidak dikenal. Maksud Anda PORT?"),
        ("port=1", "pengaturan port tidak dikenal. Maksud Anda PORT?"),
        ("\nPORT 8000", "baris 2 tidak berbentuk NAMA=nilai."),
        ("export PORT=1", "baris 1 tidak berbentuk NAMA=nilai."),
        ('PORT="1', "baris 1: tanda kutipnya tidak ditutup."),
        ("PORT=1 # porta", "baris 1: tulislah keterangan (#) di baris tersendiri."),
        ("PORT=delapan", "PORT harus bilangan bulat, bukan “delapan” (di "),
        ("DEBUG=entah", "DEBUG harus True atau False, bukan “entah” (di "),
    ],
)
def test_mistakes_are_told_in_a_sentence_that_names_the_place(file, text, sentence):
    said = refused(file, text)
    assert sentence in said
    assert str(file) in said


def test_a_name_that_resembles_none_gets_no_hint(file):
    assert refused(file, "POTATO=1").endswith("pengaturan POTATO tidak dikenal.")


def test_a_mistake_in_the_environment_does_not_blame_the_file(file):
    assert refused(file, "PORT=1", PORT="delapan") == "PORT harus bilangan bulat, bukan “delapan”."


def test_other_variables_of_the_environment_may_be_unknown(file):
    env = read(file, "PORT=1", LANG="id_ID.UTF-8")
    env.int("PORT", default=8000)
    env.refuse_unknown()


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("https://Berita.Contoh.go.id/", "https://berita.contoh.go.id"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("berita.contoh.go.id", None),
        ("ftp://berita.contoh.go.id", None),
        ("https://berita.contoh.go.id/portal", None),
        ("https://https://berita.contoh.go.id", None),
        ("https://berita.contoh.go.id:https", None),
        ("https://berita.contoh.go.id:99999", None),
        ("https://berita_kota.contoh.go.id", None),
        ("https://a b.go.id", None),
        ("http://[::1", None),
    ],
)
def test_the_sites_address_is_a_scheme_and_a_host_and_no_more(file, url, meant):
    env = read(file, f"SITE_URL={url}")
    if meant:
        assert env.site("SITE_URL", default="") == meant
    else:
        with pytest.raises(ImproperlyConfigured, match="SITE_URL harus alamat lengkap"):
            env.site("SITE_URL", default="")


def test_names_that_the_host_header_never_has_are_refused(file):
    env = read(file, "ALLOWED_HOSTS=A.go.id, .b.go.id,[::1],*")
    assert env.hosts("ALLOWED_HOSTS") == ["a.go.id", ".b.go.id", "[::1]", "*"]
    for wrong in ("https://a.go.id", "a.go.id:8000", "a.go.id b.go.id", "a.go.id;b.go.id", "a.go.id/", "['a.go.id']"):
        with pytest.raises(ImproperlyConfigured, match="ALLOWED_HOSTS harus nama-nama host"):
            read(file, f"ALLOWED_HOSTS={wrong}").hosts("ALLOWED_HOSTS")


def test_the_server_listens_at_an_address_without_a_port(file):
    for right, meant in {"0.0.0.0": "0.0.0.0", "::": "::", "[::1]": "::1", "localhost": "localhost"}.items():
        assert read(file, f"HOST={right}").listening_host("HOST", default="") == meant
    for wrong in ("http://0.0.0.0", "0.0.0.0:8000", "*"):
        with pytest.raises(ImproperlyConfigured, match="HOST harus alamat IP"):
            read(file, f"HOST={wrong}").listening_host("HOST", default="")


def test_numbers_have_bounds(file):
    assert read(file, "WORKERS=64").number("WORKERS", default=2, least=1, most=64) == 64
    for wrong in ("0", "-5", "65", "99999999999999999999"):
        with pytest.raises(ImproperlyConfigured, match="WORKERS harus antara 1 dan 64"):
            read(file, f"WORKERS={wrong}").number("WORKERS", default=2, least=1, most=64)


def test_options_of_the_database_are_typed_and_known(file):
    server = "DATABASE_URL=postgres://u:p@%2Frun%2Fpostgresql/n"
    found = read(file, f"{server}?server_side_binding=False&prepare_threshold=None&sslmode=require").database(
        "DATABASE_URL"
    )
    assert found["HOST"] == "/run/postgresql"
    assert found["OPTIONS"] == {"server_side_binding": False, "prepare_threshold": None, "sslmode": "require"}
    for wrong in ("foo=bar", "pool=true", "isolation_level=5", "prepare_threshold=ya", "server_side_binding=mungkin"):
        with pytest.raises(ImproperlyConfigured, match=f"DATABASE_URL: .*{wrong.partition('=')[0]}"):
            read(file, f"{server}?{wrong}").database("DATABASE_URL")


@pytest.mark.parametrize("path", ["~/portal", "$HOME/portal"])
def test_a_path_that_only_a_shell_understands_is_refused(file, path):
    with pytest.raises(ImproperlyConfigured, match="tidak diuraikan"):
        read(file, f"DATA_DIR={path}").path("DATA_DIR", Path("/var"))


@pytest.fixture
def as_another_user():
    """The rest of the test runs without root's right to read everything."""
    if os.geteuid() == 0:
        os.seteuid(65534)
        yield
        os.seteuid(0)
    else:
        yield


def test_a_file_that_this_user_may_not_read_is_refused_in_one_sentence(file, request):
    file.write_text("PORT=8000")
    file.chmod(0)
    request.getfixturevalue("as_another_user")
    with pytest.raises(ImproperlyConfigured, match="tidak boleh dibaca pengguna ini"):
        Settings({}, places=(file,))


@pytest.mark.parametrize("make", [Path.mkdir, lambda file: file.write_bytes(b"PORT=\xff")])
def test_an_unreadable_file_is_refused(file, make):
    make(file)
    with pytest.raises(ImproperlyConfigured, match="tidak dapat dibaca"):
        Settings({}, places=(file,))


def test_the_first_file_found_is_the_only_one(tmp_path):
    first, second = tmp_path / "first.env", tmp_path / "second.env"
    second.write_text("PORT=2")
    assert Settings({}, places=(first, second)).int("PORT", default=8000) == 2
    first.write_text("HOST=10.0.0.1")
    assert Settings({}, places=(first, second)).int("PORT", default=8000) == 8000


def test_the_file_that_portal_env_names_replaces_the_others_and_must_exist(tmp_path):
    usual, named = tmp_path / "portal.env", tmp_path / "named.env"
    usual.write_text("PORT=1")
    with pytest.raises(ImproperlyConfigured, match="PORTAL_ENV"):
        Settings({"PORTAL_ENV": str(named)}, places=(usual,))
    named.write_text("PORT=2")
    assert Settings({"PORTAL_ENV": str(named)}, places=(usual,)).int("PORT", default=8000) == 2


def test_a_relative_path_starts_at_the_folder_of_the_file(file):
    assert read(file, "DATA_DIR=data").path("DATA_DIR", Path("/var")) == file.parent / "data"
    assert read(file, "DATA_DIR=data", DATA_DIR="here").path("DATA_DIR", Path("/var")) == Path("here").resolve()


# ---- Commands and gunicorn


def manage(*command: str, file: Path, **environment: str) -> subprocess.CompletedProcess:
    """Runs a program with nothing but the settings file."""
    own = {"PATH": os.environ["PATH"], "PORTAL_ENV": str(file), **environment}
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=own, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("manage.py", "check"),
        ("manage.py", "serve"),
        ("manage.py", "worker"),
        ("manage.py", "sandi_admin"),
        ("manage.py", "import_articles", "berita.jsonl"),
        ("-m", "gunicorn", "-c", "python:portal.gunicorn", "portal.wsgi"),
    ],
    ids=" ".join,
)
def test_a_mistake_in_the_file_stops_every_command_with_one_sentence(file, command):
    file.write_text("DATA_DIR=data\nPROT=8000\n")
    done = manage(*command, file=file)
    assert done.returncode == 1
    assert done.stderr == f"Ada pengaturan yang keliru: {file}: pengaturan PROT tidak dikenal. Maksud Anda PORT?\n"
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def listeners() -> set[tuple[str, int]]:
    """The IPv4 addresses on which this machine listens."""
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        local, state = line.split()[1], line.split()[3]
        if state == "0A":
            address, port = local.split(":")
            found.add((".".join(str(byte) for byte in reversed(bytes.fromhex(address))), int(port, 16)))
    return found


@pytest.mark.slow
def test_gunicorn_alone_takes_address_and_workers_from_the_file(file, migrated_database):
    port = free_port()
    data_dir = file.parent / "data"
    file.write_text(
        f"HOST=127.0.0.3\nPORT={port}\nWORKERS=3\nDATA_DIR=data\nSITE_URL=http://127.0.0.3:{port}\n"
        f"DATABASE_URL={migrated_database}\n"
    )
    command = [sys.executable, "-m", "gunicorn", "-c", "python:portal.gunicorn", "portal.wsgi"]
    own = {"PATH": os.environ["PATH"], "PORTAL_ENV": str(file)}
    gunicorn = subprocess.Popen(command, cwd=ROOT, env=own)
    try:
        wait_until(lambda: [address for address, listens in listeners() if listens == port])
        assert {address for address, listens in listeners() if listens == port} == {"127.0.0.3"}
        with urllib.request.urlopen(f"http://127.0.0.3:{port}/robots.txt", timeout=30) as response:
            assert response.status == 200
        wait_until(lambda: len(processes_of(file)) == 1 + 3)
        assert data_dir.exists()
    finally:
        gunicorn.terminate()
        gunicorn.wait(30)


@pytest.mark.slow
def test_gunicorn_does_not_open_itself_to_the_network_because_of_a_port(tmp_path, migrated_database):
    port = free_port()
    own = child_environment() | {"DATA_DIR": str(tmp_path), "DATABASE_URL": migrated_database, "PORT": str(port)}
    command = [sys.executable, "-m", "gunicorn", "-c", "python:portal.gunicorn", "portal.wsgi"]
    gunicorn = subprocess.Popen(command, cwd=ROOT, env=own)
    try:
        wait_until(lambda: port in {listens for _, listens in listeners()})
        assert {address for address, listens in listeners() if listens == port} == {"127.0.0.1"}
    finally:
        gunicorn.terminate()
        gunicorn.wait(30)
