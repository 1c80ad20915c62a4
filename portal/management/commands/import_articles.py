"""`manage.py import_articles`: imports articles of another portal from JSON Lines (portal.importers.jsonl) or
WordPress's exports (portal.importers.wxr).

Safe to run again: existing articles are updated."""

import os
import signal
import stat
import time
from argparse import RawDescriptionHelpFormatter
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, DjangoHelpFormatter
from django.db import DataError, IntegrityError
from tqdm import tqdm

from news.models import Article
from news.search import vocabulary
from portal import importers
from portal.importers import Record, Refusal, Result, jsonl, pages, wxr
from portal.run import os_errors

REFUSED = "ditolak"
# Counted beside the results: what was left out of bodies, and bodies in which nothing was left
PICTURES = "{} gambar"
FRAMES = "{} bingkai (video, peta, halaman lain)"
HIDDEN = "teks tersembunyi di {} berita"
EMPTY = "tanpa isi"
INTERRUPTED = 130  # exit status after Ctrl-C


class _HelpFormatter(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Django's formatter (the command's own options first) that keeps the line breaks of the description."""


class Command(BaseCommand):
    help = f"""\
Mengimpor berita dari berkas JSON Lines (.jsonl, .jsonl.gz) atau ekspor
WordPress (.xml, .xml.gz). Aman dijalankan berulang kali: berita yang sudah ada
diperbarui, bukan digandakan.

{wxr.HELP}
JSON Lines: {jsonl.HELP[0].lower()}{jsonl.HELP[1:]}"""

    def create_parser(self, prog_name, subcommand, **options):
        return super().create_parser(prog_name, subcommand, formatter_class=_HelpFormatter, **options)

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path, metavar="BERKAS", help="JSON Lines atau ekspor WordPress")

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
        vocabulary.refresh(Article.objects.published())  # so that spelling suggestions do not wait for the worker
        self._report(counts, f"Selesai dalam {time.monotonic() - started:.0f} detik")
        if counts[REFUSED]:
            raise CommandError(f"{counts[REFUSED]} baris ditolak; alasannya tertulis di atas.")

    def _import(self, path, counts, written, progress):
        for number, record in _reader(path)(path, progress):
            with _interrupted_afterwards():
                self._import_record(f"{path}:{number}", record, counts, written)

    def _import_record(self, place, record, counts, written):
        try:
            outcome = _save(record, written)
        except Refusal as refusal:
            counts[REFUSED] += 1
            self._say(f"{place}: {refusal}")
            return
        counts[outcome.result] += 1
        if outcome.article is not None:
            written.setdefault(outcome.article, place)
        for remark in filter(None, (outcome.note, *record.remarks)):
            self._say(f"{place}: {remark}")
        self._note_left_out(place, record.cleaned, counts)

    def _note_left_out(self, place, cleaned, counts):
        """Hidden text is said at once: intruders leave it in the articles of a portal. The rest is counted."""
        counts[PICTURES] += cleaned.pictures
        counts[FRAMES] += cleaned.frames
        counts[EMPTY] += cleaned.is_blank
        if cleaned.hidden:
            counts[HIDDEN] += 1
            self._say(f"{place}: teks tersembunyi dibuang: “{cleaned.hidden[0]}”")

    def _report(self, counts, heading):
        if left_out := [name.format(counts[name]) for name in (PICTURES, FRAMES, HIDDEN) if counts[name]]:
            self.stdout.write(f"Tidak ikut masuk: {'; '.join(left_out)}.")
        if counts[EMPTY]:
            self.stdout.write(f"Tanpa isi di berkas impor: {counts[EMPTY]} berita.")
        self.stdout.write(f"{heading}:")
        for name in [*Result, REFUSED]:
            if counts[name] or name != Result.SKIPPED:
                self.stdout.write(f"  {name:<14}{counts[name]:>8}")

    def _say(self, line):
        with tqdm.external_write_mode(file=self.stdout):  # clears and redraws the progress bar
            self.stdout.write(line)


@contextmanager
def _interrupted_afterwards() -> Iterator[None]:
    """Delays Ctrl-C until the end of the block, so that every record that was saved is also counted. A second Ctrl-C
    is not delayed: the database may not answer."""
    pressed: list[int] = []

    def note(number, frame):
        if pressed:
            raise KeyboardInterrupt
        pressed.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt


def _save(record: Record | Refusal, written) -> importers.Outcome:
    if isinstance(record, Refusal):
        raise record
    try:
        return pages.save(record) if record.kind == "page" else importers.save(record, written)
    except (DataError, IntegrityError, ValidationError) as error:  # violations that only the database can detect
        raise Refusal(f"tidak dapat disimpan: {' '.join(str(error).split())}") from error


def _reader(path: Path):
    """What reads the file. A named pipe can be read only once, so it must be JSON Lines."""
    return wxr.read if path.is_file() and wxr.recognises(wxr.beginning(path)) else jsonl.read


def _size(path: Path) -> int:
    """The file's size in bytes. All files are checked before anything is written, so that a typo in a name does not
    stop the import midway. They are not opened for it: that would use up a named pipe before the import reads it.

    Raises CommandError if the file cannot be read."""
    try:
        status = path.stat()
    except FileNotFoundError:
        raise CommandError(f"Berkas {path} tidak ditemukan.") from None
    except OSError as error:
        raise CommandError(f"Berkas {path} tidak dapat dibaca: {os_errors.reason(error)}.") from None
    if stat.S_ISDIR(status.st_mode):
        raise CommandError(f"{path} adalah folder; sebutkan berkas di dalamnya.")
    if not os.access(path, os.R_OK):
        raise CommandError(f"Berkas {path} tidak boleh dibaca oleh pengguna yang menjalankan perintah ini.")
    return status.st_size


def _running_total(sizes: list[int]) -> list[int]:
    """For each file the total size of the files before it."""
    return [sum(sizes[:index]) for index in range(len(sizes))]
