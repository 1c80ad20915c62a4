"""The audit list in the newsroom: who sees what, its filters, and the file for spreadsheets."""

import csv
import io

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments.models import Comment, Reason
from news.models import Article
from news.models.changes import forgotten
from portal.audit.models import Entry
from tests.conftest import logged_in
from tests.make import make_article, make_comment, make_person, rewrite
from tests.test_audit import chained

pytestmark = pytest.mark.django_db
LIST = "/admin/audit/entry/"


@pytest.fixture
def trail():
    """An article published and changed, a comment rejected, an account with a role."""
    with forgotten(Article, []):
        Entry.objects.all().delete()  # of other tests' transactions
    article = make_article(title="Pasar dibuka")
    rewrite(article, title="Pasar <b>Anyar</b>", author="=1+1")
    comment = make_comment(article, status=Comment.Status.WAITING, name="Warga Rahasia")
    Comment.objects.filter(pk=comment.pk).reject(make_person("Moderator", last_name="Rina"), Reason.SPAM)
    User.objects.create_user("=akun", is_superuser=True)
    return chained()


def rows(client, **query):
    answer = client.get(f"{LIST}unduh/", query)
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=";"))


def test_an_administrator_sees_all_and_an_editor_what_concerns_the_news(client, trail):
    logged_in(client, "Administrator")
    page = client.get(LIST).content.decode()
    for words in (
        "Diterbitkan",
        "judul, penulis",
        "Ditolak",
        "alasan: Spam",
        "Moderator Rina",
        "Akun =akun",
        "dengan hak penuh",
    ):
        assert words in page
    assert "Pasar &lt;b&gt;Anyar" in page
    assert "Warga Rahasia" not in page
    editor = logged_in(client, "Redaktur")
    page = client.get(LIST).content.decode()
    assert "Diterbitkan" in page
    assert "Ditolak" not in page
    assert "=akun" not in page
    hidden = Entry.objects.filter(kind=Entry.Kind.RIGHTS).first()
    assert client.get(f"{LIST}{hidden.pk}/change/").status_code == 302
    assert {row["jenis"] for row in rows(client)} == {"Terbit", "Diubah sesudah terbit"}
    assert not editor.has_perm("audit.change_entry")


@pytest.mark.parametrize("role", ["Penulis", "Moderator", "OPD"])
def test_others_do_not_see_it(client, trail, role):
    logged_in(client, role)
    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}unduh/").status_code == 403


@pytest.mark.parametrize(
    ("query", "verbs"),
    [
        ({"jenis": "moderated"}, {"Ditolak"}),
        ({"oleh": "rina", "jenis": "moderated"}, {"Ditolak"}),
        ({"oleh": "=akun"}, {"Akun dibuat"}),
        ({"dari": "hari ini", "jenis": "published"}, {"Diterbitkan"}),
        ({"sampai": "kemarin"}, set()),
        ({"no": "abc"}, set()),
        ({"tak": "ada"}, None),
    ],
)
def test_it_is_filtered_and_the_file_has_the_same_rows(client, trail, query, verbs):
    logged_in(client, "Administrator")
    if verbs is None:
        assert client.get(f"{LIST}unduh/", query).status_code == 302
        return
    assert client.get(LIST, query).status_code == 200
    assert {row["peristiwa"] for row in rows(client, **query)} == verbs


def test_a_number_finds_an_article_and_its_details_are_shown_with_the_chain(client, trail):
    logged_in(client, "Administrator")
    article = Article.objects.get()
    found = [row for row in rows(client, no=article.pk) if row["tentang"].startswith("Berita")]
    assert [row["peristiwa"] for row in found] == ["Diterbitkan", "Diubah"]
    page = client.get(f"{LIST}{found[1]['nomor']}/change/").content.decode()
    entry = Entry.objects.get(pk=found[1]["nomor"])
    assert bytes(entry.hash).hex() in page
    assert bytes(entry.former).hex() in page
    assert entry.details["title"][0] in page


def test_no_cell_is_a_formula(client, trail):
    logged_in(client, "Administrator")
    assert {row["tentang"] for row in rows(client, oleh="=akun")} == {"Akun =akun"}
    User.objects.create_user("lain", first_name="=1+1", is_superuser=True)
    assert not [value for row in rows(client) for value in row.values() if value.startswith(("=", "+", "-", "@"))]


def test_an_empty_list_says_so(client):
    logged_in(client, "Administrator")
    with forgotten(Article, []):
        Entry.objects.all().delete()
    assert "Belum ada yang tercatat." in client.get(LIST).content.decode()


def test_the_list_asks_as_often_for_many_entries_as_for_few(client, trail, django_assert_num_queries):
    logged_in(client, "Administrator")
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for _ in range(20):
        make_article()
    chained()
    with django_assert_num_queries(len(few)):
        client.get(LIST)
