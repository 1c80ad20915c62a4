"""Base backups: the embedded server's files as pg_basebackup gives them, in one compressed tar."""

import gzip
import hashlib
import json
import os
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from portal.backup.wal import store
from portal.run import postgres

BLOCK = 1024 * 1024  # bytes read at a time
RATE = "32M"  # bytes a second at most: pages must stay quick meanwhile
LONGEST_MANIFEST = 256 * 1024 * 1024  # bytes; it has a line for each file
_MANIFEST = "backup_manifest"


class NoBase(Exception):
    """There is no base backup; the message is one Indonesian sentence."""


def take(data_dir: Path, run: store.Run, go_on: Callable[[], bool]) -> store.Base | None:
    """Makes a base backup, reads it again to see that it is whole, and only then gives it its name. None if `go_on`
    has said no. Raises NoBase, OSError, store.Damaged."""
    draft = run.folder / "dasar.part"
    try:
        size = _copy(data_dir, draft, go_on)
        if size is None:
            return None
        ended = datetime.now(UTC)
        start, end = check(draft)
        path = run.folder / store.base_name(start, end, size, ended)
        store.settle(draft, path)
        return store.Base(path, start, end, size, ended)
    finally:
        draft.unlink(missing_ok=True)


def _copy(data_dir: Path, draft: Path, go_on: Callable[[], bool]) -> int | None:
    command = [postgres.program("pg_basebackup"), "--pgdata=-", "--format=tar", "--wal-method=none", "--no-password"]
    command += ["--checkpoint=fast", "--manifest-checksums=SHA256", f"--max-rate={RATE}", "--label=portal"]
    command += [f"--host={postgres.connection_settings(data_dir)['HOST']}", "--port=5432", "--username=postgres"]
    packer, size = zlib.compressobj(store.LEVEL, wbits=31), 0
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file, tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=postgres.environment_without_postgres() | {"LC_ALL": "C"},
        )
        assert process.stdout is not None
        try:
            while block := process.stdout.read(BLOCK):
                if not go_on():
                    return None
                size += len(block)
                file.write(packer.compress(block))
        finally:
            process.stdout.close()  # it ends, if there is more to come
            status = process.wait()
        if status != 0:
            complaints.seek(0)
            lines = complaints.read(10_000).decode(errors="replace").strip().splitlines() or ["programnya mati"]
            raise NoBase(f"Cadangan dasar gagal dibuat: {lines[-1]}")
        file.write(packer.flush())
        file.flush()
        os.fsync(file.fileno())
    return size


def check(path: Path) -> tuple[int, int]:
    """Reads it whole and returns where its WAL begins and ends. Raises store.Damaged."""
    return _read(path, None, lambda _: None)


def unpack(path: Path, folder: Path, on_bytes: Callable[[int], object]) -> None:
    """Writes the server's files into this empty folder. Raises store.Damaged if any is not what was copied."""
    _read(path, folder, on_bytes)


def _read(path: Path, folder: Path | None, on_bytes: Callable[[int], object]) -> tuple[int, int]:
    found: dict[str, str] = {}
    manifest = b""
    try:
        with gzip.open(path, "rb") as file, tarfile.open(fileobj=file, mode="r|", bufsize=BLOCK) as tar:
            while member := tar.next():
                tar.members.clear()  # type: ignore[attr-defined]  # else it would remember each
                name = member.name.removeprefix("./")
                if name.startswith("/") or ".." in name.split("/") or not (member.isdir() or member.isreg()):
                    raise tarfile.ReadError(name)
                if member.isdir():
                    if folder is not None:
                        (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
                    continue
                data = tar.extractfile(member)
                assert data is not None
                if name == _MANIFEST:
                    manifest = data.read(LONGEST_MANIFEST)
                else:
                    found[name] = _write(data, folder / name if folder is not None else None, on_bytes)
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise store.Damaged(f"Cadangan dasar {path.name} terpotong atau rusak.") from error
    return _compared(path, found, manifest)


def _write(data: IO[bytes], path: Path | None, on_bytes: Callable[[int], object]) -> str:
    digest = hashlib.sha256()
    target = None
    if path is not None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    try:
        while block := data.read(BLOCK):
            digest.update(block)
            on_bytes(len(block))
            if target is not None:
                target.write(block)
    finally:
        if target is not None:
            target.close()
    return digest.hexdigest()


def _compared(path: Path, found: dict[str, str], content: bytes) -> tuple[int, int]:
    damaged = store.Damaged(
        f"Cadangan dasar {path.name} tidak seperti saat dibuat: berkasnya rusak atau diubah orang."
    )
    sealed, mark, _ = content.rpartition(b'"Manifest-Checksum"')
    if not mark:
        raise damaged
    try:
        manifest: dict[str, Any] = json.loads(content)
        [wal] = manifest["WAL-Ranges"]
        promised = {each["Path"]: each["Checksum"] for each in manifest["Files"]}
        place = store.lsn(wal["Start-LSN"]), store.lsn(wal["End-LSN"])
        seal = manifest["Manifest-Checksum"]
    except (ValueError, KeyError, TypeError) as error:
        raise damaged from error
    if seal != hashlib.sha256(sealed).hexdigest() or promised != found:
        raise damaged
    return place
