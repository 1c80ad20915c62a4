"""What the page for writing tells beside the text: faults before publication, cards, the time in words.

Nothing that is posted here is stored."""

from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from news import before_publication, card_preview, cards, dead_links, photos
from news.admin.typed import numbers, typed
from news.models import Article, Photo
from news.models.taxonomy import one_line
from news.web import dates

_TITLE = Article._meta.get_field("title").max_length or 0
_PANEL = "admin/news/article/_before_publication.html"


class Notes(NamedTuple):
    faults: list[before_publication.Fault]
    cards: list[card_preview.Card]
    picture: str  # the address of the picture that is shared
    host: str = urlsplit(settings.SITE_URL).netloc
    site_name: str = settings.SITE_NAME

    @classmethod
    def about(cls, article: Article, hidden: list[str] | None = None) -> "Notes":
        """About an article, stored or not, whose body is sanitised; `hidden`: texts that the sanitiser took out."""
        photo = article.photo
        text = before_publication.Text(
            title=article.title,
            summary=article.summary,
            body=article.body,
            has_photo=photo is not None,
            photo_alt=photo.alt if photo else "",
            photo_is_decorative=bool(photo and photo.decorative),
            hidden=tuple(hidden or ()),
            dead_links=dead_links.dead(before_publication.links(article.body)),
            decorative=_decorative(article.body),
        )
        shown = card_preview.cards(article.title, article.description)
        return cls(before_publication.faults(text), shown, _picture(article))


def _decorative(body: str) -> frozenset[str]:
    """The addresses of pictures in the body that the library knows as decorative."""
    names = {src: found[1] for src, _ in before_publication.pictures(body) if (found := photos.RENDITION.search(src))}
    decorative = Photo.objects.filter(name__in=set(names.values()), decorative=True).values_list("name", flat=True)
    known = {*decorative} if names else set()
    return frozenset(src for src, name in names.items() if name in known)


def _picture(article: Article) -> str:
    if article.photo:
        return article.photo.share_url
    category = article.category.name if article.category_id else ""
    return f"{reverse('admin:news_article_card')}?{urlencode({'judul': article.title, 'kategori': category})}"


def publication_in_words(article: Article) -> str:
    """When readers will see the article, or saw it first."""
    at = article.published_at
    if at is None:
        return "Tanpa jadwal: terbit begitu diterbitkan."
    if at > timezone.now():
        return f"Terbit {dates.from_now(at)}."
    return f"{'Tampil sejak' if article.was_public else 'Bertanggal'} {dates.from_now(at)}."


def saved_in_words(article: Article) -> str:
    """When the article itself was saved last."""
    return f"Tersimpan {dates.spoken(article.updated_at).removeprefix('hari ini ')}"


def publish_label(article: Article) -> str:
    """What the button that publishes says."""
    if article.status == Article.Status.WITHDRAWN:
        return "Terbitkan kembali"
    return "Jadwalkan" if article.published_at and article.published_at > timezone.now() else "Terbitkan"


# ---- Beside typing


@require_POST
def notes(request: HttpRequest) -> JsonResponse:
    """The panel and the time for the posted form of an article."""
    _refuse_strangers(request)
    stored = Article.objects.filter(pk__in=numbers(request.POST, "pk")).only("status", "withdrawn_at").first()
    article, _, hidden, _ = typed(request.POST, stored)
    return JsonResponse(
        {
            "panel": render_to_string(_PANEL, {"notes": Notes.about(article, hidden)}),
            "time": publication_in_words(article),
            "publish": publish_label(article),
        }
    )


@require_GET
def card(request: HttpRequest) -> HttpResponse:
    """The picture that the worker will draw for an article without a photo."""
    _refuse_strangers(request)
    title, category = (one_line(request.GET.get(name, ""))[:_TITLE] for name in ("judul", "kategori"))
    response = HttpResponse(cards.draw(title, category), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _refuse_strangers(request: HttpRequest) -> None:
    if not any(request.user.has_perm(f"news.{verb}_article") for verb in ("add", "change")):
        raise PermissionDenied
