import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def _person(label):
    return models.ForeignKey(
        blank=True,
        editable=False,
        null=True,
        on_delete=django.db.models.deletion.SET_NULL,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        verbose_name=label,
    )


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("news", "0012_changes"),
    ]

    operations = [
        migrations.AddField("article", "created_by", _person("dibuat oleh")),
        migrations.AddField("article", "text_by", _person("naskah terakhir diubah oleh")),
        migrations.AddField("article", "returned_by", _person("dikembalikan oleh")),
        migrations.AddField(
            "article", "returned_at", models.DateTimeField("dikembalikan", null=True, editable=False)
        ),
        migrations.AddField("article", "writer_told_at", models.DateTimeField(null=True, editable=False)),
        migrations.AddField(
            "article",
            "review_note",
            models.CharField(
                "catatan untuk penulis",
                max_length=1000,
                blank=True,
                default="",
                db_default="",
                help_text="Apa yang perlu diubah. Penulis membacanya di meja kerja dan di atas naskahnya.",
            ),
        ),
        migrations.CreateModel(
            name="PublishedAlone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by_name", models.CharField("oleh", max_length=150)),
                ("reason", models.CharField("alasan", max_length=500)),
                ("at", models.DateTimeField("waktu", default=django.utils.timezone.now)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="news.article",
                        verbose_name="berita",
                    ),
                ),
                ("by", _person("oleh")),
            ],
            options={
                "verbose_name": "terbit tanpa pemeriksa kedua",
                "verbose_name_plural": "terbit tanpa pemeriksa kedua",
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["-at", "-id"], name="published_alone_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="published_alone_has_a_reason"
                    )
                ],
            },
        ),
    ]
