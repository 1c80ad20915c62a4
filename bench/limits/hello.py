"""gunicorn's hello world: a constant page of HELLO_BYTES bytes."""

import os

PAGE = b"x" * int(os.environ["HELLO_BYTES"])


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(PAGE)))])
    return [PAGE]
