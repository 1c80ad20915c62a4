"""What public answers say to caches: one second fresh, then shown while a new one is fetched or the server is away."""

from functools import wraps

PUBLIC = "public, max-age=1, stale-while-revalidate=10, stale-if-error=86400"


def public(view):
    """Lets the one-second cache, nginx and browsers keep the answers of a view that are the same for everyone."""

    @wraps(view)
    def cacheable(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", PUBLIC)
        return response

    return cacheable
