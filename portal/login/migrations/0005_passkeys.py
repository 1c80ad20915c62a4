"""Passkeys, also where the package that checks them is not installed."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('login', '0004_used_recovery_codes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Passkey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='nama')),
                ('host', models.CharField(max_length=253, verbose_name='alamat portal')),
                ('handle', models.BinaryField(max_length=1023, unique=True, verbose_name='pengenal')),
                ('public_key', models.BinaryField(max_length=4096, verbose_name='kunci publik')),
                ('uses', models.BigIntegerField(verbose_name='hitungan')),
                ('transports', models.JSONField(default=list, verbose_name='hubungan')),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='dibuat')),
                ('used_at', models.DateTimeField(null=True, verbose_name='terakhir dipakai')),
                ('second_step', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passkeys', to='login.secondstep', verbose_name='masuk dua langkah')),
            ],
            options={
                'verbose_name': 'kunci sandi',
                'verbose_name_plural': 'kunci sandi',
                'default_permissions': (),
            },
        ),
    ]
