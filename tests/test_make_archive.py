"""`manage.py make_archive N` fills a database for measurements."""

import os
import signal
from io import StringIO
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Max, Min, Sum
from django.utils import timezone

from comments.models import Comment, Decision
from news import related
from news.markup import sanitise
from news.models import Article, ArticleViews, DailyViews, MostRead, Photo, RelatedArticle, Tag
from portal.samples import archive
from portal.samples.archive import rows, texts
from tests.make import make_article

pytestmark = pytest.mark.slow

DERIVED = ("title", "slug", "body", "title_stems", "body_stems", "search")


@pytest.fixture
def make_archive(monkeypatch):
    """The command with small batches, so that a few articles take the same code paths as a hundred thousand."""
    monkeypatch.setattr(archive, "_CHUNK", 40)
    monkeypatch.setattr(rows, "ARTICLES_PER_TAG", 10)
    monkeypatch.setattr(archive, "COMPUTED_RELATED", 15)

    def make_archive(count, *options):
        output = StringIO()
        call_command("make_archive", str(count), *options, stdout=output)
        return output.getvalue()

    return make_archive


@pytest.mark.django_db(transaction=True)
def test_an_archive_is_complete_and_a_second_run_adds_to_it(make_archive):
    before = make_article()
    in_the_way = make_article(pk=before.pk + 30)
    assert make_archive(100, "--tetap").startswith("100 berita dan ")
    made = Article.objects.published().exclude(pk__in=[before.pk, in_the_way.pk])
    assert made.count() == 100
    assert made.order_by("pk").first().pk > in_the_way.pk
    assert (timezone.now() - made.newest_first().last().published_at).days > 9 * 365
    assert made.filter(category__name="Layanan Publik").exists()
    assert made.filter(tags__name="kota tangerang").count() > 70
    assert set(made.exclude(photo=None).values_list("photo__credit", flat=True)) == {"Ilustrasi arsip buatan"}
    assert made.filter(photo__edition=0).count() > 20 < made.filter(photo__edition__gte=1).count()
    assert Tag.objects.filter(articles__in=made, name__contains=" ").distinct().count() > 10

    for article in made.order_by("pk")[::5]:
        copied = {name: getattr(article, name) for name in DERIVED}
        article.slug = ""  # save() derives it from the title again
        article.save()
        article.refresh_from_db()
        assert {name: getattr(article, name) for name in DERIVED} == copied

    lists = dict(RelatedArticle.objects.values_list("article").annotate(places=Count("pk")))
    assert len(lists) > 85  # the others share no tag with any article
    assert max(lists.values()) == related.STORED
    assert not any(each.article_id == each.target_id for each in RelatedArticle.objects.all())
    assert Comment.objects.visible().values("article").annotate(comments=Count("pk")).filter(comments__gt=50).exists()
    assert Decision.objects.filter(comment__article__in=made).count() > 50
    assert ArticleViews.objects.count() == 100
    days = DailyViews.objects.aggregate(first=Min("day"), last=Max("day"))
    assert (days["last"] - days["first"]).days > 9 * 365
    today = DailyViews.objects.values("article").annotate(reads=Sum("views"))
    assert all(ArticleViews.objects.get(pk=row["article"]).counted >= row["reads"] for row in today)
    assert MostRead.objects.exists()

    photos = Photo.objects.filter(edition__gte=1).count()
    make_archive(5, "--tetap")
    assert Article.objects.count() == 107
    assert Photo.objects.filter(edition__gte=1).count() == photos
    highest = Article.objects.order_by("pk").last().pk
    assert make_article().pk == highest + 1


@pytest.mark.django_db(transaction=True)
def test_an_archive_grows_but_is_not_made_among_other_articles(make_archive):
    make_archive(5)
    make_archive(5)
    assert Article.objects.count() == 10
    for key in ({}, {"source": "kota lain"}, {"source_key": "contoh:halte"}, {"source_key": "arsip-buatan"}):
        other = make_article(status=Article.Status.DRAFT, published_at=None, **key)
        with pytest.raises(
            CommandError, match=r"^Basis data ini memuat berita yang tidak dibuat make_archive,"
        ) as refused:
            make_archive(5)
        assert refused.value.returncode == 1
        other.delete()
    assert Article.objects.count() == 10


def test_the_same_seed_makes_the_same_article_of_allowed_html():
    day = timezone.localtime()
    made = [texts.compose(Random(state), 1, day, day) for state in (1, 1, 2)]
    assert made[0] == made[1] != made[2]
    assert sanitise(made[0].body) == made[0].body


def test_some_words_are_written_in_some_years_only():
    today = timezone.localtime()

    def occurs(word, years_ago):
        day = today.replace(year=today.year - years_ago, day=1)
        return any(f" {word} " in texts.compose(Random(state), 1, day, today).body for state in range(3))

    assert [years for years in range(11) if occurs("QRIS", years)] == [0, 1]
    assert [years for years in range(11) if occurs("pandemi", years)] == [4, 5, 6]


@pytest.mark.parametrize("count", ["0", "-5", "9000000"])
def test_an_invalid_count_is_refused_in_one_sentence(count):
    with pytest.raises(CommandError, match=r"^Jumlah berita harus 1 sampai 5000000\.$"):
        call_command("make_archive", "--", count)


def test_a_disk_that_is_too_small_is_told_before_anything_is_written(monkeypatch):
    monkeypatch.setattr(archive, "has_other_articles", lambda: False)
    monkeypatch.setattr(archive, "BYTES_PER_ARTICLE", 10**13)
    with pytest.raises(CommandError, match=r"^Ruang cakram untuk .* tidak cukup: perlu 20\.000,0 GB, tersisa "):
        call_command("make_archive", "2")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_stopped_run_leaves_whole_articles_and_another_adds_to_them(make_archive, monkeypatch, number):
    write, stop = archive._write_chunk, iter([False, True])

    def write_and_stop(*arguments):
        written = write(*arguments)
        if next(stop, False):
            os.kill(os.getpid(), number)
        return written

    monkeypatch.setattr(archive, "_write_chunk", write_and_stop)
    with pytest.raises(CommandError, match=r"^Dihentikan\. Yang sudah tertulis tetap ada dan utuh;") as stopped:
        make_archive(400)
    assert stopped.value.returncode == 130
    kept = Article.objects.count()
    assert 0 < kept < 400
    assert kept % 40 == 0
    assert ArticleViews.objects.count() == kept
    assert not Article.objects.filter(tags=None).exists()
    make_archive(5)
    assert Article.objects.count() == kept + 5
