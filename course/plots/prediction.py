"""Draw what was predicted beside what is: a dashed curve and a solid one, or a ring and a cross.

Axes and data in, artists out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from course.plots import style
from course.plots.palette import LIGHT, SERIES

TRUTH, YOURS = SERIES[0], SERIES[1]

#: The picture grows to hold a truth that lies outside the page, up to so many times the page.
GROWTH = 3.0


def draw_background(
    ax: Axes, x: tuple[float, float], y: tuple[float, float], draw: Callable[[Axes], object] | None
) -> None:
    """Let `draw` draw on the axes, and give them the limits x and y whatever it did to them."""
    if draw is not None:
        draw(ax)
    ax.set(xlim=x, ylim=y, aspect="auto")


def draw_sketches(
    ax: Axes,
    mine: np.ndarray | None,
    true: np.ndarray | None,
    worst: tuple[float, float, float] | None = None,
) -> list[Line2D]:
    """Draw a curve and its prediction.

    Parameters
    ----------
    ax : matplotlib Axes
        Its limits are those of the page; the height grows where the curves need it.
    mine, true : array (2, n) or None
        Left out where there is none.
    worst : (x, height of mine, height of true), optional
        Where they differ most: marked by an upright line.
    """
    if true is not None:
        left, right = ax.get_xlim()
        grow(ax, true[1, (true[0] >= left) & (true[0] <= right)])
    drawn = []
    if true is not None:
        drawn += ax.plot(*true, color=TRUTH.colour, linewidth=2.4, label="the truth", zorder=4)
    if mine is not None:
        drawn += ax.plot(
            *mine,
            color=YOURS.colour,
            linewidth=2.4,
            linestyle=(0, (4, 2)),
            label="your prediction",
            zorder=5,
        )
    if worst is not None:
        x, low, high = worst
        drawn += ax.plot(
            [x, x],
            [low, high],
            "-_",
            color=LIGHT.error,
            linewidth=1.4,
            markersize=9,
            label="largest difference",
            zorder=3,
        )
    return drawn


def draw_points(ax: Axes, mine: np.ndarray | None, true: np.ndarray | None) -> list[Line2D]:
    """Draw a place and where it was predicted; mine, true : array (2,) or None. What lies far
    outside is not drawn."""
    if true is not None:
        grow(ax, true[1:])
        grow(ax, true[:1], "x")
    drawn = []
    if mine is not None and true is not None:
        drawn += ax.plot(
            *np.transpose([mine, true]), ":", color=LIGHT.error, linewidth=1.6, zorder=3
        )
    if mine is not None:
        ring = {
            "color": "none",
            "markeredgecolor": YOURS.colour,
            "markersize": 15,
            "markeredgewidth": 2.6,
        }
        drawn += ax.plot(*mine, "o", label="your prediction", zorder=5, **ring)
    if true is not None:
        drawn += ax.plot(
            *true,
            "x",
            color=TRUTH.colour,
            markersize=13,
            markeredgewidth=3,
            label="the truth",
            zorder=5,
        )
    return drawn


def grow(ax: Axes, values: np.ndarray, axis: str = "y") -> None:
    """Widen an axis so that it holds the values, but not beyond three times its length on either
    side."""
    low, high = ax.get_ylim() if axis == "y" else ax.get_xlim()
    length = high - low
    values = values[(values > low - GROWTH * length) & (values < high + GROWTH * length)]
    margin = 0.06 * length
    below, above = (values < low).any(), (values > high).any()
    ends = (values.min() - margin if below else low, values.max() + margin if above else high)
    (ax.set_ylim if axis == "y" else ax.set_xlim)(ends)


def dress(ax: Axes, xlabel: str, ylabel: str) -> None:
    """Name the axes and what was drawn."""
    ax.set(xlabel=xlabel, ylabel=ylabel)
    style.dress(ax)
    if ax.get_legend_handles_labels()[0]:
        style.key_above(ax, 4, handlelength=2.6)
