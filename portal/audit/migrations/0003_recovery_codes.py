"""The audit list says who used a recovery code, or made new ones."""

from django.db import migrations, models


# The one who used a code is not logged in yet.
_CODES = """
    CREATE FUNCTION audit_codes() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        account bigint;
    BEGIN
        FOR account IN SELECT DISTINCT user_id FROM codes JOIN login_secondstep ON login_secondstep.id = second_step_id
            WHERE TG_OP = 'INSERT' OR used_at IS NOT NULL
        LOOP
            PERFORM audit_add('rights', CASE TG_OP WHEN 'INSERT' THEN 'codes_made' ELSE 'code_used' END, 'auth_user',
                account, coalesce((SELECT username FROM auth_user WHERE id = account), 'no. ' || account), '{}',
                account);
        END LOOP;
        RETURN NULL;
    END $$;
    CREATE TRIGGER audit_made AFTER INSERT ON login_recoverycode REFERENCING NEW TABLE AS codes
        FOR EACH STATEMENT EXECUTE FUNCTION audit_codes();
    CREATE TRIGGER audit_used AFTER UPDATE ON login_recoverycode REFERENCING NEW TABLE AS codes
        FOR EACH STATEMENT EXECUTE FUNCTION audit_codes();
"""
_NO_CODES = """
    DROP TRIGGER audit_made ON login_recoverycode;
    DROP TRIGGER audit_used ON login_recoverycode;
    DROP FUNCTION audit_codes();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0002_second_step'),
        ('login', '0004_used_recovery_codes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='entry',
            name='verb',
            field=models.CharField(choices=[('publish', 'Diterbitkan'), ('schedule', 'Dijadwalkan'), ('change', 'Diubah'), ('correct', 'Ralat, koreksi atau hak jawab ditulis'), ('close', 'Versi lama ditutup'), ('withdraw', 'Dicabut'), ('unschedule', 'Jadwal dibatalkan'), ('delete', 'Dihapus dari basis data'), ('approve', 'Disetujui'), ('reject', 'Ditolak'), ('forward', 'Diteruskan'), ('undo', 'Keputusan dibatalkan'), ('answer', 'Jawaban resmi ditulis'), ('edit', 'Isi diubah'), ('erase', 'Isi dan data pribadi dihapus'), ('account_made', 'Akun dibuat'), ('account_deleted', 'Akun dihapus'), ('account_renamed', 'Nama akun diganti'), ('is_active_on', 'Akun diaktifkan'), ('is_active_off', 'Akun dinonaktifkan'), ('is_staff_on', 'Boleh masuk ruang redaksi'), ('is_staff_off', 'Tidak lagi boleh masuk ruang redaksi'), ('is_superuser_on', 'Hak penuh diberikan'), ('is_superuser_off', 'Hak penuh dicabut'), ('password', 'Kata sandi diganti'), ('second_step_on', 'Masuk dua langkah dipasang'), ('second_step_off', 'Masuk dua langkah dimatikan'), ('codes_made', 'Kode pemulihan dibuat'), ('code_used', 'Kode pemulihan dipakai'), ('role_given', 'Peran diberikan'), ('role_taken', 'Peran dicabut'), ('permission_given', 'Izin diberikan'), ('permission_taken', 'Izin dicabut'), ('role_made', 'Peran dibuat'), ('role_renamed', 'Nama peran diganti'), ('role_deleted', 'Peran dihapus'), ('office_given', 'Dijadikan petugas dinas'), ('office_taken', 'Tidak lagi petugas dinas')], max_length=20, verbose_name='peristiwa'),
        ),
        migrations.RunSQL(_CODES, _NO_CODES),
    ]
