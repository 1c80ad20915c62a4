"""Readers' reports of comments that should not be there."""

from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from comments import limits
from comments.forms import CaptchaForm, ReportForm
from comments.models import Comment, Report
from comments.views.common import filled, is_foreign, no_store, published, refused, told, unlisted
from news.web import locks, senders


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt
@no_store
def report(request, pk):
    comment = Comment.objects.visible().filter(pk=pk).first()
    article = comment and published(comment.article_id)
    if article is None:
        return told(
            request,
            "Komentar ini tidak tampil",
            "Komentar yang ingin Anda laporkan tidak terlihat lagi oleh pembaca, jadi tidak perlu dilaporkan.",
            status=404,
        )
    comment.article = article
    if request.method != "POST":
        return _page(request, comment)
    if is_foreign(request):
        return refused(request, _back(comment))
    return _receive(request, comment)


def _receive(request, comment):
    """Files a report. The captcha is judged last, so that no other mistake uses it up."""
    form, captcha_form = ReportForm(request.POST), None
    if "gambar_lain" in request.POST or not form.is_valid():
        return _page(request, comment, form)
    sender_key = senders.key(request)
    with transaction.atomic():
        locks.take(
            f"sender {sender_key}"
        )  # else many posts at once would all be the first, and the last that is allowed
        if Report.objects.open_of(sender_key, comment).exists():
            return _known(request, comment)
        is_limited = limits.reached(sender_key) == limits.SENDER  # a flood of comments must not keep reports away
        if not is_limited:
            captcha_form = CaptchaForm(request.POST)
            if captcha_form.is_valid():
                Report.objects.file(comment, form.cleaned_data["alasan"], form.cleaned_data["keterangan"], sender_key)
                return HttpResponseRedirect(f"/komentar/{comment.pk}/laporkan/terima-kasih#terkirim", status=303)
    return _page(request, comment, form, captcha_form, limited=is_limited)


def _known(request, comment):
    return told(
        request,
        "Laporan ini sudah kami terima",
        "Komentar ini sudah dilaporkan dari sambungan internet Anda dan sedang diperiksa moderator. Laporan kedua "
        "tidak diperlukan.",
        way=_back(comment),
    )


def _page(request, comment, form=None, captcha_form=None, *, limited=False):
    context = {
        "comment": comment,
        "reasons": ReportForm.REASONS,
        "limited": limited,
        **filled(request, form, captcha_form),
    }
    return unlisted(render(request, "comments/report.html", context, status=429 if limited else 200))


@require_safe
@no_store
def thanks(request, pk):
    return told(
        request,
        "Terima kasih atas laporan Anda",
        "Laporan sudah masuk ke antrean moderator. Paling lambat dalam 2x24 jam, moderator memutuskan apakah komentar "
        "itu tetap tampil.",
        "Sampai diputuskan, komentar itu masih terlihat. Anda tidak perlu melaporkannya lagi.",
        way=(f"/komentar/{pk}", "Kembali ke komentar"),
    )


def _back(comment):
    return f"/komentar/{comment.pk}", "Kembali ke komentar"
