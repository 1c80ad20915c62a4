"""Addresses of readers' comments."""

from captcha.views import captcha_image
from django.urls import re_path
from django.views.decorators.http import require_safe

from comments.views import captchas, thread, writing
from comments.views.common import no_store

_ARTICLE = r"^berita/(?P<pk>[0-9]{1,18})/komentar"

urlpatterns = [
    re_path(rf"{_ARTICLE}$", writing.comments, name="comments"),
    re_path(rf"{_ARTICLE}/captcha$", captchas.captcha_part),
    re_path(rf"{_ARTICLE}/terima-kasih$", writing.thanks),
    re_path(r"^komentar/(?P<pk>[0-9]{1,18})$", thread.thread),
    re_path(r"^captcha/(?P<key>[0-9a-f]{40})/suara\.wav$", captchas.captcha_sound),
    # The library's only view that is needed here, with an answer that no cache keeps.
    re_path(r"^captcha/image/(?P<key>\w{1,64})/$", require_safe(no_store(captcha_image)), name="captcha-image"),
]
