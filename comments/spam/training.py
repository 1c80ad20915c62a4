"""Trains the shipped weights of the spam score on labelled comments: logistic regression in plain Python.

Each bucket has its own learning rate, which grows with the difference between its frequencies in spam and in ordinary
comments, after Wang and Manning, "Baselines and Bigrams" (ACL 2012): brand names learn fast, what occurs everywhere
slowly. Deterministic.
"""

import gzip
import json
import random
import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from math import log, sqrt
from pathlib import Path

from comments.spam.features import BUCKETS, Features
from comments.spam.folding import fold
from comments.spam.logistic import Model, probability
from comments.spam.minhash import MinHash, letters, shingles
from comments.spam.scoring import SENTENCE_CAUTION
from comments.spam.sentences import sentences

EPOCHS = 8
STEP = 1.0
BIAS_STEP = 0.01  # relative to the step of the weights, since every example changes the bias
RATE_LEAST, RATE_MOST = 0.3, 4.0
SETTLED = 0.01  # examples with a smaller error change nothing
CAUTION = 2.0  # subtracted from the logit: a false alarm costs more than one spam comment that is not ranked last
OWN_WEIGHT = 4  # of our own texts, which are few beside what was collected
TALK_WEIGHT = 6  # of comments about gambling, of which there are only some hundred
FOLDS = 3
SHINGLE = 5  # letters
_MINHASH = MinHash(bands=8, rows=3, seed=9)
OWN_TEXTS = Path(__file__).parent / "own_texts"


@dataclass(frozen=True, slots=True)
class Example:
    buckets: array
    sentences: list[array]  # the buckets of each, if there are several
    is_spam: bool
    fold: int  # near copies share one, so that no copy of a held-out text was trained on
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Data:
    """Labelled comments from two sites; our own texts (OWN_TEXTS); and texts that are not spam: comments about
    gambling, insults (their licence forbids training on them), and sentences from newspapers."""

    youtube: list[Example]
    tiktok: list[Example]
    gambling_talk: list[Example]
    abuse: list[Example]
    news: list[Example]
    own: list[Example]

    @classmethod
    def read(cls, folder: Path) -> "Data":
        """Raises FileNotFoundError if a data set is missing."""
        youtube = list(_labelled(folder / "spam_judol_youtube"))
        tiktok = list(_labelled(folder / "spam_judol_tiktok"))
        rest = rows(folder / "comments_unlabelled_youtube")
        talk = [(row["text"], False) for row in rest if row["part"] == "gambling_talk"]
        bodies = [row["body"] for row in rows(folder / "news_indosum")]
        news = [sentence for body in bodies for sentence in re.split(r"(?<=[.!?])\s", body)[:3]]
        folds = folds_of([text for text, _ in youtube + tiktok + talk])
        return cls(
            youtube=_examples(youtube, folds),
            tiktok=_examples(tiktok, folds),
            gambling_talk=_examples(talk, folds, TALK_WEIGHT),
            abuse=_examples([(row["text"], False) for row in rows(folder / "toxic_twitter")], cycle(range(FOLDS))),
            news=_examples([(sentence, False) for sentence in news], cycle(range(FOLDS))),
            own=[*_own_examples("adverts", True), *_own_examples("ordinary", False)],
        )

    @property
    def trained_on(self) -> list[Example]:
        return self.youtube + self.tiktok + self.gambling_talk + self.own


def train(examples: Sequence[Example]) -> Model:
    """The weights for these examples. Takes about a second for 3,000 examples of ordinary length.

    Each sentence of an ordinary text is ordinary, too, and is learned from like a text; which sentence of an advert
    is the advert is not known."""
    lessons = [*_lessons(examples)]
    speeds = [rate * rate for rate in _rates(lessons)]
    weights, bias = [0.0] * BUCKETS, 0.0
    shuffle = random.Random(0).shuffle
    for epoch in range(EPOCHS):
        shuffle(lessons)
        step = STEP / (1 + epoch)
        for buckets, is_spam, weight in lessons:
            length = 1 / sqrt(len(buckets))
            error = is_spam - probability(bias + length * sum(map(weights.__getitem__, buckets)))
            if abs(error) < SETTLED:
                continue
            bias += step * weight * error * BIAS_STEP
            change = step * weight * error * length
            for bucket in buckets:
                weights[bucket] += change * speeds[bucket]
    return Model.rounded(bias - CAUTION, weights, _frequencies(examples))


def _lessons(examples: Sequence[Example]) -> Iterator[tuple[array, bool, float]]:
    """(buckets, whether it is spam, weight) of the texts and of the sentences of ordinary ones."""
    for each in examples:
        yield each.buckets, each.is_spam, each.weight
        if not each.is_spam:
            yield from ((buckets, False, each.weight) for buckets in each.sentences)


def report(data: Data) -> Iterator[tuple[str, float]]:
    """(name, figure) pairs that measure the weights on texts they were not trained on: average precision, or the share
    of texts that are flagged as spam."""
    youtube, tiktok = train(data.youtube), train(data.tiktok)
    yield "AP TikTok, dilatih dari YouTube saja", _precision(data.tiktok, lambda each: youtube)
    yield "AP YouTube, dilatih dari TikTok saja", _precision(data.youtube, lambda each: tiktok)
    models = [train([each for each in data.trained_on if each.fold != fold]) for fold in range(FOLDS)]

    def held_out(example: Example) -> Model:
        return models[example.fold]

    yield "AP YouTube, bagian yang disisihkan", _precision(data.youtube, held_out)
    yield "AP TikTok, bagian yang disisihkan", _precision(data.tiktok, held_out)
    for site, examples in (("YouTube", data.youtube), ("TikTok", data.tiktok)):
        yield f"judol {site} ditandai", _flagged([each for each in examples if each.is_spam], held_out)
        yield f"komentar biasa {site} ditandai", _flagged([each for each in examples if not each.is_spam], held_out)
    yield "obrolan tentang judi ditandai", _flagged(data.gambling_talk, held_out)
    yield "makian ditandai", _flagged(data.abuse, held_out)
    yield "kalimat berita ditandai", _flagged(data.news, held_out)
    yield "iklan karangan ditandai, tema disisihkan", _flagged([each for each in data.own if each.is_spam], held_out)
    ordinary = [each for each in data.own if not each.is_spam]
    yield "komentar karangan ditandai, tema disisihkan", _flagged(ordinary, held_out)


def _precision(examples: Sequence[Example], model: Callable[[Example], Model]) -> float:
    logits = [_logit(model(each), each) for each in examples]
    return average_precision(logits, [each.is_spam for each in examples])


def _flagged(examples: Sequence[Example], model: Callable[[Example], Model]) -> float:
    return sum(_logit(model(each), each) > 0 for each in examples) / len(examples)


def _logit(model: Model, example: Example) -> float:
    """As comments.spam.scoring.score: the whole text, or its most suspicious sentence."""
    of_sentences = [model.logit(buckets) - SENTENCE_CAUTION for buckets in example.sentences]
    return max([model.logit(example.buckets), *of_sentences])


def average_precision(scores: Sequence[float], is_spam: Sequence[bool]) -> float:
    """The mean, over all spam, of the share of spam among the texts that score at least as high."""
    hits, total = 0, 0.0
    ranked = sorted(zip(scores, is_spam, strict=True), key=lambda pair: -pair[0])
    for rank, (_, spam) in enumerate(ranked, start=1):
        if spam:
            hits += 1
            total += hits / rank
    return total / hits if hits else 0.0


def _rates(lessons: Sequence[tuple[array, bool, float]]) -> list[float]:
    """Each bucket's learning rate, from the absolute log ratio of its frequencies in spam and in other texts."""
    counts, texts = ([1] * BUCKETS, [1] * BUCKETS), [1, 1]
    for buckets, is_spam, _ in lessons:
        texts[is_spam] += 1
        count = counts[is_spam]
        for bucket in buckets:
            count[bucket] += 1
    usual = log(texts[1] / texts[0])
    return [min(RATE_MOST, RATE_LEAST + abs(log(spam / other) - usual)) for other, spam in zip(*counts, strict=True)]


def _frequencies(examples: Sequence[Example]) -> list[float]:
    counts = [0] * BUCKETS
    ordinary = [example for example in examples if not example.is_spam]
    for example in ordinary:
        for bucket in example.buckets:
            counts[bucket] += 1
    return [count / len(ordinary) for count in counts]


def _examples(labelled: Iterable[tuple[str, bool]], folds: Iterator[int], weight: float = 1.0) -> list[Example]:
    """Takes one number from `folds` for each example."""
    return [_example(text, is_spam, next(folds), weight) for text, is_spam in labelled]


def _example(text: str, is_spam: bool, fold_number: int, weight: float) -> Example:
    folded = fold(text)
    found = Features(folded)
    parts = [array("H", sorted(found.of_part(*place))) for place in sentences(text, folded)]
    return Example(array("H", sorted(found.of_all())), parts, is_spam, fold_number, weight)


def _own_examples(name: str, is_spam: bool) -> list[Example]:
    """A theme is held out as a whole."""
    themes = own_texts(OWN_TEXTS / f"{name}.txt")
    texts = [(text, number % FOLDS) for number, theme in enumerate(themes.values()) for text in theme]
    return [_example(text, is_spam, fold_number, OWN_WEIGHT) for text, fold_number in texts]


def own_texts(path: Path) -> dict[str, list[str]]:
    """The texts of a file by theme: one text a line below the line "# theme"."""
    themes: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            theme = themes.setdefault(line.removeprefix("# "), [])
        elif line:
            theme.append(line)
    return themes


def folds_of(texts: Sequence[str]) -> Iterator[int]:
    """The fold of each text. Texts that are similar, or linked by a chain of similar texts, share a fold; the folds
    are of about equal size.

    Uses 8 bands of 3 hashes over shingles of 5 letters. The bands of comments.triage.near_copies match more pairs,
    which are compared afterwards; used here, they would join half of all comments into one group."""
    leaders = list(range(len(texts)))

    def leader(index: int) -> int:
        while leaders[index] != index:
            leaders[index] = index = leaders[leaders[index]]
        return index

    first_with: dict[tuple[int, ...], int] = {}
    for index, text in enumerate(texts):
        for band in _bands(text):
            leaders[leader(index)] = leader(first_with.setdefault(band, index))
    sizes = Counter(map(leader, leaders))
    filled, folds = [0] * FOLDS, {}
    for each, size in sizes.most_common():
        folds[each] = filled.index(min(filled))
        filled[folds[each]] += size
    return (folds[leader(index)] for index in range(len(texts)))


def _bands(text: str) -> Iterator[tuple[int, ...]]:
    bands = _MINHASH.bands(shingles(letters(text) or text, SHINGLE))
    return ((number, *band) for number, band in enumerate(bands))


def _labelled(folder: Path) -> Iterator[tuple[str, bool]]:
    return ((row["text"], row["label"] == "judol") for row in rows(folder))


def rows(folder: Path) -> Iterator[dict]:
    """The rows of one data set."""
    with gzip.open(folder / "data.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)
