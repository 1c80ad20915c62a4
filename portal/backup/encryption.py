"""Encrypted backups: files in the age format (age-encryption.org), which `age --decrypt` opens without the portal.

pyrage reads one file and writes another; a tar is written piece by piece and read several times. So a thread of its
own does the work, behind a pipe: the memory stays the same, however long the backup is."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import IO, cast

import pyrage
from pyrage import x25519

from portal.backup.archive import BLOCK, CUT_OFF, Unfit

ENDING = ".age"
_BEGINNINGS = (b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE-----")
NO_KEY = (
    "Cadangan ini terenkripsi, dan kuncinya tidak ada di mesin ini: tulislah kunci yang Anda simpan "
    "(AGE-SECRET-KEY-…) ke sebuah berkas dan tambahkan --kunci BERKAS."
)
WRONG_KEY = "Kunci yang ada tidak membuka cadangan ini: itu kunci cadangan lain, atau awal berkas ini rusak."
TWICE = "Cadangan ini dienkripsi dua kali: bukalah lapis luarnya dahulu dengan `age --decrypt`, lalu ulangi."
NOT_ENCRYPTED = (
    "Berkas ini bernama .age tetapi tidak terenkripsi: mungkin ditukar orang. Bila memang ini cadangan Anda, ubahlah "
    "namanya menjadi .tar, lalu ulangi."
)


class NoKey(Unfit):
    """Nobody has given a key that opens this backup."""


class _Remembering:
    """Writes to a file and keeps the error, of which pyrage leaves only the words."""

    def __init__(self, file: IO[bytes]):
        self.file = file
        self.error: Exception | None = None

    def write(self, block: bytes) -> int:
        try:
            return self.file.write(block)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self.file.flush()


@contextmanager
def encrypting(file: IO[bytes], recipient: x25519.Recipient) -> Iterator[IO[bytes]]:
    """What is written into the yielded file arrives in `file`, encrypted. Raises the errors of `file`."""
    incoming, outgoing = os.pipe()
    target = _Remembering(file)

    def encrypt() -> None:
        with os.fdopen(incoming, "rb", buffering=BLOCK) as reader:
            try:
                pyrage.encrypt_io(reader, target, [recipient])
            except Exception as error:
                target.error = target.error or error

    thread = Thread(target=encrypt)
    thread.start()
    try:
        with os.fdopen(outgoing, "wb", buffering=BLOCK) as writer:
            yield writer
    except BrokenPipeError:  # because the thread has ended; that error is the cause
        thread.join()
        if target.error is None:
            raise
    finally:
        thread.join()
    if target.error:
        raise target.error


class _Decrypted:
    """An encrypted backup as `archive` reads one: from its beginning to its end, as often as it likes."""

    def __init__(self, file: IO[bytes], identities: Sequence[x25519.Identity]):
        self.file, self.identities = file, list(identities)
        self.reader: IO[bytes] | None = None
        self.error: Exception | None = None

    def fileno(self) -> int:
        return self.file.fileno()

    def seek(self, position: int) -> None:
        """Back to the beginning."""
        assert position == 0
        self._stop()
        self.file.seek(0)
        self.error = None
        incoming, outgoing = os.pipe()
        self.reader = os.fdopen(incoming, "rb", buffering=BLOCK)
        self.thread = Thread(target=self._decrypt, args=(outgoing,))
        self.thread.start()

    def _decrypt(self, outgoing: int) -> None:
        try:
            with os.fdopen(outgoing, "wb", buffering=BLOCK) as writer:
                pyrage.decrypt_io(self.file, writer, self.identities)
        except Exception as error:  # BrokenPipeError too: nobody reads on
            self.error = error

    def read(self, size: int) -> bytes:
        assert self.reader is not None
        block = self.reader.read(size)
        if len(block) < size:
            self.thread.join()
            self._raise(self.error)
        return block

    def _raise(self, error: Exception | None) -> None:
        if isinstance(error, pyrage.DecryptError) and "No matching keys" in str(error):
            raise NoKey(WRONG_KEY) from error
        if isinstance(error, OSError) and error.errno:  # the file itself cannot be read
            raise error
        if error:
            raise Unfit(CUT_OFF) from error

    def _stop(self) -> None:
        if self.reader is not None:
            self.reader.close()
            self.thread.join()

    def __enter__(self) -> "_Decrypted":
        return self

    def __exit__(self, *error: object) -> None:
        self._stop()


def is_encrypted(file: IO[bytes]) -> bool:
    file.seek(0)
    return file.read(max(map(len, _BEGINNINGS))).startswith(_BEGINNINGS)


@contextmanager
def opened(file: IO[bytes], name: str, identities: Sequence[x25519.Identity]) -> Iterator[IO[bytes]]:
    """The backup in this file, whether encrypted or not. Raises Unfit, before anything else is read, if it cannot be:
    NoKey if a key is what is missing."""
    if not is_encrypted(file):
        if name.endswith(ENDING):
            raise Unfit(NOT_ENCRYPTED)
        yield file
        return
    if not identities:
        raise NoKey(NO_KEY)
    with _Decrypted(file, identities) as decrypted:
        inner = cast(IO[bytes], decrypted)
        if is_encrypted(inner):
            raise Unfit(TWICE)
        yield inner


# ---- Small files


def encrypted(content: bytes, recipient: x25519.Recipient) -> bytes:
    return pyrage.encrypt(content, [recipient])


def decrypted(content: bytes, identities: Sequence[x25519.Identity]) -> bytes:
    """Raises Unfit; NoKey if a key is what is missing."""
    if not identities:
        raise NoKey(NO_KEY)
    try:
        return pyrage.decrypt(content, list(identities))
    except pyrage.DecryptError as error:
        if "No matching keys" in str(error):
            raise NoKey(WRONG_KEY) from error
        raise Unfit(CUT_OFF) from error
