"""The page of an article's comments, with the form and its submission."""

from django.conf import settings
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from comments import limits, threads
from comments.captcha import issuing
from comments.forms import CommentForm, ReplyForm
from comments.mail import secret_links
from comments.submission import submit
from comments.views.common import filled, is_foreign, no_store, published, unlisted
from news.forms import cursor_of
from news.views.articles import withdrawn_or_404
from news.web import senders


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt
@no_store
def comments(request, pk):
    article = published(pk)
    if article is None:
        return withdrawn_or_404(request, pk, "" if is_foreign(request) else request.POST.get("komentar", ""))
    if request.method == "POST":
        return _receive(request, article)
    return _page(request, article)


# Why a form without errors is shown again, and with which status
_FOREIGN, _NEW_CAPTCHA = "foreign", "new_captcha"
_STATUS = {limits.SENDER: 429, limits.SITE: 429, _FOREIGN: 403}


def _receive(request, article):
    form = CommentForm(request.POST, article=article)
    if is_foreign(request):
        return _page(request, article, form, notice=_FOREIGN)
    if issuing.is_another_wanted(request):
        return _page(request, article, form, notice=_NEW_CAPTCHA)
    if not form.is_valid() or form.offers_channel:
        return _page(request, article, form)
    submission = submit(form, senders.key(request))
    if submission.stored is None:
        return _page(request, article, form, submission.captcha_form, notice=submission.limit)
    return HttpResponseRedirect(f"{secret_links.own_url(submission.stored)}#terkirim", status=303)


def _page(request, article, form=None, captcha_form=None, *, notice=""):
    """The article's comments, and the form with all that was typed, including the answer to an unused captcha.

    A form with errors has status 200: some proxies for cheap phones replace error pages with their own.
    """
    page = threads.page(article, cursor_of(request))
    reply = form or (ReplyForm(request.GET, article=article) if "balas" in request.GET else None)
    context = {
        "article": article,
        "page": page,
        "form_first": reply,
        "notice": notice,
        "answered": reply and reply.answered,
        "unanswerable": reply and reply.errors.get("balas"),
        "email_required": settings.COMMENTS_CONFIRM_EMAIL,
    }
    # Without JavaScript the first post comes from the article's page, which has no captcha: that is no error.
    first_post = "captcha_0" not in request.POST
    if page.is_first or context["form_first"]:  # older pages, often read by crawlers, need no form
        context |= filled(request, form, None if first_post else captcha_form)
    if form and not notice:
        context["first_post"] = first_post
        context["channel"] = settings.COMPLAINT_CHANNEL if form.offers_channel else None
    return unlisted(render(request, "comments/page.html", context, status=_STATUS.get(notice, 200)))
