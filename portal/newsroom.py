"""The admin site: its names, and the first log-in with a password that somebody else has set."""

import logging
from functools import wraps

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone

from news.models.changes import changes_by
from news.views import reports
from news.web import senders
from news.web.admin import person_name
from portal.health import health_for_staff
from portal.login.bounds import Attempt
from portal.unsaved.views import copies

logger = logging.getLogger("portal.login")


class LoginForm(AdminAuthenticationForm):
    def clean(self):
        try:
            return super().clean()
        except ValidationError:
            if self.cleaned_data.get("username") and self.cleaned_data.get("password"):  # a password was checked
                # The only line of the log that holds an address, and no name: deploy/fail2ban reads it.
                logger.warning("Gagal masuk ke ruang redaksi dari %s", senders.address(self.request))
                Attempt.of(self.request, self.cleaned_data["username"]).failed()
            raise

    def confirm_login_allowed(self, user):
        super().confirm_login_allowed(user)
        self.request.has_given_password = user.last_login is None


OPEN_TO_GIVEN_PASSWORDS = {"password_change", "logout", "jsi18n"}  # names of the admin's routes


class Newsroom(AdminSite):
    """What people change here is noted with their names (news.models.changes).

    `last_login` stays empty until users have chosen their own password. Until then every page leads to that form,
    which says why (templates/admin/base_site.html)."""

    site_header = site_title = f"Ruang redaksi {settings.SITE_NAME}"
    index_title = "Meja kerja"
    login_form = LoginForm

    def admin_view(self, view, cacheable=False):
        @wraps(view)
        def own_password_first(request, *args, **kwargs):
            has_given_password = request.user.is_authenticated and request.user.last_login is None
            if has_given_password and request.resolver_match.url_name not in OPEN_TO_GIVEN_PASSWORDS:
                return redirect("admin:password_change")
            if request.method == "POST" and request.user.is_authenticated:
                with changes_by(request.user.pk, person_name(request.user)):
                    return view(request, *args, **kwargs)
            return view(request, *args, **kwargs)

        return super().admin_view(own_password_first, cacheable)

    def login(self, request, extra_context=None):
        response = super().login(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            if request.has_given_password:
                get_user_model().objects.filter(pk=request.user.pk).update(last_login=None)
                response = redirect("admin:password_change")
            Attempt.of(request, request.user.get_username()).succeeded(response)
        return response

    def get_urls(self):
        # Sessions exist only below the admin's path, so /sehat itself cannot recognise staff.
        return [
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
        return response
