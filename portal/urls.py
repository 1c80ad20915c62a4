"""The portal's URLs: the admin, media and health check, and those of both apps."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from news.views.pages import without_slash
from portal.health.page import health
from portal.media import media

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"

ADMIN = settings.ADMIN_PATH.strip("/")

urlpatterns = [
    path("", include("comments.urls")),
    # Before news.urls, which would take it for the address of an office page.
    path(ADMIN, RedirectView.as_view(pattern_name="admin:index"), name="admin"),
    path(f"{ADMIN}/", admin.site.urls),
    re_path(r"^media/(?P<path>.+)$", media, name="media"),
    path("sehat", health, name="health"),
    path("", include("news.urls")),
    path("<path:path>/", without_slash, name="without-slash"),
]
