from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("news", "0007_last_change")]

    operations = [
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                condition=models.Q(("photo__isnull", True), ("status", "published")),
                fields=["-published_at", "-id"],
                include=["title", "category", "card"],
                name="article_without_photo",
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                models.F("id"),
                condition=models.Q(
                    models.Q(("card", ""), _negated=True),
                    models.Q(models.Q(("status", "published"), _negated=True), ("photo__isnull", False), _connector="OR"),
                ),
                name="article_card_unneeded",
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                models.F("id"),
                condition=models.Q(("body__contains", "<img")),
                name="article_with_pictures_in_body",
            ),
        ),
        migrations.AddIndex(
            model_name="photo",
            index=models.Index(
                condition=models.Q(("edition__gte", 1), ("edition__lt", 2)),
                fields=["-id"],
                name="photo_of_an_older_edition",
            ),
        ),
    ]
