"""What somebody sent while nothing could be stored, as a form that sends it again: without a query or a script."""

from typing import NamedTuple

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, RawPostDataException
from django.http.multipartparser import MultiPartParserError

from comments.views.common import is_foreign

LONGEST = 2 * 1024 * 1024  # bytes; as much as a session that has ended may send
ONE_LINE = 80  # characters; what is longer is shown
TEXTS = ("komentar", "keterangan")  # shown however short they are
# In a field's name: what an error page must not contain, so that nothing is offered at all
SECRETS = ("password", "sandi", "code", "passkey")


class Field(NamedTuple):
    name: str
    value: str
    is_text: bool


class NoFiles(FileUploadHandler):
    """Drops uploaded files while they are read."""

    def new_file(self, *args, **kwargs):
        raise SkipFile

    def receive_data_chunk(self, raw_data, start):
        return None

    def file_complete(self, file_size):
        return None


def fields(request: HttpRequest) -> list[Field]:
    """All that a page of ours sent; [] if there is nothing to show. Files are not in it."""
    if request.method != "POST" or request.headers.get("Sec-Fetch-Dest") == "empty":  # a script keeps its own copy
        return []
    try:
        if _length(request) > LONGEST or is_foreign(request):
            return []
        if not hasattr(request, "_files"):  # not read yet
            request.upload_handlers = [NoFiles(request)]
        sent = [(name, value) for name, values in request.POST.lists() for value in values]
    except (SuspiciousOperation, MultiPartParserError, RawPostDataException, OSError):
        return []
    if any(secret in name.lower() for name, _ in sent for secret in SECRETS):
        return []
    if not any(value.strip() for name, value in sent if not name.startswith("csrf")):
        return []
    return [Field(name, value, _is_text(name, value)) for name, value in sent]


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return LONGEST + 1


def _is_text(name: str, value: str) -> bool:
    return name in TEXTS or "\n" in value or len(value) > ONE_LINE
