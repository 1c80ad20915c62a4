"""`manage.py atur_ulang_dua_langkah`: for a lost phone without recovery codes and without a second Administrator."""

from portal.login import second_step
from portal.management.account_command import AccountCommand
from portal.management.base import CommandError


class Command(AccountCommand):
    help = "Mematikan langkah kedua seorang pengguna yang kehilangan ponselnya, dan mengakhiri semua sesinya."

    def change(self, user):
        if not second_step.end([user]):
            raise CommandError(f"{user} tidak memakai langkah kedua: cukup kata sandi.")
        self.stdout.write(
            f"Langkah kedua {user} sudah dimatikan; sekarang cukup kata sandi. Pasanglah lagi setelah masuk."
        )
