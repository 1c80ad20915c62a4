"""What other programs put on the clipboard comes in as it was meant: lists, headings, tables, notes.

The payloads have the shape that these programs write, shortened."""

import pytest

from news import markup

# ---- Word and Outlook on the desktop


def word_item(level, marker, text, series="l0"):
    return (
        f"<p class=MsoListParagraphCxSpMiddle style='margin-left:36.0pt;mso-add-space:\nauto;text-indent:-18.0pt;"
        f"mso-list:{series} level{level} lfo1'><![if !supportLists]><span\nstyle='font-family:Symbol;"
        f"mso-bidi-font-family:Symbol'><span style='mso-list:Ignore'>{marker}<span\nstyle='font:7.0pt "
        f'"Times New Roman"\'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>{text}<o:p></o:p></p>\n\n'
    )


def pasted(html):
    body = markup.cleaned(html, imported=True).html
    assert markup.sanitise(body) == body == markup.to_body(body)
    return "".join(body.split("\n"))


@pytest.mark.parametrize("clean", [markup.sanitise, markup.to_body])
def test_lists_of_word_are_lists_in_imports_in_pastes_and_when_they_are_saved(clean):
    body = clean(
        word_item(1, "·", "Fotokopi KTP") + word_item(2, "o", "yang <b>masih</b> berlaku") + word_item(1, "·", "Foto")
    )
    assert body == "<ul><li>Fotokopi KTP<ul><li>yang <strong>masih</strong> berlaku</li></ul></li><li>Foto</li></ul>"


@pytest.mark.parametrize(
    ("items", "ours"),
    [
        (
            [(1, "1.", "Satu"), (2, "a.", "kecil"), (2, "b.", "lagi"), (1, "2.", "Dua")],
            "<ol><li>Satu<ol><li>kecil</li><li>lagi</li></ol></li><li>Dua</li></ol>",
        ),
        ([(1, "3.", "Tiga"), (1, "4)", "Empat")], '<ol start="3"><li>Tiga</li><li>Empat</li></ol>'),
        ([(1, "1.", "a"), (1, "1.", "b")], "<ol><li>a</li></ol><ol><li>b</li></ol>"),
        ([(1, "(i)", "a"), (1, "(ii)", "b"), (1, "(iv)", "c")], "<ol><li>a</li><li>b</li><li>c</li></ol>"),
        ([(1, "1.", "a"), (2, "1.1.", "b"), (2, "1.2.", "c")], "<ol><li>a<ol><li>b</li><li>c</li></ol></li></ol>"),
        ([(1, "§", "a"), (1, "Ø", "b"), (1, "", "c")], "<ul><li>a</li><li>b</li><li>c</li></ul>"),
        ([(1, "·", "a"), (1, "1.", "b")], "<ul><li>a</li></ul><ol><li>b</li></ol>"),
        ([(2, "·", "a"), (1, "·", "b")], "<ul><li>a</li></ul><ul><li>b</li></ul>"),
        ([(1, "1.", "a"), (3, "·", "b"), (1, "2.", "c")], "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
    ],
)
def test_levels_and_numbers_of_word(items, ours):
    assert pasted("".join(word_item(*item) for item in items)) == ours


def test_a_list_of_word_goes_on_behind_a_paragraph_and_in_a_cell():
    one, two = word_item(1, "1.", "Satu"), word_item(1, "2.", "Dua")
    assert pasted(f"{one}<p class=MsoNormal>Sela.</p>{two}") == (
        '<ol><li>Satu</li></ol><p>Sela.</p><ol start="2"><li>Dua</li></ol>'
    )
    assert pasted(f"{one}<table><tr><td>{two}</td></tr></table>") == (
        '<ol><li>Satu</li></ol><table><tbody><tr><td><ol start="2"><li>Dua</li></ol></td></tr></tbody></table>'
    )


def test_a_number_that_is_part_of_the_text_stays():
    assert markup.plain_text(pasted(word_item(1, "Pasal 4", "Ketentuan"))).split() == ["Pasal", "4", "Ketentuan"]
    heading = "<h1 style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>II.</span> Tata cara</h1>"
    assert pasted(heading) == "<h2>II. Tata cara</h2>"
    assert pasted("<p style='mso-list:none'>Biasa</p>") == "<p>Biasa</p>"


WORD_COMMENT = (
    "<p class=MsoNormal>Rapat <a style='mso-comment-reference:H_1'>pukul 09.00</a><span\n"
    "class=MsoCommentReference><span style='font-size:8.0pt'><![if !supportAnnotations]><a class=msocomanchor\n"
    'id="_anchor_1" href="#_msocom_1" language=JavaScript name="_msoanchor_1">[H1]</a><![endif]><span\n'
    "style='mso-special-character:comment'>&nbsp;</span></span></span> dibuka.</p>\n"
    "<div style='mso-element:comment-list'><![if !supportAnnotations]><hr class=msocomoff align=left size=1 "
    'width="33%"><![endif]><div style=\'mso-element:comment\'><div id="_com_1" class=msocomtxt><a name="_msocom_1">'
    '</a><p class=MsoCommentText><a class=msocomoff href="#_msoanchor_1">[H1]</a>Mohon dicek</p></div></div></div>'
)


def test_margin_comments_of_word_go_with_their_text_and_are_counted():
    cleaned = markup.cleaned(WORD_COMMENT)
    assert cleaned.html == "<p>Rapat pukul 09.00 dibuka.</p>"
    assert (cleaned.comments, cleaned.hidden) == (1, [])


WORD_NOTE = (
    '<p class=MsoNormal>Sesuai aturan<a style=\'mso-footnote-id:ftn1\' href="#_ftn1" name="_ftnref1"><span\n'
    "class=MsoFootnoteReference><![if !supportFootnotes]>[1]<![endif]></span></a>.</p><div style='mso-element:"
    "footnote-list'><![if !supportFootnotes]><br clear=all><hr align=left size=1 width=\"33%\"><![endif]><div style='"
    'mso-element:footnote\' id=ftn1><p class=MsoFootnoteText><a href="#_ftnref1" name="_ftn1"><span>[1]</span></a> '
    "Perwal 5/2026.</p></div></div>"
)
DOCS_NOTE = (
    '<p>Sesuai aturan<sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup>.</p><div><p><a href="#ftnt_ref1" '
    'id="ftnt1">[1]</a> Perwal 5/2026.</p></div>'
)
LIBREOFFICE_NOTE = (
    '<p>Sesuai aturan<a class="sdfootnoteanc" name="sdfootnote1anc" href="#sdfootnote1sym"><sup>1</sup></a>.</p>'
    '<div id="sdfootnote1"><p class="sdfootnote"><a class="sdfootnotesym" name="sdfootnote1sym" '
    'href="#sdfootnote1anc">1</a> Perwal 5/2026.</p></div>'
)


@pytest.mark.parametrize("html", [WORD_NOTE, DOCS_NOTE, LIBREOFFICE_NOTE])
def test_footnotes_are_paragraphs_without_marks_and_dead_links_and_are_counted(html):
    cleaned = markup.cleaned(html, imported=True)
    assert markup.read_alike(cleaned.html, "<p>Sesuai aturan.</p><p>Perwal 5/2026.</p>")
    assert cleaned.notes == 1


# ---- Word for the web, Outlook, Google Docs, LibreOffice


def web_item(tag, number, level, text, series="2"):
    start = f'start="{number}"' if tag == "ol" else ""
    return (
        f'<div class="ListContainerWrapper SCXW1 BCX8"><{tag} role="list" {start} class="NumberListStyle1">'
        f'<li data-leveltext="%1." data-font="" data-listid="{series}" data-aria-posinset="{number}" '
        f'data-aria-level="{level}" role="listitem" class="OutlineElement"><p class="Paragraph"><span>{text}</span>'
        f'<span class="EOP SCXW1" data-ccp-props="{{}}">&nbsp;</span></p></li></{tag}></div>'
    )


def test_lists_around_each_item_are_one_list():
    html = web_item("ul", 1, 1, "A") + web_item("ul", 1, 2, "B") + web_item("ul", 2, 1, "C")
    assert pasted(html) == "<ul><li><p>A</p><ul><li><p>B</p></li></ul></li><li><p>C</p></li></ul>"
    html = web_item("ol", 1, 1, "a") + web_item("ol", 2, 1, "b") + "<p>x</p>" + web_item("ol", 3, 1, "c")
    assert pasted(html) == ('<ol><li><p>a</p></li><li><p>b</p></li></ol><p>x</p><ol start="3"><li><p>c</p></li></ol>')


def test_nested_lists_of_google_docs_and_libreoffice():
    docs = (
        '<b style="font-weight:normal" id="docs-internal-guid-1"><ul style="padding-inline-start:48px"><li dir="ltr" '
        'aria-level="1"><p dir="ltr" role="presentation"><span style="font-weight:400">A</span></p></li><ul>'
        '<li dir="ltr" aria-level="2"><p role="presentation"><span>B</span></p></li></ul><li aria-level="1">'
        '<p role="presentation"><span>C</span></p></li></ul></b>'
    )
    ours = "<ul><li><p>A</p><ul><li><p>B</p></li></ul></li><li><p>C</p></li></ul>"
    assert pasted(docs) == ours
    libreoffice = "<ul>\n\t<li><p>A</p>\n\t<ul>\n\t\t<li><p>B</p></li></ul></li><li><p>C</p></li></ul>"
    assert markup.read_alike(pasted(libreoffice), ours)


@pytest.mark.parametrize(
    ("html", "ours"),
    [
        ("<h1>a</h1><h4>b</h4>", "<h2>a</h2><h3>b</h3>"),
        ("<h4>a</h4><p>x</p><h4>b</h4><h6>c</h6>", "<h2>a</h2><p>x</p><h2>b</h2><h3>c</h3>"),
        ("<h2>a</h2><h3>b</h3><h4>c</h4>", "<h2>a</h2><h3>b</h3><h3>c</h3>"),
        ('<p role="heading" aria-level="1">a</p><div role="heading" aria-level="2">b</div>', "<h2>a</h2><h3>b</h3>"),
    ],
)
def test_the_highest_headings_become_our_highest(html, ours):
    assert pasted(html) == ours


# ---- Spreadsheets

EXCEL = (
    "<html xmlns:x='urn:schemas-microsoft-com:office:excel'><head><style><!--.xl65{font-weight:700}--></style></head>"
    "<body><table border=0 width=192><!--StartFragment--><col width=64 span=3><tr height=20><td class=xl65>No</td>"
    "<td class=xl65>Kelurahan</td><td></td></tr><tr><td align=right>1</td><td>Cipondoh</td><td></td></tr>"
    "<tr><td></td><td>&nbsp;</td><td></td></tr><!--EndFragment--></table></body></html>"
)
SHEETS = (
    '<google-sheets-html-origin><style type="text/css"><!--td {border: 1px solid}--></style><table><colgroup><col>'
    '<col></colgroup><tbody><tr><td style="font-weight:bold;overflow:hidden">No</td><td style="font-weight:bold;'
    'overflow:hidden">Kelurahan</td></tr><tr><td style="text-align:right">1</td><td>Cipondoh</td></tr></tbody></table>'
    "</google-sheets-html-origin>"
)


@pytest.mark.parametrize("html", [EXCEL, SHEETS])
def test_tables_keep_their_headings_without_blank_columns(html):
    assert pasted(html) == (
        "<table><tbody><tr><th>No</th><th>Kelurahan</th></tr><tr><td>1</td><td>Cipondoh</td></tr></tbody></table>"
    )


@pytest.mark.parametrize(
    "table",
    [
        "<tr><td><strong>a</strong></td></tr><tr><td><strong>b</strong></td></tr>",
        "<tr><td><strong>a</strong></td><td>b</td></tr><tr><td>c</td><td>d</td></tr>",
        '<tr><td colspan="2">a</td></tr><tr><td>b</td><td></td></tr>',
        "<tr><td></td><td>b</td></tr>",
    ],
)
def test_other_tables_stay_as_they_are(table):
    body = f"<table><tbody>{table}</tbody></table>"
    assert pasted(body) == body


# ---- WhatsApp


def test_a_message_of_whatsapp_web_keeps_its_emoji_and_lines():
    html = (
        '<div class="copyable-text" data-pre-plain-text="[22.18, 28/11/2026] Bu Ani: "><span dir="ltr" class="_ao3e '
        'selectable-text copyable-text"><span>Yth <strong class="_ao3e">warga</strong> <img crossorigin="anonymous" '
        'alt="🙏🏽" draggable="false" class="b75 emoji wa _ao3e" src="data:image/gif;base64,R0lGOD">\n\n'
        "Hadir ya\nbesok</span></span></div>"
    )
    assert pasted(html) == "<p>Yth <strong>warga</strong> 🙏🏽</p><p>Hadir ya<br>besok</p>"
