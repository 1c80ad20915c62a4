"""`manage.py periksa_jejak`: whether anybody has changed the audit list behind the portal's back."""

import re

from portal.audit import chain
from portal.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Memeriksa rantai jejak audit dan menyebut baris pertama yang diubah, disisipkan atau dihapus. Catatlah "
        "ujung rantai yang ditampilkan di tempat lain: dengan --ujung, penulisan ulang seluruh rantai pun ketahuan."
    )

    def add_arguments(self, parser):
        parser.add_argument("--ujung", metavar="NOMOR:SIDIK", help="ujung rantai yang dahulu dicatat")

    def handle(self, *, ujung, **options):
        try:
            head = chain.check(_head(ujung) if ujung else None)
        except chain.BrokenChain as broken:
            raise CommandError(f"Rantai jejak rusak. {broken}") from broken
        if head is None:
            self.stdout.write("Jejak masih kosong.")
        else:
            self.stdout.write(f"{head.number} baris jejak utuh. Ujung rantai: {head}")


def _head(text: str) -> chain.Head:
    match = re.fullmatch(r"([0-9]{1,18}):([0-9a-f]{64})", text.strip())
    if match is None:
        raise CommandError("--ujung ditulis seperti yang ditampilkan perintah ini: 123:0a1b…")
    return chain.Head(int(match[1]), match[2])
