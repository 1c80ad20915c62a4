"""Nothing typed in the newsroom is lost, in a real browser: each way in which it was, tried through the real pages."""

import os
import re
import signal
from contextlib import suppress
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from comments.models import Comment, Office
from news.models import Article, Notice, Page
from portal.unsaved.models import Copy, Return
from tests.browsing import does_not_scroll_sideways, go_to_end_of, log_in
from tests.conftest import DESKTOP
from tests.make import make_article, make_comment, make_person

pytestmark = pytest.mark.django_db(transaction=True)
EDITOR = ".field-body .ProseMirror[contenteditable]"
SAVED = ".messagelist .success"
PASSWORD = "empat kata acak sekali"
SENTENCE = "Warga Karawaci menunggu layanan ini sejak lama."


@pytest.fixture
def viewport():
    return DESKTOP


@pytest.fixture
def writer():
    return make_person("Penulis")


@pytest.fixture
def newsroom(page, client, portal_url, writer):
    log_in(page, client, portal_url, writer)
    return page


def make_draft():
    return make_article(status=Article.Status.DRAFT, title="Judul lama", body="<p>Awal.</p>")


def address(article):
    return f"/admin/news/article/{article.pk}/change/"


def title_of(page):
    return page.locator("#id_title")


def write(page, article):
    page.goto(address(article))
    go_to_end_of(page, page.locator(EDITOR).get_by_text("Awal."))
    page.keyboard.type(f" {SENTENCE}")
    title_of(page).fill("Judul baru")


def save(page):
    page.get_by_role("button", name="Simpan dan lanjutkan").click()


def problem(page):
    return page.locator(".unsaved-problem:not([hidden])")


def send_again(page):
    problem(page).get_by_role("button", name="Kirim lagi").click()
    expect(page.locator(SAVED)).to_be_visible()


def assert_saved(article):
    article.refresh_from_db()
    assert (article.title, article.body) == ("Judul baru", f"<p>Awal. {SENTENCE}</p>")
    assert not Copy.objects.exists()


def log_in_beside(page, client, portal_url, person):
    """In a second tab: the session and the CSRF token change for both."""
    give_password(person)
    with page.context.expect_page() as opened:
        problem(page).get_by_role("link", name="Masuk lagi di tab baru").click()
    fill_login(opened.value, person)
    opened.value.close()


def give_password(person):
    person.set_password(PASSWORD)
    person.last_login = person.date_joined  # it is the person's own
    person.save()


def fill_login(tab, person):
    tab.locator("#id_username").fill(person.username)
    tab.locator("#id_password").fill(PASSWORD)
    tab.locator("[type=submit]").click()
    expect(tab.locator("#user-tools")).to_be_visible()


def wait_for_copy(page):
    expect(page.locator(".unsaved-status")).to_have_text(re.compile(r"^Tersimpan \d\d\.\d\d W\w+$"))


def bar(page):
    return page.get_by_role("region", name="Tulisan yang belum tersimpan")


def wait_until_stored(page, text):
    """Until the browser's own database has it: within two seconds, with room for a busy machine."""
    for _ in range(40):
        if text in page.evaluate(STORED):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"not stored: {text}")


STORED = """async () => {
    const opened = indexedDB.open("tulisan", 1);
    await new Promise((done) => { opened.onsuccess = done; });
    const asked = opened.result.transaction("copies").objectStore("copies").getAll();
    await new Promise((done) => { asked.onsuccess = done; });
    opened.result.close();
    return JSON.stringify(asked.result);
}"""


@pytest.mark.parametrize("cookies", [["sessionid"], ["sessionid", "csrftoken"]])
def test_a_dead_session_leaves_everything_where_it_is_until_one_has_logged_in_beside_it(
    newsroom, client, portal_url, writer, cookies
):
    article = make_draft()
    write(newsroom, article)
    for name in cookies:
        newsroom.context.clear_cookies(name=name)
    save(newsroom)
    expect(problem(newsroom)).to_contain_text("sesi Anda sudah berakhir")
    assert does_not_scroll_sideways(newsroom)
    log_in_beside(newsroom, client, portal_url, writer)
    send_again(newsroom)
    assert_saved(article)


@pytest.mark.parametrize("kept", ["sessionid", None])
def test_a_dead_token_is_replaced_without_a_word(newsroom, client, portal_url, writer, kept):
    article = make_draft()
    write(newsroom, article)
    if kept:
        newsroom.context.clear_cookies(name="csrftoken")
    else:  # logged in again in a second tab
        log_in(newsroom, client, portal_url, writer)
        newsroom.context.clear_cookies(name="csrftoken")
    save(newsroom)
    expect(newsroom.locator(SAVED)).to_be_visible()
    assert_saved(article)


def test_a_dead_network_leaves_everything_where_it_is(newsroom):
    article = make_draft()
    write(newsroom, article)
    newsroom.context.set_offline(True)
    save(newsroom)
    expect(problem(newsroom)).to_contain_text("jaringan terputus")
    newsroom.context.set_offline(False)
    send_again(newsroom)
    assert_saved(article)


def test_nothing_is_sent_in_the_name_of_another_user_who_has_logged_in_meanwhile(newsroom, client, portal_url):
    article = make_draft()
    write(newsroom, article)
    other = make_person("Redaktur")
    log_in(newsroom, client, portal_url, other)
    save(newsroom)
    expect(problem(newsroom)).to_contain_text(f"sekarang masuk {other.get_full_name()}")
    article.refresh_from_db()
    assert article.title == "Judul lama"
    assert not Copy.objects.filter(user=other).exists()


def test_a_closed_tab_is_offered_again_compared_restored_and_undone(newsroom):
    article = make_draft()
    write(newsroom, article)
    wait_until_stored(newsroom, "Judul baru")
    other = newsroom.context.new_page()
    newsroom.close()
    other.goto(address(article))
    expect(bar(other)).to_contain_text(re.compile(r"belum tersimpan dari \d\d\.\d\d"))
    bar(other).get_by_role("button", name="Bandingkan").press("Enter")
    row = bar(other).get_by_role("row", name="Judul")
    expect(row).to_contain_text("Judul lama")
    expect(row).to_contain_text("Judul baru")
    expect(bar(other).get_by_role("row", name="Isi")).to_contain_text(SENTENCE)
    assert does_not_scroll_sideways(other)
    bar(other).get_by_role("button", name="Pulihkan").press("Enter")
    expect(other.locator(EDITOR)).to_contain_text(SENTENCE)
    bar(other).get_by_role("button", name="Urungkan").press("Enter")
    expect(other.locator(EDITOR)).not_to_contain_text(SENTENCE)
    bar(other).get_by_role("button", name="Buang").press("Enter")
    bar(other).get_by_role("button", name="Urungkan").press("Enter")
    bar(other).get_by_role("button", name="Pulihkan").press("Enter")
    save(other)
    expect(other.locator(SAVED)).to_be_visible()
    assert_saved(article)
    other.goto(address(article))
    other.wait_for_timeout(500)
    expect(bar(other)).to_be_hidden()


def test_another_device_offers_what_the_server_has(
    newsroom, browser, browser_context_args, client, portal_url, writer
):
    article = make_draft()
    write(newsroom, article)
    wait_for_copy(newsroom)
    newsroom.wait_for_timeout(6_000)
    device = browser.new_context(**browser_context_args)
    page = device.new_page()
    log_in(page, client, portal_url, writer)
    page.goto(address(article))
    bar(page).get_by_role("button", name="Pulihkan").click()
    expect(page.locator(EDITOR)).to_contain_text(SENTENCE)
    save(page)
    expect(page.locator(SAVED)).to_be_visible()
    assert_saved(article)
    device.close()


def test_what_was_discarded_or_saved_is_not_offered_again(newsroom):
    article = make_draft()
    write(newsroom, article)
    wait_until_stored(newsroom, "Judul baru")
    newsroom.reload()
    bar(newsroom).get_by_role("button", name="Buang").click()
    expect(bar(newsroom)).to_contain_text("dibuang")
    newsroom.goto(address(article))
    newsroom.wait_for_timeout(500)
    expect(bar(newsroom)).to_be_hidden()
    newsroom.goto("/admin/news/article/add/")
    title_of(newsroom).fill("Berita yang baru")
    newsroom.locator(EDITOR).click()
    newsroom.keyboard.type("Isi berita.")
    newsroom.get_by_text("Layanan Publik", exact=True).click()
    newsroom.get_by_role("button", name="Simpan draf").click()
    expect(newsroom.locator(SAVED)).to_be_visible()
    newsroom.goto("/admin/news/article/add/")
    newsroom.wait_for_timeout(500)
    expect(bar(newsroom)).to_be_hidden()


def test_a_form_with_an_error_goes_on_with_its_copy_and_chosen_names_come_back(newsroom):
    make_draft()
    newsroom.goto("/admin/news/article/add/")
    title_of(newsroom).fill("Tanpa isi")
    newsroom.get_by_text("Layanan Publik", exact=True).click()
    newsroom.get_by_role("button", name="Simpan draf").click()
    expect(newsroom.locator(".errornote")).to_be_visible()
    newsroom.wait_for_timeout(500)
    expect(bar(newsroom)).to_be_hidden()
    newsroom.goto("/admin/news/article/add/")
    bar(newsroom).get_by_role("button", name="Pulihkan").click()
    expect(newsroom.get_by_role("radio", name="Layanan Publik")).to_be_checked()
    expect(title_of(newsroom)).to_have_value("Tanpa isi")


def test_a_browser_that_is_killed_loses_at_most_two_seconds(
    playwright, browser_type_launch_args, tmp_path, client, portal_url, writer
):
    article = make_draft()

    def launch():
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile", **browser_type_launch_args, base_url=portal_url, viewport=DESKTOP
        )
        page = context.pages[0]
        log_in(page, client, portal_url, writer)
        # The server gets nothing: only the browser's own disk is left.
        page.route("**/belum-tersimpan/", lambda route: route.abort())
        return context, page

    context, page = launch()
    write(page, article)
    page.wait_for_timeout(2_000)
    for process in processes_with(str(tmp_path / "profile")):
        os.kill(process, signal.SIGKILL)
    with suppress(Exception):  # there is nobody left to answer
        context.close()
    for lock in (tmp_path / "profile").glob("Singleton*"):
        lock.unlink()
    context, page = launch()
    page.goto(address(article))
    bar(page).get_by_role("button", name="Pulihkan").click()
    expect(page.locator(EDITOR)).to_contain_text(SENTENCE)
    expect(title_of(page)).to_have_value("Judul baru")
    context.close()


def processes_with(argument: str) -> list[int]:
    """The processes of which an argument contains this text."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if argument.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


# ---- The other forms


def answer_form():
    officer = make_person("OPD")
    office = Office.objects.create(name="Dinas Perhubungan")
    office.members.add(officer)
    comment = make_comment(make_article())
    return officer, reverse("admin:comments_answer", args=[office.pk, comment.pk]), "Kirim jawaban", "jawaban"


def page_form():
    page = Page.objects.create(slug="jadwal", title="Jadwal", body="<p>Awal.</p>")
    return make_person("Redaktur"), f"/admin/news/page/{page.pk}/change/", "Simpan", "title"


def notice_form():
    notice = Notice.objects.create(title="Banjir", text="Hati-hati.")
    return make_person("Redaktur"), f"/admin/news/notice/{notice.pk}/change/", "Simpan", "text"


def correction_form():
    return make_person("Redaktur"), address(make_article()), "Simpan", "told_text"


def note_form():
    comment = make_comment(make_article(), status=Comment.Status.WAITING)
    return make_person("Moderator"), reverse("admin:comments_queued", args=[comment.pk]), "Spam", "catatan"


OTHERS = [answer_form, page_form, notice_form, correction_form, note_form]


def field(page, name):
    return page.locator(f"[name={name}]").first


def fill(page, name):
    if name == "told_text":
        field(page, "told_kind").select_option("ralat")
    field(page, name).fill(SENTENCE)


def press(page, text):
    page.get_by_role("button", name=text).first.click()


@pytest.mark.parametrize("form", OTHERS)
def test_every_long_text_survives_a_dead_session(page, client, portal_url, form):
    person, where, text, name = form()
    log_in(page, client, portal_url, person)
    page.goto(where)
    fill(page, name)
    page.context.clear_cookies(name="sessionid")
    press(page, text)
    expect(problem(page)).to_contain_text("sesi Anda sudah berakhir")
    log_in_beside(page, client, portal_url, person)
    problem(page).get_by_role("button", name="Kirim lagi").click()
    expect(page.locator(".messagelist, #last").first).to_be_visible()
    assert not Copy.objects.exists()


@pytest.mark.parametrize("form", OTHERS)
def test_every_long_text_is_offered_again(page, client, portal_url, form):
    person, where, _, name = form()
    log_in(page, client, portal_url, person)
    page.goto(where)
    fill(page, name)
    wait_until_stored(page, SENTENCE)
    page.goto(where)
    expect(field(page, name)).not_to_have_value(SENTENCE)
    bar(page).get_by_role("button", name="Pulihkan").click()
    expect(field(page, name)).to_have_value(SENTENCE)


@pytest.mark.parametrize(
    ("form", "cookies"),
    [
        *((form, ["sessionid"]) for form in OTHERS),
        (answer_form, ["sessionid", "csrftoken"]),
        (page_form, ["csrftoken"]),
    ],
)
def test_without_javascript_it_comes_back_in_its_form_and_is_not_carried_out(
    page_without_javascript, client, portal_url, form, cookies
):
    page = page_without_javascript
    person, where, text, name = form()
    give_password(person)
    log_in(page, client, portal_url, person)
    page.goto(where)
    fill(page, name)
    for each in cookies:
        page.context.clear_cookies(name=each)
    press(page, text)
    if "sessionid" in cookies:
        fill_login(page, person)
    expect(page.locator(".messagelist .warning")).to_contain_text("Belum tersimpan")
    expect(field(page, name)).to_have_value(SENTENCE)
    assert does_not_scroll_sideways(page)
    assert Return.objects.exists()
    press(page, text)
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert not Return.objects.exists()


def test_a_note_in_a_dialog_of_the_queue_survives_closing_it_and_stays_with_its_comment(page, client, portal_url):
    for text in ("Pertama", "Kedua"):
        make_comment(make_article(), text=text, status=Comment.Status.WAITING)
    log_in(page, client, portal_url, make_person("Moderator"))
    page.goto(reverse("admin:comments_queue"))
    rows, note = page.locator("#queue .row"), page.locator("dialog[open] [name=catatan]")
    for number, expected in ((0, ""), (1, ""), (0, SENTENCE)):
        rows.nth(number).get_by_role("button", name="Tolak…").click()
        expect(note).to_have_value(expected)
        note.fill(SENTENCE if number == 0 else "")
        page.keyboard.press("Escape")
