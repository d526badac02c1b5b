"""Draw a race of optimisers: their paths over a landscape, the loss and the length of every step.

Axes and data in, artists out. Everything is drawn once; the `move_…` functions then change the
artists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.contour import QuadContourSet
from matplotlib.lines import Line2D

from course.plots import style
from course.plots.palette import LIGHT, SERIES

#: Colour, line style and marker of each runner: three ways to tell them apart.
STYLES = dict(zip(("gradient descent", "momentum", "RMSprop", "Adam"), SERIES, strict=True))


@dataclass
class MapArtists:
    """What `draw_map` put on the axes; the contours are replaced when the landscape changes."""

    paths: Mapping[str, Line2D]
    heads: Mapping[str, Line2D]
    start: Line2D
    goal: Line2D
    contours: QuadContourSet | None = field(default=None)


@dataclass(frozen=True)
class CurveArtists:
    """What `draw_curves` put on the axes."""

    curves: Mapping[str, Line2D]
    points: Mapping[str, Line2D]
    cursor: Line2D


def draw_map(ax: Axes) -> MapArtists:
    """Draw an empty map with one path and one head a runner, the start and the lowest point."""
    paths, heads = {}, {}
    for name, (colour, dashes, marker) in STYLES.items():
        (paths[name],) = ax.plot([], [], color=colour, linestyle=dashes, linewidth=2.2, zorder=4)
        (heads[name],) = ax.plot(
            [], [], marker, color=colour, markersize=9, markeredgecolor="white", zorder=6
        )
    (start,) = ax.plot(
        [], [], "o", color="white", markeredgecolor=LIGHT.ink, markersize=7, zorder=5
    )
    (goal,) = ax.plot(
        [], [], "*", color=LIGHT.target, markeredgecolor="white", markersize=18, zorder=1.8
    )
    ax.set(xlabel="$p_1$", ylabel="$p_2$")
    keys = [
        Line2D(
            [],
            [],
            color=c,
            linestyle=d,
            marker=m,
            markersize=7,
            markeredgecolor="white",
            linewidth=2,
            label=name,
        )
        for name, (c, d, m) in STYLES.items()
    ]
    style.dress(ax, grid=False)
    style.key_above(ax, 4, handles=keys, handlelength=2.6)
    return MapArtists(paths, heads, start, goal)


def move_landscape(ax: Axes, artists: MapArtists, f: Callable, start, goals, xlim, ylim) -> None:
    """Put another landscape under the paths: the contours of `f`, which takes arrays p1 and p2, and
    its lowest points."""
    if artists.contours is not None:
        artists.contours.remove()
    p1, p2 = np.meshgrid(np.linspace(xlim[0], xlim[1], 101), np.linspace(ylim[0], ylim[1], 101))
    height = f(p1, p2)
    height = height - min(height.min(), f(*goals[0]))
    levels = height.max() * np.geomspace(1e-3, 0.95, 13)
    artists.contours = ax.contour(
        p1, p2, height, levels=levels, colors=LIGHT.error, alpha=0.4, linewidths=0.9, zorder=1
    )
    artists.start.set_data([start[0]], [start[1]])
    artists.goal.set_data(*zip(*goals, strict=True))
    ax.set(xlim=xlim, ylim=ylim)


def move_paths(artists: MapArtists, paths: Mapping[str, np.ndarray], step: int) -> None:
    """Show the first `step` steps of every path (steps + 1, 2)."""
    for name, path in paths.items():
        artists.paths[name].set_data(*path[: step + 1].T)
        artists.heads[name].set_data(*path[step : step + 1].T)


def draw_curves(ax: Axes, label: str, steps: int, low: float, high: float) -> CurveArtists:
    """Draw empty curves against the step, on a logarithmic axis called `label`, from `low` to
    `high`."""
    curves, points = {}, {}
    for name, (colour, dashes, marker) in STYLES.items():
        (curves[name],) = ax.plot([], [], color=colour, linestyle=dashes, linewidth=1.8)
        (points[name],) = ax.plot(
            [],
            [],
            marker,
            color=colour,
            markersize=7,
            markeredgecolor="white",
            zorder=5,
            clip_on=True,
        )
    cursor = ax.axvline(0, **style.CURSOR)
    ax.set_yscale("log")
    ax.set(xlim=(-0.02 * steps, 1.03 * steps), ylim=(low / 1.6, high * 1.6))
    style.head(ax, label)
    style.dress(ax)
    return CurveArtists(curves, points, cursor)


def move_curves(artists: CurveArtists, values: Mapping[str, np.ndarray], step: int) -> None:
    """Put new values, one a step, into the curves up to `step`; what lies beyond the axis stays at
    its edge."""
    low, high = np.array(style.home(artists.cursor).get_ylim()) * [1.6, 1 / 1.6]
    artists.cursor.set_xdata([step, step])
    for name, value in values.items():
        shown = np.clip(value, low, high)
        at = min(step, len(value) - 1)
        artists.curves[name].set_data(np.arange(at + 1), shown[: at + 1])
        artists.points[name].set_data([at], [shown[at]])
