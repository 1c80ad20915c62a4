"""`manage.py sandi_admin`: a new password for a user who has lost theirs."""

import secrets

from portal.login import bounds
from portal.login.models import LoginSession
from portal.management.account_command import AccountCommand


class Command(AccountCommand):
    help = "Membuat kata sandi baru untuk seorang pengguna dan membuka kembali akunnya yang terkunci."

    def change(self, user):
        name, password = user.get_username(), secrets.token_urlsafe(12)
        user.set_password(password)
        user.last_login = None  # forces a new password at the next log-in (portal.newsroom)
        user.save(update_fields=["password", "last_login"])
        LoginSession.objects.filter(user=user).delete()
        bounds.forget(name)
        self.stdout.write(f"Masuk: {name} / {password}")
