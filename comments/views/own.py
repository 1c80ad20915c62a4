"""Authors' pages: the state of a comment and the data stored about its author. Secret links stand in for accounts."""

from functools import wraps

from django.conf import settings
from django.core import signing
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from comments import privacy
from comments.captcha import issuing
from comments.forms import CaptchaForm, DataForm
from comments.mail import secret_links
from comments.models import Comment, Decision
from comments.views.common import filled, is_foreign, message_page, no_store, published, refused, unlisted
from news.forms import cursor_of
from news.paths import page_path
from news.web import paging


def _secret(view):
    """For pages whose URL is the proof of identity: not cached, not indexed, and not sent to linked sites."""

    @csrf_exempt
    @no_store
    @wraps(view)
    def secret(request, *args, **kwargs):
        if request.method == "POST" and _is_foreign(request):
            response = refused(request)
        else:
            response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        return unlisted(response)

    return secret


def _is_foreign(request) -> bool:
    """Like is_foreign, but accepts Origin "null" without Sec-Fetch-Site: browsers send that from our own page, too,
    because it sends no referrer. A foreign page does not know the secret URL anyway."""
    is_unknown = request.headers.get("Origin") == "null" and "Sec-Fetch-Site" not in request.headers
    return not is_unknown and is_foreign(request)


@require_http_methods(["GET", "HEAD", "POST"])
@_secret
def own(request, token):
    """The state of a comment, for its author; a POST erases the comment."""
    comment = secret_links.comment_of(token)
    if comment is None:
        return _wrong_link(request)
    if request.method == "POST":
        Comment.objects.filter(pk=comment.pk).erase()
        return _to(secret_links.own_url(comment))
    is_shown = Comment.objects.visible().filter(pk=comment.pk).exists() and published(comment.article_id) is not None
    emails = secret_links.confirmation_emails(comment)
    decisions = comment.decisions.standing().filter(verb__in=Decision.UNDOABLE).order_by("-pk")
    context = {
        "comment": comment,
        "token": token,
        "is_shown": is_shown,
        "is_overdue": comment.due_at is not None and comment.due_at < timezone.now(),
        "decision": decisions.first(),
        "answers": Comment.objects.visible().filter(parent=comment).exclude(office=None).select_related("office"),
        "link": settings.SITE_URL + secret_links.own_url(comment),
        "kept_days": settings.COMMENT_DATA_DAYS,
        "can_send": settings.MAIL_IS_ON,
        "unconfirmed_days": secret_links.UNCONFIRMED_KEPT.days,
        "last_email": emails[0] if emails else None,
        "has_emails_left": len(emails) < secret_links.EMAILS_OF_A_COMMENT,
    }
    return render(request, "comments/own.html", context)


@require_safe
@_secret
def own_export(request, token):
    comment = secret_links.comment_of(token)
    if comment is None:
        return _wrong_link(request)
    return _export(Comment.objects.filter(pk=comment.pk), f"komentar-{comment.pk}.json")


@require_http_methods(["GET", "HEAD", "POST"])
@_secret
def confirmation(request, token):
    """Confirms an e-mail address, only by POST: virus scanners follow the links in e-mails."""
    comment = secret_links.comment_to_confirm(token)
    if comment is None:
        return _wrong_link(request)
    if request.method == "POST":
        Comment.objects.filter(pk=comment.pk).confirm()
    if not Comment.objects.unconfirmed().filter(pk=comment.pk).exists():
        return _to(secret_links.own_url(comment))
    return render(
        request, "comments/confirmation.html", {"comment": comment, "own_url": secret_links.own_url(comment)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@_secret
def email_again(request, token):
    """Sends the confirmation e-mail again, by POST, within the limits of secret_links.ask_confirmation."""
    comment = secret_links.comment_of(token)
    if comment is None:
        return _wrong_link(request)
    if request.method == "POST" and Comment.objects.unconfirmed().filter(pk=comment.pk).exists():
        secret_links.ask_confirmation(comment)
    return _to(secret_links.own_url(comment))


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt
@no_store
def data_request(request):
    """Requests the link to all data of an e-mail address. The response does not reveal whether there is any."""
    if request.method == "POST" and is_foreign(request):
        return refused(request)
    form = captcha_form = None
    if request.method == "POST" and settings.MAIL_IS_ON:
        form = DataForm(request.POST)
        if not issuing.is_another_wanted(request) and form.is_valid():
            captcha_form = CaptchaForm(request.POST)
            if captcha_form.is_valid():
                secret_links.offer_data(form.cleaned_data["email"])
                return _to(reverse("own-data-requested"))
    context = {"can_send": settings.MAIL_IS_ON, "kept_days": settings.COMMENT_DATA_DAYS}
    if settings.MAIL_IS_ON:
        context |= filled(request, form, captcha_form)
    return unlisted(render(request, "comments/data_request.html", context))


@require_safe
@no_store
def data_requested(request):
    return message_page(
        request,
        "Permintaan Anda sudah kami terima",
        "Bila ada komentar yang tersimpan dengan alamat email itu, sebuah surat berisi tautan ke datanya segera "
        "dikirim ke sana. Tautan berlaku 24 jam.",
        "Surat belum datang? Periksa folder spam. Ke satu alamat dikirim paling banyak satu surat setiap 10 menit. "
        "Bila tidak ada komentar dengan alamat itu, tidak ada surat yang dikirim.",
        back_link=(page_path("kebijakan-privasi"), "Baca kebijakan privasi"),
    )


def _by_address(view):
    """For views with the signed part of secret_links.data_url in their path; passes that and the e-mail address."""

    @wraps(view)
    def by_address(request, signed):
        try:
            address = secret_links.address_of(signed)
        except signing.BadSignature:
            return _old_link(request)
        return view(request, signed, address) if address else _erased(request)

    return by_address


@require_http_methods(["GET", "HEAD", "POST"])
@_secret
@_by_address
def data(request, signed, address):
    """All comments sent with an e-mail address, for its owner; a POST erases them all."""
    if request.method == "POST":
        privacy.erase_all_of(address)
        return _to(request.path)
    cursor = cursor_of(request)
    comments = Comment.objects.filter(email=address).for_author()
    page = paging.page(comments, cursor, field="created_at")
    rows = [(comment, secret_links.own_url(comment)) for comment in page.items]
    context = {"signed": signed, "address": address, "page": page, "rows": rows}
    return render(request, "comments/data.html", context)


@require_safe
@_secret
@_by_address
def data_export(request, signed, address):
    return _export(Comment.objects.filter(email=address), "data-komentar-saya.json")


def _export(comments, filename: str):
    response = JsonResponse(privacy.export(comments), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _to(path: str):
    # The fragment is the heading, which gets the focus: a screen reader reads it, a small screen shows it.
    return HttpResponseRedirect(f"{path}#terkirim", status=303)


@_secret
def unknown(request):
    """For mistyped secret URLs, which are neither cached nor sent to other sites, either."""
    return _wrong_link(request)


def _wrong_link(request):
    return message_page(
        request,
        "Tautan ini tidak membuka apa pun",
        "Mungkin tautannya terpotong saat disalin: salin lagi seluruhnya, sampai huruf terakhir. Komentar yang sudah "
        "terhapus dari portal juga tidak dapat dibuka lagi.",
        f"Tautannya hilang? Tulislah kepada {settings.CONTACT_EMAIL} dengan judul berita, nama, dan waktu komentar.",
        status=404,
    )


def _old_link(request):
    return message_page(
        request,
        "Tautan ini tidak berlaku lagi",
        "Tautan ke data Anda berlaku 24 jam sejak surat dikirim, dan hanya bila disalin seluruhnya.",
        back_link=(reverse("own-data-request"), "Minta tautan baru"),
        status=410,
    )


def _erased(request):
    return message_page(
        request,
        "Data di balik tautan ini sudah dihapus",
        "Komentar yang ditunjuk tautan ini sudah dihapus, atau alamat email Anda di dalamnya sudah dikosongkan.",
        "Bila masih ada komentar lain yang tersimpan dengan alamat Anda, tautan baru menampilkannya.",
        back_link=(reverse("own-data-request"), "Minta tautan baru"),
    )
