"""`manage.py naikkan`: after the code was replaced by that of a newer version (portal.upgrade)."""

from portal import staticfiles, upgrade
from portal.management.base import BaseCommand, CommandError
from portal.sentinel import release

WAY_BACK = (
    "Bila perlu kembali: hentikan portal, letakkan kode dan paket versi lama, lalu `manage.py restore {}`. Yang "
    "ditulis sesudah cadangan itu tidak ada di dalamnya."
)


class Command(BaseCommand):
    help = (
        "Menaikkan basis data dan berkas statis ke versi kode ini: cadangan, tabel, peran, halaman, berkas statis, "
        "dan sidik kode bagi penjaga situs. Aman diulang, dan aman bila beberapa mesin memulainya bersamaan."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--tanpa-cadangan", action="store_true", help="jangan membuat cadangan sebelum tabel diubah"
        )

    def handle(self, *, tanpa_cadangan, **options):
        try:
            with upgrade.alone(self.say):
                kept = upgrade.prepare(self.say, with_backup=not tanpa_cadangan)
        except upgrade.CannotUpgrade as error:
            raise CommandError(str(error)) from error
        staticfiles.collect(self.say)
        release.record()
        self.say("Portal siap dijalankan dengan versi ini: nyalakan ulang server web dan pekerja latar.")
        for sentence in filter(None, (upgrade.work_left(), kept and WAY_BACK.format(kept))):
            self.say(sentence)

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
