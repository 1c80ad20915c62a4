"""Files of a folder into the bucket: after a restoration, and where a portal with a folder moves."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.core.files import File

from portal.bucket.place import is_file_name

if TYPE_CHECKING:
    from portal.bucket.storage import Bucket


class Filled(NamedTuple):
    sent: int  # files
    there: int  # already
    left: list[str]  # those with names that no photo has, and links


def sizes(store: "Bucket") -> dict[str, int]:
    """Of all objects, by name. Raises OSError."""
    return {entry.name: entry.size for entry in store.entries()}


def fill(store: "Bucket", folder: Path, show: Callable[[int], object] = lambda sent: None) -> Filled:
    """Sends what the bucket lacks, or has in another size, which nothing of ours has under one name. Deletes nothing;
    can be repeated. `show` is told of the bytes of each file. Raises OSError."""
    present, sent, there, left = sizes(store), 0, 0, []
    for name, path in _files(folder):
        if path.is_symlink() or not is_file_name(name):
            left.append(name)
            continue
        size = path.stat().st_size
        if present.get(name) == size:
            there += 1
        else:
            with path.open("rb") as file:
                store.save(name, File(file))
            sent += 1
        show(size)
    return Filled(sent, there, left)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Also links, which nobody follows; without the folder's id, for a bucket has its own."""
    for place, folders, names in os.walk(folder):
        for each in sorted((*names, *folders)):
            path = Path(place, each)
            name = path.relative_to(folder).as_posix()
            if path.is_symlink() or (name != ".id" and path.is_file()):
                yield name, path
