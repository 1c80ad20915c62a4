from django.conf import settings
from django.db import migrations, models


def forget_citizens_words(apps, schema_editor):
    """Until now the admin's log named each comment by its author and text, where no erasing reached them."""
    apps.get_model("admin", "LogEntry").objects.filter(
        content_type__app_label="comments", content_type__model="comment"
    ).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("comments", "0002_moderation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="comment",
            name="edited_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="diperbaiki"),
        ),
        migrations.AlterField(
            model_name="comment",
            name="name",
            field=models.CharField(blank=True, max_length=120, verbose_name="nama"),
        ),
        migrations.AlterField(
            model_name="decision",
            name="verb",
            field=models.CharField(
                choices=[
                    ("approve", "Disetujui"),
                    ("reject", "Ditolak"),
                    ("undo", "Dibatalkan"),
                    ("forward", "Diteruskan"),
                    ("answer", "Jawaban resmi ditulis"),
                    ("delete", "Dihapus penulis"),
                    ("erase", "Dihapus atas permintaan"),
                ],
                max_length=8,
                verbose_name="keputusan",
            ),
        ),
        migrations.AlterField(
            model_name="office",
            name="members",
            field=models.ManyToManyField(
                blank=True,
                help_text="Akun dengan peran OPD yang boleh menjawab atas nama dinas ini.",
                limit_choices_to={"is_active": True, "is_staff": True},
                related_name="offices",
                to=settings.AUTH_USER_MODEL,
                verbose_name="petugas",
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("erased_at", None), ("office__isnull", False)),
                fields=("parent", "office"),
                name="one_answer_of_an_office",
                violation_error_message="Dinas ini sudah menjawab komentar itu.",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                fields=["reason", "-id"],
                condition=models.Q(("reason", ""), _negated=True),
                name="comment_reason",
            ),
        ),
        migrations.RunPython(forget_citizens_words, migrations.RunPython.noop),
    ]
