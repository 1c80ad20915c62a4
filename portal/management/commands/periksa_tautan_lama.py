"""`manage.py periksa_tautan_lama`: which addresses of an earlier portal would lead nowhere here."""

import re
from collections import Counter, defaultdict
from pathlib import Path
from urllib.parse import parse_qsl

from tqdm import tqdm

from news import missing_paths
from news.web import old_shapes
from portal.importers import address_lists
from portal.management.base import BaseCommand, CommandError

_SHAPES = 30  # that are shown
_EXAMPLES = 3  # of each
_PARAMETERS = 6  # of a shape


class Command(BaseCommand):
    help = (
        "Memeriksa daftar alamat portal lama: sitemap.xml (juga indeks dan .gz; berkas yang disebut indeks diletakkan "
        "di folder yang sama), log akses (juga JSON dan IIS), CSV, atau satu alamat per baris. Nama situsnya "
        "diabaikan dan tidak ada yang diunduh. Menyebut alamat yang di portal ini tidak sampai ke mana pun, menurut "
        "bentuknya; status keluarnya 1 bila ada. Kunjungan adalah berapa kali alamat itu ada di berkas."
    )

    def add_arguments(self, parser):
        parser.add_argument("berkas", nargs="+", type=Path)

    def handle(self, *, berkas, **options):
        visits, faults = self._read(berkas)
        shown = tqdm(visits, desc="Memeriksa", unit=" alamat", disable=None, file=self.stderr)
        dying = list(missing_paths.leading_nowhere(shown))
        for fault, times in faults.most_common():
            self.stdout.write(f"Dilewati: {fault} ({_number(times)} kali).")
        self.stdout.write(
            f"{_number(len(visits))} alamat ({_number(visits.total())} kunjungan) diperiksa; "
            f"{_number(len(visits) - len(dying))} sampai di halamannya."
        )
        if dying:
            self._tell(dying, visits)
            raise CommandError(
                f"{_number(len(dying))} alamat tidak sampai ke mana pun. Isi tujuannya di ruang redaksi, daftar "
                "“Alamat tidak ditemukan”, atau impor berita yang belum ada."
            )

    def _read(self, files: list[Path]) -> tuple[Counter[str], Counter[str]]:
        """How often each address is in the files, and what could not be read."""
        visits, faults = Counter[str](), Counter[str]()
        for file in files:
            try:
                for each in address_lists.read(file):
                    (visits if each.address else faults)[each.address or each.fault] += 1
            except address_lists.Unreadable as error:
                raise CommandError(str(error)) from error
        return visits, faults

    def _tell(self, dying: list[str], visits: Counter[str]) -> None:
        groups = defaultdict[str, list[str]](list)
        for address in dying:
            groups[_shape(address)].append(address)
        by_visits = sorted(groups.items(), key=lambda group: -sum(visits[address] for address in group[1]))
        for shape, addresses in by_visits[:_SHAPES]:
            times = sum(visits[address] for address in addresses)
            self.stdout.write(f"\n{shape}: {_number(len(addresses))} alamat, {_number(times)} kunjungan")
            for address in sorted(addresses, key=lambda each: -visits[each])[:_EXAMPLES]:
                self.stdout.write(f"    {address}")
        if len(groups) > _SHAPES:
            self.stdout.write(f"\nDan {_number(len(groups) - _SHAPES)} bentuk lain yang lebih jarang.")


def _shape(address: str) -> str:
    """`/2024/11/13/taman-kota?p=7` -> `/9/9/9/…?p=…`: numbers and titles do not matter, nor do values."""
    path, query = old_shapes.path_and_query(address)
    parts = [_part(part) for part in path.split("/")]
    names = sorted({name for name, _ in parse_qsl(query, keep_blank_values=True)})[:_PARAMETERS]
    return "/".join(parts) + ("?" + "&".join(f"{name}=…" for name in names) if names else "")


def _part(part: str) -> str:
    stem, dot, ending = part.rpartition(".")
    if dot and re.fullmatch(r"[A-Za-z]{2,5}", ending):
        return f"{_part(stem)}.{ending}"
    if re.fullmatch(r"[0-9]+", part):
        return "9"
    return "…" if len(part) > 20 or re.search(r"[-_ %0-9]", part) else part


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")
