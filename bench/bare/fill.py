"""`python -m bare.fill NUMBER`: the tables and articles of the bare page; prints the addresses as JSON."""

import json
import os
import sys
from datetime import UTC, datetime, timedelta

import django
import psycopg

NEWEST = datetime(2024, 11, 13, 9, 21, tzinfo=UTC)


def main(number: int):
    with psycopg.connect(host=os.environ["BARE_DATABASE_HOST"], user="postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'bare'").fetchone():
            connection.execute("CREATE DATABASE bare")
    os.environ["DJANGO_SETTINGS_MODULE"] = "bare.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
    from bare.models import Article

    if Article.objects.count() != number:
        fill(number)
    print(json.dumps([f"/artikel/{pk}" for pk in Article.objects.order_by("pk").values_list("pk", flat=True)]))


def fill(number: int):
    from django.db import connection
    from words import Words

    from bare.models import Article, Comment, Tag

    Article.objects.all().delete()
    words = Words()
    tags = Tag.objects.bulk_create([Tag(name=words.some(2)) for _ in range(40)])
    articles = Article.objects.bulk_create(
        Article(title=words.title(), body=words.body(), published_at=NEWEST - timedelta(hours=turn))
        for turn in range(number)
    )
    for article in articles:
        article.tags.set(words.random.sample(tags, 3))
    Comment.objects.bulk_create(
        Comment(article=article, name=words.some(2), text=words.comment(), created_at=NEWEST + timedelta(minutes=turn))
        for article in articles
        for turn in range(20)
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    main(int(sys.argv[1]))
