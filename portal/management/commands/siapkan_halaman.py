"""`manage.py siapkan_halaman`: creates the office pages. `serve` calls it at each start, after the migrations."""

from django.db import transaction

from portal import office_pages
from portal.management.base import BaseCommand


class Command(BaseCommand):
    help = "Membuat halaman kantor yang belum ada (Tentang, Kontak, pedoman, privasi); yang ada tidak diubah."
    requires_system_checks = []

    def handle(self, verbosity, **options):
        with transaction.atomic():
            made = office_pages.prepare()
        for sentence in made if verbosity else []:
            self.stdout.write(sentence)
