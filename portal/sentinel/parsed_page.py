"""Parses a page for hidden links and resources from other sites."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit


class ParsedPage(HTMLParser):
    """The hidden links to other sites in a page, the resources it loads from other sites, and its text."""

    _FETCHED = {"object": "data", "link": "href"} | dict.fromkeys(
        ("script", "iframe", "img", "embed", "video", "audio", "source"), "src"
    )
    _LINKS_THAT_FETCH = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}

    def __init__(self, html: str, base: str = ""):
        super().__init__()
        self.base = base
        self.hidden_links: list[str] = []
        self.fetched_elsewhere: list[str] = []
        self.texts: list[str] = []
        self._link: list | None = None  # the open <a>: [address, whether it is hidden, its text]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        values = {name: value or "" for name, value in attributes}
        if tag == "a" and self._is_foreign(values.get("href", "")):
            style = values.get("style", "").replace(" ", "")
            hidden = "hidden" in values or re.search(r"display:none|visibility:hidden|font-size:0|left:-\d", style)
            self._link = [values["href"], bool(hidden), ""]
        elif tag == "img" and self._link:
            self._link[2] += "x"  # counts as text: a picture is visible
        fetches = tag != "link" or self._LINKS_THAT_FETCH & set(values.get("rel", "").split())
        if tag in self._FETCHED and fetches and self._is_foreign(address := values.get(self._FETCHED[tag], "")):
            self.fetched_elsewhere.append(address)

    def _is_foreign(self, address: str) -> bool:
        """True also for a malformed address, since browsers may accept it."""
        try:
            parts = urlsplit(address.strip())
            return parts.scheme != "data" and parts.netloc not in ("", urlsplit(self.base).netloc)
        except ValueError:
            return True

    def handle_data(self, data):
        self.texts.append(data)
        if self._link:
            self._link[2] += data

    def handle_endtag(self, tag):
        if tag == "a" and self._link:
            address, hidden, text = self._link
            if hidden or not any(char.isalnum() for char in text):
                self.hidden_links.append(address)
            self._link = None
