"""HTML built in Python: all values are escaped, and the result is valid HTML."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.template.loader import render_to_string

from comments import pieces as of_comments
from comments.admin import pieces as of_comment_admin
from comments.models import Comment, Decision
from news import pieces
from news.admin import pieces as of_admin
from news.listed import Hit, Listed, Read
from news.models import Article
from news.photos import ShownPhoto
from tests.make import OFFSET, in_the_city

MOMENT = in_the_city(2024, 11, 13, 16, 21)
CLOCK = f"16:21 {settings.ZONE_LABEL}"
ODD = """<b>"Jum'at" & Sabtu</b>"""
SAFE = "&lt;b&gt;&quot;Jum&#x27;at&quot; &amp; Sabtu&lt;/b&gt;"


def test_times_are_given_in_words_and_in_machine_readable_form():
    assert pieces.date_element(MOMENT) == '<time datetime="2024-11-13">Rabu, 13 November 2024</time>'
    assert pieces.date_element(date(2024, 11, 13)) == '<time datetime="2024-11-13">Rabu, 13 November 2024</time>'
    assert pieces.time_element(MOMENT) == f'<time datetime="2024-11-13T16:21:00{OFFSET}">{CLOCK}</time>'
    assert pieces.date_and_time_element(MOMENT) == (
        f'<time datetime="2024-11-13T16:21:00{OFFSET}">Rabu, 13 November 2024 {CLOCK}</time>'
    )


def test_a_publication_shows_the_time_of_day_only_if_it_is_known():
    article = Article(published_at=MOMENT)
    assert pieces.published_element(article) == pieces.date_and_time_element(MOMENT)
    article.time_known = False
    assert pieces.published_element(article) == pieces.date_element(MOMENT)


def test_the_picture_of_a_shared_link_is_described():
    assert pieces.shared_picture("https://kabar.example/a&b.jpg", 9, 6, ODD).split("\n") == [
        '<meta property="og:image" content="https://kabar.example/a&amp;b.jpg">',
        '<meta property="og:image:type" content="image/jpeg">',
        '<meta property="og:image:width" content="9">',
        '<meta property="og:image:height" content="6">',
        f'<meta property="og:image:alt" content="{SAFE}">',
        '<meta name="twitter:card" content="summary_large_image">',
    ]


@pytest.mark.parametrize(
    ("eager", "how"), [(True, 'fetchpriority="high"'), (False, 'loading="lazy" decoding="async"')]
)
def test_a_picture_comes_in_two_formats_and_the_widths_that_it_has(eager, how):
    html = pieces.picture("/media/foto/x", 900, 600, ODD, sizes="100vw", eager=eager)
    assert 'srcset="/media/foto/x-400.webp 400w, /media/foto/x-800.webp 800w, /media/foto/x-900.webp 900w"' in html
    assert '<img src="/media/foto/x-800.jpg"' in html
    assert f'alt="{SAFE}" width="900" height="600" {how}></picture>' in html


def test_a_figure_has_a_caption_only_where_there_is_one():
    assert (
        pieces.figure("/x.jpg", ODD, 9, 6, "")
        == f'<figure><img src="/x.jpg" alt="{SAFE}" width="9" height="6"></figure>'
    )
    assert f"<figcaption>{SAFE}</figcaption></figure>" in pieces.figure("/x.jpg", "", 9, 6, ODD)


# ---- Articles in lists

PHOTO = ("foto/2024/11/0123456789abcdef", 900, 600, ODD, False, 2, 33, 67)
NO_PHOTO = (None,) * len(PHOTO)


def listed(**changed) -> Listed:
    fields = {"pk": 7, "slug": "a", "title": ODD, "summary": ODD, "published_at": MOMENT, "time_known": True}
    filed = {"category": ODD, "category_slug": "kota", "photo_row": PHOTO}
    return Listed(**(fields | filed | changed))


def test_an_entry_of_a_list_shows_all_of_its_record():
    html = pieces.entries([listed()])
    assert html.startswith('<div class="list">\n<article class="entry">\n<picture>')
    assert 'srcset="/media/foto/2024/11/0123456789abcdef-400.webp 400w' in html
    assert 'alt="" width="900" height="600" loading="lazy" decoding="async" class="x3 y7"></picture>' in html
    assert f'<a class="kicker" href="/kategori/kota">{SAFE}</a>' in html
    assert f'<h2><a href="/berita/detail/7/a" dir="auto">{SAFE}</a>\n</h2>' in html
    assert f'<p class="summary" dir="auto">{SAFE}</p>' in html
    assert f'<p class="when">{pieces.date_and_time_element(MOMENT)}</p></div>' in html


def test_an_entry_leaves_out_what_its_record_has_not():
    html = pieces.entries([listed(summary="", photo_row=NO_PHOTO, time_known=False)])
    assert '<article class="entry bare">' in html
    assert "<picture" not in html
    assert "summary" not in html
    assert f'<p class="when">{pieces.date_element(MOMENT)}</p>' in html


def test_a_list_by_day_says_each_day_once_and_then_only_times():
    before = MOMENT - timedelta(days=1)
    articles = [listed(), listed(pk=6, time_known=False), listed(pk=5, published_at=before)]
    html = pieces.entries(articles, by_day=True)
    headings = [f'<h2 class="day">{pieces.date_element(moment)}</h2>' for moment in (MOMENT, before)]
    assert html.count('<h2 class="day">') == 2
    assert html.index(headings[0]) < html.index("/detail/7/") < html.index("/detail/6/") < html.index(headings[1])
    assert html.count('<p class="when">') == 2  # one has no time of day
    assert f'<p class="when">{pieces.time_element(MOMENT)}</p>' in html


def test_only_the_first_card_of_a_feature_has_its_summary():
    html = pieces.cards([listed(), listed(pk=8)], "feature")
    assert html.startswith('<div class="cards feature">')
    assert html.count(f'<h3><a href="/berita/detail/7/a" dir="auto">{SAFE}</a></h3>') == 1
    assert html.count(f'<p class="summary" dir="auto">{SAFE}</p>') == 1
    assert html.count(f"<p>{pieces.date_element(MOMENT)}</p>") == 2
    assert "summary" not in pieces.cards([listed()])
    assert '<article class="card bare">' in pieces.cards([listed(photo_row=NO_PHOTO)])


def test_lists_of_titles_are_escaped():
    link = f'<a href="/berita/detail/7/a" dir="auto">{SAFE}</a>'
    when = pieces.date_element(MOMENT)
    assert pieces.headlines([listed()]) == f"<li>{link}\n<small>{SAFE} · {when}</small></li>"
    read = f"<ol>\n<li><span>{link}\n<small>± 4.212 pembaca</small></span></li></ol>"
    assert pieces.most_read([Read(7, "a", ODD, 4212)]) == read


def test_the_text_of_a_photo_is_escaped():
    shown = ShownPhoto(*PHOTO)
    assert f'alt="{SAFE}"' in pieces.photo(shown, shown.alt, sizes='9"', eager=True)
    assert 'sizes="9&quot;"' in pieces.photo(shown, shown.alt, sizes='9"')


def test_highlighted_text_is_escaped():
    assert pieces.marked([("di ", False), (ODD, True), (" <i>", False)]) == f"di <mark>{SAFE}</mark> &lt;i&gt;"
    assert pieces.marked([]) == ""


def test_json_cannot_end_its_script_element():
    html = pieces.json_ld({"a": "</script><!--\u2028"}, {"b": "é"})
    assert html == (
        '<script type="application/ld+json">{"a":"\\u003c/script\\u003e\\u003c!--\\u2028"}</script>\n'
        '<script type="application/ld+json">{"b":"é"}</script>'
    )


def test_cells_of_the_newsroom_are_escaped():
    assert of_admin.status("draft", ODD) == f'<span class="status status-draft">{SAFE}</span>'
    assert of_admin.link("/x?a&b", ODD) == f'<a href="/x?a&amp;b">{SAFE}</a>'
    assert of_admin.thumbnail("/x.jpg", '"') == ('<img class="thumbnail" src="/x.jpg" alt="&quot;" loading="lazy">')
    assert of_admin.preview("/x.jpg", ODD) == f'<img class="preview" src="/x.jpg" alt="{SAFE}">'
    assert of_admin.suggested(ODD, "/x") == f'Usulan: <a href="/x">{SAFE}</a>'
    assert of_admin.suggested_with_address(ODD, "/x") == f'<a href="/x">{SAFE}</a> (/x)'


def test_a_comment_in_a_list_shows_its_sender_time_and_status():
    comment = Comment(name=ODD, text=ODD, created_at=MOMENT, status=Comment.Status.APPROVED, due_at=None)
    assert of_comment_admin.comment(comment) == (
        f'<span class="words">{SAFE}</span> <span class="sender">{SAFE} · 13 Nov 2024 {CLOCK}</span>'
    )
    assert of_comment_admin.comment(Comment(office_id=1, created_at=MOMENT)) == (
        '<span class="words">(isi sudah dihapus)</span> '
        f'<span class="sender">– · jawaban resmi · 13 Nov 2024 {CLOCK}</span>'
    )
    status = '<span class="status status-approved">Disetujui</span>'
    assert of_comment_admin.comment_status(comment) == f"{status} <small></small>"
    comment.due_at = MOMENT
    assert of_comment_admin.comment_status(comment) == f"{status} <small>Dilaporkan</small>"


def test_a_decision_in_a_list_shows_by_whom_it_was_made_and_undone():
    verb, by = Decision.Verb.APPROVE, get_user_model()(first_name=ODD)
    decision = Decision(verb=verb, at=MOMENT, by=by, undone_at=MOMENT)
    assert of_comment_admin.decision(decision) == (
        f"<b>{verb.label}</b><br>13 Nov 2024 {CLOCK} · {SAFE} · dibatalkan 13 Nov 2024 {CLOCK}"
    )
    assert of_comment_admin.decision(Decision(verb=verb, at=MOMENT)) == f"<b>{verb.label}</b><br>13 Nov 2024 {CLOCK}"


def row(**changed) -> dict:
    return {"id": 7, "name": ODD, "text": ODD, "created_at": MOMENT, "replies": [], **changed}


def test_a_comment_can_be_answered_and_reported():
    html = of_comments.comment(row(), 3, "h3")
    assert html.startswith(f'<header><h3 dir="auto">{SAFE}</h3> <time')
    assert f'<p dir="auto">{SAFE}</p>' in html
    assert "balas=7#tulis" in html
    assert f'aria-label="Laporkan komentar {SAFE}"' in html
    assert "badge" not in html
    assert "diperbaiki" not in html


def test_a_reply_can_only_be_reported_and_shows_what_it_is():
    reply = row(office="Dinas", edited_at=MOMENT)
    del reply["replies"]
    html = of_comments.comment(reply, 3, "h4")
    assert "Balas" not in html
    assert '<strong class="badge">Jawaban resmi</strong>' in html
    assert "<small>diperbaiki <time" in html


@pytest.mark.parametrize(
    ("office", "words"), [(None, "Diteruskan."), ("Dinas <b>", "Diteruskan kepada Dinas &lt;b&gt;.")]
)
def test_readers_see_that_a_complaint_was_forwarded(office, words):
    html = of_comments.comment(row(forwarded_at=MOMENT, forwarded_to__name=office, forwarded_note=ODD), 3, "h3")
    assert f"<strong>{words}</strong> {SAFE}</p>" in html


def test_a_thread_shows_its_replies_and_where_the_others_are():
    reply = {**row(id=8, office="Dinas", edited_at=None)}
    del reply["replies"]
    thread = row(status="approved", replies=[reply], has_more_replies=True)
    html = of_comments.threads([thread], 3)
    assert html.startswith('<article class="comment" id="komentar-7">\n<header><h3')
    assert '<article class="reply official" id="komentar-8">\n<header><h4' in html
    assert '<a href="/komentar/7" rel="nofollow">Lihat semua balasan</a>' in html
    html = of_comments.threads([{**thread, "status": "deleted", "has_more_replies": False}], 3)
    assert "sudah dihapus penulisnya" in html
    assert 'id="komentar-8"' in html
    assert "Lihat semua" not in html


def test_the_blank_form_is_that_of_the_article(settings):
    context = {"article": {"pk": 42}, "email_required": False}
    assert of_comments.blank_form(42) == render_to_string("comments/_form.html", context)
    settings.COMMENTS_CONFIRM_EMAIL = True
    assert of_comments.blank_form(43) == render_to_string(
        "comments/_form.html", {"article": {"pk": 43}, "email_required": True}
    )


def test_a_select_escapes_its_options_and_has_one_chosen():
    html = pieces.select("Kategori", "kategori", (("", "Semua"), ("odd", ODD)), "odd")
    assert html == (
        '<label for="id_kategori">Kategori:</label> <select name="kategori" id="id_kategori">\n'
        f'<option value="">Semua</option>\n<option value="odd" selected>{SAFE}</option>\n</select>'
    )


def test_a_search_result_marks_words_and_leaves_out_what_it_lacks():
    found = Hit(7, "jumat", ODD, "acara", MOMENT, True, [(ODD, True)], [])
    html = pieces.hit(found)
    assert f'/kategori/acara">{SAFE}</a>' in html
    assert f'/7/jumat" dir="auto"><mark>{SAFE}</mark></a></h2>' in html
    assert "excerpt" not in html
    assert f"<mark>{SAFE}</mark></p>" in pieces.hit(found._replace(excerpt=[("… ", False), (ODD, True)]))
