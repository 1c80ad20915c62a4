"""`manage.py pindahkan_foto`: photos from the media folder into the bucket of MEDIA_S3_URL (portal.bucket)."""

from django.conf import settings

from news.models import Photo
from portal.backup.progress import progress
from portal.bucket import filling
from portal.bucket.place import bucket
from portal.hosts import marks
from portal.management.base import BaseCommand, CommandError
from portal.run import os_errors

SHOWN = 20  # of files


class Command(BaseCommand):
    help = (
        "Mengirim foto dari folder media ke wadah di MEDIA_S3_URL, lalu memeriksa apakah setiap foto ada di sana. "
        "Boleh diulangi; tidak menghapus apa pun, dan portal boleh berjalan."
    )

    def handle(self, **options):
        if (store := bucket()) is None:
            raise CommandError("Isilah dahulu MEDIA_S3_URL, MEDIA_S3_KEY dan MEDIA_S3_SECRET.")
        folder = settings.MEDIA_ROOT
        total = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
        try:
            marks.mark_bucket(store)
            with progress("Mengirim foto") as show:
                filled = filling.fill(store, folder, lambda sent: show(sent, total))
            present = filling.sizes(store)
        except marks.Foreign as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            reason = os_errors.reason(error)
            raise CommandError(
                f"Belum semua foto dikirim: {reason} ({error.filename}). Sesudah dibenahi, ulangi perintah ini."
            ) from error
        self.stdout.write(f"{filled.sent} berkas dikirim ke wadah {store.bucket_name}, {filled.there} sudah ada.")
        if filled.left:
            self.stdout.write(
                f"{len(filled.left)} berkas bukan foto portal, atau hanya tautan, dan tidak ikut: {_some(filled.left)}"
            )
        lost = Photo.objects.filter(edition=0).only("name", "width")
        found = [photo.pk for photo in lost.iterator() if photo.largest_file in present]
        if found:  # a worker looked for them before they came
            Photo.objects.filter(pk__in=found).update(edition=1)
            self.stdout.write(f"{len(found)} foto yang tadinya hilang kini ada; pekerja latar melengkapinya.")
        stored = Photo.objects.filter(edition__gte=1).only("name", "width")
        missing = [f"no. {photo.pk}" for photo in stored.iterator() if photo.largest_file not in present]
        if missing:
            raise CommandError(f"{len(missing)} foto tidak ada di wadah maupun di {folder}: {_some(missing)}")
        self.stdout.write(
            f"Semua foto ada di wadah. Folder {folder} tidak dipakai lagi; hapuslah sesudah cadangan malam berikutnya."
        )


def _some(names: list[str]) -> str:
    return f"{', '.join(names[:SHOWN])}{', …' if len(names) > SHOWN else '.'}"
