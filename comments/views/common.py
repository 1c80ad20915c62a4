"""What the views of comments have in common: no answer is kept or listed, and no post comes from another site's page.

Nothing of comments sets a cookie or needs one, so the posts carry no CSRF token: a foreign page could only send what
its visitor might send as well. Such posts are refused all the same, so that nobody writes unawares.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.views.decorators.cache import cache_control

from news.models import Article

no_store = cache_control(no_store=True)


def published(pk):
    return Article.objects.published().only("title", "slug").filter(pk=pk).first()


def unlisted(response):
    response["X-Robots-Tag"] = "noindex"
    return response


def is_foreign(request) -> bool:
    """Whether a browser says that the form was sent from another site's page. Old browsers say nothing.

    An Origin of "null" is what privacy settings leave of our own pages', too: there Sec-Fetch-Site decides.
    """
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if site not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin", "")
    if not origin or (origin == "null" and "Sec-Fetch-Site" in request.headers):
        return False
    try:
        host = urlsplit(origin).netloc
    except ValueError:
        return True
    return host not in (request.get_host(), urlsplit(settings.SITE_URL).netloc)
