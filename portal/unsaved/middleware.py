"""Notices in the newsroom what was saved, what could not be, and what comes back."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from portal import errors
from portal.unsaved import returns
from portal.unsaved.filling import filled
from portal.unsaved.models import Copy, Fields, Return

FIELD = "_salinan"  # of a form that unsaved.js sends: the names of its copies
NOT_SAVED = (
    "Belum tersimpan: sesi Anda berakhir sewaktu Anda menulis. Periksa tulisan Anda di bawah, lalu simpan sekali lagi."
)


class UnsavedMiddleware:
    """Comes after sessions, users and messages, all of which it needs; the CSRF check comes later than its first half.

    A POST that nobody is logged in for, or with a dead token, is kept and leads back to its form
    (portal.unsaved.returns). One that is answered with a redirect was carried out: its copies go."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        if not request.path_info.startswith(settings.ADMIN_PATH):
            return self.get_response(request)
        if request.method == "POST":
            return self._answer_to_post(request)
        if request.method != "GET" or returns.PARAMETER not in request.GET:
            return self.get_response(request)
        try:
            found = returns.find(request)
        except errors.OUTAGES:
            return errors.unavailable(request)
        return self._with_what_came_back(request, found) if found else self.get_response(request)

    def _answer_to_post(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(response, "is_expired_form", False):
            return self._kept(request) or response
        if response.status_code == 302:
            target = urlsplit(response["Location"]).path
        elif _is_popup(response):
            target = ""
        else:
            return response
        is_logged_in = request.user.is_authenticated
        if not is_logged_in and target == reverse("admin:login"):
            return self._kept(request) or response
        if is_logged_in and target == reverse("admin:second_step") != request.path:
            # Nothing was carried out: portal.newsroom wants the second step to be set up first.
            return self._kept(request) or response
        if is_logged_in and target == reverse("admin:index") and not returns.is_of_log_in(request):
            # Django's answer when the object is gone: nothing was saved.
            return _page_of_texts(request, dict(request.POST.lists()), "") or response
        if is_logged_in and target != reverse("admin:login"):
            match = request.resolver_match
            if match and match.view_name == "admin:news_close_version":
                _forget_texts_of(match.kwargs["pk"])
            if names := [name for name in request.POST.getlist(FIELD) if "\0" not in name]:
                Copy.objects.filter(user=request.user.pk, name__in=names).delete()
            returns.forget(request)
        return response

    def _kept(self, request: HttpRequest) -> HttpResponse | None:
        try:
            return returns.keep(request)
        except errors.OUTAGES:
            return None

    def _with_what_came_back(self, request: HttpRequest, found: Return) -> HttpResponse:
        messages.warning(request, NOT_SAVED)
        response = self.get_response(request)
        if response.status_code == 302 and urlsplit(response["Location"]).path == reverse("admin:second_step"):
            list(messages.get_messages(request))  # it is said when the form is seen
            return response
        if response.status_code == 200 and not response.streaming and "html" in response["Content-Type"]:
            page = filled(response.content.decode(), found.fields)
            if page and (left := _texts(page[1])):
                above = render_to_string("unsaved/_texts.html", {"texts": left})
                page = filled(response.content.decode(), found.fields, above)
            if page:
                response.content = page[0].encode()
                return response
        return _page_of_texts(request, found.fields, found.page) or response


def _forget_texts_of(article: int) -> None:
    """Nobody can say which of the copies hold what a closed version held, so all go. A tab that is still open writes
    its own anew."""
    form = reverse("admin:news_article_change", args=[article])
    Copy.objects.filter(form__startswith=form).delete()
    Return.objects.filter(page__startswith=form).delete()


def _is_popup(response: HttpResponse) -> bool:
    """Whether something was saved in a window of its own, which now closes."""
    return "popup_response" in str(getattr(response, "template_name", ""))


def _page_of_texts(request: HttpRequest, fields: Fields, page: str) -> HttpResponse | None:
    """Shows texts without a form, to be copied; `page` is where the form was, "" if it is gone. None without texts."""
    texts = _texts(fields)
    context = {"title": "Tulisan Anda", "texts": texts, "page": page}
    return render(request, "unsaved/texts.html", site.each_context(request) | context) if texts else None


def _texts(fields: Fields) -> list[tuple[str, str]]:
    """Names and values of what somebody may have written, not of buttons and chosen numbers."""
    return [
        (name, text)
        for name, values in fields.items()
        for text in values
        if not name.startswith("_") and any(each.isalpha() for each in text) and " " in text.strip()
    ]
