"""Cards: drawn pictures for articles without a photo, shown where their links are shared."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image, ImageChops

from news import cards, photos
from news.models import Article, Photo
from tests.make import make_article, make_category, quietly, rewrite

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    yield
    for cached in (cards._design_key, cards._draw_site, cards.site_url):
        cached.cache_clear()


def make_photo(**fields) -> Photo:
    return Photo.objects.create(
        name=f"foto/2026/11/{timezone.now().timestamp()}", width=900, height=600, alt_text="Jembatan", **fields
    )


def files() -> list[str]:
    """The files of the articles' cards, without that of the site."""
    root = Path(default_storage.location)
    return sorted(path.name for path in root.rglob("*.jpg") if not path.name.startswith("situs-"))


def size_of(address: str) -> tuple[int, int]:
    with Image.open(Path(default_storage.location) / address.removeprefix("/media/")) as picture:
        picture.load()
        return picture.size


# ---- Drawing

TITLES = [
    "A",
    "Banjir surut",
    "Pemerintah Kota Tangerang menargetkan perbaikan dua puluh empat ruas jalan rusak selesai sebelum musim hujan",
    "Lorem ipsum dolor sit amet " * 11,
    "W" * 300,
    "i" * 300,
    "ك" * 300,
    "🎉" * 300,
    "a\u0301" * 150,
    "م Festival 🎉 中文 𝗧𝗲𝗯𝗮𝗹 Ω ½ m² “kutip” – … ‰ \u200b\u202e",
    "",
    "   ",
]


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("category", ["Layanan Publik", "", "中", "Kategori yang amat panjang " * 3])
def test_any_title_gives_a_jpeg_of_1200_by_630_that_is_small_enough_to_share(title, category):
    content = cards.draw(title, category)
    with Image.open(io.BytesIO(content)) as card:
        assert (card.format, card.size) == ("JPEG", (1200, 630))
        # Nothing is cut off at the edges: the margins have the paper's colour above and the band's below.
        for box, colour in (((0, 0, 60, 490), "#f4f1ea"), ((1140, 0, 1200, 490), "#f4f1ea")):
            margin = card.crop(box)
            extremes = ImageChops.difference(margin, Image.new("RGB", margin.size, colour)).getextrema()
            assert max(highest for _, highest in extremes) < 12
    assert len(content) < 150_000


def test_characters_missing_in_the_font_are_left_out():
    assert cards._drawable("🎉 Festival 中文 Cisadane\u200b مدينة") == "Festival Cisadane"
    assert cards._drawable("𝗧𝗲𝗯𝗮𝗹 ﬁ m² e\u0301 “x” – ½") == "Tebal fi m² é “x” – ½"
    assert cards._font(40).getmask("🎉").getbbox() is None  # a character left in by mistake draws nothing either


def test_a_title_is_as_large_as_fits_and_a_longer_one_ends_in_an_ellipsis():
    short, _ = cards._fitted("Banjir surut", 1056, 340)
    long, lines = cards._fitted("Warga Karawaci bekerja bakti " * 8, 1056, 340)
    assert short > long
    assert not lines[-1].endswith("…")
    smallest, lines = cards._fitted("Warga Karawaci bekerja bakti " * 40, 1056, 340)
    assert smallest < long
    assert lines[-1].endswith("…")
    assert all(cards._font(smallest).getlength(line) <= 1056 for line in lines)
    assert len(lines) * smallest * cards._LINE <= 340


# ---- Which articles have one


@pytest.mark.django_db
def test_the_worker_draws_the_card_of_an_article_without_a_photo():
    article = make_article(title="Puskesmas buka malam")
    before = article.updated_at
    site = cards.url(article)
    assert cards.draw_missing() == 1
    article.refresh_from_db()
    assert article.updated_at == before
    assert cards.url(article) == f"/media/kartu/{article.pk}-{article.card}.jpg" != site
    assert size_of(cards.url(article)) == (1200, 630) == cards.size(article)
    assert size_of(site) == (1200, 630)
    assert cards.draw_missing() == 0


@pytest.mark.django_db
def test_an_article_with_a_photo_is_shared_with_it():
    cropped, older = make_article(photo=make_photo(edition=2)), make_article(photo=make_photo(edition=1))
    assert cards.draw_missing() == 0
    assert cards.url(cropped) == f"/media/{cropped.photo.name}-1200x630.jpg"
    assert cards.size(cropped) == (1200, 630)
    assert cards.url(older) == f"/media/{older.photo.name}-900.jpg"
    assert cards.size(older) == (900, 600)


@pytest.mark.django_db
def test_a_changed_title_gets_a_new_card_and_the_old_file_is_deleted(django_capture_on_commit_callbacks):
    article = make_article()
    cards.draw_missing()
    article.refresh_from_db()
    old = article.card
    article.title = "Judul yang dibetulkan"
    with quietly():
        article.save()
    assert cards.url(article) == cards.site_url()  # not the card with the old title
    with django_capture_on_commit_callbacks(execute=True):
        assert cards.draw_missing() == 1
    article.refresh_from_db()
    assert article.card != old
    assert files() == [f"{article.pk}-{article.card}.jpg"]


@pytest.mark.django_db
def test_a_renamed_category_or_site_gets_new_cards(settings):
    category = make_category()
    article = make_article(category=category)
    cards.draw_missing()
    category.name = "Nama baru"
    category.save()
    assert cards.draw_missing() == 1
    settings.SITE_NAME = "Kabar Kota Lain"
    cards._design_key.cache_clear()
    assert cards.draw_missing() == 1
    article.refresh_from_db()
    assert cards.url(article) != cards.site_url()


@pytest.mark.django_db
def test_a_scheduled_article_gets_its_card_once_it_is_published():
    article = make_article(published_at=timezone.now() + timedelta(hours=1))
    make_article(status=Article.Status.DRAFT, published_at=None)
    assert cards.draw_missing() == 0
    Article.objects.filter(pk=article.pk).update(published_at=timezone.now() - timedelta(minutes=1))
    assert cards.draw_missing() == 1


@pytest.mark.django_db
def test_the_card_of_an_article_that_is_withdrawn_or_gets_a_photo_is_deleted():
    withdrawn, pictured, kept = make_article(), make_article(), make_article()
    assert cards.draw_missing() == 3
    withdrawn.refresh_from_db()
    withdrawn.withdraw("Keliru")
    rewrite(pictured, photo=make_photo())
    assert cards.draw_missing() == 0
    assert [name.partition("-")[0] for name in files()] == [str(kept.pk)]
    withdrawn.refresh_from_db()
    assert withdrawn.card == ""


@pytest.mark.django_db
def test_only_the_newest_articles_have_a_card_of_their_own():
    old, *_ = [make_article(published_at=timezone.now() - timedelta(days=days)) for days in (3, 2, 1)]
    assert cards.draw_missing(newest=2) == 2
    old.refresh_from_db()
    assert cards.url(old) == cards.site_url()


@pytest.mark.django_db
def test_the_newest_article_comes_first_and_drawing_keeps_to_its_time_limit():
    old, new = (make_article(published_at=timezone.now() - timedelta(days=days)) for days in (2, 1))
    assert cards.draw_missing(seconds=0) == 1
    new.refresh_from_db()
    old.refresh_from_db()
    assert new.card
    assert not old.card
    assert cards.draw_missing(seconds=0) == 1


@pytest.mark.django_db
def test_a_file_left_by_an_interrupted_run_is_overwritten():
    article = make_article()
    name = cards._file(article.pk, cards._key(article.title, article.category.name))
    default_storage.save(name, ContentFile(b"terpotong"))
    cards.draw_missing()
    assert files() == [Path(name).name]
    assert size_of(f"/media/{name}") == (1200, 630)


@pytest.mark.django_db
def test_the_address_of_the_picture_costs_no_query(django_assert_num_queries):
    make_article(photo=make_photo(edition=photos.EDITION))
    make_article()
    cards.draw_missing()
    articles = list(Article.objects.published().for_list())
    with django_assert_num_queries(0):
        for article in articles:
            assert cards.url(article) != cards.site_url()
            assert cards.size(article) == (1200, 630)
