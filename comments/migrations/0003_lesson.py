from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("comments", "0002_moderation")]

    operations = [
        migrations.CreateModel(
            name="Lesson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("spam", models.IntegerField()),
                ("ordinary", models.IntegerField()),
                ("counts", models.BinaryField()),
            ],
        ),
    ]
