from django.db import migrations
from django.db.models.functions import Collate, Lower


class Migration(migrations.Migration):
    dependencies = [("comments", "0004_names_that_spam_advertises")]

    operations = [
        migrations.AlterModelOptions(
            name="office",
            options={
                "ordering": [Lower(Collate("name", "C"))],
                "verbose_name": "perangkat daerah",
                "verbose_name_plural": "perangkat daerah",
            },
        ),
    ]
