"""The rows of the audit list. Triggers write them (migration 0001): nothing here does."""

from django.db import models

CHAINED = 32  # bytes of a SHA-256


class EntryQuerySet(models.QuerySet["Entry"]):
    def of_news(self):
        """Without moderation and rights."""
        return self.filter(kind__in=Entry.OF_NEWS)

    def seen_by(self, user):
        return self if user.has_perm("audit.view_whole_trail") else self.of_news()


class Entry(models.Model):
    """One event. It names the thing by its number; accounts and roles, which are of staff, by name. No text of an
    article or comment is here: `details` has hashes of articles' texts, and of comments only the codes of a decision.

    `hash` is the SHA-256 of `former`, the hash of the entry before, and of the entry's content (portal.audit.chain).
    """

    class Kind(models.TextChoices):
        PUBLISHED = "published", "Terbit"
        CHANGED = "changed", "Diubah sesudah terbit"
        WITHDRAWN = "withdrawn", "Dicabut"
        MODERATED = "moderated", "Moderasi"
        RIGHTS = "rights", "Akun dan hak"

    class Verb(models.TextChoices):
        PUBLISH = "publish", "Diterbitkan"
        SCHEDULE = "schedule", "Dijadwalkan"
        CHANGE = "change", "Diubah"
        CORRECT = "correct", "Ralat, koreksi atau hak jawab ditulis"
        CLOSE = "close", "Versi lama ditutup"
        WITHDRAW = "withdraw", "Dicabut"
        UNSCHEDULE = "unschedule", "Jadwal dibatalkan"
        DELETE = "delete", "Dihapus dari basis data"
        APPROVE = "approve", "Disetujui"
        REJECT = "reject", "Ditolak"
        FORWARD = "forward", "Diteruskan"
        UNDO = "undo", "Keputusan dibatalkan"
        ANSWER = "answer", "Jawaban resmi ditulis"
        EDIT = "edit", "Isi diubah"
        ERASE = "erase", "Isi dan data pribadi dihapus"
        ACCOUNT_MADE = "account_made", "Akun dibuat"
        ACCOUNT_DELETED = "account_deleted", "Akun dihapus"
        ACCOUNT_RENAMED = "account_renamed", "Nama akun diganti"
        ACCOUNT_ON = "is_active_on", "Akun diaktifkan"
        ACCOUNT_OFF = "is_active_off", "Akun dinonaktifkan"
        STAFF_ON = "is_staff_on", "Boleh masuk ruang redaksi"
        STAFF_OFF = "is_staff_off", "Tidak lagi boleh masuk ruang redaksi"
        SUPERUSER_ON = "is_superuser_on", "Hak penuh diberikan"
        SUPERUSER_OFF = "is_superuser_off", "Hak penuh dicabut"
        PASSWORD = "password", "Kata sandi diganti"
        SECOND_STEP_ON = "second_step_on", "Masuk dua langkah dipasang"
        SECOND_STEP_OFF = "second_step_off", "Masuk dua langkah dimatikan"
        CODES_MADE = "codes_made", "Kode pemulihan dibuat"
        CODE_USED = "code_used", "Kode pemulihan dipakai"
        PASSKEY_ON = "passkey_on", "Kunci sandi ditambahkan"
        PASSKEY_OFF = "passkey_off", "Kunci sandi dihapus"
        ROLE_GIVEN = "role_given", "Peran diberikan"
        ROLE_TAKEN = "role_taken", "Peran dicabut"
        PERMISSION_GIVEN = "permission_given", "Izin diberikan"
        PERMISSION_TAKEN = "permission_taken", "Izin dicabut"
        ROLE_MADE = "role_made", "Peran dibuat"
        ROLE_RENAMED = "role_renamed", "Nama peran diganti"
        ROLE_DELETED = "role_deleted", "Peran dihapus"
        OFFICE_GIVEN = "office_given", "Dijadikan petugas dinas"
        OFFICE_TAKEN = "office_taken", "Tidak lagi petugas dinas"

    OF_NEWS = (Kind.PUBLISHED, Kind.CHANGED, Kind.WITHDRAWN)

    id = models.BigIntegerField("nomor", primary_key=True)  # without gaps: a missing one was removed
    kind = models.CharField("jenis", max_length=10, choices=Kind)
    verb = models.CharField("peristiwa", max_length=20, choices=Verb)
    table = models.CharField("tabel", max_length=40)
    row = models.BigIntegerField("nomor baris")
    subject = models.CharField("tentang", max_length=200)  # name of an account or role; "" for everything else
    at = models.DateTimeField("waktu")
    person_id = models.BigIntegerField("nomor akun", null=True)
    person = models.CharField("oleh", max_length=200)  # "" for a program, SQL, or a citizen
    details = models.JSONField("rincian")
    former = models.BinaryField("sidik sebelumnya", max_length=CHAINED)
    hash = models.BinaryField("sidik", max_length=CHAINED)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "jejak"
        verbose_name_plural = "jejak audit"
        default_permissions = ("view",)
        permissions = [("view_whole_trail", "Dapat melihat jejak moderasi dan hak akses")]
        indexes = [
            models.Index(fields=["kind", "-id"], name="audit_by_kind"),
            models.Index(fields=["-at", "-id"], name="audit_by_time"),
        ]

    def __str__(self):
        return f"{self.pk}: {self.get_verb_display()}"
