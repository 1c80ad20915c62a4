"""gunicorn settings, for `serve` and for systemd units: `gunicorn -c python:portal.gunicorn portal.wsgi`."""

import gc

from portal.run.start import read_settings
from portal.run.supervisor import listen_address

_settings = read_settings()
bind = listen_address(_settings.HOST, _settings.PORT)  # gunicorn's own default is 0.0.0.0 if there is a PORT
workers = _settings.WORKERS

worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 4  # the supervisor waits a little longer
keepalive = 5
limit_request_line = 8190  # gunicorn's maximum, so that a search of 5,000 characters still reaches the portal
loglevel = "error"
forwarder_headers = ""  # SCRIPT_NAME from a header would serve, and cache, a page under another address
control_socket_disable = True  # it would be created in the home folder
sendfile = False

# The application is loaded once and frozen before the fork, so that a worker's garbage collector does not touch, and
# thereby copy, shared memory: 48 -> 32 MiB per worker.
preload_app = True


def pre_fork(server, worker):
    from django.urls import get_resolver  # imported late: they need the application's settings

    from news.search.stemming import stem

    # Preloads what each worker would otherwise load at its first request and first search
    get_resolver().reverse_dict  # noqa: B018 (all views)
    stem("memuat")  # the dictionary
    gc.collect()
    gc.freeze()
