"""Draw the error of finite differences against their step h, and the function as it looks at that
scale.

Axes and data in, artists out; the `show_…` functions then only change the artists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text

from course.plots import style
from course.plots.palette import LIGHT, SERIES

#: Colour, line style and marker of each way to difference: three ways to tell the curves apart.
STYLES = {
    "central": SERIES[0],
    "one-sided": SERIES[1],
    "central, float32": SERIES[2],
}


@dataclass(frozen=True)
class ErrorArtists:
    """What `draw_errors` put on the axes."""

    curves: Mapping[str, Line2D]
    points: Mapping[str, Line2D]
    cursor: Line2D


@dataclass(frozen=True)
class ZoomArtists:
    """What `draw_zoom` put on the axes."""

    computed: Line2D
    tangent: Line2D
    secant: Line2D
    ends: Line2D
    title: Text


def draw_errors(ax: Axes, steps: np.ndarray) -> ErrorArtists:
    """Draw the axes of relative error against h, both logarithmic, h growing to the right."""
    curves, points = {}, {}
    for name, (colour, dashes, marker) in STYLES.items():
        (curves[name],) = ax.loglog(
            steps, np.ones_like(steps), color=colour, linestyle=dashes, linewidth=1.8, label=name
        )
        (points[name],) = ax.plot(
            [1],
            [1],
            marker,
            color=colour,
            markersize=9,
            markeredgecolor="white",
            zorder=5,
            clip_on=False,
        )
    cursor = ax.axvline(1, **style.CURSOR)
    ax.set_xlim(steps[0], steps[-1])
    ax.set_ylim(1e-15, 30)
    ax.set_xlabel("h")
    ax.set_ylabel("relative error of the derivative")
    style.dress(ax)
    style.key(ax, loc="lower left")
    return ErrorArtists(curves, points, cursor)


def show_errors(
    artists: ErrorArtists, errors: Mapping[str, np.ndarray], steps: np.ndarray, index: int
) -> None:
    """Show the error curves of one function, and mark the step number `index`. An error of 0 stands
    at the lower edge."""
    artists.cursor.set_xdata([steps[index]] * 2)
    for name, error in errors.items():
        visible = np.clip(error, 1.5e-15, 20)
        artists.curves[name].set_ydata(visible)
        artists.points[name].set_data([steps[index]], [visible[index]])


def draw_zoom(ax: Axes) -> ZoomArtists:
    """Draw the axes of the function around x, in units of h to the right and of the tangent's rise
    upwards."""
    (computed,) = ax.plot([], [], color=LIGHT.value, linewidth=1.8, label="f as computed")
    (tangent,) = ax.plot(
        [-2, 2],
        [-2, 2],
        color=LIGHT.gradient,
        linestyle=(0, (2, 1.5)),
        linewidth=1.8,
        zorder=1.8,
        label="tangent at x",
    )
    (secant,) = ax.plot(
        [], [], color=STYLES["central"].colour, linewidth=2, label="through x − h and x + h"
    )
    (ends,) = ax.plot(
        [], [], "o", color=STYLES["central"].colour, markersize=8, markeredgecolor="white", zorder=5
    )
    ax.set_xlim(-2, 2)
    ax.set_ylim(-3.2, 3.2)
    ax.set_xticks([-2, -1, 0, 1, 2], ["−2h", "x − h", "x", "x + h", "2h"])
    ax.set_yticks([])
    style.dress(ax, grid=False, spines=("bottom",))
    style.key(ax, loc="upper left")
    return ZoomArtists(computed, tangent, secant, ends, style.head(ax, loc="right"))


def show_zoom(
    artists: ZoomArtists, t: np.ndarray, rise: np.ndarray, ends: tuple[float, float], h: float
) -> None:
    """Show (f(x + t h) - f(x)) / (h f′(x)) over t, and the line through its values at t = -1 and
    1."""
    artists.computed.set_data(t, rise)
    low, high = ends
    middle, slope = (high + low) / 2, (high - low) / 2
    artists.secant.set_data([-2, 2], [middle - 2 * slope, middle + 2 * slope])
    artists.ends.set_data([-1, 1], [low, high])
    artists.title.set_text(f"at the scale of h = {h:.1e}")
