"""Addresses of earlier portals: who wrote a target, and looking one up whatever its case."""

import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('news', '0024_what_was_seen_is_not_deleted'),
    ]

    operations = [
        migrations.AddField(
            model_name='missingpath',
            name='imported',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='dari impor'),
        ),
        migrations.AddIndex(
            model_name='missingpath',
            index=models.Index(django.db.models.functions.text.Lower('path'), name='missing_path_in_any_case'),
        ),
    ]
