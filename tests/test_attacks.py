"""Attacks from outside, as a table: what is stored or asked for in bad faith, on every page of readers and newsroom.

What only one part can get wrong stands with that part: pictures (test_photos), bodies (test_foreign_html), comments
(test_comment_attacks), requests that are none (test_bad_requests, test_abuse), what each role reaches (test_reach).
"""

import re
import socket
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.urls import reverse

from comments.models import Comment, Office
from news.models import Notice, Page, Photo
from tests.make import make_article, make_comment, make_tag, quietly, rewrite
from tests.test_reach import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MARKUP = """">'><script>serang()</script><img src=x onerror=serang()>{{7*7}}${7*7}"""
ADDRESS = "javascript:serang()"
ELSEWHERE = "evil.example"
PAYLOADS = {
    "markup": MARKUP,
    "attribute": "\" onmouseover=serang() x='",
    "closes a script": "</script><script>serang()</script>",
    "ends a statement": "1'; DROP TABLE news_article; --",
    "another query": "1 UNION SELECT password FROM auth_user",
    "always true": "1' OR '1'='1",
    "sleeps": "1' || pg_sleep(5) || '",
    "json path": "$.x ? (@ == 1)",
    "tsquery": "a & !b | (c:* <-> 'd' \\",
    "regex": "(((((a+)+)+)+)+)$",
    "format": "%s%n%(x)s{0.__class__}",
    "header": "a\r\nSet-Cookie: x=1\r\n\r\n<script>serang()</script>",
    "traversal": "../../../../etc/passwd",
    "encoded traversal": "..%2f..%2f..%2fetc%2fpasswd",
    "host": f"//{ELSEWHERE}/",
    "host with a backslash": f"/\\{ELSEWHERE}",
    "scheme": ADDRESS,
    "number too large": "9" * 400,
    "negative": "-1",
    "not a number": "NaN",
    "surrogate": "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "right to left": "\u202egpj.exe",
    "long": "a" * 5000,
}
OF_READERS = ("q", "kategori", "kecamatan", "tahun", "urut", "hal", "sebelum", "sesudah", "balas", "pemisah", "next")
OF_NEWSROOM = (
    *("q", "o", "p", "e", "all", "_to_field", "_popup", "_changelist_filters", "dari", "sampai", "next", "id__exact"),
    *("status__exact", "category__id__exact", "tag", "title__startswith", "author__regex", "password__startswith"),
    *("created_by__password__startswith", "is_facets", "_facets", "kind", "article", "app_label", "term"),
)


class Browser(HTMLParser):
    """Collects what a browser would run or load of an attack."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.runs: list[str] = []
        self.script = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        self.script = tag == "script" and given.get("type", "") not in ("application/ld+json", "application/json")
        for name, value in given.items():
            is_address = name in ("href", "src", "action", "formaction", "srcset", "data", "content")
            if (name.startswith("on") and "serang" in value) or (
                is_address and re.match(r"\s*(\d+;\s*url=)?\s*javascript:", value, re.IGNORECASE)
            ):
                self.runs.append(f"<{tag} {name}={value[:60]}>")
            if name == "src" and value == "x":
                self.runs.append(f"<{tag} src=x>")

    def handle_endtag(self, tag):
        self.script = False

    def handle_data(self, data):
        if self.script and "serang" in data:
            self.runs.append(f"<script>{data[:60]}")


def harm(answer) -> list[str]:
    """What an answer does that no answer may do."""
    found = []
    if answer.status_code >= 500 and answer.request["PATH_INFO"] not in ("/sehat", "/admin/sehat/"):
        found.append(f"status {answer.status_code}")
    target = urlsplit(answer.get("Location", "").replace("\\", "/"))
    if target.netloc not in ("", "testserver", urlsplit(settings.SITE_URL).netloc) or target.scheme == "javascript":
        found.append(f"leads to {answer['Location'][:80]}")
    if "frame-ancestors 'none'" not in answer.get("Content-Security-Policy", "") and answer.status_code == 200:
        found.append("may be framed")
    if answer.streaming:
        b"".join(answer.streaming_content)  # to its end: files of open data are sent one at a time
    elif "html" in answer.get("Content-Type", ""):
        text = answer.content.decode()
        found += Browser(text).runs
        found += [word for word in ("root:x:0", "Traceback (most", "7*7=49") if word in text]
    return found


@pytest.fixture(autouse=True)
def no_request_to_others(monkeypatch):
    """Nothing that a stranger writes makes this server ask another one."""

    def refuse(own, address):
        raise AssertionError(f"asked {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.parametrize(
    "page",
    [
        *(
            "<p>" + MARKUP,
            f"<a href=' {ADDRESS}'>x</a>",
            "<i onclick='serang()'>",
            "<script type=module>serang()</script>",
        ),
        '<script type="application/ld+json">{"a": "</script><script>serang()</script>"}</script>',
    ],
)
def test_what_a_browser_would_run_is_noticed(page):
    assert Browser(page).runs


# ---- Stored


def hostile(field: models.Field) -> str | None:
    """What an attacker would like to see in this column; None if its type does not take it."""
    if field.primary_key or field.choices or not isinstance(field, models.CharField | models.TextField):
        return None
    if field.unique or isinstance(field, models.SlugField | models.EmailField) or field.name in KEPT:
        return None
    return (ADDRESS if isinstance(field, models.URLField) else MARKUP)[: field.max_length]


# Written by the portal itself, in a form that it reads again
KEPT = {"body", "name", "search", "edition", "key", "sender", "folder", "file", "token", "secret", "hashkey", "card"}
KEPT |= {"source_key"}  # of two comments never the same, and on no page


def poison(instance: models.Model) -> None:
    """Writes past all forms and rules, as an importer of another portal or an old release might have."""
    values = {field.name: hostile(field) for field in instance._meta.concrete_fields}
    values = {name: value for name, value in values.items() if value is not None}
    if values:
        with quietly():
            type(instance)._base_manager.filter(pk=instance.pk).update(**values)


@pytest.fixture
def poisoned(admin_user):
    """An article with one of each, all texts hostile; the addresses of readers' pages that show them."""
    photo = Photo.objects.create(name="foto/a", width=1600, height=900, alt_text="Taman")
    article = make_article(tags=["satu"], photo=photo, created_by=admin_user, body="<p>Isi.</p>")
    rewrite(article, title="Judul lain")
    article.tell("ralat", MARKUP)
    waiting = make_comment(article, status=Comment.Status.WAITING)
    shown = make_comment(article)
    others = [
        make_tag("dua"),
        Page.objects.create(title="Tentang kami", slug="tentang-kami", body="<p>x</p>"),
        Notice.objects.create(title="Pengumuman", text="x"),
        Office.objects.create(name="Dinas Kesehatan"),
    ]
    for each in (photo, article, article.category, article.tags.get(), waiting, shown, *others):
        poison(each)
    User.objects.filter(pk=admin_user.pk).update(first_name=MARKUP[:150], last_name=MARKUP[:150])
    article.refresh_from_db()
    return [
        *("/", "/berita", "/kategori", "/populer", "/ralat", "/cari?q=taman", "/arsip", "/dokumen", "/transparansi"),
        *("/feed", "/feed/atom", "/sitemap.xml", "/sitemap-news.xml", "/data/berita.csv", "/data/berita.json"),
        *(article.get_absolute_url(), f"/berita/{article.pk}/komentar", f"/berita/{article.pk}/perubahan"),
        *(article.category.get_absolute_url(), article.tags.get().get_absolute_url(), "/tentang-kami"),
    ]


def test_nothing_that_is_stored_runs_on_a_page_of_readers(client, poisoned):
    found = {path: harm(client.get(path, follow=True)) for path in poisoned}
    assert "&lt;script&gt;serang" in client.get(poisoned[0]).content.decode()
    assert not {path: each for path, each in found.items() if each}


def test_nothing_that_is_stored_runs_in_the_newsroom(admin_client, poisoned):
    found = {each: harm(admin_client.get(f"/admin/{each}")) for each in addresses() if each != "logout/"}
    assert not {path: each for path, each in found.items() if each}


# ---- Asked for


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_no_parameter_of_a_page_of_readers_does_harm(client, payload):
    make_article(tags=["satu"])
    for path in ("/berita", "/cari", "/dokumen", "/kategori/layanan-publik", "/data/berita.csv"):
        assert harm(client.get(path, dict.fromkeys(OF_READERS, payload))) == [], path
    for name in OF_READERS:  # alone, lest one that is refused hides the others
        assert harm(client.get("/cari", {"q": "taman", name: payload})) == [], name
    assert harm(client.get("/berita", {"sebelum": payload})) == []


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_no_path_does_harm(client, payload):
    inside = quote(payload, safe="%/")[:3000]
    for start in ("/", "/berita/", "/berita/detail/1/", "/tag/", "/kategori/", "/arsip/", "/media/", "/pratinjau/",
                  "/komentar/saya/", "/komentar/captcha/", "/dokumen/", "/static/", "/admin/", "/b/"):  # fmt: skip
        assert harm(client.get(start + inside)) == [], start


@pytest.mark.parametrize("path", ["/admin/news/article/", "/admin/auth/user/", "/admin/"])
def test_a_form_sent_to_an_address_that_is_too_long_to_come_back_to_does_no_harm(client, path):
    answer = client.post(f"{path}{'A' * 3000}/change/", {"body": "Tulisan yang cukup panjang untuk disimpan"})
    assert answer.status_code in (302, 403, 404)


@pytest.mark.django_db(transaction=True)  # the database refuses some, as without a test around it
def test_no_parameter_of_the_newsroom_does_harm(admin_client):
    """Each parameter of articles with every third payload; each list with one in all of its parameters."""
    make_article(tags=["satu"])
    payloads = list(PAYLOADS.values())
    lists = [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in shown_models()]
    for place, path in enumerate(["/admin/", "/admin/laporan/", *lists]):
        assert harm(admin_client.get(path, dict.fromkeys(OF_NEWSROOM, payloads[place % len(payloads)]))) == [], path
    for place, name in enumerate(OF_NEWSROOM):
        for payload in payloads[place % 3 :: 3]:
            answer = admin_client.get(reverse("admin:news_article_changelist"), {name: payload})
            assert harm(answer) == [], (name, payload)


def shown_models() -> list[type[models.Model]]:
    from django.contrib import admin

    return [model for model in apps.get_models() if admin.site.is_registered(model)]


# ---- Other ways in


@pytest.mark.parametrize(
    "name", ["Host", "X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override"]
)
def test_no_header_names_another_site_or_page(client, name):
    answer = client.get("/berita", headers={name: ELSEWHERE if "Host" in name else "/admin/"})
    assert ELSEWHERE not in answer.content.decode()
    assert answer.status_code == (400 if name == "Host" else 200)


@pytest.mark.parametrize("target", [f"//{ELSEWHERE}/", f"https://{ELSEWHERE}/", f"/\\{ELSEWHERE}", ADDRESS])
def test_logging_in_leads_to_no_other_site(client, admin_user, target):
    admin_user.set_password("hujan-pagi-di-cisadane")
    admin_user.save()
    given = {"username": admin_user.username, "password": "hujan-pagi-di-cisadane", "next": target}
    answer = client.post(f"/admin/login/?next={quote(target)}", given)
    assert answer.status_code == 302
    assert not harm(answer)


def test_logging_in_makes_a_new_session(client, admin_user):
    """A session id that was planted in the browser is worth nothing afterwards."""
    admin_user.set_password("hujan-pagi-di-cisadane")
    admin_user.save()
    client.cookies["sessionid"] = planted = "a" * 32
    client.post("/admin/login/", {"username": admin_user.username, "password": "hujan-pagi-di-cisadane"})
    assert client.cookies["sessionid"].value not in ("", planted)


def test_fields_that_a_form_does_not_show_are_not_taken(client, editor):
    article = make_article(status="draft")
    extra = {"id": 999, "status": "published", "created_by": 1, "withdrawn_at": "2020-01-01", "is_superuser": "on"}
    client.post(reverse("admin:news_article_change", args=[article.pk]), extra | {"title": "x"})
    article.refresh_from_db()
    assert article.status == "draft"
    client.post(reverse("admin:password_change"), {"is_superuser": "on", "is_staff": "on"})
    editor.refresh_from_db()
    assert not editor.is_superuser


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(client, admin_user):
    """Else names of accounts could be tried out."""
    pages = [
        client.post("/admin/login/", {"username": name, "password": "salah"}).content.decode()
        for name in (admin_user.username, "tidak-ada-orangnya")
    ]
    first, second = (re.sub(r'value="([^"]{40,}|admin|tidak-ada-orangnya)"', "", page) for page in pages)
    assert first == second
