"""`python -m django fill NUMBER`: creates the bare page's database and articles; prints their addresses as JSON."""

import json
from datetime import UTC, datetime, timedelta

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from bench.filler_text import FillerText
from bench.limits.bare.models import Article, Comment, Tag

NEWEST = datetime(2024, 11, 13, 9, 21, tzinfo=UTC)


class Command(BaseCommand):
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int)

    def handle(self, *, number: int, **options: object) -> None:
        _create_database()
        call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
        if Article.objects.count() != number:
            _fill(number)
        self.stdout.write(
            json.dumps([f"/artikel/{pk}" for pk in Article.objects.order_by("pk").values_list("pk", flat=True)])
        )


def _create_database() -> None:
    database = settings.DATABASES["default"]
    with psycopg.connect(host=database["HOST"], user=database["USER"], autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database["NAME"]]).fetchone():
            server.execute(f"CREATE DATABASE {database['NAME']}")


def _fill(number: int) -> None:
    Article.objects.all().delete()
    text = FillerText()
    tags = Tag.objects.bulk_create([Tag(name=text.some(2)) for _ in range(40)])
    articles = Article.objects.bulk_create(
        Article(title=text.title(), body=text.body(), published_at=NEWEST - timedelta(hours=turn))
        for turn in range(number)
    )
    for article in articles:
        article.tags.set(text.random.sample(tags, 3))
    Comment.objects.bulk_create(
        Comment(article=article, name=text.some(2), text=text.comment(), created_at=NEWEST + timedelta(minutes=turn))
        for article in articles
        for turn in range(20)
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
