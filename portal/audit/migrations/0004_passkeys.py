"""The audit list says who added or removed a passkey."""

from django.db import migrations, models


# Whoever ends a second step removes its passkeys first, so that their owner can still be found.
_PASSKEYS = """
    CREATE FUNCTION audit_passkey() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        account bigint;
    BEGIN
        SELECT user_id INTO account FROM login_secondstep
            WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.second_step_id ELSE OLD.second_step_id END;
        PERFORM audit_add('rights', CASE TG_OP WHEN 'INSERT' THEN 'passkey_on' ELSE 'passkey_off' END, 'auth_user',
            account, coalesce((SELECT username FROM auth_user WHERE id = account), 'no. ' || account), '{}');
        RETURN NULL;
    END $$;
    CREATE TRIGGER audit_changed AFTER INSERT OR DELETE ON login_passkey
        FOR EACH ROW EXECUTE FUNCTION audit_passkey();
"""
_NO_PASSKEYS = """
    DROP TRIGGER audit_changed ON login_passkey;
    DROP FUNCTION audit_passkey();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_recovery_codes'),
        ('login', '0005_passkeys'),
    ]

    operations = [
        migrations.AlterField(
            model_name='entry',
            name='verb',
            field=models.CharField(choices=[('publish', 'Diterbitkan'), ('schedule', 'Dijadwalkan'), ('change', 'Diubah'), ('correct', 'Ralat, koreksi atau hak jawab ditulis'), ('close', 'Versi lama ditutup'), ('withdraw', 'Dicabut'), ('unschedule', 'Jadwal dibatalkan'), ('delete', 'Dihapus dari basis data'), ('approve', 'Disetujui'), ('reject', 'Ditolak'), ('forward', 'Diteruskan'), ('undo', 'Keputusan dibatalkan'), ('answer', 'Jawaban resmi ditulis'), ('edit', 'Isi diubah'), ('erase', 'Isi dan data pribadi dihapus'), ('account_made', 'Akun dibuat'), ('account_deleted', 'Akun dihapus'), ('account_renamed', 'Nama akun diganti'), ('is_active_on', 'Akun diaktifkan'), ('is_active_off', 'Akun dinonaktifkan'), ('is_staff_on', 'Boleh masuk ruang redaksi'), ('is_staff_off', 'Tidak lagi boleh masuk ruang redaksi'), ('is_superuser_on', 'Hak penuh diberikan'), ('is_superuser_off', 'Hak penuh dicabut'), ('password', 'Kata sandi diganti'), ('second_step_on', 'Masuk dua langkah dipasang'), ('second_step_off', 'Masuk dua langkah dimatikan'), ('codes_made', 'Kode pemulihan dibuat'), ('code_used', 'Kode pemulihan dipakai'), ('passkey_on', 'Kunci sandi ditambahkan'), ('passkey_off', 'Kunci sandi dihapus'), ('role_given', 'Peran diberikan'), ('role_taken', 'Peran dicabut'), ('permission_given', 'Izin diberikan'), ('permission_taken', 'Izin dicabut'), ('role_made', 'Peran dibuat'), ('role_renamed', 'Nama peran diganti'), ('role_deleted', 'Peran dihapus'), ('office_given', 'Dijadikan petugas dinas'), ('office_taken', 'Tidak lagi petugas dinas')], max_length=20, verbose_name='peristiwa'),
        ),
        migrations.RunSQL(_PASSKEYS, _NO_PASSKEYS),
    ]
