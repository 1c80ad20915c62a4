"""Comments know what they were called on the portal that they were imported from."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0005_names_by_letter'),
    ]

    operations = [
        migrations.AddField(
            model_name='comment',
            name='source_key',
            field=models.CharField(
                blank=True,
                db_default='',
                default='',
                editable=False,
                max_length=200,
                verbose_name='kunci di portal lama',
            ),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.UniqueConstraint(
                condition=models.Q(('source_key', ''), _negated=True),
                fields=('source_key',),
                name='comment_is_imported_once',
            ),
        ),
    ]
