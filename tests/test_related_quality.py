"""How good Artikel Terkait is on articles of others; bench/related.py measures more."""

import json
from collections import Counter

import pytest

from news import related
from news.models import Article
from portal.importers import jsonl, save
from tests.conftest import read_rows

pytestmark = pytest.mark.django_db


def share_of_the_same_topic(rows: list[dict], every: int) -> float:
    """Of what is shown beside one in so many of these articles, how much is about what its editors searched for; 1 is
    what could be at most."""
    for row in rows:
        save(jsonl.parse(json.dumps(row).encode()))
    topics = {row["url"]: row["search_keyword"] for row in rows}
    sizes = Counter(topics.values())
    shares = []
    for article in Article.objects.published().order_by("pk")[::every]:
        topic = topics[article.source_url]
        if possible := min(related.SHOWN, sizes[topic] - 1):
            same = sum(topics[each.source_url] == topic for each in related.compute(article))
            shares.append(same / possible)
    return sum(shares) / len(shares)


def test_most_of_what_is_shown_is_of_the_same_topic(portal_data):
    """Among ninety articles; tests/drills looks among all, where more than half is."""
    rows = read_rows(portal_data, "news_detik_aspect")
    topics = sorted({row["search_keyword"] for row in rows})
    chosen = [row for row in rows if row["search_keyword"] in topics[:: len(topics) // 20]]
    print(len(chosen), len(topics))
    assert share_of_the_same_topic(chosen, every=3) >= 0.7
