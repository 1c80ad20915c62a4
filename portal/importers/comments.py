"""Comments of an earlier portal, saved as this one keeps them: replies one level deep, without the sender's address
on the internet, and with the e-mail address only while a moderator has yet to decide. Nobody gets an e-mail about
them."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import Truncator

from comments.forms import NAME_MAX_CHARS, AddressField, LineField, TextField
from comments.models import TIME_TO_DECIDE, Comment
from comments.spam.folding import fold
from comments.triage.assessment import Signal, triage
from news import markup
from news.models import Article
from news.models.articles import EARLIEST

PUBLISHED, WAITING, SUSPECTED = "komentar terbit", "komentar menunggu moderator", "komentar terbit yang mirip spam"
NAMELESS = "Tanpa nama"
MAX_CHARS = 20_000  # forms allow a tenth of it; what was published elsewhere is not cut
_LINK = re.compile(r'<a href="(?P<address>[^"]*)"[^>]*>(?P<text>.*?)</a>', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A comment, by its key at the source; `answers` is the key of the one that it replies to."""

    key: str
    text: str  # HTML or plain
    name: str = ""
    email: str = ""
    answers: str = ""
    at: datetime | None = None
    is_public: bool = False  # else it waits for a moderator


def save(article: Article, written: Iterable[Written]) -> Counter[str]:
    """Saves the comments that the portal does not know yet, whatever it has made of the others since; returns how
    many. Call it in the transaction that saves the article."""
    written = list(written)
    if not written:
        return Counter()
    known = {each.source_key: each for each in Comment.objects.imported(each.key for each in written)}
    there = {each.key: each for each in written if each.key in known or _text(each.text)}
    counts: Counter[str] = Counter()
    # First those that others reply to
    firsts = _firsts(there)
    for each in sorted(there.values(), key=lambda each: firsts[each.key] is not None):
        if each.key not in known:
            first = firsts[each.key]
            known[each.key] = comment = _save(article, each, known.get(first.key) if first else None)
            counts[PUBLISHED if each.is_public else WAITING] += 1
            counts[SUSPECTED] += each.is_public and Signal.SPAM in comment.signals
    return counts


def _firsts(by_key: Mapping[str, Written]) -> dict[str, Written | None]:
    """For each comment the one under which it stands: that at the beginning of its thread, as far as it is there; None
    for those at the beginning. Each is looked at once: threads may have thousands."""
    found: dict[str, Written | None] = {}
    for written in by_key.values():
        way, seen = [written], {written.key}
        while way[-1].key not in found and (above := by_key.get(way[-1].answers)) and above.key not in seen:
            way.append(above)
            seen.add(above.key)
        first = found.get(way[-1].key) or way[-1]
        found |= {each.key: first if first is not each else None for each in way}
    return found


def _save(article: Article, written: Written, parent: Comment | None) -> Comment:
    now = timezone.now()
    said = written.at if written.at and written.at >= EARLIEST else None
    at = min(said or article.published_at or now, now)
    comment = Comment.objects.create(
        article=article,
        parent=parent,
        under_hidden=parent is not None and parent.status not in (Comment.Status.APPROVED, Comment.Status.DELETED),
        name=_name(written.name),
        email="" if written.is_public else _email(written.email),
        text=_text(written.text),
        status=Comment.Status.APPROVED if written.is_public else Comment.Status.WAITING,
        created_at=at,
        consent_at=at,
        decided_at=now if written.is_public else None,  # from here its data are kept for their time
        due_at=None if written.is_public else now + TIME_TO_DECIDE,
        source_key=written.key,
    )
    triage(comment)
    return comment


def _name(name: str) -> str:
    try:
        name = LineField().to_python(markup.plain_text(markup.one_line(name)))
    except ValidationError:  # too intricate
        return NAMELESS
    is_name = any(map(str.isalnum, name)) and "jawaban resmi" not in fold(name).text
    return Truncator(name).chars(NAME_MAX_CHARS) if is_name else NAMELESS


def _email(address: str) -> str:
    try:
        return AddressField(required=False, max_length=254).clean(address)
    except ValidationError:
        return ""


def _text(html: str) -> str:
    """As plain text with its paragraphs; addresses behind the texts that linked to them. "" if there is nothing to
    read."""
    try:
        body = _LINK.sub(_with_address, markup.to_body(html))
    except ValidationError:  # too intricate for a comment
        return ""
    paragraphs = (markup.plain_text(part) for part in body.split("</p>"))
    return Truncator(TextField().to_python("\n\n".join(filter(None, paragraphs)))).chars(MAX_CHARS)


def _with_address(link: re.Match[str]) -> str:
    address, text = link["address"], link["text"]
    return text if not address.startswith("http") or address.rstrip("/") in text else f"{text} ({address})"
