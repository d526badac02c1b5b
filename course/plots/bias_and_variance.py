"""Draw many fits of one curve, and the errors on training and validation data against width and
amount of data.

Axes and data in, artists out. Everything is drawn once; the `move_…` functions then change the
artists.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.ticker import NullFormatter

from course.plots import style
from course.plots.palette import LIGHT, SERIES

TRAIN, VALIDATION = SERIES[:2]


@dataclass(frozen=True)
class FitArtists:
    """What `draw_fits` put on the axes."""

    fits: LineCollection
    mean: Line2D
    data: Line2D


@dataclass(frozen=True)
class ErrorArtists:
    """What `draw_errors` put on the axes."""

    train: Line2D
    validation: Line2D
    now: Line2D
    cursor: Line2D


def draw_fits(ax: Axes, grid: np.ndarray, truth: np.ndarray) -> FitArtists:
    """Draw the true curve over `grid`; data, fits and their mean come with `move_fits`."""
    fits = style.put(
        ax, LineCollection([], colors=LIGHT.value, linewidths=0.8, alpha=0.4, zorder=2)
    )
    (mean,) = ax.plot(
        [],
        [],
        color=LIGHT.value,
        linewidth=2.8,
        linestyle=(0, (6, 1.5)),
        zorder=4,
        label="mean of all fits",
    )
    ax.plot(grid, truth, color=LIGHT.target, linewidth=2.2, zorder=1.5, label="the truth")
    (data,) = ax.plot(
        [],
        [],
        TRAIN.marker,
        color=TRAIN.colour,
        markersize=5,
        markeredgecolor="white",
        zorder=5,
        label="one training set",
    )
    handles = ax.get_legend_handles_labels()[0]
    handles.insert(
        1,
        Line2D(
            [], [], color=LIGHT.value, alpha=0.6, linewidth=1, label="fits to other training sets"
        ),
    )
    style.key_above(ax, 4, handles=handles)
    ax.set(xlim=(grid[0], grid[-1]), ylim=(-2.4, 2.4), xlabel="x", ylabel="y")
    style.dress(ax, grid=False)
    return FitArtists(fits, mean, data)


def move_fits(
    artists: FitArtists,
    grid: np.ndarray,
    fits: np.ndarray,
    mean: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
) -> None:
    """Show fits (k, grid), the mean of all (grid,), and one training set."""
    artists.fits.set_segments([np.column_stack([grid, np.clip(fit, -50, 50)]) for fit in fits])
    artists.mean.set_data(grid, mean)
    artists.data.set_data(x, y)


def draw_errors(ax: Axes, xlabel: str, noise: float) -> ErrorArtists:
    """Draw empty curves of the training and the validation error, and the line below which no model
    gets."""
    train, validation = (
        ax.plot(
            [],
            [],
            s.marker,
            linestyle=s.dashes,
            color=s.colour,
            linewidth=1.8,
            markersize=5,
            markeredgecolor="white",
            label=name,
        )[0]
        for s, name in ((TRAIN, "training"), (VALIDATION, "validation"))
    )
    ax.axhline(
        noise,
        color=LIGHT.target,
        linewidth=1.2,
        linestyle=(0, (1, 1.5)),
        zorder=1.4,
        label="noise in the data",
    )
    cursor = ax.axvline(1, **style.CURSOR | {"linewidth": 5, "alpha": 0.4})
    (now,) = ax.plot(
        [],
        [],
        "o",
        markersize=11,
        markerfacecolor="none",
        markeredgecolor=LIGHT.ink,
        markeredgewidth=1.5,
        zorder=6,
    )
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ax.xaxis.set_major_formatter("{x:.0f}")
    ax.set(xlabel=xlabel, ylim=(0.01, 3.2), yticks=[0.01, 0.1, 1], yticklabels=["0.01", "0.1", "1"])
    ax.yaxis.set_minor_formatter(NullFormatter())
    style.dress(ax)
    return ErrorArtists(train, validation, now, cursor)


def move_errors(
    artists: ErrorArtists, at: np.ndarray, train: np.ndarray, validation: np.ndarray, now: int
) -> None:
    """Put errors at the positions `at` into the curves and ring the pair at `now`; what is beyond
    the axis stays at its edge."""
    low, high = style.home(artists.train).get_ylim()
    train, validation = (
        np.clip(train, 1.1 * low, high / 1.1),
        np.clip(validation, 1.1 * low, high / 1.1),
    )
    artists.train.set_data(at, train)
    artists.validation.set_data(at, validation)
    k = int(np.argmin(np.abs(at - now)))
    artists.now.set_data([at[k], at[k]], [train[k], validation[k]])
    artists.cursor.set_xdata([now, now])
