"""`manage.py latih_spam`: trains the spam weights that ship with the code.

For developers, after a change in folding or features."""

from pathlib import Path

from comments.spam import logistic, training
from portal.management.base import BaseCommand, CommandError
from portal.run import os_errors


class Command(BaseCommand):
    help = (
        "Melatih bobot penilai spam dari komentar berlabel dalam folder DATA, menulisnya ke comments/spam/weights, "
        "dan melaporkan seberapa tepat bobot itu menilai komentar yang tidak dipakai untuk melatihnya."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "data", type=Path, metavar="DATA", help="folder yang berisi spam_judol_youtube dan lainnya"
        )
        parser.add_argument("--lapor-saja", action="store_true", help="jangan tulis bobotnya")

    def handle(self, *, data, lapor_saja, **options):
        try:
            read = training.Data.read(data)
        except OSError as error:
            raise CommandError(f"Data tidak dapat dibaca: {error.filename}: {os_errors.reason(error)}.") from error
        except (KeyError, ValueError) as error:
            raise CommandError(f"Data tidak dapat dibaca: {error}") from error
        for name, figure in training.report(read):
            self.stdout.write(f"{name:45}{figure:8.4f}".replace(".", ","))
        if not lapor_saja:
            training.train(read.trained_on).save(logistic.SHIPPED)
            self.stdout.write(f"Bobot ditulis: {logistic.SHIPPED.stat().st_size} byte.")
