"""Draw a short step round a place on a bowl: where it leads, and what it does to the height.

Axes and data in, artists out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from course.plots import style
from course.plots.descent import draw_bowl
from course.plots.palette import LIGHT

#: How long the arrow is drawn; the step itself is too short to be seen.
LENGTH = 1.0


def draw_place(ax: Axes, f: Callable, place: np.ndarray) -> FancyArrowPatch:
    """Draw the bowl f(w1, w2) from above, a ball at `place` (2,), and the arrow of the step."""
    draw_bowl(ax, f)
    here = (float(place[0]), float(place[1]))
    ax.plot(*place, "o", color=LIGHT.weight, markersize=11, markeredgecolor="white", zorder=5)
    arrow = FancyArrowPatch(
        here, here, arrowstyle="-|>", mutation_scale=18, linewidth=2.4, color=LIGHT.gradient,
        zorder=6, shrinkA=0, shrinkB=0,
    )  # fmt: skip
    ax.add_patch(arrow)
    return arrow


def move_arrow(arrow: FancyArrowPatch, place: np.ndarray, degrees: float) -> None:
    """Turn the arrow."""
    angle, (x, y) = np.deg2rad(degrees), map(float, place)
    arrow.set_positions((x, y), (x + LENGTH * np.cos(angle), y + LENGTH * np.sin(angle)))


@dataclass(frozen=True)
class TriedArtists:
    """The directions tried so far, and the present one."""

    tried: Line2D
    now: Line2D


def draw_tried(ax: Axes, most: float) -> TriedArtists:
    """Draw the empty picture of ΔJ against the direction, `most` to each side of 0."""
    ax.axhline(0, color=LIGHT.weight, linewidth=1.2, zorder=1)
    (tried,) = ax.plot([], [], "o", color=LIGHT.error, markersize=5, zorder=3)
    (now,) = ax.plot(
        [], [], "o", color=LIGHT.gradient, markersize=11, markeredgecolor="white", zorder=4
    )
    ax.set(
        xlim=(-185, 185), ylim=(-most, most), xticks=range(-180, 181, 90),
        xlabel="direction of the step, degrees", ylabel="change of $J$",
    )  # fmt: skip
    style.dress(ax)
    return TriedArtists(tried, now)


def move_tried(artists: TriedArtists, degrees: np.ndarray, changes: np.ndarray) -> None:
    """Show the directions tried (k,) and what each did to J (k,); the last one is the present."""
    artists.tried.set_data(degrees, changes)
    artists.now.set_data(degrees[-1:], changes[-1:])
