"""The rules of visibility: published(), visible(), and what follows from them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone

from comments.models import Comment
from news import related
from news.models import Article
from tests.make import count_words, make_article, make_category, make_comment, make_tag

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def make_every_kind() -> dict[str, Article]:
    """An article in each status, and a scheduled one."""
    now = timezone.now()
    articles = {status: make_article(status=status, withdrawn_reason="Keliru.") for status in Article.Status.values}
    return articles | {"scheduled": make_article(published_at=now + DAY)}


def test_only_published_articles_whose_time_has_come_are_public():
    articles = make_every_kind()
    assert set(Article.objects.published()) == {articles["published"]}
    assert {name for name, article in articles.items() if article.is_public} == {"published"}
    assert {name for name, article in articles.items() if article.is_scheduled} == {"scheduled"}
    assert set(Article.objects.withdrawn()) == {articles["withdrawn"]}


def test_a_scheduled_article_becomes_a_draft_again_and_can_be_deleted():
    article = make_article(published_at=timezone.now() + DAY)
    article.unschedule()
    article.refresh_from_db()
    assert (article.status, article.published_at) == (Article.Status.DRAFT, None)
    make_article(published_at=timezone.now() + DAY).delete()


def test_what_readers_have_seen_is_not_unscheduled():
    for article in (make_article(), make_article(published_at=timezone.now() - DAY)):
        with pytest.raises(ValidationError):
            article.unschedule()
    shown = make_article()
    shown.withdraw("Keliru.")
    with pytest.raises(ValidationError):
        shown.unschedule()
    with pytest.raises(ValidationError):
        shown.delete()


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_the_title_of_an_article_that_was_never_shown_is_nowhere(client, is_withdrawn):
    secret = make_article(title="Rahasia Zamrudnesia", published_at=timezone.now() + DAY, tags=["zamrud"])
    if is_withdrawn:
        secret.withdraw("Batal.")
    make_article()
    related.refresh_due()
    count_words()
    paths = [secret.get_absolute_url(), f"/b/{secret.pk}", f"/berita/{secret.pk}/komentar", "/tag/zamrud"]
    assert [client.get(path).status_code for path in paths] == [404] * 4
    lists = ["/", "/berita", "/feed", "/feed/atom", "/sitemap.xml", "/sitemap-news.xml", "/sitemap-0.xml"]
    for path in [*paths, *lists, "/cari?q=zamrudnesi", "/populer", "/data", "/ralat", "/tag/zamru"]:
        assert "zamrudnesia" not in client.get(path).getvalue().decode().lower().replace("q=zamrudnesi", ""), path
    assert not secret.delete() or not Article.objects.filter(title=secret.title).exists()


@pytest.mark.parametrize("tail", ["", "/feed", "/feed/atom"])
def test_a_tag_is_public_from_its_first_published_article_on(client, tail):
    tag = make_tag("Judi Gacor")
    draft = make_article(status=Article.Status.DRAFT, published_at=None, tags=["Judi Gacor"])
    address = f"{tag.get_absolute_url()}{tail}"
    assert client.get(address).status_code == 404
    draft.publish()
    assert client.get(address).status_code == 200
    draft.withdraw("Keliru.")
    cache.clear()
    assert client.get(address).status_code == 404


def test_an_article_without_a_time_is_neither_public_nor_scheduled():
    article = Article(title="Baru", status=Article.Status.PUBLISHED)
    assert article.is_public is False
    assert article.is_scheduled is False


def test_visibility_depends_on_the_databases_clock():
    passed, coming = (make_article(published_at=timezone.now() + timedelta(seconds=s)) for s in (-1, 60))
    assert set(Article.objects.published()) == {passed}
    assert (passed.is_public, coming.is_public) == (True, False)


def test_an_article_is_public_from_the_moment_of_its_publication(monkeypatch):
    article = make_article()
    monkeypatch.setattr(timezone, "now", lambda: article.published_at)
    assert article.is_public
    assert not article.is_scheduled


def test_the_last_change_considers_only_what_the_public_has_seen():
    articles = make_every_kind()
    changed = {
        "draft": datetime(2024, 5, 5, tzinfo=UTC),
        "review": datetime(2024, 5, 4, tzinfo=UTC),
        "withdrawn": datetime(2024, 5, 3, tzinfo=UTC),
        "published": datetime(2024, 5, 2, tzinfo=UTC),
        "scheduled": datetime(2024, 5, 1, tzinfo=UTC),
    }
    Article.objects.exclude(pk=articles["scheduled"].pk).update(published_at=datetime(2024, 4, 1, tzinfo=UTC))
    for name, moment in changed.items():
        Article.objects.filter(pk=articles[name].pk).update(updated_at=moment)
    assert Article.objects.last_change() == changed["withdrawn"]
    Article.objects.filter(pk=articles["withdrawn"].pk).update(updated_at=changed["scheduled"])
    assert Article.objects.last_change() == changed["published"]
    assert Article.objects.none().last_change() is None


def test_the_headline_is_the_one_with_the_latest_end_and_only_until_then():
    now = timezone.now()
    make_article()
    make_article(headline_until=now - timedelta(minutes=1))
    assert Article.objects.headline() is None
    make_article(headline_until=now + timedelta(hours=1))
    last = make_article(headline_until=now + timedelta(hours=2))
    assert Article.objects.headline() == last


def test_only_approved_comments_under_nothing_hidden_are_visible():
    article = make_article()
    past = timezone.now() - DAY
    comments = {
        status: make_comment(article, status=status, due_at=past, erased_at=past if status == "deleted" else None)
        for status in Comment.Status.values
    }
    make_comment(article, under_hidden=True)
    assert set(Comment.objects.visible()) == {comments["approved"]}


def test_threads_begin_with_approved_comments_or_erased_ones_with_replies():
    article = make_article()
    approved = make_comment(article)
    erased = {"status": Comment.Status.DELETED, "erased_at": timezone.now()}
    answered, unanswered, answered_unseen = (make_comment(article, **erased) for _ in range(3))
    make_comment(article, parent=approved)
    make_comment(article, parent=answered)
    make_comment(article, parent=answered)
    make_comment(article, parent=answered_unseen, status=Comment.Status.UNCONFIRMED)
    rejected = make_comment(article, status=Comment.Status.REJECTED)
    make_comment(article, parent=rejected)
    assert set(Comment.objects.threads()) == {approved, answered}
    assert unanswered not in Comment.objects.threads()


def test_an_article_is_published_before_it_was_ever_saved():
    article = Article(title="Judul baru", body="<p>Isi.</p>", category=make_category("Kota"))
    article.publish()
    assert Article.objects.published().get().slug == "judul-baru"


def test_publishing_and_withdrawing_can_be_repeated():
    article = make_article()
    article.publish()
    article.withdraw("Angka keliru.")
    article.withdraw("Angka dan nama keliru.")
    article.refresh_from_db()
    assert article.withdrawn_reason == "Angka dan nama keliru."
    with pytest.raises(ValidationError):
        article.submit()


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_withdrawal_without_a_reason_is_refused_and_changes_nothing(reason):
    article = make_article()
    with pytest.raises(ValidationError, match="alasan pencabutan"):
        article.withdraw(reason)
    assert Article.objects.published().get() == article
