"""When an article's text changed becomes a column of its own, and feeds get ids that do not change with the address.
Names are ordered by letter.

Adding a column that may be null rewrites no row; the next migration fills it, so that this one holds its lock on the
table for a moment only.
"""

from django.db import migrations, models
from django.db.models.functions import Collate, Lower


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
        migrations.AlterModelOptions(
            name='category',
            options={'ordering': ['position', Lower(Collate('name', 'C'))], 'verbose_name': 'kategori', 'verbose_name_plural': 'kategori'},
        ),
        migrations.AlterModelOptions(
            name='district',
            options={'ordering': [Lower(Collate('name', 'C'))], 'verbose_name': 'kecamatan', 'verbose_name_plural': 'kecamatan'},
        ),
        migrations.AlterModelOptions(
            name='page',
            options={'ordering': ['position', Lower(Collate('title', 'C'))], 'verbose_name': 'halaman', 'verbose_name_plural': 'halaman'},
        ),
        migrations.AlterModelOptions(
            name='tag',
            options={'ordering': [Lower(Collate('name', 'C'))], 'verbose_name': 'tag', 'verbose_name_plural': 'tag'},
        ),
    ]
