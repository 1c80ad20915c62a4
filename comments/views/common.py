"""Shared by the views of comments: responses are neither cached nor indexed, and posts from other sites are refused.

These views neither set nor need cookies, so their forms carry no CSRF token: another site's page could only send what
its visitor could send, too. Such posts are still refused, so that nobody posts without knowing.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.cache import cache_control

from comments.captcha import issuing
from news.models import Article
from news.paths import HOME
from news.web import misaddressed
from news.web.prepared import Statement

no_store = cache_control(no_store=True)
_TO_HOME = (HOME, "Ke beranda")


def published(pk) -> Article | None:
    """The published article with this id, with title and slug only, or None."""
    for row in _published(int(pk)):
        return Article.from_db("default", _COLUMNS, row)
    return None


_COLUMNS = ("id", "title", "slug")
_published = Statement(lambda pk: Article.objects.published().filter(pk=pk).values_list(*_COLUMNS), int)


def unlisted(response):
    response["X-Robots-Tag"] = "noindex"
    return response


def message_page(request, title: str, *paragraphs: str, back_link=_TO_HOME, status=200):
    """A page with only a message. `back_link`: the URL and the text of its link."""
    context = {"title": title, "paragraphs": paragraphs, "back_link": back_link}
    return unlisted(render(request, "comments/message.html", context, status=status))


def refused(request, back_link=_TO_HOME):
    """The response to a form that was sent from another site's page."""
    return message_page(
        request,
        "Kiriman ini tidak diterima",
        "Kiriman ini datang dari halaman situs lain. Agar tidak ada orang yang mengirim sesuatu tanpa sengaja, portal "
        "hanya menerima kiriman dari halamannya sendiri.",
        back_link=back_link,
        status=403,
    )


def filled(request, form=None, captcha_form=None) -> dict:
    """Template context of a form with a captcha: the form, its errors and the captcha.

    An unused captcha is shown again with the answer that was typed. If another picture was requested, there is a new
    captcha and no error yet.
    """
    forms = [each for each in (form, captcha_form) if each and each.is_bound]
    if issuing.is_another_wanted(request):
        forms = []
    errors = {name: messages[0] for each in forms for name, messages in each.errors.items()}
    return {
        "form": form,
        "errors": errors,
        "captcha_errors": [errors["captcha"]] if "captcha" in errors else [],
        **issuing.shown(request),
    }


def is_foreign(request) -> bool:
    """Whether the browser reports that the form was sent from another site's page. Old browsers report nothing.

    Privacy settings can reduce the Origin of our own pages to "null", too: then Sec-Fetch-Site decides.
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
    is_other = host not in (request.get_host(), urlsplit(settings.SITE_URL).netloc)
    if is_other and request.headers.get("Sec-Fetch-Site") == "same-origin":
        misaddressed.report_origin(request)  # the browser vouches that it is our page: our settings must be wrong
    return is_other
