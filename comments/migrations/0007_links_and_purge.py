from django.db import migrations, models
from django.db.models.functions import Lower


def small_letters(apps, schema_editor):
    """As the forms keep addresses from now on, so that one person's comments are found."""
    comments = apps.get_model("comments", "Comment").objects
    comments.exclude(email="").exclude(email=Lower("email")).update(email=Lower("email"))


class Migration(migrations.Migration):
    dependencies = [("comments", "0015_letters_to_the_newsroom")]

    operations = [
        migrations.RunPython(small_letters, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                models.F("created_at"),
                condition=models.Q(erased_at=None, status="rejected"),
                name="comment_rejected_kept",
            ),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(models.F("to"), models.F("created_at"), name="letter_to"),
        ),
    ]
