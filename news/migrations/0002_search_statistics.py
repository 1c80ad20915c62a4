from django.db import migrations


class Migration(migrations.Migration):
    """With the default of 100 the planner's guess of a word's hits is too far off for news.search to choose by."""

    dependencies = [("news", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE news_article ALTER COLUMN search SET STATISTICS 1000",
            "ALTER TABLE news_article ALTER COLUMN search SET STATISTICS -1",
        ),
    ]
