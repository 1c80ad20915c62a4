"""The elements of HTML, by what becomes of them."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARAGRAPHS = {"p": "p", "h1": "h2", "h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
HEADINGS = ("h2", "h3")
LEVELS = {f"h{level}": level for level in range(1, 7)}
MARKS = {
    "strong": "strong",
    "b": "strong",
    **dict.fromkeys(("em", "i", "cite", "dfn", "var"), "em"),
    **dict.fromkeys(("u", "ins"), "u"),
    **dict.fromkeys(("s", "del", "strike"), "s"),
    "sub": "sub",
    "sup": "sup",
}
CONTAINERS = {"blockquote": "blockquote", "ul": "ul", "menu": "ul", "dir": "ul", "ol": "ol", "figure": "figure"}
LISTS = ("ul", "ol")
CELLS = ("td", "th")
# Parts of tables, lists and figures, what they become and where they may stand; elsewhere they only begin and end a
# line.
PARTS = {
    "li": ("li", LISTS),
    "figcaption": ("figcaption", ("figure",)),
    "caption": ("caption", ("table",)),
    "thead": ("thead", ("table",)),
    "tbody": ("tbody", ("table",)),
    "tfoot": ("tbody", ("table",)),
    "tr": ("tr", ("thead", "tbody")),
    "td": ("td", ("tr",)),
    "th": ("th", ("tr",)),
}
KEEPING_LINES = _names("pre listing xmp plaintext textarea")
# They begin and end a line.
BREAKING = KEEPING_LINES | _names(
    "address article aside body button center dd details dialog div dl dt fieldset footer form frameset header hgroup "
    "html legend main marquee nav optgroup option search section select summary "
    "li figcaption caption thead tbody tfoot tr td th"
)
# Browsers write or place something around these; <rp> contains what others would write around <rt>.
ENCLOSED = {"q": ("“", "”"), "rt": ("(", ")"), "rtc": ("(", ")")}
# What browsers do not show, with the texts inside.
UNSEEN = _names(
    "area base col colgroup datalist head link meta noembed noframes noscript param rp script source style template "
    "title track"
)
FRAMES = _names("applet audio embed frame iframe object video")
PICTURES = _names("canvas image svg")
GAPS = _names("input meter progress")
WITH_FALLBACK = _names("applet audio canvas object svg video")  # a text inside is for browsers without the element

# For the nesting depth: elements that cannot contain others, and those that the next of their kind ends.
END_OPTIONAL = _names(
    "p li dt dd tr td th thead tbody tfoot option area base br col embed hr img input link meta source track wbr"
)
# Elements that the parser opens again in the next paragraph if nothing has closed them, and those that keep an end tag
# from closing one (from the HTML standard, "the adoption agency algorithm").
REOPENED = _names("a b big code em font i nobr s small strike strong tt u")
BARRIERS = _names("applet button caption foreignobject marquee math object select svg table td template th")

# Every element there is or was.
ALL = (
    BREAKING
    | UNSEEN
    | FRAMES
    | PICTURES
    | GAPS
    | END_OPTIONAL
    | REOPENED
    | PARAGRAPHS.keys()
    | MARKS.keys()
    | CONTAINERS.keys()
    | _names(
        "abbr acronym basefont bdi bdo bgsound blink data kbd label map mark math o:p output picture q rt rtc ruby "
        "samp slot span table time"
    )
)
