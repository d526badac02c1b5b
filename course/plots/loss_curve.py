"""Draw what a prediction costs and how hard its loss pulls: cross-entropy beside the squared error.

Axes and data in, artists out. The curves are drawn once; `move_marks` then moves a mark along each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Annotation

from course.plots import style
from course.plots.logits import in_figures
from course.plots.palette import SERIES

#: Colour, line style and marker of each loss: told apart without colour as well.
STYLES = {
    "cross-entropy": SERIES[0],
    "squared error": SERIES[1],
}


@dataclass(frozen=True)
class CurveArtists:
    """What `draw_curves` put on the axes."""

    marks: Mapping[str, Line2D]
    values: Mapping[str, Annotation]
    cursor: Line2D


def draw_curves(
    ax: Axes, x: np.ndarray, curves: Mapping[str, Callable[[np.ndarray], np.ndarray]]
) -> CurveArtists:
    """Draw one curve a loss over `x`, each with a mark and a number that `move_marks` sets.

    Parameters
    ----------
    ax : matplotlib Axes
    x : array
        Where to draw.
    curves : mapping of loss name to function
        The names are those of `STYLES`.
    """
    cursor = ax.axvline(x[0], **style.CURSOR)
    marks, values = {}, {}
    for name, f in curves.items():
        colour, dashes, marker = STYLES[name]
        ax.plot(x, f(x), color=colour, linestyle=dashes, linewidth=2.2, zorder=1.4, label=name)
        (marks[name],) = ax.plot(
            [],
            [],
            marker,
            color=colour,
            markersize=9,
            markeredgecolor="white",
            zorder=5,
            clip_on=False,
        )
        values[name] = ax.annotate(
            "",
            (0, 0),
            xytext=(9, 0),
            textcoords="offset points",
            color=colour,
            fontsize=style.LABEL,
            fontweight="bold",
            va="center",
            annotation_clip=False,
            zorder=6,
            bbox={
                "boxstyle": "round,pad=0.15",
                "facecolor": "white",
                "edgecolor": "none",
                "alpha": 0.85,
            },
        )
    style.dress(ax)
    return CurveArtists(marks, values, cursor)


def move_marks(ax: Axes, artists: CurveArtists, x: float, heights: Mapping[str, float]) -> None:
    """Put the marks at `x`, each at its height (cut at the axes' edge), with the number beside
    it."""
    low, high = ax.get_ylim()
    left, right = ax.get_xlim()
    on_the_left = x > left + 0.7 * (right - left)
    room = 0.075 * (high - low)
    artists.cursor.set_xdata([x, x])
    order = sorted(heights, key=heights.__getitem__)
    places = {name: float(np.clip(heights[name], low, high)) for name in order}
    apart = places[order[1]] - places[order[0]]
    push = max(0.0, room - apart) / 2  # two numbers side by side would cover each other
    for name, sign in zip(order, (-1, 1), strict=True):
        artists.marks[name].set_data([x], [places[name]])
        text = artists.values[name]
        text.xy = (
            x,
            max(places[name] + sign * push, low + (room * 0.5 if sign < 0 else room * 1.5)),
        )
        text.set_position((-11 if on_the_left else 11, 0))
        text.set_horizontalalignment("right" if on_the_left else "left")
        text.set_text(
            f"{heights[name]:.3f}" if heights[name] >= 0.001 else in_figures(heights[name])
        )
