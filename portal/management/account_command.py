"""Commands about one account of the newsroom."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User

from portal.management.base import BaseCommand, CommandError


class AccountCommand(BaseCommand):
    """Takes the name of an account; subclasses do something with its `user`."""

    def add_arguments(self, parser):
        parser.add_argument("nama", nargs="?", default="admin", help="nama pengguna (bawaan: admin)")

    def handle(self, nama, **options):
        model = get_user_model()
        try:
            user = model.objects.get_by_natural_key(nama)
        except model.DoesNotExist:
            raise CommandError(f"Tidak ada pengguna bernama {nama}.") from None
        self.change(user)

    def change(self, user: User) -> None:
        raise NotImplementedError
