"""Articles that editors keep on top of the newest ones on the home page."""

from django.db import models
from django.utils import timezone

from news.models.articles import Article


class Pin(models.Model):
    """One article on top of the home page's newest ones, until its time is over."""

    article = models.OneToOneField(Article, models.CASCADE, related_name="pin", verbose_name="berita")
    position = models.PositiveSmallIntegerField("urutan", default=1, help_text="1 paling atas.")
    until = models.DateTimeField("sampai", help_text="Sesudah itu berita ini kembali ke tempatnya menurut waktu.")

    class Meta:
        verbose_name = "berita yang disematkan"
        verbose_name_plural = "beranda"
        ordering = ["position", "-until", "-id"]

    def __str__(self):
        return str(self.article)

    @property
    def state(self) -> tuple[str, str]:
        """Kind and label."""
        if self.until <= timezone.now():
            return "ended", "Selesai"
        if self.article.is_public:
            return "current", "Tampil"
        return "upcoming", "Menunggu beritanya terbit"
