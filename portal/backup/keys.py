"""The keys of encrypted backups: DATA_DIR/kunci-cadangan.

A file like age's own: lines that begin with AGE-SECRET-KEY-1 open backups, one that begins with age1 only makes
them. New backups are encrypted for its first key; the others, former ones, still open the old backups. Without this
file backups are plain: one that nobody can open would be worse. So the key is made by a person
(`manage.py kunci_cadangan`), who keeps a copy of it elsewhere; until then `/sehat` asks for it."""

import os
import re
from pathlib import Path
from typing import NamedTuple

import pyrage
from django.conf import settings
from pyrage import x25519

from portal.login.models import SecondStep
from portal.run import os_errors

NAME = "kunci-cadangan"
PLAIN = "tanpa-enkripsi"  # a line instead of a key: somebody has decided against encryption


class KeyFault(Exception):
    """The message is one Indonesian sentence."""


class Keys(NamedTuple):
    recipient: x25519.Recipient | None = None  # of new backups; None: they are plain
    identities: tuple[x25519.Identity, ...] = ()
    is_declined: bool = False  # somebody wants plain backups


def place() -> Path:
    return settings.DATA_DIR / NAME


def stored() -> Keys:
    """The keys of this portal. Raises KeyFault if their file cannot be used."""
    return read(place()) if place().exists() else Keys()


def read(path: Path) -> Keys:
    """Raises KeyFault."""
    try:
        return parsed(path.read_text(encoding="utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        raise KeyFault(f"{path} bukan berkas kunci cadangan.") from error
    except OSError as error:
        raise KeyFault(f"Kunci cadangan {path} tidak dapat dibaca: {os_errors.reason(error)}.") from error


def parsed(text: str, where: str) -> Keys:
    """Keys as they stand in a file, or as somebody types one off a paper. Raises KeyFault."""
    recipients, identities, is_declined = [], [], False
    for line in filter(None, (re.sub(r"\s", "", each) for each in text.splitlines())):
        try:
            if line.upper().startswith("AGE-SECRET-KEY-"):
                identities.append(x25519.Identity.from_str(line.upper()))
                recipients.append(identities[-1].to_public())
            elif line.lower().startswith("age1"):
                recipients.append(x25519.Recipient.from_str(line.lower()))
            elif line == PLAIN:
                is_declined = True
            elif not line.startswith("#"):
                raise KeyFault(f"{where} bukan kunci cadangan: yang dicari diawali AGE-SECRET-KEY-1.")
        except (pyrage.IdentityError, pyrage.RecipientError) as error:
            raise KeyFault(f"Kunci di {where} tidak utuh: periksalah setiap huruf dan angkanya.") from error
    if not (recipients or is_declined):
        raise KeyFault(f"{where} tidak memuat kunci cadangan.")
    return Keys(None if is_declined else recipients[0], tuple(identities), is_declined)


def lines(identity: x25519.Identity) -> str:
    return f"# Kunci cadangan; kunci publiknya {identity.to_public()}\n{identity}\n"


def store(text: str) -> None:
    """Puts this before the former keys, readable for the portal's user only. Raises OSError."""
    former = place().read_text() if place().exists() else ""
    kept = "".join(f"{line}\n" for line in former.splitlines() if line.strip() != PLAIN)
    draft = place().with_name(f"{NAME}.baru")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text + kept)
        file.flush()
        os.fsync(file.fileno())
    owner = settings.DATA_DIR.stat()
    if os.geteuid() == 0:  # the portal's own user must be able to read it
        os.chown(draft, owner.st_uid, owner.st_gid)
    draft.replace(place())


def are_wanted() -> bool:
    """Whether the newsroom guards itself with a second step, so that its backups should be guarded as well."""
    return settings.REQUIRE_2FA or SecondStep.objects.exists()
