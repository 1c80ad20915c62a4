"""Commands speak Indonesian, also to whoever mistypes one; without a database each says so in one sentence."""

import json
import re
import subprocess
import sys

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command, get_commands, load_command_class

from portal.management.base import Utility
from tests.conftest import child_environment, free_port
from tests.test_serve import PROJECT

OURS = sorted(name for name, app in get_commands().items() if app == "portal")
NEEDY = {"alihkan_tautan_lama", "import_articles", "latih_spam", "make_archive", "periksa_tautan_lama"}
MANY_FILES = {"import_articles", "periksa_tautan_lama"}
ENGLISH = re.compile(
    r"\b(the|is|are|was|not|no|with|and|or|of|for|to|required|invalid|unrecognized|arguments?|usage|options?|error|show|"
    r"exit|choose|choice|expected|value|allowed|positional|help|message|skip|failed|connection|refused|traceback)\b",
    re.IGNORECASE,
)


def english_in(said):
    """Words of English, apart from the names of options, files and formats."""
    return ENGLISH.findall(re.sub(r"--?[a-z][\w-]*|\S*[./_]\S*|\b[A-Z]{2,}\b|“[^”]*”|`[^`]*`", " ", said))


def typed(name, *arguments):
    """Reads the arguments as the command line does."""
    command = load_command_class("portal", name)
    command._called_from_command_line = True
    with pytest.raises(SystemExit) as ended:
        command.create_parser("manage.py", name).parse_args(arguments)
    return ended.value.code


@pytest.mark.parametrize("name", OURS)
def test_the_help_of_a_command_is_indonesian(capsys, name):
    assert typed(name, "--help") == 0
    said = capsys.readouterr().out
    assert said.startswith(f"pemakaian: manage.py {name} ")
    assert english_in(said) == []


@pytest.mark.parametrize("name", OURS)
def test_a_mistyped_command_is_told_in_indonesian(capsys, name):
    mistakes = [["--verbosity=9"], ["--verbosity=banyak"], ["--settings"], ["--no-color=ya"], ["1", "--tidak-ada"]]
    mistakes += [["--", *"123456789"]] if name not in MANY_FILES else []
    mistakes += [[]] if name in NEEDY else []
    for arguments in mistakes:
        assert typed(name, *arguments) == 2, arguments
        said = capsys.readouterr().err
        assert english_in(said) == [], said
    assert english_in("manage.py x: error: the following arguments are required: BERKAS")  # what Python says


def test_a_command_that_there_is_not_is_told_in_indonesian(capsys):
    with pytest.raises(SystemExit, match=r"Perintah bakcup tidak dikenal\. Mungkin maksudnya backup\?"):
        Utility(["manage.py", "bakcup"]).execute()
    Utility(["manage.py"]).execute()
    assert "Perintah portal: alihkan_tautan_lama, " in capsys.readouterr().out


@pytest.mark.django_db
def test_createsuperuser_works_as_djangos_and_speaks_indonesian(capsys, monkeypatch):
    def make(*arguments):
        call_command("createsuperuser", *arguments)

    with pytest.raises(CommandError, match="Tidak ada yang dapat menjawab di sini"):
        make()
    with pytest.raises(CommandError, match="Sebutkan --username"):
        make("--no-input")
    make("--no-input", "--username", "kepala", "--email", "kepala@kota.example")
    user = get_user_model().objects.get()
    assert (user.is_superuser, user.is_staff, user.email) == (True, True, "kepala@kota.example")
    assert not user.has_usable_password()
    with pytest.raises(CommandError) as twice:
        make("--no-input", "--username", "kepala")
    assert english_in(str(twice.value)) == []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: "")
    typed_in = iter(["pendek", "pendek", "satu", "lain", "empat kuda hijau makan", "empat kuda hijau makan"])
    monkeypatch.setattr("getpass.getpass", lambda question: next(typed_in))
    make("--username", "wakil")
    assert get_user_model().objects.get(username="wakil").check_password("empat kuda hijau makan")
    said = "".join(capsys.readouterr())
    assert "Keduanya tidak sama." in said
    assert english_in(said) == []


def test_changepassword_names_the_command_that_also_ends_sessions(capsys):
    """Django's would change the password alone, in English."""
    for arguments, named in ([], "sandi_admin NAMA"), (["rina"], "sandi_admin rina"):
        with pytest.raises(CommandError) as refused:
            call_command("changepassword", *arguments)
        assert f"`manage.py {named}`" in str(refused.value)
        assert english_in(str(refused.value)) == []


# ---- Without a database

WITHOUT_DATABASE = {"kunci_cadangan", "latih_spam", "serve"}  # serve waits for it, as `worker` does
TABLE = [
    ["alihkan_tautan_lama", "tabel.csv"], ["atur_ulang_dua_langkah"], ["backup", "berkas.tar"], ["backup", "-"],
    ["changepassword", "rina"], ["createsuperuser", "--no-input", "--username=a"], ["hapus_contoh"],
    ["import_articles", "berita.csv"], ["make_archive", "3"], ["naikkan"], ["periksa_isi"], ["periksa_jejak"],
    ["periksa_tautan_lama", "sitemap.xml"], ["pindahkan_foto"], ["restore", "--batal"], ["restore", "--latihan"],
    ["restore", "--sampai=terakhir"], ["sandi_admin"], ["siapkan_halaman"], ["siapkan_peran"],
    ["susun_ulang_pencarian"], ["worker", "--sekali"],
]  # fmt: skip
# Each in a process of its own that has imported everything already.
RUN_ALL = """
import io, json, os, sys
import django, manage
from portal.run import start
start.read_settings()
django.setup()
answers = []
for command in json.loads(sys.argv[1]):
    incoming, outgoing = os.pipe()
    if (child := os.fork()) == 0:
        os.dup2(outgoing, 2)
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        sys.argv = ["manage.py", *command]
        status = 0
        try:
            manage.main()
        except SystemExit as error:
            status = error.code
            if isinstance(status, str):
                print(status, file=sys.stderr)
                status = 1
        except BaseException:
            import traceback
            traceback.print_exc()
            status = 1
        sys.stderr.flush()
        os._exit(status or 0)
    os.close(outgoing)
    said = os.fdopen(incoming).read()
    answers.append([command, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said])
print(json.dumps(answers))
"""


@pytest.mark.slow
@pytest.mark.parametrize("is_embedded", [False, True], ids=["server stopped", "embedded one not there"])
def test_without_a_database_every_command_ends_with_one_sentence(tmp_path, is_embedded):
    assert {command for command, *_ in TABLE} | WITHOUT_DATABASE == set(OURS)
    own = {"DATA_DIR": str(tmp_path / "var")}
    own |= {} if is_embedded else {"DATABASE_URL": f"postgres://portal:rahasia@127.0.0.1:{free_port()}/portal"}
    done = subprocess.run(
        [sys.executable, "-c", RUN_ALL, json.dumps(TABLE)],
        env=child_environment() | own, cwd=PROJECT, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for command, status, said in json.loads(done.stdout):
        assert status != 0, command
        lines = [line for line in said.splitlines() if not line.startswith("Basis data: ")]
        assert len(lines) == 1, (command, said)
        assert lines[0].endswith("."), command
        assert english_in(said) == [], command
