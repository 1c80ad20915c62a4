"""What an entry is about, and its details, in words."""

from collections.abc import Iterator
from typing import Any

from comments.models import Comment, Reason
from news.models import Article, Page
from portal.audit.models import Entry

_MODELS = {"news_article": Article, "news_page": Page}
_NOUNS = {
    "news_article": "Berita",
    "news_page": "Halaman",
    "comments_comment": "Komentar",
    "auth_user": "Akun",
    "auth_group": "Peran",
}


def thing(entry: Entry, title: str = "") -> str:
    """`Berita no. 12: Pasar dibuka`; `title` is what it is called today, if it is still there."""
    noun = _NOUNS.get(entry.table, entry.table)
    if entry.subject:
        return f"{noun} {entry.subject}"
    return f"{noun} no. {entry.row}" + (f": {title}" if title else "")


def details(entry: Entry) -> str:
    """What changed, without any text: names of columns, the codes of a decision, roles and permissions."""
    if entry.kind == Entry.Kind.MODERATED:
        return "; ".join(_decision(entry.details))
    if entry.kind == Entry.Kind.RIGHTS:
        return "; ".join(_rights(entry.details))
    if entry.verb == Entry.Verb.CHANGE:
        return ", ".join(_column(entry.table, name) for name in entry.details)
    return ""


def _decision(found: dict[str, Any]) -> Iterator[str]:
    if "status" in found:
        before, after = (_label(Comment.Status, code) for code in found["status"])
        yield f"{before} → {after}" if before != after else after
    if "reason" in found:
        yield f"alasan: {_label(Reason, found['reason'])}"
    if "article" in found:
        yield f"di berita no. {found['article']}"
    if "office" in found:
        yield f"dinas no. {found['office']}"


def _rights(found: dict[str, Any]) -> Iterator[str]:
    yield from (str(found[name]) for name in ("role", "permission", "office") if found.get(name))
    if "permissions" in found:
        yield ", ".join(found["permissions"])
    if "former" in found:
        yield f"dahulu {found['former']}"
    if found.get("superuser"):
        yield "dengan hak penuh"


def _column(table: str, name: str) -> str:
    fields = {field.attname: field for field in _MODELS[table]._meta.concrete_fields} if table in _MODELS else {}
    return str(fields[name].verbose_name) if name in fields else name


def _label(choices, code: str) -> str:
    return str(dict(choices.choices).get(code, code))
