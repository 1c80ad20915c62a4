"""The city that the portal serves, read from one TOML file: `kota.toml`, whose shipped copy explains every key."""

import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from portal.city import colours, logo
from portal.run import os_errors

DEFAULT = Path(__file__).parent / "kota.toml"
ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
Link = tuple[str, str]  # name, address
EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII | re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class City:
    name: str
    site_name: str
    tagline: str
    publisher: str
    zone_label: str
    email: str
    phone: str
    address: str
    links: list[Link]
    social: list[Link]
    complaint_channel: Link | None
    data_licence: Link
    colours: colours.Schemes
    logo: logo.Logo

    @property
    def time_zone(self) -> str:
        return ZONES[self.zone_label]


def read(path: Path) -> City:
    """Raises ImproperlyConfigured with one Indonesian sentence that names the file and the mistake."""
    try:
        return _city(_Table(_toml(path)), path.parent)
    except OSError as error:
        reason = (
            "tidak ada" if isinstance(error, FileNotFoundError) else f"tidak dapat dibaca ({os_errors.reason(error)})"
        )
        raise ImproperlyConfigured(f"Berkas kota {error.filename or path} {reason}.") from error
    except ValueError as error:
        raise ImproperlyConfigured(f"Berkas kota {path}: {error}.") from error


def _toml(path: Path) -> dict:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("bukan teks UTF-8") from None
    except ValueError as error:  # TOMLDecodeError, or a number of 5,000 digits
        where = re.search(r"line (\d+), column (\d+)", str(error))
        place = f"baris {where[1]}, kolom {where[2]}" if where else "akhir berkas"
        raise ValueError(f"bukan TOML yang benar di {place}") from None


def _city(file: "_Table", folder: Path) -> City:
    default = _toml(DEFAULT)
    name = file.text("nama")
    contact = file.table("kontak")
    city = City(
        name=name,
        site_name=file.text("portal", f"Kabar {name}"),
        tagline=file.text("semboyan", f"Portal berita resmi Pemerintah {name}"),
        publisher=file.text("pengelola", f"Dinas Komunikasi dan Informatika {name}"),
        zone_label=file.choice("zona", ZONES),
        email=contact.email("email"),
        phone=contact.text("telepon", ""),
        address=contact.text("alamat", ""),
        links=[each.link() for each in file.tables("tautan")],
        social=[each.link() for each in file.tables("media_sosial")],
        complaint_channel=None if file.is_off("pengaduan") else file.table("pengaduan", default).link(),
        data_licence=file.table("lisensi", default).link(),
        colours=_colours(file.table("warna", default)),
        logo=_logo(file.table("logo"), folder),
    )
    file.refuse_rest()
    return city


def _colours(table: "_Table") -> colours.Schemes:
    schemes: colours.Schemes = {}
    for key, scheme in (("terang", "light"), ("gelap", "dark")):
        pair = table.table(key)
        schemes[scheme] = {"brand": pair.colour("utama"), "accent": pair.colour("aksen")}
    colours.check(schemes)
    return schemes


def _logo(table: "_Table", folder: Path) -> logo.Logo:
    svg, png = table.text("svg", ""), table.text("png", "")
    return logo.Logo(
        svg=logo.read_svg(folder / svg) if svg else None,
        png=logo.read_png(folder / png) if png else None,
    )


class _Table:
    """A table of the file; its methods take one key each. Raises ValueError with an Indonesian clause.

    `refuse_rest` finds the keys that no method has read, here and in the tables below."""

    def __init__(self, values: dict, prefix: str = ""):
        self.rest = dict(values)
        self.prefix = prefix
        self.taken: list[str] = []
        self.below: list[_Table] = []

    def text(self, key: str, default: str | None = None) -> str:
        """One line of text; empty means the default. Without a default the key must be filled in."""
        value = self._take(key, default)
        if not isinstance(value, str):
            raise ValueError(f"{self.prefix}{key} harus tulisan di antara tanda kutip")
        text = " ".join(_CONTROLS.sub(" ", value).split()) or default
        if text is None:
            raise ValueError(f"{self.prefix}{key} belum diisi")
        return text

    def choice(self, key: str, allowed) -> str:
        value = self._take(key)
        if not isinstance(value, str) or value not in allowed:
            raise ValueError(f"{self.prefix}{key} harus salah satu dari {', '.join(allowed)}, bukan {value!r}")
        return value

    def email(self, key: str) -> str:
        value = self.text(key)
        if not EMAIL.fullmatch(value):
            raise ValueError(f"{self.prefix}{key} bukan alamat email: {value!r}")
        return value

    def colour(self, key: str) -> str:
        value = self.text(key)
        if not colours.HEX.fullmatch(value):
            raise ValueError(f"{self.prefix}{key} harus warna seperti #0b4f6c, bukan {value!r}")
        return value.lower()

    def link(self) -> Link:
        name, address = self.text("nama"), self.text("alamat")
        try:
            parts = urlsplit(address)
            is_whole = parts.scheme in ("http", "https") and parts.hostname and " " not in address
        except ValueError:  # https://[
            is_whole = False
        if not is_whole:
            raise ValueError(f"{self.prefix}alamat harus alamat lengkap (https://…), bukan {address!r}")
        return name, address

    def is_off(self, key: str) -> bool:
        """Whether the key is `false`."""
        if self.rest.get(key) is not False:
            return False
        self._take(key)
        return True

    def table(self, key: str, default: dict | None = None) -> "_Table":
        """A table that may be missing: then that of `default`, a whole file, or an empty one."""
        return self._table(self._take(key, default[key] if default else {}), f"{self.prefix}{key}.")

    def tables(self, key: str) -> "list[_Table]":
        values = self._take(key, [])
        if not isinstance(values, list):
            raise ValueError(f"{key} harus ditulis sebagai [[{key}]]")
        return [self._table(each, f"{self.prefix}{key}.") for each in values]

    def refuse_rest(self) -> None:
        for table in self.below:
            table.refuse_rest()
        for key in self.rest:
            similar = get_close_matches(key, self.taken, n=1)
            hint = f"; maksud Anda {self.prefix}{similar[0]}?" if similar else ""
            raise ValueError(f"{self.prefix}{key} tidak dikenal{hint}")

    def _table(self, value: object, prefix: str) -> "_Table":
        if not isinstance(value, dict):
            raise ValueError(f"{prefix.rstrip('.')} harus sebuah bagian dengan nama dan nilai")
        self.below.append(_Table(value, prefix))
        return self.below[-1]

    def _take(self, key: str, default=None):
        self.taken.append(key)
        value = self.rest.pop(key, default)
        if value is None:
            raise ValueError(f"{self.prefix}{key} belum diisi")
        return value
