"""Which sessions have passed the second step, and who has to have one.

A session holds the number of the SecondStep by which it was begun, or none if the account had none. It is over as soon
as the account has another one, or has it no more: setting up or ending a second step ends all other sessions."""

from collections.abc import Iterable
from datetime import timedelta
from math import ceil
from time import time

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.utils import timezone

from portal.login import bounds, sessions
from portal.login.models import LoginSession, SecondStep, Told

GRACE = timedelta(days=14)  # for Administrators
WAITS = timedelta(minutes=10)  # for the code, after the password
_BACKEND = "django.contrib.auth.backends.ModelBackend"
_PASSED, _AWAITED = "second_step", "second_step_awaited"  # in the session
ADMINISTRATES = "auth.change_user"  # who may do this is an Administrator here


def user_of(request: HttpRequest):
    """The user of the session, if it has passed the user's second step and nobody has ended it; `request.second_step`
    is that step or None."""
    user = auth.get_user(request)
    step = SecondStep.objects.of(user) if user.is_authenticated else None
    has_passed = request.session.get(_PASSED) == (step and step.pk)
    if user.is_authenticated and (not has_passed or sessions.is_over(request, user)):
        request.session.flush()
        user, step = AnonymousUser(), None
    request.second_step = step  # type: ignore[attr-defined]
    return user


def passed(request: HttpRequest, step: SecondStep | None) -> None:
    """Notes in the session that it has passed this step; None: that the account has none any more."""
    request.session.cycle_key()
    request.session[_PASSED] = step and step.pk
    request.second_step = step  # type: ignore[attr-defined]


def wait_for_code(request: HttpRequest, user: User, target: str) -> None:
    """The password was right: the session, of nobody yet, notes who it is and where to go after the code."""
    request.session.cycle_key()
    request.session[_AWAITED] = [user.pk, user.get_session_auth_hash(), target, time()]


def awaited(request: HttpRequest) -> tuple[User, SecondStep, str] | None:
    """Whose code the session waits for, and where to go then. None if nobody's, or not any more: too late, or the
    password or the second step has changed meanwhile."""
    pk, password, target, at = request.session.get(_AWAITED, (0, "", "", 0))
    user = User.objects.filter(pk=pk, is_active=True, is_staff=True).first()
    if not user or time() - at > WAITS.total_seconds() or user.get_session_auth_hash() != password:
        return None
    step = SecondStep.objects.of(user)
    return (user, step, target) if step else None


def log_in(request: HttpRequest, user: User, step: SecondStep) -> None:
    request.session.pop(_AWAITED, None)
    auth.login(request, user, backend=_BACKEND)
    passed(request, step)


def days_left(user, step: SecondStep | None) -> int | None:
    """Days until this user needs a second step; 0: now; None: never, or there is one."""
    if step:
        return None
    if settings.REQUIRE_2FA:
        return 0
    if not user.has_perm(ADMINISTRATES):
        return None
    told, _ = Told.objects.get_or_create(user_id=user.pk)
    return max(0, ceil((told.at + GRACE - timezone.now()) / timedelta(days=1)))


def is_only_administrator(user) -> bool:
    """Whether nobody else could help this user after a lost phone."""
    others = User.objects.with_perm(ADMINISTRATES, backend=_BACKEND).filter(is_staff=True).exclude(pk=user.pk)
    return user.has_perm(ADMINISTRATES) and not others.exists()


def end(users: Iterable[User]) -> list[User]:
    """Ends the second steps of these users and with them all their sessions, forgets their failed log-ins, and returns
    those who had one."""
    ended = [user for user in users if SecondStep.objects.filter(user=user.pk).delete()[0]]
    LoginSession.objects.filter(user__in=ended).delete()
    for user in ended:
        bounds.forget(user.get_username())
    return ended
