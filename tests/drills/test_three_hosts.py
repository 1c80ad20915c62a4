"""Three hosts, each with a data folder, nginx, gunicorn and worker of its own, behind one balancer and on one database
with a replica: reads are counted once each, people are known on all of them, and each job is done once."""

import http.client
import os
import random
import subprocess
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project
from django.db import connection
from django.db.models import Sum

from comments.mail import outbox, secret_links
from comments.models import Email
from news.models import ArticleViews
from tests import standby
from tests.conftest import DATA_DIR, free_port, logged_in, require_program, wait_until
from tests.journals import PHONE, lines_in
from tests.mail_server import MailServer
from tests.make import make_article, make_comment
from tests.test_worker import Process
from tests.web_servers import Gunicorn, Nginx, Server, get, status

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]
HOSTS, SECONDS, READERS, ARTICLES, EMAILS = 3, 60, 4, 30, 40
FRONT = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{ worker_connections 1024; }}
http {{
    access_log off; {temporary}
    upstream hosts {{ {servers} keepalive 16; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://hosts;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto http;
        }}
    }}
}}
"""


class Balancer(Server):
    def __init__(self, folder: Path, ports: list[int]):
        folder.mkdir()
        self.port, self.log = free_port(), folder / "error.log"
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        own = {
            "folder": folder,
            "port": self.port,
            "user": "user root;" if os.geteuid() == 0 else "",
            "servers": "".join(f"server 127.0.0.1:{port}; " for port in ports),
            "temporary": "".join(f"{kind}_temp_path {folder}/{kind}; " for kind in kinds),
        }
        (folder / "nginx.conf").write_text(FRONT.format(**own))
        program = require_program("nginx", "apt-get install nginx-light")
        self.process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])


def read(port: int, addresses: list[str], until: float, seen: list[str], failed: list) -> None:
    """A reader who opens one article after the other; notes those that came whole."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while time.monotonic() < until:
        address = random.choice(addresses)
        try:
            line.request("GET", address, headers={"User-Agent": PHONE, "Host": "127.0.0.1"})
            answer = line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            failed.append(repr(error))
            line.close()
            continue
        if answer.status == 200:
            seen.append(address)
        else:
            failed.append(answer.status)
    line.close()


class Host:
    """`kill_worker` ends its worker as a power cut would, and starts it again."""

    def __init__(self, folder: Path, database: str, stack: ExitStack):
        self.folder, self.stack = folder, stack
        self.portal = Gunicorn(folder, database)
        stack.callback(self.portal.__exit__)
        wait_until(self.portal.answers, seconds=300)  # a drill may run beside others
        self.nginx = stack.enter_context(Nginx(self.portal, folder.parent / f"nginx-{folder.name}"))
        self.worker = self.start_worker()

    def start_worker(self) -> Process:
        worker = Process(self.folder)
        self.stack.callback(worker.__exit__)
        return worker

    def kill_worker(self) -> None:
        self.worker.process.kill()
        self.worker.process.wait()
        self.worker = self.start_worker()

    def statuses(self, path: str, headers: str = "") -> int:
        return status(get(self.nginx.port, path, headers))


@pytest.fixture
def hosts(tmp_path, monkeypatch):
    """Three hosts with one key and shared files, and a replica of the tests' server."""
    here = connection.settings_dict
    shared = [tmp_path / "media", tmp_path / "documents"]
    for folder in shared:
        folder.mkdir()
    with ExitStack() as stack:
        copy = stack.enter_context(standby.standby(tmp_path / "s", DATA_DIR))
        mails = stack.enter_context(MailServer())
        monkeypatch.setenv("SECRET_KEY", project.SECRET_KEY)
        monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{mails.port}")
        monkeypatch.setenv("REPLICA_URL", standby.address(copy).replace(standby.MIGRATED, here["NAME"]))
        found = []
        for number in range(HOSTS):
            folder = tmp_path / f"h{number}"
            folder.mkdir()
            for each in shared:
                (folder / each.name).symlink_to(each)
            found.append(Host(folder, f"postgres://{here['USER']}@/{here['HOST']}/{here['NAME']}", stack))
        yield found, mails


def test_three_hosts_count_each_read_once_and_share_people_links_and_work(client, hosts, settings, tmp_path):
    settings.MAIL_IS_ON = True
    found, mails = hosts
    articles = [make_article() for _ in range(ARTICLES)]
    link = secret_links.own_url(make_comment(articles[0], email="warga@example.com"))
    logged_in(client, "Redaktur")
    cookie = f"Cookie: sessionid={client.cookies['sessionid'].value}\r\n"
    addresses = [article.get_absolute_url() for article in articles]
    seen: list[str] = []
    failed: list = []
    with Balancer(tmp_path / "front", [host.nginx.port for host in found]) as front:
        until = time.monotonic() + SECONDS
        readers = [Thread(target=read, args=(front.port, addresses, until, seen, failed)) for _ in range(READERS)]
        for reader in readers:
            reader.start()
        written = kills = 0
        while time.monotonic() < until:
            if written < EMAILS:
                outbox.write(f"warga{written}@example.com", f"Surat {written}", "Halo")
                written += 1
                if written % 8 == 0:
                    random.choice(found).kill_worker()
                    kills += 1
            time.sleep(0.5)
        for reader in readers:
            reader.join()
    assert failed == []
    sent_to = [urlsplit(link).path, "/admin/"]
    assert [host.statuses(sent_to[0]) for host in found] == [200] * HOSTS
    assert [host.statuses(sent_to[1], cookie) for host in found] == [200] * HOSTS
    assert [host.statuses(sent_to[1]) for host in found] == [302] * HOSTS
    journals = [len(lines_in(host.folder / "pageviews")) for host in found]
    assert all(journals)
    wait_until(lambda: counted() == len(seen))
    wait_until(lambda: Email.objects.due().count() == 0)
    expected = Counter(seen)
    assert {row.article.get_absolute_url(): row.counted for row in ArticleViews.objects.all()} == expected
    subjects = Counter(mail["Subject"] for mail in mails.emails)
    assert len(subjects) == written
    twice = sum(number - 1 for number in subjects.values())
    assert twice <= kills  # one that was being sent when its worker was killed may go out again
    print(f"{len(seen)} reads in {journals}, {kills} workers killed: each counted once")
    print(f"{written} e-mails sent, {twice} of them twice")


def counted() -> int:
    return ArticleViews.objects.aggregate(all=Sum("counted"))["all"] or 0
