"""The newest hits of a word among articles of any state, for the newsroom's list: drafts have no time of publication,
and so no place in the word index (news.search.newest)."""

import json
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet, Value

from news.search.newest import AT, Articles
from news.web import reads

FEW = 1_200  # hits, as the planner estimates: up to this many are all read, of more only the newest
_WRONG = 2  # an estimate was wrong if there are this many times as many hits
_COMMON = 0.12  # share of the articles; of more frequent words, reading the newest articles soon finds enough hits
_WINDOW_SPARE = 1.5  # the window of newest articles is expected to contain this many times the hits wanted
_WIDEST = 60_000  # articles in a window: with more, finding its edge takes longer than reading all hits


def candidates(articles: Articles, query: SearchQuery, number: int) -> list[int]:
    """The ids of the newest hits among `articles`, at most `number`, at a cost that does not grow with their number.

    Up to FEW hits are all read from the word index. If more are expected, Postgres searches a window of the articles
    that were written last, sized by its own estimate: there it combines the word index with that of ids and reads few
    rows.
    """
    hits = articles.filter(search=query)
    expected = _estimate(hits)
    if expected <= FEW:
        # For words that often occur together the estimate is far too low. Reaching the limit shows that.
        limit = max(FEW, expected * _WRONG)
        found, total = _newest(hits, number, of=limit)
        if total < limit:
            return found
        expected = total * _WRONG
    article_count = _estimate(articles)
    latest = hits.order_by("-id").values_list("pk", flat=True)
    if expected > article_count * _COMMON:
        return list(latest[:number])
    width = min(_WIDEST, int(number * _WINDOW_SPARE * article_count / expected))
    if width <= article_count / 4:
        edge = articles.order_by("-id").values_list("pk", flat=True)[width : width + 1].first()
        if edge is not None:
            hidden = HiddenFromPlanner(edge, output_field=articles.model._meta.pk)
            found = list(latest.filter(pk__gte=hidden)[:number])
            if len(found) >= number / 2:
                return found
    return _newest(hits, number)[0]


class HiddenFromPlanner(Value):
    """A value that the planner cannot see. It then assumes that the window is narrow, and combines its index with the
    word index even if it expects few hits."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, parameters = super().as_sql(compiler, connection)
        return f"(SELECT {sql}::{self.output_field.db_type(connection)})", parameters


def _newest(hits: QuerySet, number: int, *, of: int | None = None) -> tuple[list[int], int]:
    """The newest among the first `of` hits that Postgres finds, and how many hits were found.

    Sorted by an expression without an index: otherwise Postgres reads the articles in order of time, which takes
    700 ms for a rare or absent word."""
    sql, values = hits.order_by().values_list("pk", AT)[:of].query.sql_with_params()
    with reads.connection().cursor() as cursor:
        cursor.execute(
            f"SELECT id, count(*) OVER () FROM ({sql}) AS met (id, at) ORDER BY at DESC, id DESC LIMIT %s",
            [*values, number],
        )
        rows = cursor.fetchall()
    return [pk for pk, _ in rows], rows[0][1] if rows else 0


def _estimate(rows: Articles | QuerySet) -> int:
    """How many rows the planner expects. Only plans the query: counting a common word would take 100 to 600 ms."""
    plan = json.loads(rows.order_by().values("pk").explain(format="json"))
    return plan[0]["Plan"]["Plan Rows"]
