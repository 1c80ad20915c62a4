"""`manage.py import_articles`: imports articles of another portal (portal.importers).

Safe to run again: existing articles are updated."""

import shutil
import signal
import stat
import time
from argparse import RawDescriptionHelpFormatter
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import DjangoHelpFormatter
from django.db import DataError, IntegrityError, connection
from tqdm import tqdm

from news import reports
from news.models import Article, ArticleViews, Category, Tag, TaggedArticle
from news.search import vocabulary
from portal.backup.wal import pausing
from portal.importers import album, attached, comments, fields, formats, old_addresses, pages, saved_pages, saving, wxr
from portal.importers.record import Refusal
from portal.importers.rehearsal import Rehearsal
from portal.importers.report import Report, kind_of
from portal.importers.saving import Result
from portal.importers.uploads import Uploads
from portal.management.base import BaseCommand, CommandError
from portal.run import os_errors

REFUSED = "ditolak"
REPORT = "Laporan impor"  # the first line of its file
# Counted beside the results: what was left out of bodies, and bodies in which nothing was left
PICTURES = "{} gambar"
FRAMES = "{} bingkai (video, peta, halaman lain)"
HIDDEN = "teks tersembunyi di {} berita"
EMPTY = "tanpa isi"
INTERRUPTED = 130  # exit status after Ctrl-C
AGAIN = "Dihentikan. Yang sudah masuk tetap tersimpan; jalankan lagi untuk meneruskan."
TRIED = 200  # records of which the first must not all be refused for one reason


class _HelpFormatter(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Django's formatter (the command's own options first) that keeps the line breaks of the description."""


class Command(BaseCommand):
    help = f"""\
Mengimpor berita portal lain dari {", ".join(each.name for each in formats.FORMATS)},
juga yang dimampatkan dengan gzip. Bentuk berkas dikenali dari isinya, bukan dari
namanya. Aman dijalankan berulang kali: berita yang sudah ada diperbarui, bukan
digandakan; impor yang terputus diteruskan dengan menjalankannya lagi.

{fields.HELP}
{wxr.HELP}
{saved_pages.HELP}"""

    def create_parser(self, prog_name, subcommand, **options):
        return super().create_parser(prog_name, subcommand, formatter_class=_HelpFormatter, **options)

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path, metavar="BERKAS", help="berkas ekspor situs lama")
        parser.add_argument("--coba", action="store_true", help="hanya memeriksa: tidak ada yang disimpan")
        parser.add_argument(
            "--laporan", type=Path, metavar="BERKAS", help="menulis semua catatan ke berkas ini, satu per baris"
        )
        parser.add_argument(
            "--gambar",
            type=Path,
            metavar="FOLDER",
            help="folder atau arsip (.zip, .tar, .tar.gz) berisi gambar dan PDF situs lama, misalnya salinan "
            "wp-content/uploads; keduanya hanya diambil dari sini, tidak pernah dari internet",
        )
        parser.add_argument(
            "--nomor-baru",
            action="store_true",
            help="berita mendapat nomor baru; nomor asalnya hanya menjadi penanda (bila nomor itu sudah dipakai)",
        )
        parser.add_argument(
            "--teruskan",
            action="store_true",
            help=f"tidak berhenti walaupun {TRIED} berita pertama ditolak karena sebab yang sama",
        )

    def handle(self, *, files, laporan, gambar, **options):
        with ExitStack() as opened:
            files = [(path, *_checked(path, opened)) for path in files]
            report_file = _writable(laporan, opened) if laporan else None
            pictures = _album(gambar, opened, is_rehearsal=options["coba"]) if gambar else None
            run = _Run(
                pictures,
                is_rehearsal=options["coba"],
                new_numbers=options["nomor_baru"],
                goes_on=options["teruskan"],
            )
            try:
                self._import_all(files, run)
                heading, error = f"Selesai dalam {time.monotonic() - run.started:.0f} detik", None
            except KeyboardInterrupt:
                heading, error = "Dihentikan", CommandError(AGAIN, returncode=INTERRUPTED)
            except _AllRefusedError:
                heading = "Dihentikan"
                error = CommandError(
                    f"{TRIED} berita pertama ditolak karena sebab yang sama. --teruskan mencoba semua."
                )
            self._report(run, heading, report_file)
        if not run.is_rehearsal and run.counts.keys() & {Result.CREATED, Result.UPDATED}:
            reports.begin_anew()
        if run.counts[REFUSED] and error is None:
            error = CommandError(f"{run.counts[REFUSED]} berita ditolak; alasannya tertulis di atas.")
        if error:
            raise error

    def _import_all(self, files, run):
        sizes = [saved_pages.size(path) for _, path, _ in files]
        is_large = sum(sizes) > pausing.LARGE and not run.is_rehearsal
        with (
            pausing.paused(settings.DATA_DIR) if is_large else nullcontext(),
            tqdm(desc="Mengimpor", total=sum(sizes) or None, unit="B", unit_scale=True, disable=None) as bar,
        ):
            for (name, path, form), done in zip(files, _running_total(sizes), strict=True):
                rows = form.read(path, lambda position, done=done: bar.update(done + position - bar.n))
                read = set()  # files of a folder
                for number, record in run.album.ahead(rows) if run.album else rows:
                    with _interrupted_afterwards():
                        run.take(f"{name}:{form.place(number)}", record)
                    if isinstance(number, str):
                        read.add(number)
                for other in saved_pages.others(path, read):
                    run.told.add(f"{name}/{other}", saved_pages.NO_PAGE)
        if not run.is_rehearsal and run.counts.keys() & {Result.CREATED, Result.UPDATED}:
            vocabulary.refresh(Article.objects.published())  # so that spelling suggestions do not wait for the worker
            _renew_statistics()

    def _report(self, run, heading, report_file):
        summary = run.summary(heading)
        if report_file:  # first: who reads the standard output may have gone
            try:
                report_file.writelines(f"{line}\n" for line in (REPORT, *summary, *run.told.all()))
                report_file.flush()
            except OSError as error:
                self.stderr.write(f"Laporan tidak dapat ditulis: {os_errors.reason(error)}. Impornya sendiri selesai.")
        for line in (*run.told.lines(), *summary):
            self.stdout.write(line)


class _Run:
    """One run of the command: what it did with the records so far."""

    def __init__(self, pictures, *, is_rehearsal, new_numbers, goes_on):
        self.album = pictures
        self.is_rehearsal, self.new_numbers, self.goes_on = is_rehearsal, new_numbers, goes_on
        self.rehearsal = Rehearsal(pictures)
        self.started, self.counts, self.written, self.told = time.monotonic(), Counter(), {}, Report()
        self.refusals = set()  # kinds of the first ones
        self.terms = set()  # whose old addresses lead to those of today

    def take(self, place, record):
        """Raises _AllRefusedError where it is not worth going on."""
        try:
            outcome = self._save(place, record)
        except Refusal as refusal:
            self.counts[REFUSED] += 1
            self.told.add(place, str(refusal))
            self._give_up(str(refusal))
            return
        self.counts[outcome.result] += 1
        if outcome.article:
            self.written.setdefault(outcome.article, place)
        remarks = (outcome.note, *record.remarks, _about_date(record, is_new=outcome.result == Result.CREATED))
        for remark in filter(None, remarks):
            self.told.add(place, remark)
        self._lead_from_terms(record)
        self.counts.update(record.comments_saved)
        self._note_left_out(place, record)

    def _lead_from_terms(self, record):
        for term in () if self.is_rehearsal else record.terms:
            if term not in self.terms:
                self.terms.add(term)
                old_addresses.remember_term(term)

    def _save(self, place, record):
        if isinstance(record, Refusal):
            raise record
        if self.new_numbers:
            record.keep_number_as_key()
        try:
            if record.kind == "page":
                return pages.save(record, is_rehearsal=self.is_rehearsal, album=self.album)
            if self.is_rehearsal:
                return self.rehearsal.save(record, self.written, place)
            return saving.save(record, self.written, album=self.album)
        except (DataError, IntegrityError, ValidationError) as error:  # violations that only the database can detect
            raise Refusal(f"tidak dapat disimpan: {' '.join(str(error).split())}") from error

    def _give_up(self, refusal):
        number = self.counts[REFUSED]
        if self.goes_on or number > TRIED or number < self.counts.total():
            return
        self.refusals.add(kind_of(refusal))
        if number == TRIED and len(self.refusals) == 1:
            raise _AllRefusedError

    def _note_left_out(self, place, record):
        """Each hidden text is said: intruders leave it in the articles of a portal. The rest is counted."""
        cleaned = record.cleaned
        if self.album:
            self.counts[PICTURES] += record.illustrated.dropped
            for trouble in self.album.troubles(record):
                self.told.add(place, trouble)
        else:
            self.counts[PICTURES] += cleaned.pictures + (record.lead is not None)
        self.counts[FRAMES] += cleaned.frames
        self.counts[EMPTY] += cleaned.is_blank
        if cleaned.hidden:
            self.counts[HIDDEN] += 1
            self.told.add(place, f"teks tersembunyi dibuang: “{cleaned.hidden[0]}”")

    def summary(self, heading):
        counts, lines = self.counts, []
        if left_out := [name.format(counts[name]) for name in (PICTURES, FRAMES, HIDDEN) if counts[name]]:
            lines.append(f"Tidak ikut masuk: {'; '.join(left_out)}.")
        if self.album:
            shown = (f"{self.album.counts[name]} {name}" for name in (album.NEW, album.KNOWN, album.MISSING))
            lines.append(f"Gambar: {', '.join(shown)}.")
        if self.album and (number := self.album.documents.counts[attached.ATTACHED]):
            lines.append(f"PDF: {number} {attached.ATTACHED}.")
        if self.album and self.album.left_out:
            lines.append(f"{self.album.left_out} tautan simbolik atau berkas khusus di antara gambar dilewati.")
        if self.album and self.album.counts[album.SILENT]:
            lines.append(
                f"{self.album.counts[album.SILENT]} foto tanpa teks alternatif di situs lama: ditandai hiasan; "
                "lengkapilah yang penting di Foto."
            )
        comments_saved = (comments.PUBLISHED, comments.WAITING, comments.SUSPECTED)
        if found := [f"{counts[name]} {name}" for name in comments_saved if counts[name]]:
            lines.append(f"Komentar: {', '.join(found)}.")
        if counts[EMPTY]:
            lines.append(f"Tanpa isi di berkas impor: {counts[EMPTY]} berita.")
        if counts[PICTURES] and not self.album:
            lines.append("Gambar ikut masuk bila --gambar menunjuk folder atau arsipnya di mesin ini.")
        lines.append(f"{heading}; hanya dicoba, tidak ada yang disimpan:" if self.is_rehearsal else f"{heading}:")
        shown = (name for name in (*Result, REFUSED) if counts[name] or name != Result.SKIPPED)
        return [*lines, *(f"  {name:<14}{counts[name]:>8}" for name in shown)]


class _AllRefusedError(Exception):
    """The first records were all refused for one reason."""


def _about_date(record, *, is_new):
    if record.raw_date:
        return f"tanggal “{record.raw_date}” tidak terbaca; disimpan sebagai draf"
    is_dated = record.published_at or record.is_draft or record.kind == "page"
    return "" if is_dated or not is_new else "tanpa tanggal terbit; disimpan sebagai draf"


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


def _checked(path: Path, opened: ExitStack) -> tuple[Path, formats.Format]:
    """The file on disk and its format. All files are checked before anything is written, so that a typo in a name does
    not stop the import midway.

    Raises CommandError if the file cannot be read."""
    try:
        status = path.stat()
        is_whole = stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)
        on_disk = path if is_whole else _copied(path, opened)
        return on_disk, formats.of(on_disk)
    except FileNotFoundError:
        raise CommandError(f"Berkas {path} tidak ditemukan.") from None
    except PermissionError:
        raise CommandError(f"Berkas {path} tidak boleh dibaca oleh pengguna yang menjalankan perintah ini.") from None
    except OSError as error:
        raise CommandError(f"Berkas {path} tidak dapat dibaca: {os_errors.reason(error)}.") from None
    except Refusal as refusal:
        raise CommandError(f"Berkas {path} tidak dapat diimpor: {refusal}.") from None


def _album(place: Path, opened: ExitStack, *, is_rehearsal: bool) -> album.Album:
    try:
        uploads = opened.enter_context(Uploads(place))
    except Refusal as refusal:
        raise CommandError(f"Gambar di {place} tidak dapat dibaca: {refusal}.") from None
    return opened.enter_context(album.Album(uploads, is_rehearsal=is_rehearsal))


def _copied(pipe: Path, opened: ExitStack) -> Path:
    """What comes out of a pipe, which can be read only once, as a temporary file."""
    copy = Path(opened.enter_context(TemporaryDirectory())) / "berkas"
    with pipe.open("rb") as source, copy.open("wb") as target:
        shutil.copyfileobj(source, target)
    return copy


def _writable(path: Path, opened: ExitStack) -> TextIO:
    """Refuses a file that is no earlier report: with its name left out, `--laporan` would take the first export's."""
    try:
        if path.is_file() and path.stat().st_size and not _is_report(path):
            raise CommandError(f"{path} sudah ada dan bukan laporan impor: sebutkan berkas lain sesudah --laporan.")
        return opened.enter_context(path.open("w"))
    except OSError as error:
        raise CommandError(f"Laporan {path} tidak dapat ditulis: {os_errors.reason(error)}.") from None


def _is_report(path: Path) -> bool:
    with path.open("rb") as file:
        return file.readline(100).strip() == REPORT.encode()


def _renew_statistics() -> None:
    """Without them Postgres plans the pages of new articles badly until its autovacuum comes by."""
    tables = [model._meta.db_table for model in (Article, ArticleViews, Category, Tag, TaggedArticle)]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join([*tables, Article.tags.through._meta.db_table])}")


def _running_total(sizes: list[int]) -> list[int]:
    """For each file the total size of the files before it."""
    return [sum(sizes[:index]) for index in range(len(sizes))]
