"""The use of tags: which are almost the same, how many articles have them, which are used too little or too much."""

from collections.abc import Iterable, Sequence

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Count, Exists, Func, IntegerField, OuterRef, QuerySet

from news import words
from news.models import Article, Tag, TaggedArticle
from news.search import stemming

_COMPARED = 60  # tags that are most similar by their letters
_MIN_SIMILARITY = 0.2  # trigram similarity
_MISTYPED = 6  # letters of a word in which one wrong letter is taken for a mistake
COUNTED = 200  # articles of a tag, at most
_NEWEST = 1_000  # articles by which a tag is on most
_NEAR = 3  # tags that are pointed out, at most

_THROUGH = Article.tags.through.objects


def near(name: str, but: int | None = None) -> Sequence[Tag]:
    """Tags that probably mean the same as this name: with other affixes, in another order, without a number, written
    in one word, or with one letter wrong in a word of six letters or more. The most used ones first, at most three;
    `but`: the id of the tag itself."""
    others = Tag.objects.exclude(pk=but) if but else Tag.objects.all()
    alike = others.annotate(alike=TrigramSimilarity("name", name))
    compared = alike.filter(alike__gt=_MIN_SIMILARITY).order_by("-alike", "pk")[:_COMPARED]
    found = [tag for tag in compared if mean_the_same(name, tag.name)]
    used = counts(tag.pk for tag in found)
    return sorted(found, key=lambda tag: -used[tag.pk])[:_NEAR]


def mean_the_same(one: str, other: str) -> bool:
    """Whether two names of tags probably mean the same."""
    here, there = words.words(one), words.words(other)
    if "".join(here) == "".join(there) or _stems(here) == _stems(there):
        return True
    numbers_here, numbers_there = _numbers(here), _numbers(there)
    if numbers_here != numbers_there:
        left_out = not (numbers_here and numbers_there)
        return left_out and _stems(_letters(here)) == _stems(_letters(there)) != frozenset()
    different = [pair for pair in zip(sorted(here), sorted(there), strict=False) if pair[0] != pair[1]]
    if len(here) != len(there) or len(different) != 1:
        different = [pair for pair in zip(here, there, strict=False) if pair[0] != pair[1]]
    return len(here) == len(there) and len(different) == 1 and _one_letter_off(*different[0])


def _stems(some: Iterable[str]) -> frozenset[str]:
    return frozenset(map(stemming.stem, some))


def _numbers(some: list[str]) -> set[str]:
    return {word for word in some if not word.isalpha()}


def _letters(some: list[str]) -> list[str]:
    return [word for word in some if word.isalpha()]


def _one_letter_off(one: str, other: str) -> bool:
    """Whether a word becomes the other by one letter more, less, changed or swapped with its neighbour."""
    if min(len(one), len(other)) < _MISTYPED or abs(len(one) - len(other)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, wanted = one[start:], other[start:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return wanted in (rest[1:], swapped) or rest == wanted[1:] or rest[1:] == wanted[1:]


# ---- How much tags are used


def counts(pks: Iterable[int]) -> dict[int, int]:
    """How many published articles have each of these tags, counted up to COUNTED. One query: with 100,000 articles
    it takes 0.1 s for a page of tags without that limit, a count for each tag 2 s."""
    published = Article.objects.published().filter(pk=OuterRef("article_id"))
    copies = TaggedArticle.objects.filter(
        Exists(published), tag=OuterRef("pk")
    )  # newest first: as their index has them
    some = copies.order_by("-published_at", "-article").values("article")[:COUNTED]
    number = Func(ArraySubquery(some), function="cardinality", output_field=IntegerField())
    wanted = list(pks)
    rows = Tag.objects.filter(pk__in=wanted).order_by().annotate(number=number).values_list("pk", "number")
    return dict.fromkeys(wanted, 0) | dict(rows)


def shown_count(number: int) -> str:
    """`38`, `200+`."""
    return f"{number}+" if number >= COUNTED else str(number)


def unused(tags: QuerySet) -> QuerySet:
    """Those that no article has, drafts included."""
    return tags.filter(~Exists(_THROUGH.filter(tag=OuterRef("pk"))))


def used_once(tags: QuerySet) -> QuerySet:
    """Those that exactly one article has, drafts included."""
    two = ArraySubquery(_THROUGH.filter(tag=OuterRef("pk")).values("pk")[:2])
    return tags.alias(used=Func(two, function="cardinality", output_field=IntegerField())).filter(used=1)


def on_most_articles(tags: QuerySet) -> QuerySet:
    """Those that more than half of the newest articles have: they tell none apart."""
    newest = list(Article.objects.order_by("-pk").values_list("pk", flat=True)[:_NEWEST])
    used = _THROUGH.filter(article__in=newest).values_list("tag").annotate(Count("pk")).order_by()
    return tags.filter(pk__in=[pk for pk, number in used if number > len(newest) / 2])
