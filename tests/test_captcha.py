"""The captcha: good for one post, not to be foreseen, and one picture to a key."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from threading import Barrier

import pytest
from captcha.models import CaptchaStore
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone
from PIL import Image

from comments import captcha

THREADS = 8


def make_captcha(**fields):
    row = CaptchaStore.objects.get(hashkey=CaptchaStore.generate_key())
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    return row


def refused_as(key, answer):
    with pytest.raises(ValidationError) as refusal:
        captcha.OnceCaptchaField().clean([key, answer])
    return refusal.value.code


@pytest.mark.django_db
@pytest.mark.parametrize("spelling", [str.lower, str.upper, lambda answer: f"  {' '.join(answer)} "])
def test_the_right_answer_is_accepted_in_any_case_and_spacing(spelling):
    row = make_captcha()
    assert captcha.OnceCaptchaField().clean([row.hashkey, spelling(row.response)]) == row.hashkey


@pytest.mark.django_db
def test_an_answer_is_good_for_one_post():
    row = make_captcha()
    captcha.OnceCaptchaField().clean([row.hashkey, row.response])
    assert refused_as(row.hashkey, row.response) == "expired"


@pytest.mark.django_db
@pytest.mark.parametrize("answer", ["xxxxx", "", None, "é" * 5, "\x00", "a" * 100_000])
def test_a_wrong_answer_uses_the_captcha_up(answer):
    row = make_captcha()
    assert refused_as(row.hashkey, answer) == "invalid"
    assert refused_as(row.hashkey, row.response) == "expired"


@pytest.mark.django_db
def test_an_expired_captcha_is_refused():
    row = make_captcha(expiration=timezone.now() - timedelta(seconds=1))
    assert refused_as(row.hashkey, row.response) == "expired"


@pytest.mark.django_db
@pytest.mark.parametrize("key", [None, "", "\x00", "0" * 40, "0" * 10_000, "é", "' OR 1=1"])
def test_a_key_that_nobody_has_given_is_refused(key):
    assert refused_as(key, "xxxxx") == "expired"


@pytest.mark.django_db(transaction=True)
def test_of_eight_equal_posts_at_once_one_is_accepted():
    barrier = Barrier(THREADS)

    def post(row):
        barrier.wait()
        try:
            captcha.OnceCaptchaField().clean([row.hashkey, row.response])
        except ValidationError:
            return 0
        finally:
            connections.close_all()
        return 1

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(10):
            assert sum(pool.map(post, [make_captcha()] * THREADS)) == 1


@pytest.mark.django_db
def test_a_captcha_stays_on_the_form_until_it_is_used():
    row = make_captcha()
    assert captcha.key_to_show(row.hashkey) == row.hashkey
    row.delete()
    assert captcha.key_to_show(row.hashkey) != row.hashkey


def test_challenges_cannot_be_foreseen_from_a_known_seed():
    challenges = []
    for _ in range(2):
        random.seed("a key that everybody sees")
        challenges.append(captcha.challenge())
    assert challenges[0] != challenges[1]


def test_challenges_are_five_clear_characters():
    for _ in range(100):
        text, answer = captcha.challenge()
        assert len(text) == 5
        assert set(text) <= set(captcha.ALPHABET)
        assert answer == text.lower()


@pytest.mark.django_db
def test_the_picture_is_one_png_that_no_cache_keeps(client):
    row = make_captcha()
    first, second = (client.get(f"/captcha/image/{row.hashkey}/") for _ in range(2))
    assert first["Cache-Control"] == "no-store"
    picture = Image.open(BytesIO(first.content))
    assert picture.format == "PNG"
    assert picture.size == (170, 64)
    assert first.content == second.content, "the mean of many pictures of one key would be free of noise"
    assert not first.cookies


@pytest.mark.django_db
def test_the_noise_cannot_be_computed_without_the_secret_key(client, settings):
    row = make_captcha()
    ours = client.get(f"/captcha/image/{row.hashkey}/").content
    settings.SECRET_KEY = "a guess"
    assert client.get(f"/captcha/image/{row.hashkey}/").content != ours


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["0" * 40, "dummy", "x" * 64])
def test_the_picture_of_an_unknown_key_is_gone(client, key):
    response = client.get(f"/captcha/image/{key}/")
    assert response.status_code == 410
    assert response["Cache-Control"] == "no-store"
