"""Tags for <head>: news.structured_data as JSON-LD, and the picture of shared links."""

from django import template
from django.conf import settings

from news import cards, pieces, structured_data

register = template.Library()


@register.simple_tag
def article_json(article, description, tags, corrections=()) -> str:
    """NewsArticle and BreadcrumbList; the arguments are those of the article page's context."""
    category = article.category
    return pieces.json_ld(
        structured_data.article(article, description, tags, corrections),
        structured_data.breadcrumbs(category, (article.title, article.get_absolute_url())),
    )


@register.simple_tag
def breadcrumbs_json(*crumbs) -> str:
    """BreadcrumbList starting at the home page: {% breadcrumbs_json "Arsip" archive_address name request.path %}."""
    return pieces.json_ld(structured_data.breadcrumbs(*zip(crumbs[::2], crumbs[1::2], strict=True)))


@register.simple_tag
def site_json() -> str:
    """WebSite and Organization, for the home page."""
    return pieces.json_ld(*structured_data.site())


@register.simple_tag
def dataset_json(files, fields) -> str:
    """Dataset, for the page about the open data."""
    return pieces.json_ld(structured_data.dataset(files, fields))


@register.simple_tag
def picture_meta(article=None) -> str:
    """Meta tags for the picture of a shared link: the article's, or the site's own."""
    path, (width, height) = (cards.url(article), cards.size(article)) if article else (cards.site_url(), cards.SIZE)
    photo = article.photo if article else None
    alt = photo.alt if photo else article.title if article else settings.SITE_NAME
    return pieces.shared_picture(settings.SITE_URL + path, width, height, alt)
