"""Draw a small network whose lines are as wide as the derivatives of their weights are large.

Axes and data in, artists out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text

from course.plots import style
from course.plots.palette import LIGHT
from course.steps import format_number

#: Points of width for a derivative of 1, and the widest line.
WIDE, WIDEST = 90.0, 17.0
_PLACES = {"x1": (0, 1), "x2": (0, -1), "h1": (1.6, 1), "h2": (1.6, -1), "y": (3.2, 0)}
#: Where along its line the number of a weight stands, so that crossing lines keep theirs apart.
_ALONG = {("x1", "h2"): 0.27, ("x2", "h1"): 0.27}


def signed(value: float) -> str:
    """A number with its sign, short, and never as a zero that it is not."""
    return f"{'+' * (value > 0)}{format_number(value, 3)}"


@dataclass(frozen=True)
class FlowArtists:
    """A line and its number for each weight, the words in each unit."""

    lines: Mapping[tuple[str, str], Line2D]
    numbers: Mapping[tuple[str, str], Text]
    units: Mapping[str, Text]


def draw_flow(ax: Axes, edges: list[tuple[str, str]]) -> FlowArtists:
    """Draw the network of two inputs, two hidden units and one output, still without numbers."""
    lines, numbers = {}, {}
    for start, end in edges:
        (x0, y0), (x1, y1) = _PLACES[start], _PLACES[end]
        (lines[start, end],) = ax.plot([x0, x1], [y0, y1], solid_capstyle="butt", zorder=2)
        t = _ALONG.get((start, end), 0.5)
        numbers[start, end] = ax.text(
            x0 + t * (x1 - x0), y0 + t * (y1 - y0), "", fontsize=style.NOTE, ha="center",
            va="center", color=LIGHT.ink, zorder=5,
            bbox={"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": LIGHT.faint},
        )  # fmt: skip
    units = {}
    for name, (x, y) in _PLACES.items():
        ax.plot([x], [y], "o", markersize=52, color="white", markeredgecolor=LIGHT.weight, zorder=3)
        units[name] = ax.text(
            x, y, name, fontsize=style.NOTE, ha="center", va="center", color=LIGHT.value, zorder=5
        )
    ax.set(xlim=(-0.4, 3.6), ylim=(-1.55, 1.55), xticks=[], yticks=[])
    style.dress(ax, grid=False, spines=())
    return FlowArtists(lines, numbers, units)


def move_flow(
    artists: FlowArtists, derivatives: Mapping[tuple[str, str], float], units: Mapping[str, str]
) -> None:
    """Show the derivative of each weight as the width of its line, and words in the units.

    A negative derivative is dashed; where it is exactly 0 the line is thin and dotted, and says
    "dead".
    """
    for edge, value in derivatives.items():
        dead = value == 0
        colour, dashes = LIGHT.gradient, "-" if value > 0 else (0, (1.2, 0.5))
        width = float(np.clip(WIDE * abs(value), 0.6, WIDEST))
        if dead:
            colour, dashes, width = LIGHT.weight, (0, (1, 3)), 1.2
        artists.lines[edge].set(color=colour, linestyle=dashes, linewidth=width)
        artists.numbers[edge].set_text("✗ dead" if dead else signed(value).replace("-", "−"))
    for name, words in units.items():
        artists.units[name].set_text(words)
