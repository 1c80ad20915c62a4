"""What the portal is shipped with: weaknesses and licences of its packages."""

import json
import re
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests import audit, licences
from tests.conftest import PROJECT, free_port

# GPL and AGPL would oblige the whole portal; both mean other things than the LGPL's "GPL".
STRICT = re.compile(r"(?<!L)\bA?GPL|General Public License(?! v3 \(LGPL)|Proprietary|Commercial", re.IGNORECASE)
WEAK = {
    "vulns": [
        {
            "id": "PYSEC-0000-1",
            "summary": "Weak",
            "affected": [
                {
                    "package": {"name": "paket-lemah", "ecosystem": "PyPI"},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}],
                }
            ],
        }
    ]
}


class ListOfWeaknesses(BaseHTTPRequestHandler):
    """Answers as OSV does; knows of one."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = asked["package"]["name"] == "paket-lemah" and asked["version"] == "1.0"
        body = json.dumps(WEAK if known else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def osv():
    pytest.importorskip("pip_audit", reason="pip install pip-audit")
    with ThreadingHTTPServer(("127.0.0.1", 0), ListOfWeaknesses) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def run(folder, address: str, *lines: str) -> subprocess.CompletedProcess:
    (folder / "requirements.txt").write_text("".join(f"{line}\n" for line in lines))
    options = ["-r", str(folder / "requirements.txt"), "--no-deps", "--cache-dir", str(folder / "cache")]
    command = [sys.executable, "-m", "tests.audit", *options, "-s", "osv", "--osv-url", address]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.slow
def test_a_package_with_a_known_weakness_fails_the_audit(osv, tmp_path):
    done = run(tmp_path, osv, "paket-lemah==1.0", "paket-kuat==2.0")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "paket-lemah 1.0: PYSEC-0000-1, mended in 1.1" in done.stdout
    assert "Audited 2 of 2 packages, 1 with a known weakness." in done.stdout


@pytest.mark.slow
def test_the_mended_version_passes(osv, tmp_path):
    done = run(tmp_path, osv, "paket-lemah==1.1")
    assert (done.returncode, "NOT AUDITED" in done.stdout) == (0, False), done.stdout + done.stderr


@pytest.mark.slow
def test_an_audit_that_reaches_nobody_says_so_and_fails_nothing(osv, tmp_path):
    done = run(tmp_path, f"http://127.0.0.1:{free_port()}/", "paket-lemah==1.0")
    assert done.returncode == 0
    assert done.stdout.startswith("NOT AUDITED: the list of weaknesses cannot be reached here (")


def test_a_list_that_knows_none_of_the_packages_is_no_audit(capsys):
    assert audit.judge([{"name": "django", "skip_reason": "Dependency not found"}]) == 0
    said = capsys.readouterr().out
    assert "NOT AUDITED" in said
    assert "Audited 0 of 1 packages" in said


def test_the_licences_are_those_of_the_packages_that_are_shipped():
    """Made anew: python -m tests.licences > docs/licences.md"""
    assert (PROJECT / "docs" / "licences.md").read_text() == licences.text()


def test_no_package_brings_a_licence_that_would_bind_the_whole_portal():
    found = {name: licences.licence(name) for name in licences.packages()}
    assert len(found) > 25
    assert {name: each for name, each in found.items() if not each or STRICT.search(each)} == {}


@pytest.mark.parametrize(
    "text", ["GPL-3.0-only", "GNU General Public License v2 (GPLv2)", "AGPL-3.0", "MIT OR GPL-2.0"]
)
def test_a_strict_licence_is_recognised(text):
    assert STRICT.search(text)
    assert not STRICT.search("LGPL-3.0-only")
