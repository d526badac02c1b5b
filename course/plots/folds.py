"""Draw a few hinges as thin lines, their sum as a thick one, and the goal that it should reach.

Axes and data in, artists out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text

from course.plots import style
from course.plots.palette import LIGHT


@dataclass
class FoldArtists:
    """What `draw_folds` put on the axes."""

    units: list[Line2D]
    total: Line2D
    folds: Line2D
    title: Text


def draw_folds(ax: Axes, x: np.ndarray, goal: np.ndarray, most: int) -> FoldArtists:
    """Draw the goal, and lines for up to `most` units and their sum; `move_folds` fills them."""
    ax.axhline(0, color=LIGHT.faint, linewidth=0.8, zorder=1)
    ax.plot(x, goal, color=LIGHT.target, linewidth=6, alpha=0.35, label="a tent to build", zorder=2)
    nothing = np.full(len(x), np.nan)
    units = [
        ax.plot(x, nothing, color=LIGHT.weight, linewidth=1.1, linestyle="--", zorder=3)[0]
        for _ in range(most)
    ]
    units[0].set_label("each unit")
    (total,) = ax.plot(x, nothing, color=LIGHT.value, linewidth=2.6, label="their sum", zorder=5)
    (folds,) = ax.plot(
        [], [], "o", color=LIGHT.value, markersize=8, markeredgecolor="white", label="folds",
        zorder=6,
    )  # fmt: skip
    ax.set(xlim=(x[0], x[-1]), ylim=(-3, 3), xlabel="x", ylabel="y")
    style.dress(ax)
    style.key(ax, loc="upper left")
    return FoldArtists(units, total, folds, style.head(ax))


def move_folds(
    artists: FoldArtists,
    units: np.ndarray,
    total: np.ndarray,
    folds: np.ndarray,
    heights: np.ndarray,
    chosen: int,
    title: str,
) -> None:
    """Show what each unit adds (points, units), the sum (points,), the folds and their heights, and
    which unit is being dragged."""
    nothing = np.full(len(total), np.nan)
    for k, line in enumerate(artists.units):
        line.set_ydata(units[:, k] if k < units.shape[1] else nothing)
        line.set_linewidth(2.2 if k == chosen else 1.1)
    artists.total.set_ydata(total)
    artists.folds.set_data(folds, heights)
    artists.title.set_text(title)
