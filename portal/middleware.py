"""Steps of a request that Django does not bring; docs/decisions.md tells why each stands where settings.py puts it."""

import time

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.middleware import http
from django.utils.cache import set_response_etag

from portal import errors

ADMIN = "/admin/"
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


class ConditionalGetMiddleware(http.ConditionalGetMiddleware):
    """Django's drops every header but a cache's from a 304, and with X-Pageview the reader's view would be lost."""

    def process_response(self, request, response):
        answer = super().process_response(request, response)
        if "X-Pageview" in response:
            answer["X-Pageview"] = response["X-Pageview"]
        return answer


class EtagMiddleware:
    """Tags the page before it is compressed: gzip pads at random, so a later tag would change at each render."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if (
            request.method in ("GET", "HEAD")
            and response.status_code == 200
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
                request.POST  # noqa: B018 -- reading it here is the point: a broken body must not fail in a view
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
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            return errors.method_not_allowed(request, response["Allow"])
        return response

    def _encoding(self, request) -> str:
        charset = request.content_params.get("charset", "utf-8").lower()
        if charset not in ("utf-8", "utf8"):
            raise BadRequest("Forms of this site are UTF-8.")
        return "utf-8"


class AdminHeadersMiddleware:
    """The admin's pages belong to one person and need a wider policy; all pages refuse the device's sensors."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        if request.path_info.startswith(ADMIN):
            response._csp_replace = settings.ADMIN_CONTENT_SECURITY_POLICY
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class DatabaseDownMiddleware:
    """503 when the database cannot be reached, and at once for a second after, so that a dead server does not hold
    every thread for its connect time-out. Pages that nginx or the one-second cache holds stay up."""

    PAUSE = 1.0  # seconds

    def __init__(self, get_response):
        self.get_response = get_response
        self.down_until = 0.0

    def __call__(self, request):
        if time.monotonic() < self.down_until and request.path_info != "/sehat":
            return errors.unavailable(request)
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, OperationalError | InterfaceError):
            self.down_until = time.monotonic() + self.PAUSE
            return errors.unavailable(request)
        return None


def _only_in_admin(call):
    """Readers get no session, no cookie, and do not pay for either."""

    def __call__(self, request):
        if request.path_info.startswith(ADMIN):
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
