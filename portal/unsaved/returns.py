"""Forms whose session or token died while somebody wrote: they are kept, and come back filled after the log-in."""

import json
import re
import secrets
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse

from news.web import senders
from portal.login.bounds import Browser
from portal.unsaved.models import (
    LONGEST_PAGE,
    MAX_BYTES,
    RETURNS_KEPT,
    RETURNS_OF_A_SENDER,
    RETURNS_OF_STRANGERS,
    Return,
)

PARAMETER = "kembali"  # of the form's address: the key of what comes back
COOKIE = "kiriman"
NEVER_KEPT = {"csrfmiddlewaretoken"}
_OF_LOG_IN = ("login", "login_code", "second_step", "passkeys")  # names of pages
_SALT = "portal.unsaved"
_SHORT = 20  # characters; a form without a longer text or two words is quickly filled again
_LETTERS = re.compile(r"[^\W\d_]{3}")  # not in numbers and times


def keep(request: HttpRequest) -> HttpResponse | None:
    """Keeps the texts of a POST and returns a redirect to its form, which will come back filled. None, and nothing is
    kept, if it has no texts, has passwords, is too large, was not sent by a form of ours, or strangers sent many."""
    fields = {name: values for name, values in request.POST.lists() if name not in NEVER_KEPT}
    content = json.dumps(fields)
    is_long = len(content) > MAX_BYTES or len(request.path) > LONGEST_PAGE
    if is_long or not _is_ours(request) or not _is_worth_keeping(fields):
        return None
    user = request.user if request.user.is_authenticated else None
    is_stranger = user is None and not Browser.of(request).accounts
    if is_stranger and Return.objects.current().filter(is_stranger=True).count() >= RETURNS_OF_STRANGERS:
        return None
    browser = _browser(request) or secrets.token_urlsafe(16)
    key, sender = secrets.token_urlsafe(16), senders.key(request)
    page = form_page(request)
    Return.objects.create(
        key=key,
        browser=browser,
        is_stranger=is_stranger,
        sender_key=sender,
        user=user,
        page=page,
        content=content,
    )
    own = Return.objects.filter(sender_key=sender).order_by("-sent_at").values_list("pk", flat=True)
    Return.objects.filter(pk__in=list(own[RETURNS_OF_A_SENDER:])).delete()
    response = HttpResponseRedirect(_with_key(page, key))
    response.set_cookie(
        COOKIE,
        signing.dumps(browser, salt=_SALT),
        max_age=RETURNS_KEPT,
        path=settings.ADMIN_PATH,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response


def find(request: HttpRequest) -> Return | None:
    """What comes back on this page, if this is the browser that sent it, and no other user than its writer."""
    browser = _browser(request)
    if not browser or not request.user.is_staff:
        return None
    found = Return.objects.current().filter(pk=_key(request.GET), browser=browser).first()
    return found if found and found.user_id in (None, request.user.pk) else None


def forget(request: HttpRequest) -> None:
    """Deletes what had come back in the form that has now been saved."""
    key, browser = _key(QueryDict(urlsplit(_page_before(request)).query)), _browser(request)
    if key and browser:
        Return.objects.filter(pk=key, browser=browser).delete()


def form_page(request: HttpRequest) -> str:
    """Path and query of the page from which a form was sent; where the browser does not say it, the form's action."""
    parts = urlsplit(_page_before(request) or request.get_full_path())
    query = QueryDict(parts.query, mutable=True)
    query.pop(PARAMETER, None)
    page = f"{parts.path}?{query.urlencode()}" if query else parts.path
    return page if len(page) <= LONGEST_PAGE else request.path


def _page_before(request: HttpRequest) -> str:
    """From the Referer, if it is below the newsroom's path; "" otherwise."""
    try:
        parts = urlsplit(request.META.get("HTTP_REFERER", ""))
    except ValueError:
        return ""
    is_ours = parts.netloc == request.get_host() and parts.path.startswith(settings.ADMIN_PATH)
    is_form = is_ours and parts.path != reverse("admin:login") and "\0" not in parts.geturl()
    return f"{parts.path}?{parts.query}" if is_form else ""


def _key(query: QueryDict) -> str:
    return query.get(PARAMETER, "").replace("\0", "")  # which Postgres refuses


def _with_key(page: str, key: str) -> str:
    return f"{page}{'&' if '?' in page else '?'}{urlencode({PARAMETER: key})}"


def is_own_origin(request: HttpRequest) -> bool:
    """Whether the browser says that a page of ours sent it. False if it says nothing."""
    return request.META.get("HTTP_ORIGIN") in (f"{request.scheme}://{request.get_host()}", settings.SITE_URL)


def is_of_log_in(request: HttpRequest) -> bool:
    """Whether it went to a page whose forms hold codes and answers of passkeys, and no texts."""
    return request.path in {reverse(f"admin:{name}") for name in _OF_LOG_IN}


def _is_ours(request: HttpRequest) -> bool:
    """Whether no foreign page sent it, and as a form: a script gets its answer in its own way."""
    return (
        (is_own_origin(request) or "HTTP_ORIGIN" not in request.META)  # text browsers send none
        and request.META.get("HTTP_SEC_FETCH_SITE", "same-origin") == "same-origin"
        and request.META.get("HTTP_SEC_FETCH_MODE", "navigate") == "navigate"
        and request.accepts("text/html")
        and not is_of_log_in(request)
    )


def _is_worth_keeping(fields: dict[str, list[str]]) -> bool:
    if any("password" in name for name in fields):
        return False
    texts = (text.strip() for values in fields.values() for text in values)
    return any((len(text) > _SHORT or " " in text) and _LETTERS.search(text) for text in texts)


def _browser(request: HttpRequest) -> str:
    """The name in the browser's cookie; "" if it has none."""
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=RETURNS_KEPT)
    except signing.BadSignature:
        return ""
