"""What each role reaches in the newsroom: every address of the admin is visited, so that a new one is noticed."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import URLResolver

from comments.models import Office
from news.models import Page
from tests.conftest import logged_in
from tests.make import make_article, make_comment, make_tag, rewrite

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TAXONOMY = {"news/category", "news/tag", "news/district"}
WRITTEN = {"news/article", "news/document", "news/photo", *TAXONOMY}
OF_NEWS = {
    *WRITTEN,
    *(f"news/{name}" for name in ("failedsearch", "mergedtag", "missingpath", "notice", "page", "pin")),
    "news/publishedalone",
    "audit/entry",
    "laporan",
}
OF_COMMENTS = {"comments/comment", "comments/decision", "comments/office"}
# Everybody in the newsroom; of an article only what cleans a text that was pasted, which knows nothing of articles.
OF_ALL = {"", "login", "logout", "password_change", "dua-langkah", "sesi", "jsi18n", "sehat", "news/article/tempel"}
REACHED = {
    "Penulis": WRITTEN,
    "Redaktur": OF_NEWS,
    "Moderator": OF_COMMENTS,
    "OPD": {"comments/office/jawab"},
    "Administrator": OF_NEWS
    | OF_COMMENTS
    | {"comments/email", "comments/rules", "news/finding", "auth/user", "auth/group"},
    "": set(),  # may log in, has no role
}


def routes(patterns, before="") -> Iterator[str]:
    for each in patterns:
        route = before + str(each.pattern).removeprefix("^").removesuffix("$")
        yield from routes(each.url_patterns, route) if isinstance(each, URLResolver) else [route]


def addresses() -> list[str]:
    """Every address of the admin, with the first object of its model."""
    found = []
    for route in routes(admin.site.urls[0]):
        if "(?P" in route:  # the index of an app, and what is no address
            continue
        label = re.match(r"(\w+)/(\w+)/", route)
        model = apps.all_models.get(label[1], {}).get(label[2]) if label else None
        first = model._default_manager.order_by("pk").first() if model else None
        found.append(re.sub(r"<[^>]+>", str(first.pk if first else 1), route))
    return found


@pytest.fixture
def everything():
    """One of each, so that the pages of one object are there."""
    boss = User.objects.create_superuser("atasan")
    article = make_article(tags=["satu"], created_by=boss)
    rewrite(article, title="Judul lain")
    make_comment(article)
    make_tag("dua")
    Page.objects.create(title="Tentang kami", slug="tentang-kami", body="<p>x</p>")
    Office.objects.create(name="Dinas Kesehatan")


@pytest.mark.parametrize("role", REACHED)
def test_a_role_reaches_what_is_listed_here_and_nothing_fails(client, everything, role):
    person = logged_in(client, role) if role else User.objects.create_user("tanpa", is_staff=True)
    if not role:
        client.force_login(person)
    reached = set()
    for address in addresses():
        for ask in (client.get, client.post):
            answer = ask(f"/{settings.ADMIN_PATH.strip('/')}/{address}")
            assert answer.status_code < 500 or address == "sehat/", address
            if address == "logout/":
                client.force_login(person)
            elif answer.status_code == 200:
                reached.add(address)
    allowed = tuple(f"{each}/" for each in REACHED[role] | OF_ALL if each)
    assert not {each for each in reached if each and not each.startswith(allowed)}
    for each in REACHED[role] - {"comments/office/jawab"}:  # that is a redirect without an office of one's own
        assert any(address.startswith(f"{each}/") for address in reached), each


def test_nobody_reaches_anything_without_logging_in(client, everything):
    for address in addresses():
        if address not in ("login/", "logout/", "belum-tersimpan/"):
            for ask in (client.get, client.post):
                assert ask(f"/admin/{address}")["Location"].startswith("/admin/login/"), address
