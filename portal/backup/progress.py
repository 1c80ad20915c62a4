"""The bar on a terminal, with the time left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], object]]:
    """Yields what is told how many bytes more are done, and of how many. Shows nothing where no terminal is."""
    form = "{desc}: {percentage:3.0f} % |{bar}| {n_fmt} dari {total_fmt}, sisa {remaining}"
    with tqdm(desc=what, unit="B", unit_scale=True, disable=None, bar_format=form, total=1) as bar:

        def show(done: int, total: int) -> None:
            bar.total = max(total, bar.n + done)
            bar.update(done)

        yield show
