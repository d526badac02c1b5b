"""Draw the error of one network under three treatments of its biases: frozen, shared, one per
neuron.

Axes and data in, artists out. Everything is drawn once; `show_step` then moves the artists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.lines import Line2D
from matplotlib.text import Text

from course.plots import style
from course.plots.palette import SERIES, Series

#: Colour, line style and marker of each variant: three ways to tell the curves apart.
STYLES: dict[str, Series] = dict(zip(("frozen", "shared", "per neuron"), SERIES, strict=False))

#: Where a curve's name stands beside its right end, in points: the two lower curves end close
#: together.
NAME_OFFSETS = {"frozen": 0, "shared": 6, "per neuron": -7}


@dataclass(frozen=True)
class CurveArtists:
    """What `draw_error_curves` put on the axes."""

    curves: Mapping[str, Line2D]
    points: Mapping[str, Line2D]
    names: Mapping[str, Text]
    cursor: Line2D


@dataclass(frozen=True)
class BarArtists:
    """What `draw_error_bars` put on the axes."""

    bars: BarContainer
    numbers: Mapping[str, Text]
    title: Text


def draw_error_curves(ax: Axes, errors: Mapping[str, np.ndarray]) -> CurveArtists:
    """Draw the error against the number of steps, both on logarithmic axes, one curve a variant.

    Parameters
    ----------
    ax : matplotlib Axes
    errors : mapping of variant name to array (steps,)
        `errors[name][k]` is the error after k + 1 steps. The names are those of `STYLES`.
    """
    curves, points, names = {}, {}, {}
    for name, error in errors.items():
        colour, dashes, marker = STYLES[name]
        # as many as the eye can tell apart
        steps = np.unique(np.geomspace(1, len(error), 150).round().astype(int))
        (curves[name],) = ax.loglog(steps, error[steps - 1], color=colour, linestyle=dashes)
        (points[name],) = ax.plot(
            [1], [error[0]], marker, color=colour, markeredgecolor="white", zorder=5
        )
        names[name] = ax.annotate(
            name,
            (steps[-1], error[-1]),
            xytext=(9, NAME_OFFSETS[name]),
            textcoords="offset points",
            color=colour,
            fontsize=style.LABEL,
            va="center",
            annotation_clip=False,
        )
    cursor = ax.axvline(1, **style.CURSOR)
    ax.set_xlim(0.9, len([*errors.values()][-1]) * 1.15)
    ax.set_xlabel("steps taken")
    ax.set_ylabel("total error E")
    style.dress(ax)
    return CurveArtists(curves, points, names, cursor)


def draw_error_bars(ax: Axes, errors: Mapping[str, np.ndarray]) -> BarArtists:
    """Draw one bar a variant: its error as a share of the largest one, with the number written
    beside it.

    Parameters
    ----------
    ax : matplotlib Axes
    errors : mapping of variant name to array (steps,)
    """
    bars = ax.barh(
        range(len(errors)), np.ones(len(errors)), height=0.42, color=[STYLES[n][0] for n in errors]
    )
    numbers = {
        name: ax.text(0, row - 0.42, "", color=STYLES[name][0], va="center", fontsize=style.LABEL)
        for row, name in enumerate(errors)
    }
    ax.set_xlim(0, 1.02)
    ax.set_ylim(len(errors) - 0.6, -0.75)
    style.dress(ax, grid=False)
    ax.axis("off")
    return BarArtists(bars, numbers, style.head(ax))


def show_step(
    curves: CurveArtists, bars: BarArtists, errors: Mapping[str, np.ndarray], chosen: str, step: int
) -> None:
    """Make the chosen variant heavy, the others light, and show the errors after `step` steps (from
    1)."""
    largest = max(error[step - 1] for error in errors.values())
    curves.cursor.set_xdata([step, step])
    bars.title.set_text(f"E after {step:,} step{'s' if step > 1 else ''}")
    for (name, error), bar in zip(errors.items(), bars.bars, strict=True):
        on = name == chosen
        weight = "bold" if on else "normal"
        curves.curves[name].set_linewidth(3.2 if on else 1.6)
        curves.curves[name].set_alpha(1.0 if on else 0.75)
        curves.points[name].set_data([step], [error[step - 1]])
        curves.points[name].set_markersize(11 if on else 7)
        curves.names[name].set_fontweight(weight)
        bar.set_width(error[step - 1] / largest)
        bar.set_alpha(1.0 if on else 0.75)
        bars.numbers[name].set_text(f"{name}   {error[step - 1]:.8g}")
        bars.numbers[name].set_fontweight(weight)
