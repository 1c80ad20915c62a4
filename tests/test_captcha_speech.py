"""The speech of a captcha: what is said, and over which noise."""

import io
import math
import random
import wave
from array import array

import pytest

from comments.captcha import picture, speech

pytestmark = pytest.mark.slow

ALL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def samples_of(wav) -> list[int]:
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 1, 8000)
        return [sample - 128 for sample in file.readframes(file.getnframes())]


def loudness(samples) -> float:
    return math.sqrt(sum(sample**2 for sample in samples) / len(samples))


def names_of(character):
    return ("angka", character) if character.isdigit() else (character, f"kata {character}")


@pytest.mark.parametrize("text", ["a3xwm", "99663", "ACDHK", ALL])
def test_letters_are_spoken_with_their_spelling_words_and_digits_as_digits_in_order(monkeypatch, text):
    monkeypatch.setattr(speech, "SPEED", (1, 1))
    monkeypatch.setattr(speech, "VOLUME", (1, 1))
    said = speech.speech(text, random.Random(1)).tobytes()
    place = 0
    for name in ["ketik", *(name for character in text.upper() for name in names_of(character))]:
        # The last sample of a recording is not played: there is none after it to interpolate to.
        recordings = [speech.recording(voice, name)[:-1].tobytes() for voice in speech._index()]
        found = [(said.find(recording, place), len(recording)) for recording in recordings]
        assert max(found)[0] > 0, name
        place = sum(min(where for where in found if where[0] > 0))


def test_a_spelling_word_follows_its_letter_after_a_short_pause(monkeypatch):
    monkeypatch.setattr(speech, "SPEED", (1, 1))
    monkeypatch.setattr(speech, "VOLUME", (1, 1))
    said = speech._spoken(random.Random(1), "B", "kata B")
    voices = [[speech.recording(voice, name)[:-1] for name in ("B", "kata B")] for voice in speech._index()]
    [(letter, word)] = [parts for parts in voices if said[: len(parts[0])] == parts[0]]
    pause = said[len(letter) : -len(word)]
    assert said[-len(word) :] == word
    assert set(pause) == {0}
    assert 0.1 < len(pause) / speech.RATE < 0.25


def test_speed_and_pauses_are_those_of_a_person_who_spells_slowly():
    assert all(0.9 < speed < 1.1 for speed in speech.SPEED)
    assert all(pause < 0.3 for pause in speech.PAUSE_BEFORE_WORD)
    assert all(pause < 1 for pause in speech.PAUSE_AFTER)


def test_recordings_are_decoded_as_they_were_coded():
    assert list(speech.unpacked(bytes([0x07]))) == [13, 14]  # 7 * 7.5 / 4, then 7 * 1.1**8 * 0.5 / 4 more
    assert list(speech.unpacked(bytes([0xF7, 0x70]))) == [13, -15, -10, 44]
    assert speech.step((32_760, 88), 7) == (32_767, 88)
    assert speech.step((-32_760, 88), 15) == (-32_768, 88)


def test_samples_are_interpolated_at_another_speed_and_volume():
    samples = array("h", [0, 100, 200, 300])
    assert list(speech._changed(samples, 1, 0.5)) == [0, 50, 100]
    assert list(speech._changed(samples, 0.5, 1)) == [0, 50, 100, 150, 200, 250]


def test_the_background_consists_of_recordings_played_backwards(monkeypatch):
    monkeypatch.setattr(speech, "VOLUME", (0, 0))
    monkeypatch.setattr(speech, "BABBLE", (1, 1))
    monkeypatch.setattr(speech, "HISS", 0)
    heard = samples_of(speech.speak("a3x", random.Random(1)))
    recordings = [speech.recording(voice, name) for voice, names in speech._index().items() for name in names]
    backwards = [[sample >> 8 for sample in recording[::-1]] for recording in recordings]
    assert any(heard[: len(each)] == each for each in backwards)


def test_no_two_recordings_are_the_same():
    recordings = [
        speech.recording(voice, name).tobytes() for voice, names in speech._index().items() for name in names
    ]
    assert len(set(recordings)) == len(recordings) == 2 * (26 + 26 + 10 + 2)


def test_speech_is_10_to_15_decibels_above_the_noise():
    for seed in range(5):
        spoken = [sample / 256 for sample in speech.speech("A3XWM", random.Random(seed))]
        mixed = samples_of(speech.speak("A3XWM", random.Random(seed)))
        noise = [both - sample for both, sample in zip(mixed, spoken, strict=True)]
        # Pauses do not count as speech.
        heard = [sample for sample in spoken if abs(sample) > 1]
        # In decibels: less is hard for people, more is easy for machines.
        assert 10 < 20 * math.log10(loudness(heard) / loudness(noise)) < 15


def test_speech_and_noise_together_never_clip():
    highest = max(
        max(map(abs, speech.recording(voice, name))) for voice, names in speech._index().items() for name in names
    )
    assert highest <= speech.PEAK * 32768
    assert speech.PEAK * speech.VOLUME[1] + speech.PEAK * speech.BABBLE[1] + speech.HISS < 1


@pytest.mark.parametrize("text", ["11111", "YYYYY", "HHHHH", "00000"])
def test_a_sound_is_short_enough_for_people_and_small_enough_for_slow_connections(text):
    wav = speech.speak(text, random.Random(3))
    assert 6 < len(samples_of(wav)) / speech.RATE < 14
    assert len(wav) < 120_000


def test_every_character_of_a_challenge_can_be_spoken():
    assert set(picture.LETTERS + picture.DIGITS) <= set(ALL)
