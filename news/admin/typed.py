"""What stands in an article's form while somebody writes, as an article that is never stored."""

from typing import NamedTuple

from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import SplitDateTimeField
from django.http import QueryDict

from news import markup
from news.models import Article, Category, District, Photo, Tag
from news.models.taxonomy import one_line

_TEXTS = {
    each.name: each.max_length
    for each in Article._meta.concrete_fields
    if each.name in ("title", "summary", "author", "reporter", "editor", "source")
}
_CHOSEN: dict[str, type[models.Model]] = {"category": Category, "photo": Photo, "district": District}


class Typed(NamedTuple):
    article: Article
    tags: list[Tag]
    hidden: list[str]  # texts of the body that nobody would see
    problem: str  # why the body cannot be read; "" if it can


def typed(posted: QueryDict, stored: Article | None = None) -> Typed:
    """The form in any state: what is no valid value is left out, as saving will say. `stored`: the article that is
    edited."""
    article = Article()
    if stored:
        article.pk, article.status, article.withdrawn_at = stored.pk, stored.status, stored.withdrawn_at
    for name, limit in _TEXTS.items():
        setattr(article, name, one_line(posted.get(name, ""))[:limit])
    for name, model in _CHOSEN.items():
        setattr(article, name, model._default_manager.filter(pk__in=numbers(posted, name)).first())
    article.published_at, article.time_known = _moment(posted), "time_known" in posted
    tags = [*Tag.objects.filter(pk__in=numbers(posted, "tags"))]
    try:
        cleaned = markup.typed(posted.get("body", ""))
    except ValidationError as error:
        return Typed(article, tags, [], error.messages[0])
    article.body = cleaned.html
    return Typed(article, tags, cleaned.hidden, "")


def numbers(posted: QueryDict, name: str) -> list[int]:
    """The ids that were posted; what is none is left out."""
    return [int(each) for each in posted.getlist(name) if each.isascii() and each.isdecimal() and len(each) < 19]


def _moment(posted: QueryDict):
    field = SplitDateTimeField(widget=AdminSplitDateTime, required=False)
    try:
        return field.clean([posted.get("published_at_0", ""), posted.get("published_at_1", "")])
    except ValidationError:
        return None
