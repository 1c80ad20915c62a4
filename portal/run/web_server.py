"""gunicorn's settings that do not depend on ours, so that `bench` can give them to other sites. Imports no Django."""

SETTINGS = {
    "worker_class": "portal.run.web_worker.Worker",
    "threads": 2,  # more bring no throughput, as they share the GIL, but each has its process of Postgres (10 MiB)
    "timeout": 60,
    "graceful_timeout": 4,  # the supervisor waits a little longer
    "keepalive": 5,
    "limit_request_line": 8190,  # gunicorn's maximum, so that a search of 5,000 characters still reaches the portal
    "loglevel": "error",
    "forwarder_headers": "",  # SCRIPT_NAME from a header would serve, and cache, a page under another address
    # One header decides: with gunicorn's default of three, two that disagree are a 400 in English.
    "secure_scheme_headers": {"X-FORWARDED-PROTO": "https"},
    "control_socket_disable": True,  # it would be created in the home folder
    "sendfile": False,
    # The application is loaded once and frozen before the fork, so that a worker's garbage collector does not touch,
    # and thereby copy, shared memory: 48 -> 32 MiB per worker.
    "preload_app": True,
}
