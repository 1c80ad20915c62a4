"""Photos know the file that an import made them of."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('news', '0026_addresses_of_earlier_portals'),
    ]

    operations = [
        migrations.AddField(
            model_name='photo',
            name='imported_from',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=64),
        ),
        migrations.AddConstraint(
            model_name='photo',
            constraint=models.UniqueConstraint(
                condition=models.Q(('imported_from', ''), _negated=True),
                fields=('imported_from',),
                name='photo_is_imported_once',
            ),
        ),
    ]
