"""`manage.py susun_ulang_pencarian`: recomputes the stems of all articles.

Needed once after news.search.stemming has changed; harmless at any time."""

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from news import markup
from news.models import Article
from news.models.articles import INDEXED_BODY_CHARS
from news.search import stemming, vocabulary
from portal.management.commands.import_articles import INTERRUPTED

_BATCH = 200  # articles in memory at a time
_READ = ("title", "body", "title_stems", "body_stems", "updated_at")


class Command(BaseCommand):
    help = (
        "Menyusun ulang kata dasar setiap berita untuk pencarian. Jalankan sekali setelah pembaruan yang memintanya. "
        "Aman dihentikan: jalankan lagi untuk meneruskan."
    )

    def add_arguments(self, parser):
        parser.add_argument("--mulai", type=int, default=0, metavar="NOMOR", help="lewati berita sebelum nomor ini")

    def handle(self, *, mulai, **options):
        articles = Article.objects.filter(pk__gte=mulai).order_by("pk")
        last, changed = mulai - 1, 0
        try:
            with tqdm(total=articles.count(), unit="berita", disable=None) as bar:
                while batch := list(articles.filter(pk__gt=last).only(*_READ)[:_BATCH]):
                    for article in batch:
                        changed += _update_stems(article)
                        last = article.pk
                    bar.update(len(batch))
        except KeyboardInterrupt:
            raise CommandError(
                f"Dihentikan. Untuk meneruskan: susun_ulang_pencarian --mulai {last + 1}", returncode=INTERRUPTED
            ) from None
        vocabulary.refresh(Article.objects.published())
        self.stdout.write(f"Selesai: {changed} berita disusun ulang.")


def _update_stems(article: Article) -> bool:
    """Returns whether the stems changed. Skips an article that was saved meanwhile, which has updated them."""
    title = stemming.stems(article.title)
    body = stemming.stems(markup.plain_text(article.body)[:INDEXED_BODY_CHARS])
    if (title, body) == (article.title_stems, article.body_stems):
        return False
    unchanged = Article.objects.filter(pk=article.pk, updated_at=article.updated_at)
    return bool(unchanged.update(title_stems=title, body_stems=body))
