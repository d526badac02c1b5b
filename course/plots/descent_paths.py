"""Draw the walks of full-batch, mini-batch and one-at-a-time gradient descent over one loss
surface.

Axes and data in, artists out. The surface is drawn once; `move_paths` and `move_curves` change the
walks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from course.plots import style
from course.plots.palette import LIGHT, SERIES

#: Colour, line style, width and marker of each way to train: four ways to tell them apart.
STYLES = {
    "SGD": (SERIES[2].colour, "-", 0.9, SERIES[2].marker),
    "mini-batch": (SERIES[1].colour, SERIES[1].dashes, 1.8, SERIES[1].marker),
    "GD": (SERIES[0].colour, "-", 2.6, SERIES[0].marker),
}


@dataclass(frozen=True)
class WalkLines:
    """One line and one end mark for each way to train."""

    lines: Mapping[str, Line2D]
    ends: Mapping[str, Line2D]


def _lines(ax: Axes) -> WalkLines:
    lines, ends = {}, {}
    for order, (name, (colour, dashes, width, marker)) in enumerate(STYLES.items()):
        (lines[name],) = ax.plot(
            [], [], color=colour, linestyle=dashes, linewidth=width, zorder=3 + order
        )
        (ends[name],) = ax.plot(
            [], [], marker, color=colour, markersize=10, markeredgecolor="white", zorder=7 + order
        )
    return WalkLines(lines, ends)


def draw_surface(
    ax: Axes,
    f: Callable[[np.ndarray, np.ndarray], np.ndarray],
    w: tuple,
    b: tuple,
    lowest: np.ndarray,
) -> WalkLines:
    """Draw contour lines of J = f(w, b) over the ranges `w` and `b`, with a cross at the lowest
    place (2,)."""
    wide, high = np.meshgrid(np.linspace(w[0], w[1], 121), np.linspace(b[0], b[1], 121))
    J = f(wide, high)
    least = float(f(*lowest))
    levels = least + (J.max() - least) * np.linspace(0.04, 1, 13) ** 2
    ax.contour(
        wide, high, J, levels=levels, colors=LIGHT.error, alpha=0.45, linewidths=0.9, zorder=1
    )
    ax.plot(*lowest, "+", color=LIGHT.target, markersize=15, markeredgewidth=2.6, zorder=11)
    ax.set(xlim=w, ylim=b, xlabel="weight $w$", ylabel="bias $b$")
    style.dress(ax, grid=False)
    return _lines(ax)


def move_paths(artists: WalkLines, walks: Mapping[str, np.ndarray]) -> None:
    """Show the walks, each (k, 2) with w and b after every update, the start first."""
    for name, walk in walks.items():
        artists.lines[name].set_data(walk[:, 0], walk[:, 1])
        artists.ends[name].set_data(walk[-1:, 0], walk[-1:, 1])


def draw_curves(ax: Axes, epochs: int, least: float, most: float) -> WalkLines:
    """Draw the empty picture of the loss against epochs; a dotted line marks the least possible
    loss."""
    ax.axhline(least, color=LIGHT.target, linewidth=1.4, linestyle=(0, (1, 1.5)), zorder=1)
    ax.annotate("least possible", (epochs, least), xytext=(0, -4), textcoords="offset points", ha="right", va="top", fontsize=style.NOTE,
                color=LIGHT.target, zorder=1.2)  # fmt: skip
    ax.set(
        xlim=(-0.02 * epochs, 1.02 * epochs),
        ylim=(0, most),
        xlabel="passes over the data (epochs)",
        ylabel="loss J on all examples",
    )
    style.dress(ax)
    return _lines(ax)


def move_curves(
    artists: WalkLines, seen: Mapping[str, np.ndarray], losses: Mapping[str, np.ndarray]
) -> None:
    """Show the loss (k,) of each walk against the epochs (k,) that had gone by."""
    for name, loss in losses.items():
        artists.lines[name].set_data(seen[name], loss)
        artists.ends[name].set_data(seen[name][-1:], loss[-1:])


def name_walks(ax: Axes, names: Mapping[str, str]) -> None:
    """Put a legend into the picture that gives each walk its name."""
    handles = [Line2D([], [], color=STYLES[n][0], linestyle=STYLES[n][1], linewidth=max(STYLES[n][2], 1.4), marker=STYLES[n][3],
                      markersize=7, label=label) for n, label in names.items()]  # fmt: skip
    style.key(
        ax,
        handles=handles,
        loc="upper right",
        frameon=True,
        framealpha=0.9,
        edgecolor="none",
        handlelength=3.2,
    )
