"""Readers' reports about comments."""

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from comments.captcha import issuing
from comments.forms import ReportForm
from comments.models import Comment
from comments.paths import thread_path
from comments.submission import submit_report
from comments.views.common import filled, is_foreign, message_page, no_store, published, refused, unlisted
from news.web import senders


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt
@no_store
def report(request, pk):
    comment = Comment.objects.visible().filter(pk=pk).first()
    article = comment and published(comment.article_id)
    if article is None:
        return message_page(
            request,
            "Komentar ini tidak tampil",
            "Komentar yang ingin Anda laporkan tidak terlihat lagi oleh pembaca, jadi tidak perlu dilaporkan.",
            status=404,
        )
    comment.article = article
    if request.method != "POST":
        return _page(request, comment)
    if is_foreign(request):
        return refused(request, _back(comment.pk))
    return _receive(request, comment)


def _receive(request, comment):
    form = ReportForm(request.POST)
    if issuing.is_another_wanted(request) or not form.is_valid():
        return _page(request, comment, form)
    submission = submit_report(form, comment, senders.key(request))
    if submission.is_repeated:
        return _already_reported(request, comment)
    if submission.stored is None:
        return _page(request, comment, form, submission.captcha_form, limited=bool(submission.limit))
    address = reverse("report-comment-thanks", args=[comment.pk], fragment="terkirim")
    return HttpResponseRedirect(address, status=303)


def _already_reported(request, comment):
    return message_page(
        request,
        "Laporan ini sudah kami terima",
        "Komentar ini sudah dilaporkan dari sambungan internet Anda dan sedang diperiksa moderator. Laporan kedua "
        "tidak diperlukan.",
        back_link=_back(comment.pk),
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
    return message_page(
        request,
        "Terima kasih atas laporan Anda",
        "Laporan sudah masuk ke antrean moderator. Paling lambat dalam 2x24 jam, moderator memutuskan apakah komentar "
        "itu tetap tampil.",
        "Sampai diputuskan, komentar itu masih terlihat. Anda tidak perlu melaporkannya lagi.",
        back_link=_back(pk),
    )


def _back(pk):
    return thread_path(pk), "Kembali ke komentar"
