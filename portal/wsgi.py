"""The portal as a WSGI application; it needs a running database, which `manage.py serve` provides."""

import sys

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

from portal import staticfiles
from portal.backup import swap
from portal.run import data_folder, database, start
from portal.run.stack import in_one_piece


class Request(WSGIRequest):
    """Decodes query strings and forms as UTF-8 whatever charset the Content-Type header names.

    Django would use that charset: `charset=utf-16` would put a garbled page into the cache under the ordinary address,
    and `charset=hex` would fail before any middleware runs."""

    def _set_content_type_params(self, meta):
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (LookupError, ValueError):  # charset*=unknown''...
            self.content_type, self.content_params = "", {}


class Handler(WSGIHandler):
    request_class = Request

    def __call__(self, *call):
        return in_one_piece(super().__call__, *call)


start.read_settings()
if swap.is_interrupted():  # portal.gunicorn has finished it; other servers cannot be started again from here
    sys.exit(swap.INTERRUPTED)
with start.data_folder_errors_end_it(), start.database_errors_end_it():
    data_folder.prepare(settings)  # gunicorn loads this before it forks, so all workers sign with one key
    database.use_backend(database.OF_WEB_PROCESSES)
    django.setup(set_prefix=False)
    database.refuse_unusable_at_start()
    staticfiles.warn_if_not_collected()
application = Handler()
