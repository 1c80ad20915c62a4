"""The whole way of an encrypted backup by the commands: from the distribution's server, through a pipe, to an embedded
one that does not have the key."""

import os
import subprocess
import sys
from urllib.parse import quote

import psycopg
import pytest

from portal.backup import encryption, keys, swap
from portal.run import postgres
from tests.conftest import PROJECT
from tests.test_backup import categories_in, debian, said
from tests.test_serve import manage

pytestmark = pytest.mark.drill
__all__ = ["debian"]  # a fixture


def test_an_encrypted_backup_brings_a_portal_from_the_distributions_server_with_its_keys(debian, tmp_path):
    with psycopg.connect(debian.address("postgres"), autocommit=True) as server:
        server.execute("CREATE DATABASE kota")
    own = {"data_dir": tmp_path / "lain", "DATABASE_URL": debian.address("kota")}
    said(manage("migrate", "--no-input", "--verbosity=0", **own))
    with psycopg.connect(debian.address("kota")) as server:
        server.execute(
            "INSERT INTO news_category (name, slug, description, position) VALUES ('Banjir “é”', 'banjir', '', 1)"
        )
    key = keys.parsed(said(manage("kunci_cadangan", **own)).split("\n\n")[1], "the paper")
    second = tmp_path / "dua.tar"
    with second.open("wb") as file:
        piped = [sys.executable, "manage.py", "backup", "-"]
        environment = os.environ | {"DATA_DIR": str(own["data_dir"]), "DATABASE_URL": own["DATABASE_URL"]}
        subprocess.run(piped, cwd=PROJECT, env=environment, stdout=file, check=True, timeout=300)
    with second.open("rb") as file:
        assert encryption.is_encrypted(file)

    own = {"data_dir": tmp_path / "pulang"}
    refused = manage("restore", str(second), **own)
    assert refused.returncode
    assert encryption.NO_KEY in refused.stderr
    (tmp_path / "kunci").write_text(keys.lines(key.identities[0]))
    with_key = ("--kunci", str(tmp_path / "kunci"), str(second))
    assert "Latihan berhasil" in said(manage("restore", "--latihan", *with_key, **own))
    assert not list((tmp_path / "pulang").glob("postgres"))
    former = (tmp_path / "pulang" / "secret_key").read_text()
    answer = said(manage("restore", *with_key, **own))
    assert "Kunci rahasia di sini" not in answer
    assert (tmp_path / "pulang" / "secret_key").read_text() == (tmp_path / "lain" / "secret_key").read_text()
    assert (tmp_path / "pulang" / swap.FORMER / "secret_key").read_text() == former
    assert keys.read(tmp_path / "pulang" / keys.NAME).identities
    with postgres.running(tmp_path / "pulang"):
        where = postgres.connection_settings(tmp_path / "pulang")["HOST"]
        assert categories_in(f"postgres://postgres@{quote(where, safe='')}/postgres") == [("Banjir “é”", "banjir")]
