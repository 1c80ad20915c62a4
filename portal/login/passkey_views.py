"""The page on which people add passkeys to their second step, see them, and remove them."""

from time import time

from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portal import errors
from portal.login import passkeys, second_step, sessions
from portal.login.bounds import Attempt
from portal.login.models import Passkey, SecondStep
from portal.login.views import CodeForm

_NEW = "passkey_new"  # in the session: [name, Unix seconds] of the one that is to be made, after a right code


class BeginForm(CodeForm):
    """Names the passkey, and proves that it is the owner who sits here: a session may be stolen."""

    name = forms.CharField(
        label="Nama perangkat",
        max_length=Passkey._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        error_messages={"required": "Beri nama, supaya Anda mengenalinya nanti."},
    )
    field_order = ["name", "code"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autofocus"] = self.fields["code"].widget.attrs.pop("autofocus")


class MakeForm(forms.Form):
    """What the browser made."""

    passkey = forms.CharField(max_length=passkeys.LONGEST, widget=forms.HiddenInput)


class RemoveForm(forms.Form):
    number = forms.IntegerField(min_value=1, max_value=2**63 - 1)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_passkeys(request: HttpRequest) -> HttpResponse:
    if not passkeys.are_offered():
        raise Http404
    step: SecondStep | None = request.second_step  # type: ignore[attr-defined]
    if step is None:
        messages.info(request, "Pasang dahulu aplikasi dengan kodenya; sesudah itu kunci sandi dapat ditambahkan.")
        return redirect("admin:second_step")
    attempt = Attempt.of(request, request.user.get_username(), with_code=True)
    if request.method == "POST" and (wait := attempt.seconds_to_wait()):
        return errors.too_many_logins(request, wait)
    if "number" in request.POST:
        return _removed(request, step)
    if "stop" in request.POST:
        request.session.pop(_NEW, None)
        return redirect("admin:passkeys")
    if name := _name_of_new(request):
        return _made(request, step, name, attempt)
    return _begun(request, step, attempt)


def _begun(request: HttpRequest, step: SecondStep, attempt: Attempt) -> HttpResponse:
    if step.passkeys.count() >= passkeys.MOST:
        return _page(request, step)
    form = BeginForm(request, step=step, attempt=attempt)
    if not form.is_valid():
        return _page(request, step, form=form)
    request.session.cycle_key()
    request.session[_NEW] = [form.cleaned_data["name"], time()]
    return redirect("admin:passkeys")


def _made(request: HttpRequest, step: SecondStep, name: str, attempt: Attempt) -> HttpResponse:
    form = MakeForm(request.POST if "passkey" in request.POST else None)
    if not form.is_valid():
        return _page(request, step, new=name, wish=passkeys.wish_to_add(request, step))
    if not passkeys.add(request, step, name, form.cleaned_data["passkey"]):
        attempt.failed()
        messages.error(request, "Kunci sandi itu tidak dapat disimpan. Coba sekali lagi.")
        return redirect("admin:passkeys")
    del request.session[_NEW]
    request.session.cycle_key()
    messages.success(request, f"Kunci sandi “{name}” sudah tersimpan. Saat masuk nanti, pilih “Pakai kunci sandi”.")
    return redirect("admin:passkeys")


def _removed(request: HttpRequest, step: SecondStep) -> HttpResponse:
    """Other sessions end: whoever removes one may have lost the device on which they are logged in."""
    form = RemoveForm(request.POST)
    key = step.passkeys.filter(pk=form.cleaned_data["number"]).first() if form.is_valid() else None
    if key is None:
        messages.info(request, "Kunci sandi itu sudah tidak ada.")
        return redirect("admin:passkeys")
    key.delete()
    sessions.end_others(request)
    text = (
        f"Kunci sandi “{key.name}” dihapus di sini; hapus juga di perangkatnya. Sesi Anda di peramban lain berakhir."
    )
    messages.success(request, text)
    return redirect("admin:passkeys")


def _name_of_new(request: HttpRequest) -> str:
    """Of the passkey that is to be made; "": none, or its code was given too long ago."""
    name, at = request.session.get(_NEW, ("", 0))
    return name if time() - at < second_step.WAITS.total_seconds() else ""


def _page(request: HttpRequest, step: SecondStep, **context) -> HttpResponse:
    context |= {
        "title": "Kunci sandi (passkey)",
        "keys": step.passkeys.order_by("made_at", "pk"),
        "host": passkeys.host(),
        "origin": passkeys.origin(),
        "most": passkeys.MOST,
        "back": reverse("admin:second_step"),
    }
    return render(request, "login/passkeys.html", site.each_context(request) | context)
