"""Articles that an editor changed after their publication keep that time; all others, imported ones above all, change
to the time of their publication. Entries of feeds keep the ids that they have."""

from django.conf import settings
from django.db import migrations, models

from news.web import addresses

# A row that is saved as it is published has both times within moments. Only rows of editors are written: an imported
# archive of a million articles is read once.
_EDITED = """
    UPDATE news_article SET text_changed_at = updated_at
    WHERE changed_by_id IS NOT NULL AND status = 'published'
    AND updated_at > greatest(published_at, created_at) + interval '1 minute'
"""


def keep_ids(apps, schema_editor):
    last = apps.get_model("news", "Article").objects.order_by("-pk").values_list("pk", flat=True).first()
    old = {"old_prefix": settings.SITE_URL, "last_old": last} if last else {}
    apps.get_model("news", "FeedIds").objects.get_or_create(defaults={"prefix": addresses.tag_uri(settings.SITE_URL), **old})


class Migration(migrations.Migration):
    dependencies = [("news", "0009_times_of_the_text")]

    operations = [
        migrations.RunSQL(_EDITED, migrations.RunSQL.noop),
        migrations.RunPython(keep_ids, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                fields=["-withdrawn_at"],
                condition=models.Q(status="withdrawn"),
                name="article_withdrawn_newest",
            ),
        ),
    ]
