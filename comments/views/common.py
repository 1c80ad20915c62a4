"""What the views of comments have in common: no answer is kept or listed, and no post comes from another site's page.

Nothing of comments sets a cookie or needs one, so the posts carry no CSRF token: a foreign page could only send what
its visitor might send as well. Such posts are refused all the same, so that nobody writes unawares.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.cache import cache_control

from comments.captcha import issuing
from news.models import Article
from news.paths import HOME

no_store = cache_control(no_store=True)
_TO_HOME = (HOME, "Ke beranda")


def published(pk):
    return Article.objects.published().only("title", "slug").filter(pk=pk).first()


def unlisted(response):
    response["X-Robots-Tag"] = "noindex"
    return response


def message_page(request, title: str, *paragraphs: str, back_link=_TO_HOME, status=200):
    """A page that only says something. `back_link`: the address that it links to, and the link's text."""
    context = {"title": title, "paragraphs": paragraphs, "back_link": back_link}
    return unlisted(render(request, "comments/message.html", context, status=status))


def refused(request, back_link=_TO_HOME):
    """The answer to what another site's page has sent."""
    return message_page(
        request,
        "Kiriman ini tidak diterima",
        "Kiriman ini datang dari halaman situs lain. Agar tidak ada orang yang mengirim sesuatu tanpa sengaja, portal "
        "hanya menerima kiriman dari halamannya sendiri.",
        back_link=back_link,
        status=403,
    )


def filled(request, form=None, captcha_form=None) -> dict:
    """What the template of a form with a captcha needs: what was typed, the mistakes, and a captcha.

    An unused captcha stays, with its answer, unless another picture was asked for; then nothing is judged yet.
    """
    judged = [] if "gambar_lain" in request.POST else [each for each in (form, captcha_form) if each and each.is_bound]
    errors = {name: messages[0] for each in judged for name, messages in each.errors.items()}
    return {
        "form": form,
        "errors": errors,
        "captcha_errors": [errors["captcha"]] if "captcha" in errors else [],
        **issuing.shown(request),
    }


def is_foreign(request) -> bool:
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
