"""Near copies of comments: which texts are alike, and how they are found by common bands."""

import random
import time
from collections import defaultdict

import pytest

from comments.triage.near_copies import are_alike, bands
from tests.conftest import read_rows

ADVERTS = [
    [
        "Main di SLOT88 langsung menang besar, modal kecil hasil jutaan",
        "main di SLOT99 langsung menang besar modal kecil hasil jutaan 🔥🔥🔥",
        "Main di 𝐒𝐋𝐎𝐓𝟖𝟖 langsung menang besar, modal kecil hasil jutaan!!",
        "💰 Main di S L O T 7 7 langsung menang besar, modal kecil, hasil jutaan 💰",
        "Modal kecil hasil jutaan, main di slot langsung menang besar",
        "Mаin di SLОT88 lаngsung menаng besаr, modаl kecil hаsil jutааn",  # with Cyrillic letters
        "Main di BETON88 langsung menang besar, modal kecil hasil jutaan",
        "Maiiiin di SLOT88 langsuuung menang besaaar, modal kecil hasil jutaan",
    ],
    [
        "Butuh pinjaman cepat tanpa jaminan? Hubungi Bu Rina di 081234567890, cair hari ini",
        "Butuh pinjaman cepat tanpa jaminan? Hubungi Bu Dewi di 085711112222, cair hari ini!",
        "BUTUH PINJAMAN CEPAT TANPA JAMINAN?? hubungi bu sari 0813 9999 8888 cair hari ini",
    ],
    ["mantap", "Mantap!!!", "MANTAP 👍👍", "m a n t a p", "mantaaaap"],
    ["terima kasih", "Terima kasih 🙏"],
]

UNLIKE = [
    ("mantap", "mantap sekali pak"),
    ("Mantap", "Mantul"),
    ("Terima kasih", "Terima kasih banyak, Pak Wali"),
    ("setuju", "tidak setuju"),
    ("Saya setuju dengan rencana pembangunan taman ini", "Saya tidak setuju dengan rencana pembangunan taman ini"),
    ("Jalan di Cipondoh rusak, tolong segera diperbaiki", "Jembatan di Periuk sudah bagus, terima kasih Pak Wali"),
    ("Semoga pelayanan di puskesmas makin baik", "Semoga acara tahun depan lebih meriah lagi"),
    ("👍", "🔥"),
    ("123", "456"),
    ("", ""),
]


def _share_a_band(one: str, other: str) -> bool:
    return not set(bands(one)).isdisjoint(bands(other))


@pytest.mark.parametrize("copies", ADVERTS)
def test_copies_of_a_text_are_alike_and_share_a_band(copies):
    for copy in copies[1:]:
        assert are_alike(copies[0], copy)
        assert _share_a_band(copies[0], copy)


@pytest.mark.parametrize(("one", "other"), UNLIKE)
def test_texts_with_a_different_meaning_are_not_alike(one, other):
    assert not are_alike(one, other)


def test_bands_are_the_same_in_every_process_and_fit_into_the_database():
    found = bands("Jalan rusak di depan rumah saya")
    assert found == bands("jalan RUSAK di depan rumah saya!") != bands("Jalan rusak di depan kantor kami")
    assert found[0] == 2692343163925106105
    assert len(found) == 10
    assert all(-(2**63) <= band < 2**63 for band in found)


@pytest.mark.parametrize("text", ["", "🔥🔥", "1234", "\x00", "\ud800", "\u202e"])
def test_a_text_without_letters_has_no_bands(text):
    assert bands(text) == []


def test_randomly_varied_copies_still_share_a_band():
    """With one word in six replaced, nearly all pairs share a band; with half of them replaced, they are not alike."""
    chance = random.Random(1)
    vocabulary = ["".join(chance.choices("abcdefghijklmnoprstuwy", k=chance.randint(3, 9))) for _ in range(3_000)]
    sharing = alike = 0
    for _ in range(200):
        words = chance.choices(vocabulary, k=18)
        few, many = words.copy(), words.copy()
        for place in chance.sample(range(18), 3):
            few[place] = chance.choice(vocabulary)
        for place in chance.sample(range(18), 9):
            many[place] = chance.choice(vocabulary)
        sharing += _share_a_band(" ".join(words), " ".join(few))
        assert not are_alike(" ".join(words), " ".join(many))
        alike += are_alike(" ".join(words), " ".join(few))
    assert sharing >= 180


@pytest.mark.parametrize("text", ["sangat bagus " * 154, "abcdefghij" * 200, "a" * 2_000, "ﷺ" * 2_000])
def test_no_text_takes_long(text):
    start = time.process_time()
    bands(text)
    assert time.process_time() - start < 0.1


def share_grouped(texts: list[str]) -> float:
    """The share of these texts that are grouped with another."""
    firsts, sizes = defaultdict(set), defaultdict(int)
    for number, text in enumerate(texts):
        own = bands(text)
        near = {first for band in own for first in firsts[band]}
        first = next((each for each in sorted(near) if are_alike(text, texts[each])), number)
        sizes[first] += 1
        if first == number:
            for band in own:
                firsts[band].add(number)
    return sum(size for size in sizes.values() if size > 1) / len(texts)


def test_real_spam_is_grouped_and_ordinary_comments_are_not(portal_data):
    """Uses a sample, in which fewer have a near copy; tests/drills uses all."""
    rows = read_rows(portal_data, "spam_judol_tiktok")[:1_500]
    assert share_grouped([row["text"] for row in rows if row["label"] == "judol"]) > 0.15
    assert share_grouped([row["text"] for row in rows if row["label"] == "clean"]) < 0.01
