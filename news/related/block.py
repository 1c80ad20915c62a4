"""Lists of many articles by their texts, read once: those of a block, and those on their first lists, with which they
share tags. Takes a tenth of what compute() takes, since the search index is not asked; what is outside of the block
is not found."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from heapq import nlargest

from news import related
from news.models import Article, RelatedArticle
from news.related.first import Choices

MEMBERS = 1_200  # articles that get a list; a text takes 10 KB of memory
GUESTS = 800  # articles that are only listed
COMPARED = 40  # articles with distinctive stems
PER_STEM = 100  # members and guests with a stem; more frequent ones are not searched
READ = 100  # texts in one step


class Block:
    """The texts of these published articles, at most MEMBERS, once `read` has gone through."""

    def __init__(self, members: Iterable[int]):
        self._members = list(members)
        self._texts: dict[int, related.Text] = {}
        self._with_stem: defaultdict[str, list[int]] = defaultdict(list)
        self._tags: defaultdict[int, set[int]] = defaultdict(set)

    def read(self) -> Iterator[None]:
        """Reads everything, in steps of about a tenth of a second."""
        self._choices = Choices(self._members)
        self._first_lists = self._stored()
        pks = [*self._members, *self._guests()]
        for start in range(0, len(pks), READ):
            self._add(pks[start : start + READ])
            yield
        for stem in [stem for stem, pks in self._with_stem.items() if len(pks) > PER_STEM]:
            del self._with_stem[stem]
        corpus = related.corpus()
        stems = set().union(*(text.counts for text in self._texts.values()))
        self._shares = related.shares_of(stems, corpus)
        self._tag_weights = related.tag_weights(set().union(*self._tags.values()), corpus)

    def lists(self, pks: Iterable[int]) -> dict[int, list[int]]:
        """The ids of STORED related articles for each of these members, best first, as compute() ranks them."""
        return {pk: self._list(pk) for pk in pks if pk in self._texts}

    def _stored(self) -> dict[int, list[int]]:
        lists: dict[int, list[int]] = {}
        for pk, target in RelatedArticle.objects.filter(article__in=self._members).values_list("article", "target"):
            lists.setdefault(pk, []).append(target)
        return lists

    def _guests(self) -> list[int]:
        listed = Counter(target for targets in self._first_lists.values() for target in targets)
        pinned = self._choices.all_pinned()
        others = [pk for pk, _ in listed.most_common() if pk not in pinned]
        members = set(self._members)
        return [pk for pk in [*pinned, *others] if pk not in members][:GUESTS]

    def _add(self, pks: Iterable[int]) -> None:
        texts = related.read(pks, Article.objects.published())
        self._texts |= texts
        for pk, text in texts.items():
            for stem in text.counts:
                self._with_stem[stem].append(pk)
        through = Article.tags.through.objects.filter(article__in=texts)
        for pk, tag in through.values_list("article", "tag"):
            self._tags[pk].add(tag)

    def _list(self, pk: int) -> list[int]:
        own = self._texts[pk]
        weights = related.heaviest(own, self._shares)
        pinned = {*self._choices.pinned(pk)}
        found = {*self._with_distinctive_stems(weights), *self._first_lists.get(pk, []), *pinned}
        kept = (found & self._texts.keys()) - self._choices.excluded(pk)
        texts = {each: self._texts[each] for each in kept}
        return related.ranked(own, texts, weights, self._shared_tags(pk, kept), pinned, related.STORED)

    def _with_distinctive_stems(self, weights: dict[str, float]) -> list[int]:
        found: defaultdict[int, float] = defaultdict(float)
        searched = [stem for stem in weights if stem in self._with_stem and not stem.isdigit()]
        for stem in searched[: related.SEARCHED_STEMS]:
            for pk in self._with_stem[stem]:
                found[pk] += weights[stem]
        return nlargest(COMPARED + 1, found, key=lambda pk: (found[pk], pk))  # the article itself is one of them

    def _shared_tags(self, own: int, pks: Iterable[int]) -> dict[int, float]:
        weights = {tag: self._tag_weights[tag] for tag in self._tags[own] if tag in self._tag_weights}
        total = sum(weights.values()) or 1
        return {pk: sum(weights[tag] for tag in weights.keys() & self._tags[pk]) / total for pk in pks}
