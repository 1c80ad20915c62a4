"""`manage.py sandi_admin`: a new password for a user who has lost theirs."""

import secrets

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from portal.login import bounds
from portal.login.models import LoginSession


class Command(BaseCommand):
    help = "Membuat kata sandi baru untuk seorang pengguna dan membuka kembali akunnya yang terkunci."

    def add_arguments(self, parser):
        parser.add_argument("nama", nargs="?", default="admin", help="nama pengguna (bawaan: admin)")

    def handle(self, nama, **options):
        User = get_user_model()
        try:
            user = User.objects.get_by_natural_key(nama)
        except User.DoesNotExist:
            raise CommandError(f"Tidak ada pengguna bernama {nama}.") from None
        password = secrets.token_urlsafe(12)
        user.set_password(password)
        user.last_login = None  # forces a new password at the next log-in (portal.newsroom)
        user.save(update_fields=["password", "last_login"])
        LoginSession.objects.filter(user=user).delete()
        bounds.forget(nama)
        self.stdout.write(f"Masuk: {nama} / {password}")
