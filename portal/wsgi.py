"""The portal as a WSGI application; it needs a running database, which `manage.py serve` provides."""

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

from portal.run import data_folder


class Request(WSGIRequest):
    """Addresses and forms are read as UTF-8 whatever a Content-Type header says. Django would read the query string by
    it: then `charset=utf-16` puts a garbled page under the ordinary address into the cache, and `charset=hex` fails
    before any middleware."""

    def _set_content_type_params(self, meta):
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (LookupError, ValueError):  # charset*=unknown''...
            self.content_type, self.content_params = "", {}


class Handler(WSGIHandler):
    request_class = Request


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
data_folder.prepare(settings)  # gunicorn loads this before it forks, so all workers sign with one key
django.setup(set_prefix=False)
application = Handler()
