"""Two editors of one article: what each changed goes together, and only what both changed is asked."""

import random
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from news import markup, merge
from news.admin.merging import Loaded
from news.models import Article, District, Page, Photo
from tests.make import make_article, make_category, make_person, make_tag
from tests.test_admin import address, form_of

pytestmark = pytest.mark.django_db

DRAFT, REVIEW = Article.Status.DRAFT, Article.Status.REVIEW
BODY = "<p>Satu.</p><h2>Dua</h2><p>Tiga.</p><ul><li>empat</li><li>lima</li></ul><p>Enam.</p>"
CHOICE = re.compile(r'name="(pilih-[0-9a-f]+)" value="(\w+)"')


@pytest.fixture
def article(editor):
    return make_article(title="Judul lama", summary="Ringkasan lama.", body=BODY, status=DRAFT, published_at=None)


def save_as_another(article, **changes) -> None:
    """What a colleague saves meanwhile."""
    other = Article.objects.get(pk=article.pk)
    for name, value in {"changed_by": colleague(), **changes}.items():
        setattr(other, name, value)
    other.save()


def colleague():
    person = make_person("Redaktur")
    person.first_name, person.last_name = "Rina", "Wati"
    person.save()
    return person


def choices_in(response) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in CHOICE.findall(response.content.decode()):
        found.setdefault(name, []).append(value)
    return found


# ---- By field


def test_fields_that_only_the_other_changed_stay(client, article):
    mine = form_of(article, summary="Ringkasan dari saya.")
    district, category = District.objects.create(name="Benda", slug="benda"), make_category("Kesehatan")
    photo = Photo.objects.create(name="a" * 16, width=800, height=600, alt_text="Taman kota", credit="Humas")
    later = (timezone.now() + timedelta(days=3)).replace(microsecond=123_456)
    save_as_another(
        article, title="Judul dari Rina", photo=photo, district=district, category=category, author="Rina",
        headline_until=later, time_known=False, published_at=later, source="Antara",
    )  # fmt: skip
    response = client.post(address(article), mine, follow=True)
    assert response.redirect_chain
    said = response.content.decode()
    assert "juga diubah oleh Rina Wati pada" in said
    assert "digabung dengan perubahan Anda: judul" in said
    article.refresh_from_db()
    assert (article.title, article.summary, article.photo) == ("Judul dari Rina", "Ringkasan dari saya.", photo)
    assert (article.district, article.category, article.author, article.source) == (
        *(district, category), "Rina", "Antara",
    )  # fmt: skip
    assert (article.headline_until, article.published_at, article.time_known) == (later, later, False)


def test_nothing_is_said_where_nobody_else_saved(client, article):
    Article.objects.get(pk=article.pk).save()  # a row that says the same
    page = client.post(address(article), form_of(article, title="Judul baru"), follow=True).content.decode()
    assert "juga diubah oleh" not in page
    article.refresh_from_db()
    assert article.title == "Judul baru"


def test_what_both_changed_is_asked_side_by_side(client, article):
    mine = form_of(article, title="Judul dari saya", summary="Ringkasan saya.")
    save_as_another(article, title="Judul dari Rina")
    response = client.post(address(article), mine)
    page = response.content.decode()
    assert "Belum disimpan: berita ini juga diubah oleh Rina Wati pada" in page
    assert "Judul dari <del>Rina</del>" in page
    assert "Judul dari <ins>saya</ins>" in page
    assert "Ringkasan saya." in page
    assert [*choices_in(response).values()] == [["saya", "lain"]]
    article.refresh_from_db()
    assert article.title == "Judul dari Rina"


@pytest.mark.parametrize(("answer", "title"), [("saya", "Judul dari saya"), ("lain", "Judul dari Rina")])
def test_the_answer_is_what_is_saved(client, article, answer, title):
    mine = form_of(article, title="Judul dari saya", summary="Ringkasan saya.")
    save_as_another(article, title="Judul dari Rina", reporter="Budi")
    (name,) = choices_in(client.post(address(article), mine))
    assert client.post(address(article), mine | {name: answer}).status_code == 302
    article.refresh_from_db()
    assert (article.title, article.summary, article.reporter) == (title, "Ringkasan saya.", "Budi")


@pytest.mark.parametrize("answer", ["", "dua", "x"])
def test_without_a_valid_answer_it_is_asked_again(client, article, answer):
    mine = form_of(article, title="Judul dari saya")
    save_as_another(article, title="Judul dari Rina")
    (name,) = choices_in(client.post(address(article), mine))
    assert choices_in(client.post(address(article), mine | {name: answer})) == {name: ["saya", "lain"]}


def test_an_answer_holds_only_for_what_was_shown(client, article):
    mine = form_of(article, title="Judul dari saya")
    save_as_another(article, title="Judul dari Rina")
    (name,) = choices_in(client.post(address(article), mine))
    save_as_another(article, title="Judul ketiga")
    response = client.post(address(article), mine | {name: "saya"})
    assert response.status_code == 200
    assert name not in choices_in(response)
    article.refresh_from_db()
    assert article.title == "Judul ketiga"


def test_an_answer_is_kept_while_another_field_has_an_error(client, article):
    mine = form_of(article, title="Judul dari saya", source_url="bukan alamat")
    save_as_another(article, title="Judul dari Rina")
    (name,) = choices_in(client.post(address(article), mine))
    page = client.post(address(article), mine | {name: "lain"}).content.decode()
    assert f'name="{name}" value="lain" checked' in page
    assert "Isi alamat lengkap" in page


def test_tags_of_both_are_together(client, article):
    kept, dropped, own, other = (make_tag(name) for name in ("tetap", "dibuang", "punya saya", "punya rina"))
    article.tags.set([kept, dropped])
    mine = form_of(article, tags=[kept.pk, dropped.pk, own.pk])
    client.force_login(colleague())
    client.post(address(article), form_of(article, tags=[kept.pk, other.pk]))
    client.force_login(make_person("Redaktur"))
    assert client.post(address(article), mine).status_code == 302
    assert {*article.tags.all()} == {kept, own, other}


def test_chosen_related_articles_of_both_are_together(client, article):
    own, other = make_article(title="Punya saya"), make_article(title="Punya Rina")
    mine = form_of(article, related_pinned=[own.pk])
    article.related_pinned.set([other])
    assert client.post(address(article), mine).status_code == 302
    assert {*article.related_pinned.all()} == {own, other}


def test_a_post_that_does_not_say_what_it_began_with_decides_nothing_by_itself(client, article):
    response = client.post(address(article), form_of(article, title="Judul dari saya", version="bukan JSON"))
    assert response.status_code == 200
    article.refresh_from_db()
    assert article.title == "Judul lama"


@pytest.mark.parametrize("version", ["[]", "{}", "[1]", '["a", "b", {}]', "[1, 2, 3]", "null", '[1e999, "", {}]', "["])
def test_a_tampered_version_is_no_error(client, article, version):
    assert client.post(address(article), form_of(article, title="Judul saya", version=version)).status_code == 200


def test_another_status_stops_the_save_once(client, article):
    """The buttons meant something else when the form was opened."""
    mine = form_of(article, title="Judul saya")
    save_as_another(article, status=REVIEW)
    response = client.post(address(article), mine)
    page = response.content.decode()
    assert "statusnya kini “Menunggu" in page
    assert "Judul saya" in page
    version = re.search(r'name="version" value="([^"]*)"', page)[1].replace("&quot;", '"')
    assert client.post(address(article), mine | {"version": version}).status_code == 302
    article.refresh_from_db()
    assert (article.title, article.status) == ("Judul saya", REVIEW)


def test_the_history_names_each_for_the_own_change(client, article, editor):
    mine = form_of(article, summary="Ringkasan dari saya.")
    client.force_login(colleague())
    client.post(address(article), form_of(article, title="Judul dari Rina"))
    client.force_login(editor)
    client.post(address(article), mine)
    page = client.get(address(article, "history")).content.decode()
    newest, earlier = re.findall(r"<li>\s*<h2>(.*?)</li>", page, re.DOTALL)[:2] or ("", "")
    assert "Ringkasan" in newest
    assert "Judul" not in newest
    assert "Rina Wati" in earlier


# ---- The body, by paragraph


def test_paragraphs_of_both_go_together(client, article):
    mine = form_of(article, body=BODY.replace("Satu.", "Satu dari saya.") + "<p>Tujuh dari saya.</p>")
    save_as_another(article, body=BODY.replace("Tiga.", "Tiga dari Rina.").replace("<li>lima</li>", ""))
    assert client.post(address(article), mine).status_code == 302
    article.refresh_from_db()
    assert article.body == (
        "<p>Satu dari saya.</p><h2>Dua</h2><p>Tiga dari Rina.</p><ul><li>empat</li></ul><p>Enam.</p>"
        "<p>Tujuh dari saya.</p>"
    )


def test_neighbouring_paragraphs_go_together(client, article):
    mine = form_of(article, body=BODY.replace("<h2>Dua</h2>", "<h2>Dua saya</h2>"))
    save_as_another(article, body=BODY.replace("Tiga.", "Tiga dari Rina."))
    assert client.post(address(article), mine).status_code == 302
    article.refresh_from_db()
    assert "<h2>Dua saya</h2><p>Tiga dari Rina.</p>" in article.body


BOTH_CHANGED = [
    ("saya", "<p>Tiga saya.</p>"),
    ("lain", "<p>Tiga Rina.</p>"),
    ("dua", "<p>Tiga saya.</p><p>Tiga Rina.</p>"),
]


@pytest.mark.parametrize(("answer", "stored"), BOTH_CHANGED)
def test_a_paragraph_that_both_changed_is_asked(client, article, answer, stored):
    mine = form_of(article, body=BODY.replace("Tiga.", "Tiga saya.").replace("Satu.", "Satu saya."))
    save_as_another(article, body=BODY.replace("Tiga.", "Tiga Rina.").replace("Enam.", "Enam Rina."))
    response = client.post(address(article), mine)
    ((name, options),) = choices_in(response).items()
    assert options == ["saya", "lain", "dua"]
    assert client.post(address(article), mine | {name: answer}).status_code == 302
    article.refresh_from_db()
    assert (
        article.body == f"<p>Satu saya.</p><h2>Dua</h2>{stored}<ul><li>empat</li><li>lima</li></ul><p>Enam Rina.</p>"
    )


def test_a_paragraph_that_one_deleted_and_the_other_changed_is_asked(client, article):
    mine = form_of(article, body=BODY.replace("<p>Tiga.</p>", ""))
    save_as_another(article, body=BODY.replace("Tiga.", "Tiga Rina."))
    response = client.post(address(article), mine)
    ((name, options),) = choices_in(response).items()
    assert options == ["saya", "lain"]
    assert "(kosong atau dihapus)" in response.content.decode()
    client.post(address(article), mine | {name: "saya"})
    article.refresh_from_db()
    assert "Tiga" not in article.body


def test_what_differs_in_form_only_is_said(client, article):
    mine = form_of(article, body=BODY.replace("Tiga.", "<strong>Tiga.</strong>"))
    save_as_another(article, body=BODY.replace("Tiga.", "<em>Tiga.</em>"))
    assert "Hanya bentuknya, foto atau tautan di dalamnya." in client.post(address(article), mine).content.decode()


def test_texts_of_others_are_escaped(client, article):
    mine = form_of(article, title="a <b>saya</b>")
    save_as_another(article, title="a <script>alert(1)</script>")
    page = client.post(address(article), mine).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;" in page


def test_a_body_that_grows_too_long_together_is_refused(client, article):
    long = "<p>" + "x" * (markup.BODY_MAX_CHARS // 2) + "</p>"
    mine = form_of(article, body=long + BODY)
    save_as_another(article, body=BODY + long.replace("x", "y"))
    assert "terlalu panjang" in client.post(address(article), mine).content.decode()


def test_an_older_form_is_merged_over_several_changes(client, article):
    mine = form_of(article, body=BODY.replace("Enam.", "Enam saya."))
    for number in range(3):
        article.refresh_from_db()
        save_as_another(article, body=article.body.replace("Satu", f"Satu {number}"), title=f"Judul {number}")
    assert client.post(address(article), mine).status_code == 302
    article.refresh_from_db()
    assert article.title == "Judul 2"
    assert "Satu 2 1 0." in article.body
    assert "Enam saya." in article.body


# ---- Other forms


def test_the_pages_of_the_office_are_merged_as_well(client, editor):
    page = Page.objects.create(title="Layanan", slug="layanan", body=BODY, position=100)
    mine = {"title": "Layanan kota", "slug": page.slug, "in_footer": "on", "position": "100"}
    mine |= {"body": BODY.replace("Satu.", "Satu saya."), "version": str(Loaded.of(page, ()))}
    page.body = BODY.replace("Enam.", "Enam Rina.")
    page.save()
    where = f"/admin/news/page/{page.pk}/change/"
    assert "Halaman ini juga diubah oleh" in client.post(where, mine, follow=True).content.decode()
    page.refresh_from_db()
    assert page.title == "Layanan kota"
    assert page.body == BODY.replace("Satu.", "Satu saya.").replace("Enam.", "Enam Rina.")
    client.post(where, mine | {"title": "Layanan Rina", "version": str(Loaded.of(page, ()))})
    response = client.post(where, mine | {"title": "Layanan saya", "version": mine["version"]})
    assert [*choices_in(response).values()] == [["saya", "lain"]]


# ---- The merge itself


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<p>a</p>",
        'teks<p>a<br>b</p>\n<ul><li><p>x</p></li></ul><img src="/a" alt="a > b"><p>c</p>ekor',
        "hanya teks",
    ],
)
def test_paragraphs_joined_are_the_body(body):
    assert "".join(merge.paragraphs(body)) == body


def test_paragraphs_are_the_outermost_elements():
    body = '<p>a</p><blockquote><p>b</p><p>c</p></blockquote><hr><figure><img alt="x > y" src="/f"></figure>'
    assert merge.paragraphs(body) == [
        "<p>a</p>",
        "<blockquote><p>b</p><p>c</p></blockquote>",
        "<hr>",
        '<figure><img alt="x > y" src="/f"></figure>',
    ]


def edited(text: list[str], chance: random.Random) -> list[str]:
    text = [*text]
    for _ in range(chance.randint(0, 3)):
        at, what = chance.randint(0, len(text)), chance.choice(["insert", "delete", "change"])
        if what == "insert":
            text.insert(at, chance.choice("abcdefXYZ"))
        elif at < len(text):
            text[at : at + 1] = [] if what == "delete" else [chance.choice("XYZ")]
    return text


def test_a_change_of_one_alone_is_always_taken_and_both_see_the_same_conflicts():
    chance = random.Random(7)
    for _ in range(3_000):
        base = [chance.choice("abcdef") for _ in range(chance.randint(0, 7))]
        mine, theirs = edited(base, chance), edited(base, chance)
        assert [*merge.three_way(base, mine, base)] == mine
        assert [*merge.three_way(base, base, theirs)] == theirs
        assert [*merge.three_way(base, mine, mine)] == mine
        turned = [
            merge.Conflict(part.base, part.theirs, part.mine) if isinstance(part, merge.Conflict) else part
            for part in merge.three_way(base, theirs, mine)
        ]
        assert turned == [*merge.three_way(base, mine, theirs)]
