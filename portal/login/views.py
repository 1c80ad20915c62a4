"""The second step: the page after the password, and the page on which people set it up for themselves."""

from typing import Any
from urllib.parse import urlencode

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import site
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portal import errors
from portal.login import models, passkeys, second_step, sessions
from portal.login.bounds import Attempt
from portal.login.models import LoginSession, SecondStep

_KEY = "second_step_key"  # in the session: shown, and not confirmed yet
LOOKED_AROUND = 120  # steps: an hour before and after, in which a clock that is wrong is recognised


class CodeField(forms.CharField):
    """For both kinds of codes: digits only, so that phones show their number pad."""

    def __init__(self, **kwargs):
        looks = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "vTextField"}
        super().__init__(
            max_length=30,
            widget=forms.TextInput(attrs=looks),
            error_messages={"required": "Tulis kodenya di sini."},
            **kwargs,
        )


class CodeForm(forms.Form):
    """Asks for a code of `step`, or the answer of one of its passkeys, if there are any. A wrong one counts as a
    failed log-in of its owner."""

    passkey = forms.CharField(required=False, strip=False, max_length=passkeys.LONGEST, widget=forms.HiddenInput)
    code = CodeField(label="Kode")

    def __init__(self, request: HttpRequest, *, step: SecondStep, attempt: Attempt):
        super().__init__(request.POST or None)
        self.fields["code"].widget.attrs["autofocus"] = True
        self.request, self.step, self.attempt = request, step, attempt
        self.passkeys = passkeys.usable(step)
        if not self.passkeys:
            del self.fields["passkey"]
        elif self.data.get("passkey"):
            self.fields["code"].required = False

    @property
    def wish(self) -> str:
        """What the button for a passkey asks the browser for; "": there is none."""
        return passkeys.wish_to_use(self.request, self.passkeys) if self.passkeys else ""

    @property
    def origin(self) -> str:
        return passkeys.origin()

    def clean(self) -> dict[str, Any] | None:
        """Looks at one of the two, and only if all else is right: a code is good once."""
        said = super().clean() or {}
        if self.errors:
            return said
        if answer := said.get("passkey"):
            said["code"] = ""
            if not passkeys.use(self.request, self.passkeys, answer):
                self._refuse("passkey", "Kunci sandi ini tidak cocok. Coba sekali lagi, atau tulis kodenya.")
        elif not self.step.accepts(said["code"]):
            self._refuse(
                "code",
                "Kode ini tidak cocok, atau sudah dipakai. Tunggu sampai aplikasi menampilkan kode berikutnya, lalu "
                f"tulis yang itu. Jam server sekarang {_clock()}: bila jam ponsel Anda lain, betulkan dahulu.",
            )
        return said

    def _refuse(self, field: str, sentence: str) -> None:
        self.attempt.failed()
        self.add_error(field, sentence)


class SetUpForm(forms.Form):
    """Proves that the app shows the codes of `key`, and that it is the owner who sits here."""

    code = CodeField(label="Kode 6 angka dari aplikasi")
    password = forms.CharField(
        label="Kata sandi Anda",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "vTextField"}),
        error_messages={"required": "Tulis juga kata sandi Anda."},
    )

    def __init__(self, *args, user, key: str, attempt: Attempt, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.key, self.attempt = user, key, attempt

    def clean_code(self) -> int:
        """The time step of the code, which is not accepted again."""
        digits = models.digits_of(self.cleaned_data["code"])
        step = models.matching_step(self.key, digits, tolerance=LOOKED_AROUND)
        if step is None:
            raise forms.ValidationError(
                "Kode ini tidak cocok. Pindai gambarnya sekali lagi, dan tulis 6 angka yang sedang tampil di aplikasi."
            )
        seconds = step * models.STEP - int(timezone.now().timestamp())
        if not -2 * models.STEP <= seconds <= models.STEP:
            behind = "lebih lambat" if seconds < 0 else "lebih cepat"
            raise forms.ValidationError(
                f"Kodenya benar, tetapi jam ponsel Anda kira-kira {max(1, round(abs(seconds) / 60))} menit {behind} "
                f"daripada jam server, yang sekarang {_clock()}. Cocokkan dengan jam lain: betulkan jam ponsel, atau "
                "beri tahu pengelola portal bila jam server yang salah."
            )
        return step

    def clean_password(self) -> None:
        if not self.user.check_password(self.cleaned_data["password"]):
            self.attempt.failed()
            raise forms.ValidationError("Kata sandi ini salah.")


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Asks for the code after the password; only then somebody is logged in."""
    awaited = second_step.awaited(request)
    if awaited is None:
        messages.warning(request, "Waktu untuk menulis kode sudah lewat. Silakan masuk sekali lagi.")
        return redirect("admin:login")
    user, step, where = awaited
    attempt = Attempt.of(request, user.get_username(), with_code=True)
    if request.method == "POST" and (wait := attempt.seconds_to_wait()):
        return errors.too_many_logins(request, wait)
    form = CodeForm(request, step=step, attempt=attempt)
    if not form.is_valid():
        context = site.each_context(request) | {"title": "Kode masuk", "form": form}
        return render(request, "login/code.html", context)
    has_given_password = user.last_login is None
    second_step.log_in(request, user, step)
    _warn_of_few_codes(request, step, form.cleaned_data["code"])
    return logged_in(request, user, redirect(where), has_given_password)


def target(request: HttpRequest) -> str:
    """Where the request wants to go afterwards; like Django's LoginView, never away from here."""
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else reverse("admin:index")


def to_second_step(request: HttpRequest) -> HttpResponse:
    """Leads to the page where it is set up, and from there back to where the user wanted to go."""
    back = request.get_full_path() if request.method == "GET" else ""
    return redirect(f"{reverse('admin:second_step')}?{urlencode({REDIRECT_FIELD_NAME: back})}")


def logged_in(request: HttpRequest, user: User, response: HttpResponse, has_given_password: bool) -> HttpResponse:
    """The answer to a log-in that is complete: `response`, or the form for an own password."""
    if not sessions.number(request):
        sessions.begin(request, user)
    if has_given_password:
        User.objects.filter(pk=user.pk).update(last_login=None)
        response = redirect("admin:password_change")
    Attempt.of(request, user.get_username(), with_code=True).succeeded(response)
    return response


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """One's own second step: set up, recovery codes, end."""
    step: SecondStep | None = request.second_step  # type: ignore[attr-defined]
    attempt = Attempt.of(request, request.user.get_username(), with_code=True)
    if request.method == "POST" and (wait := attempt.seconds_to_wait()):
        return errors.too_many_logins(request, wait)
    return _changed(request, step, attempt) if step else _set_up(request, attempt)


def _set_up(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    key = request.session.setdefault(_KEY, models.new_key())
    form = SetUpForm(request.POST or None, user=request.user, key=key, attempt=attempt)
    if not form.is_valid():
        return _page(request, form=form, key=models.letters(key), picture=_picture(key, request.user.get_username()))
    step = SecondStep.objects.begin(request.user, key, form.cleaned_data["code"])
    del request.session[_KEY]
    second_step.passed(request, step)
    sessions.end_others(request)
    return _page(request, step=step, codes=step.new_recovery_codes(), is_new=True)


def _changed(request: HttpRequest, step: SecondStep, attempt: Attempt) -> HttpResponse:
    form = CodeForm(request, step=step, attempt=attempt)
    if not form.is_valid():
        return _page(request, step=step, form=form, left=step.unused_codes.count(), passkeys=_passkeys_of(step))
    if "end" not in request.POST:
        return _page(request, step=step, codes=step.new_recovery_codes())
    step.delete()
    second_step.passed(request, None)
    sessions.end_others(request)
    messages.success(request, "Masuk dua langkah sudah dimatikan. Sesi Anda di peramban lain sudah berakhir.")
    return redirect("admin:second_step")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_sessions(request: HttpRequest) -> HttpResponse:
    """Where one is logged in; ends one session, or all but this one."""
    if request.method == "POST":
        form = EndForm(request.POST)
        if not form.is_valid():
            ended = 0
        elif form.cleaned_data["number"]:
            ended, _ = LoginSession.objects.filter(user=request.user.pk, pk=form.cleaned_data["number"]).delete()
        else:
            ended = sessions.end_others(request)
        text = f"{ended} sesi diakhiri." if ended else "Tidak ada sesi yang diakhiri: mungkin sudah berakhir."
        messages.success(request, text)
        return redirect("admin:sessions")
    context = {
        "title": "Sesi saya",
        "sessions": LoginSession.objects.living().filter(user=request.user.pk).order_by("-used_at", "-pk"),
        "own": sessions.number(request),
        "zone": settings.ZONE_LABEL,
    }
    return render(request, "login/sessions.html", site.each_context(request) | context)


class EndForm(forms.Form):
    """Which session to end; none: all others."""

    number = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


def _page(request: HttpRequest, **context) -> HttpResponse:
    context |= {
        "title": "Masuk dengan dua langkah",
        "clock": _clock(),
        "target": target(request),
        "is_only_administrator": second_step.is_only_administrator(request.user),
    }
    return render(request, "login/second_step.html", site.each_context(request) | context)


def _passkeys_of(step: SecondStep) -> int | None:
    """How many there are; None: the portal knows none."""
    return step.passkeys.count() if passkeys.are_offered() else None


def _warn_of_few_codes(request: HttpRequest, step: SecondStep, typed: str) -> None:
    if len(models.digits_of(typed)) == models.DIGITS_OF_A_RECOVERY_CODE:
        left = step.unused_codes.count()
        messages.warning(
            request,
            f"Anda masuk dengan kode pemulihan; tersisa {left}. Bila ponsel Anda hilang, buka “Dua langkah”, matikan "
            "dengan satu kode pemulihan lagi, lalu pasang pada ponsel yang baru.",
        )


def _picture(key: str, name: str) -> str:
    """The QR code as the address of an image: dark on white in both themes, as scanners want it."""
    code = segno.make(models.address(key, name), error="m", micro=False)
    return code.svg_data_uri(border=4, omitsize=True, dark="#000", light="#fff")


def _clock() -> str:
    return f"{timezone.localtime():%H.%M.%S} {settings.ZONE_LABEL}"
