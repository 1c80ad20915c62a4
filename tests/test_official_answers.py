"""Official answers: members of an office answer public comments in its name, and can do nothing else."""

import re
import threading

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments.models import Comment, Decision, Office, Reason
from news.models import Article
from tests.make import make_article, make_comment, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OWN = "/admin/comments/office/jawab/"


def make_office(name="Dinas Lingkungan Hidup", *members):
    office = Office.objects.create(name=name)
    office.members.set(members)
    return office


@pytest.fixture
def officer(client):
    person = make_person("OPD")
    client.force_login(person)
    return person


@pytest.fixture
def office(officer):
    return make_office("Dinas Lingkungan Hidup", officer)


def forward(comment, office):
    Comment.objects.filter(pk=comment.pk).update(forwarded_to=office, forwarded_at=timezone.now())
    return comment


def list_of(office):
    return f"/admin/comments/office/{office.pk}/jawab/"


def address(office, comment):
    return f"{list_of(office)}{comment.pk}/"


def page(client, where, **query):
    response = client.get(where, query)
    assert response.status_code == 200
    return response.content.decode()


def send(client, office, comment, text, fields=()):
    """Posts as a browser does, with the version of the answer that the page has shown."""
    return client.post(
        address(office, comment),
        {"jawaban": text, "versi": shown_version(client, office, comment)} | dict(fields),
        follow=True,
    )


def shown_version(client, office, comment):
    found = re.search(r'name="versi" value="([^"]*)"', client.get(address(office, comment)).content.decode())
    return found[1] if found else ""


def answers(**wanted):
    return Comment.objects.filter(office__isnull=False, erased_at=None, **wanted)


# ---- Writing


def test_an_office_answers_a_comment_and_readers_see_it_at_once(client, officer, office):
    comment = make_comment(make_article(), text="Sampah menumpuk.")
    html = send(client, office, comment, "Baris satu.\r\n\r\n\r\n\r\nSudah diangkut.").content.decode()
    assert "Jawaban tampil di bawah komentar warga" in html
    answer = Comment.objects.visible().get(parent=comment)
    assert (answer.office, answer.name, answer.article) == (office, office.name, comment.article)
    assert answer.text == "Baris satu.\n\nSudah diangkut."
    assert (answer.decided_by, answer.email, answer.sender_key, answer.due_at) == (officer, "", "", None)
    assert Decision.objects.filter(comment=answer, verb="answer", by=officer).count() == 1
    assert b"Sudah diangkut." in client.get(comment.article.get_absolute_url()).content


def test_an_answer_sent_twice_is_stored_once_and_a_different_one_is_refused_with_its_text(client, office):
    comment = make_comment(make_article())
    Comment.objects.answer(comment, office, "Jawaban rekan.", office.members.get())
    Comment.objects.answer(comment, office, "Jawaban rekan.", office.members.get())
    assert answers().count() == 1
    with pytest.raises(ValidationError, match="sudah menjawab"):
        Comment.objects.answer(comment, office, "Jawaban lain.", office.members.get())
    with pytest.raises(IntegrityError):
        make_comment(comment.article, parent=comment, office=office)


@pytest.mark.django_db(transaction=True)
def test_of_two_colleagues_who_answer_simultaneously_one_is_refused():
    person = make_person("OPD")
    office, comment = make_office("Dinas Perhubungan", person), make_comment(make_article())
    start, refused = threading.Barrier(2), []

    def write(text):
        start.wait()
        try:
            Comment.objects.answer(comment, office, text, person)
        except ValidationError:
            refused.append(text)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(text,)) for text in ("Satu.", "Dua.")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers().count() == len(refused) == 1


def test_a_corrected_answer_shows_the_time_of_the_correction(client, officer, office):
    comment = make_comment(make_article())
    send(client, office, comment, "Besok.")
    assert "Besok.</textarea>" in page(client, address(office, comment))
    assert "diperbaiki" not in page(client, address(office, comment))
    html = send(client, office, comment, "Besok pagi.").content.decode()
    assert "Jawaban diperbaiki." in html
    answer = answers().get()
    assert answer.text == "Besok pagi."
    assert answer.edited_at > answer.created_at
    assert "terakhir diperbaiki" in page(client, address(office, comment))
    edited = answer.edited_at
    send(client, office, comment, "Besok pagi.")
    answer.refresh_from_db()
    assert answer.edited_at == edited, "nothing was changed"
    assert Decision.objects.filter(comment=answer, verb="answer").count() == 2


@pytest.mark.parametrize("button", [{}, {"tarik": "ya"}])
def test_a_colleagues_newer_answer_is_shown_before_it_can_be_overwritten_or_withdrawn(client, officer, office, button):
    comment = make_comment(make_article())
    for theirs in ("Dari rekan.", "Diperbaiki rekan."):
        mine = {"jawaban": "Dari saya.", "versi": shown_version(client, office, comment)} | button
        send(client, office, comment, theirs)
        html = client.post(address(office, comment), mine).content.decode()
        assert "petugas lain sudah menulis" in html
        assert theirs in html
        assert "Dari saya.</textarea>" in html
        assert answers().get().text == theirs
    shown = re.search(r'name="versi" value="([^"]*)"', html)[1]
    client.post(address(office, comment), mine | {"versi": shown})
    assert list(answers().values_list("text", flat=True)) == ([] if button else ["Dari saya."])


def test_an_answer_withdrawn_by_a_colleague_is_not_restored_unnoticed(client, officer, office):
    comment = make_comment(make_article())
    send(client, office, comment, "Keliru.")
    mine = {"jawaban": "Keliru sedikit.", "versi": shown_version(client, office, comment)}
    send(client, office, comment, "", {"tarik": "ya"})
    html = client.post(address(office, comment), mine).content.decode()
    assert "petugas lain sudah menarik" in html
    assert "Keliru sedikit.</textarea>" in html
    assert not answers().exists()
    send(client, office, comment, "Keliru sedikit.")
    assert answers().get().text == "Keliru sedikit."


def test_after_an_answer_is_withdrawn_another_can_be_written(client, officer, office):
    comment = make_comment(make_article())
    send(client, office, comment, "Keliru.")
    assert "Jawaban ditarik" in send(client, office, comment, "", {"tarik": "ya"}).content.decode()
    assert not answers().exists()
    assert not Comment.objects.filter(text="Keliru.").exists()
    assert "sudah ditarik" in client.post(address(office, comment), {"tarik": "ya"}).content.decode()
    send(client, office, comment, "Benar.")
    assert Comment.objects.visible().get(parent=comment).text == "Benar."


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "Tulis jawabannya."),
        (" \u200b\n\x00 ", "Tulis jawabannya."),
        ("x" * 2_001, "paling panjang 2000 karakter; jawaban Anda 2001 karakter"),
        ("kata " * 200_000, "jawaban Anda 999999 karakter"),
    ],
)
def test_an_empty_or_long_answer_is_refused_and_stays_in_the_form(client, office, text, complaint):
    comment = make_comment(make_article())
    response = send(client, office, comment, text)
    assert response.status_code == 200
    assert complaint in response.content.decode()
    assert text.replace("\x00", "").strip() in response.content.decode()
    assert not answers().exists()


def test_an_answer_is_plain_text_without_what_readers_cannot_see(client, office):
    comment = make_comment(make_article())
    send(client, office, comment, "<script>alert(1)</script> a\x00b \u202egnp.exe\u202c 👍")
    assert answers().get().text == "<script>alert(1)</script> ab gnp.exe 👍"
    article = client.get(comment.article.get_absolute_url()).content
    for seen in (article, client.get(address(office, comment)).content):
        assert b"<script>alert" not in seen


def test_a_long_name_of_an_office_fits(client, officer):
    name = (
        "Dinas Pemberdayaan Perempuan, Perlindungan Anak, Pengendalian Penduduk dan Keluarga Berencana Kota Tangerang"
    )
    office, comment = make_office(name, officer), make_comment(make_article())
    send(client, office, comment, "Baik.")
    assert answers().get().name == name


# ---- What may be answered


def test_comments_forwarded_to_the_office_come_first_until_answered(client, office):
    article = make_article()
    forwarded = forward(make_comment(article, text="Lampu mati."), office)
    forward(make_comment(article, text="Untuk dinas lain."), make_office("Dinas Kesehatan"))
    make_comment(article, text="Komentar biasa.")
    make_comment(article, text="Masih menunggu.", status=Comment.Status.WAITING)
    seen = page(client, list_of(office))
    assert "belum dijawab" in seen
    assert seen.index("Lampu mati.") < seen.index("Komentar biasa.")
    assert "Masih menunggu." not in seen
    send(client, office, forwarded, "Sudah diganti.")
    seen = page(client, list_of(office))
    assert "belum dijawab" not in seen
    assert "Lihat jawaban Anda" in seen


def test_the_list_is_searched_narrowed_and_paged(client, office):
    article = make_article(title="Jembatan baru dibuka")
    other = make_article()
    for number in range(21):
        make_comment(other, text=f"komentar {number}.")
    answered = make_comment(article, text="di jembatan", name="Pak Dudung")
    send(client, office, answered, "Baik.")
    assert "Tidak ada komentar dengan kata itu" in page(client, list_of(office), q="tidak ada")
    for words in ("jembatan BARU", "dudung", "di jembatan"):
        seen = page(client, list_of(office), q=words)
        assert "Pak Dudung" in seen
        assert "komentar 20." not in seen
    assert "komentar 20." not in page(client, list_of(office), dijawab="ya")
    first = page(client, list_of(office))
    assert "komentar 2." in first
    assert "komentar 0." not in first
    older = first.split('href="?sebelum=')[1].split('"')[0]
    assert "komentar 0." in client.get(f"{list_of(office)}?sebelum={older}").content.decode()


@pytest.mark.parametrize(
    ("query", "status"),
    [({"sebelum": "x"}, 400), ({"sebelum": "\x00"}, 200), ({"q": "\x00"}, 200), ({"q": "x" * 101}, 200)],
)
def test_invalid_parameters_of_the_list_never_cause_a_server_error(client, office, query, status):
    assert client.get(list_of(office), query).status_code == status


def test_the_list_costs_as_many_queries_with_twenty_comments_as_with_one(client, office):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            page(client, list_of(office))
        assert not any('"body"' in query["sql"] for query in captured)
        return len(captured)

    forward(make_comment(make_article()), office)
    one = queries()
    for _ in range(19):
        forward(make_comment(make_article()), office)
    assert queries() == one


@pytest.mark.parametrize("status", [Comment.Status.WAITING, Comment.Status.REJECTED, Comment.Status.UNCONFIRMED])
def test_comments_that_readers_do_not_see_are_neither_shown_nor_answered(client, office, status):
    comment = make_comment(make_article(), text="rahasia warga", status=status)
    assert client.get(address(office, comment)).status_code == 404
    response = send(client, office, comment, "Jawaban saya.")
    assert "rahasia warga" not in response.content.decode()
    assert "Jawaban saya.</textarea>" in response.content.decode(), "what was typed is kept"
    assert not answers().exists()


def test_replies_comments_of_withdrawn_articles_and_unknown_ones_cannot_be_answered(client, officer, office):
    comment = make_comment(make_article())
    reply = make_comment(comment.article, parent=comment)
    withdrawn = make_comment(make_article())
    withdrawn.article.withdraw("keliru", by=make_person("Redaktur"))
    assert withdrawn.article.status == Article.Status.WITHDRAWN
    for each in (reply, withdrawn, Comment(pk=10**18)):
        assert client.get(address(office, each)).status_code == 404
        send(client, office, each, "Jawaban.")
    assert not answers().exists()


def test_an_answer_is_hidden_with_its_comment_and_moderators_may_reject_it(client, officer, office):
    comment = make_comment(make_article())
    send(client, office, comment, "Jawaban dinas.")
    moderator = make_person("Moderator")
    comment.reject(moderator, Reason.OTHER)
    assert not Comment.objects.visible().exists()
    comment.approve(moderator)
    answers().get().reject(moderator, Reason.RUDE)
    assert Comment.objects.visible().get() == comment
    assert "Jawaban ditolak moderator" in page(client, list_of(office))
    assert "Kasar atau menghina" in page(client, address(office, comment))
    for button in ({"jawaban": "Jawaban dinas lagi."}, {"tarik": "ya"}):
        seen = client.post(address(office, comment), button).content.decode()
        assert "Hubungi moderator" in seen
    assert answers().get().text == "Jawaban dinas."
    assert answers().get().status == Comment.Status.REJECTED


# ---- Attacks


def test_an_officer_cannot_write_correct_or_withdraw_for_another_office(client, officer, office):
    colleague = make_person("OPD")
    foreign, comment = make_office("Dinas Kesehatan", colleague), make_comment(make_article())
    theirs = Comment.objects.answer(comment, foreign, "Kata Dinas Kesehatan.", colleague)
    for where in (list_of(foreign), address(foreign, comment)):
        assert client.get(where).status_code == 403
    for fields in ({}, {"tarik": "ya"}, {"office": office.pk}, {"office": foreign.pk}):
        assert send(client, foreign, comment, "Palsu.", fields).status_code == 403
    send(client, office, comment, "Punya sendiri.", {"office": foreign.pk, "dinas": foreign.pk})
    assert answers(office=office).get().text == "Punya sendiri."
    with pytest.raises(PermissionDenied):
        Comment.objects.answer(make_comment(comment.article), foreign, "Palsu.", officer)
    with pytest.raises(PermissionDenied):
        theirs.correct("Palsu.", officer, theirs.version)
    with pytest.raises(PermissionDenied):
        theirs.erase_answer(officer, theirs.version)
    with pytest.raises(PermissionDenied):
        comment.correct("Palsu.", officer, comment.version)  # nobody may correct a citizen's text
    comment.refresh_from_db(), theirs.refresh_from_db()
    assert theirs.text == "Kata Dinas Kesehatan."
    assert comment.text != "Palsu."


@pytest.mark.parametrize("role", ["Penulis", "Redaktur", "Moderator", "Administrator"])
def test_members_without_the_role_cannot_answer(client, role):
    person = make_person(role)
    office, comment = make_office("Dinas Kesehatan", person), make_comment(make_article())
    client.force_login(person)
    assert client.get(OWN).status_code == 403
    assert send(client, office, comment, "Palsu.").status_code == 403
    with pytest.raises(PermissionDenied):
        Comment.objects.answer(comment, office, "Palsu.", person)


def test_former_members_and_inactive_accounts_cannot_answer(client, officer, office):
    comment = make_comment(make_article())
    office.members.clear()
    assert send(client, office, comment, "Palsu.").status_code == 403
    office.members.set([officer])
    User.objects.filter(pk=officer.pk).update(is_staff=False)
    client.post(address(office, comment), {"jawaban": "Palsu."})
    with pytest.raises(PermissionDenied):
        Comment.objects.answer(comment, office, "Palsu.", User.objects.create_user("warga"))
    assert not answers().exists()


def test_an_officer_reaches_no_other_page_of_the_admin(client, officer, office):
    comment = make_comment(make_article(), email="siti@contoh.id", status=Comment.Status.WAITING)
    shown = make_comment(make_article(), email="budi@contoh.id")
    comments = "/admin/comments/comment/"
    for where in (
        comments,
        f"{comments}{comment.pk}/change/",
        f"{comments}{comment.pk}/history/",
        f"{comments}?q=siti@contoh.id",
        f"{comments}antrean/",
        f"{comments}antrean/keputusan/",
        f"{comments}antrean/{comment.pk}/",
        f"{comments}tanda/",
        "/admin/comments/office/",
        f"/admin/comments/office/{office.pk}/change/",
        "/admin/comments/decision/",
        "/admin/comments/email/",
        "/admin/comments/rules/",
        "/admin/news/article/",
        "/admin/auth/user/",
        f"/admin/autocomplete/?app_label=comments&model_name=office&field_name=members&term={officer}",
    ):
        response = client.get(where)
        assert response.status_code in (403, 404), where
    assert client.get("/admin/comments/").status_code in (403, 404)
    for action in ("approve", "reject_spam", "export", "erase"):
        assert client.post(comments, {"action": action, "_selected_action": [comment.pk]}).status_code == 403
    assert client.post(f"{comments}{comment.pk}/change/", {"approve": ""}).status_code == 403
    for where in ("/admin/", list_of(office), address(office, shown)):
        seen = page(client, where)
        assert "@contoh.id" not in seen
        assert "/admin/comments/comment/" not in seen
    comment.refresh_from_db()
    assert comment.status == Comment.Status.WAITING


# ---- The index page


def test_the_index_page_shows_an_officer_what_waits(client, officer, office):
    for _ in range(2):
        forward(make_comment(make_article()), office)
    forward(make_comment(make_article()), make_office("Dinas Kesehatan"))
    seen = page(client, "/admin/")
    assert f'<a href="{OWN}">Menunggu jawaban dinas Anda <b>2</b></a>' in seen
    assert "tidak memiliki izin" not in seen
    assert "Komentar menunggu" not in seen
    assert client.get(OWN).url == list_of(office)


def test_a_member_of_two_offices_chooses_one_and_a_member_of_none_learns_whom_to_ask(client, officer):
    assert "Mintalah administrator" in page(client, OWN)
    one, other = (make_office(name, officer) for name in ("Dinas A", "Dinas B"))
    forward(make_comment(make_article()), one)
    seen = page(client, OWN)
    assert f'href="{list_of(one)}"' in seen
    assert f'href="{list_of(other)}"' in seen
    assert "1 komentar menunggu jawaban" in seen


# ---- The offices themselves


def test_an_administrator_names_offices_and_their_officers(client):
    client.force_login(make_person("Administrator"))
    officer, writer, citizen = make_person("OPD"), make_person("Penulis"), User.objects.create_user("warga")
    where = "/admin/comments/office/add/"
    refused = client.post(where, {"name": "Dinas A", "members": [citizen.pk]})
    assert refused.status_code == 200
    assert not Office.objects.exists()
    html = client.post(where, {"name": "Dinas A", "members": [officer.pk, writer.pk]}, follow=True).content.decode()
    assert set(Office.objects.get().members.all()) == {officer, writer}
    assert f"Akun {writer} belum dapat menjawab" in html
    assert f"Akun {officer} belum dapat menjawab" not in html
    assert client.post(where, {"name": "Dinas A"}).status_code == 200
    assert Office.objects.count() == 1


def test_an_office_with_answers_cannot_be_deleted_and_the_page_says_why(client, officer, office):
    Comment.objects.answer(make_comment(make_article()), office, "Baik.", officer)
    unused = make_office("Dinas Kosong")
    client.force_login(make_person("Administrator"))
    base = "/admin/comments/office/"
    assert "1 jawaban. Selama jawabannya ada" in page(client, f"{base}{office.pk}/change/")
    assert client.post(f"{base}{office.pk}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [office.pk, unused.pk], "post": "yes"}
    client.post(base, chosen)
    assert Office.objects.count() == 2
    assert client.post(f"{base}{unused.pk}/delete/", {"post": "yes"}).status_code == 302
    assert Office.objects.get() == office


@pytest.mark.parametrize("role", ["Moderator", "Redaktur", "OPD"])
def test_others_do_not_change_offices(client, role):
    office = make_office()
    person = make_person(role)
    client.force_login(person)
    where = f"/admin/comments/office/{office.pk}/change/"
    assert client.post(where, {"name": "Lain", "members": [person.pk]}).status_code == 403
    assert client.post("/admin/comments/office/add/", {"name": "Baru"}).status_code == 403
