from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('news', '0019_documents')]

    operations = [
        migrations.AlterField(
            model_name='article',
            name='status',
            field=models.CharField(choices=[('draft', 'Draf'), ('review', 'Menunggu tinjauan'), ('published', 'Terbit'), ('withdrawn', 'Ditarik')], default='draft', max_length=10, verbose_name='status'),
        ),
    ]
