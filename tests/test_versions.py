"""Each change after publication has a public page with the difference; what must not be kept can be closed."""

import pytest
from django.core.cache import cache
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext

from news.models import Article, Change
from tests.make import make_article, make_person, rewrite
from tests.test_admin import address

pytestmark = pytest.mark.django_db
NIK = "3671010101900001"


def shown(client, path, status=200) -> str:
    cache.clear()
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def newest(article) -> Change:
    return Change.objects.of(article).told().first()


def close(client, change, **fields):
    return client.post(f"/admin/news/article/{change.row}/history/{change.pk}/tutup/", {"reason": "anak"} | fields)


def test_a_change_has_a_page_that_escapes_everything(client):
    article = make_article(title="Pasar <b>dibuka</b>", summary="<i>", body="<p>Hari Senin &lt;script&gt;.</p>")
    article.tell("ralat", "Bukan <u>Senin</u>.", make_person("Redaktur", first_name="Siti"), reason="Dari <s>")
    rewrite(article, title="Pasar <b>dibuka</b> lagi", summary="", body="<p>Hari Selasa &lt;script&gt;.</p>")
    page = shown(client, article.get_absolute_url())
    assert "Diperbarui" in page
    assert f'<a href="/berita/{article.pk}/perubahan"' in page
    listed = shown(client, f"/berita/{article.pk}/perubahan")
    where = newest(article).get_absolute_url()
    assert f'href="{where}"' in listed
    page = shown(client, where)
    for each in (listed, page):
        assert '<meta name="robots" content="noindex">' in each
        assert "Bukan &lt;u&gt;Senin&lt;/u&gt;." in each
        assert "Siti" not in each
        assert not any(tag in each.partition("<main")[2] for tag in ("<u>", "<s>", "<b>", "<i>", "<script>."))
    assert "Hari <del>Senin</del><ins>Selasa</ins> &lt;script&gt;." in page
    assert "<ins> lagi</ins>" in page


def test_each_page_compares_with_the_next_state_and_the_address_stays(client):
    article = make_article(title="Satu")
    for title in ("Dua", "Tiga"):
        rewrite(article, title=title)
    second, first = Change.objects.of(article)
    assert "<del>Satu</del><ins>Dua</ins>" in shown(client, first.get_absolute_url())
    assert "<del>Dua</del><ins>Tiga</ins>" in shown(client, second.get_absolute_url())


def test_what_readers_never_saw_has_no_page(client):
    article = make_article(status=Article.Status.DRAFT)
    Article.objects.filter(pk=article.pk).update(title="Rahasia redaksi")
    article.refresh_from_db()
    article.publish()
    change = Change.objects.of(article).last()
    shown(client, f"/berita/{article.pk}/perubahan", 404)
    shown(client, f"/berita/{article.pk}/perubahan/{change.pk}", 404)
    assert "Diperbarui" not in shown(client, article.get_absolute_url())
    rewrite(article, title="Lain")
    shown(client, f"/berita/{make_article().pk}/perubahan/{newest(article).pk}", 404)


def test_the_article_page_takes_no_more_queries_for_a_changed_article(client):
    plain, changed = make_article(), make_article()
    rewrite(changed, title="Lain")

    def queries(article) -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            client.get(article.get_absolute_url())
        return len(captured)

    queries(plain)
    assert queries(changed) == queries(plain)


def test_a_withdrawn_article_has_no_versions_and_keeps_the_earlier_ones_to_itself(client):
    article = make_article(title="Nama anak")
    rewrite(article, title="Inisial anak")
    before = newest(article)
    article.refresh_from_db()
    article.withdraw("Masa depan anak.")
    for path in (f"/berita/{article.pk}/perubahan", before.get_absolute_url()):
        assert "Nama anak" not in shown(client, path, 410)
    rewrite(article, title="Warga")
    article.refresh_from_db()
    article.publish()
    for each in (before, newest(article)):
        page = shown(client, each.get_absolute_url())
        assert "dari sebelum berita ini dicabut tidak ditampilkan" in page
        assert not any(word in page for word in ("Nama", "Inisial"))
    assert "Lihat perbedaannya" not in shown(client, f"/berita/{article.pk}/perubahan")
    rewrite(article, title="Warga kota")
    assert "<ins> kota</ins>" in shown(client, newest(article).get_absolute_url())


# ---- Closing


def test_closing_empties_every_copy(client, editor):
    article = make_article(title="Satu", body=f"<p>NIK {NIK}.</p>")
    rewrite(article, title="Dua")
    rewrite(article, body="<p>NIK dihapus.</p>")
    rewrite(article, body=f"<p>NIK {NIK}.</p>")  # put back by mistake
    rewrite(article, body="<p>Sudah dihapus.</p>")
    change = newest(article)
    assert NIK in shown(client, change.get_absolute_url())
    assert "Tutup versi sebelum ini" in shown(client, address(article, "history"))
    assert close(client, change, reason="data-pribadi").status_code == 302
    assert not Change.objects.filter(former__body__contains=NIK).exists()
    public = [each.get_absolute_url() for each in Change.objects.of(article)]
    public += [f"/berita/{article.pk}/perubahan", article.get_absolute_url(), "/feed", "/feed/atom", "/ralat/feed"]
    for path in [*public, address(article, "history")]:
        assert NIK not in shown(client, path)
    page = shown(client, change.get_absolute_url())
    assert "ditutup pada" in page
    assert "Memuat data pribadi" in page
    assert "<del>" not in page.partition("<main")[2]
    assert "<del>Satu</del>" in shown(client, public[3])  # its texts were others
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM news_change WHERE former::text LIKE %s", [f"%{NIK}%"])
        assert cursor.fetchone() == (0,)


def test_closing_takes_the_earlier_versions_along_if_asked(client, editor):
    article = make_article(title="Satu")
    for title in ("Dua", "Tiga", "Empat"):
        rewrite(article, title=title)
    third, second, first = Change.objects.of(article)
    assert close(client, second, earlier="on").status_code == 302
    assert [change.former["title"] for change in (third, second, first) if not change.refresh_from_db()] == [
        "Tiga",
        None,
        None,
    ]
    assert "<del>Tiga</del><ins>Empat</ins>" in shown(client, third.get_absolute_url())


def test_what_closing_another_version_left_can_be_closed(client, editor):
    article = make_article(title="Satu", body="<p>Pertama.</p>")
    for fields in ({"title": "Dua"}, {"title": "Satu"}, {"title": "Tiga", "body": "<p>Kedua.</p>"}):
        rewrite(article, **fields)
    last, _, first = Change.objects.of(article)
    close(client, first)
    last.refresh_from_db()
    assert last.former == {"title": None, "body": "<p>Pertama.</p>"}
    link = f"{address(article, 'history')}{last.pk}/tutup/"
    assert f'href="{link}"' in shown(client, address(article, "history"))
    assert close(client, last).status_code == 302
    last.refresh_from_db()
    assert last.former == {"title": None, "body": None}
    assert f'href="{link}"' not in shown(client, address(article, "history"))
    assert close(client, last).status_code == 404


def test_the_page_before_a_closed_version_shows_no_difference(client, editor):
    article = make_article(title="Satu")
    for title in ("Dua", "Tiga"):
        rewrite(article, title=title)
    second, first = Change.objects.of(article)
    close(client, second)
    page = shown(client, first.get_absolute_url())
    assert "Naskah sesudah perubahan ini ditutup" in page
    assert "Dua" not in page.partition("<main")[2]


def test_what_is_on_the_page_now_cannot_be_closed(client, editor):
    article = make_article(title="Satu")
    for title in ("Dua", "Satu"):
        rewrite(article, title=title)
    answer = close(client, Change.objects.of(article).last())
    assert "sama dengan yang sekarang" in answer.content.decode()
    assert not Change.objects.exclude(closed_at=None).exists()


def test_closing_asks_for_a_reason_and_for_an_editor(client, editor):
    article = make_article(title="Satu")
    rewrite(article, title="Dua")
    assert "Pilih alasannya" in close(client, newest(article), reason="").content.decode()
    client.force_login(make_person("Penulis"))
    assert close(client, newest(article)).status_code == 403
    assert newest(article).former == {"title": "Satu"}


def test_a_closed_version_is_not_put_back(client, editor):
    article = make_article(title="Satu", summary="Ringkasan")
    rewrite(article, title="Dua")
    close(client, newest(article))
    rewrite(article, summary="Lain")
    where = f"{address(article, 'history')}{Change.objects.of(article).last().pk}/"
    client.post(where, {"told_kind": "ejaan"})
    article.refresh_from_db()
    assert (article.title, article.summary) == ("Dua", "Ringkasan")


@pytest.mark.parametrize(
    "change",
    ['former = \'{"title": "Lain"}\'', "former = '{}'", "at = now()", "former = '{\"title\": null}', person = 'Lain'"],
)
def test_the_exemption_only_empties(change):
    article = make_article(title="Satu")
    rewrite(article, title="Dua")
    statement = f"UPDATE news_change SET closed_at = now(), {change}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.closes_version', 'on', true)")
        with pytest.raises(Error, match="hanya dapat ditambah"), transaction.atomic():
            cursor.execute(statement)
