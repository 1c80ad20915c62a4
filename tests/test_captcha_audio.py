"""The spoken captcha: its answer, audible and served only while the captcha awaits it."""

import time

import pytest
from captcha.models import CaptchaStore
from django.utils import timezone

from comments.captcha import field, rendering, speech
from tests.make import make_captcha
from tests.test_captcha_speech import samples_of

pytestmark = pytest.mark.slow


def address_of(row):
    return f"/captcha/{row.hashkey}/suara.wav"


# ---- Who may hear it


@pytest.mark.django_db
def test_the_sound_is_a_wav_that_is_never_cached(client):
    row = make_captcha()
    response = client.get(address_of(row))
    assert response.status_code == 200
    assert response["Content-Type"] == "audio/wav"
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Robots-Tag"] == "noindex"
    assert "ETag" not in response
    assert not response.cookies
    assert len(samples_of(response.content)) > 6 * speech.RATE


@pytest.mark.django_db
def test_the_answer_is_spoken_even_if_the_picture_shows_more(client):
    row = make_captcha(challenge="kotak A3XWM6", response="36")
    said = samples_of(client.get(address_of(row)).content)
    rng = rendering._generator(row.hashkey.encode())
    assert len(said) == len(speech.speech("36", rng))


def forget_sounds():
    rendering._sounds.clear()
    rendering.sounds_of_one_sender.clear()


@pytest.mark.django_db
def test_one_sender_cannot_request_many_sounds_but_may_repeat_one(client, monkeypatch):
    forget_sounds()
    mine, more = (make_captcha(hashkey=f"{'a' * 8}{number:032x}") for number in (1, 2))
    others = make_captcha(hashkey="b" * 40)
    assert client.get(address_of(mine)).status_code == 200
    assert client.get(address_of(more)).status_code == 429
    assert client.get(address_of(others)).status_code == 200
    assert client.get(address_of(mine)).status_code == 200
    with monkeypatch.context() as two_seconds_later:  # as Retry-After says
        now = time.monotonic() + 2
        two_seconds_later.setattr("news.web.throttle.time.monotonic", lambda: now)
        assert client.get(address_of(more)).status_code == 200


@pytest.mark.django_db
def test_a_process_keeps_the_latest_sounds_only(client, monkeypatch):
    monkeypatch.setattr(rendering, "SOUNDS_KEPT", 2)
    forget_sounds()
    rows = [make_captcha(hashkey=sender * 40) for sender in "abc"]
    for row in rows:
        assert client.get(address_of(row)).status_code == 200
    assert list(rendering._sounds) == [row.hashkey for row in rows[1:]]


@pytest.mark.django_db
def test_a_captcha_always_has_the_same_sound_which_no_other_captcha_has(client):
    one, other = (make_captcha(challenge="kotak A3XWMK", response="a3xwm") for _ in range(2))
    forget_sounds()
    first = client.get(address_of(one)).content
    forget_sounds()  # as from another process
    assert client.get(address_of(one)).content == first, "the mean of many sounds of one key would be free of noise"
    assert client.get(address_of(other)).content != first


@pytest.mark.django_db
def test_the_noise_of_a_sound_cannot_be_computed_without_the_secret_key(client, settings):
    row = make_captcha()
    ours = client.get(address_of(row)).content
    forget_sounds()
    settings.SECRET_KEY = "a guess"
    assert client.get(address_of(row)).content != ours


@pytest.mark.django_db
def test_the_answer_is_nowhere_but_in_the_sound(client):
    row = make_captcha(challenge="kotak HKMNP3", response="hkmnp")
    response = client.get(address_of(row))
    visible = f"{address_of(row)} {dict(response.headers)}".lower()
    assert "hkmnp" not in visible
    assert b"hkmnp" not in response.content.lower()


@pytest.mark.django_db
def test_a_used_or_expired_captcha_has_no_sound(client):
    expired = make_captcha(expiration=timezone.now())
    used = make_captcha()
    client.get(address_of(used))
    field.OnceCaptchaField().clean([used.hashkey, used.response])
    for address in (address_of(expired), address_of(used), f"/captcha/{'0' * 40}/suara.wav"):
        response = client.get(address)
        assert response.status_code == 410
        assert response["Cache-Control"] == "no-store"
        assert not response.content
    assert client.get("/captcha/1/suara.wav").status_code == 404
    assert client.post(address_of(expired)).status_code == 405


@pytest.mark.django_db
def test_listening_neither_issues_nor_uses_up_a_captcha(client):
    row = make_captcha()
    for _ in range(20):
        client.get(address_of(row))
    assert CaptchaStore.objects.count() == 1
    assert field.OnceCaptchaField().clean([row.hashkey, row.response])


# ---- How players fetch it


@pytest.mark.django_db
def test_a_head_request_returns_only_the_size(client):
    row = make_captcha()
    response = client.head(address_of(row))
    assert not response.content
    assert int(response["Content-Length"]) == len(client.get(address_of(row)).content)
    assert response["Accept-Ranges"] == "bytes"


@pytest.mark.django_db
def test_the_ranges_that_safari_requests_make_up_the_whole_sound(client):
    row = make_captcha()
    whole = client.get(address_of(row)).content
    parts = b""
    for asked, start, end in [("0-1", 0, 1), ("2-999", 2, 999), ("1000-", 1000, len(whole) - 1)]:
        # Gzipped ranges could not be joined.
        part = client.get(address_of(row), headers={"Range": f"bytes={asked}", "Accept-Encoding": "gzip"})
        assert part.status_code == 206
        assert part["Content-Range"] == f"bytes {start}-{end}/{len(whole)}"
        assert "Content-Encoding" not in part
        assert int(part["Content-Length"]) == len(part.content)
        parts += part.content
    assert parts == whole


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["bytes=-500", "bytes=0-1,5-9", "bytes=x", "sheep=0-1", "bytes=0-" + "9" * 50, ""])
def test_other_ranges_return_the_whole_sound(client, asked):
    response = client.get(address_of(make_captcha()), headers={"Range": asked})
    assert response.status_code == 200
    assert "Content-Range" not in response


@pytest.mark.django_db
def test_a_range_beyond_the_end_is_refused(client):
    response = client.get(address_of(make_captcha()), headers={"Range": "bytes=999999-"})
    assert response.status_code == 416
    assert response["Content-Range"].startswith("bytes */")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_a_process_makes_one_sound_at_a_time(client):
    key = make_captcha().hashkey
    with rendering._turn:
        response = client.get(f"/captcha/{key}/suara.wav")
        assert response.status_code == 429
        assert response["Retry-After"] == "2"
    assert client.get(f"/captcha/{key}/suara.wav").status_code == 200


@pytest.mark.django_db
def test_a_range_that_ends_before_it_begins_is_ignored(client):
    assert client.get(address_of(make_captcha()), headers={"Range": "bytes=5-2"}).status_code == 200
