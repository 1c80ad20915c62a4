"""Which user agents are browsers of people, and which are programs."""

import re
from functools import lru_cache

# With any other beginning it is a program that names itself: curl/8.5.0, node, Java/17, kube-probe/1.29.
_BROWSER = re.compile(rb"Mozilla/|Opera/|(?:Lynx|w3m|E?Links|Dillo|NetSurf|UCWEB)(?:[/ (0-9]|$)")
# Programs that begin like a browser say where to read about them: "(compatible; Cardyb/1.1; +mailto:...)"
_INTRODUCTION = re.compile(rb"\+ ?(?:https?:|mailto:|www\.)", re.IGNORECASE)
# Of the list of crawlers, the names that apps also give to the browser inside them; their crawlers begin otherwise.
_ALSO_APPS = {"WhatsApp", "Viber"}


@lru_cache(maxsize=10_000)
def is_program(agent: bytes) -> bool:
    """Whether this user agent, "-" if none was sent, is no person's browser."""
    return not _BROWSER.match(agent) or bool(_INTRODUCTION.search(agent) or _crawlers().search(agent))


@lru_cache(maxsize=1)
def _crawlers() -> re.Pattern:
    # Imported here: only processes that drain need the list, gunicorn's workers do not.
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA

    patterns = [crawler["pattern"] for crawler in CRAWLER_USER_AGENTS_DATA]
    return re.compile("|".join(pattern for pattern in patterns if pattern not in _ALSO_APPS).encode())
