"""Articles by tag and time (news.models.tagged_articles), kept by triggers on Article.tags and on the articles."""

import django.db.models.deletion
from django.db import migrations, models

# Without sequential scans: a connection keeps the plan of its first call, which for an import is one into an empty table.
# The articles are locked, in one order, because a time that another transaction is changing would be missed.
_TRIGGERS = """
    LOCK TABLE news_article, news_article_tags IN SHARE ROW EXCLUSIVE MODE;  -- in the order of whoever saves an article

    CREATE FUNCTION news_keep_tagged() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
    BEGIN
        IF TG_OP IN ('UPDATE', 'DELETE') THEN
            DELETE FROM news_taggedarticle AS kept USING removed
            WHERE kept.article_id = removed.article_id AND kept.tag_id = removed.tag_id;
        END IF;
        IF TG_OP IN ('UPDATE', 'INSERT') THEN
            INSERT INTO news_taggedarticle (article_id, tag_id, published_at)
                SELECT article.id, added.tag_id, article.published_at
                FROM added JOIN news_article AS article ON article.id = added.article_id
                ORDER BY article.id FOR SHARE OF article
            ON CONFLICT (article_id, tag_id) DO UPDATE SET published_at = excluded.published_at;
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER keep_added AFTER INSERT ON news_article_tags REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION news_keep_tagged();
    CREATE TRIGGER keep_moved AFTER UPDATE ON news_article_tags REFERENCING OLD TABLE AS removed NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION news_keep_tagged();
    CREATE TRIGGER keep_removed AFTER DELETE ON news_article_tags REFERENCING OLD TABLE AS removed
        FOR EACH STATEMENT EXECUTE FUNCTION news_keep_tagged();

    CREATE FUNCTION news_keep_tagged_time() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
    BEGIN
        UPDATE news_taggedarticle SET published_at = NEW.published_at WHERE article_id = NEW.id;
        RETURN NULL;
    END $$;
    CREATE TRIGGER keep_tagged_time AFTER UPDATE OF published_at ON news_article FOR EACH ROW
        WHEN (OLD.published_at IS DISTINCT FROM NEW.published_at) EXECUTE FUNCTION news_keep_tagged_time();

    INSERT INTO news_taggedarticle (article_id, tag_id, published_at)
        SELECT article_id, tag_id, published_at
        FROM news_article_tags JOIN news_article ON news_article.id = article_id ORDER BY article_id, tag_id;
"""
_NO_TRIGGERS = """
    DROP TRIGGER keep_tagged_time ON news_article;
    DROP TRIGGER keep_added ON news_article_tags;
    DROP TRIGGER keep_moved ON news_article_tags;
    DROP TRIGGER keep_removed ON news_article_tags;
    DROP FUNCTION news_keep_tagged(), news_keep_tagged_time();
"""


def _foreign_key(to: str, related_name: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name=related_name,
        to=to,
    )


class Migration(migrations.Migration):
    dependencies = [("news", "0031_admin_lists")]

    operations = [
        migrations.CreateModel(
            name="TaggedArticle",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "article_id", "tag_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("published_at", models.DateTimeField(null=True)),
                ("article", _foreign_key("news.article", "by_tag")),
                ("tag", _foreign_key("news.tag", "+")),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunSQL(_TRIGGERS, _NO_TRIGGERS),
        migrations.AddIndex(
            model_name="taggedarticle",
            index=models.Index(fields=["tag", "-published_at", "-article"], name="tagged_newest"),
        ),
        migrations.RunSQL("ANALYZE news_taggedarticle", migrations.RunSQL.noop),
    ]
