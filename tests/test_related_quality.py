"""How good Artikel Terkait is on articles of others; `python -m bench related` measures more."""

import gzip
import io
import json

import pytest
from django.core.management import call_command

from news import related
from news.models import Article

EVERY = 4  # of the articles, one in so many is looked at

pytestmark = pytest.mark.django_db


def test_more_than_half_of_what_is_shown_is_of_the_same_topic(portal_data):
    file = portal_data / "news_detik_aspect" / "data.jsonl.gz"
    call_command("import_articles", str(file), stdout=io.StringIO())
    with gzip.open(file, "rt") as lines:
        topics = {row["url"]: row["search_keyword"] for row in map(json.loads, lines)}
    shares = []
    for article in Article.objects.published().order_by("pk")[::EVERY]:
        topic = topics[article.source_url]
        possible = min(related.SHOWN, list(topics.values()).count(topic) - 1)
        if possible:
            found = related.compute(article)
            shares.append(sum(topics[each.source_url] == topic for each in found) / possible)
    assert sum(shares) / len(shares) >= 0.5
