"""The faults that the page for writing names before an article is published."""

import pytest

from news.before_publication import Text, faults, links, minors_with_address, numbers_of_citizens, sentences

BODY = "<p>Warga dapat berobat sampai pukul sembilan malam.</p>"
FLAG = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"  # letters of its region are invisible
ALT = "Tiga petugas memeriksa pintu air"


def kinds(**fields) -> list[str]:
    given = {"title": "Layanan malam", "summary": "Sampai pukul sembilan.", "body": BODY, "photo_alt": ALT} | fields
    return [fault.kind for fault in faults(Text(**given))]


def test_nothing_is_said_about_a_complete_article():
    assert kinds() == []


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"has_photo": False, "photo_alt": ""}, "photo"),
        ({"summary": " "}, "summary"),
        ({"summary": "a" * 161}, "summary"),
        ({"title": "a" * 91}, "title"),
        ({"photo_alt": "IMG_20261128_070102"}, "alt"),
        ({"photo_is_decorative": True, "photo_alt": ""}, "alt"),
        ({"body": '<figure><img src="/media/a.jpg" alt=""></figure>'}, "alt"),
        ({"body": '<figure><img src="/media/a.jpg"></figure>'}, "alt"),
        ({"body": '<figure><img src="/media/a.jpg" alt="gambar"></figure>'}, "alt"),
        ({"dead_links": ("/b/9",)}, "link"),
        ({"hidden": ("slot gacor",)}, "hidden"),
        ({"title": "Layanan\u200b\u200b\u200b\u200b malam"}, "hidden"),
        ({"body": "<p>Isi\U000e0041\U000e0042</p>"}, "hidden"),
        ({"body": "<p>NIK 3671014503990002.</p>"}, "nik"),
        ({"summary": "Siswa itu tinggal di Jl. Mawar No. 3."}, "minor"),
    ],
)
def test_each_fault_is_named_once(fields, kind):
    assert kinds(**fields) == [kind]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "a" * 90, "summary": "b" * 160},
        {"body": f'<figure><img src="/media/a.jpg" alt="{ALT}"></figure>'},
        {"body": '<p><img src="/media/a.jpg" alt=""></p>', "decorative": frozenset({"/media/a.jpg"})},
        {"body": f"<p>Bendera {FLAG} berkibar 👨\u200d👩\u200d👧.</p>"},
    ],
)
def test_what_is_in_order_is_not_named(fields):
    assert kinds(**fields) == []


def test_a_fault_leads_to_its_field_and_does_not_repeat_the_whole_number():
    (fault,) = faults(Text("Judul", "Ringkas", "<p>NIK 3671 0145 0399 0002</p>", photo_alt=ALT))
    assert fault.field == "body"
    assert "3671…02" in fault.text
    assert "0145" not in fault.text


@pytest.mark.parametrize(
    "text",
    [
        "NIK 3671014503990002",
        "NIK: 3671012503990002.",
        "(3671012503990002)",
        "3671 0125 0399 0002",
        "367101 250399 0002",
        "3671.0125.0399.0002",
        "3671-0125-0399-0002, atas nama",
    ],
)
def test_a_number_of_a_citizen_is_found(text):
    assert numbers_of_citizens(text) in (["3671014503990002"], ["3671012503990002"])


@pytest.mark.parametrize(
    "text",
    [
        "1234567890123456",  # no such region
        "0071012503990002",
        "3671013203990002",  # the 32nd
        "3671012513990002",  # the 13th month
        "3671012503990000",
        "36710125039900021",  # 17 digits
        "136710125039900021",
        "Rp3671012503990002",
        "Rp3.671.012.503.990.002",
        "https://a.id/3671012503990002/x",
        "0812-3456-7890",
        "rekening 4111 1111 1111 1111",
        "3671 0125 03990002",
    ],
)
def test_other_numbers_are_not(text):
    assert numbers_of_citizens(text) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Anak itu tinggal di Jl. Mawar No. 3.",
        "Seorang anak ditemukan di Jalan Veteran.",
        "Anak-anak itu bermain di Gang Haji Saman.",
        "Korban, siswi kelas enam, beralamat di RT 03/RW 05 Kelurahan Benda.",
        "Bocah itu warga RT.05.",
        "Bocah itu warga RT05 RW02.",
        "Pelajar berinisial B diamankan di Jl Merdeka.",
        "Murid itu pulang ke rumahnya di jln. Kenanga 4.",
        "Santri asal Gg. Masjid itu hafal 30 juz.",
        "Balita tersebut dirawat ibunya di jalan Melati.",
        "Remaja putri itu dijemput di JL. BENDA RAYA.",
        "Bayi berusia 8 bulan ditemukan di Jalan Sudirman.",
        "Budi (14) pulang ke Jalan Mawar.",
        "B (9 tahun), warga Gang Kelinci.",
        "Ani, 12 tahun, tinggal di Jl. Anggrek.",
        "Ia berusia 17 tahun dan tinggal di Jalan Anggrek II.",
        "Ia baru berumur empat belas tahun, beralamat di Jalan Anggrek.",
        "Puluhan siswa menjenguk rumah korban di Jalan Mawar.",
        "Pelaku di bawah umur itu warga RT 1.",
        "Siswa SMP itu naik dari Jalan Pelajar Pejuang.",
    ],
)
def test_a_child_named_with_an_address_is_found(sentence):
    assert minors_with_address(f"Kalimat lain. {sentence} Kalimat lain lagi.") == [sentence]


@pytest.mark.parametrize(
    "text",
    [
        "Perbaikan Jalan Anak Tunggal selesai pekan ini.",
        "Rapat di Jalan Pelajar Pejuang dihadiri lurah.",
        "Gang Santri diperbaiki warga RT 05.",
        "Anak sungai di dekat Jalan Benteng meluap.",
        "Anak perusahaan itu berkantor di Jl. Sudirman.",
        "Rumah Sakit Ibu dan Anak di Jalan Ahmad Yani dibuka.",
        "Kepala Dinas Perlindungan Anak meninjau Jalan Daan Mogot.",
        "Remaja Masjid Al-Ikhlas membersihkan Jalan Melati.",
        "Ratusan siswa mengikuti upacara di Jalan Benteng Betawi.",
        "Sebanyak 1.200 pelajar berbaris di Jalan Merdeka.",
        "Jalan Sehat diikuti seorang siswa.",
        "Anak-anak menyeberang jalan dengan tertib.",
        "Seorang anak berjalan ke sekolah.",
        "Seorang siswa menjadi juara. Lombanya di Jalan Merdeka.",
        "Siswa belajar di sekolah\nJl. Merdeka ditutup.",
        "Ketua RT mengajak anak membaca.",
        "Budi (34) tinggal di Jalan Mawar.",
        "Ia berusia 18 tahun dan tinggal di Jalan Anggrek.",
        "Vaksin untuk usia 12 tahun ke atas ada di Jalan Mawar.",
        "Gedung berusia 15 tahun di Jalan Mawar dirobohkan.",
        "Pasal 31 Ayat (3) dibacakan di Jalan Merdeka.",
        "Pasal 5 ayat (2) melarang parkir di Jalan Merdeka.",
        "Selama 10 tahun ia berjualan di Jalan Merdeka.",
        "Perantara itu berkantor di Jalan Merdeka.",
        "Kesiswaan berkantor di Jalan Merdeka.",
        "Petugas menutup Jl. Merdeka.",
    ],
)
def test_what_only_looks_like_it_is_not(text):
    assert minors_with_address(text) == []


def test_in_a_title_a_street_is_told_by_its_sign_only():
    assert minors_with_address("Siswa SD Ditemukan di Jl Mawar", is_title=True)
    assert minors_with_address("Siswa SD Warga RT 03 Juara", is_title=True)
    assert not minors_with_address("Siswa Belajar Tertib di Jalan Raya", is_title=True)


def test_shortened_words_end_no_sentence():
    text = "Ia lahir di Jl. Mawar No. 3, RT. 05. Ayahnya H. Saman. “Benar!” Katanya."
    assert sentences(text) == ["Ia lahir di Jl. Mawar No. 3, RT. 05.", "Ayahnya H. Saman.", "“Benar!”", "Katanya."]


def test_links_are_found_once_in_their_order():
    assert links('<p><a href="/b/2">a</a> <a href="https://a.id/?a=1&amp;b=2">b</a> <a href="/b/2">c</a></p>') == [
        "/b/2",
        "https://a.id/?a=1&b=2",
    ]


def test_long_texts_are_read_quickly():
    for odd in (
        "Jalan " * 50_000,
        "A(1" * 90_000,
        "anak " * 60_000,
        "3671 " * 60_000,
        "usia " * 60_000,
        "a. B" * 60_000,
    ):
        faults(Text("Judul", "Ringkas", f"<p>{odd}</p>"))
