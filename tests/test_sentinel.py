"""The site sentinel finds traces of break-ins, ignores ordinary news, and records when it scanned."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.utils import timezone

from comments.models import Email
from news import markup
from news.models import Article, Category, Finding, Notice, Page, Photo, Scan, Tag
from news.models.changes import changes_by
from portal.health import parts, problems
from portal.sentinel import release, scan, served
from portal.sentinel.parsed_page import ParsedPage
from tests.make import make_article, make_comment, make_person, quietly

pytestmark = pytest.mark.django_db
Kind = Finding.Kind
ADVERT = "Situs slot gacor hari ini, bonus new member 100, daftar akun togel resmi."


@pytest.fixture(autouse=True)
def without_packages(settings, monkeypatch):
    """Reading all packages takes most of a second: test_sentinel_files.py does it. A record of another test in this
    process, which knows them, would not fit, nor this one there."""
    monkeypatch.setattr(release, "distributions", list)
    record = settings.DATA_DIR / release.RECORD
    record.unlink(missing_ok=True)
    yield
    record.unlink(missing_ok=True)


def found():
    """Kind and first words of the place of each open finding."""
    return {(finding.kind, " ".join(finding.place.split()[:2]).rstrip(":")) for finding in Finding.objects.open()}


def run_scan():
    for _ in scan._scan():
        pass
    return Scan.objects.finished().first()


def write_behind_the_portals_back(article, body):
    """Writes a body as an attacker with access to the database would, who knows what the triggers ask for."""
    with quietly(), connection.cursor() as cursor:
        cursor.execute("UPDATE news_article SET body = %s WHERE id = %s", [body, article.pk])


def test_adverts_are_found_in_every_stored_text():
    article = make_article(body=f"<p>{ADVERT}</p>")
    tag = Tag.objects.create(name="slot gacor", slug="slot-gacor")
    notice = Notice.objects.create(title="Pengumuman", text="Link alternatif", link="/daftar-slot88")
    page = Page.objects.create(title="Mitra", slug="mitra", body="<p>RTP live tertinggi</p>")
    photo = Photo.objects.create(name="a.jpg", width=10, height=10, alt_text="Poster situs togel")
    comment = make_comment(make_article(), text=ADVERT)
    account = User.objects.create_user("slot777", is_staff=True)
    run_scan()
    assert {place for kind, place in found() if kind == Kind.GAMBLING} >= {
        f"Berita {article.pk}", f"Tag {tag.pk}", f"Pengumuman {notice.pk}", f"Halaman {page.pk}", f"Foto {photo.pk}",
        f"Komentar {comment.pk}", f"Akun {account.pk}",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", ["𝐬𝐥𝐨𝐭 𝐠𝐚𝐜𝐨𝐫", "sl0t gac0r", "s l o t g a c o r", "sl\u00adot ga\u200bcor", "ѕlоt gасоr"]
)
def test_a_disguised_advert_is_found_in_a_tag(name):
    Tag.objects.create(name=name, slug="x")
    run_scan()
    assert {kind for kind, _ in found()} == {Kind.GAMBLING}


def test_news_about_gambling_is_not_an_advert():
    make_article(
        title="Polisi menutup tempat judi online",
        body="<p>Pelaku menawarkan “slot gacor” kepada korban. Deposit korban dua juta. Slot parkir dijaga.</p>",
    )
    make_article(title="Togel masih marak, warga resah", body="<p>Warga melapor ke polisi. Toto, 34, ditangkap.</p>")
    Category.objects.create(name="Judi dan hukum", slug="judi-dan-hukum")
    run_scan()
    assert found() == set()


@pytest.mark.parametrize(
    "code",
    [
        '<script src="https://jahat.example/x.js"></script>',
        '<p onclick="x()">a</p>',
        '<iframe src="https://jahat.example/"></iframe>',
        '<p style="position:absolute">a</p>',
        '<a href="javascript:alert(1)">a</a>',
        '<a href="https://promo.example/" hidden>klik di sini</a>',
        '<p class="visually-hidden"><a href="https://promo.example/">klik</a></p>',
        '<img src="https://jahat.example/x.png">',
        "<img src=x\tonerror\t=alert(1)>",
        '<a href="https://[x">x</a>',
    ],
)
def test_code_that_the_portal_would_never_store_is_found(code):
    article = make_article()
    write_behind_the_portals_back(article, f"<p>Isi biasa.</p>{code}")
    run_scan()
    assert (Kind.CODE, f"Berita {article.pk}") in found()


@pytest.mark.parametrize("words", [".", "-", "&#8203;", "&nbsp;", "<strong> </strong>"])
def test_links_that_nobody_can_see_are_found(words):
    article = make_article()
    write_behind_the_portals_back(article, markup.safe(f'<p>Isi.<a href="https://promo.example/">{words}</a></p>'))
    make_article(body='<p><a href="https://kota.example/">situs kota</a> <a href="/berita"> </a></p>')
    run_scan()
    assert found() == {(Kind.HIDDEN_LINK, f"Berita {article.pk}")}
    assert Finding.objects.get().excerpt == "https://promo.example/"


def test_a_superuser_added_after_the_first_scan_is_a_finding_until_dismissed():
    User.objects.create_superuser("admin")
    run_scan()
    assert found() == set()
    User.objects.create_superuser("penyusup")
    for _ in range(2):
        run_scan()
        assert found() == {(Kind.SUPERUSER, "Akun penyusup")}
    Finding.objects.all().dismiss(make_person("Administrator"))
    run_scan()
    assert found() == set()


def happened():
    """The audit list is written when a transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def test_accounts_and_administrators_made_after_the_first_scan_are_findings_that_say_who_did_it():
    known, promoted = make_person("Administrator"), make_person("Redaktur")
    happened()
    run_scan()
    assert found() == set()
    new, gone = User.objects.create_user("redaktur-baru", is_staff=True), make_person("Penulis")
    with changes_by(known.pk, str(known)):
        promoted.groups.add(Group.objects.get(name="Administrator"))
    User.objects.create_user("warga")
    gone.is_active = False
    gone.save()
    happened()
    run_scan()
    assert found() == {(Kind.STAFF, f"Akun {new}"), (Kind.ADMINISTRATOR, f"Akun {promoted}")}
    assert str(known) in Finding.objects.get(kind=Kind.ADMINISTRATOR).excerpt
    assert "bukan dari ruang redaksi" in Finding.objects.get(kind=Kind.STAFF).excerpt
    new.delete()
    promoted.groups.clear()
    happened()
    run_scan()
    assert found() == set()


def test_links_to_sites_on_the_operators_list_are_found(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    (tmp_path / "situs-terlarang.txt").write_text(
        "# daftar\n0.0.0.0 judi.example\n||tipu.example^\nxn--90aycnj3c.example\n*.bintang.example\n"
    )
    bad = [
        "https://judi.example/", "http://WWW.judi.example:8443/x", "https://a.b.judi.example", "http://tipu.example/?a=1",
        "https://orang@бонусы.example/", "https://bintang.example.",
        "https://raja-slot88.example/",
    ]  # fmt: skip
    articles = [make_article(body=f'<p>Baca <a href="{link}">di sini</a> ya.</p>') for link in bad]
    make_article(body='<p>Baca <a href="https://bukanjudi.example/judi.example">di sini</a> dan /x.</p>')
    comment = make_comment(articles[0], text="lihat https://judi.example/promo")
    run_scan()
    assert found() == {(Kind.LINK, f"Berita {article.pk}") for article in articles} | {
        (Kind.LINK, f"Komentar {comment.pk}")
    }


def test_without_a_list_only_names_of_gambling_sites_count(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    make_article(body='<p>Baca <a href="https://judi.example/">di sini</a> ya.</p>')
    run_scan()
    assert found() == set()


def test_fixed_findings_disappear_and_dismissed_ones_stay_dismissed():
    tag = Tag.objects.create(name="slot gacor", slug="slot-gacor")
    make_article(title="Situs slot gacor dan bandar togel diblokir")
    run_scan()
    Finding.objects.filter(place__startswith="Berita").dismiss(make_person("Administrator"))
    tag.delete()
    run_scan()
    assert found() == set()
    assert Finding.objects.count() == 1


def test_a_scan_is_due_once_a_day_and_on_request():
    make_article()
    assert Scan.objects.is_due()
    done = run_scan()
    assert not Scan.objects.is_due()
    Scan.objects.ask()
    assert Scan.objects.is_due()
    run_scan()
    assert not Scan.objects.is_due()
    Scan.objects.update(started_at=timezone.now() - timedelta(hours=25))
    assert Scan.objects.is_due()
    assert done.looked_at > 0


def test_the_worker_scans_in_steps_and_an_interrupted_scan_starts_again():
    Tag.objects.create(name="slot gacor", slug="slot-gacor")
    interrupted = scan.Sentinel()
    interrupted.step()
    guard = scan.Sentinel()
    for _ in range(100):
        guard.step()
    assert Scan.objects.filter(finished_at__isnull=False).count() == Scan.objects.count() == 1
    assert len(found()) == 1


def test_health_reports_findings_and_a_sentinel_that_stopped():
    def check():
        for part in parts.PARTS:
            if part.name == "penjaga":
                part.check()

    check()
    run_scan()
    check()
    Tag.objects.create(name="slot gacor", slug="slot-gacor")
    run_scan()
    with pytest.raises(problems.Problem, match="temuan"):
        check()
    Finding.objects.all().delete()
    Scan.objects.update(finished_at=timezone.now() - timedelta(days=4))
    with pytest.raises(problems.Problem, match="hari"):
        check()


def test_new_findings_are_mailed_once_to_those_who_may_see_them(settings):
    settings.MAIL_IS_ON = True
    make_person("Administrator", email="admin@contoh.go.id")
    make_person("Moderator", email="moderator@contoh.go.id")
    Tag.objects.create(name="slot gacor", slug="slot-gacor")
    run_scan()
    run_scan()
    email = Email.objects.get()
    assert email.to == "admin@contoh.go.id"
    assert "Kata judi online: Tag" in email.body
    assert "/admin/news/finding/" in email.body


def test_an_administrator_sees_findings_dismisses_them_and_requests_another_scan(client):
    make_article(title="<b>Situs slot gacor, bandar togel</b>")
    run_scan()
    client.force_login(make_person("Administrator"))
    page = client.get("/admin/news/finding/").content.decode()
    assert "Situs slot gacor, bandar" in page
    assert "<b>Situs" not in page
    assert "Terakhir diperiksa" in page
    assert "Buka tempatnya dan hapus iklannya" in page
    assert "Temuan penjaga situs <b>1</b>" in client.get("/admin/").content.decode()
    client.post("/admin/news/finding/", {"_look": "1"})
    assert Scan.objects.is_due()
    client.post("/admin/news/finding/", {"action": "dismiss", "_selected_action": [Finding.objects.get().pk]})
    assert found() == set()
    client.force_login(make_person("Moderator"))
    assert client.get("/admin/news/finding/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_the_portal_serves_everybody_the_same_pages(portal_url, settings):
    settings.SITE_URL = portal_url
    article = make_article(title="Situs slot gacor diblokir, bandar togel ditangkap")
    make_comment(article)
    assert sum(served.check()) == 7 * 4  # six fixed pages and the article, four kinds of visitors
    assert (Kind.GAMBLING, f"Halaman {article.get_absolute_url()}") in found()
    assert {kind for kind, _ in found()} == {Kind.GAMBLING}
    assert {finding.place.partition(" untuk ")[2] for finding in Finding.objects.all()} == {"pengunjung"}


def test_an_unreachable_page_is_not_a_finding(settings):
    settings.SITE_URL = "http://127.0.0.1:9"
    done = run_scan()
    assert (done.looked_at, done.pages, found()) == (0, 0, set())


@pytest.mark.parametrize(
    ("html", "hidden", "fetched"),
    [
        ('<a href="https://a.example/" style="display: none">x</a>', ["https://a.example/"], []),
        ('<a href="https://a.example/" hidden>x</a>', ["https://a.example/"], []),
        ('<a href="https://a.example/"><img src="/l.png" alt=""></a>', [], []),
        ('<a href="https://[x">x</a><img src="http://[">', [], ["http://["]),
        ('<a href="https://a.example/">\u200b&shy;-</a>', ["https://a.example/"], []),
        ('<a href="/x"></a><a href="https://a.example/">teks</a>', [], []),
        ('<script src="//b.example/s.js"></script>', [], ["//b.example/s.js"]),
        ('<link rel="stylesheet" href="https://c.example/s.css"><link rel="canonical" href="https://d.example/">', [],
         ["https://c.example/s.css"]),
    ],
)  # fmt: skip
def test_a_served_page_is_read_as_a_browser_reads_it(html, hidden, fetched):
    parsed = ParsedPage(html, "https://kota.example/")
    assert (parsed.hidden_links, parsed.fetched_elsewhere) == (hidden, fetched)


def test_bodies_of_a_large_archive_are_scanned_in_batches(settings, monkeypatch):
    monkeypatch.setattr(scan, "BATCH", 3)
    articles = [make_article() for _ in range(10)]
    write_behind_the_portals_back(articles[0], f"<p>{ADVERT}</p>")
    write_behind_the_portals_back(articles[9], f"<p>{ADVERT}</p>")
    run_scan()
    assert {place for _, place in found()} == {f"Berita {articles[0].pk}", f"Berita {articles[9].pk}"}
    assert Article.objects.count() == 10
