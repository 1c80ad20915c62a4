"""What readers and programs are told about when an article changed: the time of its text, not of its row."""

import json
import re
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from news.models import Article, Correction, Photo, Tag
from news.models.articles import SITEMAP_PART
from news.web import dates
from portal.importers import jsonl
from portal.importers.saving import Result, save
from tests.make import in_the_city, make_article, make_category, make_person, make_tag, quietly, rewrite
from tests.test_admin import address, form_of

pytestmark = pytest.mark.django_db
LONG_AGO = in_the_city(2015, 3, 2, 9)
LATER = in_the_city(2016, 5, 4, 10, 30)
EXPORTED = {"title": "A", "body": "<p>x</p>", "published_at": LONG_AGO.isoformat(), "id": 7}


def import_one(**fields):
    outcome = save(jsonl.parse(json.dumps({**EXPORTED, **fields}).encode()))
    return outcome.result, Article.objects.get(pk=outcome.article)


def told(client, article) -> set[str]:
    """All times of change that the portal tells about the only published article."""
    cache.clear()
    page = client.get(Article.objects.get(pk=article.pk).get_absolute_url()).content.decode()
    times = re.findall(r'"dateModified": ?"([^"]+)"', page)
    times += re.findall(r'property="article:modified_time" content="([^"]+)"', page)
    feed = ElementTree.fromstring(client.get("/feed/atom").content)
    atom = "{http://www.w3.org/2005/Atom}"
    times += [feed.findtext(f"{atom}updated"), feed.findtext(f"{atom}entry/{atom}updated")]
    part = client.get(f"/sitemap-{article.pk // SITEMAP_PART}.xml").getvalue().decode()
    times += re.findall("<lastmod>([^<]+)", part)
    times += [each["diubah"] for each in json.loads(client.get("/data/berita.json").getvalue())["berita"]]
    assert len(times) == 6
    return set(times)


def assert_now(times: set[str]) -> None:
    """All within this minute: feeds have milliseconds, pages have seconds."""
    assert all(abs(timezone.now() - datetime.fromisoformat(each)) < timedelta(minutes=1) for each in times)


@pytest.fixture
def article():
    return make_article(published_at=LONG_AGO, title="Taman dibuka", summary="Ringkasan.", body="<p>Isi “lama”.</p>")


def test_an_imported_article_changed_when_it_was_published(client):
    _, article = import_one()
    assert told(client, article) == {dates.iso(LONG_AGO)}


def test_an_imported_article_changed_when_the_source_says(client):
    _, article = import_one(updated_at="2016-05-04 10.30")
    assert told(client, article) == {dates.iso(LATER)}


@pytest.mark.parametrize("updated_at", [None, "", "2014-01-01", "2015-03-02", "2999-01-01T00:00:00Z", "kemarin"])
def test_a_time_of_change_before_the_publication_or_in_the_future_does_not_count(client, updated_at):
    _, article = import_one(updated_at=updated_at)
    assert told(client, article) == {dates.iso(LONG_AGO)}


def test_a_second_import_tells_the_time_that_the_first_did_not(client):
    import_one()
    editor = make_person("Redaktur")
    Article.objects.update(changed_by=editor)
    result, article = import_one(updated_at=LATER.isoformat())
    assert (result, article.changed_by) == (Result.UPDATED, editor)  # nothing that the editor wrote is overwritten
    assert told(client, article) == {dates.iso(LATER)}
    assert import_one(updated_at=LATER.isoformat())[0] == Result.UNCHANGED
    assert import_one()[0] == Result.UNCHANGED
    assert told(client, article) == {dates.iso(LATER)}


def test_an_import_by_itself_is_no_change(client):
    import_one()
    result, article = import_one(body="<p>x dan y</p>", tags=["taman"], category="Kota")
    assert result == Result.UPDATED
    assert told(client, article) == {dates.iso(LONG_AGO)}


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Taman kota dibuka"},
        {"summary": "Ringkasan lain."},
        {"body": "<p>Isi “baru”.</p>"},
        {"body": "<h2>Isi “lama”.</h2>"},
        {"photo": None},
    ],
    ids=str,
)
def test_what_an_editor_changes_in_the_text_counts(client, article, change):
    photo = Photo.objects.create(name="foto/2026/11/0123456789abcdef", width=900, height=600, decorative=True)
    rewrite(article, photo=photo)
    article.refresh_from_db()
    for name, value in change.items():
        setattr(article, name, value)
    with quietly():
        article.save()
    assert_now(told(client, article))


def test_a_new_lead_photo_counts(client, article):
    article.photo = Photo.objects.create(name="foto/2026/11/0123456789abcdef", width=900, height=600, decorative=True)
    with quietly():
        article.save(update_fields=["photo"])
    assert_now(told(client, article))


def test_a_correction_counts_by_its_time(client, article):
    Correction.objects.create(article=article, text="Bukan tiga, melainkan empat.", at=LATER)
    Correction.objects.create(article=article, text="Bukan dua.", at=LATER - timedelta(days=9))
    assert told(client, article) == {dates.iso(LATER)}


def test_the_return_of_a_withdrawn_article_counts(client, article):
    article.withdraw("Keliru.")
    article.publish()
    assert_now(told(client, article))


def save_unchanged(article):
    article.save()


def save_as_the_editors_widget_writes_it(article):
    article.body = "<p>Isi &#8220;lama&#8221;.</p>\r\n"
    with quietly():
        article.save()


def save_what_readers_do_not_see(article):
    article.headline_until, article.category, article.slug = timezone.now(), make_category("Kota"), "lain"
    article.save()


def clean_its_body(article):
    rewrite(article, body="<p>Isi “lama”.<script>x</script></p>")
    call_command("periksa_isi", "--simpan", str(article.pk))
    assert Article.objects.get().body == article.body


def set_only_some_fields(article):
    article.title = "Tidak disimpan"
    article.save(update_fields=["author"])


def rename_its_category(article):
    category = article.category
    category.name = "Nama baru"
    category.save()


def merge_its_tags(article):
    article.tags.add(make_tag("banjir"))
    Tag.objects.filter(name="banjir").delete()


def index_it_again(article):
    Article.objects.filter(pk=article.pk).update(body_stems="", search="", related_due_at=timezone.now())


@pytest.mark.parametrize(
    "act",
    [
        save_unchanged,
        save_as_the_editors_widget_writes_it,
        save_what_readers_do_not_see,
        clean_its_body,
        set_only_some_fields,
        rename_its_category,
        merge_its_tags,
        index_it_again,
    ],
)
def test_what_readers_do_not_see_does_not_count(client, article, act):
    act(Article.objects.get(pk=article.pk))
    assert told(client, article) == {dates.iso(LONG_AGO)}


def test_work_before_the_publication_does_not_count(client):
    article = make_article(status=Article.Status.DRAFT, published_at=LONG_AGO)
    article.title = "Judul lain"
    article.save()
    article.submit()
    article.publish()
    assert told(client, article) == {dates.iso(LONG_AGO)}


def test_an_import_of_old_articles_reaches_clients_that_have_the_lists(client):
    make_article(pk=1, published_at=LONG_AGO)
    Article.objects.update(updated_at=LATER)
    for path in ("/sitemap-0.xml", "/feed", "/feed/atom"):
        first = client.get(path)
        import_one(id=len(path))
        cache.clear()
        assert client.get(path, headers={"if-modified-since": first["Last-Modified"]}).status_code == 200
        Article.objects.update(updated_at=LATER)


# ---- In the newsroom


@pytest.fixture
def editor(client):
    editor = make_person("Redaktur")
    client.force_login(editor)
    return editor


def test_an_editor_who_saves_without_changing_the_text_changes_no_time(client, editor, article):
    assert client.post(address(article), form_of(article, tags=[make_tag("banjir").pk])).status_code == 302
    saved = Article.objects.get()
    assert (saved.changed_by, list(saved.tags.all())) == (editor, [make_tag("banjir")])
    assert told(client, article) == {dates.iso(LONG_AGO)}


def test_an_editor_who_changes_the_text_changes_the_time(client, editor, article):
    assert (
        client.post(address(article), form_of(article, body="<p>Isi baru.</p>", told_kind="ejaan")).status_code == 302
    )
    assert_now(told(client, article))


def test_an_editor_who_tells_readers_something_changes_the_time(client, editor, article):
    told_now = form_of(article, told_kind="ralat", told_text="Bukan dua.")
    assert client.post(address(article), told_now).status_code == 302
    assert_now(told(client, article))
