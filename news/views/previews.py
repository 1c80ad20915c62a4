"""The page behind a preview link."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from news import preview_page
from news.models import PreviewLink
from news.pageviews.agents import is_program
from news.web import dates


@require_safe
def preview(request, token: str) -> HttpResponse:
    link = PreviewLink.objects.by_token(token)
    if link is None:
        response = render(request, "news/preview_gone.html", status=410)
        response["Cache-Control"], response["X-Robots-Tag"] = "private, no-store", "noindex"
        return response
    article = link.article
    if article.is_public:
        return redirect(article)
    if request.method == "GET" and not is_program(request.headers.get("User-Agent", "").encode()):
        link.visits.create()
    until = dates.date_and_time(link.expires_at)
    state = "sedang dicabut" if article.withdrawn_at else "belum terbit"
    about = f"Pratinjau untuk {link.recipient}: berita ini {state} dan masih dapat berubah. Berlaku sampai {until}."
    return preview_page.page(request, article, article.tags.all(), about)
