"""After publication title, summary, lead photo and body do not change in silence, whatever path a change takes."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import Error, IntegrityError, connection, transaction
from django.utils import timezone

from news.models import Article, Change, Correction, Photo
from portal.importers.record import Record
from portal.importers.saving import save
from tests.make import make_article, make_category, make_person, quietly, rewrite
from tests.test_admin import address, errors_in, form_of

pytestmark = pytest.mark.django_db


def by_sql(article):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE news_article SET title = 'Lain' WHERE id = %s", [article.pk])


def by_update(article):
    Article.objects.filter(pk=article.pk).update(body="<p>Lain.</p>")


def by_bulk_update(article):
    article.summary = "Lain"
    Article.objects.bulk_update([article], ["summary"])


def by_save(article):
    article.photo = Photo.objects.create(name="foto/2026/11/0123456789abcdef", width=9, height=9, decorative=True)
    article.save()


PATHS = [by_sql, by_update, by_bulk_update, by_save]


@pytest.mark.parametrize("change", PATHS)
@pytest.mark.parametrize("seen", ["published", "withdrawn"])
def test_the_database_asks_every_path_for_a_reason(change, seen):
    article = make_article()
    if seen == "withdrawn":
        article.withdraw("Keliru.")
    with pytest.raises(IntegrityError, match="tidak berubah tanpa ralat"), transaction.atomic():
        change(article)
    with quietly():
        change(article)
    assert Change.objects.of(article).told().get().reason == "ejaan"


@pytest.mark.parametrize("change", PATHS)
def test_a_record_in_the_same_transaction_allows_it(change):
    article, other = make_article(), make_article()
    record = article.tell("ralat", "Bukan dua.")
    change(article)
    assert Change.objects.of(article).told().get().correction == record
    with pytest.raises(IntegrityError), transaction.atomic():
        change(other)


@pytest.mark.django_db(transaction=True)
def test_a_record_or_reason_of_an_earlier_transaction_allows_nothing():
    article = make_article()
    article.tell("ralat", "Bukan dua.")
    with quietly():
        by_update(article)
    with pytest.raises(IntegrityError):
        by_sql(article)


def test_a_withdrawal_is_no_leave_to_change_the_text():
    article = make_article()
    article.withdraw("Keliru.")
    with pytest.raises(IntegrityError), transaction.atomic():
        by_sql(article)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Article.Status.DRAFT},
        {"status": Article.Status.REVIEW},
        {"published_at": timezone.now() + timedelta(days=1)},
    ],
    ids=["draft", "review", "scheduled"],
)
def test_what_readers_do_not_have_yet_changes_freely(fields):
    article = make_article(**fields)
    for change in PATHS:
        change(article)
    assert not Change.objects.of(article).told().exists()


@pytest.mark.parametrize("aside", ["status = 'draft'", "status = 'review'", "published_at = now() + interval '1 day'"])
def test_what_was_seen_is_not_put_aside_to_be_changed(aside):
    article = make_article()
    with pytest.raises(Error, match="hanya dicabut"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE news_article SET {aside} WHERE id = %s", [article.pk])


def test_what_is_not_its_text_changes_freely():
    article = make_article()
    article.author, article.slug, article.category = "Siti", "lain", make_category("Kota")
    article.save()
    assert not Change.objects.of(article).told().exists()


def test_an_import_gives_its_reason():
    record = {"id": 7, "source": "lama", "published_at": timezone.now() - timedelta(days=9)}
    save(Record(title="Satu", body="<p>Isi.</p>", **record))
    save(Record(title="Satu", body="<p>Isi baru.</p>", **record))
    assert Change.objects.told().get().reason == "impor"


def test_cleaning_gives_its_reason():
    article = make_article(title="Satu")
    rewrite(article, body="<p>Isi.</p><script>x</script>")
    article = Article.objects.get(pk=article.pk)
    article.title = "Dua"
    with pytest.raises(IntegrityError), transaction.atomic():
        article.save()
    Article.objects.get(pk=article.pk).withdraw("Disusupi.")
    assert Change.objects.of(article).told().first().reason == "bersih"
    assert Article.objects.get(pk=article.pk).body == "<p>Isi.</p>"


def test_cleaning_by_command_gives_its_reason():
    article = make_article()
    rewrite(article, body="<p>Isi.</p><script>x</script>")
    call_command("periksa_isi", "--simpan", str(article.pk))
    assert Change.objects.of(article).told().first().reason == "bersih"


# ---- In the newsroom


def test_the_form_asks_only_when_the_text_changes_and_keeps_what_was_typed(client, editor):
    article = make_article(body="<p>Isi “lama”.</p>")
    alike = form_of(article, author="Siti", body="<p>Isi &#8220;lama&#8221;.</p>\r\n")
    assert client.post(address(article), alike).status_code == 302
    article.refresh_from_db()
    asked = client.post(address(article), form_of(article, title="Judul yang saya ketik"))
    assert any("sudah dibaca orang" in error for error in errors_in(asked))
    assert "Judul yang saya ketik" in asked.content.decode()
    asked = client.post(address(article), form_of(article, title="Judul baru", told_kind="ralat"))
    assert any("apa yang keliru dan apa yang benar" in error for error in errors_in(asked))
    asked = client.post(
        address(article), form_of(article, title="Judul baru", told_kind="ejaan", told_text="Catatan.")
    )
    assert any("untuk catatan yang Anda tulis" in error for error in errors_in(asked))
    assert "Catatan." in asked.content.decode()
    assert not Change.objects.told().exists()
    assert not Correction.objects.exists()
    assert client.post(address(article), form_of(article, title="Judul baru", told_kind="ejaan")).status_code == 302
    assert Change.objects.told().get().reason == "ejaan"


def test_with_a_button_the_form_asks_as_well(client, editor):
    article = make_article()
    withdrawn = form_of(article, title="Lain", withdrawn_reason="Keliru.", _move="withdraw")
    assert any("sudah dibaca orang" in error for error in errors_in(client.post(address(article), withdrawn)))
    assert client.post(address(article), withdrawn | {"told_kind": "ejaan"}).status_code == 302
    article.refresh_from_db()
    again = form_of(article, title="Lain lagi", _move="publish")
    assert any("sudah dibaca orang" in error for error in errors_in(client.post(address(article), again)))


def test_drafts_are_not_asked(client, editor):
    draft = make_article(status=Article.Status.DRAFT)
    assert client.post(address(draft), form_of(draft, title="Lain", _move="publish")).status_code == 302
    assert Article.objects.get().is_public


def test_putting_back_a_former_text_asks_as_well(client):
    client.force_login(make_person("Redaktur"))
    article = make_article(title="Satu")
    rewrite(article, title="Dua")
    change = Change.objects.of(article).get()
    where = f"{address(article, 'history')}{change.pk}/"
    asked = client.post(where).content.decode()
    assert "apa yang diberitahukan kepada pembaca" in asked
    assert "errorlist" not in asked
    asked = client.post(where, {"told_kind": "koreksi", "told_text": "", "told_reason": "Surat"}).content.decode()
    assert "Tuliskan apa yang keliru" in asked
    assert 'value="Surat"' in asked
    article.refresh_from_db()
    assert article.title == "Dua"
    done = client.post(where, {"told_kind": "koreksi", "told_text": "Judul yang pertama benar."}, follow=True)
    assert "Dikembalikan: judul." in done.content.decode()
    article.refresh_from_db()
    assert (article.title, article.corrections.get().text) == ("Satu", "Judul yang pertama benar.")
