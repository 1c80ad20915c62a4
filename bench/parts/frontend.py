"""What a reader's browser loads for an article page: bytes of HTML, styles and scripts as they are sent, and whom else
it asks. Needs Chromium and playwright; Lighthouse's scores too if `lighthouse` is installed (npm)."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from bench import Failed, LeftOut, article_pages, servers, table
from bench.checkouts import HERE
from bench.options import Options
from bench.table import Line

KIB = 30
SCORES = {"performance": 100, "accessibility": 100, "best-practices": 100, "seo": 100}
_WEIGHED = ("Document", "Stylesheet", "Script")
_FLAGS = ["--no-sandbox", "--disable-dev-shm-usage"]
_PHONE = {"width": 360, "height": 740}
_SHIFTS = """new Promise(done => {
    let sum = 0
    new PerformanceObserver(list => list.getEntries().forEach(each => sum += each.value))
        .observe({type: "layout-shift", buffered: true})
    setTimeout(() => done(sum), 500)
})"""


class Loaded(NamedTuple):
    bytes: dict[str, int]  # sent, by kind of resource
    foreign: list[str]  # addresses on other hosts
    shift: float  # CLS


def measure(options: Options) -> Iterator[Line]:
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if chromium is None:
        raise LeftOut("Chromium is missing: apt-get install chromium-headless-shell")
    with article_pages.filled(options, HERE) as portal, servers.portal(portal) as server:
        address = f"http://127.0.0.1:{server.port}{portal.ask('pages.addresses')[0]}"
        loaded = _load(address, chromium)
        scores = _lighthouse(address, chromium)
    for kind, number in loaded.bytes.items():
        yield Line(f"  {kind.lower()}, KiB compressed", f"{number / 1024:.1f}")
    yield table.at_most("HTML, CSS and JavaScript, KiB", sum(loaded.bytes.values()) / 1024, KIB, ".1f")
    yield table.at_most("requests to other hosts", len(loaded.foreign), 0, ratio=" ".join(loaded.foreign[:1]))
    yield table.at_most("layout shift (CLS)", loaded.shift, 0, ".3f")
    for name, score in scores.items():
        yield table.at_least(f"Lighthouse, {name}", score, SCORES[name], ".0f")


def _load(address: str, chromium: str) -> Loaded:
    """Opens the page as a phone does for the first time."""
    if find_spec("playwright") is None:
        raise LeftOut("playwright is missing: pip install -r requirements-dev.txt")
    kinds: dict[str, tuple[str, str]] = {}  # (kind, address) by request
    sizes: dict[str, int] = {}
    with import_module("playwright.sync_api").sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        try:
            page = browser.new_context(viewport=_PHONE).new_page()
            network = page.context.new_cdp_session(page)
            network.send("Network.enable")
            network.on(
                "Network.responseReceived",
                lambda event: kinds.update({event["requestId"]: (event["type"], event["response"]["url"])}),
            )
            network.on(
                "Network.loadingFinished",
                lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}),
            )
            page.goto(address, wait_until="networkidle")
            shift = page.evaluate(_SHIFTS)
        finally:
            browser.close()
    sums = {kind: sum(sizes.get(each, 0) for each, (of, _) in kinds.items() if of == kind) for kind in _WEIGHED}
    host = urlsplit(address).netloc
    foreign = [url for _, url in kinds.values() if urlsplit(url).scheme != "data" and urlsplit(url).netloc != host]
    return Loaded(sums, foreign, shift)


def _lighthouse(address: str, chromium: str) -> dict[str, float]:
    """The scores in percent; none without the program."""
    if (program := shutil.which("lighthouse")) is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        flags = f"--chrome-flags=--headless {' '.join(_FLAGS)}"
        command = [program, address, "--quiet", "--output=json", f"--output-path={file}", flags]
        done = subprocess.run(command, env=os.environ | {"CHROME_PATH": chromium}, capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"lighthouse: {done.stderr.strip()[-300:]}")
        categories = json.loads(file.read_text())["categories"]
    return {name: 100 * categories[name]["score"] for name in SCORES}
