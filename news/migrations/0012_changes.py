"""Triggers note the former values of every change of a news text (news.models.changes)."""

from django.db import migrations, models
from django.db.models.functions import Now

# As in news.models.changes.NOTED when this was written
NOTED = {
    "news_article": "title slug summary body status published_at time_known category_id photo_id district_id author "
    "reporter editor headline_until source_url withdrawn_reason withdrawn_at",
    "news_correction": "article_id text at",
    "news_category": "name slug description position",
    "news_tag": "name slug",
    "news_photo": "name alt_text caption credit",
    "news_page": "title slug body in_footer position",
    "news_notice": "kind title text link starts_at ends_at",
}

# nullif: a setting that was made in an earlier transaction of the connection is '' afterwards, not null.
_FUNCTIONS = """
    CREATE FUNCTION news_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        former jsonb := to_jsonb(OLD);
        later jsonb;
    BEGIN
        IF current_setting('portal.forgets_changes', true) = 'on' THEN RETURN NULL; END IF;
        IF TG_OP = 'UPDATE' THEN later := to_jsonb(NEW); END IF;
        SELECT jsonb_object_agg(key, value) INTO former FROM jsonb_each(former)
            WHERE key = ANY (TG_ARGV) AND (later IS NULL OR value IS DISTINCT FROM later -> key);
        INSERT INTO news_change ("table", "row", kind, person_id, person, former) VALUES (
            TG_TABLE_NAME, OLD.id, left(TG_OP, 1), nullif(current_setting('portal.person_id', true), '')::bigint,
            coalesce(current_setting('portal.person', true), ''), former
        );
        RETURN NULL;
    END $$;

    CREATE FUNCTION news_note_tag() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        tagged bigint; tag bigint; key text;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            tagged := NEW.article_id; tag := NEW.tag_id; key := 'tag+';
        ELSE
            tagged := OLD.article_id; tag := OLD.tag_id; key := 'tag-';
        END IF;
        INSERT INTO news_change ("table", "row", kind, person_id, person, former)
            SELECT 'news_article', tagged, 'U', nullif(current_setting('portal.person_id', true), '')::bigint,
                coalesce(current_setting('portal.person', true), ''), jsonb_build_object(key, name)
            FROM news_tag WHERE id = tag;
        RETURN NULL;
    END $$;
    -- Only what people do: an import would note every tag of every article.
    CREATE TRIGGER note_tag AFTER INSERT OR DELETE ON news_article_tags FOR EACH ROW
        WHEN (coalesce(current_setting('portal.person_id', true), '') <> '') EXECUTE FUNCTION news_note_tag();

    CREATE FUNCTION news_keep_changes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND current_setting('portal.forgets_changes', true) = 'on' THEN RETURN NULL; END IF;
        RAISE EXCEPTION 'Riwayat perubahan hanya dapat ditambah.';
    END $$;
    CREATE TRIGGER keep_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON news_change
        FOR EACH STATEMENT EXECUTE FUNCTION news_keep_changes();
"""
_NO_FUNCTIONS = """
    DROP TRIGGER keep_changes ON news_change;
    DROP TRIGGER note_tag ON news_article_tags;
    DROP FUNCTION news_keep_changes(), news_note_tag(), news_note_change();
"""


def _triggers(table: str, columns: str) -> str:
    old, new = (", ".join(f"{row}.{name}" for name in columns.split()) for row in ("OLD", "NEW"))
    names = ", ".join(f"'{name}'" for name in columns.split())
    return f"""
        CREATE TRIGGER note_change AFTER UPDATE ON {table} FOR EACH ROW
            WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION news_note_change({names});
        CREATE TRIGGER note_deletion AFTER DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION news_note_change({names});
    """


def _no_triggers(table: str) -> str:
    return f"DROP TRIGGER note_change ON {table}; DROP TRIGGER note_deletion ON {table};"


class Migration(migrations.Migration):
    dependencies = [("news", "0011_readers")]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table", models.CharField(max_length=40)),
                ("row", models.BigIntegerField()),
                ("kind", models.CharField(choices=[("U", "diubah"), ("D", "dihapus")], max_length=1)),
                ("at", models.DateTimeField(db_default=Now())),
                ("person_id", models.BigIntegerField(null=True)),
                ("person", models.CharField(default="", max_length=200)),
                ("former", models.JSONField()),
            ],
            options={"default_permissions": (), "indexes": [models.Index(fields=["table", "row", "-id"], name="change_of_a_row")]},
        ),
        migrations.RunSQL(_FUNCTIONS, _NO_FUNCTIONS),
        *[migrations.RunSQL(_triggers(table, columns), _no_triggers(table)) for table, columns in NOTED.items()],
    ]
