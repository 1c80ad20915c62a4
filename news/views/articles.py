"""The home page and the articles' own pages."""

import io
from urllib.parse import quote

import segno
from django.conf import settings
from django.db.models import DateTimeField, Q, Subquery, Value
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from news import markup, outline, pageviews, related
from news.models import Article, Category, Correction, Tag
from news.web.caching import public
from news.web.prepared import Instances, Statement

HOME_NEWEST = 7  # the headline is the first
HOME_PER_CATEGORY = 4

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
    published = Article.objects.published().for_list()
    newest = list(published.newest_first()[:HOME_NEWEST])
    headline = published.headline() or (newest[0] if newest else None)
    newest = [each for each in newest if each != headline][: HOME_NEWEST - 1]
    shown = [each.pk for each in newest] + [headline.pk] if headline else []
    sections = [
        (category, list(published.filter(category=category).exclude(pk__in=shown).newest_first()[:HOME_PER_CATEGORY]))
        for category in Category.objects.in_navigation()
    ]
    return render(request, "news/home.html", {"headline": headline, "newest": newest, "sections": sections})


@require_safe
@public
def article(request, pk, slug=""):
    found = next(iter(_published(int(pk))), None)
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
            "reads": found.views.total if hasattr(found, "views") else 0,
            "related": related.stored(found),
            "share": _share_links(found),
            **_around(found),
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
    """The short address as a picture, for what is printed. Made without a look at the database."""
    picture = io.BytesIO()
    segno.make(f"{settings.SITE_URL}/b/{pk}", error="m", micro=False).save(picture, "svg", border=0, omitsize=True)
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


def withdrawn_or_404(request, pk):
    """The page of an article that is not published: 410 with the reason where it was withdrawn, else Http404."""
    gone = get_object_or_404(Article.objects.withdrawn(), pk=pk)
    return render(request, "news/withdrawn.html", {"article": gone}, status=410)


def _share_links(article) -> list[tuple[str, str]]:
    """(name, address) of each place to share at."""
    url, title = quote(settings.SITE_URL + article.short_url, safe=""), quote(article.title, safe="")
    return [(name, address.format(url=url, title=title)) for name, address in _SHARE]


def _around(article) -> dict:
    """What stands around an article on its page, in one query: tags, corrections, the older and the newer article."""
    around = {"tags": [], "corrections": [], "older": None, "newer": None}
    for kind, text, slug, pk, at in sorted(_rows_around(article.pk), key=lambda row: row[1]):
        if kind == "tag":
            around["tags"].append(Tag(pk=pk, name=text, slug=slug))
        elif kind == "correction":
            around["corrections"].append((text, at))
        else:
            around[kind] = Article(pk=pk, title=text, slug=slug)
    around["corrections"].sort(key=lambda correction: correction[1], reverse=True)
    return around


def _make_rows_around(pk):
    """Rows (kind, text, slug, id, time)."""
    no_time = Value(None, output_field=DateTimeField())
    moment = Subquery(Article.objects.filter(pk=pk).values("published_at"))
    published = Article.objects.published()
    older = published.filter(Q(published_at__lt=moment) | Q(published_at=moment, pk__lt=pk), published_at__lte=moment)
    newer = published.filter(Q(published_at__gt=moment) | Q(published_at=moment, pk__gt=pk), published_at__gte=moment)
    row = "title", "slug", "pk", "published_at"
    tags = Tag.objects.filter(articles=pk).order_by()
    corrections = Correction.objects.filter(article=pk).order_by()
    return tags.values_list(Value("tag"), "name", "slug", "pk", no_time).union(
        corrections.values_list(Value("correction"), "text", Value(""), "pk", "at"),
        older.order_by("-published_at", "-pk").values_list(Value("older"), *row)[:1],
        newer.order_by("published_at", "pk").values_list(Value("newer"), *row)[:1],
        all=True,
    )


_published = Instances(lambda pk: Article.objects.published().for_page().filter(pk=pk))
_rows_around = Statement(_make_rows_around)
