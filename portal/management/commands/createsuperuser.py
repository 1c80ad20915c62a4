"""`manage.py createsuperuser`: Django's command of this name, whose questions and answers are English."""

import getpass
import sys

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from portal.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Membuat pengguna dengan semua hak. Yang belum disebutkan ditanyakan; dengan --no-input tidak ada yang "
        "ditanyakan, dan kata sandinya dibuat sesudahnya dengan `sandi_admin`."
    )

    def add_arguments(self, parser):
        parser.add_argument("--username", metavar="NAMA", help="nama pengguna, untuk masuk")
        parser.add_argument("--email", metavar="ALAMAT", help="alamat surel")
        parser.add_argument(
            "--no-input", "--noinput", action="store_false", dest="asks", help="tidak menanyakan apa pun"
        )

    def handle(self, *, username, email, asks, **options):
        if asks and not (sys.stdin and sys.stdin.isatty()):
            raise CommandError("Tidak ada yang dapat menjawab di sini: pakailah --no-input dengan --username.")
        try:
            name = username or (self.answer("Nama pengguna") if asks else "")
            if not name:
                raise CommandError("Sebutkan --username.")
            user = get_user_model()(username=name)
            user.email = email or (self.answer("Alamat surel") if asks else "")
            user.full_clean(exclude=["password"])
            password = self.password(user) if asks else None  # none: nobody can log in yet
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except EOFError as error:
            raise CommandError("Dibatalkan; tidak ada pengguna yang dibuat.") from error
        get_user_model().objects.create_superuser(name, user.email, password)
        self.stdout.write(f"Pengguna {name} sudah dibuat.")

    def answer(self, question: str) -> str:
        return input(f"{question}: ").strip()

    def password(self, user: User) -> str:
        while True:
            typed = getpass.getpass("Kata sandi (tidak tampak): ")
            if typed != getpass.getpass("Sekali lagi: "):
                self.stderr.write("Keduanya tidak sama.")
                continue
            try:
                validate_password(typed, user)
            except ValidationError as error:
                self.stderr.write(" ".join(error.messages))
            else:
                return typed
