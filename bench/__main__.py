"""The command line program; see `python -m bench --help`."""

import fcntl
import logging
import os
import shutil
import signal
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import replace
from enum import IntEnum
from importlib import import_module

from bench import Failed, LeftOut, checkouts, report, table
from bench.checkouts import Checkout
from bench.options import Options, read
from bench.table import Line

KEPT = ("archives", "empty", "pages", "search")  # folders in --data that are reused by later runs


class Outcome(IntEnum):
    """Outcome of one part; the exit status is the worst of them."""

    REACHED = 0
    MISSED = 1
    FAILED = 2


def main() -> int:
    options = read()
    for number in (signal.SIGTERM, signal.SIGHUP):  # clean up as after Ctrl-C
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    started = time.monotonic()
    try:
        status = max(_measure_all(options))
    except Failed as error:
        status = Outcome.FAILED
        print(error, file=sys.stderr)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 128 + signal.SIGINT
    print(f"{time.monotonic() - started:.0f} s")
    return status


def _measure_all(options: Options) -> list[Outcome]:
    with _only_user_of(options), _other(options) as other:
        if options.fresh:
            for name in KEPT:
                shutil.rmtree(options.data / name, ignore_errors=True)
        print(table.HEAD, flush=True)
        return [_measure(name, replace(options, other=other)) for name in options.to_measure]


@contextmanager
def _only_user_of(options: Options) -> Iterator[None]:
    """Locks the data folder: two benches at a time would fill and measure the same databases."""
    options.data.mkdir(parents=True, exist_ok=True)
    lock = os.open(options.data / "lock", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Failed(f"Another bench works in {options.data}; --data names another folder.") from None
    finally:
        os.close(lock)


def _other(options: Options) -> AbstractContextManager[Checkout | None]:
    return checkouts.of_commit(options.against, options.against_python) if options.against else nullcontext()


def _measure(name: str, options: Options) -> Outcome:
    """Prints the lines of a part. Any error is reported, so that the remaining parts still run."""
    try:
        return _print(name, import_module(f"bench.parts.{name}").measure(options), options)
    except LeftOut as error:
        if options.parts:
            return _failed(name, error)
        print(f"{name}: left out. {error}", flush=True)
        return Outcome.REACHED
    except Failed as error:
        return _failed(name, error)
    except Exception as error:
        logging.exception("%s failed", name)
        return _failed(name, error)


def _print(name: str, lines: Generator[Line, None, None], options: Options) -> Outcome:
    printed: list[Line] = []
    with closing(lines):  # stops its servers and databases, also after an error
        for line in lines:
            print(line, flush=True)
            printed.append(line)
    if options.save:
        report.save(options.save, name, printed)
    return Outcome.MISSED if any(line.reached is False for line in printed) else Outcome.REACHED


def _failed(name: str, error: Exception) -> Outcome:
    print(f"{name}: FAILED. {error}", flush=True)
    return Outcome.FAILED


if __name__ == "__main__":
    sys.exit(main())
