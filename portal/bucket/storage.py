"""The bucket as Django's storage, by django-storages and boto3, which take 35 MB on the disk and are an extra.

What fails is an OSError as of a disk, of errno EREMOTEIO with an Indonesian reason. Waiting has an end, and where the
server has just not answered it is not asked: pages that show no photo must not stand in a queue for photos."""

import errno
import io
import logging
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from threading import Lock
from typing import IO, Any, NamedTuple

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from django.conf import settings
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from news.web.throttle import AtMost, Silence

logger = logging.getLogger("portal")

PART = 8 * 1024 * 1024  # bytes: larger files are sent in parts of this size
PAUSE = 10  # seconds in which a server that did not answer is not asked
AWAY = "penyimpanan foto tidak menjawab"
NO_SERVER = "di alamat itu tidak ada penyimpanan S3"
ELSEWHERE = "wadah itu ada di alamat atau wilayah lain; periksa MEDIA_S3_URL dan MEDIA_S3_REGION"
_REASONS = {
    "NoSuchBucket": "wadah itu tidak ada di penyimpanan foto",
    "InvalidAccessKeyId": "penyimpanan foto tidak mengenal MEDIA_S3_KEY",
    "SignatureDoesNotMatch": "MEDIA_S3_SECRET bukan rahasia kunci itu",
    "RequestTimeTooSkewed": "jam mesin ini dan jam penyimpanan foto berselisih",
    "AuthorizationHeaderMalformed": ELSEWHERE,
    "PermanentRedirect": ELSEWHERE,
    "AccessDenied": "kunci itu tidak diizinkan di penyimpanan foto",
    "403": "kunci itu tidak diizinkan di penyimpanan foto",  # the answer to HEAD has no words
}
_TRANSFER = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, use_threads=False)
_CONFIG = Config(
    signature_version="s3v4",
    s3={"addressing_style": "path"},  # a name for each bucket is more than most servers of one's own have
    connect_timeout=2,
    read_timeout=3,
    retries={"total_max_attempts": 2, "mode": "standard"},
    max_pool_connections=16,
    # botocore adds CRC32 to each upload in a way that servers of before 2025 do not know; TLS and signatures remain.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class Entry(NamedTuple):
    """An object as it is listed."""

    name: str
    size: int
    modified: float


class Body(NamedTuple):
    """An object that is being read."""

    file: IO[bytes]  # only its read() can be used
    size: int
    modified: datetime


class Picture(File):
    """A whole object, read."""

    modified: datetime


class Bucket(S3Storage):
    """Names are never used again for another content, so that everybody may keep what is under them."""

    largest = (
        64 * 1024 * 1024
    )  # bytes of an object that is read into memory; those of the portal have a few MB at most

    def __init__(self, **options: Any):
        # What django-storages would otherwise take from variables that are meant for other programs
        others = dict.fromkeys(("security_token", "session_profile", "custom_domain", "default_acl"))
        own = {"client_config": _CONFIG, "transfer_config": _TRANSFER, "location": "", "file_overwrite": True}
        super().__init__(**others, **options, **own)
        self._making, self._client, self._made_in = Lock(), None, 0
        self._is_away, self._silence, self._logged = False, Silence(seconds=PAUSE), AtMost(1, seconds=60)

    @property
    def place(self) -> str:
        return f"{self.endpoint_url}/{self.bucket_name}"

    @property
    def client(self):
        """One for all threads of a process, which it is made for; making it takes 0.1 s."""
        with self._making:
            if self._client is None or self._made_in != os.getpid():
                self._client = self._create_session().client(
                    "s3", region_name=self.region_name, endpoint_url=self.endpoint_url, config=self.client_config
                )
                self._made_in = os.getpid()
            return self._client

    def url(self, name: str, *arguments: Any, **options: Any) -> str:
        """An address of the portal, as on a disk: pages ask no other site for anything."""
        return f"{settings.MEDIA_URL}{name}"

    @contextmanager
    def opened(self, name: str) -> Iterator[Body]:
        """For those who read it piece by piece. Raises OSError."""
        with self._asking(name):
            answer = self.client.get_object(Bucket=self.bucket_name, Key=self._normalize_name(name))
            with closing(answer["Body"]) as file:
                self._recognize("LastModified", answer, name)
                yield Body(file, answer["ContentLength"], answer["LastModified"])

    def entries(self, folder: str = "", *, after: str = "") -> Iterator[Entry]:
        """All objects whose names begin so, or those behind one, a thousand for each request. Raises OSError."""
        pages, behind = self.client.get_paginator("list_objects_v2"), {"StartAfter": after} if after else {}
        found = iter(pages.paginate(Bucket=self.bucket_name, Prefix=folder, **behind))
        while True:
            with self._asking(folder):
                page = next(found, None)
            if page is None:
                return
            self._recognize("IsTruncated", page, folder)
            for each in page.get("Contents", ()):
                yield Entry(each["Key"], each["Size"], each["LastModified"].timestamp())

    def _open(self, name: str, mode: str = "rb") -> Picture:
        if mode != "rb":
            raise ValueError("Objects are written whole: save().")
        with self.opened(name) as body:
            if body.size > self.largest:
                raise OSError(errno.EFBIG, "terlalu besar untuk sebuah foto", self._place(name))
            picture = Picture(io.BytesIO(body.file.read()), name)
        picture.modified = body.modified
        return picture

    def _save(self, name: str, content: Any) -> str:
        content.seek(0)
        try:
            with self._asking(name):
                self.client.upload_fileobj(
                    _Unclosed(content),
                    self.bucket_name,
                    self._normalize_name(name),
                    ExtraArgs=self._get_write_parameters(name),
                    Config=self.transfer_config,
                )
        except FileNotFoundError as error:  # a server says so of the bucket at most
            raise self._failure(NO_SERVER, name) from error
        return name

    def delete(self, name: str) -> None:
        with self._asking(name):
            self.client.delete_object(Bucket=self.bucket_name, Key=self._normalize_name(name))

    def exists(self, name: str) -> bool:
        try:
            self._head(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        return self._head(name)["ContentLength"]

    def get_modified_time(self, name: str) -> datetime:
        return self._head(name)["LastModified"]

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """The names of folders and files. One that does not exist is empty."""
        prefix = f"{path.rstrip('/')}/" if path else ""
        names = {entry.name.removeprefix(prefix).partition("/")[::2] for entry in self.entries(prefix)}
        return sorted({first for first, rest in names if rest}), sorted(first for first, rest in names if not rest)

    def _head(self, name: str) -> dict[str, Any]:
        with self._asking(name):
            answer = self.client.head_object(Bucket=self.bucket_name, Key=self._normalize_name(name))
        self._recognize("LastModified", answer, name)
        return answer

    def _recognize(self, said: str, answer: dict[str, Any], name: str) -> None:
        """Another kind of server may answer everything with a page. An empty list of it must not pass for a bucket."""
        if said not in answer:
            raise self._failure(NO_SERVER, name)

    def _place(self, name: str) -> str:
        return f"{self.bucket_name}/{name}"

    @contextmanager
    def _asking(self, name: str) -> Iterator[None]:
        """Around each request. After one without an answer nobody asks for a while, and then one does for all."""
        if self._is_away:
            if self._silence:
                raise OSError(errno.EREMOTEIO, AWAY, self._place(name))
            self._silence.begin()
        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            self._is_away = status >= 500
            if self._is_away:
                self._silence.begin()
            if status == 404 and code != "NoSuchBucket":
                raise self._absence(name) from error
            reason = _REASONS.get(code, f"penyimpanan foto menjawab {code or status}")
            raise self._failure(reason, name) from error
        except ParamValidationError as error:  # no object can have this name, and nobody was asked
            raise self._absence(name) from error
        except RecursionError as error:  # botocore follows a redirection without a region for ever
            raise self._failure(ELSEWHERE, name) from error
        except (BotoCoreError, Boto3Error) as error:
            self._is_away = True
            self._silence.begin()
            raise self._failure(AWAY, name) from error
        else:
            self._is_away = False

    def _absence(self, name: str) -> FileNotFoundError:
        return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), self._place(name))

    def _failure(self, reason: str, name: str) -> OSError:
        if self._logged.take(reason):
            logger.warning("Penyimpanan foto %s: %s.", self.endpoint_url, reason)
        return OSError(errno.EREMOTEIO, reason, self._place(name))


class _Unclosed:
    """A file that s3transfer cannot close, as it does with what it has sent."""

    def __init__(self, file: IO[bytes]):
        self.read, self.seek, self.tell = file.read, file.seek, file.tell

    def close(self) -> None:
        """It is its owner's."""
