"""Steps shared by browser tests: check that a page fits, log in, write a comment, answer a captcha."""

from functools import cache
from importlib.resources import files

from captcha.models import CaptchaStore

from comments.captcha import field

WIDTHS = (320, 360, 1280)  # 320: the smallest phones, and 1280 zoomed to 400 %


def does_not_scroll_sideways(page) -> bool:
    """Checks all WIDTHS, whatever the size of the window; restores the size."""
    page.wait_for_load_state()  # a click returns when the next page has begun: it may have no element yet
    size = page.viewport_size
    fits = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": size["height"]})
        fits.append(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
    page.set_viewport_size(size)
    return all(fits)


@cache
def _axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text()


def faults(page) -> list[str]:
    """What axe-core finds on the page on a phone and on a desktop: WCAG 2.2 AA, and best practice. [] is right."""
    size, found = page.viewport_size, []
    page.evaluate(_axe())
    for width, height in ((360, 740), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        result = page.evaluate("rules => axe.run({ runOnly: rules, resultTypes: ['violations'] })", rules)
        found += [
            f"{page.url} at {width}: {each['id']}: {each['nodes'][0]['target']}" for each in result["violations"]
        ]
    page.set_viewport_size(size)
    return found


def log_in(page, client, portal_url, person):
    """Logs the browser in to the newsroom. A session that it had goes on: the answer to something that it has just
    sent could otherwise end the new one."""
    client.cookies.clear()
    client.force_login(person)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": f"{portal_url}/admin/"}
    page.context.add_cookies([cookie])


def focused(page, attribute="id"):
    return page.evaluate("name => document.activeElement.getAttribute(name)", attribute)


def go_to_end_of(page, block):
    """Puts the cursor of the body's editor at the end of this paragraph or cell, as a person does, and waits until the
    editor knows: it learns a moment later where the browser's cursor went, and keys pressed before act elsewhere."""
    block.click()
    page.keyboard.press("End")
    page.wait_for_function(
        """() => {
            const { $head, empty } = document.querySelector(".ProseMirror-focused")?.editor?.state.selection ?? {};
            return empty && $head.parentOffset > 0 && $head.parentOffset === $head.parent.content.size;
        }"""
    )


def write_comment(page, text="Kapan layanan ini dibuka?"):
    page.get_by_label("Nama", exact=True).fill("Warga Cipondoh")
    page.locator("textarea").fill(text)
    page.get_by_label("Saya setuju").check()


def key_of_captcha(page) -> str:
    return page.locator("input[name=captcha_0]").input_value()


def answer_captcha(page, answer=None):
    """Types the right answer to the captcha on the page, or the given one."""
    typed = page.locator("input[name=captcha_1]")
    typed.wait_for()
    typed.fill(answer or aged_captcha(page).response)


def aged_captcha(page) -> CaptchaStore:
    """The captcha on the page, made old enough to be answered."""
    row = CaptchaStore.objects.get(hashkey=key_of_captcha(page))
    CaptchaStore.objects.filter(pk=row.pk).update(expiration=row.expiration - field.FASTEST)
    return row
