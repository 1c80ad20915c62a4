"""What a page holds that its visitors do not see: hidden links, and what it fetches from elsewhere."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit


class ParsedPage(HTMLParser):
    """The links of a page that nobody sees, what it fetches from elsewhere, and its words."""

    _FETCHED = {"object": "data", "link": "href"} | dict.fromkeys(
        ("script", "iframe", "img", "embed", "video", "audio", "source"), "src"
    )
    _LINKS_THAT_FETCH = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}

    def __init__(self, html: str, base: str = ""):
        super().__init__()
        self.base = base
        self.hidden_links: list[str] = []
        self.fetched_elsewhere: list[str] = []
        self.words: list[str] = []
        self._link: list | None = None  # of the link that is open: address, whether it is hidden, its words
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        values = {name: value or "" for name, value in attributes}
        if tag == "a" and self._is_foreign(values.get("href", "")):
            style = values.get("style", "").replace(" ", "")
            hidden = "hidden" in values or re.search(r"display:none|visibility:hidden|font-size:0|left:-\d", style)
            self._link = [values["href"], bool(hidden), ""]
        elif tag == "img" and self._link:
            self._link[2] += "x"  # a picture can be seen
        fetches = tag != "link" or self._LINKS_THAT_FETCH & set(values.get("rel", "").split())
        if tag in self._FETCHED and fetches and self._is_foreign(address := values.get(self._FETCHED[tag], "")):
            self.fetched_elsewhere.append(address)

    def _is_foreign(self, address: str) -> bool:
        """Also what is no address at all, as browsers may make something of it."""
        try:
            parts = urlsplit(address.strip())
            return parts.scheme != "data" and parts.netloc not in ("", urlsplit(self.base).netloc)
        except ValueError:
            return True

    def handle_data(self, data):
        self.words.append(data)
        if self._link:
            self._link[2] += data

    def handle_endtag(self, tag):
        if tag == "a" and self._link:
            address, hidden, words = self._link
            if hidden or not any(each.isalnum() for each in words):
                self.hidden_links.append(address)
            self._link = None
