"""DATA_DIR: its secret key and socket folder, which settings only read and `prepare` creates, and what to tell the
operator if the folder cannot be used."""

import os
import secrets
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from portal.run import os_errors, postgres

SHORTEST_KEY = 50  # characters
METRICS = "metrics"  # in it: the files of portal.metrics, which the worker reads also in a container of its own


def secret_key(data_dir: Path) -> str:
    """The key stored in this folder, or "" if there is none yet, with which Django refuses to sign.

    Raises ImproperlyConfigured if the file is damaged.
    """
    path = data_dir / "secret_key"
    try:
        key = path.read_text()
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        key = ""
    if len(key) < SHORTEST_KEY:
        raise ImproperlyConfigured(f"Kunci rahasia di {path} rusak. Hapus berkas itu; semua orang perlu masuk lagi.")
    return key


def prepare(settings) -> None:
    """Creates what signing and the database need on disk, and updates `settings` (Django's) accordingly.

    Every process that signs or uses the database must call this before django.setup(), so that none signs with a key
    that others do not have. Raises OSError if the folder cannot be written.
    """
    try:
        settings.SECRET_KEY  # noqa: B018 (Django raises if it is empty)
    except ImproperlyConfigured:
        _make_secret_key(settings.DATA_DIR)
        settings.SECRET_KEY = secret_key(settings.DATA_DIR)
    if settings.EMBEDDED_DATABASE:
        settings.DATABASES["default"]["HOST"] = str(postgres.socket_folder(settings.DATA_DIR))


def is_about(error: OSError, data_dir: Path) -> bool:
    """Whether the error is about a file in the folder, or about one of the folders above it."""
    path = Path(str(error.filename or ""))
    return path.is_absolute() and (path.is_relative_to(data_dir) or data_dir.is_relative_to(path))


def problem(error: OSError, data_dir: Path) -> str:
    """One Indonesian sentence for an error in the data folder, such as files that root left there, with a way out."""
    path = Path(str(error.filename or data_dir))
    owner = _owner(path) if isinstance(error, PermissionError) else None
    if owner is None:
        return f"Folder data tidak dapat dipakai: {os_errors.reason(error)} ({path})."
    place, name = owner
    if place.is_relative_to(data_dir):
        way_out = f"Jalankan portal sebagai {name}, atau serahkan foldernya: sudo chown -R PENGGUNA {data_dir}"
    else:  # a folder above it, which must not be handed over
        way_out = f"Siapkan foldernya: sudo install -d -m 700 -o PENGGUNA {data_dir}, atau ubah DATA_DIR."
    return f"Folder data tidak dapat dipakai: {place} milik {name}, dan pengguna ini tidak boleh memakainya. {way_out}"


def _owner(path: Path) -> tuple[Path, str] | None:
    """The path, or the folder above it that we may not enter, and its owner."""
    for place in (path, *path.parents):
        try:
            return place, place.owner()
        except KeyError:  # a number without a name
            return place, f"pengguna nomor {place.stat().st_uid}"
        except OSError:
            continue
    return None


def _make_secret_key(data_dir: Path) -> None:
    """Stores a new key. If several processes start together, all use the key of the first."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(prefix="secret_key.", dir=data_dir)  # readable only by its owner
    with open(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(64))
        file.flush()
        os.fsync(file.fileno())  # an empty key after a power cut would lock everyone out
    try:
        os.link(draft, data_dir / "secret_key")  # atomic; fails if another process was first
    except FileExistsError:
        (data_dir / "secret_key").stat()  # raises OSError if it is a link to a file that is away
    finally:
        os.unlink(draft)
