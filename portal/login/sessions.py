"""People's sessions in the newsroom: they end after 8 hours without use (settings.SESSION_COOKIE_AGE), and their owner
sees where they are, and ends them.

Each session holds the number of its LoginSession. Without that row it is over."""

from datetime import timedelta
from time import time

from django.http import HttpRequest

from news.web import senders
from portal.login.models import LoginSession

NOTED = timedelta(minutes=5)  # at most this often, so that using a session does not write with every request
_NUMBER, _USED = "login_session", "used"  # in the session


def is_over(request: HttpRequest, user) -> bool:
    """Whether this session was ended elsewhere. If not, its use is noted, and its 8 hours begin anew."""
    if not number(request):  # begun by an earlier release: it ends twelve hours after its log-in
        return False
    row = LoginSession.objects.filter(pk=number(request), user=user.pk)
    if time() - request.session[_USED] < NOTED.total_seconds() or _is_by_itself(request):
        return not row.exists()
    request.session[_USED] = int(time())
    return not row.used(**_seen(request))


def begin(request: HttpRequest, user) -> None:
    """At the log-in, and not with the first page: a browser asks for several things at once."""
    request.session[_NUMBER] = LoginSession.objects.create(user_id=user.pk, **_seen(request)).pk
    request.session[_USED] = int(time())


def number(request: HttpRequest) -> int:
    """Of the session's row; 0 if it has none yet."""
    return request.session.get(_NUMBER, 0)


def end_others(request: HttpRequest) -> int:
    """Returns how many there were."""
    return LoginSession.objects.filter(user=request.user.pk).exclude(pk=number(request)).delete()[0]


def end(request: HttpRequest) -> None:
    """For the log-out."""
    LoginSession.objects.filter(pk=number(request)).delete()


def _is_by_itself(request: HttpRequest) -> bool:
    """Whether an open tab sent it (unsaved.js says every few seconds which form it shows), and nobody did anything."""
    return request.method == "POST" and ("opened" in request.POST or "closed" in request.POST)


def _seen(request: HttpRequest) -> dict[str, str]:
    return {"browser": browser(request.headers.get("User-Agent", "")), "address": shortened(senders.address(request))}


def browser(agent: str) -> str:
    """`Chrome di Android`, of what browsers say of themselves; many also name those that they imitate."""
    programs = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "Firefox": "Firefox"}
    programs |= {"FxiOS": "Firefox", "CriOS": "Chrome", "Chrome": "Chrome", "Safari": "Safari"}
    systems = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "CrOS": "ChromeOS"}
    systems |= {"Mac OS": "Mac", "Linux": "Linux"}
    program = next((name for sign, name in programs.items() if f"{sign}/" in agent), "Peramban lain")
    system = next((name for sign, name in systems.items() if sign in agent), "perangkat lain")
    return f"{program} di {system}"


def shortened(address: str) -> str:
    """The network: enough to tell one's office from elsewhere."""
    if ":" in address:
        return ":".join(address.split(":")[:2]) + ":…"
    return ".".join([*address.split(".")[:2], "…"]) if address else ""
