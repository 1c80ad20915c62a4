"""Indexes for lists and searches of the newsroom: photos by a part of a word, tags by name and in order."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('news', '0030_search_by_place'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='photo',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.Func('caption', 'alt_text', 'credit', arg_joiner=" || ' / ' || ", function='upper', output_field=models.TextField()), 'gin_trgm_ops'), name='photo_words'),
        ),
        migrations.AddIndex(
            model_name='tag',
            index=models.Index(
                models.Func('name', template='(LOWER(%(expressions)s COLLATE "C"))'), name='tag_by_letter'
            ),
        ),
        migrations.AddIndex(
            model_name='tag',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('name'), 'gin_trgm_ops'), name='tag_name_trigrams'),
        ),
        migrations.AddIndex(
            model_name='tag',
            index=django.contrib.postgres.indexes.GinIndex(models.Func(models.F('slug'), models.Value('-'), function='string_to_array'), name='tag_slug_words'),
        ),
        migrations.AddIndex(
            model_name='tag',
            index=models.Index(django.db.models.functions.text.Replace(models.F('slug'), models.Value('-')), name='tag_slug_in_one'),
        ),
    ]
