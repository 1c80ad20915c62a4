"""Links to an article that is not published yet, for somebody without an account."""

from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class PreviewLinkQuerySet(models.QuerySet["PreviewLink"]):
    def valid(self):
        """As `is_valid`, by the database's clock."""
        not_withdrawn_since = models.Q(article__withdrawn_at=None) | models.Q(
            created_at__gt=models.F("article__withdrawn_at")
        )
        return self.filter(not_withdrawn_since, revoked_at=None, expires_at__gt=Now())

    def by_token(self, token: str) -> "PreviewLink | None":
        """The link of this address if it may still be used; forged addresses cost no query."""
        try:
            pk = int(_signer().unsign(token))
        except (BadSignature, ValueError):
            return None
        return self.valid().filter(pk=pk).select_related("article__category", "article__photo").first()


class PreviewLink(models.Model):
    """An address that shows one article to whoever has it, until it expires or is revoked. The address is signed and
    not stored."""

    DAYS = (1, 3, 7, 14)

    article = models.ForeignKey("news.Article", models.CASCADE, related_name="preview_links", verbose_name="berita")
    recipient = models.CharField("untuk siapa", max_length=100)
    created_at = models.DateTimeField("dibuat", auto_now_add=True)
    expires_at = models.DateTimeField("berlaku sampai")
    revoked_at = models.DateTimeField("dicabut", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField("dibuat oleh", max_length=150)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "tautan pratinjau"
        verbose_name_plural = "tautan pratinjau"
        ordering = ["-id"]
        default_permissions = ()  # whoever may change the article

    def __str__(self):
        return self.recipient

    @property
    def token(self) -> str:
        return _signer().sign(str(self.pk))

    @property
    def is_valid(self) -> bool:
        """Whether the address may still be used. One that was made before the article was withdrawn may not: the
        reason for withdrawing it may be in the text."""
        return not self.is_overtaken and self.revoked_at is None and self.expires_at > timezone.now()

    @property
    def is_overtaken(self) -> bool:
        """Whether the article was withdrawn after the link had been made."""
        return self.article.withdrawn_at is not None and self.created_at <= self.article.withdrawn_at

    def last_for(self, days: int) -> None:
        self.expires_at = timezone.now() + timedelta(days=days)

    def revoke(self) -> None:
        self.revoked_at = self.revoked_at or timezone.now()
        self.save(update_fields=["revoked_at"])


class PreviewVisit(models.Model):
    """One opening of a link by a person's browser. Not who: the link says for whom it is."""

    link = models.ForeignKey(PreviewLink, models.CASCADE, related_name="visits")
    at = models.DateTimeField("dibuka", db_default=Now())

    class Meta:
        verbose_name = "pratinjau yang dibuka"
        verbose_name_plural = "pratinjau yang dibuka"
        default_permissions = ()

    def __str__(self):
        return str(self.at)


def _signer() -> Signer:
    return Signer(sep=".", salt="news.preview")
