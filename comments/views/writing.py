"""The page of an article's comments with the form, and what is sent with it."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from comments import captcha, senders, threads
from comments.forms import CaptchaForm, CommentForm
from comments.models import Comment
from comments.views.common import is_foreign, no_store, published, unlisted
from news.forms import PageForm
from news.views.articles import withdrawn_or_404


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt
@no_store
def comments(request, pk):
    article = published(pk)
    if article is None:
        return withdrawn_or_404(request, pk)
    if request.method == "POST":
        return _receive(request, article)
    return _page(request, article)


def _receive(request, article):
    """Takes a comment in. The captcha is judged last, so that no other mistake uses it up."""
    if is_foreign(request):
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
    page = threads.page(article, cursor.cleaned_data["sebelum"])
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
    return unlisted(render(request, "comments/page.html", context, status=429 if limited else 200))


@require_safe
@no_store
def thanks(request, pk):
    article = published(pk)
    if article is None:
        return withdrawn_or_404(request, pk)
    return unlisted(render(request, "comments/thanks.html", {"article": article}))


def _thanks(article):
    # To the heading, which takes the focus: a screen reader reads it, a small screen shows it.
    return HttpResponseRedirect(f"/berita/{article.pk}/komentar/terima-kasih#terkirim", status=303)
