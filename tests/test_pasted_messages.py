"""Plain texts on the clipboard: WhatsApp's marks, lists and quotations, and lines that a PDF reader has cut."""

import time

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from news import markup
from news.markup import messages
from tests.make import make_person
from tests.test_markup_properties import FEW


def body(text):
    return markup.message(text).html


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("*tebal* _miring_ ~coret~", "<strong>tebal</strong> <em>miring</em> <s>coret</s>"),
        ("*_dua_* (*kurung*), *b*.", "<strong><em>dua</em></strong> (<strong>kurung</strong>), <strong>b</strong>."),
        ("```kode *x*``` dan `lagi_y_`", "kode *x* dan lagi_y_"),
        ("**tebal** _nama_berkas_", "<strong>tebal</strong> <em>nama_berkas</em>"),
        ("*a < b* & c", "<strong>a &lt; b</strong> &amp; c"),
        ("*https://x.id/a_b_c*", "<strong>https://x.id/a_b_c</strong>"),
        ("*🙏 mohon* 👍", "<strong>🙏 mohon</strong> 👍"),
    ],
)
def test_marks_of_whatsapp_are_marks(text, ours):
    assert body(text) == f"<p>{ours}</p>"


def test_a_form_sends_html_or_where_no_script_runs_such_a_text():
    assert markup.typed("*a*\n\nb <Enter>").html == "<p><strong>a</strong></p><p>b &lt;Enter&gt;</p>"
    assert markup.typed("<p>*a*\n\nb</p>").html == "<p>*a*\n\nb</p>"


@pytest.mark.parametrize(
    "text",
    [
        "2*3*4",
        "2 * 3 * 4",
        "snake_case dan nama_berkas_x",
        "https://x.id/_a_/b_c_ warga_kota_@contoh.id",
        "Rp10.000*) belum termasuk *****",
        "a ~ b ~ c",
        "* ",
        "satu* dua*",
    ],
)
def test_what_is_no_mark_stays(text):
    assert markup.plain_text(body(text)) == text.strip()
    assert body(text).count("<") == 2  # only the paragraph


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("- a\n- *b*\n\n- c", "<ul><li>a</li><li><strong>b</strong></li><li>c</li></ul>"),
        ("* a\n* b", "<ul><li>a</li><li>b</li></ul>"),
        ("• a\n• b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2. b\n\n3. c", "<ol><li>a</li><li>b</li><li>c</li></ol>"),
        ("Syarat:\n3) a\n4) b\nSelesai.", '<p>Syarat:</p><ol start="3"><li>a</li><li>b</li></ol><p>Selesai.</p>'),
        ("1. a\n1. b", "<ol><li>a</li></ol><ol><li>b</li></ol>"),
        ("- a\n  lagi\n- b", "<ul><li>a lagi</li><li>b</li></ul>"),
        ("> kutipan\n> dua\nbiasa", "<blockquote><p>kutipan</p><p>dua</p></blockquote><p>biasa</p>"),
        ("```\na *b*\nc\n```\nd", "<p>a *b*<br>c</p><p>d</p>"),
        ("-5 derajat\n1.500 warga", "<p>-5 derajat</p><p>1.500 warga</p>"),
    ],
)
def test_lists_and_quotations(text, ours):
    assert body(text) == ours


@pytest.mark.parametrize(
    "text",
    [
        "[22.18, 28/11/2026] Bu Ani: *Yth* warga\nhadir\n[22.19, 28/11/2026] +62 812-3456-7890: siap",
        "[28/11/26 22.18.05] Bu Ani: *Yth* warga\nhadir\n\u200e[28/11/26, 22.19.00] Budi: siap",
        "28/11/26 22.18 - Bu Ani: *Yth* warga\nhadir\n28/11/26, 22.19 - Budi: siap",
    ],
)
def test_times_and_names_of_senders_are_left_out_and_counted(text):
    cleaned = markup.message(text)
    assert cleaned.html == "<p><strong>Yth</strong> warga</p><p>hadir</p><p>siap</p>"
    assert cleaned.senders == 2


PDF = (
    "Pemerintah Kota Tangerang melalui Dinas Kesehatan hari ini akan meres-\n"
    "mikan puskesmas baru di Kecamatan Cipondoh yang melayani undang-\n"
    "undang warga sekitar dengan fasilitas rawat inap bagi sayur-\n"
    "mayur dan lansia di 13 kelurahan. Pembukaan dihadiri warga dan non-\n"
    "ASN.\n"
    "Wali Kota mengatakan bahwa pembangunan itu dibiayai oleh anggaran\n"
    "tahun ini dan selesai lebih cepat."
)


def test_broken_lines_of_a_pdf_are_joined():
    assert body(PDF) == (
        "<p>Pemerintah Kota Tangerang melalui Dinas Kesehatan hari ini akan meresmikan puskesmas baru di Kecamatan "
        "Cipondoh yang melayani undang-undang warga sekitar dengan fasilitas rawat inap bagi sayur-mayur dan lansia "
        "di 13 kelurahan. Pembukaan dihadiri warga dan non-ASN.</p><p>Wali Kota mengatakan bahwa pembangunan itu "
        "dibiayai oleh anggaran tahun ini dan selesai lebih cepat.</p>"
    )
    item = "1. Warga membawa kartu tanda penduduk dan kartu\nkeluarga.\n2. Anak-anak didampingi."
    assert body(item) == (
        "<ol><li>Warga membawa kartu tanda penduduk dan kartu keluarga.</li><li>Anak-anak didampingi.</li></ol>"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Aku ingin mencintaimu\ndengan sederhana\ndengan kata yang tak sempat\ndiucapkan kayu",
        "Dinas Kesehatan Kota Tangerang\nJalan Daan Mogot No. 69\nTangerang 15119",
        "Kecamatan Cipondoh: Jalan KH Hasyim Ashari No. 5\nKecamatan Ciledug: Jalan Raden Saleh Nomor 12",
        "Paragraf pertama yang wajar saja untuk satu kalimat.\nKalimat kedua berdiri sendiri pada barisnya.",
    ],
)
def test_verses_addresses_and_sentences_on_their_own_lines_are_not_joined(text):
    assert body(text).count("<p>") == text.count("\n") + 1


def test_a_doubled_word_keeps_its_hyphen():
    doubled = ["anak-\nanaknya", "tolong-\nmenolong", "bolak-\nbalik", "ke-\n10", "e-\nKTP"]
    joined = [messages._joined(*each.split("\n")) for each in doubled]
    assert joined == ["anak-anaknya", "tolong-menolong", "bolak-balik", "ke-10", "e-KTP"]
    assert messages._joined("pemba-", "ngunan jalan") == "pembangunan jalan"


PARTS = ["kata", "*", "_", "~", "`", "```", " ", "\n", "- ", "1. ", "> ", "<b>", "&", "a*b"]


def test_no_letter_of_a_pasted_text_is_lost():
    @FEW
    @given(st.lists(st.sampled_from(PARTS)).map("".join))
    def check(text):
        letters = [each for each in markup.plain_text(body(text)) if each.isalpha() or each == "&"]
        assert letters == [each for each in text if each.isalpha() or each == "&"]

    check()


@pytest.mark.parametrize("part", ["*a ", "_", "*( ", "a-\n", "*_~a", "`a ", "a@", "a.", "http://", "- *a* ", "> a\n"])
def test_hostile_texts_are_read_in_a_short_time(part):
    begun = time.monotonic()
    messages.read(part * (100_000 // len(part)))
    assert time.monotonic() - begun < 5
    with pytest.raises(ValidationError):
        markup.message(part * 300_001)


@pytest.mark.django_db
def test_the_newsroom_takes_plain_texts_and_tells_what_was_left_out(client):
    client.force_login(make_person("Penulis"))
    answer = client.post(reverse("admin:news_pasted"), {"text": "[22.18, 28/11/2026] Bu Ani: *Yth* warga"}).json()
    assert answer["html"] == "<p><strong>Yth</strong> warga</p>"
    assert answer["left_out"] == ["Jam dan nama pengirim 1 pesan tidak ikut."]
