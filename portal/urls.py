"""Every address of the portal."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from news.views.pages import without_slash
from portal.health import health
from portal.media import media

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"

urlpatterns = [
    path("", include("comments.urls")),
    path("admin", RedirectView.as_view(url="/admin/")),  # else it would be a page of the office
    path("admin/", admin.site.urls),
    re_path(r"^media/(?P<path>.+)$", media),
    path("sehat", health),
    path("", include("news.urls")),
    path("<path:path>/", without_slash),
]
