"""The picture of a captcha and its task: what is asked, and what the picture shows."""

import random
import time
from io import BytesIO

import pytest
from captcha.models import CaptchaStore
from PIL import Image

from comments.captcha import picture


def test_the_answer_is_a_part_of_what_is_shown_in_its_order():
    tasks, lengths, places_of_digits = set(), set(), set()
    for _ in range(500):
        challenge, answer = picture.challenge()
        task, shown = challenge.split()
        tasks.add(task)
        lengths.add(len(answer))
        places_of_digits.update(place for place, each in enumerate(shown) if each.isdigit())
        assert len(set(shown)) == len(shown) == 6, "all different: the answer tells which are marked"
        assert set(shown) <= set(picture.LETTERS + picture.DIGITS)
        assert [each for each in shown.lower() if each in answer] == list(answer)
        assert len(challenge) <= CaptchaStore._meta.get_field("challenge").max_length
        assert sum(each.isdigit() for each in shown) == 2, "too few to be an answer"
    assert tasks == set(picture.TASKS)
    assert lengths == {3, 4}
    assert places_of_digits == set(range(6)), "anywhere"


def test_no_glyph_is_easily_confused_and_there_are_no_vowels_to_form_words():
    assert not set(picture.LETTERS) & set("AEIOU" + "LJZSGBQVF")
    assert not set(picture.DIGITS) & set("018")


@pytest.mark.parametrize("task", picture.TASKS)
def test_the_picture_shows_by_shape_what_is_asked_for(task):
    first, second = (picture.draw(task, "3X7RMK", answer, random.Random(1)) for answer in ("x7k", "3rm"))
    assert first != second
    assert Image.open(BytesIO(first)).mode == "L", "no colour that could be the only cue"


# The mark of each task, and that of the other characters.
MARKS = {"garis": "panah", "panah": "garis", "lingkaran": "kotak", "kotak": "garis"}
MIDDLE = {"garis": 56, "panah": 56, "lingkaran": 76, "kotak": 76}  # of the characters, leaving room for marks below


def test_the_tasks_are_those_whose_marks_are_tested():
    assert picture.TASKS.keys() == MARKS.keys()


@pytest.fixture
def straight(monkeypatch):
    """Characters stand upright, each in the middle of its place."""
    monkeypatch.setattr(picture, "_SHIFT", 0)
    monkeypatch.setattr(picture, "_TURN", 0)


def ink(task, shown, answer, seed=1):
    """The picture with 255 where ink is and 0 elsewhere."""
    drawn = Image.open(BytesIO(picture.draw(task, shown, answer, random.Random(seed))))
    return drawn.point(lambda grey: 255 * (grey < 128))


def around(inked, task, place, left, top, right, bottom):
    """The part of a picture with these distances from the middle of a character."""
    x, y = 55 + 90 * place, MIDDLE[task]
    return inked.crop((x + left, y + top, x + right, y + bottom))


def mark_of(inked, task, place) -> str | None:
    """The mark of a character, recognised by its shape."""
    if below := around(inked, task, place, -45, 44, 45, 84).getbbox():
        left, top, right, bottom = below
        if 60 < right - left < 70 and bottom - top < 10:
            return "garis"
        tip = around(inked, task, place, -45, 40, 45, 42).getbbox()
        has_tip = tip is not None and tip[2] - tip[0] < 6
        return "panah" if has_tip and 26 < right - left < 34 and bottom > 36 else None
    left, top, right, bottom = around(inked, task, place, -45, -45, 45, 44).getbbox()
    if max(left, top, 90 - right, 90 - bottom) > 9:
        return None  # not all around the character
    return "kotak" if around(inked, task, place, -40, -40, -34, -34).getbbox() else "lingkaran"


@pytest.mark.parametrize("task", MARKS)
def test_the_characters_of_the_answer_have_the_mark_of_the_task_and_the_others_another_one(straight, task):
    inked = ink(task, "3X7RMK", "x7k")
    other = MARKS[task]
    assert [mark_of(inked, task, place) for place in range(6)] == [other, task, task, other, other, task]


@pytest.mark.parametrize("task", MARKS)
def test_each_character_is_drawn_in_the_middle_of_its_place(straight, task):
    inked = ink(task, "3X7RMK", "")
    for place, character in enumerate("3X7RMK"):
        glyph = around(inked, task, place, -31, -31, 31, 31)
        left, top, right, bottom = glyph.getbbox()
        assert abs(left + right - 62) <= 7, "less than four pixels: glyphs are not symmetrical"
        assert abs(top + bottom - 62) <= 2
        height = bottom - top
        assert 50 <= height <= 60 if MIDDLE[task] == 56 else 40 <= height <= 48, "as large as its mark leaves room"
        same = ink(task, character * 6, "")
        assert glyph.tobytes() == around(same, task, place, -31, -31, 31, 31).tobytes()
        different = ink(task, "".join("W" if each == character else each for each in "3X7RMK"), "")
        assert glyph.tobytes() != around(different, task, place, -31, -31, 31, 31).tobytes()


def test_characters_are_shifted_and_turned_by_chance(monkeypatch):
    def glyphs():
        return [around(ink("garis", "HHHHHH", "", seed), "garis", 0, -40, -40, 40, 40) for seed in range(20)]

    with monkeypatch.context() as patch:
        patch.setattr(picture, "_TURN", 0)
        boxes = [glyph.getbbox() for glyph in glyphs()]
    assert len({left for left, *_ in boxes}) > 3
    assert len({top for _, top, *_ in boxes}) > 3
    monkeypatch.setattr(picture, "_SHIFT", 0)
    assert len({glyph.tobytes() for glyph in glyphs()}) > 10


@pytest.mark.parametrize("task", picture.TASKS)
def test_nothing_is_cut_off_at_the_edge(task):
    for seed in range(20):
        for shown in ("WMWMWM", "424242"):
            drawn = Image.open(BytesIO(picture.draw(task, shown, "w4", random.Random(seed))))
            left, top, right, bottom = drawn.point(lambda grey: 255 * (grey < 200)).getbbox()
            assert min(left, top, drawn.width - right, drawn.height - bottom) >= 3


def test_drawing_is_cheap():
    def cost():
        started = time.process_time()
        picture.draw("kotak", "3X7RMK", "x7k", random.Random(1))
        return time.process_time() - started

    assert min(cost() for _ in range(20)) < 0.01


def test_challenges_cannot_be_predicted_from_a_known_seed():
    challenges = []
    for _ in range(2):
        random.seed("a key that everybody sees")
        challenges.append(picture.challenge())
    assert challenges[0] != challenges[1]
