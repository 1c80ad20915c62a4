"""`manage.py import_articles` reads WordPress's export files (WXR)."""

import gzip
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news import markup, old_addresses
from news.models import Article, MergedTag, MissingPath, Page, Tag
from portal.importers import elements, formats, texts, wxr
from portal.importers.old_addresses import Term, remember_term
from portal.importers.record import Refusal
from tests.make import make_tag, rewrite
from tests.test_import_articles import run_files

HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<!-- generator="WordPress/6.5" -->
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Kota</title><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>https://kota.example</wp:base_site_url><wp:base_blog_url>https://kota.example</wp:base_blog_url>
<wp:author><wp:author_login>rina</wp:author_login>
  <wp:author_display_name><![CDATA[Rina Wati]]></wp:author_display_name></wp:author>
<wp:category><wp:category_nicename>berita</wp:category_nicename><wp:category_parent></wp:category_parent></wp:category>
<wp:category><wp:category_nicename>taman</wp:category_nicename>
  <wp:category_parent>berita</wp:category_parent></wp:category>
"""
FOOT = "</channel>\n</rss>\n"


def post(number=7, *, extra="", **fields):
    """An <item>; a name without a prefix is in the namespace wp."""
    values = {
        "title": "Taman baru dibuka",
        "link": f"https://kota.example/2024/11/taman-{number}/",
        "dc:creator": "rina",
        "content:encoded": "Taman itu terbuka.\nUntuk warga.\n\nTanpa <b>biaya</b>.",
        "excerpt:encoded": "",
        "post_id": str(number),
        "post_date": "2024-11-13 17:21:00",
        "post_date_gmt": "2024-11-13 09:21:00",
        "post_name": f"taman-{number}",
        "status": "publish",
        "post_type": "post",
    } | fields
    plain = ("title", "link", "pubDate")
    tags = {name: name if ":" in name or name in plain else f"wp:{name}" for name in values}
    return "<item>{}{}</item>\n".format(
        "".join(f"<{tags[name]}><![CDATA[{value}]]></{tags[name]}>" for name, value in values.items()), extra
    )


@pytest.fixture
def run(tmp_path):
    """Imports a file with these items; returns (created, updated, unchanged, refused, output)."""

    def run(*items, text=None, compress=False):
        path = tmp_path / "ekspor.dat"  # its name tells nothing
        content = (text or HEAD + "".join(items) + FOOT).encode()
        path.write_bytes(gzip.compress(content) if compress else content)
        return run_files(path)

    return run


@pytest.mark.django_db
@pytest.mark.parametrize("compress", [False, True])
def test_every_field_of_a_post_arrives(run, compress):
    terms = """<category domain="category" nicename="berita">Berita</category>
        <category domain="category" nicename="taman">Taman Kota</category>
        <category domain="category" nicename="sorotan">Sorotan</category>
        <category domain="post_tag" nicename="karawaci">Karawaci</category>
        <wp:postmeta><wp:meta_key>views</wp:meta_key><wp:meta_value>196</wp:meta_value></wp:postmeta>"""
    assert run(post(extra=terms, **{"excerpt:encoded": "Gratis &amp; luas."}), compress=compress)[:4] == (1, 0, 0, 0)
    article = Article.objects.published().get()
    assert (article.title, article.summary, article.author) == ("Taman baru dibuka", "Gratis & luas.", "Rina Wati")
    assert article.body == "<p>Taman itu terbuka.<br>Untuk warga.</p><p>Tanpa <strong>biaya</strong>.</p>"
    assert article.published_at == datetime(2024, 11, 13, 9, 21, tzinfo=UTC)
    assert article.category.name == "Taman Kota"  # the deepest; the others that it is not in are tags
    assert {tag.name for tag in article.tags.all()} == {"Karawaci", "Sorotan"}
    assert article.source_url == "https://kota.example/2024/11/taman-7/"
    assert article.views.imported == 196


@pytest.mark.django_db
def test_a_second_run_changes_nothing(run):
    items = post(), post(8, post_type="page"), post(9, status="draft"), post(10, status="private")
    assert run(*items)[:4] == (4, 0, 0, 0)
    assert run(*items)[:4] == (0, 0, 4, 0)


@pytest.mark.django_db
def test_the_old_address_leads_to_the_article(run, client):
    run(post())
    answer = client.get("/2024/11/taman-7")
    assert answer.status_code == 301
    assert answer["Location"] == Article.objects.get().get_absolute_url()
    assert client.get("/?p=7").status_code == 301


@pytest.mark.django_db
def test_the_pages_of_its_pictures_lead_to_the_article(run, client):
    """Wherever they stand in the file; what an editor chose stays, and a second run changes nothing."""
    link = "https://kota.example/2024/11/taman-7/foto/"
    picture = post(7006, post_type="attachment", post_parent="7", status="inherit", link=link)
    for items in ([picture, post()], [post(), picture]):
        assert run(*items)[3] == 0
    target = Article.objects.get().get_absolute_url()
    for address in ("/?attachment_id=7006", "/?p=7006", "/2024/11/taman-7/foto", "/2024/11/taman-7/foto/"):
        answer = client.get(address, follow=True)
        assert next(status for _, status in answer.redirect_chain) == 301
        assert answer.redirect_chain[-1][0] == target
    MissingPath.objects.move("/2024/11/taman-7/foto", "/tentang")
    run(post(), picture)
    assert MissingPath.objects.target_of("/2024/11/taman-7/foto") == "/tentang"


@pytest.mark.django_db
def test_an_editors_redirect_of_an_old_address_stays(run):
    MissingPath.objects.create(path="/2024/11/taman-7", target="/tentang")
    run(post())
    assert MissingPath.objects.target_of("/2024/11/taman-7") == "/tentang"


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"status": each} for each in ("draft", "pending", "private")])
def test_what_was_not_public_is_a_draft(run, fields):
    assert run(post(**fields))[:4] == (1, 0, 0, 0)
    assert Article.objects.drafts().count() == 1
    assert not MissingPath.objects.exists()


@pytest.mark.django_db
def test_a_post_with_a_password_is_a_draft_and_told(run):
    assert "berkata sandi: menjadi draf" in run(post(post_password="rahasia"))[4]
    assert Article.objects.drafts().count() == 1


@pytest.mark.django_db
def test_a_draft_that_the_newsroom_published_keeps_its_date(run):
    run(post(status="private"))
    article, now = Article.objects.get(), timezone.now()
    rewrite(article, status=Article.Status.PUBLISHED, published_at=now)
    assert run(post(status="private"))[:4] == (0, 0, 1, 0)
    article.refresh_from_db()
    assert article.published_at == now


@pytest.mark.django_db
def test_a_future_post_is_scheduled(run):
    tomorrow = timezone.now() + timedelta(days=1)
    run(post(status="future", post_date_gmt=f"{tomorrow.astimezone(UTC):%Y-%m-%d %H:%M:%S}"))
    assert Article.objects.scheduled().count() == 1


@pytest.mark.django_db
def test_the_first_date_that_can_be_read_counts(run):
    run(post(post_date_gmt="0000-00-00 00:00:00"))
    assert Article.objects.published().get().published_at.hour == 9  # 17.21 by the clock of the city, 8 hours ahead
    said = run(post(8, post_date_gmt="0000-00-00 00:00:00", post_date="2021-00-00 00:00:00"))[4]
    assert "tanggal “2021-00-00 00:00:00” tidak terbaca; disimpan sebagai draf" in said
    assert Article.objects.drafts().count() == 1


@pytest.mark.django_db
def test_a_sticky_post_is_told(run):
    assert "disematkan di WordPress" in run(post(is_sticky="1"))[4]


@pytest.mark.django_db
def test_pages_become_pages_and_never_replace_one(run):
    Page.objects.create(slug="tentang", title="Tentang", body="<p>Milik redaksi.</p>")
    items = [post(8, post_type="page", post_name="visi-misi"), post(9, post_type="page", post_name="tentang")]
    created, _, _, refused, said = run(*items)
    assert (created, refused) == (1, 0)
    assert "halaman /tentang sudah ada dan tidak ditimpa" in said
    assert Page.objects.get(slug="tentang").body == "<p>Milik redaksi.</p>"
    assert Page.objects.get(slug="visi-misi").title == "Taman baru dibuka"
    assert MissingPath.objects.get(path="/2024/11/taman-8").target == "/visi-misi"


@pytest.mark.django_db
def test_a_rehearsal_leaves_no_page(tmp_path):
    path, number = tmp_path / "ekspor.xml", Page.objects.count()
    path.write_text(HEAD + post(post_type="page", post_name="visi-misi") + FOOT)
    call_command("import_articles", str(path), "--coba", stdout=(said := StringIO()))
    assert "dibuat               1" in said.getvalue()
    assert (Page.objects.count(), MissingPath.objects.count()) == (number, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"post_name": "cari"}, "dipakai bagian lain"),
        ({"status": "draft"}, "belum terbit"),
        ({"title": "Judul " * 30}, "paling panjang 120"),
        ({"content:encoded": ""}, "tanpa isi"),
    ],
)
def test_a_page_that_cannot_be_shown_is_refused(run, fields, reason):
    number = Page.objects.count()
    assert reason in run(post(**{"post_type": "page", "post_name": "profil"} | fields))[4]
    assert Page.objects.count() == number


@pytest.mark.django_db
def test_what_is_no_text_is_left_out_and_unknown_types_are_refused(run):
    items = [post(8, post_type="attachment"), post(9, post_type="nav_menu_item"), post(10, status="trash")]
    created, *_, refused, said = run(post(), *items, post(11, post_type="product"))
    assert (created, refused) == (1, 2)
    assert "jenis “product” tidak dikenal" in said
    assert "di tempat sampah WordPress" in said


# ---- Files that are not whole, or hostile


@pytest.mark.django_db
def test_of_a_torn_file_everything_before_the_tear_is_imported(run):
    text = HEAD + post(1) + post(2) + post(3)
    cut = text.rindex("</content:encoded>") - 5
    created, *_, refused, said = run(text=text[:cut])
    assert (created, refused) == (2, 1)
    assert ":butir 3: berkas terpotong" in said


def test_an_item_counts_only_with_its_end(tmp_path):
    """Cut at each place: never a text that is shorter than in the whole file, and each time it is told."""
    text, path = HEAD + post(1) + post(2) + FOOT, tmp_path / "ekspor.xml"
    path.write_text(text)
    whole = {record.key: record.body for _, record in wxr.read(path)}
    for cut in range(len(HEAD), len(text) - len("</channel>\n</rss>\n"), 7):
        path.write_text(text[:cut])
        rows = [row for _, row in wxr.read(path)]
        records = [row for row in rows if not isinstance(row, Refusal)]
        assert {record.key: record.body for record in records}.items() <= whole.items()
        assert len(records) == text[:cut].count("</item>")
        assert isinstance(rows[-1], Refusal)


def test_exports_that_were_joined_in_one_file_are_all_read(tmp_path):
    one, other = HEAD + post(7) + FOOT, HEAD + post(8, title="Dua") + FOOT
    for between in ("", "\n", "\ufeff"):
        assert [record.title for record in rows_of(tmp_path, one + between + other)] == ["Taman baru dibuka", "Dua"]


def test_a_torn_gzip_file_is_told(tmp_path):
    path = tmp_path / "ekspor.xml.gz"
    path.write_bytes(gzip.compress((HEAD + post() * 300 + FOOT).encode())[:-100])
    *_, (_, last) = wxr.read(path)
    assert "berkas terpotong" in str(last)


def rows_of(tmp_path, text: str | bytes):
    path = tmp_path / "ekspor.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [row for _, row in wxr.read(path)]


def test_a_file_that_defines_entities_is_refused_unread(tmp_path):
    bomb = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    [refusal] = rows_of(tmp_path, bomb + HEAD.partition("?>")[2] + post(title="&b;") + FOOT)
    assert "DOCTYPE" in str(refusal)
    assert wxr.is_meant(bomb + HEAD.partition("?>")[2])


@pytest.mark.parametrize(
    "broken",
    [
        post(1).replace("</title>", "", 1),
        post(1).replace("</item>", ""),
        post(1).replace("]]></content:encoded>", ""),
    ],
)
def test_an_item_with_an_element_that_is_not_closed_is_refused_and_the_next_one_read(tmp_path, broken):
    rows = rows_of(tmp_path, HEAD + broken + post(2) + post(3) + FOOT)
    assert ["XML-nya rusak" in str(row) for row in rows if isinstance(row, Refusal)] == [True]
    assert [row.key for row in rows if not isinstance(row, Refusal)] == ["kota.example?p=2", "kota.example?p=3"]


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("UTF-8", "utf-8-sig"), ("UTF-8", "cp1252"), ("ISO-8859-1", "cp1252"), ("UTF-16", "utf-16"), ("x-y", "utf-8")],
)
def test_texts_are_read_in_the_encoding_that_they_have(tmp_path, declared, encoding):
    text = HEAD.replace("UTF-8", declared) + post(title="“Café”") + FOOT
    [record] = rows_of(tmp_path, text.encode(encoding))
    assert record.title == "“Café”"
    assert formats.of(tmp_path / "ekspor.xml").read is wxr.read


def test_control_characters_and_stray_entities_do_no_harm(tmp_path):
    item = post(title="Ta\x00ma\x0bn").replace("<![CDATA[rina]]>", "rina &nbsp; & &#0; co")
    [record] = rows_of(tmp_path, HEAD + item + FOOT)
    assert record.title == "Taman"


def test_an_entity_that_nobody_declared_is_read_as_in_html(tmp_path):
    item = (
        post()
        .replace("<![CDATA[Taman baru dibuka]]>", "Taman&nbsp;baru &ndash; dibuka")
        .replace("</item>", "&x;</item>")
    )
    [record] = rows_of(tmp_path, HEAD + item + FOOT)
    assert record.title == "Taman baru – dibuka"


def test_other_versions_and_prefixes_are_read(tmp_path):
    for head in (
        HEAD.replace("export/1.2", "export/1.0"),
        HEAD.replace("http://", "https://"),
        HEAD.replace('xmlns:wp="http://wordpress.org/export/1.2/"', ""),
    ):
        [record] = rows_of(tmp_path, head + post(**{"excerpt:encoded": "Ringkas."}) + FOOT)
        assert (record.title, record.summary, record.key[-4:]) == ("Taman baru dibuka", "Ringkas.", "?p=7")


def test_an_item_that_never_ends_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(elements, "MAX_ITEM", 100_000)
    *_, last = rows_of(tmp_path, HEAD + post(1) + post(2, **{"content:encoded": "x" * 300_000}) + FOOT)
    assert "satu butir lebih dari" in str(last)


@pytest.mark.parametrize(
    "raw",
    ["Tom & Jerry", "5 < 6", "&&", "<1x>", "a ]]> b", "a <!-- b", "a <?php b", "a <b c", "&#x110000;a", "&#xD800;a"],
)
def test_what_is_wrong_in_one_item_costs_no_other_one(tmp_path, raw):
    broken = post(2).replace("<![CDATA[Taman baru dibuka]]>", raw)
    rows = rows_of(
        tmp_path, HEAD + post(1) + broken + post(3, **{"content:encoded": "<!-- x --> ?>"}) + post(4) + FOOT
    )
    assert [getattr(row, "key", row)[-1] for row in rows] == ["1", "2", "3", "4"]
    assert rows[1].title == markup.one_line(raw.replace("&#x110000;", "").replace("&#xD800;", "").replace("<", "&lt;"))


@pytest.mark.parametrize(
    "between",
    ["<b>Notice</b>: Undefined & in <b>x.php</b> <br />", "<?php echo 1", "<!-- never closed", "<!DOCTYPE html>",
     "<!ELEMENT x ANY>", "</channel></rss>", "</item>", "<?xml version='1.0'?>", "<![CDATA[ x ]]>", "<wp:tag/>" * 9],
)  # fmt: skip
def test_what_stands_between_items_costs_none_of_them(tmp_path, between):
    text = HEAD + post(1) + between + post(2, **{"content:encoded": "<!-- x --> ?>"}) + post(3) + FOOT
    assert [getattr(row, "key", row)[-1] for row in rows_of(tmp_path, text)] == ["1", "2", "3"]


def test_a_damaged_file_is_read_alike_in_pieces_of_any_size(tmp_path, monkeypatch):
    text = (
        HEAD + post(1, extra="<a b='c>d'>&amp;&eacute;<!-- x --></a>").replace("baru", "]]> & < baru") + post(2) + FOOT
    )
    whole = rows_of(tmp_path, text)
    for size in (1, 2, 7):
        monkeypatch.setattr(elements, "_PIECE", size)
        assert rows_of(tmp_path, text) == whole
    assert len(whole) == 2


def test_references_to_what_is_no_character_are_left_out(tmp_path):
    item = post(**{"content:encoded": "CUT"}).replace("<![CDATA[CUT]]>", "Isi&#xD800;&#0;&#xFFFF; &#233;.")
    meta = "<wp:postmeta><wp:meta_key>views</wp:meta_key><wp:meta_value>7&#xDFFF;</wp:meta_value></wp:postmeta></item>"
    [record] = rows_of(tmp_path, HEAD + item.replace("</item>", meta) + FOOT)
    assert (record.body, record.reads) == ("<p>Isi é.</p>", 7)


def test_an_item_that_is_too_large_costs_only_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(elements, "MAX_ITEM", 100_000)
    large = post(2, **{"content:encoded": "x" * 300_000})
    one, other, last = rows_of(tmp_path, HEAD + post(1) + large + post(3) + FOOT)
    assert (one.key[-1], last.key[-1], "satu butir lebih dari" in str(other)) == ("1", "3", True)


def test_a_feed_and_json_are_not_taken_for_exports():
    assert not wxr.is_meant('{"title": "http://wordpress.org/export/1.2/ <rss>"}')
    assert not wxr.is_meant('<?xml version="1.0"?><rss version="2.0"><channel>')


@pytest.mark.django_db
@pytest.mark.slow
def test_each_real_export_is_imported_or_refused_with_a_reason(portal_data):
    paths = sorted((portal_data / "wxr").glob("*.xml"))
    assert paths
    for path in paths:
        *counts, _ = run_files(path)
        assert sum(counts)
        assert run_files(path)[:2] == (0, 0)


# ---- Texts


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("a [vc_row w='1']b[/vc_row] c", "a b c"),
        ('a [gallery ids="1,2"] b [gallery] c', "a  b  c"),
        ("{loadposition iklan} a {gallery}2019/hut{/gallery}", " a "),
        (
            "Kata dia [sic] dan [Baca juga: taman] {lihat tabel} [1]",
            "Kata dia [sic] dan [Baca juga: taman] {lihat tabel} [1]",
        ),
        ("[embed]https://youtu.be/x[/embed]", "\n\nhttps://youtu.be/x\n\n"),
    ],
)
def test_shortcodes_go_and_what_they_enclose_stays(html, expected):
    assert texts.without_shortcodes(html) == expected


def test_a_caption_becomes_a_figure():
    html = '[caption id="a" width="300"]<a href="/x"><img src="/x.jpg"></a> Taman. (Foto: Rina)[/caption]'
    figure = '<figure><a href="/x"><img src="/x.jpg"></a><figcaption>Taman. (Foto: Rina)</figcaption></figure>'
    assert texts.without_shortcodes(html).strip() == figure


def test_the_foot_says_who_wrote_it():
    body = "<p>Isi.</p><p>Pewarta : Rina Wati<br><strong>Editor :</strong> Budi</p><p>Dibaca: 1.196 kali</p>"
    rest, foot = texts.without_foot(body)
    assert rest == "<p>Isi.</p>"
    assert foot == texts.Foot(reporter="Rina Wati", editor="Budi", reads=1196)
    assert texts.without_foot("<p>Isi.</p><p>visibility 196</p>")[1].reads == 196


@pytest.mark.parametrize(
    ("lines", "rest", "foot"),
    [
        ("(Red)", "", texts.Foot()),
        ("Selesai. (red)", "<p>Selesai.</p>", texts.Foot()),
        ("Reporter/Foto: Rina", "", texts.Foot(reporter="Rina")),
        ("(Pewarta: Rina / Editor: Budi)", "", texts.Foot(reporter="Rina", editor="Budi")),
        ("Penulis : Rina | Editor : Budi", "", texts.Foot(author="Rina", editor="Budi")),
        ("Reporter &amp; Editor: Rina", "", texts.Foot(reporter="Rina", editor="Rina")),
        ("Oleh: Rina<br>Foto: Dok. Humas<br>Editor: Budi", "<p>Foto: Dok. Humas</p>", texts.Foot("Rina", "", "Budi")),
        ("Kontributor : Rina", "", texts.Foot(reporter="Rina")),
        ("196 views", "", texts.Foot(reads=196)),
        ("Dilihat sebanyak 1.234 kali", "", texts.Foot(reads=1234)),
        ("Sumber: Humas", "<p>Sumber: Humas</p>", texts.Foot()),
        ("Editor: " + "a" * 101, "<p>Editor: " + "a" * 101 + "</p>", texts.Foot()),
    ],
)
def test_the_ways_to_sign_a_text(lines, rest, foot):
    assert texts.without_foot(f"<p>Isi.</p><p>{lines}</p>") == (f"<p>Isi.</p>{rest}", foot)


@pytest.mark.parametrize(
    "call",
    ["{youtube}dQw4w9WgXcQ{/youtube}", "[youtube]dQw4w9WgXcQ[/youtube]", '[youtube id="dQw4w9WgXcQ" w=3]',
     "[youtube=https://www.youtube.com/watch?v=dQw4w9WgXcQ]", "{youtube}dQw4w9WgXcQ|600|450{/youtube}"],
)  # fmt: skip
def test_a_called_video_becomes_its_address(call):
    assert texts.without_shortcodes(f"a {call} b").split() == ["a", "https://www.youtube.com/watch?v=dQw4w9WgXcQ", "b"]


@pytest.mark.parametrize(
    "body", ["<p>Penulis: A.</p><p>Isi.</p>", "<p>Isi.<br>Editor itu pergi.</p>", "<ul><li>Editor: A</li></ul>", ""]
)
def test_lines_that_are_no_bylines_stay(body):
    assert texts.without_foot(body) == (body, texts.Foot())


@pytest.mark.django_db
def test_the_page_of_a_picture_without_a_public_text_leads_to_the_first_one_that_shows_it(run, client):
    def file(number, parent):
        link, address = (
            f"https://kota.example/berkas-{number}/",
            f"https://kota.example/wp-content/uploads/{number}.pdf",
        )
        fields = {"post_parent": parent, "attachment_url": address, "link": link, "post_type": "attachment"}
        return post(number, status="inherit", **fields)

    text = (
        '<img class="alignnone wp-image-71" src="/x.jpg"> <a href="http://www.kota.example/wp-content/uploads/72.pdf">a</a>'
        '[gallery ids="73,75"]'
    )
    items = [
        post(7, **{"content:encoded": text}),
        post(8, **{"content:encoded": text}),
        post(9, status="draft", **{"content:encoded": text}),
        file(71, "0"),
        file(72, "9"),  # uploaded for the draft
        file(73, "8"),
        file(74, "0"),  # nobody shows it
    ]
    run(*items)
    first, second = Article.objects.published().order_by("pk")
    assert first.source_key.endswith("p=7")
    for number, article in ((71, first), (72, first), (73, second)):
        for path, query in ((f"/berkas-{number}/", ""), ("/", f"attachment_id={number}")):
            assert MissingPath.objects.target_of(path, query) == article.short_url
    assert not MissingPath.objects.target_of("/berkas-74/")


@pytest.mark.django_db
def test_names_in_other_letters_are_read_and_their_addresses_lead_on_however_they_are_written(run, client):
    name = "%d8%ad%d8%af%d9%8a%d9%82%d8%a9-caf%c3%a9"
    link = f"https://kota.example/2024/11/{name}/"
    run(post(7, post_name=name, link=link), post(8, post_type="page", post_name="caf%c3%a9-kami", link="/c"))
    run(post(9, post_type="page", post_name="%e4%b8%ad", title="中文", link="https://kota.example/%e4%b8%ad/"))
    target = Article.objects.get().get_absolute_url()
    for spelling in (name, name.upper(), "حديقة-café"):
        assert client.get(f"/2024/11/{spelling}/", follow=True).redirect_chain[-1][0] == target
    run(
        post(
            10, post_type="page", post_name="%e4%b8%ad-2", title="中文 2", link="https://kota.example//a/%e4%b8%ad-2/"
        )
    )
    pages = set(Page.objects.filter(in_footer=False).values_list("slug", flat=True))
    assert pages >= {"cafe-kami", "halaman-9", "halaman-10"}
    assert client.get("/a/中-2/").url == "/halaman-10"


@pytest.mark.django_db
def test_places_name_the_item(run):
    assert "ekspor.dat:butir 2: judul kosong" in run(post(7), post(8, title=""))[4]
    assert "ekspor.dat:seluruhnya: berkas WordPress ini tidak memuat" in run(post(7, post_type="attachment"))[4]


@pytest.mark.django_db
def test_an_old_export_tells_each_category_and_tag_twice(run):
    terms = """<category><![CDATA[Berita]]></category><category domain="category" nicename="berita">Berita</category>
        <category domain="tag"><![CDATA[Taman]]></category><category domain="tag" nicename="taman">Taman</category>"""
    run(post(7, extra=terms))
    article = Article.objects.get()
    assert (article.category.name, [tag.name for tag in article.tags.all()]) == ("Berita", ["Taman"])
    assert MissingPath.objects.target_of("/category") == ""
    run(post(8, title="Pasar", extra="<category><![CDATA[Uncategorized]]></category>"))
    assert Article.objects.get(title="Pasar").category.name == "Umum"


def test_thousands_of_categories_in_each_other_take_no_time(tmp_path):
    chain = "".join(
        f"<wp:category><wp:category_nicename>k{number}</wp:category_nicename>"
        f"<wp:category_parent>k{number - 1}</wp:category_parent></wp:category>"
        for number in range(3_000)
    )
    terms = "".join(
        f'<category domain="category" nicename="k{number}">K{number}</category>' for number in range(3_000)
    )
    path = tmp_path / "ekspor.xml"
    path.write_text(HEAD + chain + post(extra="".join(terms)) + FOOT)
    ((_, record),) = wxr.read(path)
    assert record.category.startswith("K")


@pytest.mark.django_db
def test_addresses_of_a_category_and_a_tag_with_an_ampersand_lead_on(run):
    terms = """<category domain="category" nicename="hukum"><![CDATA[Hukum &amp; Kriminal]]></category>
        <category domain="post_tag" nicename="minum"><![CDATA[Kopi &amp; Teh]]></category>"""
    run(post(extra=terms))  # as WordPress stores names
    assert MissingPath.objects.target_of("/category/hukum") == "/kategori/hukum-kriminal"
    assert MissingPath.objects.target_of("/tag/minum") == "/tag/kopi-teh"


@pytest.mark.django_db
def test_addresses_of_categories_and_tags_that_were_named_otherwise_lead_on(run):
    head = HEAD.replace("<wp:category>", "<wp:category><wp:term_id>9</wp:term_id>")
    terms = """<category domain="category" nicename="taman">Taman Kota</category>
        <category domain="post_tag" nicename="krwc-2">Karawaci</category>"""
    for _ in range(2):
        run(text=head + post(extra=terms) + FOOT)
    category = "/kategori/taman-kota"
    for path, query in (("/category/taman", ""), ("/category/berita/taman/", ""), ("/", "cat=9")):
        assert old_addresses.leads_to(path, query) == category
    assert old_addresses.leads_to("/category/berita/taman/feed/", "") == f"{category}/feed"
    assert MissingPath.objects.target_of("/tag/krwc-2") == "/tag/karawaci"
    with CaptureQueriesContext(connection) as asked:
        remember_term(Term("tag", "KARAWACI", ("/tag/lain",)))
    assert "UPPER" not in asked[0]["sql"]  # there are thousands of tags, and their index is of names in lower case
    assert MissingPath.objects.target_of("/tag/lain") == "/tag/karawaci"


@pytest.mark.django_db
def test_the_old_address_of_a_tag_that_was_merged_leads_to_what_it_was_merged_into(run, client):
    terms = '<category domain="post_tag" nicename="krwc-2">Karawaci</category>'
    target = make_tag("Kota Karawaci")
    MergedTag.objects.merge([make_tag("karawaci")], target)
    for _ in range(2):
        run(post(7, extra=terms))
    assert Article.objects.get().tags.get() == target
    assert client.get("/tag/krwc-2/").headers["Location"] == target.get_absolute_url()
    Tag.objects.create(name="Karawaci", slug="karawaci-baru")  # the name is a tag again
    remember_term(Term("tag", "Karawaci", ("/tag/lain",)))
    assert MissingPath.objects.target_of("/tag/lain") == "/tag/karawaci-baru"
