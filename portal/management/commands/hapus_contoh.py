"""`manage.py hapus_contoh`: deletes the sample content, once the office publishes its own news."""

from portal.management.base import BaseCommand
from portal.samples import demo


class Command(BaseCommand):
    help = "Menghapus seluruh isi contoh beserta komentar dan fotonya. Berita lain tidak disentuh."

    def handle(self, **options):
        removed = demo.remove()
        if not any(removed[:5]):
            self.stdout.write("Tidak ada isi contoh yang perlu dihapus.")
        else:
            self.stdout.write(
                f"Dihapus: {removed.articles} berita contoh, {removed.comments} komentar, {removed.photos} foto, "
                f"{removed.categories} kategori, {removed.tags} tag."
            )
        if removed.kept:
            self.stdout.write(f"Tetap ada karena dipakai berita lain: {', '.join(removed.kept)}.")
