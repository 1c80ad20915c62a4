"""Texts that are not saved yet: who gets them back, what is kept and what is not, and when they go."""

import json
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from news.models import Article, Tag
from portal.run.worker import Worker
from portal.unsaved.filling import filled
from portal.unsaved.models import (
    COPIES_OF_A_USER,
    OPEN_FOR,
    RETURNS_OF_A_SENDER,
    RETURNS_OF_STRANGERS,
    Copy,
    OpenForm,
    Return,
)
from tests.make import make_article, make_person

pytestmark = pytest.mark.django_db
OURS = {"HTTP_ORIGIN": "http://testserver"}
COPIES = "/admin/belum-tersimpan/"
FORM = "/admin/news/article/add/"
TEXT = "Warga menunggu layanan ini sejak lama."


def name(number=1):
    return f"{number:032x}"


def post_copy(client, user, number=1, **values):
    content = json.dumps({"fields": {"title": [TEXT]}, "labels": {"category": {"3": "Layanan"}}})
    values = {"user": user.pk, "form": FORM, "name": name(number), "content": content} | values
    return client.post(COPIES, values, **OURS)


def copies_of(client, user):
    return client.post(COPIES, {"user": user.pk, "form": FORM}, **OURS).json().get("copies")


@pytest.fixture
def writer(client):
    writer = make_person("Penulis")
    client.force_login(writer)
    return writer


def test_a_copy_is_stored_replaced_listed_and_discarded(client, writer):
    assert post_copy(client, writer).json().keys() == {"token", "zone", "at"}
    post_copy(client, writer, content=json.dumps({"fields": {"title": ["Lagi"]}}))
    (copy,) = copies_of(client, writer)
    assert (copy["name"], copy["fields"], copy["labels"]) == (name(), {"title": ["Lagi"]}, {})
    assert abs(copy["at"] / 1000 - timezone.now().timestamp()) < 60
    client.post(COPIES, {"user": writer.pk, "discard": name()}, **OURS)
    assert copies_of(client, writer) == []


def test_nobody_else_sees_or_changes_a_copy_and_it_goes_with_its_account(client, writer):
    post_copy(client, writer)
    other = make_person("Redaktur")
    client.force_login(other)
    assert copies_of(client, other) == []
    assert post_copy(client, writer).json() == {"problem": "another user", "name": other.get_full_name()}
    client.post(COPIES, {"user": other.pk, "discard": name()}, **OURS)
    assert Copy.objects.get().user == writer
    client.logout()
    assert post_copy(client, writer).json() == {"problem": "logged out"}
    writer.delete()
    assert not Copy.objects.exists()


@pytest.mark.parametrize("origin", [{}, {"HTTP_ORIGIN": "https://contoh.example"}, {"HTTP_ORIGIN": "null"}])
def test_a_foreign_page_can_neither_store_nor_discard_copies(client, writer, origin):
    values = {"user": writer.pk, "form": FORM, "name": name(), "content": '{"fields": {}}'}
    assert client.post(COPIES, values, **origin).status_code == 403
    assert not Copy.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"content": "{"},
        {"content": "[]"},
        {"content": '{"fields": {"a": "teks"}, "labels": []}'},
        {"content": '{"fields": {"a": [1]}}'},
        {"content": "[" * 100_000},
        {"name": "x"},
        {"form": "/berita"},
        {"form": "/admin/" + "x" * 300},
    ],
)
def test_what_no_script_of_ours_sends_is_refused(client, writer, values):
    assert post_copy(client, writer, **values).status_code == 400


def test_a_text_may_have_nul_and_half_characters(client, writer):
    content = '{"fields": {"a": ["satu \\u0000 dua \\ud800"]}}'
    assert "at" in post_copy(client, writer, content=content).json()
    assert copies_of(client, writer)[0]["fields"] == {"a": ["satu \0 dua \ud800"]}


def test_copies_are_at_most_two_megabytes_and_fifty(client, writer):
    long = json.dumps({"fields": {"a": ["x" * 2**21]}})
    assert post_copy(client, writer, content=long).json()["problem"] == "too large"
    for number in range(COPIES_OF_A_USER + 2):
        post_copy(client, writer, number)
    kept = set(Copy.objects.values_list("name", flat=True))
    assert kept == {name(number) for number in range(2, COPIES_OF_A_USER + 2)}


def article_fields(**fields):
    return {"title": TEXT, "body": f"<p>{TEXT}</p>", "status": "draft", "slug": "", **fields}


def test_saving_drops_the_copies_that_the_form_names_and_no_others(client):
    editor = make_person("Redaktur")
    client.force_login(editor)
    post_copy(client, editor, 1)
    post_copy(client, editor, 2)
    response = client.post("/admin/news/tag/add/", {"_salinan": name(1), "name": "", "slug": ""})
    assert response.status_code == 200
    assert Copy.objects.count() == 2  # it was not saved
    response = client.post("/admin/news/tag/add/", {"_salinan": name(1), "name": "vaksin", "slug": "vaksin"})
    assert response.status_code == 302
    assert Copy.objects.get().name == name(2)


def test_a_text_is_shown_and_its_copy_stays_when_what_it_belongs_to_is_gone(client):
    editor = make_person("Redaktur")
    client.force_login(editor)
    post_copy(client, editor)
    response = client.post("/admin/news/tag/99999/change/", {"_salinan": name(), "name": TEXT})
    assert f'<textarea readonly rows="12">{TEXT}</textarea>' in response.content.decode()
    assert Copy.objects.exists()


def test_nul_in_names_and_keys_is_no_error(client):
    client.force_login(make_person("Redaktur"))
    send(Client())
    client.cookies["kiriman"] = signing.dumps("a", salt="portal.unsaved")
    assert client.get("/admin/news/tag/?kembali=%00").status_code == 302  # an unknown filter of the list
    values = {"_salinan": "\0", "name": "vaksin", "slug": "vaksin"}
    referer = "http://testserver/admin/news/tag/add/?kembali=%00"
    assert client.post("/admin/news/tag/add/", values, HTTP_REFERER=referer).status_code == 302


# ---- Without JavaScript


def send(client, path="/admin/news/tag/add/", headers=OURS, **values):
    return client.post(path, {"name": TEXT, "slug": "vaksin", "_save": "Simpan", **values}, **headers)


def kept_of(response):
    """The address to which the answer leads back, where something was kept."""
    return response["Location"] if response.status_code == 302 and "?kembali=" in response["Location"] else None


def test_a_form_comes_back_filled_after_the_log_in_and_goes_when_it_is_saved(client):
    back = kept_of(send(client))
    assert client.get(back).status_code == 302  # to the log-in
    client.force_login(make_person("Redaktur"))
    page = client.get(back).content.decode()
    assert f'value="{TEXT}"' in page
    assert "Belum tersimpan: sesi Anda berakhir sewaktu Anda menulis." in page
    assert not Tag.objects.exists()
    assert client.get(back).status_code == 200  # also a second time
    response = client.post(back, {"name": TEXT, "slug": "vaksin"}, HTTP_REFERER=f"http://testserver{back}", **OURS)
    assert response.status_code == 302
    assert Tag.objects.get().name == TEXT
    assert not Return.objects.exists()


def test_only_the_browser_that_sent_it_and_its_own_user_see_it(client):
    writer = make_person("Redaktur")
    back = kept_of(send(client))
    stranger = Client()
    stranger.force_login(writer)
    assert TEXT not in stranger.get(back).content.decode()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(writer)
    back = kept_of(send(strict))  # a dead token, while the session lives
    assert TEXT in strict.get(back).content.decode()
    strict.force_login(make_person("Redaktur"))
    assert TEXT not in strict.get(back).content.decode()


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_ORIGIN": "https://contoh.example"},
        {"HTTP_ORIGIN": "null"},
        {**OURS, "HTTP_SEC_FETCH_SITE": "cross-site"},
        {**OURS, "HTTP_SEC_FETCH_MODE": "cors"},
        {**OURS, "HTTP_ACCEPT": "application/json"},
    ],
)
def test_what_a_foreign_page_or_a_script_sends_is_not_kept(client, headers):
    assert kept_of(send(client, headers=headers)) is None
    assert kept_of(send(Client(enforce_csrf_checks=True), headers=headers)) is None
    assert not Return.objects.exists()


def test_log_ins_passwords_and_forms_without_text_are_not_kept(client):
    strict = Client(enforce_csrf_checks=True)
    login = {"username": "nama pengguna saya", "password": "empat kata acak sekali"}
    assert strict.post("/admin/login/", login, **OURS).status_code == 403
    assert kept_of(send(client, password1="empat kata acak sekali")) is None
    assert kept_of(client.post("/admin/news/tag/", {"action": "hapus", "_selected_action": "1"}, **OURS)) is None
    decision = {"item": "12", "keputusan": "spam", "dilihat": "2026-11-29T20:21:10.222000+08:00"}
    assert kept_of(client.post("/admin/comments/comment/antrean/putuskan/", decision, **OURS)) is None
    assert not Return.objects.exists()


def test_tokens_are_not_kept(client):
    send(client, csrfmiddlewaretoken="x" * 64)
    assert "csrfmiddlewaretoken" not in Return.objects.get().fields


def test_a_sender_has_five_and_strangers_together_fifty(client):
    for number in range(RETURNS_OF_A_SENDER + 1):
        assert kept_of(send(client, slug=f"alamat-{number}"))
    assert Return.objects.count() == RETURNS_OF_A_SENDER
    assert not any(each.fields["slug"] == ["alamat-0"] for each in Return.objects.all())
    for number in range(RETURNS_OF_STRANGERS):
        send(client, headers={**OURS, "HTTP_X_FORWARDED_FOR": f"203.0.113.{number}"})
    assert Return.objects.count() == RETURNS_OF_STRANGERS


def test_it_is_kept_for_an_hour_and_copies_for_thirty_days(client, writer):
    post_copy(client, writer)
    back = kept_of(send(Client()))
    Return.objects.update(sent_at=timezone.now() - timedelta(minutes=61))
    Copy.objects.update(saved_at=timezone.now() - timedelta(days=31))
    assert TEXT not in client.get(back).content.decode()
    assert (Return.objects.prune(), Copy.objects.prune()) == (1, 1)
    assert {"menghapus salinan tulisan yang lama", "menghapus kiriman yang kembali"} < {
        job.name for job in Worker().jobs
    }


def test_a_text_whose_form_is_gone_is_shown_to_be_copied(client):
    article = make_article(status=Article.Status.DRAFT)
    back = kept_of(send(client, f"/admin/news/article/{article.pk}/change/", **article_fields()))
    client.force_login(make_person("Penulis"))
    Article.objects.filter(pk=article.pk).update(status=Article.Status.PUBLISHED)  # a writer may only read it now
    page = client.get(back).content.decode()
    assert f'<textarea readonly rows="12">&lt;p&gt;{TEXT}&lt;/p&gt;</textarea>' in page


def test_the_page_of_a_dead_token_never_advises_what_destroys_text():
    strict = Client(enforce_csrf_checks=True)
    page = strict.post("/admin/login/", {"username": "a"}, **OURS).content.decode()
    assert "kedaluwarsa" in page
    assert "muat ulang" not in page.lower()
    assert "Salin" in page


# ---- Filling

PAGE = """<!doctype html><p>Lain &amp; lagi</p><form method="post">
<input type="hidden" name="csrfmiddlewaretoken" value="baru"><input type="hidden" name="version" value="2">
<input name="title" value="lama" required><textarea name="body">
lama &lt;</textarea>
<select name="tag" multiple><option value="1" selected>Satu</option><option value="2">Dua</option></select>
<input type="checkbox" name="front" checked>
<input type="radio" name="kind" value="a" checked><input type="radio" name="kind" value="b">
<input type="hidden" name="rows-TOTAL_FORMS" value="0"><input type="submit" name="_save" value="Simpan"></form>
<script>1 < 2</script>"""
ROW = '<form method="post"><input type="hidden" name="item" value="{}">{}</form>'


def test_a_form_is_filled_and_all_else_stays_as_it_was():
    fields = {
        "version": ["1"],
        "title": ['Baru "sekali"'],
        "body": ["<b>&amp;</b>"],
        "tag": ["2", "9"],
        "kind": ["b"],
        "rows-TOTAL_FORMS": ["3"],
        "_save": ["x"],
        "rows-0-text": ["ralat"],
    }
    page, left = filled(PAGE, fields)
    assert left == {"rows-0-text": ["ralat"], "_save": ["x"]}
    assert '<input name="title" value="Baru &quot;sekali&quot;" required="">' in page
    assert '<textarea name="body">\n&lt;b&gt;&amp;amp;&lt;/b&gt;</textarea>' in page
    assert '<option value="1">Satu</option><option value="2" selected="">' in page
    assert '<option value="9" selected="">' in page
    assert '<input type="checkbox" name="front">' in page
    assert '<input type="radio" name="kind" value="b" checked="">' in page
    assert 'name="version" value="1"' in page
    for same in (
        "<!doctype html><p>Lain &amp; lagi</p>",
        'value="baru"',
        'FORMS" value="0"',
        "<script>1 < 2</script>",
    ):
        assert same in page


def test_a_form_without_a_text_field_of_these_names_is_left_alone():
    row = ROW.format(7, '<button name="keputusan">Setujui</button>')
    assert filled(row, {"item": ["5"], "keputusan": ["setujui"]}) is None
    assert filled('<form method="get"><input name="q"></form>', {"q": ["kata"]}) is None


def test_where_several_forms_suit_none_is_made_to_speak_of_something_else():
    rows = "".join(ROW.format(number, '<textarea name="catatan"></textarea>') for number in (7, 8))
    page, _ = filled(rows, {"item": ["5"], "catatan": ["Sopan, ya."]})
    assert page.count("Sopan") == 1
    assert 'value="7"' in page
    assert 'value="8"' in page


# ---- Who has which form open


def say_open(client, user, form="/admin/news/article/7/change/", number=1):
    return client.post(COPIES, {"user": user.pk, "form": form, "opened": name(number)}, **OURS)


def test_people_with_the_same_form_open_see_each_other(client, writer):
    editor = make_person("Redaktur", first_name="Rina", last_name="Wati")
    other = Client()
    other.force_login(editor)
    assert say_open(client, writer).json()["others"] == []
    assert say_open(other, editor, form="/admin/news/article/8/change/", number=2).json()["others"] == []
    assert say_open(other, editor, number=3).json()["others"] == [writer.get_full_name()]
    say_open(other, editor, number=4)  # a second tab is the same person
    assert say_open(client, writer).json()["others"] == ["Rina Wati"]
    for number in (3, 4):
        other.post(COPIES, {"user": editor.pk, "closed": name(number)}, **OURS)
    assert say_open(client, writer).json()["others"] == []


def test_a_tab_that_fell_silent_is_not_open(client, writer):
    editor = make_person("Redaktur")
    OpenForm.objects.opened(editor, "/admin/news/article/7/change/", name(2))
    OpenForm.objects.update(seen_at=timezone.now() - OPEN_FOR - timedelta(seconds=1))
    assert say_open(client, writer).json()["others"] == []
    assert OpenForm.objects.prune() == 1


def test_nobody_closes_the_form_of_another_and_odd_names_are_refused(client, writer):
    editor = make_person("Redaktur")
    OpenForm.objects.opened(editor, "/admin/news/article/7/change/", name(2))
    client.post(COPIES, {"user": writer.pk, "closed": name(2)}, **OURS)
    assert OpenForm.objects.count() == 1
    assert say_open(client, writer, form="/di-luar/").status_code == 400
    assert client.post(COPIES, {"user": writer.pk, "form": FORM, "opened": "x"}, **OURS).status_code == 400
