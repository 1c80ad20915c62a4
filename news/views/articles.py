"""The home page and article pages."""

import io
from urllib.parse import quote

import segno
from django.conf import settings
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from news import article_page, front_page, markup, old_addresses, outline, pageviews, paths, related
from news.models import Article
from news.web import old_shapes
from news.web.caching import public

_SHARE = (
    ("WhatsApp", "https://wa.me/?text={title}%20{url}"),
    ("Telegram", "https://t.me/share/url?url={url}&text={title}"),
    ("Facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
    ("X", "https://x.com/intent/post?text={title}&url={url}"),
    ("Email", "mailto:?subject={title}&body={url}"),
)


@require_safe
@public
def home(request):
    query = request.META["QUERY_STRING"]
    if old_shapes.decides(query) and (address := old_addresses.leads_to(paths.HOME, query)):  # WordPress's /?p=123
        return HttpResponsePermanentRedirect(address)
    return render(request, "news/home.html", front_page.chosen()._asdict())


@require_safe
@public
def article(request, pk, slug=""):
    found = article_page.find(int(pk))
    if found is None:
        return withdrawn_or_404(request, pk)
    if request.path != found.get_absolute_url():
        return HttpResponsePermanentRedirect(found.get_absolute_url())
    body, headings = outline.outlined(markup.shown(found.body))
    response = render(
        request,
        "news/article.html",
        {
            "article": found,
            "description": found.description,
            "body": body,
            "headings": headings,
            "minutes": outline.minutes(found.body),
            "documents": found.documents,
            "related": related.stored(found.pk),
            "share": _share_links(found),
            **article_page.around(found.pk)._asdict(),
        },
    )
    response[pageviews.HEADER] = str(found.pk)
    return response


@require_safe
@public
def short(request, pk):
    found = Article.objects.published().only("slug").filter(pk=pk).first()
    return HttpResponsePermanentRedirect(found.get_absolute_url()) if found else withdrawn_or_404(request, pk)


@require_safe
@public
def qr_code(request, pk):
    """The short address as a QR code, for print. Needs no database query."""
    address, picture = settings.SITE_URL + paths.short_path(pk), io.BytesIO()
    segno.make(address, error="m", micro=False).save(picture, "svg", border=0, omitsize=True)
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


def withdrawn_or_404(request, pk, unsent: str = ""):
    """The response for an article that is not published: 410 with the reason if it was withdrawn, else Http404.
    `unsent`: the comment that somebody wrote meanwhile; it is given back."""
    gone = get_object_or_404(Article.objects.withdrawn(), pk=pk)
    return render(request, "news/withdrawn.html", {"article": gone, "unsent": unsent}, status=410)


def _share_links(article) -> list[tuple[str, str]]:
    """(name, address) of each sharing service."""
    url, title = quote(settings.SITE_URL + article.short_url, safe=""), quote(article.title, safe="")
    return [(name, address.format(url=url, title=title)) for name, address in _SHARE]
