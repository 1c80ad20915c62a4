"""Where photos are: in the bucket of MEDIA_S3_URL, or in MEDIA_ROOT."""

import re
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.core.files.storage import storages

if TYPE_CHECKING:
    from portal.bucket.storage import Bucket

# Objects are served, copied and put into backups only under names such as news.photos and news.cards give their files.
# Those have an ending and folders none, so that no name is a file and a folder at once, as names in a bucket may be.
_NAME = re.compile(r"(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+\.(?:jpg|webp)")
_LONGEST = 200  # letters: fewer than the 255 of one part that disks hold, also with what copies add


def bucket() -> "Bucket | None":
    """None: they are in MEDIA_ROOT."""
    return cast("Bucket", storages["default"]) if settings.MEDIA_S3_URL else None


def is_file_name(name: str) -> bool:
    """Whether it can be the name of a photo's file: also a path below any folder."""
    return len(name) <= _LONGEST and _NAME.fullmatch(name) is not None
