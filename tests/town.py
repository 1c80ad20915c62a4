"""A portal with its Postgres, worker and nginx, and people who use it: for faults that hit all of them."""

import http.client
import itertools
import re
import secrets
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from tests.conftest import PROJECT, child_environment

AGENT = "Mozilla/5.0 (Linux; Android 10; K)"
FORM = "application/x-www-form-urlencoded"
PEOPLE = """
import django
django.setup()
from django.test import Client
from portal import roles
from tests.make import make_article, make_person, make_tag
roles.prepare()
article, client = make_article(), Client()
client.force_login(make_person("Redaktur"))
print(article.pk, article.get_absolute_url(), make_tag("awal").pk, client.cookies["sessionid"].value)
"""
_number = itertools.count(1)


class Answer:
    def __init__(self, response: http.client.HTTPResponse):
        self.status, self.headers, self.page = response.status, response.headers, response.read().decode()


class Town:
    """Who uses a portal: `port` is nginx's, `database` a DATABASE_URL, `data_dir` where its secret key is."""

    def __init__(self, port: int, database: str, data_dir: Path):
        self.port, self.database, self.data_dir = port, database, data_dir
        own = {"DATA_DIR": str(data_dir), "DATABASE_URL": database, "PYTHONPATH": str(PROJECT)}
        self.clock = 0  # seconds by which the portal's differs from the database's
        done = subprocess.run(
            [sys.executable, "-c", PEOPLE], env=child_environment() | own, cwd=PROJECT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        article, self.path, tag, self.session = done.stdout.split()
        self.article, self.tag = int(article), f"/admin/news/tag/{tag}/change/"

    def ask(self, method: str, path: str, fields: list[tuple[str, str]] | None = None, **headers: str) -> Answer:
        body, kind = (None, "") if fields is None else (urlencode(fields).encode(), FORM)
        return self.send(method, path, body, kind, **headers)

    def send(self, method: str, path: str, body: bytes | None, kind: str, **headers: str) -> Answer:
        thread = threading.get_native_id()
        home = f"127.1.{thread % 251}.{thread % 241 + 1}"  # each has an address, since nginx limits what one sends
        server = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(home, 0))
        own = {"User-Agent": AGENT, "Connection": "close"} | ({"Content-Type": kind} if kind else {})
        try:
            server.request(method, path, body, own | headers)
            return Answer(server.getresponse())
        finally:
            server.close()

    def rows(self, query: str, *values) -> list[tuple]:
        with psycopg.connect(self.database, autocommit=True) as server:
            cursor = server.execute(query, values or None)
            return cursor.fetchall() if cursor.description else []

    # ---- A citizen

    def comment(self, text: str) -> list[tuple[str, str]]:
        """The fields of a comment, with a captcha that was read."""
        key = secrets.token_hex(20)
        self.rows(
            "INSERT INTO captcha_captchastore (challenge, response, hashkey, expiration)"
            " VALUES ('AB', 'ab', %s, now() + interval '19 minutes' + make_interval(secs => %s))",
            key,
            self.clock,
        )
        fields = {"nama": "Siti", "email": "", "komentar": text, "setuju": "ya", "captcha_0": key, "captcha_1": "ab"}
        return list(fields.items())

    @property
    def comments(self) -> str:
        return f"/berita/{self.article}/komentar"

    # ---- An editor

    def edit(self, name: str) -> tuple[list[tuple[str, str]], str]:
        """The fields of a tag's form with this name, and the cookies to send them with."""
        answer = self.ask("GET", self.tag, Cookie=f"sessionid={self.session}")
        assert answer.status == 200, answer.status
        token = re.match(r"csrftoken=(\w+)", answer.headers["Set-Cookie"])
        cookies = f"sessionid={self.session}; csrftoken={token[1]}" if token else ""
        fields = dict(fields_of(answer.page, "tag_form")) | {"name": name}
        return list(fields.items()), cookies

    def lines(self) -> int:
        """Of the journals, that tell of the article being shown to a reader, and not to the site sentinel."""
        journals = [path.read_text() for path in (self.data_dir / "pageviews").glob("*.log")]
        fields = [line.split("\t") for text in journals for line in text.splitlines()]
        return sum(each[1:5] == [str(self.article), "GET", "200", "-"] for each in fields)

    def views(self) -> int:
        found = self.rows("SELECT counted FROM news_articleviews WHERE article_id = %s", self.article)
        return found[0][0] if found else 0


class _Fields(HTMLParser):
    def __init__(self, form: str):
        super().__init__()
        self.form, self.inside, self.action, self.text = form, False, "", None
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag, attrs):
        about = dict(attrs)
        if tag == "form" and self.form in (about.get("id") or about.get("class", "")):
            self.inside, self.action = True, about.get("action", "")
        if not self.inside or not about.get("name"):
            return
        if tag == "textarea":
            self.text = (about["name"], "")
        elif tag == "input" and about.get("type") not in ("submit", "checkbox", "file", "button"):
            self.found.append((about["name"], about.get("value") or ""))

    def handle_data(self, data):
        if self.text:
            self.text = (self.text[0], self.text[1] + data)

    def handle_endtag(self, tag):
        if tag == "textarea" and self.text:
            self.found.append((self.text[0], self.text[1].removeprefix("\n")))
            self.text = None
        if tag == "form":
            self.inside = False


def fields_of(page: str, form: str) -> list[tuple[str, str]]:
    """What a browser would send of the form with this id or class."""
    parser = _Fields(form)
    parser.feed(page)
    return parser.found


def sent_again(town: Town, answer: Answer, cookies: str = "") -> Answer:
    """The answer to the form of an error page that holds what was sent."""
    parser = _Fields("form")
    parser.feed(answer.page)
    assert parser.found, answer.page
    return town.ask("POST", unescape(parser.action), parser.found, Cookie=cookies)


# ---- Load


class Crowd:
    """Readers, commenters and an editor at once, until `stop`. Knows what was acknowledged."""

    def __init__(self, town: Town, readers: int = 4):
        self.town, self.over = town, threading.Event()
        self.whole, self.interrupted, self.tries = 0, 0, Counter()
        self.lines_before = town.lines()
        self.comments: set[str] = set()
        self.edits: list[str] = []
        self.unknown_edits: list[str] = []
        jobs = [self.read] * readers + [self.write, self.write, self.change]
        self.threads = [threading.Thread(target=self.repeat, args=(job,), daemon=True) for job in jobs]
        for thread in self.threads:
            thread.start()

    def repeat(self, job) -> None:
        while not self.over.is_set():
            try:
                job()
            except (OSError, http.client.HTTPException, psycopg.Error, AssertionError):
                time.sleep(0.1)

    def read(self) -> None:
        try:
            answer = self.town.ask("GET", self.town.path)
        except ConnectionRefusedError:
            raise
        except (OSError, http.client.HTTPException):
            self.interrupted += 1
            raise
        if answer.status == 200:
            assert answer.page.endswith("</html>\n")
            self.whole += 1
        else:
            time.sleep(0.1)

    def write(self) -> None:
        """Sends one comment until it is acknowledged, as a person would."""
        text = f"Komentar {next(_number)}: terima kasih untuk tamannya."
        fields = None
        while not self.over.is_set():
            with suppress(OSError, http.client.HTTPException, psycopg.Error):
                fields = fields or self.town.comment(text)
                self.tries[text] += 1
                answer = self.town.ask("POST", self.town.comments, fields)
                if answer.status == 303:
                    self.comments.add(text)
                    return
                assert answer.status in (200, 502, 503), answer.status
                if answer.status == 200:  # its captcha was used by a try that was stored, or is gone
                    fields = None
            time.sleep(0.1)

    def change(self) -> None:
        name = f"nama {next(_number)}"
        fields, cookies = self.town.edit(name)
        try:
            answer = self.town.ask("POST", self.town.tag, fields, Cookie=cookies)
        except (OSError, http.client.HTTPException):
            self.unknown_edits.append(name)
            raise
        (self.edits if answer.status == 302 else self.unknown_edits).append(name)

    def stop(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(90)

    def check(self, *, lost_with_nginx: int = 0) -> str:
        """Every acknowledged comment, edit and view is there, once. `lost_with_nginx`: how many pages nginx may have
        sent without having written their lines when it was killed."""
        own = "SELECT text FROM comments_comment WHERE text LIKE 'Komentar %'"
        stored = Counter(text for (text,) in self.town.rows(own))
        assert {text: stored[text] for text in self.comments if stored[text] != 1} == {}
        assert [text for text, number in stored.items() if number > 1] == []
        assert stored.keys() <= self.tries.keys()
        # A change holds the name before it; the last one stands in the row.
        names = [name for (name,) in self.town.rows("SELECT former->>'name' FROM news_change WHERE former ? 'name'")]
        names += [name for (name,) in self.town.rows("SELECT name FROM news_tag")]
        assert [name for name in self.edits if names.count(name) != 1] == []
        assert [name for name in self.unknown_edits if names.count(name) > 1] == []
        views, lines = self.town.views(), self.town.lines()
        assert views == lines
        assert self.whole - lost_with_nginx <= lines - self.lines_before <= self.whole + self.interrupted
        counted = lines - self.lines_before
        return (
            f"{self.whole} pages whole, {self.interrupted} broken off, {counted} counted; {len(self.comments)} "
            f"comments in {self.tries.total()} tries; {len(self.edits)} edits, {len(self.unknown_edits)} unanswered"
        )
