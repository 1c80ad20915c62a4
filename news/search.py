"""Search over titles and bodies: the words as written and their Indonesian stems, in one generated tsvector."""

import json

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F
from django.db.models.functions import Coalesce

from news import stemming

MAX_WORDS = 16
CANDIDATES = 300  # ranked at most; ts_rank over all hits of a common word took 870 ms in 200,000 articles
FEW = 20_000  # hits by the planner's estimate: up to here the word index is read whole, above the newest suffice
RANK_WEIGHTS = [0.05, 0.1, 0.7, 1.0]  # D body stems, C body words, B title stems, A title words


def tsquery(text: str) -> SearchQuery | None:
    """All words of the text that say something, each as written or by its stem; None where no word is left."""
    words = stemming.words(text)
    telling = [word for word in words if word not in stemming.stop_words()] or words
    if not telling:
        return None
    each = (f"('{word}' | '{stemming.stem(word)}')" for word in dict.fromkeys(telling[:MAX_WORDS]))
    return SearchQuery(" & ".join(each), search_type="raw", config="simple")


def search(articles, text: str, *, limit: int, offset: int = 0) -> list:
    """The articles of the queryset that hold every word of the text, best fit first, newest first among equals."""
    query = tsquery(text)
    if query is None:
        return []
    ranked = articles.filter(pk__in=candidates(articles, query)).annotate(
        fit=SearchRank(F("search"), query, weights=RANK_WEIGHTS)
    )
    return list(ranked.for_list().order_by("-fit", "-published_at", "-id")[offset : offset + limit])


def candidates(articles, query: SearchQuery, number: int = CANDIDATES):
    """The ids of the newest hits among `articles`, as a subquery whose cost does not grow with the archive."""
    hits = articles.filter(search=query)
    if _estimate(hits) < FEW:
        # An order that no index has keeps Postgres from walking the articles by time, which takes 700 ms when the
        # word is rare or absent; it reads the word index instead.
        newest = hits.order_by(Coalesce("published_at", "created_at").desc(), "-id")
    else:
        newest = hits.newest_first()
    return newest.values("pk")[:number]


def _estimate(hits) -> int:
    """How many rows the planner expects: no more than planning, where counting a common word takes 100 to 600 ms."""
    plan = json.loads(hits.order_by().values("pk").explain(format="json"))
    return plan[0]["Plan"]["Plan Rows"]
