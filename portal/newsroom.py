"""The admin site: its names, the first log-in with a password that somebody else has set, and the second step."""

from functools import wraps

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.auth import get_user_model
from django.core.exceptions import BadRequest, ValidationError
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone

from news.models.changes import changes_by
from news.views import reports
from news.web.admin import person_name
from news.web.prepared import unprepared
from portal.health.page import health_for_staff
from portal.login import passkey_views, second_step, sessions, views
from portal.login.bounds import Attempt
from portal.login.models import SecondStep
from portal.unsaved.views import copies


class LoginForm(AdminAuthenticationForm):
    """Refuses a right password, too, where the account has a second step: the session stays nobody's until then."""

    error_messages = {  # Django's Indonesian says "nama pengguna nama pengguna"
        **AdminAuthenticationForm.error_messages,
        "invalid_login": "Nama pengguna atau kata sandi salah, atau akun ini tidak boleh masuk ke ruang redaksi. "
        "Huruf besar dan kecil dibedakan.",
    }

    def clean(self):
        self.request.waits_for_code = False
        try:
            return super().clean()
        except ValidationError:
            was_checked = self.cleaned_data.get("username") and self.cleaned_data.get("password")
            if was_checked and not self.request.waits_for_code:
                Attempt.of(self.request, self.cleaned_data["username"]).failed()
            raise

    def confirm_login_allowed(self, user):
        super().confirm_login_allowed(user)
        self.request.has_given_password = user.last_login is None
        if SecondStep.objects.of(user):
            self.request.waits_for_code = True
            raise ValidationError("Tulis juga kode dari ponsel Anda.")


# Names of the admin's routes
OPEN_TO_GIVEN_PASSWORDS = {"password_change", "logout", "jsi18n"}
OPEN_WITHOUT_SECOND_STEP = {"second_step", "sessions", *OPEN_TO_GIVEN_PASSWORDS}


class Newsroom(AdminSite):
    """What people change here is noted with their names (news.models.changes).

    `last_login` stays empty until users have chosen their own password. Until then every page leads to that form,
    which says why (templates/admin/base_site.html). Afterwards every page leads to the page for the second step, if
    the user needs one and has none."""

    site_header = site_title = f"Ruang redaksi {settings.SITE_NAME}"
    index_title = "Meja kerja"
    login_form = LoginForm

    def admin_view(self, view, cacheable=False):
        @wraps(view)
        def own_password_first(request, *args, **kwargs):
            if "" in (request.GET.get(TO_FIELD_VAR), request.POST.get(TO_FIELD_VAR)):
                raise BadRequest  # Django would look for a field without a name
            has_given_password = request.user.is_authenticated and request.user.last_login is None
            if has_given_password and request.resolver_match.url_name not in OPEN_TO_GIVEN_PASSWORDS:
                return redirect("admin:password_change")
            if self.has_permission(request) and not has_given_password:
                request.days_to_second_step = second_step.days_left(request.user, request.second_step)
                must = request.days_to_second_step == 0
                if must and request.resolver_match.url_name not in OPEN_WITHOUT_SECOND_STEP:
                    return views.to_second_step(request)
            with unprepared():
                if request.method == "POST" and request.user.is_authenticated:
                    with changes_by(request.user.pk, person_name(request.user)):
                        return view(request, *args, **kwargs)
                return view(request, *args, **kwargs)

        return super().admin_view(own_password_first, cacheable)

    def login(self, request, extra_context=None):
        response = super().login(request, extra_context)
        if request.method == "POST" and getattr(request, "waits_for_code", False):
            second_step.wait_for_code(request, response.context_data["form"].user_cache, views.target(request))
            return redirect("admin:login_code")
        if request.method == "POST" and response.status_code == 302:
            return views.logged_in(request, request.user, response, request.has_given_password)
        return response

    def get_urls(self):
        # Sessions exist only below the admin's path, so /sehat itself cannot recognise staff.
        return [
            path("login/kode/", views.code, name="login_code"),
            path("dua-langkah/", self.admin_view(views.own), name="second_step"),
            path("dua-langkah/kunci-sandi/", self.admin_view(passkey_views.own_passkeys), name="passkeys"),
            path("sesi/", self.admin_view(views.own_sessions), name="sessions"),
            path("sehat/", self.admin_view(health_for_staff), name="health"),
            path("laporan/", self.admin_view(reports.page), name="reports"),
            path("laporan/unduh/", self.admin_view(reports.download), name="reports_csv"),
            path("belum-tersimpan/", copies, name="unsaved"),  # answers by itself when nobody is logged in
            *super().get_urls(),
        ]

    def password_change(self, request, extra_context=None):
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            get_user_model().objects.filter(pk=request.user.pk).update(last_login=timezone.now())
            sessions.end_others(request)
        return response

    def logout(self, request, extra_context=None):
        sessions.end(request)
        return super().logout(request, extra_context)
