"""What the inline styles of other programs mean: bold and italic, lines that break, and what readers do not see."""

import re
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from django.core.exceptions import ValidationError

from news.markup import tree

_FAR = -500  # pixels: text that far from its place is meant to be off the screen
_VERY_FAR = 3_000  # pixels: so is text that far from the side of the screen where it could be scrolled to
_PIXELS = {
    "": 1,
    "px": 1,
    "pt": 4 / 3,
    "pc": 16,
    "in": 96,
    "cm": 38,
    "mm": 3.8,
    "em": 16,
    "rem": 16,
    "ex": 8,
    "ch": 8,
    **dict.fromkeys(("%", "vw", "vh", "vmin", "vmax"), 5),  # roughly, of a page
}
_LENGTH = re.compile(r"([+-]?(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:e[0-9]{1,2})?)([a-z]*|%)")
_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|([^\n]))")
_NO_SCALE = re.compile(r"(?:0+\.?0*|\.0+)%?(?:\s|$)")
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_BOLD = re.compile(r"(?:^|\s)(?:bold|bolder|[6-9]00)(?=\s|$)")
_ITALIC = re.compile(r"(?:^|\s)(?:italic|oblique)")
_FONT_OF_NOTHING = re.compile(r"(?:^|\s)0(?:px|pt|em|%)?\s*(?:/|\s)")
# Less than 5 % of the colour, as in `rgba(0, 0, 0, .01)` and `rgb(0 0 0 / 1%)`.
_TRANSPARENT = re.compile(
    r"#[0-9a-f]{6}0[0-9a-c]|[a-z]+\((?:.*/|(?:[^,]*,){3})(?:0*(?:\.(?:0[0-4]?[0-9]*)?)?|[0-4](?:\.[0-9]*)?%|0*%)\)"
)
_SAME_SHADE = 8  # of 255, in each part of a colour
_COLOUR_NAMES = {"white": "#ffffff", "black": "#000000"}
_MOVES = {"left", "top", "right", "bottom", "text-indent", "translate", "word-spacing"}
_PARTS = re.compile(r"[^(),\s]+")  # of a value: lengths, names of functions
_WHOLE_PAGE = re.compile(r"(?<![-.0-9])[1-9][0-9]{2,}(?:\.[0-9]+)?(?:%|[dls]?v[wh])")
_INLINE = {"inline", "contents", "inline-block", "inline-flex", "inline-grid", "inline-table", "ruby"}
_NOTHING_SAID = {"initial", "inherit", "unset", "revert"}

_SIMPLE_SELECTOR = re.compile(r"([a-z][a-z0-9]*)?((?:[.#][a-z_-][\w-]*)*)", re.IGNORECASE)
_SCREENS = {"", "all", "screen", "only all", "only screen", "not print"}
_SIZE_CONDITION = re.compile(r"\(\s*(min|max)-(?:device-)?(?:width|height)\s*:\s*([^()\s]*)\s*\)")
_SMALLEST, _LARGEST = 320, 4_000  # pixels: the screens of readers
_MAX_RULES = 1_000
_MAX_COMPARED = 2_000_000  # rules with elements: two seconds
MAX_CHARS = 2_000  # of an element's styles; Word writes up to 800


class Style(NamedTuple):
    """The meaning of an element's styles. None: they do not say, so that its surroundings decide."""

    hidden: bool = False  # with everything inside
    invisible: bool | None = None  # unless something inside is made visible again
    tiny: bool | None = None  # unless something inside has a larger font
    colour: str | None = None
    background: str | None = None
    breaks: bool = False  # begins and ends a line
    bold: bool | None = None
    italic: bool | None = None
    underlined: bool = False
    struck: bool = False
    raised: str | None = None  # "sup", "sub", or "" for neither
    keeps_lines: bool | None = None


NO_STYLE = Style()


class Sheet:
    """The rules of `<style>` elements that apply to every screen, for elements by their name, classes and id. They are
    applied in their order, without the weights of CSS; rules of other kinds are ignored."""

    def __init__(self, text: str) -> None:
        self._compared = 0
        # By one of the names that an element must have: number of the rule, all of these names, declarations.
        self._rules: dict[str, list[tuple[int, frozenset[str], str]]] = {}
        for number, (selectors, declarations) in enumerate(islice(_rules(text), _MAX_RULES)):
            for selector in dict.fromkeys(map(str.strip, selectors.split(","))):
                if selector and (found := _SIMPLE_SELECTOR.fullmatch(selector)):
                    names = [*re.findall(r"[.#][^.#]+", found[2]), *((found[1] or "").lower().split())]
                    self._rules.setdefault(names[0], []).append((number, frozenset(names), declarations))

    def declarations(self, tag: str, attributes: Mapping[str, str | None]) -> str:
        """The declarations for an element, as in a `style` attribute. Raises ValidationError if too many rules are
        about too many elements."""
        names = {tag, *(f".{name}" for name in (attributes.get("class") or "").split()[:20])}
        if identifier := attributes.get("id"):
            names.add(f"#{identifier}")
        found = [rule for name in names for rule in self._rules.get(name, ())]
        self._compared += len(found)
        if self._compared > _MAX_COMPARED:
            raise ValidationError(tree.TOO_INTRICATE)
        applied = sorted((number, declarations) for number, needed, declarations in found if needed <= names)
        return ";".join(declarations for _, declarations in applied)


def _rules(text: str) -> Iterator[tuple[str, str]]:
    """(selectors, declarations) of each rule, but not of those in an @media and the like that need not apply to the
    screen."""
    text, start = re.sub("<!--|-->", "", _without_comments(text)), 0
    opened: list[tuple[str, bool]] = []  # what stands before each open brace, and whether rules inside apply
    for brace in re.finditer("[{}]", text):
        before, start = text[start : brace.start()], brace.end()
        if brace[0] == "{":
            prelude = before.rpartition(";")[2].strip()
            opened.append((prelude, _apply_inside(opened) and _is_met(prelude)))
        elif opened:
            selectors, _ = opened.pop()
            if _apply_inside(opened):
                yield selectors, before


def _apply_inside(opened: list[tuple[str, bool]]) -> bool:
    return not opened or opened[-1][1]


def _is_met(rule: str) -> bool:
    """Whether the rules inside of this one apply to every screen."""
    found = re.fullmatch(r"@(media|supports|layer)\b\s*(.*)", rule.lower(), re.DOTALL)
    if found is None:
        return False
    return is_for_every_screen(found[2]) if found[1] == "media" else not found[2].startswith("not")


def is_for_every_screen(media: str) -> bool:
    """Whether styles for these media apply on a telephone as on a large screen."""
    queries = [re.split(r"\s+and\s+", query.strip()) for query in media.lower().split(",")]
    return any(all(part in _SCREENS or _is_met_by_all(part) for part in query) for query in queries)


def _is_met_by_all(condition: str) -> bool:
    found = _SIZE_CONDITION.fullmatch(condition)
    if found is None or (length := pixels(found[2])) is None:
        return False
    return length <= _SMALLEST if found[1] == "min" else length >= _LARGEST


def _without_comments(text: str) -> str:
    first, *others = text.split("/*")
    return first + " ".join(other.partition("*/")[2] for other in others)


def _unescaped(text: str) -> str:
    """CSS in which each escape (`\\6e`, `\\n`) is the character that it stands for: `display:no\\6e e` hides, too."""
    return _ESCAPE.sub(lambda found: _character(found[1]) if found[1] else found[2], text) if "\\" in text else text


def _character(code: str) -> str:
    number = int(code, 16)
    return chr(number).lower() if 0 < number <= sys.maxunicode else "\ufffd"


@lru_cache(maxsize=1024)  # exports repeat the same few
def meaning(declarations: str) -> Style:
    """The meaning of the content of a `style` attribute."""
    said: dict[str, str] = {}
    important: dict[str, str] = {}
    for declaration in _without_comments(declarations.lower()).split(";"):
        name, _, value = declaration.partition(":")
        value, mark, _ = _unescaped(value).partition("!")
        (important if mark else said)[_unescaped(name).strip()] = " ".join(value.split())
    said |= important
    if said.keys() == {""}:
        return NO_STYLE
    visibility, size = said.get("visibility"), _size(said)
    white_space = said.get("white-space", "")
    return Style(
        hidden=_is_hidden(said),
        invisible=visibility in ("hidden", "collapse") if visibility else None,
        tiny=size,
        colour=_text_colour(said),
        background=colour_of(said.get("background-color") or _first_part(said.get("background", ""))),
        breaks="display" in said and said["display"].split(" ")[0] not in _INLINE | _NOTHING_SAID,
        bold=_weight(said),
        italic=_slant(said),
        underlined="underline" in _lines(said),
        struck="line-through" in _lines(said),
        raised=_raised(said.get("vertical-align")),
        keeps_lines=white_space.startswith(("pre", "break-spaces")) if white_space else None,
    )


def is_transparent(colour: str) -> bool:
    return colour == "transparent" or _TRANSPARENT.fullmatch(colour) is not None


def are_alike(one: str, other: str) -> bool:
    """Whether nobody can tell the two colours apart."""
    if one[:1] == other[:1] == "#" and len(one) == len(other) == 7:
        parts = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
        return all(abs(first - second) <= _SAME_SHADE for first, second in parts)
    return one == other


def pixels(length: str) -> float | None:
    """A CSS length in pixels, at the usual sizes; None if it is none."""
    match = _LENGTH.fullmatch(length.strip())
    if match is None or match[2] not in _PIXELS:
        return None
    return float(match[1]) * _PIXELS[match[2]]


def _is_hidden(said: Mapping[str, str]) -> bool:
    return (
        said.get("display", "").startswith("none")
        or said.get("mso-hide") == "all"
        or said.get("content-visibility") == "hidden"
        or _is_faded(said)
        or _is_far_away(said)
        or _is_beyond_the_edge(said)
        or _is_shrunk(said)
        or _is_clipped(said)
    )


def _is_faded(said: Mapping[str, str]) -> bool:
    opacity = _LENGTH.fullmatch(said.get("opacity", ""))
    return bool(opacity and float(opacity[1]) * (0.01 if opacity[2] == "%" else 1) < 0.05) or bool(
        re.search(r"(?:opacity\(|alpha\(\s*opacity=)\s*0*\.?0*%?\s*\)", said.get("filter", ""))
    )


def _is_far_away(said: Mapping[str, str]) -> bool:
    moved = [
        length
        for name, value in said.items()
        if name in _MOVES or name.startswith(("margin", "inset"))
        for length in _PARTS.findall(value)
    ]
    moved += _PARTS.findall(said["transform"]) if "translate" in said.get("transform", "") else []
    return any((pixels(length) or 0) <= _FAR for length in moved) or (
        (pixels(said.get("text-indent", "")) or 0) >= -_FAR and _hides_overflow(said)
    )


def _is_beyond_the_edge(said: Mapping[str, str]) -> bool:
    """Whether it stands where the page has no scroll bar for, or at least a whole page away."""
    position = said.get("position", "")
    sides = ("left", "right", "top", "bottom") if position == "fixed" else ("right", "bottom")
    return position in ("absolute", "fixed") and any(
        _WHOLE_PAGE.search(said.get(side, "")) or (pixels(said.get(side, "")) or 0) >= _VERY_FAR for side in sides
    )


def _is_shrunk(said: Mapping[str, str]) -> bool:
    """Whether nothing is left of its size. Browsers ignore a zoom of 0, but who writes it wants to hide."""
    zoom = _LENGTH.fullmatch(said.get("zoom", ""))
    if zoom and float(zoom[1]) * (0.01 if zoom[2] == "%" else 1) < 0.1:
        return True
    return (pixels(said.get("letter-spacing", "")) or 0) <= -_PIXELS["em"]  # letters in one place, or backwards


def _is_clipped(said: Mapping[str, str]) -> bool:
    clip, path, transform = (said.get(name, "") for name in ("clip", "clip-path", "transform"))
    if clip.startswith("rect(") and "auto" not in clip:
        edges = [float(each) for each in _NUMBER.findall(clip)]
        if edges and max(edges) - min(edges) <= 1:
            return True
    if re.match(r"inset\(\s*(?:[5-9][0-9]|100)%|(?:circle|ellipse)\(\s*0(?![.0-9])|polygon\((?:[,\s0%]|px)+\)", path):
        return True
    if re.search(r"scale[xy3d]*\(\s*0*\.?0*\s*[,)]", transform) or _NO_SCALE.match(said.get("scale", "")):
        return True
    sizes = [pixels(said.get(name, "")) for name in ("width", "height", "max-width", "max-height")]
    return _hides_overflow(said) and any(size is not None and size <= 1 for size in sizes)


def _hides_overflow(said: Mapping[str, str]) -> bool:
    return any(said.get(name, "visible") != "visible" for name in ("overflow", "overflow-x", "overflow-y"))


def _size(said: Mapping[str, str]) -> bool | None:
    """Whether the font is too small to be seen; None if it has the size of its surroundings, or a share of that."""
    if _FONT_OF_NOTHING.search(said.get("font", "")):
        return True
    match = _LENGTH.fullmatch(said.get("font-size", ""))
    if match is None:  # medium, large, or not said
        return False if said.get("font-size", "inherit") not in ("inherit", "smaller", "larger") else None
    number, unit = float(match[1]), match[2]
    if unit in ("em", "%", "ex", "ch"):
        share = number / 100 if unit == "%" else number
        return True if share < 0.1 else None
    return number * _PIXELS.get(unit, 1) < 2


def _first_part(value: str) -> str:
    """`rgb(1, 2, 3)` of `rgb(1, 2, 3) url(x.png)`."""
    found = re.match(r"[^\s(]+(?:\([^)]*\))?", value)
    return found[0] if found else ""


def colour_of(value: str | None) -> str | None:
    """The colour in one spelling, as far as that is simple."""
    value = re.sub(r" ?([,()/]) ?", r"\1", (value or "")[:60]).lower()
    value = _COLOUR_NAMES.get(value, value)
    if re.fullmatch("#[0-9a-f]{3,4}", value):
        return "#" + "".join(2 * digit for digit in value[1:])
    if match := re.fullmatch(r"rgb\(([0-9]{1,3})[, ]([0-9]{1,3})[, ]([0-9]{1,3})\)", value):
        return "#" + "".join(f"{int(part):02x}" for part in match.groups())
    return None if value in ("", "inherit", "initial", "unset", "currentcolor") else value


def _text_colour(said: Mapping[str, str]) -> str | None:
    clip = said.get("background-clip") or said.get("-webkit-background-clip")
    if clip == "text":  # the background is seen through the letters
        return None
    colour = said.get("-webkit-text-fill-color") or said.get("color")
    return colour_of("black" if colour in ("initial", "windowtext") else colour)


def _weight(said: Mapping[str, str]) -> bool | None:
    weight = said.get("font-weight", "")
    if weight and weight != "inherit":
        return bool(_BOLD.search(weight))
    return True if _BOLD.search(said.get("font", "")) else None


def _slant(said: Mapping[str, str]) -> bool | None:
    slant = said.get("font-style", "")
    if slant and slant != "inherit":
        return bool(_ITALIC.search(slant))
    return True if _ITALIC.search(said.get("font", "")) else None


def _lines(said: Mapping[str, str]) -> str:
    return said.get("text-decoration-line") or said.get("text-decoration", "")


def _raised(alignment: str | None) -> str | None:
    return {"super": "sup", "sub": "sub", "baseline": ""}.get(alignment or "")
