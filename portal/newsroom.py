"""The admin site: its names, and the first log-in with a password that somebody else has set."""

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import get_user_model
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone

from portal.health import health_for_staff


class LoginForm(AdminAuthenticationForm):
    def confirm_login_allowed(self, user):
        super().confirm_login_allowed(user)
        self.request.has_given_password = user.last_login is None


class Newsroom(AdminSite):
    """`last_login` stays empty until users have chosen their own password. Until then each log-in leads to that form
    and every page shows a reminder (templates/admin/base_site.html)."""

    site_header = site_title = f"Ruang redaksi {settings.SITE_NAME}"
    index_title = "Meja kerja"
    login_form = LoginForm

    def login(self, request, extra_context=None):
        response = super().login(request, extra_context)
        if request.user.is_authenticated and getattr(request, "has_given_password", False):
            get_user_model().objects.filter(pk=request.user.pk).update(last_login=None)
            return redirect("admin:password_change")
        return response

    def get_urls(self):
        # The admin's sessions exist only below its own path, so that /sehat itself knows no staff.
        return [path("sehat/", self.admin_view(health_for_staff), name="health"), *super().get_urls()]

    def password_change(self, request, extra_context=None):
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            get_user_model().objects.filter(pk=request.user.pk).update(last_login=timezone.now())
        return response
