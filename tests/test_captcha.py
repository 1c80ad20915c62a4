"""The captcha: its task and answer, single use, unpredictability, and the load on the database."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from threading import Barrier

import pytest
from captcha.models import CaptchaStore
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.utils import timezone
from PIL import Image

from comments.captcha import field, issuing, picture, rendering
from tests.make import make_article, make_captcha

THREADS = 50


def address_of(row):
    return f"/captcha/{row.hashkey}/gambar.png"


def refused_as(key, answer):
    with pytest.raises(ValidationError) as refusal:
        field.OnceCaptchaField().clean([key, answer])
    return refusal.value.code


def issued_keys(client, times=1, sender="10.0.0.1"):
    """Requests captchas as this sender; returns their keys."""
    path = f"/berita/{make_article().pk}/komentar/captcha"
    pages = [client.get(path, REMOTE_ADDR=sender).content.decode() for _ in range(times)]
    return [re.search(r'name="captcha_0" value="([0-9a-f]{40})"', page)[1] for page in pages]


# ---- The picture


@pytest.mark.django_db
@pytest.mark.parametrize(("task", "words"), picture.TASKS.items())
def test_the_label_of_the_field_says_in_words_what_to_type(client, monkeypatch, task, words):
    monkeypatch.setattr(picture, "TASKS", {task: words})
    page = client.get(f"/berita/{make_article().pk}/komentar/captcha").content.decode()
    assert f'<label for="tulis-captcha">Ketik hanya <strong>{words}</strong>' in page


@pytest.mark.django_db
def test_the_picture_is_a_png_that_is_never_cached(client):
    row = make_captcha()
    first = client.get(address_of(row))
    rendering._drawn.cache_clear()  # as from another process
    second = client.get(address_of(row))
    assert first["Content-Type"] == "image/png"
    assert first["Cache-Control"] == "no-store"
    assert first["X-Robots-Tag"] == "noindex"
    assert "ETag" not in first
    assert not first.cookies
    drawn = Image.open(BytesIO(first.content))
    assert drawn.format == "PNG"
    assert drawn.size == (560, 152)
    assert first.content == second.content, "the mean of many pictures of one key would be free of noise"


@pytest.mark.django_db
def test_a_picture_that_is_fetched_again_is_not_drawn_again(client):
    row = make_captcha()
    rendering._drawn.cache_clear()
    for _ in range(5):
        client.get(address_of(row))
    assert rendering._drawn.cache_info().misses == 1


@pytest.mark.django_db
def test_the_noise_cannot_be_computed_without_the_secret_key(client, settings):
    row = make_captcha()
    ours = client.get(address_of(row)).content
    rendering._drawn.cache_clear()
    settings.SECRET_KEY = "a guess"
    assert client.get(address_of(row)).content != ours


@pytest.mark.django_db
def test_a_used_or_expired_captcha_has_no_picture(client):
    expired = make_captcha(expiration=timezone.now())
    used = make_captcha()
    assert client.get(address_of(used)).status_code == 200
    field.OnceCaptchaField().clean([used.hashkey, used.response])
    for address in (address_of(expired), address_of(used), f"/captcha/{'0' * 40}/gambar.png"):
        response = client.get(address)
        assert response.status_code == 410
        assert response["Cache-Control"] == "no-store"
        assert not response.content
    assert client.get("/captcha/1/gambar.png").status_code == 404
    assert client.post(address_of(expired)).status_code == 405


@pytest.mark.django_db
def test_the_captcha_librarys_own_views_are_not_served(client):
    row = make_captcha()
    for path in (f"/captcha/image/{row.hashkey}/", f"/captcha/image/{row.hashkey}@2/", "/captcha/refresh/"):
        assert client.get(path, headers={"X-Requested-With": "XMLHttpRequest"}).status_code == 404


# ---- The answer


@pytest.mark.django_db
@pytest.mark.parametrize(
    "spelling", [str.lower, str.upper, lambda answer: f"  {' '.join(answer)} ", lambda answer: ", ".join(answer) + "."]
)
def test_the_right_answer_is_accepted_in_any_case_and_spacing(spelling):
    row = make_captcha()
    assert field.OnceCaptchaField().clean([row.hashkey, spelling(row.response)]) == row.hashkey


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["szg9x", "52GQX", "５２６９Ｘ", "٥٢٦٩x"])
def test_characters_that_are_never_drawn_count_as_the_similar_ones_that_are(typed):
    row = make_captcha(response="5269x")
    assert field.OnceCaptchaField().clean([row.hashkey, typed])


@pytest.mark.django_db
def test_an_answer_is_good_for_one_post():
    row = make_captcha()
    field.OnceCaptchaField().clean([row.hashkey, row.response])
    assert refused_as(row.hashkey, row.response) == "expired"


@pytest.mark.django_db
@pytest.mark.parametrize("answer", ["xxxxx", "é" * 5, "\x00x", "a" * 1_000_000])
def test_a_wrong_answer_uses_the_captcha_up(answer):
    row = make_captcha()
    assert refused_as(row.hashkey, answer) == "invalid"
    assert refused_as(row.hashkey, row.response) == "expired"


@pytest.mark.django_db
def test_the_whole_text_of_the_picture_is_not_an_answer():
    for _ in range(20):
        row = make_captcha()
        assert refused_as(row.hashkey, row.challenge.split()[1]) == "invalid"


@pytest.mark.django_db
@pytest.mark.parametrize("answer", ["", None, "  ", "\x00", "?"])
def test_an_empty_answer_does_not_use_the_captcha_up(answer):
    row = make_captcha()
    assert refused_as(row.hashkey, answer) == "required"
    assert field.OnceCaptchaField().clean([row.hashkey, row.response])


@pytest.mark.django_db
def test_an_answer_that_comes_too_fast_asks_to_wait_and_keeps_the_captcha():
    row = make_captcha(expiration=timezone.now() + timedelta(minutes=20))
    assert refused_as(row.hashkey, row.response) == refused_as(row.hashkey, "xxxxx") == "early"
    CaptchaStore.objects.update(expiration=row.expiration - timedelta(seconds=2))
    assert field.OnceCaptchaField().clean([row.hashkey, row.response])


@pytest.mark.django_db
def test_a_captcha_that_was_issued_before_the_clock_was_set_back_is_old_enough():
    row = make_captcha(expiration=timezone.now() + timedelta(minutes=20, hours=1))
    assert field.OnceCaptchaField().clean([row.hashkey, row.response])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("", "Isi kode dari gambar atau suara."),
        ("xxxxx", "Isian tadi belum cocok dengan petunjuknya. Silakan coba gambar atau suara yang baru ini."),
    ],
)
def test_a_refusal_says_what_to_do(answer, message):
    with pytest.raises(ValidationError) as refusal:
        field.OnceCaptchaField().clean([make_captcha().hashkey, answer])
    assert refusal.value.messages == [message]


@pytest.mark.django_db
def test_an_answer_is_compared_with_the_captcha_of_its_key():
    rows = [make_captcha(response=response) for response in ("3xw", "k7m", "4cd")]
    for row in (rows[1], rows[2], rows[0]):
        assert field.OnceCaptchaField().clean([row.hashkey, row.response]) == row.hashkey
    first, second = make_captcha(response="3xw"), make_captcha(response="k7m")
    assert refused_as(first.hashkey, second.response) == refused_as(second.hashkey, first.response) == "invalid"


@pytest.mark.django_db
def test_a_form_answered_too_fast_comes_back_unchanged(client):
    row = make_captcha(expiration=timezone.now() + timedelta(minutes=20))
    typed = {"nama": "Warga", "komentar": "Segera", "setuju": "ya", "captcha_0": row.hashkey, "captcha_1": "k7x"}
    page = client.post(f"/berita/{make_article().pk}/komentar", typed).content.decode()
    assert "Anda sangat cepat. Tunggu dua detik" in page
    for kept in (f'name="captcha_0" value="{row.hashkey}"', 'name="captcha_1" value="k7x"', "Segera"):
        assert kept in page


@pytest.mark.django_db
def test_an_expired_captcha_is_refused():
    row = make_captcha(expiration=timezone.now() - timedelta(seconds=1))
    assert refused_as(row.hashkey, row.response) == "expired"


@pytest.mark.django_db
@pytest.mark.parametrize("key", [None, "", "\x00", "0" * 40, "0" * 10_000, "é", "' OR 1=1"])
def test_an_unknown_key_is_refused(key):
    assert refused_as(key, "xxxxx") == "expired"


@pytest.mark.django_db(transaction=True)
def test_of_fifty_equal_simultaneous_posts_one_is_accepted():
    barrier = Barrier(THREADS)

    def post(row):
        connection.ensure_connection()
        barrier.wait()
        try:
            field.OnceCaptchaField().clean([row.hashkey, row.response])
        except ValidationError:
            return 0
        finally:
            connections.close_all()
        return 1

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(5):
            assert sum(pool.map(post, [make_captcha()] * THREADS)) == 1


# ---- What is issued


@pytest.mark.django_db
def test_a_captcha_stays_on_the_form_until_it_is_used(rf):
    row = make_captcha()
    typed = {"captcha_0": row.hashkey, "captcha_1": "x7"}
    assert issuing.shown(rf.post("/", typed)) == {
        "captcha_key": row.hashkey,
        "captcha_task": picture.TASKS[row.challenge.split()[0]],
        "captcha_answer": "x7",
    }
    assert issuing.shown(rf.post("/", {"captcha_0": row.hashkey}))["captcha_answer"] == ""
    row.delete()
    after = issuing.shown(rf.post("/", typed))
    assert after["captcha_key"] != row.hashkey
    assert after["captcha_answer"] == ""


@pytest.mark.django_db
def test_without_javascript_a_button_brings_another_picture_without_an_error_message(client):
    row = make_captcha()
    typed = {"captcha_0": row.hashkey, "captcha_1": "x7", "komentar": "Belum selesai", "gambar_lain": "ya"}
    page = client.post(f"/berita/{make_article().pk}/komentar", typed).content.decode()
    assert re.search(r'name="captcha_0" value="([0-9a-f]{40})"', page)[1] != row.hashkey
    assert 'name="captcha_1" value=""' in page
    assert "Belum selesai" in page
    assert "errorlist" not in page
    assert 0 < page.index(">Kirim komentar<") < page.index('name="gambar_lain"'), "the Enter key sends the comment"


@pytest.mark.django_db
def test_keys_begin_with_the_senders_key_and_continue_at_random(client):
    mine, again, other = *issued_keys(client, 2), *issued_keys(client, sender="10.0.0.2")
    assert mine[:8] == again[:8] != other[:8]
    assert len({mine[8:], again[8:], other[8:]}) == 3


@pytest.mark.django_db
def test_a_flood_from_one_address_gets_the_captchas_it_already_has(client, monkeypatch):
    monkeypatch.setattr(issuing, "OPEN_PER_SENDER", 10)
    others = issued_keys(client, sender="10.0.0.2")
    keys = issued_keys(client, 40)
    assert len(set(keys)) == 10
    assert CaptchaStore.objects.count() == 11
    assert CaptchaStore.objects.filter(hashkey=others[0]).exists()
    # After half of their lifetime new ones are issued, so that nobody gets one that is about to expire.
    CaptchaStore.objects.update(expiration=timezone.now() + issuing.lifetime() / 2)
    assert issued_keys(client)[0] not in keys


@pytest.mark.django_db
def test_the_captchas_of_others_do_not_count_in_the_limit_of_a_sender(monkeypatch):
    monkeypatch.setattr(issuing, "OPEN_PER_SENDER", 2)
    for sender in ("0" * 8, "f" * 8):
        for number in range(2):
            make_captcha(hashkey=f"{sender}{number:032x}")
    assert issuing._issued("8" * 64).hashkey.startswith("8" * 8)


@pytest.mark.slow
@pytest.mark.django_db
def test_a_flood_from_many_addresses_evicts_the_oldest_captchas(client, monkeypatch):
    monkeypatch.setattr(issuing, "OPEN_IN_ALL", 20)
    monkeypatch.setattr(issuing, "COUNT_EVERY", 5)
    keys = [key for number in range(60) for key in issued_keys(client, sender=f"10.0.1.{number}")]
    left = set(CaptchaStore.objects.values_list("hashkey", flat=True))
    assert set(keys[-20:]) <= left
    assert len(left) < 25


@pytest.mark.slow
@pytest.mark.django_db
def test_queries_on_a_full_table_use_an_index(client):
    challenge, response = picture.challenge()
    CaptchaStore.objects.bulk_create(
        CaptchaStore(
            hashkey=f"{number:040x}",
            challenge=challenge,
            response=response,
            expiration=timezone.now() + issuing.lifetime(),
        )
        for number in range(10_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE captcha_captchastore")
    plans = []

    def explain(execute, sql, params, many, context):
        if "captcha_captchastore" in sql and not sql.startswith(("EXPLAIN", "INSERT")):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {sql}", params)
                plans.append("\n".join(line for (line,) in cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        client.get(f"/captcha/{issued_keys(client)[0]}/gambar.png")
        refused_as("0" * 40, "x")
    assert len(plans) >= 3
    assert all("Index" in plan and "Seq Scan" not in plan for plan in plans), plans
