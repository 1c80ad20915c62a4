"""The word index also has the places of articles (news.search.places). It is built beside the old one, under another
name, while articles are read and written; a first build that was cut off is begun again."""

import django.contrib.postgres.indexes
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

# In stretches of 30 days. A body that is parsed now finds the other function whatever the search path is later.
_FUNCTIONS = """
    CREATE OR REPLACE FUNCTION news_stretch(at timestamptz) RETURNS integer
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN ((at AT TIME ZONE 'UTC')::date - DATE '1900-01-01') / 30;

    CREATE OR REPLACE FUNCTION news_places(at timestamptz, category bigint, district bigint) RETURNS bigint[]
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN array_remove(ARRAY[
            news_stretch(at)::bigint,
            10000 * category + news_stretch(at),
            -(10000 * district + news_stretch(at))
        ], NULL);
"""
_NO_FUNCTIONS = "DROP FUNCTION news_places(timestamptz, bigint, bigint), news_stretch(timestamptz)"

_PLACES = models.Func(
    models.F("published_at"),
    models.F("category"),
    models.F("district"),
    function="news_places",
    output_field=ArrayField(models.BigIntegerField()),
)
_SEARCH = "article_search"


def _built(index: str) -> list[str]:
    """The statements that build this index in place of the one there is."""
    return [
        "DROP INDEX CONCURRENTLY IF EXISTS article_search_new",
        f"CREATE INDEX CONCURRENTLY article_search_new ON news_article USING gin {index}",
        "DROP INDEX CONCURRENTLY IF EXISTS article_search",
        "ALTER INDEX article_search_new RENAME TO article_search",
    ]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("news", "0029_old_numbers")]

    operations = [
        migrations.RunSQL(_FUNCTIONS, _NO_FUNCTIONS),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    _built(
                        "(news_places(published_at, category_id, district_id), search) WITH (gin_pending_list_limit = 64)"
                    ), _built("(search)")
                ),
            ],
            state_operations=[
                migrations.RemoveIndex("article", _SEARCH),
                migrations.AddIndex(
                    "article", django.contrib.postgres.indexes.GinIndex(
                        _PLACES, models.F("search"), name=_SEARCH, gin_pending_list_limit=64
                    )
                ),
            ],
        ),
    ]
