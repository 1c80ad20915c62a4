"""Plain names in the code. Nothing of what is stored moves: tables, columns and indexes keep the names they have, so
that the version before this one can run beside it. Content types are renamed by Django with the model, and with them
the entries of the admin's log; permissions follow here, for roles and people who were given one by itself."""

from django.db import migrations, models


VERBS = ("add", "change", "delete", "view")


def _rename_permissions(apps, old, new):
    Permission = apps.get_model("auth", "Permission")
    for verb in VERBS:
        found = Permission.objects.filter(content_type__app_label="comments", codename=f"{verb}_{old}")
        if not Permission.objects.filter(content_type__app_label="comments", codename=f"{verb}_{new}").exists():
            found.update(codename=f"{verb}_{new}")


def forwards(apps, schema_editor):
    _rename_permissions(apps, "letter", "email")


def backwards(apps, schema_editor):
    _rename_permissions(apps, "email", "letter")


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("comments", "0002_moderation"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.AlterModelTable("letter", "comments_letter"),
        migrations.RenameModel("Letter", "Email"),
        migrations.RunPython(forwards, backwards),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex("comment", "comment_by_deadline"),
                migrations.RenameField("comment", "is_held", "ranked_last"),
                migrations.AlterField(
                    "comment",
                    "ranked_last",
                    models.BooleanField(
                        db_column="is_held",
                        db_default=False,
                        default=False,
                        editable=False,
                        verbose_name="di akhir antrean",
                    ),
                ),
                migrations.AddIndex(
                    "comment",
                    models.Index(
                        models.F("ranked_last"),
                        models.F("due_at"),
                        models.F("id"),
                        condition=models.Q(("due_at__isnull", False)),
                        name="comment_by_deadline",
                    ),
                ),
                migrations.RenameField("decision", "was_held", "ranked_last_before"),
                migrations.AlterField(
                    "decision",
                    "ranked_last_before",
                    models.BooleanField(db_column="was_held", default=False, editable=False),
                ),
            ],
        ),
    ]
