"""How Postgres would read tables that grow for years, for each page: never all of them, and never to count all rows.

The database of a test is small, and there reading all of a table is right. So it is told that the tables are large,
and may read one from end to end only where no index serves. What it does then, it would have to do in a large archive.
"""

import json
import re
from collections.abc import Iterator
from io import StringIO
from typing import NamedTuple

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comments.models import Comment, Decision, Reason, Report
from news.models import Article, Correction, Document
from portal.samples import archive
from tests.conftest import logged_in
from tests.make import make_article, make_comment, rewrite

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

GROWING = {
    *("news_article", "news_article_tags", "news_articleviews", "news_dailyviews", "news_relatedarticle"),
    *("news_photo", "news_document", "news_change", "news_correction", "news_tag"),
    *("comments_comment", "comments_decision", "comments_report", "audit_entry"),
}
# Partial indexes that hold what is in hand now: read as a whole, they cost little in an archive of any size.
IN_HAND = {
    *("article_headline", "article_withdrawn_newest", "comment_by_deadline", "document_waiting"),
}
# Nodes of a plan that hand on rows as they come, so that a limit above them ends what is below.
_STREAMS = {
    *("Limit", "Nested Loop", "Subquery Scan", "Append", "Merge Append", "Unique", "LockRows", "Result"),
    *("Incremental Sort", "ProjectSet", "CTE Scan", "Memoize", "Materialize", "Hash Join", "Merge Join"),
}
# Parts of statements that still read all of a table, which is known:
_KNOWN = (
    ") AS names",  # spelling compares words with all names of tags, categories and districts
    '"body"::text LIKE',  # where a photo is used: every text with pictures is searched for its name
    '"news_article"."photo_id" = ',  # there is an index; without statistics Postgres takes them for many
    'UPPER("news_document"."own_author"::text)',  # the search of documents
)
# What narrows: a comparison, but not one that holds for nearly all rows of a table.
_COMPARISON = re.compile(r"[\w)] (?:=|@@|&&|~~|>=?|<=?|%) ")
_OF_MOST = re.compile(r"\bstatus\b.*\bpublished\b|\bpublished_at <|\b(?:verb|edition|time_known)\b")
# Not the sitemap of documents, which lists up to 10,000 of them.
PUBLIC = """
/ /berita /kategori /kategori/{category} /kategori/{category}/feed /tag/{tag} /tag/{tag}/feed /arsip /arsip/{month}
/arsip/{month}/{day} /populer /dokumen /feed /feed/atom /sitemap.xml /sitemap-halaman.xml /sitemap-0.xml
/sitemap-news.xml /data/berita.csv /ralat /ralat/feed /berita/detail/{pk} /b/{pk}
/berita/{pk}/perubahan /berita/{pk}/komentar /komentar/{comment} /transparansi /cari?q=puskesmas
/cari?q=puskesmas+malam /cari?q="layanan+malam" /cari?q=xqzkwy /cari?q=puskesmas&kategori={category}
/cari?q=puskesmas&urut=terbaru /tidak-ada-di-sini
"""


class Read(NamedTuple):
    """A part of a plan that reads all of a table."""

    table: str
    how: str
    statement: str


@pytest.fixture
def large(monkeypatch):
    """An article of a small archive, at which Postgres has looked."""
    monkeypatch.setattr(archive, "COMPUTED_RELATED", 15)
    call_command("make_archive", "100", "--tetap", stdout=StringIO())
    article = make_article(tags=["malam", "layanan"], reads=7)
    rewrite(article, title="Puskesmas buka malam")
    comment, other = make_comment(article), make_comment(article)
    Decision.objects.log([comment, other], Decision.Verb.APPROVE, None)
    Report.objects.create(comment=comment, reason=Reason.SPAM)
    Correction.objects.create(article=article, kind=Correction.Kind.ERRATUM, text="Ditambah.", at=timezone.now())
    for number in "01":
        Document.objects.create(article=article, title="Surat edaran", file=number * 32, size=7)
    Article.objects.filter(pk=article.pk).first().publish(by=None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        for table in GROWING:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0], table
    return article


def _pretend() -> None:
    """Of growing tables, that they are large, and that a row of one has about ten rows in another."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_class SET reltuples = CASE relname WHEN 'news_tag' THEN 2e4 ELSE 5e6 END, relpages = 1"
            " WHERE relname = ANY(%s)",
            [[*GROWING]],
        )
        cursor.execute(
            "UPDATE pg_statistic SET stadistinct = -0.1, stakind1 = 0, stakind2 = 0, stakind3 = 0 FROM pg_attribute"
            " WHERE (attrelid, attnum) = (starelid, staattnum) AND attrelid::regclass::text = ANY(%s)"
            " AND attname IN ('article_id', 'comment_id', 'parent_id', 'photo_id', 'tag_id')",
            [[*GROWING]],
        )


def reads_of_all(statements: list[str]) -> Iterator[Read]:
    with transaction.atomic(), connection.cursor() as cursor:
        _pretend()
        cursor.execute("SET LOCAL enable_seqscan = off")
        for statement in (each for each in statements if not any(known in each for known in _KNOWN)):
            cursor.execute("EXPLAIN (FORMAT JSON, VERBOSE) " + statement.replace("%", "%%"), ())
            plan = cursor.fetchone()[0]
            plan = json.loads(plan) if isinstance(plan, str) else plan
            yield from _unbounded(plan[0]["Plan"], statement, limited=False)
        transaction.set_rollback(True)  # the tables are as large as they are


def _unbounded(node: dict, statement: str, *, limited: bool) -> Iterator[Read]:
    kind, table = node["Node Type"], node.get("Relation Name")
    if table in GROWING:
        condition = node.get("Index Cond") or node.get("Recheck Cond") or ""
        narrow = any(_COMPARISON.search(part) and not _OF_MOST.search(part) for part in condition.split(" AND "))
        if kind == "Seq Scan":
            yield Read(table, "Seq Scan", statement)
        elif not limited and not narrow and node.get("Index Name") not in IN_HAND:
            yield Read(table, f"{kind} {node.get('Index Name', '')} {condition}", statement)
    below = kind == "Limit" or (limited and kind in _STREAMS)
    for child in node.get("Plans", ()):
        beside = child["Parent Relationship"] in ("SubPlan", "InitPlan")  # read whole, whatever the limit
        yield from _unbounded(child, statement, limited=below and not beside)


def statements_of(client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
        if answer.streaming:
            list(answer.streaming_content)
    assert answer.status_code in (200, 301, 302, 404), address
    return [each["sql"] for each in captured if re.match(r"\W*(SELECT|WITH)\b", each["sql"])]


def _reads(client, addresses: list[str]) -> dict[str, list[Read]]:
    """By address; of those that several pages share, at the first."""
    asked = {address: statements_of(client, address) for address in addresses}
    seen: set[str] = set()
    found = {}
    for address, statements in asked.items():
        new = [each for each in dict.fromkeys(statements) if each not in seen]
        seen.update(new)
        if reads := list(reads_of_all(new)):
            found[address] = reads
    return found


def test_no_public_page_reads_or_counts_all_of_a_growing_table(client, large):
    now = timezone.localtime(large.published_at)
    parts = {
        "pk": large.pk,
        "category": large.category.slug,
        "tag": "malam",
        "month": f"{now.year}/{now.month}",
        "day": now.day,
        "comment": Comment.objects.latest("pk").pk,
    }
    assert _reads(client, PUBLIC.format(**parts).split()) == {}


def test_no_list_of_the_newsroom_reads_or_counts_all_of_a_growing_table(client, large, monkeypatch):
    logged_in(client, "Administrator")
    lists = []
    for model, of_model in admin.site._registry.items():
        if model._meta.db_table in GROWING:
            monkeypatch.setattr(of_model, "list_per_page", 1)  # what fits one page is read without a limit
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            whole = reverse(f"{name}_changelist")
            lists += [whole, f"{whole}?q=puskesmas", f"{whole}?p=2"]
            lists += [reverse(f"{name}_change", args=[row.pk]) for row in model.objects.all()[:1]]
    assert _reads(client, ["/admin/", *lists]) == {}


def test_reading_all_and_counting_all_are_noticed(large):
    statements = [
        "SELECT count(*) FROM news_article",
        "SELECT count(*) FROM news_article WHERE status = 'published'",
        "SELECT id FROM comments_comment WHERE upper(name) LIKE '%X%'",
        "SELECT id FROM news_article ORDER BY title LIMIT 5",
    ]
    assert [read.table for read in reads_of_all(statements)] == [
        *("news_article", "news_article", "comments_comment", "news_article")
    ]
    bounded = [
        "SELECT id FROM news_article ORDER BY id LIMIT 5",
        "SELECT count(*) FROM (SELECT FROM news_article LIMIT 5) AS few",
        "SELECT id FROM news_article WHERE id = 7",
    ]
    assert list(reads_of_all(bounded)) == []
