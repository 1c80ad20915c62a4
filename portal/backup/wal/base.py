"""Base backups: the embedded server's files as pg_basebackup gives them, in one compressed tar, perhaps encrypted."""

import gzip
import hashlib
import json
import os
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, cast

from pyrage import x25519

from portal.backup import encryption
from portal.backup.archive import BLOCK, Tar
from portal.backup.wal import store
from portal.run import postgres

RATE = "32M"  # bytes a second at most: pages must stay quick meanwhile
LONGEST_MANIFEST = 256 * 1024 * 1024  # bytes; it has a line for each file
_MANIFEST = "backup_manifest"


class NoBase(Exception):
    """There is no base backup; the message is one Indonesian sentence."""


def take(data_dir: Path, run: store.Run, recipient: x25519.Recipient | None, go_on: Callable[[], bool]) -> store.Base:
    """Makes a base backup, checked against the server's own list of checksums, and gives it its name when the disk has
    it. Raises NoBase, also as soon as `go_on` says no, OSError, store.Damaged."""
    draft = run.folder / store.BASE_DRAFT
    try:
        copied = _copy(data_dir, draft, recipient, go_on)
        if _digest(draft) != copied.digest.hexdigest():
            raise store.Damaged(f"{draft.parent} tidak menyimpan yang ditulis: periksa cakramnya.")
        ended = datetime.now(UTC) + timedelta(seconds=1)  # names tell whole seconds
        ending = encryption.ENDING if recipient else ""
        path = run.folder / store.base_name(copied.start, copied.end, copied.size, ended, ending)
        store.settle(draft, path)
        return store.Base(path, copied.start, copied.end, copied.size, ended)
    finally:
        draft.unlink(missing_ok=True)


class _Copied:
    """The file that is being written."""

    def __init__(self, file: IO[bytes]):
        self.file = file
        self.digest = hashlib.sha256()
        self.size, self.start, self.end = 0, 0, 0

    def write(self, block: bytes) -> int:
        self.digest.update(block)
        return self.file.write(block)

    def flush(self) -> None:
        self.file.flush()


class _Passing:
    """What pg_basebackup says, which goes on to the file while it is checked."""

    def __init__(self, source: IO[bytes], target: IO[bytes], go_on: Callable[[], bool]):
        self.source, self.target, self.go_on = source, target, go_on
        self.packer = zlib.compressobj(store.LEVEL, wbits=31)
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        if not self.go_on():
            raise NoBase("Cakram arsip WAL hampir penuh: cadangan dasar tidak jadi dibuat.")
        block = self.source.read(size)
        self.size += len(block)
        self.target.write(self.packer.compress(block))
        return block

    def finish(self) -> None:
        while self.read(BLOCK):
            pass
        self.target.write(self.packer.flush())


def _copy(data_dir: Path, draft: Path, recipient: x25519.Recipient | None, go_on: Callable[[], bool]) -> _Copied:
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        copied = _Copied(file)
        with ExitStack() as stack:
            target = cast(IO[bytes], copied)
            if recipient:
                target = stack.enter_context(encryption.encrypting(target, recipient))
            _pass_on(data_dir, target, copied, go_on)
        file.flush()
        os.fsync(file.fileno())
    return copied


def _pass_on(data_dir: Path, target: IO[bytes], copied: _Copied, go_on: Callable[[], bool]) -> None:
    command = [postgres.program("pg_basebackup"), "--pgdata=-", "--format=tar", "--wal-method=none", "--no-password"]
    command += ["--checkpoint=fast", "--manifest-checksums=SHA256", f"--max-rate={RATE}", "--label=portal"]
    command += [f"--host={postgres.connection_settings(data_dir)['HOST']}", "--port=5432", "--username=postgres"]
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=postgres.environment_without_postgres() | {"LC_ALL": "C"},
        )
        assert process.stdout is not None
        broken = None
        try:
            passing = _Passing(process.stdout, target, go_on)
            copied.start, copied.end = _read(cast(IO[bytes], passing), None, lambda _: None)
            passing.finish()
            copied.size = passing.size
        except store.Damaged as error:
            broken = error
        finally:
            process.stdout.close()  # it ends, if there is more to come
            status = process.wait()
        if status != 0:
            complaints.seek(0)
            lines = complaints.read(10_000).decode(errors="replace").strip().splitlines() or ["programnya mati"]
            raise NoBase(f"Cadangan dasar gagal dibuat: {lines[-1]}")
        if broken:
            raise broken


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unpack(
    path: Path, folder: Path | None, identities: Sequence[x25519.Identity], on_bytes: Callable[[int], object]
) -> tuple[int, int]:
    """Writes the server's files into this empty folder, if there is one; returns where its WAL begins and ends. Raises
    store.Damaged if any is not what was copied, and what `encryption.opened` raises."""
    with path.open("rb") as file, encryption.opened(file, path.name, identities) as plain:
        plain.seek(0)
        with gzip.GzipFile(fileobj=plain, mode="rb") as unpacked:
            return _read(cast(IO[bytes], unpacked), folder, on_bytes)


def _read(file: IO[bytes], folder: Path | None, on_bytes: Callable[[int], object]) -> tuple[int, int]:
    found: dict[str, str] = {}
    manifest = b""
    try:
        with Tar.open(fileobj=file, mode="r|", bufsize=BLOCK) as tar:
            while member := tar.next():
                tar.forget()
                name = member.name.removeprefix("./")
                data = tar.extractfile(member) if member.isreg() else None
                if name.startswith("/") or ".." in name.split("/") or not (data or member.isdir()):
                    raise tarfile.ReadError(name)
                if data is None:
                    if folder is not None:
                        (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
                elif name == _MANIFEST:
                    manifest = data.read(LONGEST_MANIFEST)
                else:
                    found[name] = _write(data, folder / name if folder is not None else None, on_bytes)
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise store.Damaged("Cadangan dasar di arsip WAL terpotong atau rusak.") from error
    return _compared(found, manifest)


def _write(data: IO[bytes], path: Path | None, on_bytes: Callable[[int], object]) -> str:
    digest = hashlib.sha256()
    with ExitStack() as stack:
        target = None
        if path is not None:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target = stack.enter_context(os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"))
        while block := data.read(BLOCK):
            digest.update(block)
            on_bytes(len(block))
            if target is not None:
                target.write(block)
    return digest.hexdigest()


def _compared(found: dict[str, str], content: bytes) -> tuple[int, int]:
    """Where WAL begins and ends, if the files are those of PostgreSQL's manifest, whose last line is its own
    checksum."""
    damaged = store.Damaged(
        "Cadangan dasar di arsip WAL tidak seperti saat dibuat: berkasnya rusak atau diubah orang."
    )
    sealed, mark, _ = content.rpartition(b'"Manifest-Checksum"')
    try:
        manifest: dict[str, Any] = json.loads(content)
        [wal] = manifest["WAL-Ranges"]
        promised = {each["Path"]: each["Checksum"] for each in manifest["Files"]}
        place = store.lsn(wal["Start-LSN"]), store.lsn(wal["End-LSN"])
        seal = manifest["Manifest-Checksum"]
    except (ValueError, KeyError, TypeError) as error:
        raise damaged from error
    if not mark or seal != hashlib.sha256(sealed).hexdigest() or promised != found:
        raise damaged
    return place
