"""Posts on other services: their address on a line of its own is shown as a card that leads there.

A body stores the plain link, so the editor, feeds and texts without HTML need to know nothing of it. The card is a
link, no frame: nothing is asked of the service before the click, and no page needs a wider CSP.
"""

import re
from typing import NamedTuple


class Post(NamedTuple):
    kind: str  # in the readers' words
    service: str
    address: str


_VIDEO = re.compile(
    r"(?:https?:)?//(?:(?:(?:www|m|music)\.)?youtube(?:-nocookie)?\.com/"
    r"(?:watch/?\?(?:[^\s#]*&)?v=|(?P<path>shorts|live|embed)/)|youtu\.be/)(?P<id>[\w-]{11})(?:[?&#/]\S*)?",
    re.ASCII | re.IGNORECASE,
)
_POSTS = {
    "Instagram": re.compile(
        r"https?://(?:www\.)?instagram\.com/(?:[\w.]+/)?(?:p|reels?|tv)/[\w-]+/?(?:[?#]\S*)?", re.ASCII | re.IGNORECASE
    ),
    "X": re.compile(
        r"https?://(?:(?:www|mobile)\.)?(?:x|twitter)\.com/\w{1,15}/status/\d+(?:[/?#]\S*)?", re.ASCII | re.IGNORECASE
    ),
}


def post_at(address: str) -> Post | None:
    """The post that this is the address of; for the address of a video's frame, with the address of its page."""
    if video := _VIDEO.fullmatch(address):
        is_frame = video["path"] == "embed"
        return Post("Video", "YouTube", f"https://www.youtube.com/watch?v={video['id']}" if is_frame else address)
    for service, pattern in _POSTS.items():
        if pattern.fullmatch(address):
            return Post("Kiriman", service, address)
    return None
