"""The secret link to one's own comment: it proves who wrote it, since there are no accounts.

The token is a keyed hash of the comment's number, so nothing of it is stored; with another SECRET_KEY old links die.
"""

import re

from django.utils.crypto import constant_time_compare, salted_hmac

from comments.models import Comment

_TOKEN = re.compile(r"([0-9]{1,18})-([0-9a-f]{32})")


def token(comment) -> str:
    return f"{comment.pk}-{_proof(comment.pk)}"


def own_url(comment) -> str:
    """The path of the page where the author sees what became of the comment, and takes it back."""
    return f"/komentar/saya/{token(comment)}"


def comment_of(token: str) -> Comment | None:
    """The comment that a token belongs to, erased ones too; None for a wrong token, whatever is in it."""
    match = _TOKEN.fullmatch(token)
    if not match or not constant_time_compare(match[2], _proof(int(match[1]))):
        return None
    return Comment.objects.select_related("article").filter(pk=int(match[1])).first()


def _proof(pk: int) -> str:
    return salted_hmac("comments.links", str(pk), algorithm="sha256").hexdigest()[:32]
