"""What `manage.py serve` does when all is prepared: keeps gunicorn, the worker and the embedded Postgres alive."""

import contextlib
import ctypes
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

from portal.run import postgres

BASE_DIR = Path(__file__).resolve().parent.parent.parent
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)  # SIGALRM: see _raise_stopped_again
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15  # of prctl(2)
M_ARENA_MAX = -8  # of mallopt(3)
FORK = multiprocessing.get_context("fork")
DEATHS_ALLOWED, DEATHS_WINDOW = 5, 60  # gives up after this many within this many seconds
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds before the worker is started again; doubled by each further death
SILENCE = 300.0  # seconds after which a worker that shows no sign of life is ended
WORKER_SIGNS = "worker.alive"  # in DATA_DIR; the worker touches it before each job and while it waits
PATIENCE = 6  # seconds between SIGTERM and SIGKILL

_asked_to_stop = False
_libc = ctypes.CDLL(None, use_errno=True)


class Stopped(BaseException):
    """The portal was asked to stop: Ctrl-C, SIGTERM or SIGHUP."""


class GaveUp(Exception):
    """A part of the portal keeps dying; the message is one Indonesian sentence."""


def raise_on_stop_signals() -> None:
    """From now on a stop signal raises Stopped in the main thread. SIGHUP stays ignored under nohup."""
    for number in STOP_SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _raise_stopped)
    sys.unraisablehook = _raise_stopped_again
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)


def ignore_stop_signals() -> None:
    """For the shutdown, which a second Ctrl-C must not interrupt."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _raise_stopped(number, frame):
    global _asked_to_stop
    _asked_to_stop = True
    raise Stopped


def _raise_stopped_again(lost) -> None:
    """Repeats a stop as SIGALRM if it was raised in a finalizer, where Python discards exceptions."""
    if isinstance(lost.exc_value, Stopped):
        signal.setitimer(signal.ITIMER_REAL, 0.05)
    else:
        sys.__unraisablehook__(lost)


@contextlib.contextmanager
def stop_signals_wait() -> Iterator[None]:
    """Defers stop signals during work in a thread pool, whose locks an exception could leave locked for ever."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)


def asked_to_stop() -> bool:
    """Whether a stop was requested. Clean-up after Stopped may have raised another exception in its place."""
    return _asked_to_stop


def say(text: str) -> None:
    print(text, flush=True)


# ---- The children


def give_environment(**variables: object) -> None:
    """For the children and the commands that they start, which may run in another folder."""
    os.chdir(BASE_DIR)
    os.environ |= {name: str(value) for name, value in variables.items()}


def use_one_arena() -> None:
    """One glibc arena for all threads, which share the GIL anyway: saves 6 MiB in total. To be called before there is
    a second thread."""
    os.environ["MALLOC_ARENA_MAX"] = "1"  # for programs that children start
    with contextlib.suppress(AttributeError):  # musl has no arenas
        _libc.mallopt(M_ARENA_MAX, 1)


class Child:
    """A process forked from this one, with which it shares the memory of everything that was loaded before. It is in
    its own session, so that signals from the terminal do not reach it, and ends when we die."""

    locks: tuple[int, ...] = ()  # our descriptors: a lock lasts until the last one of it is closed

    def __init__(self, name: str, title: str, work: Callable[[], object]):
        self.name = name  # shown to the operator
        self.title = title  # its name in `top` and `ps -e`, of up to 15 letters
        self.work = work
        self.process: multiprocessing.process.BaseProcess | None = None

    def start(self) -> None:
        self.process = FORK.Process(target=self._begin, args=(os.getpid(),), daemon=True)
        with stop_signals_wait():  # ours must not be raised in the child
            self.process.start()

    def _begin(self, parent: int) -> None:
        os.setsid()
        _libc.prctl(PR_SET_NAME, self.title.encode())
        end_with(parent)
        for number in STOP_SIGNALS:
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, signal.SIG_DFL)
        sys.unraisablehook = sys.__unraisablehook__
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        for lock in self.locks:
            os.close(lock)
        self.work()

    def runs(self) -> bool:
        return self.process is not None and self.process.is_alive()

    def ask_to_stop(self) -> None:
        if self.process is not None and self.runs():
            self.process.terminate()

    def sweep(self) -> None:
        """Kills what is left of the session: gunicorn's workers outlive their master for a moment."""
        if self.process is not None and self.process.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.kill()  # it may not have its session yet
            self.process.join()


class Worker(Child):
    """The worker, without which readers' pages go on: its death never ends the portal, however often it comes."""

    def __init__(self, work: Callable[[], object], signs: Path):
        super().__init__("pekerja latar", "portal-worker", work)
        self.signs = signs
        self.pause = FIRST_PAUSE
        self.due: float | None = None  # when it is to be started again, on the monotonic clock
        self.last_sign = (0.0, 0.0)  # time of the file, and when we saw it first, on the monotonic clock

    def start(self) -> None:
        super().start()
        self.due = None
        self.started = time.monotonic()
        self.last_sign = (self._sign(), self.started)

    def revive(self) -> None:
        """Ends it if it hangs; starts it again after a pause if it is dead."""
        now = time.monotonic()
        if self.runs():
            if self.is_silent(now):
                self.sweep()
                complain(f"Pekerja latar tidak memberi tanda selama {SILENCE / 60:.0f} menit dan dihentikan.")
            elif now - self.started > LONGEST_PAUSE:
                self.pause = FIRST_PAUSE
        elif self.due is None:
            self.sweep()
            complain(f"Pekerja latar mati dan dijalankan lagi dalam {self.pause:.0f} detik.")
            self.due = now + self.pause
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
        elif now >= self.due:
            self.start()

    def is_silent(self, now: float) -> bool:
        """Compares times of our own clock, so that it is not ended because the machine slept or its date was set."""
        if (sign := self._sign()) != self.last_sign[0]:
            self.last_sign = (sign, now)
        return now - self.last_sign[1] > SILENCE

    def _sign(self) -> float:
        try:
            return self.signs.stat().st_mtime
        except OSError:
            return 0.0


def complain(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def end_with(parent: int) -> None:
    """Has the kernel send us SIGTERM when the parent dies for any reason."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it has died already
        os._exit(1)


class Supervisor:
    def __init__(self, host: str, port: int, data_dir: Path, *, web: Child, worker: Worker, has_postgres: bool):
        self.host = host
        self.port = port
        self.data_dir = data_dir
        self.has_postgres = has_postgres  # not if DATABASE_URL is set
        self.web = web
        self.worker = worker
        self.children = [self.web, self.worker]
        self.deaths: dict[str, deque[float]] = {}

    def run(self) -> NoReturn:
        """Starts everything, announces when the portal answers, restarts what dies. Ends by Stopped or GaveUp."""
        for child in self.children:
            child.start()
        announced = False
        while True:
            self.revive()
            if not announced and answers(self.host, self.port):
                say(f"Portal siap: {url(self.host, self.port)}")
                announced = True
            time.sleep(0.5 if announced else 0.05)

    def revive(self) -> None:
        if self.has_postgres and postgres.ensure_running(self.data_dir):
            self.count_death("basis data bawaan")
        if not self.web.runs():
            self.web.sweep()
            self.count_death(self.web.name)
            self.web.start()
        self.worker.revive()

    def count_death(self, name: str) -> None:
        now = time.monotonic()
        recent = self.deaths.setdefault(name, deque(maxlen=DEATHS_ALLOWED))
        recent.append(now)
        if len(recent) == DEATHS_ALLOWED and now - recent[0] < DEATHS_WINDOW:
            raise GaveUp(f"Portal berhenti: {name} mati {DEATHS_ALLOWED} kali dalam satu menit.")
        complain(f"{name.capitalize()} mati dan dijalankan lagi.")

    def stop(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + PATIENCE
        while any(child.runs() for child in self.children) and time.monotonic() < deadline:
            time.sleep(0.02)
        for child in self.children:
            child.sweep()


# ---- The address


def listen_address(host: str, port: int) -> str:
    """As gunicorn wants it."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def reachable_host(host: str) -> str:
    """The address at which this machine reaches a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104


def url(host: str, port: int) -> str:
    host = reachable_host(host)
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def answers(host: str, port: int) -> bool:
    """Whether the portal answers a request for its home page with anything but a server error.

    With an https SITE_URL that is a redirect; if ALLOWED_HOSTS does not list this address, a 400.
    """
    host = reachable_host(host)
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            connection.sendall(f"GET / HTTP/1.0\r\nHost: {listen_address(host, port)}\r\n\r\n".encode())
            status_line = connection.recv(100).split()
    except OSError:
        return False
    return len(status_line) > 1 and status_line[1] < b"500"
