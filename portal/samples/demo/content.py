"""Reads the demo content from `content.toml` and checks it for mistakes that are easily made there: misspelled or
missing keys, values of the wrong type, and references to names that do not exist.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, get_origin

from portal.samples import pictures

FILE = Path(__file__).with_name("content.toml")


class ContentError(ValueError):
    """A mistake in the file; the message says what and where."""


@dataclass(frozen=True, kw_only=True)
class DemoArticle:
    """One article; `content.toml` explains the keys."""

    key: str
    title: str
    category: str
    tags: list[str]
    published: datetime | dict
    summary: str
    alt_text: str
    caption: str
    body: str
    author: str
    closing_note: str
    district: str = ""
    imported_reads: int = 0

    def published_at(self, now: datetime) -> datetime:
        """The time of publication if the content is loaded at `now`, in the city's zone. Raises ContentError."""
        match self.published:
            case datetime() as moment if moment.tzinfo:
                return moment
            case {"minutes_ago": int() as minutes}:
                return (now - timedelta(minutes=minutes)).replace(second=0, microsecond=0)
            case {"days_ago": int() as days, "at": time() as at}:
                day = now - timedelta(days=days)
                return day.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
        raise ContentError(
            "published is neither a time with its zone nor { minutes_ago = … } nor { days_ago = …, at = … }"
        )

    def html(self) -> str:
        blocks = [" ".join(block.split()) for block in self.body.strip().split("\n\n")]
        if self.closing_note:
            blocks.append(self.closing_note)
        return "\n".join(block if block.startswith("<") else f"<p>{block}</p>" for block in blocks)


@dataclass(frozen=True, kw_only=True)
class DemoComment:
    """A comment of a citizen or an office; `content.toml` explains the keys."""

    article: str
    hours_later: int | float
    name: str
    text: str
    email: str = ""
    waiting: bool = False
    reply_to: str = ""
    office: str = ""
    forwarded_to: str = ""
    forwarded_note: str = ""
    reported: str = ""


@dataclass(frozen=True, kw_only=True)
class DemoNotice:
    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class DemoContent:
    credit: str
    notice: DemoNotice
    categories: dict[str, str]  # name -> description
    districts: list[str]
    offices: list[str]
    articles: dict[str, DemoArticle]  # by key
    comments: list[DemoComment]

    @property
    def tags(self) -> list[str]:
        return sorted({tag for article in self.articles.values() for tag in article.tags})


@cache
def read() -> DemoContent:
    """The content of FILE. Raises ContentError."""
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> DemoContent:
    """Parses text in the format of `content.toml`. Raises ContentError."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{FILE.name}: {error}") from error
    defaults = tables.pop("article_defaults", {})
    tables["notice"] = _typed(DemoNotice, tables.get("notice", {}), "notice")
    tables["articles"] = {
        key: _typed(DemoArticle, defaults | values | {"key": key}, f"articles.{key}")
        for key, values in tables.get("articles", {}).items()
    }
    tables["comments"] = [
        _typed(DemoComment, values, f"comment {number} ({values.get('name')})")
        for number, values in enumerate(tables.get("comments", []), 1)
    ]
    content = _typed(DemoContent, tables, "top level")
    if mistakes := list(_mistakes(content)):
        raise ContentError(f"{FILE.name}, {'; '.join(mistakes)}")
    return content


def _typed(kind: type, values: dict[str, Any], place: str) -> Any:
    """An instance of the dataclass `kind` from a table of the file. Raises ContentError for wrong keys or types."""
    known = {field.name: field for field in fields(kind)}
    missing = {name for name, field in known.items() if field.default is MISSING} - values.keys()
    mistyped = {name for name in known.keys() & values.keys() if not _fits(values[name], known[name].type)}
    for complaint, names in (
        ("unknown", values.keys() - known.keys()),
        ("missing", missing),
        ("of the wrong type", mistyped),
    ):
        if names:
            raise ContentError(f"{FILE.name}, {place}: {', '.join(sorted(names))} {complaint}")
    return kind(**values)


def _fits(value: object, expected: Any) -> bool:
    if expected == list[str]:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    container = get_origin(expected)
    return isinstance(value, container if container in (dict, list) else expected)  # a class, a union of classes


def _mistakes(content: DemoContent) -> Iterator[str]:
    """Yields a message for each reference to a missing name or picture, and for each invalid time."""
    now = datetime.now(UTC)
    for key, article in content.articles.items():
        place = f"articles.{key}"
        if article.category not in content.categories:
            yield f"{place}: no category is named {article.category}"
        if article.district and article.district not in content.districts:
            yield f"{place}: no district is named {article.district}"
        if not pictures.path(key).exists():
            yield f"{place}: {pictures.path(key)} is missing"
        try:
            article.published_at(now)
        except ContentError as error:
            yield f"{place}: {error}"
    seen = set()
    for number, comment in enumerate(content.comments, 1):
        place = f"comment {number} ({comment.name})"
        if comment.article not in content.articles:
            yield f"{place}: no article has the key {comment.article}"
        if comment.reply_to and (comment.article, comment.reply_to) not in seen:
            yield f"{place}: no comment of {comment.reply_to} under {comment.article} stands before it"
        for office in {comment.office, comment.forwarded_to} - {"", *content.offices}:
            yield f"{place}: no office is named {office}"
        seen.add((comment.article, comment.name))
