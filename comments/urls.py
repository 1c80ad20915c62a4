"""URLs of comments. comments/paths.py builds those that occur in loops and on every article page."""

from django.urls import path, re_path

from comments.views import captchas, own, reports, thread, transparency, writing

_ARTICLE = r"^berita/(?P<pk>[0-9]{1,18})/komentar"
_COMMENT = r"^komentar/(?P<pk>[0-9]{1,18})"
_OWN = r"^komentar/saya/(?P<token>[^/]{1,100})"
_DATA = r"^komentar/data-saya/(?P<signed>[^/]{1,800}~[^/]{1,100})"
_MONTH = r"(?P<year>[0-9]{4})/(?P<month>[1-9]|1[0-2])"
_CAPTCHA = r"^captcha/(?P<key>[0-9a-f]{40})"

urlpatterns = [
    re_path(rf"{_ARTICLE}$", writing.comments, name="comments"),
    re_path(rf"{_ARTICLE}/captcha$", captchas.captcha_part, name="comments-captcha"),
    re_path(rf"{_COMMENT}$", thread.thread, name="thread"),
    re_path(rf"{_COMMENT}/laporkan$", reports.report, name="report-comment"),
    re_path(rf"{_COMMENT}/laporkan/captcha$", captchas.captcha_alone, name="report-comment-captcha"),
    re_path(rf"{_COMMENT}/laporkan/terima-kasih$", reports.thanks, name="report-comment-thanks"),
    re_path(rf"{_OWN}$", own.own, name="own-comment"),
    re_path(rf"{_OWN}/data\.json$", own.own_export, name="own-comment-export"),
    re_path(rf"{_OWN}/konfirmasi$", own.confirmation, name="own-comment-confirmation"),
    re_path(rf"{_OWN}/surat$", own.email_again, name="own-comment-email"),
    path("komentar/data-saya", own.data_request, name="own-data-request"),
    path("komentar/data-saya/captcha", captchas.captcha_alone, name="own-data-request-captcha"),
    path("komentar/data-saya/terkirim", own.data_requested, name="own-data-requested"),
    re_path(rf"{_DATA}$", own.data, name="own-data"),
    re_path(rf"{_DATA}/data\.json$", own.data_export, name="own-data-export"),
    re_path(r"^komentar/(?:data-)?saya/", own.unknown, name="own-unknown"),
    re_path(rf"{_CAPTCHA}/suara\.wav$", captchas.captcha_sound, name="captcha-sound"),
    re_path(rf"{_CAPTCHA}/gambar\.png$", captchas.captcha_picture, name="captcha-picture"),
    path("transparansi", transparency.transparency, name="transparency"),
    re_path(rf"^transparansi/{_MONTH}$", transparency.month_page, name="transparency-month"),
]
