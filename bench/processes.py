"""CPU time and memory of processes, and who listens on a port, read from /proc."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")
_LISTENING = "0A"  # a state in /proc/net/tcp


def cpu_seconds(*roots: int) -> float:
    """CPU time of these processes and all their descendants, including those that have ended.

    Living threads are counted in nanoseconds (schedstat), ended children in clock ticks, as added up by their parent.
    """
    total = 0.0
    for pid in family(roots):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += (int(fields[13]) + int(fields[14])) * TICK  # cutime, cstime
            for task in Path(f"/proc/{pid}/task").iterdir():
                total += int((task / "schedstat").read_text().split()[0]) / 1e9
        except (FileNotFoundError, ProcessLookupError):  # it ended: its time is in the parent's sum next time
            continue
    return total


def pss_mib(pid: int) -> float:
    """Proportional set size of a process: shared memory is divided by the number of processes that share it."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def of_folder(folder: Path) -> dict[int, str]:
    """Command by pid of all processes that were started for this data folder, except this one, and of their
    descendants (Postgres children do not name the folder)."""
    roots = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            about = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:  # it ended, or is another user's
            continue
        if os.fsencode(folder) in about and int(process.name) != os.getpid():
            roots.append(int(process.name))
    commands = {}
    for pid in family(roots):
        with suppress(OSError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            if command:  # empty for a zombie
                commands[pid] = command
    return commands


def family(roots: Iterable[int]) -> set[int]:
    """These processes and all their descendants."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parent = int(text.rpartition(")")[2].split()[1])
        children.setdefault(parent, []).append(int(stat.parent.name))
    found: set[int] = set()
    left = list(roots)
    while left:
        pid = left.pop()
        found.add(pid)
        left.extend(children.get(pid, []))
    return found


def listens(port: int, root: int) -> bool | None:
    """Whether `root` or a descendant listens on this port of 127.0.0.1; None if no process does."""
    sockets = _listening_sockets(port)
    return any(_has_open(pid, sockets) for pid in family([root])) if sockets else None


def _listening_sockets(port: int) -> set[str]:
    """Named as in the links in /proc/PID/fd."""
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, _, state, *_, inode = line.split()[:10]
        if state == _LISTENING and int(local.partition(":")[2], 16) == port:
            found.add(f"socket:[{inode}]")
    return found


def _has_open(pid: int, names: set[str]) -> bool:
    with suppress(OSError):  # it ended
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):  # closed meanwhile
                if os.readlink(entry) in names:
                    return True
    return False
