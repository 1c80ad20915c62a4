"""The HTML allowed in bodies, from the editor or an import."""

import re
from contextlib import nullcontext

import pytest
from django.core.exceptions import ValidationError
from django_prose_editor.config import allowlist_from_extensions

from news import markup, pieces
from news.markup import tree
from news.models import Article
from tests.make import make_article, make_category, quietly

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
    "<img src='/media/%2e%2e/admin/logout/'>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_runs_or_loads_from_elsewhere_survives(attack):
    clean = markup.sanitise(f"<p>Sebelum</p>{attack}<p>Sesudah</p>")
    tags = " ".join(re.findall(r"<[^>]*>", clean)).lower()
    for word in (
        "/admin/",
        "script",
        "onerror",
        "onclick",
        "style",
        "iframe",
        "svg",
        "jahat",
        "data:",
        "..",
        "form",
        "input",
    ):
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
    assert all(markup.EDITOR_EXTENSIONS.values())
    offered = allowlist_from_extensions(markup.EDITOR_EXTENSIONS)
    assert set(offered["tags"]) == markup.TAGS - {"caption"}  # of tables in imports
    assert set(offered["url_schemes"]) == {"http", "https", "mailto", "tel"}
    assert offered["attributes"]["a"] == {"href", "rel", "title"}
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


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        ("<p><b>a</b><i>b</i></p>", "<p><strong>a</strong><em>b</em></p>"),
        ("<p><del>a</del><strike>b</strike></p>", "<p><s>a</s><s>b</s></p>"),
        ("<h1>a</h1><H4>b</H4><h5>c</h5><h6>d</h6>", "<h2>a</h2><h3>b</h3><h3>c</h3><h3>d</h3>"),
        ('<div class="isi">a</div>', "<p>a</p>"),
    ],
)
def test_elements_of_other_portals_become_the_nearest_of_ours(foreign, ours):
    assert markup.sanitise(foreign) == ours


@pytest.mark.parametrize(
    "body",
    [
        "<table><caption>Jadwal</caption><tbody><tr><td>a</td></tr></tbody></table>",
        '<table><tbody><tr><th scope="row" colspan="2" rowspan="3">a</th></tr></tbody></table>',
        '<table><tbody><tr><td colspan="2" rowspan="3">a</td></tr></tbody></table>',
        '<p><img src="/media/a.jpg" alt="Peta" width="3" height="4"></p>',
        '<p><a href="http://contoh.id/" rel="noopener">a</a></p>',
        '<p><a href="mailto:dinas@contoh.id" rel="noopener">a</a></p>',
        '<p><a href="tel:112" rel="noopener">a</a></p>',
    ],
)
def test_tables_pictures_and_links_of_imports_are_kept(body):
    assert markup.sanitise(body) == body


def test_links_to_other_schemes_lose_their_address():
    assert markup.sanitise('<p><a href="ftp://contoh.id/">a</a></p>') == "<p>a</p>"


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
    with quietly():
        article.save()
    assert Article.objects.get(pk=article.pk).body == "<p>Baru</p>"


@pytest.mark.parametrize("body", ["<ul><li>" * 25_000, "<a><i>" * 50_000, "<blockquote>" * 101, "x" * 600_001])
def test_a_body_that_would_take_the_sanitiser_too_long_is_refused(body):
    with pytest.raises(ValidationError):
        markup.sanitise(body)


@pytest.mark.parametrize(
    "body",
    ["x" * 600_000, "<blockquote>" * 100 + "x", "</b>" + "<blockquote>" * 100 + "x", "<b>a</b>" * 200],
    ids=["length", "depth", "stray end tag", "siblings"],
)
def test_a_body_just_within_the_limits_is_accepted(body):
    assert markup.plain_text(markup.sanitise(body))


@pytest.mark.parametrize(
    ("html", "is_refused"),
    [
        (" " * 5_000_001, True),
        ("<b></b>" * 50_001, True),
        ("<br>" * 60_000 + "</b>" * 60_000, False),
        ("<br>" * 200_001, True),
        (f"<a {' x' * 200}>", False),
        (f"<a {' x' * 201}>", True),
        (f"<a {' x = 1' * 201}>", True),
        ("".join(f"<b id={number}>" for number in range(90)) + "<p>" * 3_000, False),
        ("".join(f"<b id={number}>" for number in range(90)) + "<p>" * 4_000, True),
    ],
)
def test_a_text_is_measured_before_it_is_parsed(html, is_refused):
    with pytest.raises(ValidationError) if is_refused else nullcontext():
        tree.measure(html)


@pytest.mark.parametrize(
    ("html", "added"),
    [
        ("<b>a</b><p>a", 0),
        ("</b><p>a<p>a", 0),
        ("<b><p>a<p>a", 2),
        ("<b><i><p>a", 3),
        ("<b><i></b><p>a", 2),
        ("<i><i><p>a", 3),
        ("<a><a><p>a", 2),
        ("<nobr><nobr><p>a", 2),
        ("<a><table><a><p>a", 3),
        ("<b><table></b><p>a", 2),
        ("<b><p><div></b><p>a", 2),
        ("<b>" + "<div>" * 8 + "</b><p>a", 8),
        ("<b>" + "<div>" * 9 + "</b><p>a", 10),
        ("<div>" * 5 + "<b>" + "<div>" * 4 + "</b><p>a", 4),
    ],
)
def test_elements_that_the_parser_opens_again_are_estimated(html, added):
    assert tree.repeated(tree.tags_of(html)) == added


def test_what_is_too_deep_is_not_called_safe():
    with pytest.raises(ValidationError):
        markup.safe("<blockquote>" * 101)


def test_an_end_tag_ends_one_element():
    with pytest.raises(ValidationError):
        markup.sanitise("<blockquote><b>a</b>" * 101)


def test_paragraphs_without_end_tags_are_not_nested():
    assert markup.sanitise("<p>satu" * 500).count("<p>satu</p>") == 500


# From the HTML standard: void elements, and those whose end tag may be omitted.
VOID = ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
END_OPTIONAL = ["p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option"]


@pytest.mark.parametrize("name", [*VOID, *END_OPTIONAL])
def test_many_elements_without_end_tags_are_not_taken_for_nested_ones(name):
    assert markup.sanitise(f"<{name}>" * 101 + "satu").endswith(("satu", "satu</p>", "satu</li>", "satu</table>"))


@pytest.mark.parametrize("text", ["a < b dan c > d", "<budi@contoh.id>", "tekan <Enter>", "<nama warga>"])
def test_special_characters_in_plain_text_are_kept(text):
    assert markup.plain_text(markup.to_body(text)) == text


@pytest.mark.parametrize(
    "body", ["<iframe src=x></iframe>satu", "<svg onload=x>satu", "<hr>satu", "<!-- x -->satu", "<video>satu"]
)
def test_html_of_any_kind_is_not_shown_as_text(body):
    assert markup.plain_text(markup.to_body(body)) == "satu"


def test_a_table_is_shown_in_a_scrollable_frame_that_takes_the_focus():
    table = "<table><tbody><tr><td><p>b</p></td></tr></tbody></table>"
    body = f"<p>a</p>{table}<p>c</p>"
    frame = '<div class="frame" role="region" aria-label="Tabel" tabindex="0">'
    assert markup.shown(body) == f"<p>a</p>{frame}{table}</div><p>c</p>"
    assert markup.sanitise(body) == body


@pytest.mark.parametrize(("given", "alt"), [(' alt="a &amp; b"', "a & b"), ("", "")])
def test_our_pictures_in_bodies_are_shown_in_all_their_widths(given, alt):
    name = "/media/foto/2026/11/0123456789abcdef"
    image = f'<img src="{name}-800.jpg"{given} width="900" height="600">'
    shown = pieces.picture(name, 900, 600, alt, sizes="(max-width: 48rem) 100vw, 46rem")
    assert markup.shown(f"<p>a</p>{image}<p>b</p>") == f"<p>a</p>{shown}<p>b</p>"


@pytest.mark.parametrize(
    "image",
    [
        '<img src="/media/lain/peta.png" alt="Peta" width="900" height="600">',
        '<img src="/media/foto/2026/11/0123456789abcdef-800.jpg" alt="Tanpa ukuran">',
        '<img src="/media/foto/2026/11/0123456789abcdef-800.jpg" alt="" width="640" height="400">',
        '<img src="/media/foto/2026/11/0123456789abcdef-800.jpg" alt="" width="99999999" height="0">',
    ],
)
def test_other_pictures_in_bodies_get_no_guessed_widths(image):
    assert markup.sanitise(image) == image
    assert markup.shown(image) == image.replace(">", ' loading="lazy" decoding="async">')


def test_a_body_without_pictures_is_shown_as_it_is():
    body = "<p>Warga dapat berobat.</p>" * 500
    assert markup.shown(body) is body


def test_an_article_is_described_by_its_summary_or_else_by_the_beginning_of_its_body():
    body = "<h2>Puskesmas  buka</h2><p>" + "Warga dapat berobat. " * 100
    assert markup.description("Ringkasan.", body) == "Ringkasan."
    described = markup.description("", body)
    assert described.startswith("Puskesmas buka Warga dapat berobat. Warga")
    assert described.endswith("…")
    assert len(described) == 200


@pytest.mark.parametrize(
    ("cut", "whole"),
    [("<p>a</p><p", "<p>a</p>"), ("<p>a</p><", "<p>a</p>"), ("<p>a</p>", "<p>a</p>"), ("<p>a", "<p>a"), ("a", "a")],
)
def test_a_body_cut_off_inside_a_tag_loses_that_tag_only(cut, whole):
    assert markup.without_broken_tag(cut) == whole


@pytest.mark.parametrize("address", ["//lain.contoh.id/a", "/\\\\lain.contoh.id", " //lain.contoh.id"])
def test_scheme_relative_links_lose_their_address(address):
    assert "lain.contoh.id" not in markup.sanitise(f'<p><a href="{address}">a</a></p>')


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("<p>Satu.</p>\n<p>Dua.</p>", "<p>Satu.</p><p>Dua.</p>", True),
        ("<ul>\n<li>satu</li>\n</ul>", "<ul><li>satu</li></ul>", True),
        ("<p>ini <strong>penting</strong> sekali</p>", "<p>ini<strong>penting</strong> sekali</p>", False),
        ("<p>ini <a href='/x'>itu</a></p>", "<p>ini <a href='/y'>itu</a></p>", False),
        ("<p>Satu.</p><p>Dua.</p>", "<p>Satu. Dua.</p>", False),
    ],
)
def test_bodies_are_alike_if_readers_see_no_difference(one, other, alike):
    assert markup.read_alike(one, other) == alike
