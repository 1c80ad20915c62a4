"""Refuses log-ins beyond the bounds before anything expensive is done for them."""

from threading import BoundedSemaphore

from django.http import HttpRequest
from django.urls import reverse

from portal import errors
from portal.login.bounds import Attempt

WAIT_FOR_KNOWN = 0.5  # seconds; a password takes 0.2
BUSY = 2  # seconds after which a log-in that was refused for lack of a slot may be tried again


class LoginBoundsMiddleware:
    """Comes before the CSRF check. At most two passwords are hashed at a time in a process: one of browsers that have
    logged in before, which wait for each other, and one of others, which are turned away while it is hashed: a thread
    that waits would be missing for readers."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.known, self.strangers = BoundedSemaphore(), BoundedSemaphore()

    def __call__(self, request: HttpRequest):
        if request.method != "POST" or request.path_info != reverse("admin:login"):
            return self.get_response(request)
        attempt = Attempt.of(request, request.POST.get("username", ""))
        try:
            wait = attempt.seconds_to_wait()
        except errors.OUTAGES:
            return errors.unavailable(request)
        if wait:
            return errors.too_many_logins(request, wait)
        slot = self.known if attempt.is_known else self.strangers
        if not slot.acquire(timeout=WAIT_FOR_KNOWN if attempt.is_known else 0):
            return errors.too_many_logins(request, BUSY)
        try:
            return self.get_response(request)
        finally:
            slot.release()
