"""Photos get a focal point, and remember what their files were called before they were replaced."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('news', '0022_nothing_changes_in_silence'),
    ]

    operations = [
        migrations.AddField(
            model_name='photo',
            name='focus_x',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Dalam persen, juga dari atas. Atau klik bagian terpenting pada foto di atas: bagian itu tetap tampak di mana pun foto ini dipotong. Kosong: portal yang memilih.', null=True, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='titik fokus dari kiri'),
        ),
        migrations.AddField(
            model_name='photo',
            name='focus_y',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='titik fokus dari atas'),
        ),
        migrations.AddField(
            model_name='photo',
            name='former_names',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), db_default=[], default=list, editable=False, size=None),
        ),
        migrations.AddIndex(
            model_name='photo',
            index=django.contrib.postgres.indexes.GinIndex(fields=['former_names'], name='photo_former_names'),
        ),
        migrations.AddConstraint(
            model_name='photo',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('focus_x', None), ('focus_y', None)), models.Q(('focus_x__isnull', False), ('focus_x__lte', 100), ('focus_y__isnull', False), ('focus_y__lte', 100)), _connector='OR'), name='photo_focal_point_is_whole_and_in_the_picture', violation_error_code='focus_x', violation_error_message='Isi kedua angka titik fokus, dari 0 sampai 100, atau kosongkan keduanya.'),
        ),
    ]
