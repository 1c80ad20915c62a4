"""Second steps of the log-in, their recovery codes, and since when Administrators know that they need one."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('login', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Told',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL, verbose_name='pengguna')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='sejak')),
            ],
            options={
                'verbose_name': 'pemberitahuan dua langkah',
                'verbose_name_plural': 'pemberitahuan dua langkah',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='SecondStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, verbose_name='kunci')),
                ('latest', models.BigIntegerField(verbose_name='kode terakhir')),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='dipasang')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='pengguna')),
            ],
            options={
                'verbose_name': 'masuk dua langkah',
                'verbose_name_plural': 'masuk dua langkah',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, verbose_name='sidik')),
                ('second_step', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to='login.secondstep', verbose_name='masuk dua langkah')),
            ],
            options={
                'verbose_name': 'kode pemulihan',
                'verbose_name_plural': 'kode pemulihan',
                'default_permissions': (),
            },
        ),
    ]
