"""Template tags that print news.structured as JSON-LD: the one place where it is made safe for HTML."""

import json

from django import template
from django.utils.safestring import mark_safe

from news import structured

register = template.Library()

# A script ends at the first </script whatever the JSON around it says, and <!-- hides what follows. The line ends of
# Unicode are no JSON to older parsers.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def _script(*described: dict) -> str:
    texts = (json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in described)
    return mark_safe(  # noqa: S308 (nothing in it can end the script, see _ESCAPES)
        "\n".join(f'<script type="application/ld+json">{text.translate(_ESCAPES)}</script>' for text in texts)
    )


@register.simple_tag
def article_json(article, description, tags, corrections=()) -> str:
    """NewsArticle and its BreadcrumbList; arguments as in the article page's context."""
    category = article.category
    return _script(
        structured.article(article, description, tags, corrections),
        structured.breadcrumbs(
            (category.name, category.get_absolute_url()), (article.title, article.get_absolute_url())
        ),
    )


@register.simple_tag
def breadcrumbs_json(*crumbs) -> str:
    """BreadcrumbList from the home page on: {% breadcrumbs_json "Arsip" "/arsip" name request.path %}."""
    return _script(structured.breadcrumbs(*zip(crumbs[::2], crumbs[1::2], strict=True)))


@register.simple_tag
def site_json() -> str:
    """WebSite and Organization, for the home page."""
    return _script(*structured.site())


@register.simple_tag
def dataset_json(files, fields) -> str:
    """Dataset, for the page about the open data."""
    return _script(structured.dataset(files, fields))
