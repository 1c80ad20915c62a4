"""The portal's gunicorn settings without its address and hooks, which would load the portal."""

import gc

from portal.run import web_server

globals().update(web_server.SETTINGS)


def pre_fork(server, worker):
    gc.collect()
    gc.freeze()
