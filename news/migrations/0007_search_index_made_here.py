"""The search index becomes an ordinary column, written by news.search.indexing. Articles keep their old entries, and
are found by them, until the worker has renewed them (news.reindexing)."""

import django.contrib.postgres.search
from django.db import migrations, models

# The index entry as Postgres made it, in some locales taking “ and – for letters.
_GENERATED = """
    ALTER TABLE news_article ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('simple'::regconfig, coalesce(title, '')), 'A')
        || setweight(to_tsvector('simple'::regconfig, coalesce(title_stems, '')), 'B')
        || setweight(to_tsvector('simple'::regconfig, coalesce(left(body, 100000), '')), 'C')
        || setweight(to_tsvector('simple'::regconfig, coalesce(body_stems, '')), 'D')
    ) STORED
"""


class Migration(migrations.Migration):
    dependencies = [("news", "0006_one_rule_for_addresses")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    [
                        "ALTER TABLE news_article ALTER COLUMN search DROP EXPRESSION",
                        "ALTER TABLE news_article ALTER COLUMN search SET DEFAULT ''",
                    ],
                    [
                        "ALTER TABLE news_article DROP COLUMN search",
                        _GENERATED,
                        "CREATE INDEX article_search ON news_article USING gin (search)",
                    ],
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="article",
                    name="search",
                    field=django.contrib.postgres.search.SearchVectorField(db_default="", default="", editable=False),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reindexing",
            fields=[
                ("rules", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("last_article", models.BigIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
