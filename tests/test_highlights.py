"""Positions of personal data, links and insults in the text of a comment."""

import time

import pytest

from comments.triage.highlights import Kind, claims_authority, highlights
from tests.conftest import read_rows

FOUND = [
    (Kind.PHONE, "081234567890"),
    (Kind.PHONE, "0812-3456-7890"),
    (Kind.PHONE, "0812 3456 789"),
    (Kind.PHONE, "0812.3456.7890"),
    (Kind.PHONE, "+62 812-3456-7890"),
    (Kind.PHONE, "6281234567890"),
    (Kind.PHONE, "(021) 55764955"),
    (Kind.PHONE, "021-5576 4955"),
    (Kind.PHONE, "0254 200053"),
    (Kind.PHONE, "0 8 1 2 3 4 5 6 7 8 9 0"),
    (Kind.PHONE, "𝟬𝟴𝟭𝟮-𝟯𝟰𝟱𝟲-𝟳𝟴𝟵𝟬"),
    (Kind.PHONE, "０８１２３４５６７８９０"),
    (Kind.PHONE, "0️⃣8️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣9️⃣0"),
    (Kind.NIK, "3671015708900001"),
    (Kind.NIK, "3671 0117 0890 0001"),
    (Kind.NIK, "367101-170890-0001"),
    (Kind.EMAIL, "budi.santoso+berita@contoh.co.id"),
    (Kind.EMAIL, "budi (at) contoh (dot) com"),
    (Kind.EMAIL, "budi @ gmail.com"),
    (Kind.LINK, "https://contoh.id/halaman?x=1"),
    (Kind.LINK, "www.contoh.id"),
    (Kind.LINK, "contoh.com"),
    (Kind.LINK, "slot-x . com"),
    (Kind.LINK, "contoh(.)net"),
    (Kind.LINK, "contoh dot com"),
    (Kind.LINK, "bit ly/abc1"),
    (Kind.LINK, "wa.me/6281234567890"),
    (Kind.LINK, "t.me/grup"),
    (Kind.LINK, "𝗰𝗼𝗻𝘁𝗼𝗵.𝗰𝗼𝗺"),
    (Kind.INSULT, "goblok"),
    (Kind.INSULT, "Toloool"),
    (Kind.INSULT, "g0bl0k"),
    (Kind.INSULT, "b a n g s a t"),
    (Kind.INSULT, "bаngsat"),  # with a Cyrillic а
    (Kind.INSULT, "jancuk"),
    (Kind.INSULT, "belegug"),
    (Kind.INSULT, "dasar anjing"),
    (Kind.INSULT, "babi lu"),
]  # fmt: skip

NOTHING = """
Harganya Rp 62.812.345.678
Anggaran Rp62.812.345.678,00 tahun 2024
Rabu, 13 November 2024 16:21 WIB
08-11-2024 sampai 09/12/2025
08/11/2024 12.30
Buka pukul 08.00-16.00, Sabtu 08.00 - 12.00
SK Nomor 0254/2023, UU 27/2022
Hubungi 112 atau 110
Rekening 1234567890123456
9999999999999999
3671019913900001
Kode pos 15111, dibaca 1.234.567 kali
Jalan Satria Sudirman Nomor 1
Sudah selesai.Saya pulang
baik. Org itu ramah
Lihat surat.pdf dan foto.jpg
Terima kasih @tangerangkota
Pukul 7 . Net voli dipasang
Anjing liar masuk ke komplek
Anak saya digigit anjing
Daging babi dilarang di acara ini
Sampah menumpuk di depan setan bangunan itu
Ini kebodohan, bukan kesalahan
Dia memeksa, analisis kasus, asumsi, asuransi, Tegal, kopi tubruk
Kontolase, tolongnya, begonia, bangsatuan
Belajar tai chi di taman
""".strip().splitlines()


@pytest.mark.parametrize(("kind", "text"), FOUND)
def test_a_highlight_has_its_position_in_the_original_text(kind, text):
    for before, after in [("", ""), ("Pak 🙏 ", ", ya"), ("(lihat: ", ")\n")]:
        assert highlights(f"{before}{text}{after}") == [(kind, len(before), len(before) + len(text))]


@pytest.mark.parametrize("text", NOTHING)
def test_amounts_dates_animals_and_ordinary_words_are_not_highlighted(text):
    assert highlights(text) == []


def test_highlights_come_in_order_and_do_not_overlap():
    text = "Goblok! WA 0812-3456-7890 atau budi@contoh.com, lihat contoh.com"
    found = highlights(text)
    assert [text[start:end] for _, start, end in found] == [
        "Goblok", "0812-3456-7890", "budi@contoh.com", "contoh.com",
    ]  # fmt: skip
    assert [kind for kind, _, _ in found] == [Kind.INSULT, Kind.PHONE, Kind.EMAIL, Kind.LINK]


@pytest.mark.parametrize(
    "text",
    ["a" * 2000, "1" * 2000, "0812 " * 400, "0 8 " * 500, "62 " * 660, "a." * 1000, "a@" * 1000, "a-" * 1000,
     " . " * 660, "dasar " * 330, "bit ly " * 280, "https:" * 330, "\u202e" * 2000, "\ufe0f" * 2000, "🤬" * 2000,
     "\x00" * 2000, "\ud800" * 2000],
)  # fmt: skip
def test_no_text_takes_long(text):
    def took():
        start = time.process_time()
        highlights(text)
        return time.process_time() - start

    assert min(took(), took(), took()) < 0.1  # collecting the garbage of all tests takes longer


@pytest.mark.parametrize(
    "name",
    ["Dinas Kesehatan", "admin", "Admin Diskominfo", "Wali Kota Tangerang", "Walikota", "LURAH KARAWACI", "Bappeda",
     "D1nas Sosial", "D i n a s  Sosial", "𝗛𝘂𝗺𝗮𝘀 Pemkot", "Diskominfo Kota Tangerang (official)"],
)  # fmt: skip
def test_a_name_like_an_authoritys_is_recognised(name):
    assert claims_authority(name)


@pytest.mark.parametrize(
    "name",
    ["Siti Rahayu", "Warga Kelurahan Cipondoh", "Budi Camatan", "Mantan pegawai Dinas", "Dina Sosialita", "Kota", ""],
)  # fmt: skip
def test_an_ordinary_name_claims_no_authority(name):
    assert not claims_authority(name)


def share(texts: list[str], kind: Kind) -> float:
    """The share of these texts in which something of the kind is found."""
    return sum(any(found == kind for found, _, _ in highlights(text)) for text in texts) / len(texts)


def test_real_comments_have_few_false_highlights(portal_data):
    """Uses a sample; tests/drills uses all comments."""
    tweets = read_rows(portal_data, "toxic_twitter")[::10]
    news = read_rows(portal_data, "news_indosum")[::20]
    paragraphs = [paragraph for row in news for paragraph in row["body"].split("\n")]
    assert share([tweet["text"] for tweet in tweets if "abusive" in tweet["label"]], Kind.INSULT) > 0.45
    assert share([tweet["text"] for tweet in tweets if tweet["label"] == "clean"], Kind.INSULT) < 0.025
    assert share(paragraphs, Kind.INSULT) < 0.002
    assert share(paragraphs, Kind.PHONE) < 0.002
    assert share(paragraphs, Kind.NIK) == 0
