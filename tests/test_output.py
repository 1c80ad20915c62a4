"""Commands whose output nobody reads to its end."""

import os
import subprocess
import sys

import pytest

from tests.conftest import PROJECT


@pytest.fixture
def command(tmp_path):
    """A command line that writes more than a pipe holds, without a database."""
    environment = os.environ | {"DATA_DIR": str(tmp_path)}
    script = "import manage, sys; sys.argv = ['manage.py', 'diffsettings', '--all']; manage.main()"
    return {"args": [sys.executable, "-c", script], "cwd": PROJECT, "env": environment, "stderr": subprocess.PIPE}


def test_a_reader_that_has_gone_ends_a_command_without_a_traceback(command):
    read, write = os.pipe()
    os.close(read)
    try:
        ended = subprocess.run(**command, stdout=write, check=False)
    finally:
        os.close(write)
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_a_closed_output_ends_no_command(command):
    command["args"] = ["sh", "-c", 'exec "$@" >&- <&-', "sh", *command["args"]]
    ended = subprocess.run(**command, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
