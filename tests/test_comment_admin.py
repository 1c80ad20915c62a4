"""The moderators' queue in the admin."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments.models import Comment
from tests.make import make_article, make_comment

LIST = "/admin/comments/comment/"
WAITING, APPROVED, REJECTED = Comment.Status.WAITING, Comment.Status.APPROVED, Comment.Status.REJECTED


def make_staff(*permissions, **fields):
    number = User.objects.count()
    user = User.objects.create_user(f"petugas{number}", is_staff=True, **fields)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="comments", codename__in=permissions))
    return user


@pytest.fixture
def moderator(client):
    user = make_staff("view_comment", "moderate_comment")
    client.force_login(user)
    return user


def page(client, address=LIST, **query):
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def act(client, action, *comments):
    return client.post(LIST, {"action": action, "_selected_action": [comment.pk for comment in comments]}, follow=True)


@pytest.mark.django_db
def test_the_list_opens_as_the_queue_with_the_longest_waiting_first(client, moderator):
    article, now = make_article(), timezone.now()
    make_comment(article, text="kemarin sore", status=WAITING, created_at=now)
    make_comment(article, text="kemarin pagi", status=WAITING, created_at=now - timedelta(hours=9))
    make_comment(article, text="sudah tampil")
    queue = page(client)
    assert queue.index("kemarin pagi") < queue.index("kemarin sore")
    assert "sudah tampil" not in queue
    assert article.get_absolute_url() in queue


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"status": "approved"}, {"tampil"}),
        ({"status": "rejected"}, {"tolakan"}),
        ({"status": "semua"}, {"tampil", "tolakan", "antrean"}),
        ({"status": "waiting"}, {"antrean"}),
        ({"status": "rusak"}, set()),
        ({"q": "antrean"}, {"antrean"}),
        ({"q": "tampil"}, set()),
    ],
)
def test_the_list_shows_the_status_that_is_asked_for(client, moderator, query, shown):
    article = make_article()
    for text, status in (("tampil", APPROVED), ("tolakan", REJECTED), ("antrean", WAITING)):
        make_comment(article, name="Warga", text=f"isi {text}.", status=status)
    seen = page(client, **query)
    assert {text for text in ("tampil", "tolakan", "antrean") if f"isi {text}." in seen} == shown


@pytest.mark.django_db
def test_approving_makes_comments_public_and_is_logged(client, moderator):
    article = make_article()
    waiting = [make_comment(article, status=WAITING) for _ in range(3)]
    already = make_comment(article)
    response = act(client, "approve", *waiting, already)
    assert "3 komentar disetujui dan kini tampil; yang lain sudah diputuskan" in response.content.decode()
    assert Comment.objects.visible().count() == 4
    assert set(Comment.objects.filter(decided_by=moderator)) == set(waiting)
    assert sorted(LogEntry.objects.values_list("object_id", "user", "change_message")) == sorted(
        (str(comment.pk), moderator.pk, "Disetujui.") for comment in waiting
    )


@pytest.mark.django_db
@pytest.mark.parametrize("status", [APPROVED, REJECTED])
@pytest.mark.parametrize("query", ["", "?status=semua"])
def test_who_decides_what_another_moderator_has_decided_is_told_so(client, moderator, status, query):
    comment = make_comment(make_article(), status=status, decided_by=make_staff())
    action = "approve" if status == APPROVED else "reject"
    response = client.post(f"{LIST}{query}", {"action": action, "_selected_action": [comment.pk]}, follow=True)
    assert "komentar terpilih sudah diputuskan sebelumnya" in response.content.decode()
    kept = comment.decided_by
    comment.refresh_from_db()
    assert (comment.status, comment.decided_by) == (status, kept)
    assert not LogEntry.objects.exists()


@pytest.mark.django_db
def test_the_list_shows_long_texts_with_their_senders_and_the_status_only_among_all(client, moderator):
    text = "kata " * 58 + "akhir"
    make_comment(
        make_article(),
        name="Ibu Siti",
        text=text,
        status=WAITING,
        created_at=datetime(2026, 8, 24, 5, 21, tzinfo=UTC),
    )
    queue = page(client)
    assert text in queue
    assert "Ibu Siti · 24 Agu 2026 12:21" in queue
    assert "column-status" not in queue
    assert "column-status" in page(client, status="semua")


@pytest.mark.django_db
def test_rejecting_takes_comments_from_the_public(client, moderator):
    comment = make_comment(make_article())
    response = client.post(
        f"{LIST}?status=approved", {"action": "reject", "_selected_action": [comment.pk]}, follow=True
    )
    assert "1 komentar ditolak dan tidak tampil." in response.content.decode()
    assert not Comment.objects.visible().exists()
    assert LogEntry.objects.get().change_message == "Ditolak."


@pytest.mark.django_db
@pytest.mark.parametrize(("button", "status"), [("_approve", APPROVED), ("_reject", REJECTED)])
def test_one_comment_is_decided_on_its_own_page(client, moderator, button, status):
    comment = make_comment(make_article(), status=WAITING)
    assert f'name="{button}"' in page(client, f"{LIST}{comment.pk}/change/")
    response = client.post(f"{LIST}{comment.pk}/change/", {button: "ya"}, follow=True)
    comment.refresh_from_db()
    assert (comment.status, comment.decided_by) == (status, moderator)
    assert comment.get_status_display().lower() in response.content.decode()
    assert LogEntry.objects.get().get_change_message() == f"{comment.get_status_display()}."
    assert f"{comment.get_status_display()}." in page(client, f"{LIST}{comment.pk}/history/")


@pytest.mark.django_db
def test_a_moderator_cannot_rewrite_a_citizens_words(client, moderator):
    comment = make_comment(make_article(), status=WAITING)
    kept = {"name": comment.name, "text": comment.text, "email": comment.email}
    assert "<textarea" not in page(client, f"{LIST}{comment.pk}/change/")
    forged = {"name": "Lain", "text": "lain", "email": "lain@contoh.id", "status": "approved", "_save": "ya"}
    client.post(f"{LIST}{comment.pk}/change/", forged)
    comment.refresh_from_db()
    assert {field: getattr(comment, field) for field in kept} == kept
    assert comment.status == WAITING
    assert not LogEntry.objects.exists(), "nothing was decided"


@pytest.mark.django_db
def test_a_comment_is_text_in_the_admin_too(client, moderator):
    comment = make_comment(make_article(), name="<b>B</b>", text="<script>alert(1)</script>", status=WAITING)
    for address in (LIST, f"{LIST}{comment.pk}/change/"):
        assert "<script>alert" not in page(client, address)
        assert "<b>B" not in page(client, address)


@pytest.mark.django_db
def test_the_email_is_for_moderators_and_the_senders_key_for_nobody(client, moderator):
    comment = make_comment(make_article(), email="siti@contoh.id", sender_key="f" * 64, status=WAITING)
    address = f"{LIST}{comment.pk}/change/"
    assert "siti@contoh.id" in page(client, address)
    assert "f" * 64 not in page(client, address)
    client.force_login(make_staff("view_comment"))
    assert comment.text in page(client, address)
    assert "siti@contoh.id" not in page(client, address)


@pytest.mark.django_db
def test_who_may_only_look_cannot_decide(client):
    comment = make_comment(make_article(), status=WAITING)
    client.force_login(make_staff("view_comment", "change_comment", "delete_comment"))
    act(client, "approve", comment)
    assert client.post(f"{LIST}{comment.pk}/change/", {"_approve": "ya"}).status_code == 403
    assert client.post(f"{LIST}{comment.pk}/delete/", {"post": "yes"}).status_code == 403
    comment.refresh_from_db()
    assert comment.status == WAITING
    assert "_approve" not in page(client, f"{LIST}{comment.pk}/change/")


@pytest.mark.django_db
def test_staff_without_a_part_in_comments_see_none(client):
    client.force_login(make_staff())
    assert client.get(LIST).status_code == 403


@pytest.mark.django_db
def test_nobody_writes_comments_in_the_admin_and_only_the_administrator_deletes(client, moderator):
    comment = make_comment(make_article(), status=WAITING)
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{comment.pk}/delete/", {"post": "yes"}).status_code == 403
    client.force_login(User.objects.create_superuser("admin"))
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{comment.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Comment.objects.exists()


@pytest.mark.django_db
def test_the_queue_costs_as_many_queries_with_thirty_comments_as_with_one(client, moderator):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            page(client)
        assert not any("body" in query["sql"] for query in captured), "articles' bodies are long"
        return len(captured)

    make_comment(make_article(), status=WAITING)
    one = queries()
    for _ in range(29):
        make_comment(make_article(), status=WAITING)
    assert queries() == one
