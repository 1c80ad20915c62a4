"""The audit list: the database writes it, chains it and lets nobody rewrite it."""

import threading
from datetime import timedelta
from hashlib import sha256
from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction
from django.utils import timezone

from comments.models import Comment, Office, Reason
from news.models import Article, Change, Page
from news.models.changes import changes_by
from portal.audit import chain
from portal.audit.models import Entry
from tests.make import make_article, make_comment, make_person, quietly, rewrite
from tests.test_admin import form_of

pytestmark = pytest.mark.django_db
APPEND_ONLY = "hanya dapat ditambah"


def chained():
    """Ends the transaction as a commit would; the entries made in it."""
    before = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return list(Entry.objects.filter(pk__gt=before).order_by("id"))


def verbs(entries):
    return [(entry.kind, entry.verb) for entry in entries]


def run(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def check(*arguments):
    said = StringIO()
    call_command("periksa_jejak", *arguments, stdout=said)
    return said.getvalue()


# ---- What is seen


def test_every_way_to_publish_change_and_withdraw_is_seen():
    article = make_article(status="draft", published_at=None)
    chained()
    article.title = "Baru"
    article.save()
    assert not chained()  # a draft
    article.publish()
    assert verbs(chained()) == [("published", "publish")]
    with quietly():
        Article.objects.filter(pk=article.pk).update(title="Lain")
        run("UPDATE news_article SET body = '<p>x</p>' WHERE id = %s", article.pk)
    article.refresh_from_db()
    changes = chained()
    assert verbs(changes) == [("changed", "change")] * 2
    assert [list(entry.details) for entry in changes] == [["title"], ["body"]]
    article.withdraw("Keliru.", by=None)
    article.publish()
    run("UPDATE news_article SET status = 'withdrawn', withdrawn_reason = 'x' WHERE id = %s", article.pk)
    assert verbs(chained()) == [("withdrawn", "withdraw"), ("published", "publish"), ("withdrawn", "withdraw")]
    other = make_article(published_at=timezone.now() + timedelta(days=1))  # what readers have seen cannot be deleted
    run("DELETE FROM news_article WHERE id = %s", other.pk)
    last = chained()[-1]
    assert (last.verb, last.table, last.row) == ("delete", "news_article", other.pk)


def test_a_scheduled_article_says_so():
    article = make_article(published_at=timezone.now() + timedelta(days=1))
    article.title = "Sebelum waktunya"
    article.save()
    article.unschedule()
    assert verbs(chained()) == [("published", "schedule"), ("withdrawn", "unschedule")]


def test_what_readers_do_not_see_leaves_no_trace():
    article = make_article()
    chained()
    article.save()
    Article.objects.update(title_stems="x", card="y")
    make_comment(article, status=Comment.Status.WAITING)
    User.objects.update(last_login=timezone.now())
    assert not chained()


def test_corrections_and_office_pages_are_seen():
    article, page = make_article(), Page.objects.create(title="Tentang", slug="tentang-kami", body="<p>x</p>")
    chained()
    article.corrections.create(text="Yang benar 12.")
    rewrite(article, title="Nomor telepon 0812")
    rewrite(article, title="Nomor telepon")
    Change.objects.of(article).first().close(article, "data pribadi", "Siti")
    Page.objects.filter(pk=page.pk).update(body="<p>y</p>")
    assert [entry.verb for entry in chained()] == ["correct", "change", "change", "close", "change"]


def test_hashes_prove_which_text_it_was():
    def digest(text):
        return sha256(text.encode()).hexdigest()

    article = make_article(title="Satu")
    rewrite(article, title="Dua é")
    made, changed = chained()
    assert made.details["title"] == digest("Satu")
    assert made.details["body"] == digest(article.body)
    assert changed.details == {"title": [digest("Satu"), digest("Dua é")]}


def test_moderation_is_seen_with_the_person_whatever_the_path():
    article, moderator = make_article(), make_person("Moderator", first_name="Rina", last_name="W")
    office = Office.objects.create(name="Dinas Lingkungan Hidup")
    comment = make_comment(article, status=Comment.Status.WAITING)
    these = Comment.objects.filter(pk=comment.pk)
    chained()
    [decision] = these.reject(moderator, Reason.SPAM)
    these.undo(decision.batch, moderator)
    these.approve(moderator)
    these.forward(moderator, "Kami teruskan.", office)
    these.update(status="rejected")
    these.update(text="Diganti diam-diam")
    entries = chained()
    assert [entry.verb for entry in entries] == ["reject", "undo", "approve", "forward", "reject", "edit"]
    assert {(entry.table, entry.row) for entry in entries} == {("comments_comment", comment.pk)}
    assert entries[0].person == "Rina W"
    assert entries[0].details == {"status": ["waiting", "rejected"], "reason": "spam", "article": article.pk}


def test_an_official_answer_is_seen():
    officer = make_person("OPD")
    office = Office.objects.create(name="Dinas Kesehatan")
    office.members.add(officer)
    comment = make_comment(make_article())
    chained()
    Comment.objects.answer(comment, office, "Terima kasih, sudah kami perbaiki.", officer)
    [entry] = chained()
    assert (entry.verb, entry.person, entry.details["office"]) == ("answer", "OPD " + officer.last_name, office.pk)


def test_rights_are_seen():
    person = User.objects.create_user("tamu")
    person.groups.set([Group.objects.get(name="Redaktur")])
    person.groups.clear()
    person.user_permissions.add(Permission.objects.get(codename="publish_article"))
    User.objects.filter(pk=person.pk).update(is_superuser=True, is_staff=True)
    run("UPDATE auth_user SET is_active = false, username = 'lain' WHERE id = %s", person.pk)
    office = Office.objects.create(name="Dinas Sosial")
    office.members.add(person)
    pk = person.pk
    person.delete()
    found = chained()
    assert [entry.verb for entry in found[:9]] == [
        *("account_made", "role_given", "role_taken", "permission_given", "is_superuser_on", "is_staff_on"),
        *("account_renamed", "is_active_off", "office_given"),
    ]
    assert found[1].details == {"role": "Redaktur"}
    assert {entry.verb for entry in found[9:]} == {"permission_taken", "office_taken", "account_deleted"}
    assert (found[-1].subject, found[-1].row) == ("lain", pk)


def test_a_role_that_gets_many_permissions_at_once_is_one_entry():
    group = Group.objects.create(name="Magang")
    group.permissions.set(Permission.objects.filter(codename__in=["view_article", "view_photo"]))
    group.permissions.clear()
    made, given, taken = chained()
    assert (made.verb, given.verb, taken.verb) == ("role_made", "permission_given", "permission_taken")
    assert given.details == {"permissions": ["news.view_article", "news.view_photo"]}
    assert given.subject == "Magang"


def test_a_new_password_is_seen_and_a_hash_that_was_only_renewed_is_not():
    person = make_person("Penulis")
    User.objects.filter(pk=person.pk).update(password="pbkdf2_sha256$1000$a$b")
    chained()
    User.objects.filter(pk=person.pk).update(password="pbkdf2_sha256$2000$a$c")
    assert not chained()
    User.objects.filter(pk=person.pk).update(password="pbkdf2_sha256$2000$a$d")
    with changes_by(person.pk, "Siti"):
        User.objects.filter(pk=person.pk).update(password="scrypt$1$a$b")
    assert [(entry.verb, entry.person) for entry in chained()] == [("password", ""), ("password", "Siti")]
    assert not Entry.objects.filter(details__icontains="scrypt").exists()


def test_the_newsroom_names_the_person_and_the_name_outlives_the_account(client):
    editor = make_person("Redaktur", first_name="Siti", last_name="Aminah")
    article = make_article(status="draft", published_at=None)
    client.force_login(editor)
    chained()
    form = form_of(article, _move="publish")
    assert client.post(f"/admin/news/article/{article.pk}/change/", form).status_code == 302
    [entry] = [each for each in chained() if each.kind == "published"]
    assert (entry.person, entry.person_id) == ("Siti Aminah", editor.pk)
    editor.delete()
    entry.refresh_from_db()
    assert entry.person == "Siti Aminah"


# ---- What is not in it


WORDS = "Rahasia Warga Karawaci"


def test_the_words_of_an_erased_comment_are_in_neither_history_nor_audit():
    article = make_article()
    comment = make_comment(article, name=WORDS, text=f"{WORDS} sekali", email="warga@contoh.id")
    moderator = make_person("Moderator")
    these = Comment.objects.filter(pk=comment.pk)
    these.reject(moderator, Reason.SPAM, note=WORDS)
    these.forward(moderator, WORDS, Office.objects.create(name="Dinas Pasar"))
    these.update(text=f"{WORDS} lagi")
    these.erase()
    entries = chained()
    assert entries[-1].verb == "erase"
    assert entries[-1].person == ""
    with connection.cursor() as cursor:
        for table in ("audit_entry", "audit_note", "news_change"):
            cursor.execute(f"SELECT count(*) FROM {table} AS stored WHERE stored::text ~* 'karawaci|warga@contoh'")
            assert cursor.fetchone() == (0,), table


def test_reads_and_imports_of_counters_leave_no_trace():
    article = make_article(reads=5)
    chained()
    run("INSERT INTO news_dailyviews (day, article_id, views) SELECT d::date, %s, 1 FROM "
        "generate_series('2020-01-01'::date, '2020-12-31', '1 day') AS d", article.pk)  # fmt: skip
    run("UPDATE news_articleviews SET counted = counted + 1")
    assert not chained()


# ---- The chain


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET person = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
def test_nobody_changes_or_deletes_entries(statement):
    make_article()
    entries = chained()
    with pytest.raises(Error, match=APPEND_ONLY), transaction.atomic():
        run(statement)
    assert Entry.objects.count() >= len(entries) > 0


def test_a_whole_chain_is_confirmed_with_its_head():
    make_article()
    first = chained()[-1]
    kept = f"{first.pk}:{first.hash.hex()}"
    make_article()
    last = chained()[-1]
    assert check() == f"{last.pk} baris jejak utuh. Ujung rantai: {last.pk}:{last.hash.hex()}\n"
    assert "utuh" in check("--ujung", kept)


@pytest.fixture
def unguarded():
    """The owner of the tables can do anything."""
    for _ in range(4):
        make_article()
    entries = chained()
    run("ALTER TABLE audit_entry DISABLE TRIGGER keep_entries")
    return entries


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit_entry SET person = 'Bukan saya' WHERE id = %s", "No. {} tidak seperti saat ditulis."),
        ("UPDATE audit_entry SET at = at + interval '1 us' WHERE id = %s", "No. {} tidak seperti saat ditulis."),
        ("UPDATE audit_entry SET details = '{{}}' WHERE id = %s", "No. {} tidak seperti saat ditulis."),
        ("DELETE FROM audit_entry WHERE id = %s", "No. {} hilang."),
        ("UPDATE audit_entry SET former = sha256('x') WHERE id = %s", "No. {} tidak menyambung ke no. {before}."),
    ],
)
def test_the_first_broken_entry_is_named(unguarded, statement, said):
    broken = unguarded[1].pk
    run(statement.replace("{{}}", "{}"), broken)
    with pytest.raises(CommandError, match="Rantai jejak rusak") as error:
        check()
    assert said.format(broken, before=broken - 1) in str(error.value)


def test_an_entry_below_the_first_one_is_named(unguarded):
    put_in = """INSERT INTO audit_entry SELECT -5, kind, verb, "table", "row", subject, at, person_id, person, details,
                former, hash FROM audit_entry WHERE id = 1"""
    run(put_in)
    with pytest.raises(CommandError, match=r"No\. -5 disisipkan\."):
        check()


def test_an_end_that_was_cut_off_is_known_by_the_head_that_was_kept(unguarded):
    last = unguarded[-1]
    run("DELETE FROM audit_entry WHERE id = %s", last.pk)
    assert "utuh" in check()
    with pytest.raises(CommandError, match=f"sebelum no. {last.pk}"):
        check("--ujung", f"{last.pk}:{last.hash.hex()}")
    first = unguarded[0]
    with pytest.raises(CommandError, match=f"No. {first.pk} lain daripada"):
        check("--ujung", f"{first.pk}:{'0' * 64}")
    with pytest.raises(CommandError, match="ditulis seperti"):
        check("--ujung", "kemarin")


def test_what_was_rolled_back_left_no_gap():
    make_article()
    with transaction.atomic():
        make_article()
        transaction.set_rollback(True)
    make_article()
    assert len([each for each in chained() if each.kind == "published"]) == 2
    make_article()
    assert len(chained()) == 1
    assert chain.check()


@pytest.mark.django_db(transaction=True)
def test_two_who_save_the_same_rows_in_another_order_do_not_wait_for_each_other():
    """Each has an entry to write before it asks for the row that the other has."""
    first, second = make_article(), make_article()
    comments = [make_comment(article, status=Comment.Status.WAITING) for article in (first, second)]
    both, failed = threading.Barrier(2), []

    def save(article, comment):
        try:
            with transaction.atomic():
                rewrite(article, title="Diubah")
                both.wait(10)
                Comment.objects.filter(pk=comment.pk).update(status="approved")
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=pair) for pair in ((first, comments[1]), (second, comments[0]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not failed
    assert Entry.objects.filter(kind="changed").count() == 2
    assert Entry.objects.filter(kind="moderated").count() == 2
    assert chain.check()


@pytest.mark.django_db(transaction=True)
def test_the_lock_of_the_chain_is_taken_after_the_deferred_checks_of_foreign_keys():
    """One has an entry and a comment on an article that the other has locked: its check waits for that article."""
    own, others, locked = make_article(), make_article(), make_article()
    both, committing, failed = threading.Barrier(2), threading.Event(), []

    def comment():
        try:
            with transaction.atomic():
                rewrite(own, title="Diubah")
                make_comment(locked, status=Comment.Status.WAITING)
                both.wait(10)
                committing.set()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=comment)
    with transaction.atomic():
        Article.objects.select_for_update(of=["self"]).get(pk=locked.pk)
        thread.start()
        both.wait(10)
        committing.wait(10)
        thread.join(0.5)  # it has begun to commit, and waits
        assert thread.is_alive()
        rewrite(others, title="Diubah")
    thread.join(20)
    assert not failed
    assert Entry.objects.filter(kind="changed").count() == 2
    assert chain.check()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_chain_without_gaps():
    article = make_article()
    failed = []

    def work(number):
        try:
            for turn in range(10):
                with transaction.atomic():
                    make_comment(article)
                    Article.objects.filter(pk=article.pk).update(author=f"{number}/{turn}")
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed
    assert Entry.objects.filter(kind="changed").count() == 60
    assert chain.check().number == Entry.objects.count()
