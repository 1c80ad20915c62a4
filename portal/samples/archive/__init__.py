"""A generated archive for benchmarks: `make()` adds articles with tags, photos, comments and views like a city's.

Rows are written with COPY, because Article.save() would take hours; a test checks that stems and bodies are what
save() would store. The same seed on the same day generates the same archive.
"""

import random
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

from django.db import connection, models, transaction
from django.utils import timezone

from comments.models import TIME_TO_DECIDE, Comment
from news import markup, photos, related, words
from news.models import Article, ArticleViews, Category, DailyViews, Photo, Tag
from news.pageviews import most_read
from news.search import indexing, stemming, vocabulary
from news.web import dates
from portal.importers.saving import named
from portal.samples import pictures
from portal.samples.archive import sentences

MAX_ARTICLES = 5_000_000
COMPUTED_RELATED = 1_000  # newest articles whose related lists are computed as by the worker; SQL generates the rest
_CHUNK = 1_000  # articles per transaction
_WRITERS = 2  # threads; most of their time is spent in Postgres, in one process for each
_DAYS = 3652
_COMMON_TAG = "kota tangerang"
_CREDIT = "Ilustrasi arsip buatan"
_KEY_PREFIX = "arsip-buatan:"  # prefix of Article.source_key of generated articles, followed by the id
_ID_DIGITS = 16  # digits of the largest id that an import may set
_PICTURES = dict(
    zip(
        sentences.CATEGORIES,
        ["loket", "puskesmas", "sekolah", "jalan-malam", "taman", "pasar", "musyawarah", "festival"],
        strict=True,
    )
)

_Tagged = Article.tags.through
_DECIDED = (Comment.Status.APPROVED, Comment.Status.REJECTED)
_FILLED_MODELS: list[type[models.Model]] = [Article, _Tagged, ArticleViews, DailyViews, Comment]
_SMALL_WORDS = {"dan", "di", "ke", "dari", "untuk", "bagi"}
_OLD_PORTAL = 3 * 365  # days; older articles were read on the previous portal
_DISTRICTS = list(sentences.DISTRICTS)
_TOPIC_WEIGHTS = list(accumulate(1 / (rank + 2) for rank in range(len(sentences.TOPICS))))
_TAIL_WEIGHTS = list(accumulate(1 / (rank + 1) for rank in range(len(sentences.TAIL_TAGS))))
_HOUR_WEIGHTS = list(
    accumulate([1, 0, 0, 0, 1, 3, 8, 20, 35, 40, 40, 30, 25, 30, 35, 40, 35, 25, 18, 15, 12, 8, 4, 2])
)


class Phrase(NamedTuple):
    """A text with slots and its stems with the same slots, so that both can be filled in parallel."""

    text: str
    stems: str

    def fill(self, values: dict[str, str], stems: dict[str, str]) -> "Phrase":
        return Phrase(self.text.format_map(values), self.stems.format_map(stems))


class Phrases(NamedTuple):
    titles: dict[str, list[Phrase]]  # by category
    own: dict[str, list[Phrase]]  # a topic's sentences, by the first of its things
    leads: list[Phrase]
    general: list[Phrase]


class Plan(NamedTuple):
    """What all chunks share; constant while the archive is generated."""

    seed: int
    first: int  # the id of the oldest article
    articles: int  # to be made
    now: datetime
    phrases: Phrases
    categories: dict[str, int]
    tags: dict[str, int]
    photos: dict[str, int]  # category -> photo id


class Made(NamedTuple):
    articles: int
    comments: int


def has_other_articles() -> bool:
    """Whether there are articles that make() did not write.

    Each condition is one range of the unique index on source and source_key, so the check is fast even for millions of
    generated articles. Keys of equal length ending in digits sort between the first and the last in any collation.
    """
    others = [
        models.Q(source__gt=""),
        models.Q(source="", source_key=None),
        models.Q(source="", source_key__lt=_source_key(0)),
        models.Q(source="", source_key__gt=_source_key(10**_ID_DIGITS - 1)),
    ]
    return any(Article.objects.filter(condition).exists() for condition in others)


def make(count: int, seed: int, bar) -> Made:
    """Adds `count` articles and shows the progress on `bar`, a tqdm progress bar.

    An interrupted run leaves consistent data: each transaction writes a chunk of articles with everything that belongs
    to them."""
    plan = _plan(count, seed)
    comments = 0
    with ThreadPoolExecutor(_WRITERS) as pool:
        try:
            bar.set_description("Menulis berita")
            chunks = [pool.submit(_in_thread, _write_chunk, plan, start) for start in range(0, count, _CHUNK)]
            for chunk in as_completed(chunks):
                articles_written, comments_written = chunk.result()
                bar.update(articles_written)
                comments += comments_written
            bar.set_description("Menata basis data")
            # Also flushes the search index's pending list, and makes index-only scans possible.
            _execute(f"VACUUM (ANALYZE) {', '.join(model._meta.db_table for model in _FILLED_MODELS)}")
            # Related lists weigh words by these counts. If there were none yet, both threads would start counting, and
            # the second would fail to get the lock.
            vocabulary.refresh(Article.objects.published())
            bar.set_description("Menghitung berita terkait")
            newest = range(max(plan.first, plan.first + count - COMPUTED_RELATED), plan.first + count)
            parts = [
                pool.submit(_in_thread, _compute_related, newest[start : start + 50])
                for start in range(0, len(newest), 50)
            ]
            _relate_by_tag(plan.first, newest.start)
            for part in as_completed(parts):
                part.result()
            _execute("ANALYZE news_relatedarticle")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    most_read.refresh()
    return Made(count, comments)


def _in_thread(work, *arguments):
    """Calls `work` in a thread of the pool, then closes the thread's own database connection."""
    try:
        return work(*arguments)
    finally:
        connection.close()


def _plan(count: int, seed: int) -> Plan:
    names = {_COMMON_TAG, *(tag for topic in sentences.TOPICS for tag in topic.tags), *sentences.TAIL_TAGS}
    names |= {place.lower() for district, villages in sentences.DISTRICTS.items() for place in [district, *villages]}
    return Plan(
        seed=seed,
        first=_reserve_ids(count),
        articles=count,
        now=timezone.localtime(),
        phrases=_compiled(),
        categories={name: named(Category, name).pk for name in sentences.CATEGORIES},
        tags={name: named(Tag, name).pk for name in sorted(names)},
        photos={category: _photo(picture).pk for category, picture in _PICTURES.items()},
    )


def _reserve_ids(count: int) -> int:
    """Reserves `count` consecutive ids for the new articles; returns the first."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE news_article IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("SELECT last_value + 1 FROM news_article_id_seq")
        first = cursor.fetchone()[0]
        # An import may have used ids above the sequence's value.
        while taken := Article.objects.filter(pk__range=(first, first + count - 1)).aggregate(pk=models.Max("pk"))[
            "pk"
        ]:
            first = taken + 1
        cursor.execute("SELECT setval('news_article_id_seq', %s)", [first + count - 1])
    return first


def _source_key(pk: int) -> str:
    return f"{_KEY_PREFIX}{pk:0{_ID_DIGITS}}"


def _photo(picture: str) -> Photo:
    alt_text = f"Gambar {picture.replace('-', ' ')}"
    found = Photo.objects.filter(credit=_CREDIT, alt_text=alt_text).first()
    if found is None:
        with pictures.path(picture).open("rb") as file:
            stored = photos.store(file)
        found = Photo.objects.create(**stored._asdict(), credit=_CREDIT, alt_text=alt_text)
    return found


# ---- Texts


def _phrase(template: str) -> Phrase:
    pieces = re.split(r"(\{\w+\})", template)
    stems = (piece if piece.startswith("{") else stemming.stems(piece) for piece in pieces)
    return Phrase(template, " ".join(filter(None, stems)))


def _phrases(templates: Iterable[str]) -> list[Phrase]:
    return [_phrase(template) for template in templates]


def _compiled() -> Phrases:
    return Phrases(
        titles={category: _phrases(titles) for category, titles in sentences.TITLES.items()},
        own={topic.things[0]: _phrases(topic.sentences) for topic in sentences.TOPICS},
        leads=_phrases(sentences.LEADS),
        general=_phrases(sentences.GENERAL),
    )


class Text(NamedTuple):
    """The texts of one article, and the slot values, which its comments use too."""

    title: Phrase
    lead: str
    body: Phrase
    slots: dict[str, str]


def compose(rng: random.Random, phrases: Phrases, topic: sentences.Topic, day: datetime) -> Text:
    """Composes an article on a topic: a title, a lead and sentences in paragraphs of three to five."""
    slots = _slots(rng, topic, day)
    stems = {name: stemming.stems(value) for name, value in slots.items()}
    lead = rng.choice(phrases.leads).fill(slots, stems)
    rest = phrases.own[topic.things[0]] + rng.sample(phrases.general, rng.randint(23, 29))
    rng.shuffle(rest)
    rest = [phrase.fill(slots, stems) for phrase in rest]
    paragraphs, start = [f"{sentences.CITY} – {lead.text}"], 0
    while start < len(rest):
        end = start + rng.randint(3, 5)
        paragraphs.append(" ".join(phrase.text for phrase in rest[start:end]))
        start = end
    body = Phrase(
        "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs),
        " ".join([stemming.stems(sentences.CITY), lead.stems, *(phrase.stems for phrase in rest)]),
    )
    return Text(rng.choice(phrases.titles[topic.category]).fill(slots, stems), lead.text, body, slots)


def _slots(rng: random.Random, topic: sentences.Topic, day: datetime) -> dict[str, str]:
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
        "warga": _name(rng),
        "warga2": _name(rng),
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


def _name(rng: random.Random) -> str:
    return f"{rng.choice(sentences.GIVEN_NAMES)} {rng.choice(sentences.SURNAMES)}"


# ---- Rows


def _write_chunk(plan: Plan, start: int) -> tuple[int, int]:
    """Writes up to _CHUNK articles from number `start` on, oldest first; returns how many articles and comments."""
    rng = random.Random(f"{plan.seed} {start}")  # noqa: S311 (generated news, no secrets)
    articles, tags, views, days, comments = [], [], [], [], []
    for number in range(start, min(start + _CHUNK, plan.articles)):
        topic = rng.choices(sentences.TOPICS, cum_weights=_TOPIC_WEIGHTS)[0]
        published_at = _published_at(rng, plan, number)
        text = compose(rng, plan.phrases, topic, published_at)
        article = _article(rng, plan, number, topic, published_at, text)
        articles.append(article)
        tags += [_Tagged(article_id=article.pk, tag_id=plan.tags[name]) for name in _tag_names(rng, topic, text)]
        age = (plan.now.date() - published_at.date()).days
        reads = min(int(30 * rng.paretovariate(1.1)), 400_000)
        read = _days(rng, plan, article.pk, age, reads)
        days += read
        imported = reads if age > _OLD_PORTAL else 0
        counted = max(reads - imported, sum(day.views for day in read))
        views.append(ArticleViews(article_id=article.pk, counted=counted, imported=imported))
        comments += _comments(rng, plan, article, text, busiest=number == plan.articles - 1)
    with transaction.atomic(), connection.cursor() as cursor:
        # A crash of the machine may lose the last chunks; larger batches are faster for the search index.
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute("SET LOCAL work_mem = '32MB'")
        cursor.execute("SET LOCAL gin_pending_list_limit = '32MB'")
        tables: tuple[Sequence[models.Model], ...] = (articles, tags, views, days, comments)
        for rows in tables:
            _copy(cursor, rows)
    return len(articles), len(comments)


def _copy(cursor, rows: Sequence[models.Model]) -> None:
    if not rows:
        return
    meta = rows[0]._meta
    fields = [field for field in meta.local_concrete_fields if not field.generated]
    if rows[0].pk is None:
        fields.remove(meta.pk)
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    names = [field.attname for field in fields]
    with cursor.copy(f"COPY {connection.ops.quote_name(meta.db_table)} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([getattr(row, name) for name in names])


def _published_at(rng: random.Random, plan: Plan, number: int) -> datetime:
    """Later for each number, up to today, with more articles per day than ten years ago."""
    age = _DAYS * (1 - (number + rng.random()) / plan.articles) ** 1.15
    day = (plan.now - timedelta(days=age)).replace(
        hour=rng.choices(range(24), cum_weights=_HOUR_WEIGHTS)[0], minute=rng.randrange(60), second=0, microsecond=0
    )
    return day if day < plan.now else plan.now - timedelta(minutes=age * 1440 % 720)


def _article(rng, plan, number, topic, published_at, text) -> Article:
    time_known = published_at.year > plan.now.year - 8 or rng.random() < 0.9  # some of the oldest have only a date
    if not time_known:
        published_at = published_at.replace(hour=0, minute=0)
    return Article(
        id=plan.first + number,
        title=text.title.text,
        slug=words.slug(text.title.text)[:120].strip("-"),
        summary=text.lead,
        body=text.body.text,
        status=Article.Status.PUBLISHED,
        published_at=published_at,
        time_known=time_known,
        category_id=plan.categories[topic.category],
        photo_id=plan.photos[topic.category] if rng.random() < 0.8 else None,
        author=text.slots["warga2"],
        source_key=_source_key(plan.first + number),
        created_at=published_at,
        updated_at=published_at,
        title_stems=text.title.stems,
        body_stems=text.body.stems,
        search=indexing.entry(text.title.text, text.title.stems, markup.plain_text(text.body.text), text.body.stems),
        related_due_at=plan.now + related.RENEWAL * (1 + rng.random()),  # not now, and not all at once
    )


def _tag_names(rng: random.Random, topic: sentences.Topic, text: Text) -> list[str]:
    names = [topic.tags[0]]
    names += [tag for tag in topic.tags[1:] if rng.random() < 0.3]
    if rng.random() < 0.85:
        names.append(_COMMON_TAG)
    place = text.slots["tempat"].removeprefix("Kecamatan ").lower()
    if rng.random() < 0.4:
        names.append(place)
    if rng.random() < 0.4:
        names.append(rng.choices(sentences.TAIL_TAGS, cum_weights=_TAIL_WEIGHTS)[0])
    return list(dict.fromkeys(names))


def _days(rng, plan, article, age, reads) -> list[DailyViews]:
    """Views of the last 30 days: halving daily for new articles, occasional ones for old articles."""
    if age < 30:
        views = {age - day: reads >> (day + 1) for day in range(min(age + 1, 20))}
    else:
        views = {rng.randrange(30): 1 + rng.randrange(1 + reads // 500) for _ in range(rng.choice([0, 0, 0, 1, 2]))}
    today = plan.now.date()
    return [
        DailyViews(article_id=article, day=today - timedelta(days=ago), views=count)
        for ago, count in views.items()
        if count
    ]


def _comments(rng, plan, article, text, *, busiest) -> list[Comment]:
    """Comments: none for most articles, few for some, many for very few; hundreds for the newest."""
    count = 0
    if busiest:
        count = min(plan.articles, 400)
    elif rng.random() < 0.02:
        count = min(int(rng.paretovariate(1)), 80)
    return [_comment(rng, plan, article, text) for _ in range(count)]


def _comment(rng, plan, article, text) -> Comment:
    span = min(timedelta(days=20), plan.now - article.published_at)
    created_at = article.published_at + span * rng.random() ** 2
    fresh = plan.now - created_at < timedelta(days=2)
    status = rng.choices([Comment.Status.WAITING, *_DECIDED], [8 if fresh else 0, 86, 6])[0]
    waits = status == Comment.Status.WAITING
    return Comment(
        article_id=article.pk,
        name=_name(rng),
        text=rng.choice(sentences.COMMENTS).format_map(text.slots),
        status=status,
        created_at=created_at,
        consent_at=created_at,
        sender_key=f"{rng.getrandbits(256):064x}",
        due_at=created_at + TIME_TO_DECIDE if waits else None,
        decided_at=None if waits else min(created_at + timedelta(hours=3), plan.now),
    )


# ---- Related lists


def _compute_related(pks: range) -> None:
    related.refresh(Article.objects.filter(pk__in=pks).defer("body", "body_stems", "search"))


def _relate_by_tag(first: int, end: int) -> None:
    """Relates each article with first <= id < end to its neighbours in time within one tag: the rarest that enough
    articles share or, if none is, the rarest of all."""
    before = ", ".join(f"lag(article_id, {n}) OVER near AS before_{n}" for n in range(1, related.STORED + 1))
    after = ", ".join(f"lead(article_id, {n}) OVER near AS after_{n}" for n in range(1, related.STORED + 1))
    nearest = ", ".join(
        f"({2 * n + late}, {side}_{n})"
        for n in range(1, related.STORED + 1)
        for late, side in enumerate(("after", "before"))
    )
    _execute(
        f"""
        INSERT INTO news_relatedarticle (article_id, target_id, rank)
        SELECT article_id, target_id, rank FROM (
            SELECT article_id, target_id, row_number() OVER (PARTITION BY article_id ORDER BY distance) AS rank
            FROM (
                SELECT article_id, {before}, {after} FROM (
                    SELECT DISTINCT ON (article_id) article_id, tag_id
                    FROM news_article_tags
                    JOIN (SELECT tag_id, count(*) AS uses FROM news_article_tags GROUP BY tag_id) AS t USING (tag_id)
                    WHERE article_id >= %s AND article_id < %s
                    ORDER BY article_id, uses <= %s, uses, tag_id
                ) AS rarest
                JOIN news_article ON news_article.id = article_id
                WINDOW near AS (PARTITION BY tag_id ORDER BY published_at, article_id)
            ) AS neighbours
            CROSS JOIN LATERAL (VALUES {nearest}) AS near (distance, target_id)
            WHERE target_id IS NOT NULL
        ) AS ranked
        WHERE rank <= %s
        ON CONFLICT DO NOTHING
        """,  # noqa: S608 (only constants of this module)
        [first, end, related.STORED, related.STORED],
    )


def _execute(statement: str, parameters=None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
