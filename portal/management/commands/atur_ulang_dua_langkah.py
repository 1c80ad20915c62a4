"""`manage.py atur_ulang_dua_langkah`: for a lost phone without recovery codes and without a second Administrator."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from portal.login import second_step


class Command(BaseCommand):
    help = "Mematikan langkah kedua seorang pengguna yang kehilangan ponselnya, dan mengakhiri semua sesinya."

    def add_arguments(self, parser):
        parser.add_argument("nama", nargs="?", default="admin", help="nama pengguna (bawaan: admin)")

    def handle(self, nama, **options):
        User = get_user_model()
        try:
            user = User.objects.get_by_natural_key(nama)
        except User.DoesNotExist:
            raise CommandError(f"Tidak ada pengguna bernama {nama}.") from None
        if not second_step.end([user]):
            raise CommandError(f"{nama} tidak memakai langkah kedua: cukup kata sandi.")
        self.stdout.write(
            f"Langkah kedua {nama} sudah dimatikan; sekarang cukup kata sandi. Pasanglah lagi setelah masuk."
        )
