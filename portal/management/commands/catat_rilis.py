"""`manage.py catat_rilis`: what is installed now is what the site sentinel compares with. A step of every update."""

from django.core.management.base import BaseCommand

from portal.sentinel import release


class Command(BaseCommand):
    help = "Sesudah pembaruan: mencatat sidik kode dan berkas statis, agar penjaga situs mengenali yang diubah orang."
    requires_system_checks = []

    def handle(self, **options):
        release.record()
