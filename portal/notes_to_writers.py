"""Tells writers by e-mail that an editor has handed a text back. The worker calls it: the newsroom's articles know
nothing about e-mail, and what is queued here is sent like every other letter."""

import logging

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from comments.mail import outbox
from news.models import Article
from news.web.admin import person_name

KIND = "kembali"  # Email.kind
AT_ONCE = 50  # e-mails of one round

_EMAIL = """\
Naskah Anda dikembalikan{by}: {title}

Yang perlu diubah:
{note}

Buka naskah: {address}

--
Surat otomatis dari {site}. Anda menerimanya karena naskah itu Anda buat.
Untuk berhenti menerimanya, kosongkan alamat email pada akun Anda atau mintalah kepada administrator.
"""

logger = logging.getLogger("portal")


@transaction.atomic
def write_due() -> None:
    """Writes to the writer of each text that was handed back since; to nobody who did that to the own text, has no
    address or may not log in any more. Without settings.MAIL_IS_ON nothing is noted, and nothing is sent later."""
    if not settings.MAIL_IS_ON:
        return
    waiting = Article.objects.handed_back().filter(
        writer_told_at=None, returned_at__gt=timezone.now() - outbox.PATIENCE
    )
    for article in waiting.select_related("created_by", "returned_by").select_for_update(
        of=["self"], skip_locked=True
    )[:AT_ONCE]:
        Article.objects.filter(pk=article.pk).update(writer_told_at=timezone.now())
        writer = article.created_by
        if writer and writer.email and writer.is_active and writer.pk != article.returned_by_id:
            _write(article, writer.email)


def _write(article: Article, address: str) -> None:
    body = _EMAIL.format(
        by=f" oleh {person_name(article.returned_by)}" if article.returned_by else "",
        title=article.title,
        note=article.review_note,
        address=settings.SITE_URL + reverse("admin:news_article_change", args=[article.pk]),
        site=settings.SITE_NAME,
    )
    try:
        outbox.write(address, f"{settings.SITE_NAME}: naskah dikembalikan, {article.title}", body, KIND)
    except ValidationError:  # accounts created by a program may have any text there
        logger.warning("Sebuah akun mempunyai alamat email yang salah, jadi tidak dikirimi surat.")
