"""`manage.py siapkan_peran`: creates or resets the roles. `serve` calls it at each start, after the migrations."""

from django.db import transaction

from portal import roles
from portal.management.base import BaseCommand


class Command(BaseCommand):
    help = "Membuat peran Penulis, Redaktur, Moderator, OPD dan Administrator, atau memulihkan izinnya."
    requires_system_checks = []

    def handle(self, **options):
        with transaction.atomic():
            changes = roles.prepare()
        for change in changes:
            self.stdout.write(change)
