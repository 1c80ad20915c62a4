"""Days added up for the reports (news.reports), and the triggers that say which days have to be added up again."""

from django.db import migrations, models

# The city's time zone is a setting: of the three days around a moment in UTC, one is its day there.
_TRIGGERS = """
    CREATE FUNCTION news_forget_read_days() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM news_summedday WHERE day IN (SELECT day FROM changed);
        RETURN NULL;
    END $$;
    CREATE TRIGGER forget_added AFTER INSERT ON news_dailyviews REFERENCING NEW TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION news_forget_read_days();
    CREATE TRIGGER forget_changed AFTER UPDATE ON news_dailyviews REFERENCING NEW TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION news_forget_read_days();
    CREATE TRIGGER forget_removed AFTER DELETE ON news_dailyviews REFERENCING OLD TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION news_forget_read_days();

    CREATE FUNCTION news_forget_days_of_article() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE moment timestamptz;
    BEGIN
        FOREACH moment IN ARRAY ARRAY[OLD.published_at, NEW.published_at] LOOP
            DELETE FROM news_summedday
            WHERE day BETWEEN (moment AT TIME ZONE 'UTC')::date - 1 AND (moment AT TIME ZONE 'UTC')::date + 1;
        END LOOP;
        IF TG_OP = 'UPDATE' THEN
            DELETE FROM news_summedday WHERE day IN (SELECT day FROM news_dailyviews WHERE article_id = NEW.id);
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER forget_days_of_new AFTER INSERT OR DELETE ON news_article FOR EACH ROW
        EXECUTE FUNCTION news_forget_days_of_article();
    CREATE TRIGGER forget_days_of_changed
        AFTER UPDATE OF status, published_at, category_id, district_id, author ON news_article FOR EACH ROW
        WHEN ((OLD.status, OLD.published_at, OLD.category_id, OLD.district_id, OLD.author)
            IS DISTINCT FROM (NEW.status, NEW.published_at, NEW.category_id, NEW.district_id, NEW.author))
        EXECUTE FUNCTION news_forget_days_of_article();
"""
_NO_TRIGGERS = """
    DROP TRIGGER forget_days_of_changed ON news_article;
    DROP TRIGGER forget_days_of_new ON news_article;
    DROP TRIGGER forget_added ON news_dailyviews;
    DROP TRIGGER forget_changed ON news_dailyviews;
    DROP TRIGGER forget_removed ON news_dailyviews;
    DROP FUNCTION news_forget_read_days(), news_forget_days_of_article();
"""


class Migration(migrations.Migration):
    dependencies = [("news", "0032_tagged_articles")]

    operations = [
        migrations.CreateModel(
            name="SummedDay",
            fields=[("day", models.DateField(primary_key=True, serialize=False))],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="SummedReads",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "day", "kind", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("category", "Category"), ("district", "District"), ("writer", "Writer")],
                        max_length=8,
                    ),
                ),
                ("key", models.CharField(max_length=200)),
                ("articles", models.IntegerField()),
                ("reads", models.BigIntegerField()),
                ("readers", models.BigIntegerField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunSQL(_TRIGGERS, _NO_TRIGGERS),
    ]
