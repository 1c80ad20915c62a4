"""Steps of a request that Django does not bring; docs/decisions.md tells why each stands where settings.py puts it."""

import logging

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError, connection
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.middleware import gzip, http
from django.urls import reverse
from django.utils.cache import set_response_etag

from news import paths
from news.web.throttle import Silence
from portal import errors

logger = logging.getLogger("portal")

WITHOUT_PARAMETERS = (paths.ARTICLE, paths.SHORT)
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


class ConditionalGetMiddleware(http.ConditionalGetMiddleware):
    """Django's drops every header but a cache's from a 304, and with X-Pageview the reader's view would be lost."""

    def process_response(self, request, response):
        answer = super().process_response(request, response)
        if "X-Pageview" in response:
            answer["X-Pageview"] = response["X-Pageview"]
        return answer


class ForgetQueryMiddleware:
    """An article is the same page whatever a share has added to its address: without this each `?fbclid=` of a viral
    one would be rendered and cached apart."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info.startswith(WITHOUT_PARAMETERS):
            request.META["QUERY_STRING"] = ""
        return self.get_response(request)


class GZipMiddleware(gzip.GZipMiddleware):
    """Leaves pictures alone: they are compressed already, and Django would pack them again, without a length."""

    def process_response(self, request, response):
        if response.get("Content-Type", "").startswith(("image/jpeg", "image/webp", "image/png")):
            return response
        return super().process_response(request, response)


class EtagMiddleware:
    """Tags the page before it is compressed: gzip pads at random, so a later tag would change at each render."""

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
            set_response_etag(response)
        return response


class BadRequestMiddleware:
    """Answers 4xx, in Indonesian, to requests that cannot be read, some of which Django lets fall through as errors of
    the server, and to methods that a page does not take, which Django answers with nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\x00" in request.path_info:
            return errors.bad_request(request)
        if request.method == "POST":
            try:
                request.encoding = self._encoding(request)
                posted = request.POST  # read here, so that a broken body does not fail in a view
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
            if not _in_admin(request) and any("\x00" in value for value in _all(posted)):
                return errors.bad_request(request)  # no person types it; an editor's paste gets the form's own error
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


def _all(posted):
    return (text for name, values in posted.lists() for text in (name, *values))


class AdminBoundaryMiddleware:
    """The admin's pages belong to one person and need a wider policy. Readers' pages have no session that a foreign
    page could ride on, so CSRF is not judged there: it would answer a wrong method with talk of cookies."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        in_admin = _in_admin(request)
        request._dont_enforce_csrf_checks = getattr(request, "_dont_enforce_csrf_checks", False) or not in_admin
        response = self.get_response(request)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        if in_admin:
            response._csp_replace = settings.ADMIN_CONTENT_SECURITY_POLICY
            if "private" not in response.get("Cache-Control", ""):
                response["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request, exception):
        """The admin trusts its own forms: a tampered id or filter reaches the database and fails there."""
        if _in_admin(request) and isinstance(exception, ValueError | DataError):
            logger.warning("Permintaan yang tidak dapat dibaca: %s", request.path, exc_info=exception)
            return errors.bad_request(request)
        return None


class DatabaseDownMiddleware:
    """503 when the database cannot be reached, and at once for a second after, so that a dead server does not hold
    every thread for its connect time-out. Pages that nginx or the one-second cache holds stay up. An error over a
    living connection (a deadlock, a full disk) is that request's own."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.is_down = Silence(seconds=1)

    def __call__(self, request):
        if self.is_down and request.path_info != reverse("health"):
            return errors.unavailable(request)
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, OperationalError | InterfaceError) or not _connection_is_gone():
            return None
        logger.warning("Basis data tidak dapat dihubungi: %s", str(exception).strip().partition("\n")[0])
        self.is_down.begin()
        return errors.unavailable(request)


def _connection_is_gone() -> bool:
    return connection.connection is None or connection.connection.closed


def _only_in_admin(call):
    """Readers get no session, no cookie, and do not pay for either."""

    def __call__(self, request):
        if _in_admin(request):
            return call(self, request)
        return self.get_response(request)

    return __call__


# Subclasses, since the admin's system checks look for their parents in MIDDLEWARE.
class AdminSessionMiddleware(SessionMiddleware):
    __call__ = _only_in_admin(SessionMiddleware.__call__)


class AdminAuthenticationMiddleware(AuthenticationMiddleware):
    __call__ = _only_in_admin(AuthenticationMiddleware.__call__)


class AdminMessageMiddleware(MessageMiddleware):
    __call__ = _only_in_admin(MessageMiddleware.__call__)
