"""Caching of public responses: fresh for one second, then stale while a new one is fetched or the server is down."""

from functools import wraps

PUBLIC = "public, max-age=1, stale-while-revalidate=10, stale-if-error=86400"


def public(view):
    """Lets the one-second cache, nginx and browsers cache a view whose responses are the same for everyone."""

    @wraps(view)
    def cacheable(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", PUBLIC)
        return response

    return cacheable
