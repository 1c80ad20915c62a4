"""deploy/systemd/ run without systemd: what a unit says, and its programs started as its lines say."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import PROJECT, free_port

UNITS = PROJECT / "deploy" / "systemd"
_GIVE = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.argv[2], sys.argv[2:])
"""


class Installed:
    """The units with the folders of this run in the place of those of a server; only these are replaced."""

    def __init__(self, folder: Path):
        self.folder, self.port = folder, free_port()  # of the web server, for the settings file
        self.started: list[subprocess.Popen] = []
        self.units, self.data_dir, self.settings = folder / "units", folder / "data", folder / "etc"
        for each in (self.units, self.data_dir, self.settings):
            each.mkdir(parents=True)
        for source in UNITS.iterdir():
            (self.units / source.name).write_text(self.here(source.read_text()))

    def here(self, text: str) -> str:
        return (
            text.replace("/opt/portal/.venv/bin", str(Path(sys.executable).parent))
            .replace("/opt/portal", str(PROJECT))
            .replace("/etc/portal", str(self.settings))
        )

    def lines(self, unit: str, key: str) -> list[str]:
        """The values of a key, in their order; `portal@bogor.service` is the template with its instance."""
        name, _, instance = unit.removesuffix(".service").partition("@")
        path = self.units / (f"{name}@.service" if instance else unit)
        values = [line.removeprefix(f"{key}=") for line in path.read_text().splitlines() if line.startswith(f"{key}=")]
        return [value.replace("%i", instance) for value in values]

    def environment(self, unit: str) -> dict[str, str]:
        """What systemd gives a service: next to nothing of what a shell has."""
        own = dict(pair.split("=", 1) for line in self.lines(unit, "Environment") for pair in line.split())
        return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LANG": "C.UTF-8"} | own

    def run(self, unit: str, **environment: str) -> str:
        """What a oneshot unit prints. Its commands run one after the other."""
        return "".join(
            subprocess.run(
                command.split(),
                cwd=self.lines(unit, "WorkingDirectory")[0],
                env=self.environment(unit) | environment,
                check=True,
                text=True,
                capture_output=True,
                timeout=120,
            ).stdout
            for command in self.lines(unit, "ExecStart")
        )

    def start(self, unit: str, before: tuple[str, ...] = (), fds: tuple[int, ...] = (), **environment: str):
        """A started service; `before` is a program that starts it, such as systemd-socket-activate."""
        [command] = self.lines(unit, "ExecStart")
        log = (self.folder / f"{unit}.log").open("a")
        with log:
            process = subprocess.Popen(
                [*before, *command.split()],
                cwd=self.lines(unit, "WorkingDirectory")[0],
                env=self.environment(unit) | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=fds,
            )
        self.started.append(process)
        return process

    def end_all(self) -> None:
        """Ends what a failed test has left."""
        for process in self.started:
            process.terminate()
            process.wait(30)

    def log(self, unit: str) -> str:
        return (self.folder / f"{unit}.log").read_text()


def given_socket(number: int) -> tuple[str, ...]:
    """A program that starts another one with this listening socket as systemd does: as descriptor 3, with its number
    of process."""
    return (sys.executable, "-c", _GIVE, str(number))


def named(environment: dict[str, str]) -> str:
    """As lines of a settings file."""
    return "".join(f"{name}={value}\n" for name, value in environment.items())
