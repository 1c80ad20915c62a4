"""Plain names in the code. Nothing of what is stored moves: tables, columns and indexes keep the names they have, so
that the version before this one can run beside it. Content types are renamed by Django with the model, and with them
the entries of the admin's log; permissions follow here, for roles and people who were given one by itself."""

from django.db import migrations, models


VERBS = ("add", "change", "delete", "view")


def _rename_permissions(apps, schema_editor, old, new):
    """Where both exist, since both versions have run beside each other, the old one's holders get the new one."""
    Permission = apps.get_model("auth", "Permission")
    permissions = Permission.objects.using(schema_editor.connection.alias).filter(content_type__app_label="comments")
    for verb in VERBS:
        former = permissions.filter(codename=f"{verb}_{old}").first()
        present = permissions.filter(codename=f"{verb}_{new}").first()
        if former and present:
            present.group_set.add(*former.group_set.all())
            present.user_set.add(*former.user_set.all())
            former.delete()
        elif former:
            permissions.filter(pk=former.pk).update(codename=f"{verb}_{new}")


def forwards(apps, schema_editor):
    _rename_permissions(apps, schema_editor, "letter", "email")


def backwards(apps, schema_editor):
    _rename_permissions(apps, schema_editor, "email", "letter")


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
