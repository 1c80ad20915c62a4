"""The settings file, whose values the environment overrides, and the typed reader of both.

The file is `PORTAL_ENV`, else `portal.env` beside manage.py, else `/etc/portal/portal.env`. It is read into a mapping
and never into os.environ, where other programs (gunicorn reads PORT) would take up its names.
"""

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

PLACES = (Path(__file__).resolve().parents[2] / "portal.env", Path("/etc/portal/portal.env"))
_LINE = re.compile(r"(\w+)\s*=\s*(.*)")
_QUOTED = re.compile(r"""(["'])(.*)\1""")
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

    def path(self, name: str, default: Path) -> Path:
        """An absolute path. One in the file is relative to the file's folder: commands are run anywhere."""
        text = self(name, default="")
        if not text:
            return default
        base = self.file.parent if self.file and name not in self.from_environment else Path()
        return (base / text).resolve()

    def refuse_unknown(self) -> None:
        """Raises ImproperlyConfigured if the file names what nobody has asked for: a typing error would be silent."""
        for name in self.in_file:
            if name not in self.asked:
                similar = get_close_matches(name.upper(), self.asked, n=1)
                hint = f" Maksud Anda {similar[0]}?" if similar else ""
                raise ImproperlyConfigured(f"{self.file}: pengaturan {name} tidak dikenal.{hint}")

    def _where(self, name: str) -> str:
        return "" if name in self.from_environment else f" (di {self.file})"


def _boolean(text: str) -> bool:
    if text.strip().lower() not in _TRUE | _FALSE:
        raise ValueError
    return text.strip().lower() in _TRUE


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
            raise ImproperlyConfigured(f"Berkas pengaturan {path} tidak dapat dibaca: {error.strerror}.") from error
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
