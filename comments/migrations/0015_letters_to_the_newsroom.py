import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("comments", "0005_bands_sorted_in_at_once"), ("comments", "0009_official_answers")]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="kind",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=12, verbose_name="jenis"
            ),
        ),
        migrations.AddField(
            model_name="letter",
            name="refused_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="alamat ditolak"),
        ),
        migrations.AlterField(
            model_name="letter",
            name="next_try_at",
            field=models.DateTimeField(
                blank=True, default=django.utils.timezone.now, null=True, verbose_name="dikirim lagi pada"
            ),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                models.F("kind"),
                models.F("created_at"),
                condition=models.Q(("kind", ""), _negated=True),
                name="letter_to_newsroom",
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(models.F("created_at"), name="report_created"),
        ),
    ]
