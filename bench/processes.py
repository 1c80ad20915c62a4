"""What processes cost, read from /proc: CPU time and memory."""

import os
from contextlib import suppress
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")


def cpu_seconds(*roots: int) -> float:
    """CPU time that these processes and all that come from them have used, those that ended included.

    Of the living in nanoseconds per thread (schedstat); of ended children what their parent has been told (in ticks).
    """
    total = 0.0
    for pid in _family(roots):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += (int(fields[13]) + int(fields[14])) * TICK  # cutime, cstime
            for task in Path(f"/proc/{pid}/task").iterdir():
                total += int((task / "schedstat").read_text().split()[0]) / 1e9
        except (FileNotFoundError, ProcessLookupError):  # it ended: its parent has the time next time
            continue
    return total


def of_folder(folder: Path) -> dict[int, str]:
    """Pid and command of every process but this one that was started for this data folder, and of all their children
    (those of Postgres do not name the folder)."""
    roots = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            about = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:  # it ended, or is another user's
            continue
        if os.fsencode(folder) in about and int(process.name) != os.getpid():
            roots.append(int(process.name))
    commands = {}
    for pid in _family(roots):
        with suppress(OSError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            if command:  # else it has ended and is not collected yet
                commands[pid] = command
    return commands


def pss_mib(pid: int) -> float:
    """Memory of a process, what it shares with others divided by their number."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _family(roots) -> set[int]:
    children = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, _, rest = stat.read_text().partition(" ")
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(int(rest.rpartition(")")[2].split()[1]), []).append(int(pid))
    found, left = set(), list(roots)
    while left:
        pid = left.pop()
        found.add(pid)
        left.extend(children.get(pid, []))
    return found
