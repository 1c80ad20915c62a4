"""What news texts said before each change: noted by the database, shown and put back in the newsroom."""

import re
from datetime import timedelta

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from news import differences
from news.models import Article, Category, Change, Document, Tag
from tests.make import make_article, make_person, make_tag, quietly, rewrite

pytestmark = pytest.mark.django_db


def address(row, page="change"):
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/{page}/"


def changes(row):
    return [change.former for change in Change.objects.of(row)]


def test_every_path_of_a_change_is_noted():
    article = make_article(title="Satu", body="<p>Isi lama.</p>")
    assert not changes(article)
    article.title, article.body = "Dua", "<p>Isi baru.</p>"
    with quietly():
        article.save()
    rewrite(article, title="Tiga")
    with quietly(), connection.cursor() as cursor:
        cursor.execute("UPDATE news_article SET title = 'Empat' WHERE id = %s", [article.pk])
    assert changes(article) == [{"title": "Tiga"}, {"title": "Dua"}, {"title": "Satu", "body": "<p>Isi lama.</p>"}]


def test_what_readers_do_not_see_is_not_noted():
    article = make_article()
    article.save()
    Article.objects.filter(pk=article.pk).update(title_stems="x", card="y")
    assert not changes(article)


def test_a_deleted_row_is_noted_whole():
    category = Category.objects.create(name="Sementara", slug="sementara")
    pk = category.pk
    category.delete()
    change = Change.objects.get(table="news_category", row=pk)
    assert (change.kind, change.former["name"], change.former["slug"]) == ("D", "Sementara", "sementara")


@pytest.mark.parametrize(
    "statement", ["UPDATE news_change SET former = '{}'", "DELETE FROM news_change", "TRUNCATE news_change"]
)
def test_nobody_changes_or_deletes_what_was_noted(statement):
    article = make_article()
    rewrite(article, title="Lain")
    with pytest.raises(Error, match="hanya dapat ditambah"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Change.objects.of(article).count() == 1


@pytest.fixture
def editor(client):
    person = make_person("Redaktur", first_name="Siti", last_name="Aminah")
    client.force_login(person)
    return person


def test_the_newsroom_notes_who(client, editor):
    category = Category.objects.create(name="Ekonomi", slug="ekonomi")
    client.post(address(category), {"name": "Ekonomi Kota", "slug": "ekonomi", "position": 3})
    change = Change.objects.of(category).get()
    assert (change.person_id, change.person, change.former["name"]) == (editor.pk, "Siti Aminah", "Ekonomi")
    editor.delete()
    assert Change.objects.of(category).get().person == "Siti Aminah"
    category.refresh_from_db()
    category.name = "Ekonomi"
    category.save()  # the same connection, and nobody is noted any more
    assert Change.objects.of(category).first().person == ""


def test_the_history_shows_differences_and_puts_back(client, editor):
    article = make_article(title="Pasar dibuka", body="<p>Pasar Anyar dibuka hari Senin.</p>", tags=[])
    rewrite(article, title="Pasar <b>dibuka</b> lagi", body="<p>Pasar Anyar dibuka hari Selasa.</p>", slug="lain")
    page = client.get(address(article, "history"))
    shown = page.content.decode()
    assert "&lt;b&gt;" in shown
    assert "<b>dibuka" not in shown
    assert "hari <del>Senin</del><ins>Selasa</ins>." in shown
    change = Change.objects.of(article).get()
    told = {"told_kind": "ejaan"}
    answer = client.post(f"{address(article, 'history')}{change.pk}/", told, follow=True)
    assert "Dikembalikan: judul, isi." in answer.content.decode()
    article.refresh_from_db()
    assert (article.title, article.body) == ("Pasar dibuka", "<p>Pasar Anyar dibuka hari Senin.</p>")
    assert (article.slug, article.changed_by) == ("lain", editor)
    assert "pasar" in article.title_stems
    newest = Change.objects.of(article).first()
    assert (newest.person, newest.former["title"]) == ("Siti Aminah", "Pasar <b>dibuka</b> lagi")


def test_the_button_that_puts_back_is_called_by_what_stands_on_it(client, editor):
    tag = make_tag("banjir")
    Tag.objects.filter(pk=tag.pk).update(name="rob")
    name, words = re.search(
        r'<button class="button" aria-label="([^"]+)">([^<]+)<', client.get(address(tag, "history")).content.decode()
    ).groups()
    assert name.startswith(f"{words}, ")


def test_several_changes_are_put_back_together(client, editor):
    tag = make_tag("banjir")
    for name in ("banjir rob", "rob", "rob pesisir"):
        Tag.objects.filter(pk=tag.pk).update(name=name)
    oldest = Change.objects.of(tag).last()
    client.post(f"{address(tag, 'history')}{oldest.pk}/")
    tag.refresh_from_db()
    assert tag.name == "banjir"


def test_what_cannot_be_stored_again_is_refused_with_a_sentence(client, editor):
    tag = make_tag("banjir")
    Tag.objects.filter(pk=tag.pk).update(name="rob")
    Tag.objects.create(name="banjir", slug="banjir-lain")
    change = Change.objects.of(tag).get()
    answer = client.post(f"{address(tag, 'history')}{change.pk}/", follow=True)
    assert "Tidak dikembalikan:" in answer.content.decode()
    tag.refresh_from_db()
    assert tag.name == "rob"


def test_writers_do_not_put_back_what_is_published(client):
    article = make_article(title="Satu")
    rewrite(article, title="Dua")
    client.force_login(make_person("Penulis"))
    assert "Kembalikan yang sebelum ini" not in client.get(address(article, "history")).content.decode()
    change = Change.objects.of(article).get()
    assert client.post(f"{address(article, 'history')}{change.pk}/").status_code == 403
    article.refresh_from_db()
    assert article.title == "Dua"


@pytest.mark.parametrize(
    ("former", "later", "parts"),
    [
        ("", "Satu dua", [(1, "Satu dua")]),
        ("hari Senin.", "hari Selasa.", [(0, "hari "), (-1, "Senin"), (1, "Selasa"), (0, ".")]),
        ("😀 a", "😀 b", [(0, "😀 "), (-1, "a"), (1, "b")]),
    ],
)
def test_differences_are_of_words(former, later, parts):
    assert list(differences.words(former, later)) == parts


def test_a_long_text_with_many_different_words_is_compared_whole():
    former = " ".join(f"kata{number}" for number in range(60_000))
    later = former.replace("kata59999", "akhir")
    found = list(differences.words(former, later))
    assert "".join(text for kind, text in found if kind <= 0) == former
    assert "".join(text for kind, text in found if kind >= 0) == later


def test_putting_back_is_no_way_around_the_second_pair_of_eyes(client, editor, settings):
    settings.REVIEW_BY_SECOND_PERSON = True
    tomorrow = timezone.now() + timedelta(days=1)
    article = make_article(title="Satu", published_at=tomorrow)
    rewrite(article, title="Dua")
    change = Change.objects.of(article).get()
    answer = client.post(f"{address(article, 'history')}{change.pk}/", follow=True)
    assert "Tidak dikembalikan:" in answer.content.decode()
    article.refresh_from_db()
    assert article.title == "Dua"


def test_history_gives_a_writer_neither_the_headline_nor_another_article_of_a_document(client):
    public, draft = make_article(), make_article(status="draft", headline_until=timezone.now() + timedelta(days=1))
    document = Document.objects.create(article=public, title="Surat edaran", file="a", size=1)
    Document.objects.update(article=draft, title="Surat edaran baru")
    Article.objects.filter(pk=draft.pk).update(headline_until=None)
    client.force_login(make_person("Penulis"))
    for row in (document, draft):
        change = Change.objects.of(row).get()
        assert client.post(f"{address(row, 'history')}{change.pk}/").status_code == 302
        row.refresh_from_db()
    assert (document.article, document.title) == (draft, "Surat edaran")
    assert draft.headline_until is None
