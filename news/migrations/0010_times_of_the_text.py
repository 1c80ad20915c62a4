"""When an article's text changed becomes a column of its own, and feeds get ids that do not change with the address.

Adding a column that may be null rewrites no row; the next migration fills it, so that this one holds its lock on the
table for a moment only.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("news", "0008_pages_follow_the_settings")]

    operations = [
        migrations.AddField(
            model_name="article",
            name="text_changed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name="FeedIds",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("prefix", models.CharField(max_length=400)),
                ("old_prefix", models.CharField(blank=True, default="", max_length=400)),
                ("last_old", models.BigIntegerField(default=0)),
            ],
        ),
    ]
