"""Whatever HTML comes, cleaning loses no word that readers saw, shows none that they did not, and nests validly.

The texts are generated, so that each is different: `HYPOTHESIS_PROFILE=drill` tries thousands."""

import os
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from news import markup

_COMMON = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
settings.register_profile("few", max_examples=20, phases=[Phase.explicit, Phase.generate, Phase.shrink], **_COMMON)
settings.register_profile("drill", max_examples=3_000, **_COMMON)
FEW = settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "few"))

# ---- Generated HTML


@dataclass
class Written:
    """HTML, and what readers see of it: words, with a space wherever two are apart."""

    html: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    words: int = 0

    def word(self, hidden: bool) -> None:
        self.words += 1
        token = f"{'tersembunyi' if hidden else 'kata'}{self.words}"
        self.html.append(token)
        if not hidden:
            self.seen.append(token)

    def add(self, html: str, seen: str = "") -> None:
        self.html.append(html)
        self.seen.append(seen)


HIDING = [
    "hidden",
    'style="display:none"',
    'style="color:red;DISPLAY: none !important"',
    'style="visibility:hidden"',
    'style="font-size:0"',
    'style="font-size:0px;line-height:0"',
    'style="position:absolute;left:-9999px"',
    'style="position:absolute; top:-100em"',
    'style="text-indent:-9999px"',
    'style="opacity:0"',
    'style="position:absolute;clip:rect(0,0,0,0)"',
    'style="height:1px;overflow:hidden"',
    'style="color:#fff;background-color:white"',
    'style="mso-hide:all"',
]
INLINE = [
    "b",
    "i",
    "em",
    "strong",
    "u",
    "s",
    "del",
    "sup",
    "sub",
    "span",
    "font size=3",
    "small",
    "mark",
    "code",
    "o:p",
    'span style="font-weight:700"',
    'span style="font-weight:400"',
    'b style="font-weight:normal"',
    'span style="font-style:italic;text-decoration:underline line-through"',
    'span style="vertical-align:super"',
    'a href="https://contoh.id/"',
    'a href="#"',
    "a name=x",
    'a href="javascript:x"',
]
BLOCKS = [
    "p",
    "div",
    "center",
    "section",
    "article",
    "h1",
    "h2",
    "h4",
    "blockquote",
    "dl",
    "dt",
    "dd",
    "address",
    "pre",
    "details",
    "summary",
    "fieldset",
    "figure",
    "figcaption",
    'span style="display:block"',
    "form",
    "header",
    "nav",
    'div style="font-weight:bold"',
    'p class="MsoNormal" style="margin:0cm;font-style:italic"',
]
VOID = ["<br>", "<hr>", "<img src='https://x.example/a.gif'>", "<iframe src=x></iframe>", "<video></video>"]
UNSEEN = ["<!-- tersembunyi0 -->", "<script>tersembunyi0</script>", "<style>p{color:red}</style>", "<wbr>"]
SPACES = [" ", "\n", "\r\n\r\n", " \n \n ", "&nbsp;", "\t"]

inline_leaves = st.one_of(
    st.just("word"), st.sampled_from(SPACES), st.sampled_from(UNSEEN), st.sampled_from(["<br>", *VOID[2:]])
)
inline = st.recursive(
    inline_leaves,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(INLINE), st.lists(inner, max_size=3)),
        st.tuples(st.sampled_from(HIDING).map(lambda how: f"span {how}"), st.lists(inner, max_size=2)),
    ),
    max_leaves=6,
)
flow = st.recursive(
    st.one_of(inline, st.just("<hr>")),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(BLOCKS), st.lists(inner, max_size=4)),
        st.tuples(st.sampled_from(HIDING).map(lambda how: f"div {how}"), st.lists(inner, max_size=2)),
        st.tuples(st.sampled_from(["ul", "ol"]), st.lists(st.tuples(st.just("li"), st.lists(inner, max_size=3)))),
        st.lists(st.lists(st.lists(inner, max_size=2), min_size=1, max_size=3), min_size=1, max_size=2).map(
            lambda rows: ("table", [("tr", [("td", cell) for cell in row]) for row in rows])
        ),
    ),
    max_leaves=12,
)
documents = st.lists(flow, max_size=6)

NOT_AROUND_BLOCKS = {
    "p",
    "h1",
    "h2",
    "h4",
    "dt",
    "summary",
    "pre",
    "address",
    "span",
    *(each.split()[0] for each in INLINE),
}
BREAKING = {each.split()[0] for each in BLOCKS} - {"span"} | {"ul", "ol", "li", "table", "tr", "td"}


def write(node, into: Written, hidden: bool = False, outer: frozenset = frozenset()) -> None:
    """`outer`: what the node stands in. Where the parser would end that, a span is written instead."""
    if isinstance(node, str):
        write_leaf(node, into, hidden)
        return
    tag, children = node
    name = tag.split()[0]
    if (name == "a" and "a" in outer) or (name in BREAKING and outer & NOT_AROUND_BLOCKS):
        tag, name = f"span{tag[len(name) :]}", "span"
    hidden = hidden or any(tag.endswith(how) for how in HIDING)
    edge = " " if name in BREAKING or "display:block" in tag else ""
    if hidden:  # some hidden elements take room and others do not
        into.add(edge)
    into.add(f"<{tag}>", edge)
    for child in children:
        write(child, into, hidden, outer | {name})
    into.add(f"</{name}>", edge)
    if hidden:
        into.add(edge)


def write_leaf(leaf: str, into: Written, hidden: bool) -> None:
    if leaf == "word":
        into.word(hidden)
    elif not hidden:
        into.add(leaf, " " if leaf in (*SPACES, *VOID) else "")


def written(document) -> Written:
    into = Written()
    for node in document:
        write(node, into)
    return into


tags = [each.split()[0] for each in (*INLINE, *BLOCKS)]
TAGS = sorted(
    {*tags, "ul", "ol", "li", "table", "tr", "td", "th", "caption", "tbody", "select", "option", "button", "svg"}
)
soup = st.lists(
    st.one_of(
        st.sampled_from([f"<{tag}>" for tag in (*INLINE, *BLOCKS, *TAGS)]),
        st.sampled_from([f"</{tag}>" for tag in TAGS]),
        st.sampled_from([*VOID, *UNSEEN, *SPACES, "&amp;", "&lt;p&gt;", "&#1;", "&", "<", "a<b", "kata", "\u200b"]),
        st.sampled_from([f"<div {how}>" for how in HIDING]),
        st.sampled_from(['<img src="/media/a.jpg" alt="A & b">', '<td colspan="2">', "<ol start=3>", "<figure>"]),
    ),
    max_size=25,
).map("".join)


# ---- What is valid


PHRASING = {"strong", "em", "u", "s", "sub", "sup", "a"}
FLOW = {"p", "h2", "h3", "hr", "blockquote", "ul", "ol", "table", "figure"} | PHRASING | {"br", "img"}
INSIDE = {
    **dict.fromkeys(("p", "h2", "h3", *PHRASING), PHRASING | {"br", "img"}),
    **dict.fromkeys(("li", "td", "th", "blockquote", "caption", "figcaption", ""), FLOW),
    "ul": {"li"},
    "ol": {"li"},
    "table": {"caption", "thead", "tbody"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tr": {"td", "th"},
    "figure": FLOW | {"figcaption"},
}


def children(node):
    child = node.first_child
    while child is not None:
        yield child
        child = child.next


def assert_valid(html: str) -> None:
    tree = LexborHTMLParser(f"<main>{html}</main>", is_fragment=True).root
    assert tree.html == f"<main>{html}</main>"  # a browser sees what is written
    waiting = [("", tree)]
    while waiting:
        name, node = waiting.pop()
        for child in children(node):
            if child.tag == "-text":
                assert "br" in INSIDE[name] or child.text_content.isspace()
            else:
                assert child.tag in INSIDE.get(name, ()), f"{child.tag} in {name}"
                waiting.append((child.tag, child))


@pytest.mark.parametrize("clean", [markup.sanitise, markup.to_body])
def test_no_seen_word_is_lost_or_glued_and_no_hidden_one_appears(clean):
    @FEW
    @given(documents)
    def check(document):
        source = written(document)
        cleaned = clean("".join(source.html) + "<p></p>")
        assert markup.plain_text(cleaned).split() == "".join(source.seen).split()

    check()


@pytest.mark.parametrize("clean", [markup.sanitise, markup.to_body])
def test_cleaned_html_is_valid_and_cleaning_it_again_changes_nothing(clean):
    @FEW
    @given(st.one_of(soup, documents.map(lambda document: "".join(written(document).html))))
    def check(html):
        cleaned = clean(html + "<p></p>")
        assert clean(cleaned) == cleaned
        assert markup.sanitise(cleaned) == markup.safe(cleaned) == cleaned
        assert_valid(cleaned)

    check()
