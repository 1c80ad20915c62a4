from django.db import migrations

# Earlier releases noted in the admin's log who had made an article, and in the row only who had saved it last.
WRITERS = """
UPDATE news_article SET created_by_id = made.user_id FROM (
    SELECT DISTINCT ON (log.object_id) log.object_id, log.user_id FROM django_admin_log log
    JOIN django_content_type type ON type.id = log.content_type_id
    WHERE type.app_label = 'news' AND type.model = 'article' AND log.action_flag = 1
    ORDER BY log.object_id, log.id
) made WHERE made.object_id = news_article.id::text;
UPDATE news_article SET text_by_id = changed_by_id WHERE status IN ('draft', 'review') AND changed_by_id IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("news", "0013_review"),
    ]

    operations = [migrations.RunSQL(WRITERS, migrations.RunSQL.noop)]
