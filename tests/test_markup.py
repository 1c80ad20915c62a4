"""The HTML allowed in bodies, from the editor or an import."""

import re

import pytest
from django.core.exceptions import ValidationError
from django_prose_editor.config import allowlist_from_extensions

from news import markup
from news.models import Article
from tests.make import make_article, make_category

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' java\tscript:alert(1)'>x</a>",
    "<a href='data:text/html,x'>x</a>",
    "<p style='position:fixed' onclick='alert(1)'>x</p>",
    "<iframe src='https://jahat.example'></iframe>",
    "<svg><p><style><g title='</style><img src onerror=alert(1)>'>",
    "<math><mi><mglyph><svg><mtext><style><img src=x onerror=alert(1)></style>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<object data=x></object><embed src=x><form action=x><input name=y></form>",
    "<img src='https://jahat.example/lacak.gif'>",
    "<img src='/media/../admin/logout/'>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_runs_or_loads_from_elsewhere_survives(attack):
    clean = markup.sanitise(f"<p>Sebelum</p>{attack}<p>Sesudah</p>")
    tags = " ".join(re.findall(r"<[^>]*>", clean)).lower()
    for word in ("script", "onerror", "onclick", "style", "iframe", "svg", "jahat", "data:", "..", "form", "input"):
        assert word not in tags
    assert "Sebelum" in clean


@pytest.mark.parametrize(
    "body",
    [
        *ATTACKS,
        "<ul><li><p></p></li></ul>",
        "<blockquote><p>&nbsp;</p></blockquote>",
        "<div><div><p>a</p></div></div>",
        "<p>a<img src='http://x/y.jpg' alt='a > b'>c</p>",
        "<p><a>mati</a> <a href='/berita'>hidup</a></p>",
        "<table><tr><td></td><td>1</td></tr></table>",
        "x < y & z &lt;p&gt;",
        "<B>x</b><I>y",
    ],
)
def test_sanitising_twice_changes_nothing(body):
    once = markup.sanitise(body)
    assert markup.sanitise(once) == once


def test_everything_that_the_editor_offers_is_kept():
    offered = allowlist_from_extensions(markup.EDITOR_EXTENSIONS)["tags"]
    assert offered <= markup._TAGS
    body = (
        "<h2>Judul</h2><h3>Kecil</h3><p><strong>a</strong><em>b</em><u>c</u><s>d</s><sub>e</sub><sup>f</sup><br>g</p>"
        "<hr><blockquote><p>kutipan</p></blockquote><ul><li><p>satu</p></li></ul>"
        '<ol start="3"><li><p>tiga</p></li></ol>'
        '<p><a href="https://tangerangkota.go.id/" rel="noopener">situs</a></p>'
        '<table><tbody><tr><th colspan="2"><p>kepala</p></th></tr>'
        "<tr><td><p>1</p></td><td><p>2</p></td></tr></tbody></table>"
        '<figure><img src="/media/foto/2026/11/a-800.jpg" alt="Jembatan"><figcaption>Jembatan</figcaption></figure>'
    )
    assert markup.sanitise(body) == body


def test_elements_emptied_by_the_sanitiser_are_removed():
    assert markup.sanitise("<p>a<img src='https://x.example/b.gif'></p><p>&nbsp;</p><ul><li></li></ul>") == "<p>a</p>"
    assert markup.sanitise("<p><a href='javascript:x'>kata</a></p>") == "<p>kata</p>"


def test_characters_that_no_feed_can_carry_are_dropped():
    assert markup.sanitise("<p>a\x00b\x08c\ud800d</p>\n<p>e</p>") == "<p>abcd</p>\n<p>e</p>"


def test_plain_text_becomes_one_paragraph_per_line():
    assert markup.to_body("Satu & dua\n\n3 < 4\n") == "<p>Satu &amp; dua</p><p>3 &lt; 4</p>"
    assert markup.plain_text("<p>Satu &amp; dua</p><p>3 &lt; 4</p>") == "Satu & dua\n3 < 4"


@pytest.mark.django_db
def test_create_and_save_sanitise_the_body():
    article = Article.objects.create(
        title="Judul", category=make_category(), body="<p onclick=x>Isi<script>alert(1)</script></p>"
    )
    assert Article.objects.get(pk=article.pk).body == "<p>Isi</p>"
    article = make_article()
    article.body = "<p>Baru</p><iframe src=x></iframe>"
    article.save()
    assert Article.objects.get(pk=article.pk).body == "<p>Baru</p>"


@pytest.mark.parametrize("body", ["<ul><li>" * 25_000, "<a><i>" * 50_000, "<blockquote>" * 101, "x" * 600_001])
def test_a_body_that_would_take_the_sanitiser_too_long_is_refused(body):
    with pytest.raises(ValidationError):
        markup.sanitise(body)


def test_paragraphs_without_end_tags_are_not_nested():
    assert markup.sanitise("<p>satu" * 500).count("<p>satu</p>") == 500


@pytest.mark.parametrize("text", ["a < b dan c > d", "<budi@contoh.id>", "tekan <Enter>", "<nama warga>"])
def test_special_characters_in_plain_text_are_kept(text):
    assert markup.plain_text(markup.to_body(text)) == text


@pytest.mark.parametrize("body", ["<iframe src=x></iframe>satu", "<svg onload=x>satu", "<hr>satu", "<!-- x -->satu"])
def test_html_of_any_kind_is_not_shown_as_text(body):
    assert markup.plain_text(markup.to_body(body)) == "satu"


def test_a_table_is_shown_in_a_scrollable_frame_that_takes_the_focus():
    body = markup.sanitise("<p>a</p><table><tbody><tr><td><p>b</p></td></tr></tbody></table><p>c</p>")
    shown = markup.shown(body)
    assert shown.count('<div class="frame" role="region" aria-label="Tabel" tabindex="0"><table>') == 1
    assert shown.count("</table></div>") == 1
    assert markup.sanitise(body) == body


@pytest.mark.parametrize("address", ["//lain.contoh.id/a", "/\\\\lain.contoh.id", " //lain.contoh.id"])
def test_scheme_relative_links_lose_their_address(address):
    assert "lain.contoh.id" not in markup.sanitise(f'<p><a href="{address}">a</a></p>')
