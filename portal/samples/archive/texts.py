"""Texts of generated articles: sentences are filled, cut into words and stemmed once for many articles.

A scene is a topic with its place, people and figures; several articles of a year are composed of the same scene's
sentences, each in its own order and with a sentence of its own. A test checks that what is stored of them is what
Article.save() would store.
"""

import random
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, chain
from typing import NamedTuple

from news import words
from news.search import indexing, stemming
from news.web import dates
from portal.samples.archive import sentences

SCENES = 12  # of a topic in a year
_SMALL_WORDS = {"dan", "di", "ke", "dari", "untuk", "bagi"}
_DISTRICTS = list(sentences.DISTRICTS)
_TOPIC_WEIGHTS = list(accumulate(1 / (rank + 2) for rank in range(len(sentences.TOPICS))))


class Sentence(NamedTuple):
    text: str
    words: list[str]
    stems: list[str]
    further: list[str]  # stems of other spellings: news.search.stemming.further_stems


class Scene(NamedTuple):
    topic: sentences.Topic
    slots: dict[str, str]  # which comments use, too
    titles: list[Sentence]
    leads: list[Sentence]
    own: list[Sentence]  # about the topic and the time; each article has all of them
    general: list[Sentence]


class Text(NamedTuple):
    title: str
    lead: str
    body: str
    indexed: indexing.Indexed
    scene: Scene


def compose(rng: random.Random, seed: int, day: datetime, today: datetime) -> Text:
    """An article of this day: a title, a lead and sentences in paragraphs of three to five. Depends on nothing but the
    arguments and the state of `rng`."""
    topic = rng.choices(range(len(sentences.TOPICS)), cum_weights=_TOPIC_WEIGHTS)[0]
    scene = _scene(seed, topic, day.year, today.year - day.year, rng.randrange(SCENES))
    title, lead = rng.choice(scene.titles), rng.choice(scene.leads)
    rest = [*scene.own, *rng.sample(scene.general, rng.randint(23, 29)), _only_here(rng, day)]
    rng.shuffle(rest)
    paragraphs, start = [f"{_city().text} – {lead.text}"], 0
    while start < len(rest):
        end = start + rng.randint(3, 5)
        paragraphs.append(" ".join([sentence.text for sentence in rest[start:end]]))
        start = end
    body = "".join([f"<p>{paragraph}</p>" for paragraph in paragraphs])
    return Text(title.text, lead.text, body, _indexed(title, [_city(), lead, *rest]), scene)


def name(rng: random.Random) -> str:
    return f"{rng.choice(sentences.GIVEN_NAMES)} {rng.choice(sentences.SURNAMES)}"


def _indexed(title: Sentence, text: Sequence[Sentence]) -> indexing.Indexed:
    stems = _all(sentence.stems for sentence in text)
    entry = indexing.entry_of(
        indexing.Parts(
            title.words,
            [*title.stems, *title.further],
            _all(sentence.words for sentence in text),
            [*stems, *_all(sentence.further for sentence in text)],
        )
    )
    return indexing.Indexed(" ".join(title.stems), " ".join(stems), entry)


def _all(lists: Iterable[list[str]]) -> list[str]:
    return list(chain.from_iterable(lists))


# Chunks are written in the order of time, so that the scenes of two years at a time are used.
@lru_cache(maxsize=2 * SCENES * len(sentences.TOPICS))
def _scene(seed: int, topic: int, year: int, years_ago: int, number: int) -> Scene:
    rng = random.Random(f"{seed} {topic} {year} {number}")  # noqa: S311 (generated news, no secrets)
    about = sentences.TOPICS[topic]
    slots = _slots(rng, about, date(year, 1, 1) + timedelta(days=rng.randrange(365)))

    def filled(templates: Iterable[str]) -> list[Sentence]:
        return [_sentence(template.format_map(slots)) for template in templates]

    of_its_time = [era.sentences for era in sentences.ERAS if era.first >= years_ago >= era.last]
    return Scene(
        about,
        slots,
        filled(sentences.TITLES[about.category]),
        filled(sentences.LEADS),
        filled([*about.sentences, *chain.from_iterable(of_its_time)]),
        filled(sentences.GENERAL),
    )


def _sentence(text: str) -> Sentence:
    tokens = words.tokens(text)
    found = [sys.intern(word) for word in words.words_of(tokens)]
    stems = [stemming.stem(word) for word in found]
    return Sentence(text, found, stems, indexing.further_stems(tokens))


@lru_cache(maxsize=1)
def _city() -> Sentence:
    return _sentence(sentences.CITY)


def _only_here(rng: random.Random, day: datetime) -> Sentence:
    """A sentence with a person and a number that hardly any other article has."""
    number = f"{rng.randint(100, 999)}/{rng.randint(1, 9999)}/{day.year}"
    return _sentence(f"{name(rng)} menandatangani berita acara nomor {number} tentang hal itu.")


def _slots(rng: random.Random, topic: sentences.Topic, day: date) -> dict[str, str]:
    thing, other = rng.sample(topic.things, 2)
    district = rng.choice(_DISTRICTS)
    about = day + timedelta(days=rng.randint(-20, 40))
    return {
        "benda": thing,
        "benda2": other,
        "Benda": thing[0].upper() + thing[1:],
        "Judul": " ".join(word if word in _SMALL_WORDS else word[0].upper() + word[1:] for word in thing.split()),
        "dinas": topic.office,
        "tempat": rng.choice([f"Kecamatan {district}", rng.choice(sentences.DISTRICTS[district]), district]),
        "jalan": f"Jalan {rng.choice(sentences.STREETS)} {rng.choice(['Raya', 'Timur', 'Baru', 'I', 'II', 'III'])}",
        "rw": f"RW {rng.randint(1, 18):02}",
        "warga": name(rng),
        "warga2": name(rng),
        "umur": str(rng.randint(18, 79)),
        "n": str(rng.randint(3, 60)),
        "banyak": f"{rng.randint(1, 9)}.{rng.randint(0, 999):03}" if rng.random() < 0.5 else str(rng.randint(70, 990)),
        "rupiah": f"Rp{rng.randint(1, 90)},{rng.randint(1, 9)} {rng.choice(['miliar', 'juta'])}",
        "kode": f"{rng.randint(100, 999)}/{rng.randint(1, 9999)}/{day.year}",
        "tanggal": f"{about.day} {dates.MONTHS[about.month - 1]}",
        "bulan": dates.MONTHS[about.month - 1],
        "hari": rng.choice(dates.DAYS),
        "jam": f"{rng.randint(6, 21):02}.{rng.choice(['00', '15', '30'])}",
    }
