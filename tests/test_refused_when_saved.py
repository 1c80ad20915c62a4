"""What a form's check allowed and the database refuses, because somebody or the clock was faster: a sentence at its
field, never an error page, and nothing typed is lost."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from news.models import Article, Change, Pin
from news.models.changes import changes_by
from portal.unsaved.models import Copy
from tests.make import make_article, rewrite
from tests.test_admin import address, errors_in, form_of

pytestmark = pytest.mark.django_db(transaction=True)


class Held:
    """Holds the row of an article for some seconds in a connection of its own: a form that is being saved waits
    between the start of its check and its UPDATE."""

    def __init__(self, article, seconds):
        self.pk, self.seconds, self.has_it = article.pk, seconds, threading.Event()
        self.thread = threading.Thread(target=self.hold)

    def hold(self):
        with transaction.atomic():
            Article.objects.select_for_update().get(pk=self.pk)
            self.has_it.set()
            time.sleep(self.seconds)
        connection.close()

    def __enter__(self):
        self.thread.start()
        self.has_it.wait()

    def __exit__(self, *error):
        self.thread.join()


def soon():
    return timezone.now() + timedelta(seconds=1)


def test_a_scheduled_article_that_becomes_public_while_it_is_saved(client, editor):
    article = make_article(published_at=soon())
    typed = form_of(article, title="Puskesmas buka sampai pagi")
    with Held(article, 1.5):
        response = client.post(address(article), typed)
    assert response.status_code == 200
    assert "sudah dibaca orang" in errors_in(response)[0]
    assert "Puskesmas buka sampai pagi" in response.content.decode()
    assert Article.objects.get().title == article.title
    typed |= {"told_kind": "ejaan"}
    assert client.post(address(article), typed).status_code == 302
    assert Change.objects.told().get().reason == "ejaan"


def test_a_schedule_that_is_cancelled_too_late(client, editor):
    article = make_article(published_at=soon())
    with Held(article, 1.5):
        response = client.post(address(article), form_of(article, _move="unschedule"))
    assert response.status_code == 200
    assert "sudah tampil di situs" in " ".join(errors_in(response))
    assert Article.objects.get().is_public


def test_a_former_text_of_an_article_that_becomes_public_while_it_is_put_back(client, editor):
    article = make_article(title="Lama", published_at=timezone.now() + timedelta(seconds=2))
    with changes_by(editor.pk, "Budi"):
        rewrite(article, title="Baru")
    change = Change.objects.of(article).get()
    with Held(article, 2.5):
        response = client.post(f"{address(article, 'history')}{change.pk}/")
    assert response.status_code in (200, 302)
    assert Article.objects.get().title == "Baru"


def test_an_article_that_becomes_public_while_it_is_deleted(client, editor):
    article = make_article(published_at=soon())
    with Held(article, 1.5):
        response = client.post(address(article, "delete"), {"post": "yes"})
    assert response.status_code == 409
    assert "Belum tersimpan" in response.content.decode()
    assert Article.objects.exists()


def test_a_change_that_waited_until_the_article_was_public_is_one_of_a_public_article():
    article = make_article(published_at=soon())
    with Held(article, 1.5), pytest.raises(IntegrityError, match="tidak berubah tanpa ralat"):
        Article.objects.filter(pk=article.pk).update(title="Lain")


@pytest.mark.parametrize("seen", ["published", "withdrawn"])
def test_no_path_deletes_what_readers_have_seen(seen):
    article = make_article()
    if seen == "withdrawn":
        article.withdraw("Keliru.")
    with pytest.raises(IntegrityError, match="hanya dicabut"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM news_article WHERE id = %s", [article.pk])
    make_article(published_at=timezone.now() + timedelta(days=1)).delete()


def test_two_editors_pin_the_same_article_at_once(client, editor):
    """The second waits for the first at the unique index, after its own check."""
    article, until = make_article(), timezone.localtime(timezone.now() + timedelta(days=1))
    is_pinned = threading.Event()

    def pin():
        with transaction.atomic():
            Pin.objects.create(article_id=article.pk, until=until)
            is_pinned.set()
            time.sleep(1)
        connection.close()

    other = threading.Thread(target=pin)
    other.start()
    is_pinned.wait()
    typed = {"article": article.pk, "position": 1, "until_0": f"{until:%d-%m-%Y}", "until_1": f"{until:%H:%M:%S}"}
    response = client.post("/admin/news/pin/add/", typed)
    other.join()
    assert response.status_code == 200
    assert "sudah disematkan" in errors_in(response)[0]


def test_what_was_typed_elsewhere_goes_with_a_closed_version(client, editor):
    """Copies of forms (portal.unsaved) hold whole texts, of anybody, for weeks."""
    article, other = make_article(title="NIK 3671012304110001"), make_article()
    rewrite(article, title="Tanpa nomor")
    for each in (article, other):
        Copy.objects.keep(editor, address(each), f"salinan{each.pk}", "NIK 3671012304110001")
    change = Change.objects.of(article).get()
    answer = client.post(f"{address(article, 'history')}{change.pk}/tutup/", {"reason": "data-pribadi"})
    assert answer.status_code == 302
    assert [copy.form for copy in Copy.objects.all()] == [address(other)]
