"""The portal's gunicorn settings without its hooks, which would load the portal."""

import gc

from portal import gunicorn as of_portal

globals().update({name: value for name, value in vars(of_portal).items() if name[0] != "_" and not callable(value)})


def pre_fork(server, worker):
    gc.collect()
    gc.freeze()
