from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("news", "0028_sentinel"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="article",
            index=models.Index("source_key", condition=models.Q(source_key__isnull=False), name="article_source_key"),
        ),
    ]
