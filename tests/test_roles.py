"""The newsroom's roles and their limits; nobody can extend their own."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command

from news.admin.merging import Loaded
from news.models import Article
from portal import roles
from tests.make import make_article, make_person

pytestmark = pytest.mark.django_db


def prepare() -> str:
    said = StringIO()
    call_command("siapkan_peran", stdout=said)
    return said.getvalue()


def test_roles_are_created_once_and_the_second_run_is_silent(django_assert_max_num_queries):
    Group.objects.all().delete()
    assert prepare().splitlines() == [f"Peran {role} dibuat." for role in roles.ROLES]
    with django_assert_max_num_queries(6):
        assert prepare() == ""


def test_a_role_gets_back_its_permissions_and_other_groups_are_left_alone():
    prepare()
    Group.objects.get(name="Penulis").permissions.clear()
    own = Group.objects.create(name="Magang")
    said = prepare()
    assert "Peran Penulis: izin news.add_article diberikan." in said.splitlines()
    assert "Redaktur" not in said
    assert set(Group.objects.values_list("name", flat=True)) == {*roles.ROLES, own.name}


def test_a_writer_may_write_but_not_publish_delete_or_see_accounts():
    writer = make_person("Penulis")
    assert writer.has_perms(["news.add_article", "news.change_article", "news.add_photo", "news.view_tag"])
    for permission in ("news.publish_article", "news.delete_article", "comments.moderate_comment", "auth.view_user"):
        assert not writer.has_perm(permission)


WRITTEN = {
    "title": "Yang ditulis",
    "body": "<p>Isi berita.</p>",
    "time_known": "on",
    "documents-TOTAL_FORMS": 0,
    "documents-INITIAL_FORMS": 0,
}
PUBLISHING = [
    {"_move": "publish"},
    {"_move": ["submit", "publish"]},
    {"_move": ["publish", "submit"]},
    {"_move": "withdraw"},
    {"_move": "unschedule"},
    {"_move": "save_released"},
    {"_move": "publish", "alone_because": "Mendesak."},
    {"status": "published", "_save": "Simpan"},
    {"status": "published", "published_at_0": "01-01-2026", "published_at_1": "00:00:00", "_save": "Simpan"},
    {"status": "published", "headline_until_0": "01-01-2099", "headline_until_1": "00:00:00", "_continue": "1"},
    {"_saveasnew": "1", "status": "published"},
]


@pytest.mark.parametrize("status", ["draft", "review"])
@pytest.mark.parametrize("posted", PUBLISHING, ids=str)
@pytest.mark.parametrize("second_person", [False, True])
def test_nothing_that_a_writer_posts_to_the_form_publishes(client, settings, status, posted, second_person):
    settings.REVIEW_BY_SECOND_PERSON = second_person
    writer = make_person("Penulis")
    client.force_login(writer)
    article = make_article(status=status, published_at=None, created_by=writer)
    form = WRITTEN | {"category": article.category_id, "version": str(Loaded.of(article))} | posted
    for address in (f"/admin/news/article/{article.pk}/change/", "/admin/news/article/add/"):
        client.post(address, form)
    assert not Article.objects.filter(status__in=Article.ONCE_PUBLISHED).exists()
    assert not Article.objects.exclude(headline_until=None).exists()


@pytest.mark.parametrize("action", ["publish", "withdraw", "delete_selected", "make_published", ""])
def test_nothing_that_a_writer_posts_to_the_list_publishes_or_deletes(client, action):
    client.force_login(make_person("Penulis"))
    article = make_article(status="review", published_at=None)
    chosen = {"action": action, "_selected_action": [article.pk], "post": "yes"}
    edited = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": article.pk, "form-0-status": "published"}
    for posted in (chosen, edited | {"_save": "Simpan"}):
        client.post("/admin/news/article/", posted)
    assert Article.objects.get().status == Article.Status.REVIEW


def test_other_addresses_of_the_admin_publish_nothing_for_a_writer(client):
    client.force_login(make_person("Penulis"))
    article = make_article(status="review", published_at=None)
    search = {"app_label": "news", "model_name": "article", "field_name": "related_pinned", "term": "Puskesmas"}
    addresses = [route.format(article.pk) for route in ("{}/history/", "{}/delete/", "{}/", "tempel/")]
    for address in ["/admin/autocomplete/", *(f"/admin/news/article/{each}" for each in addresses)]:
        client.get(address, search)
        client.post(address, search | {"_move": "publish", "status": "published", "post": "yes"})
    assert Article.objects.get().status == Article.Status.REVIEW


def test_who_publishes_alone_is_seen_by_editors_and_administrators():
    for role, sees in {"Penulis": False, "Moderator": False, "Redaktur": True, "Administrator": True}.items():
        person = make_person(role)
        assert person.has_perm("news.view_publishedalone") == sees
        assert not person.has_perm("news.change_publishedalone")
        assert not person.has_perm("news.delete_publishedalone")


def test_editors_manage_pages_notices_and_redirects():
    writer, editor = make_person("Penulis"), make_person("Redaktur")
    for model in ("page", "notice", "missingpath", "district"):
        for verb in ("view", "add", "change", "delete"):
            assert editor.has_perm(f"news.{verb}_{model}")
            assert writer.has_perm(f"news.{verb}_{model}") == ((verb, model) == ("view", "district"))
    assert editor.has_perm("news.view_failedsearch")
    assert not editor.has_perm("news.change_failedsearch")


def test_a_moderator_decides_about_comments_and_changes_nothing_else():
    assert make_person("Moderator").get_all_permissions() == {
        "comments.moderate_comment",
        "comments.view_comment",
        "comments.view_decision",
        "comments.view_office",
    }


NEWS = ["article", "category", "district", "document", "missingpath", "notice", "page", "photo", "pin", "tag"]
WRITES = {"view_article", "add_article", "change_article", "view_photo", "add_photo", "change_photo", "view_document"}
WRITES |= {"add_document", "change_document", "delete_document", "view_category", "view_district"}
WRITES |= {"view_tag", "add_tag"}
EDITS = {f"{verb}_{model}" for verb in ("view", "add", "change", "delete") for model in NEWS}
EDITS |= {"publish_article", "view_failedsearch", "view_publishedalone", "view_entry"}
MODERATES = {"view_comment", "moderate_comment", "view_decision", "view_office"}
ADMINISTRATES = {"add_office", "change_office", "delete_office", "delete_comment", "view_email", "view_rules"}
ADMINISTRATES |= {"view_finding", "change_finding", "view_whole_trail"}
ADMINISTRATES |= {"view_user", "add_user", "change_user", "delete_user", "view_group"}


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("Penulis", WRITES),
        ("Redaktur", EDITS),
        ("Moderator", MODERATES),
        ("OPD", {"answer_comment"}),
        ("Administrator", EDITS | MODERATES | ADMINISTRATES),
    ],
)
def test_a_role_may_do_exactly_this(role, allowed):
    """A second list on purpose: whoever widens a role says so twice."""
    assert {name.partition(".")[2] for name in make_person(role).get_all_permissions()} == allowed


def test_an_office_writes_answers_and_an_administrator_does_not():
    assert make_person("OPD").get_all_permissions() == {"comments.answer_comment"}
    administrator = make_person("Administrator")
    assert not administrator.has_perm("comments.answer_comment")
    for permission in ("change_office", "delete_comment", "moderate_comment", "view_email", "view_rules"):
        assert administrator.has_perm(f"comments.{permission}")


@pytest.mark.parametrize("role", ["Penulis", "Redaktur", "Moderator", "OPD"])
def test_only_administrators_reach_the_accounts(client, role):
    client.force_login(make_person(role))
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/auth/user/").status_code == 403
    assert client.get("/admin/auth/group/").status_code == 403


def test_an_administrator_cannot_become_a_superuser(client):
    administrator = make_person("Administrator")
    client.force_login(administrator)
    address = f"/admin/auth/user/{administrator.pk}/change/"
    page = client.get(address)
    assert b"is_superuser" not in page.content
    assert b"user_permissions" not in page.content
    tampered = {
        "username": administrator.username,
        "is_active": "on",
        "is_staff": "on",
        "groups": [group.pk for group in administrator.groups.all()],
        "is_superuser": "on",
        "user_permissions": [1, 2, 3],
    }
    assert client.post(address, tampered).status_code == 302
    administrator.refresh_from_db()
    assert not administrator.is_superuser
    assert not administrator.user_permissions.exists()


def test_an_administrator_cannot_touch_a_superuser(client):
    owner = User.objects.create_superuser("pemilik", password="kata-sandi-pemilik-1")
    client.force_login(make_person("Administrator"))
    assert client.post(f"/admin/auth/user/{owner.pk}/change/", {"username": "lain"}).status_code == 403
    new = {"password1": "kata-sandi-curian-1", "password2": "kata-sandi-curian-1"}
    assert client.post(f"/admin/auth/user/{owner.pk}/password/", new).status_code == 403
    assert client.post(f"/admin/auth/user/{owner.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post("/admin/auth/user/", {"action": "delete_selected", "_selected_action": [owner.pk], "post": "yes"})
    owner.refresh_from_db()
    assert owner.username == "pemilik"
    assert owner.check_password("kata-sandi-pemilik-1")


def test_an_administrator_cannot_widen_a_role(client):
    client.force_login(make_person("Administrator"))
    role = Group.objects.get(name="Moderator")
    assert client.get(f"/admin/auth/group/{role.pk}/change/").status_code == 200
    assert client.post(f"/admin/auth/group/{role.pk}/change/", {"name": "Moderator"}).status_code == 403


def test_an_administrator_makes_an_account_that_can_log_in(client):
    client.force_login(make_person("Administrator"))
    assert b"checked" in client.get("/admin/auth/user/add/").content
    form = {
        "username": "siti",
        "password1": "kata-sandi-panjang-1",
        "password2": "kata-sandi-panjang-1",
        "first_name": "Siti",
        "is_staff": "on",
        "groups": [Group.objects.get(name="Penulis").pk],
    }
    assert client.post("/admin/auth/user/add/", form).status_code == 302
    siti = User.objects.get(username="siti")
    assert siti.is_staff
    assert siti.has_perm("news.add_article")
