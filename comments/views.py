"""Readers' comments: the page of an article's comments with the form, its captcha, and what is sent with it.

Nothing here sets a cookie or needs one, so the posts carry no CSRF token: a foreign page could only send what its
visitor might send as well. Such posts are refused all the same, so that nobody writes unawares.
"""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from comments import captcha, senders
from comments.forms import CaptchaForm, CommentForm
from comments.models import Comment
from news import paging
from news.forms import PageForm
from news.models import Article
from news.views.articles import withdrawn_or_404

no_store = cache_control(no_store=True)
_RANGE = re.compile(r"bytes=(\d{1,9})-(\d{0,9})")


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt
@no_store
def comments(request, pk):
    article = _published(pk)
    if article is None:
        return withdrawn_or_404(request, pk)
    if request.method == "POST":
        return _receive(request, article)
    return _page(request, article)


def _receive(request, article):
    """Takes a comment in. The captcha is judged last, so that no other mistake uses it up."""
    if _is_foreign(request):
        return render(request, "comments/foreign.html", {"article": article}, status=403)
    form = CommentForm(request.POST)
    if form.is_from_a_program:
        return _thanks(article)  # and nothing is kept: a program learns nothing from it
    if not form.is_valid():
        return _page(request, article, form)
    sender_key = senders.key(request)
    if _has_sent_enough(sender_key):
        return _page(request, article, form, limited=True)
    captcha_form = CaptchaForm(request.POST)
    if not captcha_form.is_valid():
        return _page(request, article, form, captcha_form)
    with transaction.atomic():
        senders.take_turn(sender_key)  # else many posts at once would all be the last that is allowed
        if _has_sent_enough(sender_key):
            return _page(request, article, form, limited=True)
        form.save(article, sender_key)
    return _thanks(article)


def _has_sent_enough(sender_key: str) -> bool:
    return 0 < settings.COMMENTS_PER_HOUR <= Comment.objects.sent_within_the_hour(sender_key).count()


def _page(request, article, form=None, captcha_form=None, *, limited=False):
    """The article's comments, and the form with all that was typed. An unused captcha stays, with its answer.

    A form with mistakes answers 200: some proxies of cheap phones replace error pages by their own.
    """
    cursor = PageForm(request.GET)
    if not cursor.is_valid():
        raise BadRequest("sebelum")
    visible = Comment.objects.visible().filter(article=article).for_list()
    page = paging.page(visible, cursor.cleaned_data["sebelum"], field="created_at")
    context = {"article": article, "page": page, "form": form, "limited": limited}
    if page.is_first or form:  # who leafs through old comments, often a search engine, needs no captcha made
        posted = request.POST.get("captcha_0", "")
        context["captcha_key"] = captcha.key_to_show(posted)
        context["captcha_answer"] = request.POST.get("captcha_1", "") if posted == context["captcha_key"] else ""
    if form and not limited:
        # Without JavaScript the first post comes from the article's page, which has no captcha: no mistake.
        first_post = "captcha_0" not in request.POST
        captcha_errors = captcha_form.errors.get("captcha", []) if captcha_form and not first_post else []
        context["first_post"] = first_post
        context["captcha_errors"] = captcha_errors
        context["problems"] = [(name, error) for name, errors in form.errors.items() for error in errors]
        context["problems"] += [("captcha", error) for error in captcha_errors]
    return _unlisted(render(request, "comments/page.html", context, status=429 if limited else 200))


@require_safe
@no_store
def captcha_part(request, pk):
    """The captcha's part of the form alone, for portal.js."""
    if _published(pk) is None:
        return withdrawn_or_404(request, pk)
    return _unlisted(render(request, "comments/_captcha.html", {"captcha_key": captcha.key_to_show()}))


@require_safe
@no_store
def captcha_sound(request, key):
    """The captcha spoken. Safari plays only what comes in the parts it asks for: a range of bytes is answered so."""
    try:
        wav = captcha.sound(key)
    except captcha.Busy:
        return HttpResponse(status=503, headers={"Retry-After": "1"})
    if wav is None:
        return HttpResponse(status=410)
    request.META.pop("HTTP_ACCEPT_ENCODING", None)  # a compressed part could not be put together again
    response = HttpResponse(wav, content_type="audio/wav", headers={"Accept-Ranges": "bytes"})
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))  # other kinds of ranges may be answered with the whole
    if asked and (
        not asked[2] or int(asked[2]) >= int(asked[1])
    ):  # a range that ends before it begins asks for nothing
        start, end = int(asked[1]), min(int(asked[2] or len(wav)), len(wav) - 1)
        if start > end:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(wav)}"})
        response.status_code = 206
        response.content = wav[start : end + 1]
        response["Content-Range"] = f"bytes {start}-{end}/{len(wav)}"
    return _unlisted(response)


@require_safe
@no_store
def thanks(request, pk):
    article = _published(pk)
    if article is None:
        return withdrawn_or_404(request, pk)
    return _unlisted(render(request, "comments/thanks.html", {"article": article}))


def _published(pk):
    return Article.objects.published().only("title", "slug").filter(pk=pk).first()


def _thanks(article):
    # To the heading, which takes the focus: a screen reader reads it, a small screen shows it.
    return HttpResponseRedirect(f"/berita/{article.pk}/komentar/terima-kasih#terkirim", status=303)


def _unlisted(response):
    response["X-Robots-Tag"] = "noindex"
    return response


def _is_foreign(request) -> bool:
    """Whether a browser says that the form was sent from another site's page. Old browsers say nothing.

    An Origin of "null" is what privacy settings leave of our own pages', too: there Sec-Fetch-Site decides.
    """
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if site not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin", "")
    if not origin or (origin == "null" and "Sec-Fetch-Site" in request.headers):
        return False
    try:
        host = urlsplit(origin).netloc
    except ValueError:
        return True
    return host not in (request.get_host(), urlsplit(settings.SITE_URL).netloc)
