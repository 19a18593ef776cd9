"""From the one colour a city chooses to every colour on the page, light and dark, with contrast that is proved.

Lightness, chroma and hue are those of OKLCH, in which equal steps look equal. Contrast is WCAG 2's.
Source: WCAG 2.2, 1.4.3 (text 4.5:1) and 1.4.11 (parts of controls 3:1); OKLab: B. Ottosson, 2020.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

TEXT = 4.5
QUIET_TEXT = 5.0
STRONG_TEXT = 9.0
PART = 3.0
WHITE = "#ffffff"
GOLD = 80.0
_STEP = 0.004
# Hue and chroma of the four states; red stands for late and danger only.
STATES = {"info": (245.0, 0.12), "good": (150.0, 0.13), "attention": (72.0, 0.13), "late": (27.0, 0.18)}
# Further series in a chart, in an order that people with colour blindness can tell apart.
SERIES = ((55.0, 0.15), (305.0, 0.14), (190.0, 0.09))


class NotAColour(ValueError):
    """The text is not a colour of the form #1a2b3c."""


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """Names and hex colours of the light and the dark page."""

    light: dict[str, str]
    dark: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One line of the contrast report: which token on which, the measured ratio and the one promised."""

    name: str
    on: str
    ratio: float
    promised: float

    @property
    def holds(self) -> bool:
        """Return whether the promise is kept."""
        return self.ratio >= self.promised


# What is promised of every palette: (colour, background, ratio).
PROMISES: tuple[tuple[str, str, float], ...] = (
    ("brand-on", "brand", TEXT),
    ("brand-on", "brand-hover", TEXT),
    ("brand-on", "brand-active", TEXT),
    ("brand-text", "brand-tint", TEXT),
    ("brand-text", "surface", TEXT),
    ("brand-text", "sunken", TEXT),
    ("brand-text-strong", "brand-tint", STRONG_TEXT),
    ("brand-border", "surface", PART),
    ("brand-border", "brand-tint", PART),
    ("text", "surface", STRONG_TEXT),
    ("text", "sunken", STRONG_TEXT),
    ("quiet", "surface", QUIET_TEXT),
    ("quiet", "sunken", QUIET_TEXT),
    ("quiet", "raised", QUIET_TEXT),
    ("quiet", "brand-tint", TEXT),
    ("border", "surface", PART),
    ("border", "sunken", PART),
    *((f"{state}-text", f"{state}-tint", TEXT) for state in STATES),
    *((f"{state}-text", "surface", TEXT) for state in STATES),
    *((f"{state}-mark", "surface", PART) for state in STATES),
    *((f"series-{number}", "surface", PART) for number in range(1, len(SERIES) + 2)),
)


def parse_colour(text: str) -> str:
    """Return the colour as ``#rrggbb`` in small letters.

    :raises NotAColour: if the text is no colour of three or six hexadecimal digits.
    """
    match = re.fullmatch(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", text.strip())
    if not match:
        raise NotAColour(text)
    digits = match[1].lower()
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits}"


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def tokens_for(colour: str) -> Tokens:
    """Return all colours of the page for the city's colour; a yellow becomes a dark gold where letters stand on it."""
    base = parse_colour(colour)
    lightness, chroma, hue = _to_oklch(base)
    if lightness > 0.7 and 85 <= hue <= 120:
        # A yellow made dark by lightness alone turns olive; turned a little towards red it stays gold.
        hue = GOLD
    return Tokens(light=_light(base, chroma, hue), dark=_dark(chroma, hue))


def report(tokens: Tokens) -> list[tuple[str, list[Check]]]:
    """Return the contrast report of both palettes: ``[("light", checks), ("dark", checks)]``."""
    return [(name, _checks(palette)) for name, palette in (("light", tokens.light), ("dark", tokens.dark))]


def _checks(palette: dict[str, str]) -> list[Check]:
    return [
        Check(name=name, on=on, ratio=contrast(palette[name], palette[on]), promised=promised)
        for name, on, promised in PROMISES
    ]


def _light(base: str, chroma: float, hue: float) -> dict[str, str]:
    grey = min(chroma, 0.006)
    start = _to_oklch(base)[0]
    surface = WHITE
    sunken = _hex(0.974, grey, hue)
    tint = _hex(0.966, min(chroma, 0.018), hue)
    brand_lightness = _darken(start, chroma, hue, [WHITE], TEXT)
    palette = {
        "surface": surface,
        "sunken": sunken,
        "raised": WHITE,
        "line": _hex(0.905, grey * 1.5, hue),
        "border": _hex(_darken(0.72, grey * 2, hue, [surface, sunken], PART), grey * 2, hue),
        "text": _hex(0.235, min(chroma, 0.02), hue),
        "quiet": _hex(_darken(0.5, grey * 2.5, hue, [surface, sunken, tint], QUIET_TEXT), grey * 2.5, hue),
        "brand": _hex(brand_lightness, chroma, hue),
        "brand-hover": _hex(max(brand_lightness - 0.06, 0.08), chroma, hue),
        "brand-active": _hex(max(brand_lightness - 0.11, 0.04), chroma, hue),
        "brand-on": WHITE,
        "brand-tint": tint,
        "brand-tint-strong": _hex(0.93, min(chroma * 0.5, 0.045), hue),
        "brand-text": _hex(_darken(min(start, 0.5), chroma, hue, [surface, sunken, tint], TEXT), chroma, hue),
        "brand-text-strong": _hex(_darken(0.34, min(chroma, 0.1), hue, [tint], STRONG_TEXT), min(chroma, 0.1), hue),
        "brand-border": _hex(_darken(0.7, chroma * 0.8, hue, [surface, tint], PART), chroma * 0.8, hue),
        "series-1": _hex(_darken(min(start, 0.6), chroma, hue, [surface], PART), chroma, hue),
        "bar-quiet": _hex(0.83, grey * 2, hue),
        "shade": _hex(0.235, grey, hue),
    }
    for number, (series_hue, series_chroma) in enumerate(SERIES, start=2):
        lightness = _darken(0.62, series_chroma, series_hue, [surface], PART)
        palette[f"series-{number}"] = _hex(lightness, series_chroma, series_hue)
    for state, (state_hue, state_chroma) in STATES.items():
        state_tint = _hex(0.962, 0.024, state_hue)
        palette[f"{state}-tint"] = state_tint
        lightness = _darken(0.5, state_chroma, state_hue, [surface, sunken, state_tint], QUIET_TEXT)
        palette[f"{state}-text"] = _hex(lightness, state_chroma, state_hue)
        lightness = _darken(0.62, state_chroma, state_hue, [surface, sunken], PART)
        palette[f"{state}-mark"] = _hex(lightness, state_chroma, state_hue)
    return palette


def _dark(chroma: float, hue: float) -> dict[str, str]:
    grey = min(chroma, 0.012)
    soft = min(chroma, 0.11)
    surface = _hex(0.205, grey, hue)
    sunken = _hex(0.17, grey, hue)
    raised = _hex(0.25, grey, hue)
    tint = _hex(0.265, min(chroma, 0.03), hue)
    ink = _hex(0.16, grey, hue)
    brand_lightness = _lighten(0.76, soft, hue, [ink, surface, raised], TEXT)
    palette = {
        "surface": surface,
        "sunken": sunken,
        "raised": raised,
        "line": _hex(0.325, grey, hue),
        "border": _hex(_lighten(0.5, grey * 1.5, hue, [surface, sunken, raised], PART), grey * 1.5, hue),
        "text": _hex(0.94, grey * 0.5, hue),
        "quiet": _hex(_lighten(0.72, grey, hue, [surface, sunken, raised, tint], QUIET_TEXT), grey, hue),
        "brand": _hex(brand_lightness, soft, hue),
        "brand-hover": _hex(min(brand_lightness + 0.05, 0.97), soft, hue),
        "brand-active": _hex(min(brand_lightness + 0.09, 0.98), soft, hue),
        "brand-on": ink,
        "brand-tint": tint,
        "brand-tint-strong": _hex(0.325, min(chroma, 0.05), hue),
        "brand-text": _hex(_lighten(0.78, soft, hue, [surface, sunken, raised, tint], TEXT), soft, hue),
        "brand-text-strong": _hex(_lighten(0.9, min(chroma, 0.05), hue, [tint], STRONG_TEXT), min(chroma, 0.05), hue),
        "brand-border": _hex(_lighten(0.5, soft, hue, [surface, tint], PART), soft, hue),
        "series-1": _hex(_lighten(0.72, soft, hue, [surface], PART), soft, hue),
        "bar-quiet": _hex(0.42, grey, hue),
        "shade": "#000000",
    }
    for number, (series_hue, series_chroma) in enumerate(SERIES, start=2):
        lightness = _lighten(0.74, series_chroma, series_hue, [surface], PART)
        palette[f"series-{number}"] = _hex(lightness, series_chroma, series_hue)
    for state, (state_hue, state_chroma) in STATES.items():
        state_tint = _hex(0.275, 0.04, state_hue)
        palette[f"{state}-tint"] = state_tint
        lightness = _lighten(0.8, state_chroma * 0.75, state_hue, [surface, sunken, raised, state_tint], QUIET_TEXT)
        palette[f"{state}-text"] = _hex(lightness, state_chroma * 0.75, state_hue)
        lightness = _lighten(0.68, state_chroma, state_hue, [surface, raised], PART)
        palette[f"{state}-mark"] = _hex(lightness, state_chroma, state_hue)
    return palette


def _darken(lightness: float, chroma: float, hue: float, on: Sequence[str], ratio: float) -> float:
    while lightness > 0 and not _reads(_hex(lightness, chroma, hue), on, ratio):
        lightness -= _STEP
    return max(lightness, 0.0)


def _lighten(lightness: float, chroma: float, hue: float, on: Sequence[str], ratio: float) -> float:
    while lightness < 1 and not _reads(_hex(lightness, chroma, hue), on, ratio):
        lightness += _STEP
    return min(lightness, 1.0)


def _reads(colour: str, on: Sequence[str], ratio: float) -> bool:
    return all(contrast(colour, background) >= ratio for background in on)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _gamma(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(value) for value in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_oklch(colour: str) -> tuple[float, float, float]:
    red, green, blue = (_linear(value) for value in _channels(colour))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def _to_linear_rgb(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _hex(lightness: float, chroma: float, hue: float) -> str:
    # Colours that a screen cannot show lose chroma, never lightness or hue: contrast depends on lightness.
    low, high = 0.0, chroma
    rgb = _to_linear_rgb(lightness, chroma, hue)
    if not _is_shown(rgb):
        for _ in range(12):
            middle = (low + high) / 2
            if _is_shown(_to_linear_rgb(lightness, middle, hue)):
                low = middle
            else:
                high = middle
        rgb = _to_linear_rgb(lightness, low, hue)
    values = (round(255 * _gamma(min(max(value, 0.0), 1.0))) for value in rgb)
    return "#" + "".join(f"{value:02x}" for value in values)


def _is_shown(rgb: tuple[float, float, float]) -> bool:
    return all(-0.0005 <= value <= 1.0005 for value in rgb)
