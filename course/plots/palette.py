"""The colours of every picture, one meaning a colour, for light and for dark pages.

The hues are those of Okabe and Ito, "Color universal design" (2008), which readers with any of the
common colour vision deficiencies tell apart; for text on white they are darkened until the contrast
is at least 4.5 : 1.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Palette:
    """What each colour means. All are "#rrggbb"."""

    value: str
    """A number of the forward pass."""
    gradient: str
    """A number of the backward pass."""
    weight: str
    """A weight or a bias."""
    target: str
    """What the output should be."""
    error: str
    """The loss, and mistakes."""
    ink: str
    """Text."""
    paper: str
    """The page."""
    faint: str
    """Lines that only guide the eye."""


LIGHT = Palette(
    value="#0067a3",
    gradient="#b84a00",
    weight="#454545",
    target="#007a5a",
    error="#a0306f",
    ink="#1f1f1f",
    paper="#ffffff",
    faint="#c4c4c4",
)

DARK = Palette(
    value="#56b4e9",
    gradient="#f0a040",
    weight="#c8c8c8",
    target="#3ccfa0",
    error="#e58cbc",
    ink="#e8e8e8",
    paper="#111111",
    faint="#555555",
)


class Series(NamedTuple):
    """One of several curves that are compared: colour, dashes and marker, three ways to tell it
    from the others."""

    colour: str
    dashes: Any  # what matplotlib takes as a line style
    marker: str


#: Categories of every kind, in this order. None has a colour of `Palette`, so none seems to mean a
#: value or a gradient. Apart by a distance of 35 and more in CIELAB with any of the common colour
#: vision deficiencies.
SERIES = (
    Series("#1f1f1f", "-", "o"),
    Series("#7a3fd0", (0, (6, 1.5)), "s"),
    Series("#8f6700", (0, (1, 1.1)), "^"),
    Series("#007f86", (0, (5, 1.4, 1, 1.4)), "D"),
)

#: The classes that a network tells apart: purple circles, orange squares, green-blue triangles.
CLASSES = tuple(
    Series(series.colour, "-", marker) for series, marker in zip(SERIES[1:], "os^", strict=True)
)

#: Stops of a map of signed numbers: purple below 0, white at 0, orange above, equally dark, so that
#: neither side fades where lightness is turned round. Dark text is readable on all of them.
SIGNED_STOPS = ("#8672d0", "#cfc7ee", "#ffffff", "#f3dcb4", "#c4821f")
