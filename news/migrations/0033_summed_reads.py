"""Days added up for the reports (news.reports)."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("news", "0032_tagged_articles")]

    operations = [
        migrations.CreateModel(
            name="SummedDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="SummedReads",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "day", "grouped_by", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField()),
                (
                    "grouped_by",
                    models.CharField(
                        choices=[("category", "Category"), ("district", "District"), ("writer", "Writer")],
                        max_length=8,
                    ),
                ),
                ("key", models.CharField(max_length=200)),
                ("articles", models.IntegerField()),
                ("reads", models.BigIntegerField()),
                ("readers", models.BigIntegerField()),
            ],
            options={"default_permissions": ()},
        ),
    ]
