"""Schema.org descriptions as plain dicts; `news.templatetags.structured` renders them.

Properties: developers.google.com/search/docs/appearance/structured-data, for Article, Breadcrumb and Organization.
"""

from functools import cache

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from news import cards, paths
from news.web import dates

_CONTEXT = "https://schema.org"


def article(found, description: str, tags, corrections) -> dict:
    """NewsArticle; `tags` have a `name`, `corrections` are those of news.article_page."""
    url = settings.SITE_URL + found.get_absolute_url()
    described = {
        "@context": _CONTEXT,
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": url},
        "url": url,
        "headline": found.title,
        "description": description,
        "image": _images(found),
        "datePublished": _published(found),
        "dateModified": dates.iso(found.changed_at),
        "author": _authors(found),
        "publisher": organization(),
        "articleSection": found.category.name,
        "keywords": [tag.name for tag in tags],
        "inLanguage": "id",
        "isAccessibleForFree": True,
    }
    if found.editor:
        described["editor"] = _person(found, found.editor)
    if correcting := [told for told in corrections if told.is_correcting]:
        described["correction"] = [_comment(url, told, "CorrectionComment") for told in correcting]
    if others := [told for told in corrections if not told.is_correcting]:
        described["comment"] = [_comment(url, told, "Comment") for told in others]
    return described


def breadcrumbs(*crumbs: tuple[str, str]) -> dict:
    """BreadcrumbList of the home page followed by `crumbs`, pairs of name and path."""
    places = enumerate([("Beranda", paths.HOME), *crumbs], start=1)
    return {
        "@context": _CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": settings.SITE_URL + path}
            for position, (name, path) in places
        ],
    }


def site() -> list[dict]:
    """WebSite with its search, and the full Organization."""
    office = settings.OFFICE
    return [
        {
            "@context": _CONTEXT,
            "@type": "WebSite",
            "name": settings.SITE_NAME,
            "description": settings.SITE_TAGLINE,
            "url": settings.SITE_URL + paths.HOME,
            "inLanguage": "id",
            "publisher": organization(),
            "potentialAction": {
                "@type": "SearchAction",
                "target": {
                    "@type": "EntryPoint",
                    "urlTemplate": f"{settings.SITE_URL}{reverse('search')}?q={{search_term_string}}",
                },
                "query-input": "required name=search_term_string",
            },
        },
        {
            "@context": _CONTEXT,
            **organization(),
            "email": settings.CONTACT_EMAIL,
            **{name: office[key] for name, key in (("telephone", "phone"), ("address", "address")) if office[key]},
            "sameAs": [address for _, address in office["social"]],
        },
    ]


def dataset(files: list[tuple[str, str]], fields: list[str]) -> dict:
    """Dataset for the open data; `files` are pairs of media type and path."""
    url = settings.SITE_URL + reverse("open-data")
    return {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "name": f"Data berita {settings.SITE_NAME}",
        "description": f"Keterangan setiap berita yang terbit di {settings.SITE_NAME}, portal berita resmi "
        f"Pemerintah {settings.CITY_NAME}, dengan jumlah bacanya setiap bulan.",
        "url": url,
        "license": settings.DATA_LICENCE[1],
        "isAccessibleForFree": True,
        "inLanguage": "id",
        "creator": organization(),
        "spatialCoverage": settings.CITY_NAME,
        "variableMeasured": fields,
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": settings.SITE_URL + path}
            for kind, path in files
        ],
    }


@cache
def organization() -> dict:
    return {
        "@type": "Organization",
        "@id": f"{settings.SITE_URL}{paths.HOME}#penerbit",
        "name": settings.PUBLISHER,
        "url": settings.SITE_URL + paths.HOME,
        "logo": {"@type": "ImageObject", "url": settings.SITE_URL + static(settings.LOGO_PICTURE or settings.LOGO)},
    }


def _comment(url: str, told, kind: str) -> dict:
    """A record about the article at this address; a reply or a withdrawal corrects nothing (schema.org/correction)."""
    return {
        "@type": kind,
        "@id": f"{url}#{told.anchor}",
        "name": told.label,
        "text": told.text,
        "datePublished": dates.iso(told.at),
    }


def _images(found) -> list[str]:
    paths = found.photo.crop_urls if found.photo else [cards.url(found)]
    return [settings.SITE_URL + path for path in paths]


def _published(found) -> str:
    moment = dates.iso(found.published_at)
    return moment if found.time_known else moment[:10]


def _authors(found) -> list[dict]:
    names = dict.fromkeys(name for name in (found.author, found.reporter) if name and name != settings.PUBLISHER)
    return [_person(found, name) for name in names] or [organization()]


def _person(found, name: str) -> dict:
    """A Person; unless the article comes from another source, with a link to the editors' page."""
    own = {} if found.source else {"url": settings.SITE_URL + paths.page_path("redaksi")}
    return {"@type": "Person", "name": name, **own}
