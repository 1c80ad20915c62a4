from django.db import migrations, models
from django.db.models.functions import Greatest


class Migration(migrations.Migration):
    dependencies = [("news", "0003_reading")]

    operations = [
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                models.Func("id", template="(%(expressions)s / 45000)", output_field=models.BigIntegerField()),
                models.OrderBy(Greatest("updated_at", "published_at"), descending=True),
                condition=models.Q(("status__in", ["published", "withdrawn"])),
                name="article_part_last_change",
            ),
        ),
    ]
