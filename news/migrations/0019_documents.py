"""Documents of articles, with the triggers that note their changes (migration 0012)."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.utils.timezone
import news.documents
from django.db import migrations, models

_TRIGGERS = """
    CREATE TRIGGER note_change AFTER UPDATE ON news_document FOR EACH ROW
        WHEN ((OLD.article_id, OLD.title, OLD.file) IS DISTINCT FROM (NEW.article_id, NEW.title, NEW.file))
        EXECUTE FUNCTION news_note_change('article_id', 'title', 'file');
    CREATE TRIGGER note_deletion AFTER DELETE ON news_document FOR EACH ROW
        EXECUTE FUNCTION news_note_change('article_id', 'title', 'file');
"""
_NO_TRIGGERS = "DROP TRIGGER note_change ON news_document; DROP TRIGGER note_deletion ON news_document;"


class Migration(migrations.Migration):

    dependencies = [
        ('news', '0018_pins'),
    ]

    operations = [
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(help_text='Seperti pada dokumennya: Surat Edaran Nomor 12 Tahun 2026 tentang Jam Kerja', max_length=200, verbose_name='judul dokumen')),
                ('name', models.CharField(default=news.documents.new_name, editable=False, max_length=32, unique=True)),
                ('file', models.CharField(editable=False, max_length=32, unique=True, verbose_name='berkas')),
                ('size', models.PositiveIntegerField(editable=False, verbose_name='ukuran')),
                ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='diunggah')),
                ('state', models.CharField(choices=[('waiting', 'Menunggu dibaca'), ('read', 'Terbaca'), ('textless', 'Tanpa teks'), ('failed', 'Tidak terbaca')], default='waiting', editable=False, max_length=8, verbose_name='keadaan')),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('claimed_at', models.DateTimeField(editable=False, null=True)),
                ('pages', models.PositiveIntegerField(editable=False, null=True, verbose_name='halaman')),
                ('cover_width', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('cover_height', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('own_title', models.CharField(blank=True, default='', editable=False, max_length=200, verbose_name='judul di dalam berkas')),
                ('own_author', models.CharField(blank=True, default='', editable=False, max_length=200, verbose_name='penulis di dalam berkas')),
                ('software', models.CharField(blank=True, default='', editable=False, max_length=200, verbose_name='dibuat dengan')),
                ('text', models.TextField(blank=True, default='', editable=False)),
                ('title_stems', models.TextField(default='', editable=False)),
                ('body_stems', models.TextField(default='', editable=False)),
                ('search', django.contrib.postgres.search.SearchVectorField(default='', editable=False)),
                ('rules', models.PositiveIntegerField(default=0, editable=False)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='news.article', verbose_name='berita')),
            ],
            options={
                'verbose_name': 'dokumen',
                'verbose_name_plural': 'dokumen',
                'ordering': ['-id'],
                'indexes': [django.contrib.postgres.indexes.GinIndex(models.F('search'), name='document_search'), models.Index(models.F('id'), condition=models.Q(('state', 'waiting')), name='document_waiting'), models.Index(models.F('rules'), name='document_rules')],
                'constraints': [models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='document_has_a_title', violation_error_message='Dokumen harus mempunyai judul.')],
            },
            bases=(news.documents.DocumentColumns, models.Model),
        ),
        migrations.RunSQL(_TRIGGERS, _NO_TRIGGERS),
    ]
