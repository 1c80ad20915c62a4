"""Objects for tests: each helper makes a valid one by default; pass the fields that the test is about."""

from datetime import datetime, timedelta
from itertools import count

from captcha.models import CaptchaStore
from django.contrib.auth.models import Group, User
from django.utils import timezone
from django.utils.text import slugify

from comments.models import Comment
from news.models import Article, ArticleViews, Category, Change, Tag
from news.models.changes import changes_because
from news.search import vocabulary
from news.web import dates

_number = count(1)


def in_the_city(*moment: int) -> datetime:
    """A moment by the clock of the tests' city: `in_the_city(2024, 11, 13, 16, 21)`."""
    return datetime(*moment, tzinfo=dates.ZONE)  # type: ignore[arg-type, misc]


OFFSET = dates.iso(in_the_city(2024, 1, 1))[-6:]  # +08:00


def count_words():
    """Refreshes the vocabulary as the worker does, for spelling suggestions and word frequencies."""
    vocabulary.refresh(Article.objects.published())


def make_category(name="Layanan Publik", **fields):
    return Category.objects.get_or_create(name=name, defaults={"slug": slugify(name), **fields})[0]


def make_tag(name="kota tangerang"):
    return Tag.objects.get_or_create(name=name, defaults={"slug": slugify(name)})[0]


def make_article(*, tags=(), reads=None, **fields):
    """An article published an hour ago; `tags` are names, `reads` the imported number of reads."""
    number = next(_number)
    fields.setdefault("title", f"Puskesmas membuka layanan malam nomor {number}")
    fields.setdefault("body", "<p>Warga dapat berobat sampai pukul sembilan malam.</p><p>Tanpa biaya tambahan.</p>")
    fields.setdefault("status", Article.Status.PUBLISHED)
    fields.setdefault("published_at", timezone.now() - timedelta(hours=1))
    if "category" not in fields:
        fields["category"] = make_category()
    article = Article.objects.create(**fields)
    article.tags.set([make_tag(name) for name in tags])
    if reads is not None:
        ArticleViews.objects.create(article=article, imported=reads)
    return article


def quietly():
    """Within it, texts that readers have seen may change: for tests of something else."""
    return changes_because(Change.Reason.SPELLING)


def rewrite(article, **fields):
    """Changes them in the database, past save()."""
    with quietly():
        Article.objects.filter(pk=article.pk).update(**fields)


def make_comment(article, **fields):
    """An approved comment."""
    fields.setdefault("name", "Warga Karawaci")
    fields.setdefault("text", "Terima kasih, layanannya sangat membantu.")
    fields.setdefault("status", Comment.Status.APPROVED)
    return Comment.objects.create(article=article, **fields)


def make_captcha(**fields):
    """A captcha issued long enough ago to be answered."""
    row = CaptchaStore.objects.get(hashkey=CaptchaStore.generate_key())
    row.expiration -= timedelta(seconds=5)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    return row


def make_person(role, **fields):
    """A member of the newsroom with this role."""
    number = next(_number)
    fields.setdefault("first_name", role)
    fields.setdefault("last_name", str(number))
    person = User.objects.create_user(f"{role.lower()}{number}", is_staff=True, **fields)
    person.groups.set([Group.objects.get(name=role)])
    return person
