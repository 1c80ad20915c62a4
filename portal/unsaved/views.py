"""The address to which unsaved.js sends its copies, and from which it gets them back."""

import json
import re

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from news.web.admin import person_name
from portal.unsaved import returns
from portal.unsaved.models import MAX_BYTES, Copy, OpenForm

_NAME = re.compile(r"[0-9a-f]{32}")


@csrf_exempt  # the Origin is required instead: a dead token must not stop what keeps texts
@require_POST
def copies(request: HttpRequest) -> JsonResponse:
    """Stores `content` (JSON) as the copy `name` of `form`; without a name, answers the user's copies of `form`;
    deletes the copies in `discard`. With `opened`, the name of a tab, answers who else has `form` open; `closed` says
    that a tab has not any more. Every answer has a fresh CSRF token for the form.

    Unlike other pages of the newsroom it never leads to the log-in: `problem` says that nobody is logged in, or
    another user than the one who wrote, whose name follows. Neither gets a token, and nothing is stored."""
    if not returns.is_own_origin(request):
        raise PermissionDenied
    user = request.user
    if not (user.is_active and user.is_staff):
        return JsonResponse({"problem": "logged out"})
    if request.POST.get("user") != str(user.pk):
        return JsonResponse({"problem": "another user", "name": person_name(user)})
    answer = {"token": get_token(request), "zone": {"name": settings.TIME_ZONE, "label": settings.ZONE_LABEL}}
    if "discard" in request.POST or "closed" in request.POST:
        Copy.objects.filter(user=user, name__in=request.POST.getlist("discard")).delete()
        OpenForm.objects.filter(user=user, name__in=request.POST.getlist("closed")).delete()
        return JsonResponse(answer)
    form, name = request.POST.get("form", ""), request.POST.get("name", "")
    if not form.startswith(settings.ADMIN_PATH) or len(form) > 300 or "\0" in form:
        raise BadRequest
    if "opened" in request.POST:
        return JsonResponse({**answer, "others": _others(user, form, request.POST["opened"])})
    if not name:
        return JsonResponse({**answer, "copies": _stored(user, form)})
    content = _checked(request.POST.get("content", ""))
    if content is None or not _NAME.fullmatch(name):
        raise BadRequest
    if len(content) > MAX_BYTES:
        return JsonResponse({**answer, "problem": "too large"})
    return JsonResponse({**answer, "at": _at(Copy.objects.keep(user, form, name, content))})


def _others(user, form: str, tab: str) -> list[str]:
    if not _NAME.fullmatch(tab):
        raise BadRequest
    OpenForm.objects.opened(user, form, tab)
    return [person_name(each) for each in OpenForm.objects.others(user, form)]


def _stored(user, form: str) -> list[dict]:
    found = Copy.objects.filter(user=user, form=form).order_by("-saved_at")
    return [{"name": each.name, "at": _at(each), **json.loads(each.content)} for each in found]


def _at(copy: Copy) -> int:
    """Milliseconds, as JavaScript counts them."""
    return int(copy.saved_at.timestamp() * 1000)


def _checked(text: str) -> str | None:
    """The same JSON with all but `fields` (lists of texts by name) and `labels` (of chosen ids, by name) left out."""
    try:
        content = json.loads(text)
        fields, labels = content["fields"], content.get("labels", {})
        are_texts = all(isinstance(each, str) for values in fields.values() for each in values)
        are_texts &= all(isinstance(each, str) for texts in labels.values() for each in texts.values())
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    # NUL and lone halves of surrogate pairs, which Postgres refuses, stay escaped.
    return json.dumps({"fields": fields, "labels": labels}) if are_texts else None
