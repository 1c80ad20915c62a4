"""Runs on all data in PORTAL_DATA; the suite uses samples."""

from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command

from comments.triage.highlights import Kind
from news import related
from news.models import Article
from tests.conftest import read_rows
from tests.test_highlights import share
from tests.test_import_articles import COLLECTIONS, run_files
from tests.test_near_copies import share_grouped
from tests.test_photos import REFUSED, refused_of

pytestmark = [pytest.mark.drill, pytest.mark.django_db]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_all_articles_are_imported(portal_data, name):
    path = portal_data / name / "data.jsonl.gz"
    untitled = sum(not row.get("title") for row in read_rows(portal_data, name))
    created, updated, unchanged, refused, said = run_files(path)
    assert (updated, unchanged, refused) == (0, 0, untitled)
    assert ("judul kosong" in said) == bool(untitled)
    assert run_files(path)[:4] == (0, 0, created, untitled)
    print(f"{name}: {created} articles, {refused} refused, the second time the same")


@pytest.mark.filterwarnings("ignore")  # Pillow warns of odd EXIF and of sizes that are refused here anyway
@pytest.mark.parametrize("folder", ["images", "images_handmade"])
def test_all_valid_pictures_are_kept(portal_data, folder, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    paths = list((portal_data / folder).iterdir())
    refused = refused_of(paths)
    assert refused == {path.name for path in paths} & REFUSED
    print(f"{folder}: {len(paths) - len(refused)} kept, {len(refused)} refused")


def test_all_comments_have_few_false_highlights(portal_data):
    tweets = read_rows(portal_data, "toxic_twitter")
    paragraphs = [part for row in read_rows(portal_data, "news_indosum") for part in row["body"].split("\n")]
    abusive = share([tweet["text"] for tweet in tweets if "abusive" in tweet["label"]], Kind.INSULT)
    clean = share([tweet["text"] for tweet in tweets if tweet["label"] == "clean"], Kind.INSULT)
    in_news = {kind: share(paragraphs, kind) for kind in (Kind.INSULT, Kind.PHONE, Kind.NIK)}
    print(f"insults in {abusive:.1%} of abusive tweets, {clean:.2%} of clean ones; in news {in_news}")
    assert abusive > 0.48
    assert clean < 0.015
    assert in_news[Kind.INSULT] < 0.001
    assert in_news[Kind.PHONE] < 0.001
    assert in_news[Kind.NIK] == 0


def test_all_spam_is_grouped_and_ordinary_comments_are_not(portal_data):
    rows = read_rows(portal_data, "spam_judol_tiktok")
    adverts = share_grouped([row["text"] for row in rows if row["label"] == "judol"])
    ordinary = share_grouped([row["text"] for row in rows if row["label"] == "clean"])
    print(f"grouped: {adverts:.1%} of adverts, {ordinary:.1%} of ordinary comments")
    assert adverts > 0.4
    assert ordinary < 0.025


def test_more_than_half_of_the_related_articles_have_the_same_topic(portal_data):
    """Like `python -m bench related`, for one in four articles."""
    rows = read_rows(portal_data, "news_detik_aspect")
    call_command("import_articles", str(portal_data / "news_detik_aspect" / "data.jsonl.gz"), stdout=StringIO())
    topics = {row["url"]: row["search_keyword"] for row in rows}
    sizes = Counter(topics.values())
    shares = []
    for article in Article.objects.published().order_by("pk")[::4]:
        topic = topics[article.source_url]
        if possible := min(related.SHOWN, sizes[topic] - 1):
            shares.append(sum(topics[each.source_url] == topic for each in related.compute(article)) / possible)
    print(f"the same topic: {sum(shares) / len(shares):.3f} of what is shown beside {len(shares)} articles")
    assert sum(shares) / len(shares) >= 0.5
