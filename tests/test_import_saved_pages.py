"""Saved web pages as `manage.py import_articles` reads them."""

import base64
import gzip
import json
import plistlib
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from news.models import Article, MissingPath
from portal.importers import formats, saved_pages
from portal.importers.record import Record, Refusal
from portal.importers.saved_pages import CUT_OFF, GUESS
from tests.make import in_the_city, make_article, make_category
from tests.test_import_articles import run_files

NOVEMBER_13 = datetime(2024, 11, 13, 9, 21, tzinfo=UTC)
TITLE = "Taman Baru Dibuka di Karawaci untuk Semua Warga"
PARAGRAPHS = [
    "TANGERANG – Pemerintah kota membuka taman baru di Karawaci pada Rabu pagi, dan warga boleh datang tanpa biaya.",
    "“Taman ini milik semua warga,” kata kepala dinas seusai peresmian. Ia berharap warga menjaganya bersama-sama.",
    "Taman itu memiliki jalur lari sepanjang 800 meter, tempat bermain anak, dan perpustakaan kecil di sisi timur.",
]
BODY = "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
MENU = "<nav><ul>" + "".join(f"<li><a href='/{n}'>Menu {n}</a></li>" for n in range(9)) + "</ul></nav>"
RELATED = "<ul>" + "".join(
    f"<li><a href='/berita/{n}'>Berita lain nomor {n} yang judulnya cukup panjang</a></li>" for n in range(6)
)
RELATED += "</ul>"


@pytest.fixture
def read_page(tmp_path):
    """The one record of a page, or the refusal."""

    def read_page(content, name="halaman.html"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        ((_, record),) = saved_pages.read(path)
        return record

    return read_page


def linked_data(*things):
    return "".join(f'<script type="application/ld+json">{json.dumps(each)}</script>' for each in things)


SEED = f"""<!DOCTYPE html><html><head><title>Kabar Kota</title></head><body>
<div class="header"><a href="/">Beranda</a> <span>Minggu, 29 November 2026</span></div>
<div class="row"><div class="col-md-8">
<div>Rabu, 13 November 2024 16:21 WIB | Dibaca : 1.056</div>
<h3>{TITLE}</h3><h4>{TITLE}</h4><div><img src="x.jpg" alt="{TITLE}"></div><p>{TITLE}</p><p>{TITLE}</p>
<div>{"<br><br>".join(PARAGRAPHS)}</div>
<div><a href="/berita/tag/kota">kota tangerang</a></div>
<h4>Artikel Terkait</h4>{RELATED}
<h4>Komentar</h4><form><textarea></textarea></form><p>Pastikan Google Captcha Sudah Tercentang !!!</p>
</div></div></body></html>"""


def test_the_page_of_a_portal_like_the_present_one(read_page):
    record = read_page(SEED)
    assert (record.title, record.body) == (TITLE, BODY)
    assert (record.published_at, record.time_known, record.reads) == (NOVEMBER_13, True, 1056)
    assert list(record.tags) == ["kota tangerang"]
    assert not record.is_draft
    assert not record.remarks


def test_related_articles_with_their_own_reads_do_not_make_it_a_list(read_page):
    related = RELATED.replace("</a>", "</a><div>Selasa, 12 November 2024 | Dibaca : 9</div>")
    record = read_page(SEED.replace(RELATED, related))
    assert (record.body, record.reads, record.published_at, record.is_draft) == (BODY, 1056, NOVEMBER_13, False)


def page_of_content(text, below="<div>kota tangerang</div>", date="Rabu, 13 November 2024 16:21 WIB | Dibaca : 56"):
    """The present portal's page where one element holds everything from the date to the related articles."""
    return f"""<!DOCTYPE html><html><head><title>{TITLE} - Kota</title></head><body><nav><a href="/">Beranda</a></nav>
    <div class="content"><div>{date}</div>{f"<h2>{TITLE}</h2>" * 4}<div>{text}</div>{below}<h3>Artikel Terkait</h3>
    <div><a href="/berita/detail/9/x">Lain judul berita</a></div><h3>Komentar</h3></div></body></html>"""


@pytest.mark.parametrize("foot", [
    "<p>Pewarta : Rina</p><p>Editor : Budi</p><p>visibility 196</p>", "<p>Pewarta : Rina<br>Editor : Budi</p>",
    "<p>Pewarta : Rina / Editor : Budi</p><p>visibility 196</p>",
])  # fmt: skip
def test_who_wrote_it_and_how_often_it_was_read_are_no_tags(read_page, foot):
    for page in (page_of_content(BODY + foot), page_of_content(BODY, f"<div>kota tangerang</div>{foot}")):
        record = read_page(page)
        assert (record.body, list(record.tags)) == (BODY, ["kota tangerang"])
        assert (record.reporter, record.editor, record.reads) == ("Rina", "Budi", 56)


@pytest.mark.parametrize("last", [
    "Ayo warga, jangan lupa pakai masker dan jaga jarak", "Salam sehat",
    '<a href="/berkas/jadwal.pdf" rel="noopener">Unduh jadwal</a>',
])  # fmt: skip
def test_a_short_last_paragraph_without_a_full_stop_stays_in_the_text(read_page, last):
    record = read_page(page_of_content(f"{BODY}<p>{last}</p>"))
    assert record.body.endswith(f"{PARAGRAPHS[2]}</p><p>{last}</p>")
    assert list(record.tags) == ["kota tangerang"]
    record = read_page(page_of_content("<br><br>".join([*PARAGRAPHS, last])))
    assert record.body.endswith(f"<p>{last}</p>")
    assert list(record.tags) == ["kota tangerang"]


@pytest.mark.parametrize("marked", [
    "<p>Tag: banjir, kota</p>", '<p><a href="/tag/banjir">banjir</a> <a href="/tag/kota">kota</a></p>',
    '<p><a rel="tag" href="/x/1">banjir</a>, <a rel="tag" href="/x/2">kota</a></p>',
])  # fmt: skip
def test_a_paragraph_of_the_text_that_is_marked_as_tags_is_some(read_page, marked):
    record = read_page(page_of_content(BODY + marked, ""))
    assert (record.body, list(record.tags)) == (BODY, ["banjir", "kota"])


@pytest.mark.parametrize(
    "line", ["Rabu, 31 Novembar 2024 16:21 WIB | Dibaca : 56", "Rabu, 31 Novembar 2024 16:21 WIB"]
)
def test_a_date_that_no_reading_fits_is_kept_for_the_newsroom(read_page, line):
    is_article = '<head><meta property="og:type" content="article">'
    record = read_page(page_of_content(BODY, date=line).replace("<head>", is_article))
    assert (record.published_at, record.raw_date) == (None, "Rabu, 31 Novembar 2024 16:21 WIB")
    assert not any("tidak ditemukan" in each for each in record.remarks)
    assert (record.body, record.reads) == (BODY, 56 if "Dibaca" in line else None)


@pytest.mark.parametrize("line", [
    "13 November 2024 • 16:21 WIB | Dibaca : 56", "Rabu, 13 November 2024 | 16.21 WIB | Dibaca : 56",
    "13 November 2024 | Pukul 16:21 WIB | Dibaca : 56",
])  # fmt: skip
def test_a_time_in_a_part_of_its_own_belongs_to_the_date(read_page, line):
    record = read_page(page_of_content(BODY, date=line))
    assert (record.published_at, record.time_known, record.reads) == (NOVEMBER_13, True, 56)


@pytest.mark.parametrize("reads", ["", " | Dibaca : 7"])
def test_a_list_of_dated_teasers_is_refused(read_page, reads):
    teaser = f"""<div><h3><a href="/b/1">Judul berita yang panjang</a></h3><span>13 November 2024{reads}</span>
    <p>Ringkasan berita yang agak panjang untuk sebuah daftar…</p></div>"""
    refused = read_page(f"<html><head><title>Berita</title></head><body>{teaser * 20}</body></html>")
    assert isinstance(refused, Refusal)
    assert "daftar berita" in str(refused)
    article = f"<h1>{TITLE}</h1><div>{BODY * 3}</div>{teaser * 5}"
    assert read_page(f"<html><head><title>{TITLE}</title></head><body>{article}</body></html>").is_draft


@pytest.mark.django_db
def test_a_rehearsal_counts_what_is_there_twice_as_the_run_does(tmp_path):
    address = '<head><link rel="canonical" href="https://lama.example/b/{}">'
    foot = "<p>Pewarta : Rina</p>"
    pages = [
        page_of_content(BODY + foot).replace("<head>", address.format(1)),
        page_of_content(BODY + foot).replace("<head>", address.format(1)),  # the same
        page_of_content(BODY),  # the same without address and foot
        page_of_content(BODY + "<p>Satu kalimat lagi.</p>"),  # the same day and title
        page_of_content(BODY).replace("<head>", address.format(2)),  # another
    ]
    for number, page in enumerate(pages):
        (tmp_path / f"{number}.html").write_text(page)
    rehearsed, done = run_files(tmp_path, coba=True), run_files(tmp_path)
    assert rehearsed[:4] == done[:4] == (2, 0, 2, 0)


def cut_off(page):
    """In the middle of the last paragraph, after a few of its words."""
    return page[: page.index(PARAGRAPHS[2]) + 40]


@pytest.mark.parametrize("whole", [SEED, f"{SEED}<!-- disimpan -->", SEED.replace("</body></html>", "")])
def test_a_page_that_was_cut_off_is_a_draft_that_says_so(read_page, whole):
    for record in (
        read_page(cut_off(whole)),
        read_page(cut_off(whole.replace("<body>", "<body><script>'</body>'</script>"))),
    ):
        assert record.is_draft
        assert list(record.remarks) == [CUT_OFF]
    assert not read_page(whole).is_draft  # HTML needs no end tags: what stands below the text shows that it is whole


def test_a_page_without_end_tags_is_whole_if_the_foot_of_the_site_is_there(read_page):
    page = f"""<title>{TITLE}</title><meta property="og:type" content="article"><h1>{TITLE}</h1>
    <meta property="article:published_time" content="2024-11-13T16:21:00+07:00"><div>{BODY}</div>"""
    assert list(read_page(page).remarks) == [CUT_OFF]
    record = read_page(f"{page}<footer>Dinas Kominfo</footer>")
    assert (record.is_draft, list(record.remarks)) == (False, [])


def test_a_title_that_begins_like_an_error_is_no_error(read_page):
    assert read_page(SEED.replace(TITLE, "404 Rumah Terendam Banjir di Karawaci")).body == BODY


@pytest.mark.parametrize(
    "inner",
    [
        f"<p>{TITLE}</p>{BODY}",
        f"{TITLE}<br>{TITLE}<br><br>{'<br><br>'.join(PARAGRAPHS)}",
        f"<h1>{TITLE}</h1><h2>{TITLE}</h2><div><div>{'</div><div>'.join(PARAGRAPHS)}</div></div>",
        f"<table><tr><td><h2>{TITLE}</h2><p>{TITLE}</p></td></tr><tr><td>{BODY}</td></tr></table>",
    ],
)
def test_the_body_comes_after_the_repeated_titles_however_they_are_built(read_page, inner):
    html = f"""<html><title>{TITLE}</title><body>{MENU}<div>Rabu, 13 November 2024 16:21 WIB | Dibaca : 56</div>
    <p>{TITLE}</p><div>{inner}</div><p>kota tangerang</p><h4>Artikel Terkait</h4><h4>Komentar</h4>
    <p>Pastikan Google Captcha Sudah Tercentang !!!</p></body></html>"""
    record = read_page(html)
    assert (record.title, record.body, record.reads) == (TITLE, BODY, 56)
    assert record.published_at == NOVEMBER_13
    assert not record.is_draft


WORDPRESS = f"""<!DOCTYPE html>
<!-- saved from url=(0061)https://lama.example/2024/11/13/taman-baru-dibuka/?utm_source=x -->
<html lang="id"><head><meta charset="utf-8"><title>{TITLE} - Kabar Kota</title>
<link rel="canonical" href="https://lama.example/2024/11/13/taman-baru-dibuka/">
<link rel='shortlink' href='https://lama.example/?p=123'>
<meta property="og:type" content="article"><meta property="og:title" content="{TITLE} - Kabar Kota">
<meta property="og:description" content="{PARAGRAPHS[0][:90]} [&hellip;]">
{
    linked_data(
        {
            "@context": "https://schema.org",
            "@graph": [
                {"@type": "WebSite", "@id": "https://lama.example/#website", "name": "Kabar Kota"},
                {
                    "@type": "Article",
                    "@id": "https://lama.example/2024/11/13/taman-baru-dibuka/#article",
                    "headline": TITLE,
                    "datePublished": "2024-11-13T09:21:00+00:00",
                    "dateModified": "2024-11-14T01:00:00+00:00",
                    "author": {"@id": "https://lama.example/#/person/1"},
                    "articleSection": ["Lingkungan"],
                    "keywords": ["taman", "karawaci"],
                },
                {"@type": "Person", "@id": "https://lama.example/#/person/1", "name": "Rina Wati"},
                {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "name": "Beranda"}]},
            ],
        }
    )
}</head><body class="post-template-default single">{MENU}
<main><article class="post-7 hentry"><header><h1 class="entry-title">{TITLE}</h1>
<span class="posted-on"><time class="entry-date published" datetime="2024-11-13T16:21:00+07:00">13/11/2024
</time></span>
<span class="byline">oleh <a href="/author/rina">Rina Wati</a></span></header>
<div class="entry-content"><p>{PARAGRAPHS[0]}</p><div class="sharedaddy"><h3>Share this:</h3><ul><li>X</li></ul></div>
<p>Baca juga: <a href="/x">Taman lain juga dibuka bulan depan</a></p><p>{PARAGRAPHS[1]}</p>
<div class="iklan"><p>Iklan layanan ini panjang sekali supaya tampak seperti paragraf biasa.</p></div>
<p>{PARAGRAPHS[2]}</p><p>Pewarta : Budi<br>Editor : Ani</p>
<div id="jp-relatedposts"><h3>Related</h3></div></div>
<footer class="entry-footer"><a href="/tag/taman" rel="tag">Taman</a>, <a href="/tag/k" rel="tag">Karawaci</a></footer>
</article><div id="comments" class="comments-area"><h2>2 komentar</h2><ol><li><p>{
    "Komentar yang panjang. " * 40
}</p></li>
</ol></div></main><aside><p>{"Samping " * 90}</p></aside></body></html>"""


def test_a_page_of_wordpress_with_linked_data(read_page):
    record = read_page(WORDPRESS)
    assert (record.title, record.body) == (TITLE, BODY)
    assert (record.published_at, record.updated_at) == (NOVEMBER_13, datetime(2024, 11, 14, 1, tzinfo=UTC))
    assert (record.category, list(record.tags)) == ("Lingkungan", ["Taman", "Karawaci"])
    assert (record.author, record.reporter, record.editor, record.summary) == ("Rina Wati", "Budi", "Ani", "")
    assert record.url == "https://lama.example/2024/11/13/taman-baru-dibuka/"
    assert set(record.old_paths) == {
        "/2024/11/13/taman-baru-dibuka/", "/2024/11/13/taman-baru-dibuka/?utm_source=x", "/?p=123",
    }  # fmt: skip


OPEN_GRAPH = f"""<html><head><meta property="og:type" content="article">
<meta property="og:title" content="{TITLE} | Kabar">
<meta property="og:url" content="https://lama.example/berita/taman-7"><meta property="og:site_name" content="Kabar">
<meta property="article:published_time" content="2024-11-13T16:21:00+07:00">
<meta property="article:section" content="Lingkungan"><meta property="article:tag" content="taman">
<meta property="article:author" content="https://facebook.com/x"><meta name="author" content="Rina">
<meta name="description" content="Ringkasan yang ditulis sendiri."></head>
<body>{MENU}<h1>{TITLE}</h1><div class="date">Rabu, 13 Nov 2024 16:21 WIB</div>
<div class="detail__body-text itp_bodycontent"><p>{PARAGRAPHS[0]}</p><table class="linksisip"><tr><td>Baca juga:
<a href="/x">Taman lain</a></td></tr></table><p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p><p>(red)</p>
<p class="para_caption">ADVERTISEMENT</p></div><div class="list">{RELATED}</div></body></html>"""


def test_a_page_with_open_graph_alone(read_page):
    record = read_page(OPEN_GRAPH)
    assert (record.title, record.published_at, record.time_known) == (TITLE, NOVEMBER_13, True)
    assert (record.category, list(record.tags), record.author) == ("Lingkungan", ["taman"], "Rina")
    assert (record.summary, record.url) == ("Ringkasan yang ditulis sendiri.", "https://lama.example/berita/taman-7")
    assert record.body == BODY
    assert not record.is_draft


JOOMLA = f"""<html><head><title>{TITLE}</title><base href="https://lama.example/index.php/berita/77-taman"></head><body>
<div class="item-page" itemscope itemtype="https://schema.org/Article"><h2 itemprop="headline">{TITLE}</h2>
<dl class="article-info muted"><dd class="createdby" itemprop="author"><span itemprop="name">Admin Dinas</span></dd>
<dd class="category-name">Kategori: <a href="/x"><span itemprop="genre">Lingkungan</span></a></dd>
<dd class="published"><time datetime="2024-11-13T16:21:00+07:00" itemprop="datePublished">Diterbitkan: 13 November 2024
</time></dd><dd class="hits"><meta itemprop="interactionCount" content="UserPageVisits:152">Dilihat: 152</dd></dl>
<div itemprop="articleBody">{{loadposition iklan}}{BODY}</div>
<ul class="pager pagenav"><li><a href="/y">Selanjutnya</a></li>
</ul></div></body></html>"""


def test_a_page_of_joomla_with_microdata(read_page):
    record = read_page(JOOMLA)
    assert (record.title, record.body, record.reads) == (TITLE, BODY, 152)
    assert (record.author, record.category, record.published_at) == ("Admin Dinas", "Lingkungan", NOVEMBER_13)
    assert not record.is_draft


GUESSED = (
    f"<html><head><title>{TITLE} – Kabar Kota</title></head><body>{MENU}<h1>{TITLE}</h1>{BODY}{RELATED}</body></html>"
)


@pytest.mark.django_db
def test_a_page_that_tells_nothing_is_a_draft_and_a_guess_to_look_at(read_page, tmp_path):
    record = read_page(GUESSED)
    assert (record.title, record.body, record.is_draft) == (TITLE, BODY, True)
    *counts, said = run_files(tmp_path / "halaman.html")
    assert counts == [1, 0, 0, 0]
    assert GUESS in said
    assert Article.objects.get().status == Article.Status.DRAFT
    assert run_files(tmp_path / "halaman.html")[:4] == (0, 0, 1, 0)


def test_what_no_reading_fits_of_a_date_is_kept(read_page):
    record = read_page(
        OPEN_GRAPH.replace("2024-11-13T16:21:00+07:00", "kemarin sore").replace("13 Nov 2024", "13 Novambar")
    )
    assert (record.published_at, record.raw_date) == (None, "kemarin sore")


@pytest.mark.parametrize(
    "script",
    [
        linked_data([{"@type": ["NewsArticle", "Thing"],
                      "headline": TITLE, "datePublished": "2024-11-13T16:21:00+07:00"}]),
        linked_data({"@type": "NewsArticle", "headline": TITLE, "datePublished": "2024-11-13T16:21:00+07:00"}).replace(
            '"', "&quot;"
        ).replace("type=&quot;application/ld+json&quot;", "type='application/ld+json'"),
        '<script type="application/ld+json"><!--{"@type": "Article", "name": "' + TITLE
        + '", "datePublished": "Rabu, 13 November 2024 16:21 WIB",}--></script>',
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "' + TITLE
        + '", "description": "rusak "di sini"", "datePublished": "2024-11-13T16:21:00+07:00"</script>',
        linked_data({"@type": "WebPage", "mainEntity": {"@type": "http://schema.org/NewsArticle", "headline": TITLE,
                     "datePublished": "2024-11-13T09:21:00Z"}}),
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>"
        '<meta property="article:published_time" content="2024-11-13T16:21:00+07:00">',
    ],
)  # fmt: skip
def test_linked_data_in_all_its_shapes(read_page, script):
    record = read_page(f"<html><head><title>x</title>{script}</head><body><h1>{TITLE}</h1>{BODY}</body></html>")
    assert (record.title, record.published_at, record.body, record.is_draft) == (TITLE, NOVEMBER_13, BODY, False)


def test_a_page_that_scripts_put_together_tells_its_text_to_programs(read_page):
    told = linked_data({"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n".join(PARAGRAPHS)})
    assert read_page(f"<html><head>{told}</head><body><div id='app'></div></body></html>").body == BODY


NO_ARTICLES = [
    ("<html><title>404 - Halaman tidak ditemukan</title><body><h1>404</h1><p>Maaf.</p></body></html>", "galat"),
    (f"<html><title>Page not found – Kabar</title><body><h1>Halaman Tidak Ditemukan</h1>{BODY}</body>", "galat"),
    ("<html><title>Log in</title><body><form><input type=password name=p></form></body></html>", "log-in"),
    (f"<html><link rel=canonical href='https://lama.example/'><body><h1>Kabar</h1>{BODY}</body>", "daftar"),
    (f"<html><head><link rel=canonical href='https://lama.example/category/x/'></head><body>{BODY}</body>", "daftar"),
    (f"<html><head>{linked_data({'@type': 'CollectionPage'})}</head><body><h1>Warta</h1>{BODY}</body>", "daftar"),
    (f"<html><title>Berita</title><body>{RELATED}{RELATED}</body></html>", "tidak ada teks yang cukup panjang"),
    ("<html><frameset cols='20%,80%'><frame src=a.html><frame src=b.html></frameset></html>", "bingkai"),
    ("<html><title>Kabar</title><script src=x.js></script><body><div id=root></div></body></html>", "teks"),
    ("<html></html>", "teks"),
    ("<!doctype html>", "tanpa isi"),
    ("<html><title>x</title><p " + " ".join(f"a{n}" for n in range(50_000)) + ">x</p>", "terlalu rumit"),
    ("<html><title>x</title>" + "<b></b>" * 400_000, "terlalu rumit"),
    ("<html><title>x</title>" + "x" * 9_000_000, "lebih dari 8 MB"),
    ("<html><title>x</title>" + "<div>" * 100_000 + "x", "teks"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "reason"), NO_ARTICLES, ids=[f"{n} {each[1]}" for n, each in enumerate(NO_ARTICLES)]
)
def test_a_page_that_is_no_article_is_refused_with_its_reason(read_page, content, reason):
    refusal = read_page(content)
    assert isinstance(refusal, Refusal)
    assert reason in str(refusal)


def test_large_pictures_in_the_page_do_not_count(read_page):
    picture = f'<img src="data:image/jpeg;base64,{"A" * 12_000_000}">'
    assert read_page(SEED.replace("<img", f"{picture}<img")).body == BODY


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("iso-8859-1", "cp1252"), ("windows-1252", "cp1252"), ("utf-8", "cp1252"), ("iso-8859-1", "utf-8"),
     ("utf-8", "utf-16"), ("utf-8", "utf-8-sig"), ("ngawur", "utf-8"), ("rot13", "utf-8")],
)  # fmt: skip
def test_encodings(read_page, declared, encoding):
    html = SEED.replace("<head>", f'<head><meta http-equiv="Content-Type" content="text/html; charset={declared}">')
    assert read_page(html.encode(encoding)).body == BODY


def test_pages_packed_by_gzip(read_page):
    assert read_page(gzip.compress(SEED.encode())).body == BODY


def mhtml(html):
    message = EmailMessage()
    message["Snapshot-Content-Location"] = "https://lama.example/berita/taman-7"
    message["Subject"] = TITLE
    message.set_content(html, subtype="html", cte="quoted-printable")
    message.make_related()
    message.add_related(b"\x89PNG" + b"\0" * 100, "image", "png")
    return message.as_bytes()


def test_archives_of_browsers(read_page):
    resource = {"WebResourceData": SEED.encode(), "WebResourceURL": "https://lama.example/berita/taman-7",
                "WebResourceTextEncodingName": "UTF-8", "WebResourceMIMEType": "text/html"}  # fmt: skip
    archive = {"WebMainResource": resource, "WebSubresources": []}
    for content in (
        mhtml(SEED),
        plistlib.dumps(archive, fmt=plistlib.FMT_BINARY),
        plistlib.dumps(archive),
    ):
        record = read_page(content)
        assert (record.title, record.body, record.url) == (TITLE, BODY, "https://lama.example/berita/taman-7")


@pytest.mark.parametrize(
    "content", [mhtml(SEED)[:200], plistlib.dumps({"WebMainResource": {}}), b"bplist00WebMainResource"]
)
def test_broken_archives_are_refused(read_page, content):
    assert "simpan lagi halamannya" in str(read_page(content))


@pytest.mark.parametrize(
    "head",
    [
        "<!-- saved from url=(0039)https://lama.example/berita/detail/77/x -->",
        "<!--\n Page saved with SingleFile \n url: https://lama.example/berita/detail/77/x \n saved date: x -->",
        "<!-- Mirrored from lama.example/berita/detail/77/x by HTTrack Website Copier/3.x [XR&CO'2014] -->",
        "<html><head><link rel='canonical' href='https://lama.example/berita/detail/77/x'></head>",
    ],
)
def test_the_address_gives_the_number_where_the_portal_before_had_the_same_addresses(read_page, head):
    record = read_page(head + SEED)
    assert (record.id, record.url) == (77, record.url)
    assert record.url.endswith("://lama.example/berita/detail/77/x")


@pytest.mark.django_db
def test_a_folder_of_pages_with_what_browsers_put_beside_them(tmp_path):
    (tmp_path / "satu_files").mkdir()
    (tmp_path / "lain" / "dalam").mkdir(parents=True)
    (tmp_path / "satu.html").write_text(WORDPRESS)
    (tmp_path / "satu_files" / "saved_resource.html").write_text(GUESSED)
    (tmp_path / "satu_files" / "x.jpg").write_bytes(b"\xff\xd8\xff")
    (tmp_path / "lain" / "dalam" / "index.php?id=3").write_text(OPEN_GRAPH)
    (tmp_path / "lain" / "beranda.htm").write_text(NO_ARTICLES[3][0])
    (tmp_path / "lain" / "catatan").write_text("bukan halaman")
    (tmp_path / "keluar.html").symlink_to("/etc/passwd")
    *counts, said = run_files(tmp_path)
    assert counts == [2, 0, 0, 1]
    assert f"{tmp_path}:lain/beranda.htm: halaman depan atau daftar berita" in said
    assert {each.path: each.imported for each in MissingPath.objects.all()} == {
        "/2024/11/13/taman-baru-dibuka": True, "/?p=123": True, "/berita/taman-7": True,
    }  # fmt: skip
    assert run_files(tmp_path)[:4] == (0, 0, 2, 1)


def test_a_folder_without_pages_says_so(tmp_path):
    (tmp_path / "catatan").write_text("bukan halaman")
    with pytest.raises(Refusal, match="adalah folder tanpa halaman HTML"):
        formats.of(tmp_path)


@pytest.mark.django_db
def test_the_portals_own_pages_come_back_as_they_were(client, read_page):
    article = make_article(
        title=TITLE, body=BODY
        + "<h2>Jadwal</h2><ul><li>Pagi<ul><li>Enam</li></ul></li></ul><table><tbody><tr><td>a</td>"
        "<td>b</td></tr></tbody></table>", author="Rina Wati", reporter="Budi", editor="Ani",
        summary="Singkatnya begini.",
        category=make_category("Lingkungan"), tags=["taman", "karawaci"],
        published_at=in_the_city(2024, 11, 13, 16, 21),
    )  # fmt: skip
    for number in range(5):
        make_article(title=f"Taman baru dibuka nomor {number}", body=BODY, tags=["taman"])
    record = read_page(client.get(article.get_absolute_url()).content)
    assert isinstance(record, Record)
    assert (record.title, record.id, record.is_draft) == (TITLE, article.pk, False)
    assert record.body == article.body
    assert (record.author, record.reporter, record.editor) == ("Rina Wati", "Budi", "Ani")
    assert (record.category, set(record.tags), record.summary) == (
        "Lingkungan",
        {"taman", "karawaci"},
        article.summary,
    )
    assert record.published_at == article.published_at


def test_the_portals_own_lists_are_no_articles(db, client, read_page):
    for number in range(5):
        make_article(title=f"Taman baru dibuka nomor {number}", body=BODY, tags=["taman"])
    for path in ("/", "/tag/taman", "/berita", "/arsip", "/cari?q=taman", "/tak-ada", "/admin/login/"):
        assert isinstance(read_page(client.get(path, follow=True).content), Refusal), path


def test_hostile_archives_are_bounded(read_page):
    nested = b"".join(b"Content-Type: multipart/related; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000))
    assert isinstance(read_page(nested), Refusal)
    assert isinstance(read_page(base64.b64encode(b"<html>" * 10).join([b"Snapshot-Content-Location: x\n\n"])), Refusal)


def test_pictures_of_the_text_and_the_one_above_it_belong_to_the_record(read_page):
    photo = '<figure><img src="/uploads/taman.jpg"><figcaption>Jalur lari. (Foto: Rina)</figcaption></figure>'
    html = OPEN_GRAPH.replace(f"<p>{PARAGRAPHS[1]}", f"{photo}<p>{PARAGRAPHS[1]}").replace(
        RELATED, f"<img src=/x.jpg>{RELATED}"
    )
    record = read_page(
        html.replace("</head>", '<meta property="og:image" content="https://lama.example/u/utama.jpg"></head>')
    )
    lead, inside = record.pictures
    assert (lead.address, inside.address) == ("https://lama.example/u/utama.jpg", "/uploads/taman.jpg")
    assert (inside.caption, inside.credit) == ("Jalur lari.", "Foto: Rina")
    assert [picture.address for picture in read_page(SEED).pictures] == ["x.jpg"]


LINE = "<p>Rabu Pahing, 13 November 2024 16:21 WIB | Dibaca 45 kali</p>"


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Kabar Kota</title>", f"<h2>{TITLE}</h2>{LINE}<h2>{TITLE}</h2>", TITLE),
        ("<title>Kabar Kota</title>", f"<h2>{TITLE}</h2>{LINE}", TITLE),
        (f"<title>{TITLE} :: Cetak</title>", f"<b>{TITLE}</b>{LINE}", TITLE),
        (f'<title>{TITLE}</title><meta property="og:title" content="{TITLE} - Kabar">', LINE, TITLE),
    ],
    ids=["repeated around the date", "once", "printed", "with the site's name in its metadata only"],
)
def test_titles_without_a_heading_of_the_first_level(read_page, head, body, title):
    kind = '<meta property="og:type" content="article">' if "og:title" in head else ""
    record = read_page(f"<html><head>{head}{kind}</head><body>{body}<div>{BODY}</div></body></html>")
    assert (record.title, record.body, record.reads) == (title, BODY, 45)


def test_thousands_of_headings_take_no_time(read_page):
    parts = "".join(
        f"<h3>Bagian {number} di halaman</h3><p>Kata {number}, cukup panjang.</p>" for number in range(4_000)
    )
    record = read_page(f"<title>Kota</title>{''.join(parts)}")
    assert record.title == "Kota"


@pytest.mark.parametrize("heading", ["Kategori: Kota", "Kota"])
def test_a_list_that_calls_itself_an_article_is_none(read_page, heading):
    teasers = "".join(
        f"<div><h3><a href='/b/{n}'>Judul berita {n} yang panjang</a></h3><span>13 November 2024</span>"
        f"<p>{PARAGRAPHS[n % 3][:90]}</p></div>"
        for n in range(9)
    )
    head = '<meta property="og:type" content="article"><meta property="og:url" content="https://k.example/x/kategori/kota">'
    refusal = read_page(f"<html><head>{head}</head><body><h1>{heading}</h1>{teasers}</body></html>")
    assert "daftar berita" in str(refusal)


def test_what_shows_the_source_of_a_page_is_refused(read_page):
    lines = "".join(f"<tr><td>{n}</td><td>&lt;p&gt;{each}&lt;/p&gt;</td></tr>" for n, each in enumerate(PARAGRAPHS))
    refusal = read_page(
        f"<html><head><title>view-source:https://k.example/</title></head><table>{lines}</table></html>"
    )
    assert "kode sumber" in str(refusal)


def test_an_article_as_medium_exports_it(read_page):
    foot = """<footer>By <a class="p-author h-card">Rina</a> on
        <time class="dt-published" datetime="2024-11-13T09:21:00Z">November 13</time>.
        <a href="https://medium.com/p/1" class="p-canonical">Canonical link</a></footer>"""
    record = read_page(
        f"""<html><head><title>{TITLE}</title></head><body><article class="h-entry"><h1 class="p-name">{TITLE}</h1>
        <section class="e-content"><h3>{TITLE}</h3>{BODY}</section>{foot}</article></body></html>"""
    )
    assert (record.title, record.body, record.author, record.is_draft) == (TITLE, BODY, "Rina", False)
    assert (record.published_at, record.url) == (NOVEMBER_13, "https://medium.com/p/1")


@pytest.mark.django_db
def test_files_of_a_folder_that_are_no_pages_are_named(tmp_path):
    (tmp_path / "situs" / "berita_files").mkdir(parents=True)
    for name in ("berita_files/x.xml", "gaya.css", "ekspor.xml", "catatan"):
        (tmp_path / "situs" / name).write_text("teks")
    (tmp_path / "situs" / "berita.html").write_text(SEED)
    *counts, said = run_files(tmp_path / "situs")
    assert counts == [1, 0, 0, 0]
    (line,) = [line for line in said.splitlines() if "bukan halaman web" in line]
    assert [name in line for name in ("situs/catatan", "situs/ekspor.xml")] == [True, True]
    assert not re.search("berita_files|gaya.css", said)


@pytest.mark.django_db
def test_a_file_that_is_no_page_is_opened_once(tmp_path, monkeypatch):
    for name in ("a.html", "catatan", "ekspor.xml"):
        (tmp_path / name).write_text(SEED if name == "a.html" else "teks")
    opened, by_python = [], Path.open

    def open_(path, *args, **named):
        if path.parent == tmp_path and path.name != "a.html":
            opened.append(path.name)
        return by_python(path, *args, **named)

    monkeypatch.setattr(Path, "open", open_)
    said = run_files(tmp_path)[-1]
    assert all(f"{tmp_path}/{name}" in said for name in ("catatan", "ekspor.xml"))
    assert opened == ["catatan"]


def test_a_time_of_change_that_is_none_costs_only_itself(read_page):
    record = read_page(WORDPRESS.replace("2024-11-14T01:00:00+00:00", "kemarin"))
    assert (record.published_at, record.updated_at) == (NOVEMBER_13, None)
    assert "waktu perubahan “kemarin” tidak terbaca; tidak dipakai" in record.remarks
