"""ETags of pages that show counts: coarser than the counts, and than nothing else."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from news.models import ArticleViews, DailyViews
from news.pageviews import most_read, validators
from tests.make import make_article

NOON = 1_731_474_000  # a whole number of spans


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Sets the clock of validators to so many seconds after noon."""

    def set_to(seconds):
        monkeypatch.setattr("news.pageviews.validators.time.time", lambda: NOON + seconds)

    set_to(0)
    return set_to


def read(article, number):
    """The article was read so often until now, by as many."""
    ArticleViews.objects.update_or_create(article=article, defaults={"counted": number})
    DailyViews.objects.update_or_create(
        article=article, day=timezone.localdate(), defaults={"views": number, "readers": number}
    )
    most_read.refresh()


def fresh(client, url, **headers):
    """What a process answers that has nothing in its cache."""
    cache.clear()
    return client.get(url, headers=headers)


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["article", "/", "/berita", "/populer"])
def test_who_asks_again_within_two_minutes_is_told_that_nothing_changed_while_only_counts_moved(client, clock, page):
    article = make_article(title="Taman kota")
    url = article.get_absolute_url() if page == "article" else page
    read(article, 1_234)
    first = fresh(client, url)
    read(article, 5_678)
    clock(60 * validators.MINUTES - 1)
    assert fresh(client, url)["ETag"] == first["ETag"]
    assert "5.678" in fresh(client, url).content.decode()
    for encoding in ("identity", "gzip"):
        again = fresh(client, url, if_none_match=first["ETag"], accept_encoding=encoding)
        assert (again.status_code, again.content) == (304, b"")
    clock(60 * validators.MINUTES)
    later = fresh(client, url, if_none_match=first["ETag"])
    assert later.status_code == 200
    assert "5.678" in later.content.decode()


@pytest.mark.django_db
def test_everything_else_that_changes_is_sent_at_once(client):
    article = make_article(title="Taman kota")
    read(article, 5)
    tags = [fresh(client, article.get_absolute_url())["ETag"]]
    other = make_article(title="Pasar", published_at=timezone.now() - timedelta(days=1))
    for number in (4, 6):  # below the article in the list, above it
        read(other, number)
        tags.append(fresh(client, article.get_absolute_url())["ETag"])
    assert len(set(tags)) == 3


def test_numbers_in_a_text_are_no_counts():
    page = "<p>Warga ± {} orang.</p> | Dibaca : 7</p>"
    assert validators.coarse(page.format(500).encode()) != validators.coarse(page.format(600).encode())


@pytest.mark.django_db
def test_a_page_without_counts_keeps_its_validator_for_ever(client, clock):
    tag = fresh(client, "/ralat")["ETag"]
    clock(10**6)
    assert fresh(client, "/ralat", if_none_match=tag).status_code == 304
