"""Where people are logged in."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('login', '0002_second_step'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LoginSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('browser', models.CharField(max_length=60, verbose_name='peramban')),
                ('address', models.CharField(max_length=20, verbose_name='alamat')),
                ('begun_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='masuk')),
                ('used_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True, verbose_name='terakhir dipakai')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='pengguna')),
            ],
            options={
                'verbose_name': 'sesi',
                'verbose_name_plural': 'sesi',
                'default_permissions': (),
            },
        ),
    ]
