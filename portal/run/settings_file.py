"""The settings file, whose values the environment overrides, and the typed reader of both.

The file is `PORTAL_ENV`, else `portal.env` beside manage.py, else `/etc/portal/portal.env`. It is read into a mapping
and never into os.environ, where other programs (gunicorn reads PORT) would take up its names.
"""

import os
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import unquote

import environ
from django.core.exceptions import ImproperlyConfigured
from psycopg.pq import Conninfo

from portal.run import os_errors

PLACES = (Path(__file__).resolve().parents[2] / "portal.env", Path("/etc/portal/portal.env"))
_LINE = re.compile(r"(\w+)\s*=\s*(.*)")
_QUOTED = re.compile(r"""(["'])(.*)\1""")
_POSTGRES = ("postgres://", "postgresql://", "psql://", "pgsql://")
_SITE = re.compile(r"https?://(?P<host>[^/:@?#]+|\[[^\]]+\])(:(?P<port>[0-9]{1,5}))?")
_BUCKET = re.compile(r"(?P<site>https?://[^/@?#]+)/(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])")
_KEY = re.compile(r"[!-~]*")  # of a server: what can stand in a header
_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)  # Django refuses every other one
_TRUE = {*environ.Env.BOOLEAN_TRUE_STRINGS, "t", "ya"}  # true, on, yes, 1, ...
_FALSE = {"false", "off", "no", "0", "n", "f", "none", "tidak"}


class Settings(environ.Env):
    """Typed values by name: the environment's, else the file's, else the default. An empty value means the default.

    Raises ImproperlyConfigured with one Indonesian sentence for whatever is wrong.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ, places: tuple[Path, ...] = PLACES):
        super().__init__()
        self.file, self.in_file = _find(environment, places)
        self.ENVIRON = {**self.in_file, **environment}
        self.from_environment = environment
        self.asked: set[str] = set()

    def get_value(self, var, cast=None, default=environ.Env.NOTSET, parse_default=False):
        # Not super(): it would take a value that begins with $ (a password) for the name of another variable.
        self.asked.add(var)
        text = self.ENVIRON.get(var, "")
        if not text:
            return default
        if cast is list:
            return [each.strip() for each in text.split(",") if each.strip()]
        try:
            return _boolean(text) if cast is bool else self.parse_value(text, cast)
        except ValueError:
            expected = {int: "bilangan bulat", bool: "True atau False"}[cast]
            raise ImproperlyConfigured(f"{var} harus {expected}, bukan “{text}”{self._where(var)}.") from None

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        value = self.int(name, default=default)
        if not least <= value <= most:
            raise ImproperlyConfigured(f"{name} harus antara {least} dan {most}{self._where(name)}.")
        return value

    def choice(self, name: str, *choices: str) -> str:
        """One of these words; the first is the default."""
        value = self(name, default=choices[0]).strip().lower()
        if value not in choices:
            raise ImproperlyConfigured(f"{name} harus {' atau '.join(choices)}{self._where(name)}.")
        return value

    def site(self, name: str, default: str) -> str:
        """The address of the whole site, as a browser names it in `Origin`."""
        text = self(name, default=default).strip().rstrip("/").lower()
        match = _SITE.fullmatch(text)
        if match is None or not _is_host(match["host"]) or int(match["port"] or 1) not in range(1, 65536):
            raise ImproperlyConfigured(
                f"{name} harus alamat lengkap tanpa folder, misalnya https://berita.contoh.go.id, "
                f"bukan “{text}”{self._where(name)}."
            )
        return text

    def hosts(self, name: str) -> list[str]:
        """Names as Django compares them with the Host header; with a dot in front: and all below it."""
        given = [each.lower() for each in self.list(name, default=[])]
        for each in given:
            if each != "*" and not _is_host(each.removeprefix(".")):
                raise ImproperlyConfigured(
                    f"{name} harus nama-nama host, dipisahkan koma, tanpa https:// dan tanpa porta, "
                    f"bukan “{each}”{self._where(name)}."
                )
        return given

    def networks(self, name: str, default: list[str]) -> list[IPv4Network | IPv6Network]:
        """Addresses or networks, separated by commas."""
        try:
            return [ip_network(each) for each in self.list(name, default=default)]
        except ValueError as error:
            example = "misalnya 10.0.0.5,10.1.0.0/16"
            raise ImproperlyConfigured(f"{name} harus alamat atau jaringan, {example}{self._where(name)}.") from error

    def listening_host(self, name: str, default: str) -> str:
        text = self(name, default=default).strip()
        if not _is_host(in_brackets(text)):
            raise ImproperlyConfigured(
                f"{name} harus alamat IP atau nama mesin ini, tanpa porta, bukan “{text}”{self._where(name)}."
            )
        return text.strip("[]")

    def listening_address(self, name: str) -> tuple[str, int] | None:
        text = self(name, default="").strip()
        if not text:
            return None
        host, _, port = text.rpartition(":")
        if not _is_host(host) or not port.isascii() or not port.isdigit() or int(port) not in range(1, 65536):
            raise ImproperlyConfigured(
                f"{name} harus alamat dan porta, misalnya 127.0.0.1:9101, bukan “{text}”{self._where(name)}."
            )
        return host.strip("[]"), int(port)

    def bucket(self, name: str) -> tuple[str, str] | None:
        """The address of an S3 server and the name of a bucket there."""
        text = self(name, default="").strip().rstrip("/")
        if not text:
            return None
        match = _BUCKET.fullmatch(text)
        site = _SITE.fullmatch(match["site"]) if match else None
        if (
            match is None
            or site is None
            or not _is_host(site["host"])
            or int(site["port"] or 1) not in range(1, 65536)
        ):
            # Without what was written: there may be a key in it.
            raise ImproperlyConfigured(
                f"{name} harus alamat server dan nama wadah, tanpa kunci di dalamnya, misalnya "
                f"https://s3.contoh.go.id/foto-berita{self._where(name)}."
            )
        return match["site"], match["bucket"]

    def key(self, name: str, default: str = "") -> str:
        """Letters, digits and signs of ASCII, without a space. Not shown if it is wrong."""
        text = self(name, default=default).strip()
        if not _KEY.fullmatch(text):
            raise ImproperlyConfigured(f"{name} berisi huruf yang tidak mungkin ada di dalamnya{self._where(name)}.")
        return text

    def database(self, name: str) -> dict:
        """Django's settings for the server in this address; in its query libpq's options, and two of Django's."""
        text = self(name)
        try:
            found = self.db(name) if text.startswith(_POSTGRES) else {}
        except (ValueError, ImproperlyConfigured):
            found = {}
        if not found.get("NAME"):
            raise ImproperlyConfigured(f"{name} harus berbentuk postgres://pengguna:sandi@server/nama.")
        libpq = dict.fromkeys((each.keyword.decode() for each in Conninfo.get_defaults()), str)
        for option, value in found.get("OPTIONS", {}).items():
            if (read := (libpq | _BINDING).get(option)) is None:
                raise ImproperlyConfigured(f"{name}: pilihan {option} tidak dikenal.")
            try:
                found["OPTIONS"][option] = read(str(value))
            except ValueError:
                raise ImproperlyConfigured(f"{name}: nilai {option} keliru, “{value}”.") from None
        return found | {"HOST": unquote(found["HOST"])}  # of a socket folder: %2Frun%2Fpostgresql

    def path(self, name: str, default: Path) -> Path:
        """An absolute path. One in the file is relative to the file's folder: commands are run anywhere."""
        text = self(name, default="")
        if not text:
            return default
        if text.startswith("~") or "$" in text:  # no shell reads this file
            raise ImproperlyConfigured(
                f"{name}: ~ dan $ tidak diuraikan; tulislah alamat lengkapnya, bukan “{text}”{self._where(name)}."
            )
        base = self.file.parent if self.file and name not in self.from_environment else Path()
        return (base / text).resolve()

    def refuse_unknown(self) -> None:
        """Raises ImproperlyConfigured if the file names what nobody has asked for: a typing error would be silent."""
        for name in self.in_file:
            if name not in self.asked:
                similar = get_close_matches(name.upper(), self.asked, n=1, cutoff=0.75)
                hint = f" Maksud Anda {similar[0]}?" if similar else ""
                raise ImproperlyConfigured(f"{self.file}: pengaturan {name} tidak dikenal.{hint}")

    def _where(self, name: str) -> str:
        return "" if name in self.from_environment or name not in self.in_file else f" (di {self.file})"


def in_brackets(host: str) -> str:
    """As in an address: an IPv6 address has brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _is_host(text: str) -> bool:
    """Whether it can stand before the port of an address."""
    if not text.startswith("["):
        return _HOST_NAME.fullmatch(text) is not None
    try:
        return text.endswith("]") and IPv6Address(text[1:-1]).scope_id is None
    except ValueError:
        return False


def _boolean(text: str) -> bool:
    if text.strip().lower() not in _TRUE | _FALSE:
        raise ValueError
    return text.strip().lower() in _TRUE


def _threshold(text: str) -> int | None:
    return None if text == "None" else int(text)


# psycopg's options that may stand in DATABASE_URL
_BINDING: dict[str, Callable[[str], object]] = {"server_side_binding": _boolean, "prepare_threshold": _threshold}


def _find(environment: Mapping[str, str], places: tuple[Path, ...]) -> tuple[Path | None, dict[str, str]]:
    """The settings file and what it says; without any, None and nothing. One that PORTAL_ENV names must exist."""
    named = environment.get("PORTAL_ENV", "")
    for path in [Path(named).resolve()] if named else places:
        try:
            return path, _parse(path, path.read_text(encoding="utf-8-sig"))
        except (FileNotFoundError, NotADirectoryError) as error:
            if named:
                raise ImproperlyConfigured(f"Berkas pengaturan {path} (PORTAL_ENV) tidak ada.") from error
        except PermissionError as error:
            raise ImproperlyConfigured(
                f"Berkas pengaturan {path} tidak boleh dibaca pengguna ini: jalankan perintah sebagai pengguna portal."
            ) from error
        except UnicodeDecodeError as error:
            raise ImproperlyConfigured(f"Berkas pengaturan {path} tidak dapat dibaca: bukan teks UTF-8.") from error
        except OSError as error:
            raise ImproperlyConfigured(
                f"Berkas pengaturan {path} tidak dapat dibaca: {os_errors.reason(error)}."
            ) from error
    return None, {}


def _parse(path: Path, text: str) -> dict[str, str]:
    """Lines of `NAME=value`, empty ones, and comments that begin with #; the same as systemd's EnvironmentFile reads.

    Quotation marks around a value are taken off; nothing is interpolated."""
    values: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None or not line.replace("\t", " ").isprintable():
            raise ImproperlyConfigured(f"{path} baris {number} tidak berbentuk NAMA=nilai.")
        name, value = match.groups()
        if name in values:
            raise ImproperlyConfigured(f"{path} baris {number}: {name} sudah diisi di atasnya.")
        values[name] = _unquoted(path, number, value)
    return values


def _unquoted(path: Path, number: int, value: str) -> str:
    if match := _QUOTED.fullmatch(value):
        return match[2]
    if value[:1] in ("'", '"'):
        raise ImproperlyConfigured(f"{path} baris {number}: tanda kutipnya tidak ditutup.")
    if re.search(r"\s#", value):
        raise ImproperlyConfigured(f"{path} baris {number}: tulislah keterangan (#) di baris tersendiri.")
    return value
