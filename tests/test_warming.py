"""What web processes share: pages rendered before the fork, and a worker forked from the same process."""

import subprocess
import sys

import pytest

from portal.run import database, warming
from tests.conftest import PROJECT, child_environment
from tests.make import make_article


@pytest.mark.django_db
def test_all_pages_that_are_rendered_before_the_fork_can_be():
    article = make_article(tags=["banjir"])
    paths = list(warming._paths())
    assert article.get_absolute_url() in paths
    assert article.category.get_absolute_url() in paths
    for path in paths:
        warming._render(path)


@pytest.mark.django_db
def test_a_portal_without_articles_starts(monkeypatch):
    monkeypatch.setattr(warming.connections, "close_all", lambda: None)  # it is the test's
    warming.warm_up.__wrapped__()


AFTER_THE_FORK = """
from portal.run import start
start.read_settings()
import django
django.setup()
from django.db import connection
connection.ensure_connection()  # `serve` has prepared the database
import portal.wsgi
from portal.run import parts
connection.ensure_connection()
print(connection.settings_dict["ENGINE"])
def work(name):
    connection.ensure_connection()
    print(connection.settings_dict["ENGINE"])
parts.call_command = work
parts.worker()
"""


@pytest.mark.slow
def test_web_processes_bound_every_wait_and_the_worker_forked_beside_them_does_not(tmp_path, migrated_database):
    own = {"DATA_DIR": str(tmp_path), "DATABASE_URL": migrated_database}
    command = [sys.executable, "-c", AFTER_THE_FORK]
    done = subprocess.run(command, cwd=PROJECT, env=child_environment() | own, capture_output=True, text=True)
    assert done.stdout.splitlines() == [database.OF_WEB_PROCESSES, database.OF_COMMANDS], done.stderr
