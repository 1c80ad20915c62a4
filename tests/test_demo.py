"""The demo content that a new portal shows at its first start, and its removal."""

import hashlib
import shutil
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from comments.models import Comment, Office
from news import photos
from news.markup import plain_text
from news.models import (
    Article,
    ArticleViews,
    Category,
    Change,
    Correction,
    DailyViews,
    District,
    MostRead,
    Notice,
    Photo,
    RelatedArticle,
    Tag,
    Word,
)
from portal.audit import chain
from portal.audit.models import Entry
from portal.management.commands import serve
from portal.samples import demo, pictures
from portal.samples.demo import content
from tests.make import make_article, make_category, make_comment, make_tag, rewrite
from tests.test_audit import chained

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SEED_ID = 1_000_001


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Loads the demo once, since storing pictures takes seconds. Removals by a test are rolled back, also of files."""
    with django_db_blocker.unblock():
        demo.load()
    yield
    with django_db_blocker.unblock():
        demo.remove()
        Word.objects.all().delete()


@pytest.fixture(autouse=True)
def _demo(loaded):
    pass


def files_of(photo):
    return [
        f"{photo.name}-{width}.{extension}" for width in photos.widths(photo.width) for extension in ("jpg", "webp")
    ]


def test_seed_article_is_complete_and_exact():
    seed = Article.objects.published().get(pk=SEED_ID)
    assert seed.title == "Kemenpan RB Apresiasi Penerapan SPBE di Kota Tangerang, Layak Jadi Role Model Nasional"
    assert seed.published_at == datetime(2024, 11, 13, 16, 21, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert [tag.name for tag in seed.tags.all()] == ["kota tangerang"]
    assert seed.category.name == "Pemerintahan"
    assert (seed.views.imported, seed.views.counted) == (56, 0)
    paragraphs = plain_text(seed.body).split("\n")
    paragraphs = [paragraph for paragraph in paragraphs if paragraph]
    assert len(paragraphs) == 6
    assert seed.body.count("<p>") == 6
    # The six paragraphs of the old portal, character for character.
    digest = hashlib.sha256("\n".join(paragraphs).encode()).hexdigest()
    assert digest == "d07dcb0bcf15a590df448b1fe43742adb86333f7337c8ad5295bffda03103aeb"
    assert "contoh untuk mengisi" not in seed.body


def test_every_other_article_says_that_it_is_an_example_and_is_long_enough():
    examples = Article.objects.published().exclude(pk=SEED_ID)
    assert examples.count() == 16
    for article in examples:
        lines = plain_text(article.body).split("\n")
        assert "contoh" in lines[-1]
        assert len(plain_text(article.body).split()) >= 250, article.title
        assert article.summary
    words = [len(plain_text(article.body).split()) for article in examples]
    assert max(words) >= 900
    bodies = "".join(article.body for article in examples)
    assert all(f"<{element}" in bodies for element in ("h2", "ul", "blockquote", "table"))


def test_content_covers_six_categories_and_twenty_tags():
    articles = Article.objects.published()
    assert Counter(articles.values_list("category__name", flat=True)).keys() == {
        "Pemerintahan", "Layanan Publik", "Kesehatan", "Pendidikan", "Infrastruktur", "Budaya",
    }  # fmt: skip
    assert articles.values("tags").distinct().count() == 20


def test_examples_lie_in_the_weeks_before_the_day_of_loading():
    times = sorted(Article.objects.exclude(pk=SEED_ID).values_list("published_at", flat=True))
    now = timezone.now()
    assert now - timedelta(hours=6) < times[-1] < now
    assert now - timedelta(days=60) < times[0]


def test_every_lead_picture_has_its_files_and_texts():
    for article in Article.objects.select_related("photo"):
        assert article.photo.alt_text
        assert article.photo.caption
        assert article.photo.credit == "Ilustrasi contoh"
        assert (article.photo.width, article.photo.height) == (1600, 900)
        assert all(default_storage.exists(file) for file in files_of(article.photo))
    assert len(set(Photo.objects.values_list("alt_text", flat=True))) == 17


def test_pictures_together_stay_small():
    files = list(pictures.path("festival").parent.glob("*.webp"))
    assert {file.stem for file in files} == content.read().articles.keys()
    assert sum(file.stat().st_size for file in files) <= 700_000


@pytest.mark.parametrize(
    ("written", "mistake", "complaint"),
    [
        ('caption = "Petugas', 'captoin = "Petugas', "articles.pintu-air: captoin unknown"),
        ('alt_text = "Tiga pintu', '# "Tiga pintu', "articles.pintu-air: alt_text missing"),
        ('["perpustakaan", "literasi", "umkm"]', '"umkm"', "articles.perpustakaan: tags of the wrong type"),
        ('category = "Budaya"', 'category = "Budya"', "articles.festival: no category is named Budya"),
        ('district = "Karawaci"', 'district = "Krawaci"', "keliling: no district is named Krawaci"),
        ("[articles.halte]", "[articles.halteu]", "articles.halteu: .*halteu.webp is missing"),
        (
            "published = { minutes_ago = 155 }",
            "published = { minutes = 155 }",
            "articles.pintu-air: published is neither",
        ),
        ("16:21:00+07:00", "16:21:00", "articles.balai-kota: published is neither"),
        ('article = "musyawarah"', 'article = "musawarah"', "comment 14 .*: no article has the key musawarah"),
        ('reply_to = "Pak RT"', 'reply_to = "Pak RW"', "comment 19 .*: no comment of Pak RW under kampung"),
        ('\noffice = "Dinas', '\noffice = "Badan', "comment 17 .*: no office is named Badan Kependudukan"),
        ('credit = "Ilustrasi contoh"', "", "top level: credit missing"),
        ("[categories]", "[categories", r"Expected .* \(at line \d+, column \d+\)"),
    ],
)
def test_a_mistake_in_the_content_is_named_with_its_place(written, mistake, complaint):
    text = content.FILE.read_text()
    assert written in text
    with pytest.raises(content.ContentError, match=f"^content.toml.*{complaint}"):
        content.parse(text.replace(written, mistake, 1))


def test_moderators_find_waiting_comments_and_readers_approved_ones():
    assert Comment.objects.waiting().count() == 7
    assert Comment.objects.filter(ranked_last=True).count() == 3  # adverts of one gambling site
    assert Comment.objects.filter(ranked_last=True).values("similar_group").distinct().count() == 1
    assert Comment.objects.in_queue().count() == 8  # including a public comment that was reported
    assert not Comment.objects.overdue().exists()
    assert Comment.objects.visible().count() == 17
    assert Comment.objects.visible().filter(office__isnull=False).count() == 1
    assert Comment.objects.visible().filter(article=SEED_ID).count() == 3
    assert not Comment.objects.filter(created_at__gt=timezone.now()).exists()


def test_related_lists_and_terpopuler_are_filled():
    assert set(RelatedArticle.objects.values_list("article", flat=True)) == set(
        Article.objects.values_list("pk", flat=True)
    )
    for period in MostRead.Period:
        assert MostRead.objects.filter(period=period).count() >= 5
    for views in ArticleViews.objects.exclude(article=SEED_ID):
        assert views.counted == sum(
            DailyViews.objects.filter(article=views.article_id).values_list("views", flat=True)
        )


def test_ids_of_an_old_portal_stay_free_and_the_next_article_does_not_collide():
    for model in (Article, Photo, Comment, Office, Category, Tag, District, Notice):
        assert model.objects.order_by("pk").first().pk == 1_000_001
    article = make_article(category=make_category("Olahraga"), tags=["sepak bola"])
    assert article.pk > 1_000_017
    assert make_comment(article).pk > 1_000_016
    assert make_article(pk=70123).pk == 70123


def test_removing_the_demo_deletes_everything_that_nothing_else_uses(capsys):
    own = make_article(category=Category.objects.get(slug="budaya"), tags=["banjir", "sepak bola"])
    own_comment = make_comment(own)
    make_comment(Article.objects.get(pk=SEED_ID), text="Dari pembaca.")
    call_command("hapus_contoh")
    said = capsys.readouterr().out
    assert "17 berita contoh, 25 komentar, 17 foto, 5 kategori, 19 tag" in said
    assert "Budaya, banjir" in said
    assert list(Article.objects.all()) == [own]
    assert list(Comment.objects.all()) == [own_comment]
    assert not Office.objects.exists()
    assert not Photo.objects.exists()
    assert not DailyViews.objects.exists()
    assert {category.name for category in Category.objects.all()} == {"Budaya"}
    assert {tag.name for tag in Tag.objects.all()} == {"banjir", "sepak bola"}


def test_demo_articles_go_with_their_history_and_records():
    article = Article.objects.get(pk=SEED_ID)
    rewrite(article, title="Diubah")
    article.tell("ralat", "Contoh.")
    assert Change.objects.of(article).exists()
    assert Correction.objects.exists()
    demo.remove()
    assert not Change.objects.filter(table="news_article").exists()
    assert not Correction.objects.exists()


def test_demo_articles_leave_no_trace_of_their_removal_and_the_chain_holds():
    assert Entry.objects.filter(table="news_article").exists()
    demo.remove()
    assert not [entry for entry in chained() if entry.verb == "delete"]
    assert chain.check() == chain.newest()


def test_removing_twice_is_no_error_and_touches_nothing_else(capsys):
    demo.remove()
    category, tag = make_category("Olahraga"), make_tag("belum dipakai")
    # An article and a photo outside the demo, with ids that the demo content would have.
    article = make_article(pk=SEED_ID, category=category)
    photo = Photo.objects.create(pk=SEED_ID, name="foto/x", width=1, height=1, alt_text="Lapangan", credit="Warga")
    call_command("hapus_contoh")
    assert "Tidak ada isi contoh" in capsys.readouterr().out
    assert Article.objects.get() == article
    assert Photo.objects.get() == photo
    assert Category.objects.get() == category
    assert Tag.objects.get() == tag


def test_a_photo_used_by_an_article_outside_the_demo_stays():
    photo = Article.objects.get(pk=SEED_ID).photo
    own = make_article(photo=photo, category=make_category("Olahraga"))
    assert str(photo) in demo.remove().kept
    assert Article.objects.get(pk=own.pk).photo == photo


def test_a_photo_in_the_text_of_an_article_outside_the_demo_stays():
    photo = Photo.objects.get(pk=demo.FIRST_ID + 2)
    make_article(body=f"<p>Lihat:</p>{photo.figure_html()}")
    assert str(photo) in demo.remove().kept
    assert default_storage.exists(photo.largest_url.removeprefix("/media/"))


def test_picture_files_are_deleted_with_their_rows(django_capture_on_commit_callbacks, settings, tmp_path):
    settings.MEDIA_ROOT = shutil.copytree(settings.MEDIA_ROOT, tmp_path / "media")
    names = [file for photo in Photo.objects.all() for file in files_of(photo)]
    with django_capture_on_commit_callbacks(execute=True):
        demo.remove()
    assert len(names) == 17 * 6
    assert not any(default_storage.exists(name) for name in names)


def test_removed_demo_content_stays_away(settings, tmp_path):
    settings.DATA_DIR, settings.EMBEDDED_DATABASE = tmp_path, True
    (tmp_path / "contoh-dimuat").touch()  # the marker file of `serve`
    call_command("hapus_contoh")
    serve.load_demo()
    assert not Article.objects.exists()
    (tmp_path / "contoh-dimuat").unlink()
    settings.EMBEDDED_DATABASE = False
    serve.load_demo()
    assert not Article.objects.exists()
