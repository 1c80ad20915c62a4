"""Which inflected forms get the same stem."""

from pathlib import Path

import pytest

from news.search import stemming

PAIRS = [
    line.split()
    for line in (Path(__file__).parent.parent / "bench" / "inflections.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


def test_nearly_all_of_hundreds_of_inflected_pairs_have_one_stem():
    wrong = [pair for pair in PAIRS if stemming.stem(pair[0]) != stemming.stem(pair[1])]
    assert len(PAIRS) > 200
    assert len(wrong) <= 0.02 * len(PAIRS), wrong


@pytest.mark.parametrize(
    ("form", "root"),
    [
        ("pengerukan", "keruk"),  # not eru + kan
        ("mengatakan", "kata"),  # not katak + an
        ("perubahan", "ubah"),  # not rubah, a fox
        ("berencana", "rencana"),
        ("pengesahan", "sah"),
        ("mengemas", "kemas"),
        ("keemasan", "emas"),
        ("pepohonan", "pohon"),
        ("memberdayakan", "daya"),
        ("diketahuinya", "tahu"),
        ("menandatangani", "tandatangan"),
        ("memitigasi", "mitigasi"),
        ("pemerintah", "perintah"),
        ("sekolah", "sekolah"),
        ("perambahan", "rambah"),
        ("peramal", "ramal"),  # not amal, alms
        ("memperoleh", "oleh"),
        ("terperinci", "rinci"),
        ("ketidakadilan", "adil"),
        ("ketidakhadirannya", "hadir"),
        ("ketidakberdayaan", "daya"),
        ("ketidakteraturan", "atur"),
        ("setidaknya", "tidak"),
    ],
)
def test_the_analysis_that_removes_the_least_wins(form, root):
    assert stemming.stem(form) == root


@pytest.mark.parametrize("name", ["cipondoh", "benda", "periuk", "karawaci", "suryadi", "megawati", "dimyati", "2024"])
def test_names_and_numbers_stay(name):
    assert stemming.stem(name) == name


@pytest.mark.parametrize("word", ["", "a", "ke", "x" * 500, "éclair", "مدينة", "kekekekekeke", "berberber", "12abc"])
def test_any_word_has_a_stem(word):
    assert isinstance(stemming.stem(word), str)
