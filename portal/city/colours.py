"""The city's colours: whether text in them, and on them, can be read (WCAG 2.2, 1.4.3: 4.5 : 1)."""

import re

from news.web.numbers import decimal

Schemes = dict[str, dict[str, str]]  # light and dark: brand and accent

HEX = re.compile(r"#[0-9a-fA-F]{6}")
LEAST_CONTRAST = 4.5
# The variables of portal.css that stand beside the city's colours; a test compares them.
INK = {"light": "#16222c", "dark": "#e9e6df"}
PAPER = {"light": "#ffffff", "dark": "#12191f"}
PAPER_2 = {"light": "#f4f1ea", "dark": "#1a232b"}
ON_BAND = {"light": "#ffffff", "dark": "#e9e6df"}
_NIGHT = "#0e151a"  # the dark masthead before the brand's colour is mixed into it
_NAMES = {"light": "terang", "dark": "gelap", "brand": "utama", "accent": "aksen"}


def check(schemes: Schemes) -> None:
    """Raises ValueError with an Indonesian clause for the first pair that is too faint."""
    for scheme, pair in schemes.items():
        for colour, foreground, background, use in _pairs(scheme, **pair):
            found = contrast(foreground, background)
            if found < LEAST_CONTRAST:
                shown = decimal(found, 2)
                raise ValueError(
                    f"warna.{_NAMES[scheme]}.{_NAMES[colour]} ({pair[colour]}) kurang kontras sebagai {use}: "
                    f"{shown} : 1, paling sedikit 4,5 : 1"
                )


def _pairs(scheme: str, brand: str, accent: str):
    """What portal.css draws: the colour to blame, text, background, and the use in Indonesian."""
    for surface in (PAPER[scheme], PAPER_2[scheme]):
        yield "brand", brand, surface, f"tulisan di atas latar {surface}"
        yield "accent", accent, surface, f"tulisan di atas latar {surface}"
        yield "accent", INK[scheme], mixed(accent, surface, 0.22), "latar kata yang ditandai"
    yield "brand", PAPER[scheme], brand, f"latar tombol dengan tulisan {PAPER[scheme]}"
    band = brand if scheme == "light" else mixed(brand, _NIGHT, 0.16)
    on_band = ON_BAND[scheme]
    field = mixed(on_band, band, 0.14)
    yield "brand", mixed(on_band, band, 0.9), band, "kepala halaman dengan semboyan"
    yield "brand", mixed(on_band, field, 0.85), field, "kotak cari di kepala halaman"


def mixed(colour: str, other: str, share: float) -> str:
    """CSS `color-mix(in srgb, colour share, other)`; also a colour seen with this opacity in front of the other."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(ours * share + theirs * (1 - share)):02x}" for ours, theirs in pairs)


def contrast(colour: str, other: str) -> float:
    """The contrast ratio of WCAG 2: 1 to 21."""
    dark, light = sorted((_luminance(colour), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
        for each in (channel / 255 for channel in _channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue
