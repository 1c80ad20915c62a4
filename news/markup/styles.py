"""What the inline styles of other programs mean: bold and italic, lines that break, and what readers do not see."""

import re
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

_FAR = -500  # pixels: text that far from its place is meant to be off the screen
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
_NUMBER = re.compile(r"-?[0-9.]+")
_BOLD = re.compile(r"(?:^|\s)(?:bold|bolder|[6-9]00)(?=\s|$)")
_ITALIC = re.compile(r"(?:^|\s)(?:italic|oblique)")
_FONT_OF_NOTHING = re.compile(r"(?:^|\s)0(?:px|pt|em|%)?\s*(?:/|\s)")
_COLOUR_NAMES = {"white": "#ffffff", "black": "#000000"}
_MOVES = {"left", "top", "right", "bottom", "text-indent", "translate"}
_INLINE = {"inline", "contents", "inline-block", "inline-flex", "inline-grid", "inline-table", "ruby", "none"}
_NOTHING_SAID = {"initial", "inherit", "unset", "revert"}

_SIMPLE_SELECTOR = re.compile(r"[a-z][a-z0-9]*|(?:[a-z][a-z0-9]*)?[.#][a-z_][\w-]*", re.IGNORECASE)
_MAX_RULES = 1_000
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
    """The rules of `<style>` elements for single elements, classes and ids. They are applied in their order, without
    the weights of CSS; rules of other kinds are ignored."""

    def __init__(self, text: str) -> None:
        self._rules: dict[str, list[tuple[int, str]]] = {}
        for number, (selectors, declarations) in enumerate(islice(_rules(text), _MAX_RULES)):
            for selector in map(str.strip, selectors.split(",")):
                if _SIMPLE_SELECTOR.fullmatch(selector):
                    self._rules.setdefault(selector, []).append((number, declarations))

    def declarations(self, tag: str, attributes: Mapping[str, str | None]) -> str:
        """The declarations for an element, as in a `style` attribute."""
        if not self._rules:
            return ""
        names = [f".{name}" for name in (attributes.get("class") or "").split()[:20]]
        if identifier := attributes.get("id"):
            names.append(f"#{identifier}")
        found = [rule for key in ["", *names] for rule in self._rules.get(f"{tag}{key}", ())]
        found += [rule for key in names for rule in self._rules.get(key, ())]
        return ";".join(declarations for _, declarations in sorted(found))


def _rules(text: str) -> Iterator[tuple[str, str]]:
    """(selectors, declarations) of each rule outside of @media and the like, which need not apply to the screen."""
    text, depth, start, prelude = _without_comments(text), 0, 0, ""
    for brace in re.finditer("[{}]", text):
        if brace[0] == "{":
            if depth == 0:
                prelude, start = text[start : brace.start()].rpartition(";")[2].strip(), brace.end()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                if not prelude.startswith("@"):
                    yield prelude, text[start : brace.start()]
                start = brace.end()


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
    said = {}
    for declaration in _without_comments(declarations.lower()).split(";"):
        name, _, value = declaration.partition(":")
        said[_unescaped(name).strip()] = " ".join(_unescaped(value).partition("!")[0].split())
    if said.keys() == {""}:
        return NO_STYLE
    visibility, size = said.get("visibility"), _size(said)
    white_space = said.get("white-space", "")
    return Style(
        hidden=_is_hidden(said),
        invisible=visibility in ("hidden", "collapse") if visibility else None,
        tiny=size,
        colour=_text_colour(said),
        background=colour_of(said.get("background-color") or said.get("background", "").partition(" ")[0]),
        breaks="display" in said and said["display"].split(" ")[0] not in _INLINE | _NOTHING_SAID,
        bold=_weight(said),
        italic=_slant(said),
        underlined="underline" in _lines(said),
        struck="line-through" in _lines(said),
        raised=_raised(said.get("vertical-align")),
        keeps_lines=white_space.startswith(("pre", "break-spaces")) if white_space else None,
    )


def is_transparent(colour: str) -> bool:
    return colour == "transparent" or bool(
        re.fullmatch(r"#[0-9a-f]{6}00|[a-z]+\((?:.*/|(?:[^,]*,){3})0*\.?0*%?\)", colour)
    )


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
        or _is_clipped(said)
    )


def _is_faded(said: Mapping[str, str]) -> bool:
    opacity = _LENGTH.fullmatch(said.get("opacity", ""))
    return bool(opacity and float(opacity[1]) * (0.01 if opacity[2] == "%" else 1) < 0.05) or bool(
        re.search(r"opacity\(\s*(?:opacity=)?0*\.?0*%?\s*\)", said.get("filter", ""))
    )


def _is_far_away(said: Mapping[str, str]) -> bool:
    moved = [
        length
        for name, value in said.items()
        if name in _MOVES or name.startswith(("margin", "inset"))
        for length in value.split()
    ]
    moved += re.findall(r"[^(),\s]+", said["transform"]) if "translate" in said.get("transform", "") else []
    return any((pixels(length) or 0) <= _FAR for length in moved) or (
        (pixels(said.get("text-indent", "")) or 0) >= -_FAR and _hides_overflow(said)
    )


def _is_clipped(said: Mapping[str, str]) -> bool:
    clip, path, transform = (said.get(name, "") for name in ("clip", "clip-path", "transform"))
    if clip.startswith("rect(") and "auto" not in clip:
        edges = [float(each) for each in _NUMBER.findall(clip) if each.count(".") < 2 and each.strip("-.")]
        if edges and max(edges) - min(edges) <= 1:
            return True
    if re.match(r"inset\(\s*(?:[5-9][0-9]|100)%|(?:circle|ellipse)\(\s*0(?![.0-9])", path):
        return True
    if re.search(r"scale[xy3d]*\(\s*0*\.?0*\s*[,)]", transform) or _NO_SCALE.match(said.get("scale", "")):
        return True
    sizes = [pixels(said.get(name, "")) for name in ("width", "height", "max-width", "max-height")]
    return _hides_overflow(said) and any(size is not None and size <= 1 for size in sizes)


def _hides_overflow(said: Mapping[str, str]) -> bool:
    return any(said.get(name, "").startswith(("hidden", "clip")) for name in ("overflow", "overflow-x", "overflow-y"))


def _size(said: Mapping[str, str]) -> bool | None:
    """Whether the font is too small to be seen; None if it has the size of its surroundings, or a share of that."""
    if _FONT_OF_NOTHING.search(said.get("font", "")):
        return True
    match = _LENGTH.fullmatch(said.get("font-size", ""))
    if match is None:  # medium, large, or not said
        return False if said.get("font-size", "inherit") not in ("inherit", "smaller", "larger") else None
    number, unit = float(match[1]), match[2]
    if unit in ("em", "%", "rem", "ex", "ch"):
        share = number / 100 if unit == "%" else number
        return True if share < 0.1 else (False if unit == "rem" else None)
    return number * _PIXELS.get(unit, 1) <= 1


def colour_of(value: str | None) -> str | None:
    """The colour in one spelling, as far as that is simple."""
    value = re.sub(r" ?([,()/]) ?", r"\1", (value or "")[:60]).lower()
    value = _COLOUR_NAMES.get(value, value)
    if re.fullmatch("#[0-9a-f]{3,4}", value):
        return "#" + "".join(2 * digit for digit in value[1:])
    if match := re.fullmatch(r"rgb\(([0-9]{1,3})[, ]([0-9]{1,3})[, ]([0-9]{1,3})\)", value):
        return "#" + "".join(f"{int(part):02x}" for part in match.groups())
    return None if value in ("", "inherit", "initial", "unset", "currentcolor", "windowtext") else value


def _text_colour(said: Mapping[str, str]) -> str | None:
    clip = said.get("background-clip") or said.get("-webkit-background-clip")
    if clip == "text":  # the background is seen through the letters
        return None
    return colour_of(said.get("-webkit-text-fill-color") or said.get("color"))


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
