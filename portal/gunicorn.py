"""gunicorn's settings, for `serve` and for a unit of systemd: `gunicorn -c python:portal.gunicorn portal.wsgi`."""

import gc

worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 4  # the supervisor waits a little longer
keepalive = 5
limit_request_line = 8190  # gunicorn's most: a search of 5,000 letters gets its answer from the portal
loglevel = "error"
forwarder_headers = ""  # SCRIPT_NAME from a header would put one page under another's address, into the cache too
control_socket_disable = True  # it would live in the home folder
sendfile = False

# Loaded once and frozen before the fork, so that a worker's garbage collector does not touch, and thereby copy, what
# all of them share: 48 -> 32 MiB for each worker.
preload_app = True


def pre_fork(server, worker):
    from django.urls import get_resolver  # not before the application, whose settings these need

    from news.search.stemming import stem

    # What the first request and the first search would otherwise load in each worker
    get_resolver().reverse_dict  # noqa: B018 (all views)
    stem("memuat")  # the dictionary
    gc.collect()
    gc.freeze()
