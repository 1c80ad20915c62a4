"""Indexes for lists and searches of the newsroom: comments by a part of a word, decisions by each filter."""

import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0006_imported_comments'),
        ('news', '0031_admin_lists'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='comment',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.Func('name', 'text', arg_joiner=" || ' / ' || ", function='upper', output_field=models.TextField()), 'gin_trgm_ops'), name='comment_words'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(models.F('verb'), models.F('at'), models.F('id'), name='decision_by_verb'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(models.F('reason'), models.F('at'), models.F('id'), condition=models.Q(('reason', ''), _negated=True), name='decision_by_reason'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(models.F('by'), models.F('at'), models.F('id'), name='decision_by_person'),
        ),
    ]
