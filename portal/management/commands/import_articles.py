"""Takes over the articles of another portal from JSON Lines (portal.importers.jsonl). Running it again is harmless."""

import os
import stat
import time
from argparse import RawDescriptionHelpFormatter
from collections import Counter
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, DjangoHelpFormatter
from django.db import DataError, IntegrityError
from tqdm import tqdm

from news.models import Article
from news.search import vocabulary
from portal import importers
from portal.importers import Record, Refusal, Result, jsonl

REFUSED = "ditolak"
INTERRUPTED = 130  # the exit status of a program that Ctrl-C ended


class _HelpFormatter(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Django's, which puts the command's own options first, with the description's lines left as they are."""


class Command(BaseCommand):
    help = f"""\
Mengimpor berita dari berkas JSON Lines (.jsonl, .jsonl.gz). Aman dijalankan
berulang kali: berita yang sudah ada diperbarui, bukan digandakan.

{jsonl.HELP}"""

    def create_parser(self, prog_name, subcommand, **options):
        return super().create_parser(prog_name, subcommand, formatter_class=_HelpFormatter, **options)

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path, metavar="BERKAS", help="satu berita per baris")

    def handle(self, *, files, **options):
        sizes = [_size(path) for path in files]
        started, counts, written = time.monotonic(), Counter(), {}
        try:
            with tqdm(desc="Mengimpor", total=sum(sizes) or None, unit="B", unit_scale=True, disable=None) as bar:
                for path, done in zip(files, _running_total(sizes), strict=True):
                    self._import(
                        path, counts, written, lambda position, done=done: bar.update(done + position - bar.n)
                    )
        except KeyboardInterrupt:
            self._report(counts, "Dihentikan")
            raise CommandError(
                "Dihentikan. Yang sudah masuk tetap tersimpan; jalankan lagi untuk meneruskan.", returncode=INTERRUPTED
            ) from None
        vocabulary.refresh(Article.objects.published())  # spelling suggestions need no worker then
        self._report(counts, f"Selesai dalam {time.monotonic() - started:.0f} detik")
        if counts[REFUSED]:
            raise CommandError(f"{counts[REFUSED]} baris ditolak; alasannya tertulis di atas.")

    def _import(self, path, counts, written, at):
        for number, record in jsonl.read(path, at):
            place = f"{path}:{number}"
            try:
                outcome = _save(record, written)
            except Refusal as refusal:
                counts[REFUSED] += 1
                self._say(f"{place}: {refusal}")
                continue
            counts[outcome.result] += 1
            written.setdefault(outcome.article, place)
            if outcome.note:
                self._say(f"{place}: {outcome.note}")

    def _report(self, counts, heading):
        self.stdout.write(f"{heading}:")
        for name in [*Result, REFUSED]:
            if counts[name] or name != Result.SKIPPED:
                self.stdout.write(f"  {name:<14}{counts[name]:>8}")

    def _say(self, line):
        with tqdm.external_write_mode(file=self.stdout):  # a bar on the terminal steps aside
            self.stdout.write(line)


def _save(record: Record | Refusal, written) -> importers.Outcome:
    if isinstance(record, Refusal):
        raise record
    try:
        return importers.save(record, written)
    except (DataError, IntegrityError, ValidationError) as error:  # what only the database knows
        raise Refusal(f"tidak dapat disimpan: {' '.join(str(error).split())}") from error


def _size(path: Path) -> int:
    """The file's size in bytes. Looked at before anything is written, so that a mistyped name stops nothing midway.

    Not opened for it: a named pipe would wait for its writer, who then meets the end before the import has begun."""
    try:
        found = path.stat()
    except FileNotFoundError:
        raise CommandError(f"Berkas {path} tidak ditemukan.") from None
    except OSError as error:
        raise CommandError(f"Berkas {path} tidak dapat dibaca: {error.strerror}.") from None
    if stat.S_ISDIR(found.st_mode):
        raise CommandError(f"{path} adalah folder; sebutkan berkas di dalamnya.")
    if not os.access(path, os.R_OK):
        raise CommandError(f"Berkas {path} tidak boleh dibaca oleh pengguna yang menjalankan perintah ini.")
    return found.st_size


def _running_total(sizes: list[int]) -> list[int]:
    """How many bytes lie before each file."""
    return [sum(sizes[:index]) for index in range(len(sizes))]
