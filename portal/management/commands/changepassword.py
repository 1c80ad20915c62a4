"""`manage.py changepassword`: Django's command of this name speaks English and leaves the account's sessions open."""

from portal.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Tidak dipakai di sini; `sandi_admin` membuat kata sandi baru."

    def add_arguments(self, parser):
        parser.add_argument("nama", nargs="?", default="NAMA", help="nama pengguna")

    def handle(self, nama, **options):
        raise CommandError(
            f"Pakailah `manage.py sandi_admin {nama}`: kata sandinya baru, sesi yang terbuka berakhir, dan akun yang "
            "terkunci terbuka."
        )
