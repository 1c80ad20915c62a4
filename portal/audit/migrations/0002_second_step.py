"""The audit list says who began or ended a second step of the log-in."""

from django.db import migrations, models


_SECOND_STEP = """
    CREATE FUNCTION audit_second_step() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        account bigint := CASE TG_OP WHEN 'INSERT' THEN NEW.user_id ELSE OLD.user_id END;
        name text;
    BEGIN
        SELECT username INTO name FROM auth_user WHERE id = account;
        PERFORM audit_add('rights', CASE TG_OP WHEN 'INSERT' THEN 'second_step_on' ELSE 'second_step_off' END,
            'auth_user', account, coalesce(name, 'no. ' || account), '{}');
        RETURN NULL;
    END $$;
    CREATE TRIGGER audit_changed AFTER INSERT OR DELETE ON login_secondstep
        FOR EACH ROW EXECUTE FUNCTION audit_second_step();
"""
_NO_SECOND_STEP = """
    DROP TRIGGER audit_changed ON login_secondstep;
    DROP FUNCTION audit_second_step();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0001_initial'),
        ('login', '0002_second_step'),
    ]

    operations = [
        migrations.AlterField(
            model_name='entry',
            name='verb',
            field=models.CharField(choices=[('publish', 'Diterbitkan'), ('schedule', 'Dijadwalkan'), ('change', 'Diubah'), ('correct', 'Ralat, koreksi atau hak jawab ditulis'), ('close', 'Versi lama ditutup'), ('withdraw', 'Dicabut'), ('unschedule', 'Jadwal dibatalkan'), ('delete', 'Dihapus dari basis data'), ('approve', 'Disetujui'), ('reject', 'Ditolak'), ('forward', 'Diteruskan'), ('undo', 'Keputusan dibatalkan'), ('answer', 'Jawaban resmi ditulis'), ('edit', 'Isi diubah'), ('erase', 'Isi dan data pribadi dihapus'), ('account_made', 'Akun dibuat'), ('account_deleted', 'Akun dihapus'), ('account_renamed', 'Nama akun diganti'), ('is_active_on', 'Akun diaktifkan'), ('is_active_off', 'Akun dinonaktifkan'), ('is_staff_on', 'Boleh masuk ruang redaksi'), ('is_staff_off', 'Tidak lagi boleh masuk ruang redaksi'), ('is_superuser_on', 'Hak penuh diberikan'), ('is_superuser_off', 'Hak penuh dicabut'), ('password', 'Kata sandi diganti'), ('second_step_on', 'Masuk dua langkah dipasang'), ('second_step_off', 'Masuk dua langkah dimatikan'), ('role_given', 'Peran diberikan'), ('role_taken', 'Peran dicabut'), ('permission_given', 'Izin diberikan'), ('permission_taken', 'Izin dicabut'), ('role_made', 'Peran dibuat'), ('role_renamed', 'Nama peran diganti'), ('role_deleted', 'Peran dihapus'), ('office_given', 'Dijadikan petugas dinas'), ('office_taken', 'Tidak lagi petugas dinas')], max_length=20, verbose_name='peristiwa'),
        ),
        migrations.RunSQL(_SECOND_STEP, _NO_SECOND_STEP),
    ]
