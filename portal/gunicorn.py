"""gunicorn settings, for `serve` and for systemd units: `gunicorn -c python:portal.gunicorn portal.wsgi`."""

import gc
from contextlib import suppress

from django.db import connections

from portal import metrics
from portal.backup import swap
from portal.run import web_server
from portal.run.start import data_folder_errors_end_it, read_settings
from portal.run.supervisor import listen_address
from portal.run.web_worker import bound_silence

_settings = read_settings()
with data_folder_errors_end_it():
    swap.finish_interrupted()
bind = listen_address(_settings.HOST, _settings.PORT)  # gunicorn's own default is 0.0.0.0 if there is a PORT
workers = _settings.WORKERS
logger_class = "portal.run.access_log.AccessLog"
globals().update(web_server.SETTINGS)


def on_starting(server):
    if _settings.METRICS:
        metrics.begin(_settings.DATA_DIR)


def when_ready(server):
    for listener in server.LISTENERS:
        bound_silence(listener)
    from portal.hosts import differences  # imported late: they need the application's settings
    from portal.run import warming

    differences.tell_at_start()
    warming.warm_up()
    connections.close_all()  # of tell_at_start; child processes would share it


def pre_fork(server, worker):
    worker.number = metrics.free_number(each.number for each in server.WORKERS.values())
    from django.conf import settings  # imported late: they need the application's settings

    from news.pageviews import salt

    with suppress(OSError):  # nginx needs the file to start; the first read reports what is wrong
        salt.current(settings.PAGEVIEWS_DIR)
    gc.collect()
    gc.freeze()


def post_fork(server, worker):
    if _settings.METRICS:
        from portal.metrics import requests  # imported late: it needs the application's settings

        requests.show(worker.number)
