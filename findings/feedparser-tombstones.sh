#!/usr/bin/env bash
# feedparser 6.0.11 (Python 3.11), reading Atom with tombstones (RFC 6721, "The Atom 'deleted-entry' Element").
#
# A feed with one entry and, below it, one <at:deleted-entry> that contains what the RFC allows: <at:comment>, <link> (to
# the article that is gone) and other markup, here <id>.
# Seen: <link> and <id> of the deleted entry become the feed's own. `feed.id` is "urn:article:2" and `feed.link` the address
# of the withdrawn article, where the feed says "urn:feed" and the address of the site. `bozo` is false.
# One would have guessed: an element that the parser does not know is skipped with all it contains (RFC 4287, section 6.3,
# lets it), or is offered as the entry it is about. A feed whose readers shall keep its identity leaves its tombstones
# without any Atom child: `ref`, `when` and `at:comment` do no harm.
#
# Ends with status 0 while this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q feedparser==6.0.11 sgmllib3k==1.0.0 2> "$folder/pip.log" || { cat "$folder/pip.log"; exit 2; }
"$folder/venv/bin/python" - <<'PYTHON'
import feedparser

FEED = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0">
<id>urn:feed</id><title>News</title><link href="https://news.example/"/><updated>2024-11-13T00:00:00Z</updated>
<entry><id>urn:article:1</id><title>One</title><link href="https://news.example/1"/></entry>
<at:deleted-entry ref="urn:article:2" when="2024-11-13T00:00:00Z"><at:comment>Withdrawn</at:comment>%s</at:deleted-entry>
</feed>"""

bare = feedparser.parse(FEED % "")
full = feedparser.parse(FEED % '<id>urn:article:2</id><link href="https://news.example/2"/>')
for name, read in (("without Atom children", bare), ("with Atom children", full)):
    print(f"{name}: bozo {read.bozo}, {len(read.entries)} entry, feed.id {read.feed.id}, feed.link {read.feed.link}")
assert (bare.feed.id, bare.feed.link) == ("urn:feed", "https://news.example/")
assert (full.feed.id, full.feed.link) == ("urn:article:2", "https://news.example/2")
assert not full.bozo and len(full.entries) == 1
PYTHON
