"""What the portal keeps in DATA_DIR beside its data. Settings only read it; `prepare` makes what is missing."""

import os
import secrets
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from portal.run import postgres

SHORTEST_KEY = 50  # characters


def secret_key(data_dir: Path) -> str:
    """The key that was made for this folder; "" where none was yet, and Django refuses to sign."""
    path = data_dir / "secret_key"
    try:
        key = path.read_text()
    except FileNotFoundError:
        return ""
    if len(key) < SHORTEST_KEY:
        raise ImproperlyConfigured(f"Kunci rahasia di {path} rusak. Hapus berkas itu; semua orang perlu masuk lagi.")
    return key


def prepare(settings) -> None:
    """Makes what signing and the database need on the disk, and tells the settings. `settings`: Django's.

    To be called before Django is set up, by whatever may sign or ask the database: no process signs with a key that
    the next one would not find. Raises OSError where the folder cannot be written.
    """
    try:
        settings.SECRET_KEY  # noqa: B018 (Django raises where it is empty)
    except ImproperlyConfigured:
        _make_secret_key(settings.DATA_DIR)
        settings.SECRET_KEY = secret_key(settings.DATA_DIR)
    if settings.EMBEDDED_DATABASE:
        settings.DATABASES["default"]["HOST"] = str(postgres.socket_folder(settings.DATA_DIR))


def _make_secret_key(data_dir: Path) -> None:
    """Of processes that start together one is first, and its key is everybody's."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(prefix="secret_key.", dir=data_dir)  # readable to its owner alone
    with open(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(64))
        file.flush()
        os.fsync(file.fileno())  # an empty key after a power cut would lock everyone out
    try:
        os.link(draft, data_dir / "secret_key")  # atomic, and fails where another process was first
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
