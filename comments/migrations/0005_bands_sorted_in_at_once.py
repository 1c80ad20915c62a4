import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("comments", "0003_lesson")]

    operations = [
        migrations.RemoveIndex(model_name="comment", name="comment_bands"),
        migrations.AddIndex(
            model_name="comment",
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=["bands"], name="comment_bands"),
        ),
    ]
