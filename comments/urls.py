"""Addresses of readers' comments."""

from django.urls import path, re_path

from comments.views import captchas, own, reports, thread, transparency, writing

_ARTICLE = r"^berita/(?P<pk>[0-9]{1,18})/komentar"
_OWN = r"^komentar/saya/(?P<token>[^/]{1,100})"
_DATA = r"^komentar/data-saya/(?P<signed>[^/]{1,800}~[^/]{1,100})"

urlpatterns = [
    re_path(rf"{_ARTICLE}$", writing.comments, name="comments"),
    re_path(rf"{_ARTICLE}/captcha$", captchas.captcha_part),
    re_path(rf"{_ARTICLE}/terima-kasih$", writing.thanks),
    re_path(r"^komentar/(?P<pk>[0-9]{1,18})$", thread.thread),
    re_path(r"^komentar/(?P<pk>[0-9]{1,18})/laporkan$", reports.report),
    re_path(r"^komentar/(?P<pk>[0-9]{1,18})/laporkan/terima-kasih$", reports.thanks),
    re_path(r"^komentar/(?:data-saya|[0-9]{1,18}/laporkan)/captcha$", captchas.captcha_alone),
    re_path(rf"{_OWN}$", own.own),
    re_path(rf"{_OWN}/data\.json$", own.own_export),
    re_path(rf"{_OWN}/konfirmasi$", own.confirmation),
    re_path(rf"{_OWN}/surat$", own.email_again),
    re_path(r"^komentar/data-saya$", own.data_request),
    re_path(r"^komentar/data-saya/terkirim$", own.data_requested),
    re_path(rf"{_DATA}$", own.data),
    re_path(rf"{_DATA}/data\.json$", own.data_export),
    re_path(r"^komentar/(?:data-)?saya/", own.unknown),
    re_path(r"^captcha/(?P<key>[0-9a-f]{40})/suara\.wav$", captchas.captcha_sound),
    re_path(r"^captcha/(?P<key>[0-9a-f]{40})/gambar\.png$", captchas.captcha_picture),
    path("transparansi", transparency.transparency),
    re_path(r"^transparansi/(?P<year>[0-9]{4})/(?P<month>[1-9]|1[0-2])$", transparency.month_page),
]
