"""The moderators' queue in a real browser: keyboard, decisions without a reload, and failures of these."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from comments.admin import queue, queue_rows
from comments.models import Comment, Decision, Office
from tests.browsing import WIDTHS, does_not_scroll_sideways, log_in
from tests.conftest import DESKTOP, wait_until
from tests.make import make_article, make_comment, make_person
from tests.test_queue import QUEUE, make_alike, make_waiting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def viewport():
    return DESKTOP


@pytest.fixture
def desk(quiet_page, client, portal_url):
    """A page on which a moderator is logged in."""
    log_in(quiet_page, client, portal_url, make_person("Moderator"))
    return quiet_page


def statuses():
    return [
        f"{status} {reason}".strip()
        for status, reason in Comment.objects.order_by("pk").values_list("status", "reason")
    ]


def current(page):
    return page.locator(".row.is-current h3").inner_text()


def test_keys_decide_move_select_and_undo(desk):
    article = make_article()
    for name in ("Satu", "Dua", "Tiga", "Empat", "Lima"):
        make_waiting(article, name=name)
    desk.goto(QUEUE)
    assert current(desk) == "Satu"
    assert does_not_scroll_sideways(desk)
    desk.keyboard.press("j")
    desk.keyboard.press("ArrowUp")
    assert current(desk) == "Satu"
    desk.keyboard.press("s")
    assert current(desk) == "Dua"
    expect(desk.locator("#last [role=status]")).to_have_text("Komentar Satu disetujui.")
    desk.keyboard.press("t")
    desk.keyboard.press("3")
    expect(desk.locator("#last [role=status]")).to_have_text("Komentar Dua ditolak: Kasar atau menghina.")
    desk.keyboard.press("p")
    expect(desk.locator("#last [role=status]")).to_have_text("Komentar Tiga ditolak: Spam atau judi online.")
    assert statuses() == ["approved", "rejected kasar", "rejected spam", "waiting", "waiting"]
    desk.keyboard.press("b")
    expect(desk.locator("#last [role=status]")).to_contain_text("Dibatalkan: komentar Tiga kembali")
    assert current(desk) == "Tiga"
    desk.keyboard.press("u")
    expect(desk.locator(".row")).to_have_count(4)
    assert current(desk) == "Dua"
    assert statuses() == ["approved", "waiting", "waiting", "waiting", "waiting"]
    for key in "xjx":
        desk.keyboard.press(key)
    expect(desk.locator("#picked-count")).to_have_text("2 dipilih")
    desk.keyboard.press("p")
    expect(desk.locator("#last [role=status]")).to_have_text("2 komentar ditolak: Spam atau judi online.")
    assert statuses() == ["approved", "rejected spam", "rejected spam", "waiting", "waiting"]


def test_a_key_held_down_moves_on_but_decides_once(desk):
    article = make_article()
    for name in ("Satu", "Dua", "Tiga", "Empat"):
        make_waiting(article, name=name)
    desk.goto(QUEUE)
    for _ in range(3):  # without a keyup between them these count as repeats
        desk.keyboard.down("s")
    desk.keyboard.up("s")
    expect(desk.locator("#last [role=status]")).to_have_text("Komentar Satu disetujui.")
    assert current(desk) == "Dua"
    for _ in range(3):
        desk.keyboard.down("j")
    desk.keyboard.up("j")
    assert current(desk) == "Empat"
    assert statuses() == ["approved", "waiting", "waiting", "waiting"]


def test_decisions_made_before_the_page_was_loaded_can_be_undone(desk):
    article = make_article()
    make_waiting(article, name="Kemarin")
    make_waiting(article, name="Satu")
    make_alike(article, 3, name="Penjual")
    desk.goto(QUEUE)
    for message in ("Komentar Kemarin disetujui.", "Komentar Satu disetujui."):
        desk.keyboard.press("s")
        expect(desk.locator("#last [role=status]")).to_have_text(message)
    desk.keyboard.press("p")
    expect(desk.get_by_text("Antrean kosong")).to_be_visible()
    expect(desk.locator("#last [role=status]")).to_have_text("3 komentar ditolak: Spam atau judi online.")
    desk.reload()
    expect(desk.locator("#last [role=status]")).to_contain_text("Terakhir: 3 komentar")

    def slowly(route):
        expect(desk.locator("#last [role=status]")).to_have_text("Sedang membatalkan…")
        route.continue_()

    desk.route("**/batalkan/*", slowly)
    desk.keyboard.press("b")
    expect(desk.locator("#last [role=status]")).to_have_text(
        "Dibatalkan: 3 komentar kembali seperti sebelum diputuskan."
    )
    expect(desk.locator(".row")).to_have_count(1)
    desk.locator("#last").get_by_role("button", name="Batalkan").click()
    expect(desk.locator("#last [role=status]")).to_contain_text("Dibatalkan: komentar Satu kembali")
    expect(desk.locator(".row")).to_have_count(2)
    assert statuses() == ["approved", *["waiting"] * 4]


def test_the_rest_of_a_group_larger_than_one_click_decides_is_shown_again(desk, monkeypatch):
    monkeypatch.setattr(queue, "AT_ONCE", 3)
    article = make_article()
    make_alike(article, 5, name="Penjual")
    make_waiting(article, name="Satu")
    desk.goto(QUEUE)
    desk.keyboard.press("p")
    expect(desk.locator("#last [role=status]")).to_have_text(
        "3 dari 5 komentar ditolak: Spam atau judi online. Sisanya masih menunggu."
    )
    expect(desk.get_by_text("2 serupa")).to_be_visible()
    desk.locator("#last").get_by_role("button", name="Batalkan").click()
    expect(desk.get_by_text("5 serupa")).to_be_visible()


def test_comments_behind_a_flood_are_on_the_first_page(desk, monkeypatch):
    monkeypatch.setattr(queue_rows, "SCANNED", 5)
    article = make_article()
    make_alike(article, 12, name="Penjual", left=timedelta(hours=1))
    for name in ("Satu", "Dua"):
        make_waiting(article, name=name)
    desk.goto(QUEUE)
    expect(desk.locator(".row")).to_have_count(3)
    expect(desk.locator(".more")).to_have_count(0)


def test_keys_do_nothing_special_in_text_fields(desk):
    make_waiting()
    desk.goto(QUEUE)
    desk.get_by_text("Cari dan saring").click()
    desk.get_by_label("Cari kata").press_sequentially("spjkx")
    assert desk.get_by_label("Cari kata").input_value() == "spjkx"
    desk.locator("[data-opens=tolak]").click()
    desk.get_by_label("Catatan untuk penulis").press_sequentially("1 2 3 sp")
    assert statuses() == ["waiting"]
    desk.get_by_role("button", name="Memuat data pribadi").click()
    expect(desk.locator("#last [role=status]")).to_contain_text("Memuat data pribadi")
    assert Decision.objects.get().note == "1 2 3 sp"


def test_keys_can_be_switched_off(desk):
    make_waiting()
    desk.goto(QUEUE)
    desk.keyboard.press("?")
    desk.locator("#keys-on").uncheck()
    desk.reload()
    desk.keyboard.press("p")
    desk.wait_for_timeout(300)
    assert statuses() == ["waiting"]


def test_similar_comments_leave_together_and_the_next_ones_appear(desk, monkeypatch):
    monkeypatch.setattr(queue_rows, "SHOWN", 10)
    article = make_article()
    make_alike(article, 30, name="Penjual")
    for number in range(15):
        make_waiting(article, name=f"Warga {number}")
    desk.goto(QUEUE)
    expect(desk.locator(".row")).to_have_count(10)
    desk.keyboard.press("p")
    expect(desk.locator("#last [role=status]")).to_have_text("30 komentar ditolak: Spam atau judi online.")
    for _ in range(15):
        desk.locator(".row.is-current").wait_for()
        desk.keyboard.press("s")
    expect(desk.get_by_text("Antrean kosong")).to_be_visible(timeout=60_000)
    assert not Comment.objects.in_queue().exists()
    assert Comment.objects.visible().count() == 15


def test_a_decision_that_could_not_be_sent_comes_back_and_can_be_retried(page, client, portal_url):
    log_in(page, client, portal_url, make_person("Moderator"))
    article = make_article()
    for name in ("Satu", "Dua"):
        make_waiting(article, name=name)
    page.route("**/putuskan/*", lambda route: route.abort())  # before any request of the page
    page.goto(QUEUE)
    page.keyboard.press("s")
    failed = page.locator(".row .failed")
    expect(failed).to_contain_text("Belum tersimpan. Jaringan terputus.")
    assert current(page) == "Satu"
    assert statuses() == ["waiting", "waiting"]
    page.unroute("**/putuskan/*")
    failed.get_by_role("button", name="Coba lagi").click()
    expect(page.locator("#last [role=status]")).to_have_text("Komentar Satu disetujui.")
    expect(page.locator(".row")).to_have_count(1)
    assert statuses() == ["approved", "waiting"]


def test_a_moderator_who_was_logged_out_learns_it_and_continues_after_logging_in(page, client, portal_url):
    log_in(page, client, portal_url, make_person("Moderator"))
    make_waiting(name="Satu")
    make_waiting(name="Dua")
    page.goto(QUEUE)
    page.context.clear_cookies()
    page.keyboard.press("s")
    expect(page.locator(".row .failed")).to_contain_text("Anda perlu masuk lagi")
    log_in(page, client, portal_url, make_person("Moderator"))
    page.get_by_role("button", name="Coba lagi").click()
    expect(page.locator("#last [role=status]")).to_have_text("Komentar Satu disetujui.")
    assert statuses() == ["approved", "waiting"]


def test_a_decision_of_another_moderator_meanwhile_is_reported(desk):
    comment = make_waiting(name="Satu")
    make_waiting(name="Dua")
    desk.goto(QUEUE)
    other = make_person("Moderator")
    Comment.objects.filter(pk=comment.pk).approve(by=other)
    desk.keyboard.press("p")
    expect(desk.locator("#last [role=status]")).to_have_text(
        f"Komentar Satu sudah diputuskan oleh {other.username}: disetujui."
    )
    expect(desk.locator(".row")).to_have_count(1)
    assert statuses() == ["approved", "waiting"]


def test_a_complaint_is_forwarded_from_the_dialog(desk):
    Office.objects.create(name="Dinas Perhubungan")
    make_waiting(name="Bu Rina")
    make_waiting()
    desk.goto(QUEUE)
    desk.keyboard.press("d")
    desk.get_by_role("button", name="Setujui dan teruskan").click()
    expect(desk.locator("#teruskan")).to_be_visible()  # still open: the note is missing
    desk.get_by_label("Perangkat daerah").select_option("Dinas Perhubungan")
    desk.get_by_label("Catatan untuk pembaca").fill("Sedang diperiksa.")
    desk.get_by_role("button", name="Setujui dan teruskan").click()
    expect(desk.locator("#last [role=status]")).to_have_text(
        "Komentar Bu Rina diteruskan ke Dinas Perhubungan dan disetujui."
    )
    assert Comment.objects.visible().get().forwarded_note == "Sedang diperiksa."


def test_all_of_it_works_without_javascript(page_without_javascript, client, portal_url):
    page = page_without_javascript
    log_in(page, client, portal_url, make_person("Moderator"))
    article = make_article()
    for name in ("Satu", "Dua", "Tiga"):
        make_waiting(article, name=name)
    page.goto(QUEUE)
    page.locator(".row").first.get_by_role("button", name="Setujui").click()
    expect(page.locator(".messagelist")).to_contain_text("Komentar Satu disetujui.")
    page.locator("#last").get_by_role("button", name="Batalkan").click()
    expect(page.locator(".row")).to_have_count(3)
    page.locator(".row").nth(1).get_by_role("button", name="Tolak…").click()
    page.get_by_label("Catatan untuk penulis").fill("Mohon sopan.")
    page.get_by_role("button", name="Kasar atau menghina").click()
    expect(page.locator(".messagelist")).to_contain_text("ditolak: Kasar")
    for pick in page.locator(".pick").all():
        pick.check()
    page.locator("#terpilih select").select_option("spam")
    page.get_by_role("button", name="Putuskan").click()
    page.get_by_text("Antrean kosong").wait_for()
    assert statuses() == ["rejected spam", "rejected kasar", "rejected spam"]


@pytest.mark.parametrize("with_script", [True, False])
def test_the_bars_at_the_bottom_do_not_cover_each_others_buttons(browser, browser_context_args, client, with_script):
    context = browser.new_context(**browser_context_args, java_script_enabled=with_script)
    page = context.new_page()
    log_in(page, client, browser_context_args["base_url"], make_person("Moderator"))
    article = make_article()
    for number in range(12):
        make_waiting(article, name=f"Warga dengan nama yang cukup panjang {number}")
    page.goto(QUEUE)
    page.locator(".row").first.get_by_role("button", name="Setujui").click()
    expect(page.locator("#last")).to_be_visible()
    page.locator(".pick").first.check()
    decide, undo = page.get_by_role("button", name="Putuskan"), page.locator("#last").get_by_role("button")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 740})
        picked, last = page.locator("#terpilih").bounding_box(), page.locator("#last").bounding_box()
        assert picked["y"] + picked["height"] <= last["y"]
        assert last["y"] + last["height"] <= 740
        for button in (decide, undo.first):
            button.click(trial=True, timeout=5_000)  # fails if something covers it
    decide.click()
    expect(page.locator(".row")).to_have_count(10)
    page.locator("#last").get_by_role("button", name="Batalkan").click()
    expect(page.locator(".row")).to_have_count(11)
    context.close()


def test_hostile_text_is_shown_as_text(desk):
    text = "\u202egnalab\u202c <img src=x onerror=alert(1)> </script>{{ 7 }} " + "panjang" * 80
    make_comment(make_article())
    make_waiting(name="<b>Nama</b>", text=text)
    desk.goto(QUEUE)
    expect(desk.locator(".row h3")).to_have_text("<b>Nama</b>")
    assert "<img src=x onerror=alert(1)>" in desk.locator(".row .text").inner_text()
    assert does_not_scroll_sideways(desk)
    wait_until(lambda: desk.locator(".row.is-current").count() == 1)
