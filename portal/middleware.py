"""The portal's own middleware; docs/decisions.md explains the order in settings.MIDDLEWARE."""

import errno
import logging

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.db import DataError, Error, IntegrityError
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.middleware import gzip, http
from django.urls import reverse
from django.utils.cache import set_response_etag
from django.utils.functional import SimpleLazyObject
from psycopg.errors import DiskFull, IoError, ReadOnlySqlTransaction

from news import paths
from news.pageviews import validators
from news.web import misaddressed, old_shapes, reads, senders
from news.web.throttle import Silence
from portal import errors
from portal.login import second_step
from portal.run import database

logger = logging.getLogger("portal")

WITHOUT_PARAMETERS = (paths.ARTICLE, paths.SHORT)
_COMPRESSED = ("image/jpeg", "image/webp", "image/png", "application/pdf")
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


class ProxyHeadersMiddleware:
    """Leaves out the headers that a trusted nginx adds to each answer itself, as `X-Headers: nginx` says: it would
    read those of a stored page again for each reader. Expires, too: every cache goes by max-age."""

    LEFT_OUT = (
        "Cross-Origin-Opener-Policy",
        "Expires",
        "Permissions-Policy",
        "X-Content-Type-Options",
        "X-Frame-Options",
        "X-Request-ID",
    )

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.META.get("HTTP_X_HEADERS") == "nginx" and senders.is_behind_trusted(request):
            for name in self.LEFT_OUT:
                response.headers.pop(name, None)
        return response


class ConditionalGetMiddleware(http.ConditionalGetMiddleware):
    """Keeps X-Pageview on a 304: Django strips all but the caching headers, and the view would not be counted. Most
    requests have no conditions, and cost nothing here: EtagMiddleware has set the ETag."""

    CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")

    def process_response(self, request, response):
        if not any(name in request.META for name in self.CONDITIONS):
            return response
        answer = super().process_response(request, response)
        if "X-Pageview" in response:
            answer["X-Pageview"] = response["X-Pageview"]
        return answer


class ForgetQueryMiddleware:
    """Drops the query string of articles' addresses and of the home page's, if it names no page of an earlier portal:
    otherwise each `?fbclid=` of a viral share would be rendered and cached separately."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        path, query = request.path_info, request.META["QUERY_STRING"]
        if path.startswith(WITHOUT_PARAMETERS) or (path == paths.HOME and not old_shapes.decides(query)):
            request.META["QUERY_STRING"] = ""
        return self.get_response(request)


class GZipMiddleware(gzip.GZipMiddleware):
    """Skips pictures and PDFs: they are compressed already; Django would do it again and drop Content-Length."""

    def process_response(self, request, response):
        if response.get("Content-Type", "").startswith(_COMPRESSED):
            return response
        return super().process_response(request, response)


class EtagMiddleware:
    """Sets the ETag before compression: gzip adds random padding, so a later ETag would change with each render. Of a
    page with counts it is coarser than they are."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if (
            request.method in ("GET", "HEAD")
            and not response.streaming
            and "ETag" not in response
            and "no-store" not in response.get("Cache-Control", "")
        ):
            if coarse := validators.coarse(response.content):
                response["ETag"] = coarse
            else:
                set_response_etag(response)
        return response


class UnknownProxyMiddleware:
    """Warns the operator of a proxy that TRUSTED_PROXIES does not name."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        senders.warn_of_unknown_proxy(request)
        return self.get_response(request)


class BadRequestMiddleware:
    """Answers unreadable requests, some of which would be a 500 in Django, and methods that a page does not allow,
    for which Django sends an empty body, with an error page in Indonesian (4xx)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\x00" in request.path_info:
            return errors.bad_request(request)
        if request.method == "POST":
            try:
                request.encoding = self._encoding(request)
                posted = request.POST  # parsed here, so that a broken body does not fail in a view
            except RequestDataTooBig:
                return errors.too_large(request)
            except (
                BadRequest,
                SuspiciousOperation,
                MultiPartParserError,
                UnreadablePostError,
                ValueError,
                LookupError,
            ):
                return errors.bad_request(request)
            if not _in_admin(request) and any("\x00" in value for value in _names_and_values(posted)):
                # Nobody types NUL. Editors may paste it: in the admin the form reports it.
                return errors.bad_request(request)
        response = self.get_response(request)
        if response.status_code == 405 and not response.streaming and not response.content:
            return errors.method_not_allowed(request, response["Allow"])
        return response

    def _encoding(self, request) -> str:
        charset = request.content_params.get("charset", "utf-8").lower()
        if charset not in ("utf-8", "utf8"):
            raise BadRequest("Forms of this site are UTF-8.")
        return "utf-8"


def _in_admin(request) -> bool:
    return request.path_info.startswith(settings.ADMIN_PATH)


def _may_enter(request) -> bool:
    """Whoever is logged in on the machine itself gets in, so that a wrong setting shuts nobody out for good."""
    networks = settings.ADMIN_NETWORKS
    return not networks or senders.is_in(request, networks) or senders.is_from_this_host(request)


def _names_and_values(posted):
    return (text for name, values in posted.lists() for text in (name, *values))


class AdminBoundaryMiddleware:
    """Makes admin pages private and gives them a wider CSP; turns CSRF checks off everywhere else.

    Readers' pages know no cookies, thus no session that another site could abuse, and a CSRF failure would answer a
    wrong method with an error about cookies."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.get_admin_response = csp_replace(settings.ADMIN_CONTENT_SECURITY_POLICY)(get_response)

    def __call__(self, request):
        if _in_admin(request):
            response = self.get_admin_response(request) if _may_enter(request) else errors.outside_office(request)
            if "private" not in response.get("Cache-Control", ""):
                response["Cache-Control"] = "no-store"
        else:
            request._dont_enforce_csrf_checks = True
            request.COOKIES = {}  # Django would answer a broken csrftoken with a new one, on a page kept for everyone
            response = self.get_response(request)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        return response

    def process_exception(self, request, exception):
        """409 for what a rule of the models or the database refuses although no form did; 400 for a tampered id or
        filter: Django's admin does not validate them, and the database fails."""
        if _in_admin(request) and isinstance(exception, IntegrityError | ValidationError):
            logger.warning("Tidak disimpan: %s", request.path, exc_info=exception)
            return errors.conflict(request, getattr(exception, "messages", []))
        if _in_admin(request) and isinstance(exception, ValueError | DataError):
            logger.warning("Permintaan yang tidak dapat dibaca: %s", request.path, exc_info=exception)
            return errors.bad_request(request)
        return None


class HttpsMiddleware:
    """Reports redirects to https that a missing header of the proxy would turn into a circle. Django's
    SecurityMiddleware, right below, makes them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if settings.SECURE_SSL_REDIRECT and response.status_code == 301 and not request.is_secure():
            misaddressed.report_redirect(request)
        return response


class DatabaseDownMiddleware:
    """Returns 503 if the database cannot be reached, and for a second after that without trying again, so that a dead
    server does not block every thread for the connect timeout. Pages in nginx or in the one-second cache stay up. So
    it does where nothing can be stored (a full disk, a replica). Another error on a working connection (a deadlock)
    stays an ordinary 500, unless there are no tables yet."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.is_down = Silence(seconds=1)

    def __call__(self, request):
        if self.is_down and reads.alias() == reads.PRIMARY and request.path_info != reverse("health"):
            return errors.unavailable(request)
        return self.get_response(request)

    def process_exception(self, request, exception):
        if reads.alias() != reads.PRIMARY:
            return None  # ReplicaMiddleware asks the primary
        if isinstance(exception.__cause__, _CANNOT_STORE) or _is_about_the_disk(exception):
            is_told = getattr(exception, "errno", 0) == errno.EREMOTEIO  # by portal.bucket
            logger.warning("Tidak ada yang dapat disimpan.", exc_info=None if is_told else exception)
            return errors.unavailable(request)
        reason = database.unavailability(exception) if isinstance(exception, Error) else None
        if reason is None:
            return None
        # The log limits outages by their exception, and shows its first line; missing tables have been explained.
        logger.warning(reason, exc_info=exception if reason == database.UNREACHABLE else None)
        self.is_down.begin()
        return errors.unavailable(request)


_CANNOT_STORE = (ReadOnlySqlTransaction, DiskFull, IoError)
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EREMOTEIO}  # the last: portal.bucket


def _is_about_the_disk(exception: Exception) -> bool:
    return isinstance(exception, OSError) and exception.errno in _DISK


def _only_in_admin(call):
    """Skips a middleware outside the admin: readers get no session and no cookie, and no page pays for them."""

    def __call__(self, request):
        if _in_admin(request):
            return call(self, request)
        return self.get_response(request)

    return __call__


# Subclasses, because the admin's system checks look for Django's classes or subclasses in MIDDLEWARE.
class AdminSessionMiddleware(SessionMiddleware):
    __call__ = _only_in_admin(SessionMiddleware.__call__)


class AdminAuthenticationMiddleware(AuthenticationMiddleware):
    """The user of a session that has not passed the user's second step is nobody, for everything that asks."""

    __call__ = _only_in_admin(AuthenticationMiddleware.__call__)

    def process_request(self, request):
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: second_step.user_of(request))


class AdminMessageMiddleware(MessageMiddleware):
    __call__ = _only_in_admin(MessageMiddleware.__call__)
