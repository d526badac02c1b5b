"""Draw many fits of one curve, and the errors on training and validation data against width and amount of data.

Axes and data in, artists out. Everything is drawn once; the `move_…` functions then change the artists.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

TRAIN, VALIDATION, INK = "#0072B2", "#B84A00", "#1f1f1f"


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
    fits = ax.add_collection(LineCollection([], colors="#7A7A7A", linewidths=0.9, alpha=0.55, zorder=2))
    (mean,) = ax.plot([], [], color=VALIDATION, linewidth=2.8, linestyle=(0, (6, 1.5)), zorder=4, label="mean of all fits")
    ax.plot(grid, truth, color=INK, linewidth=2.2, zorder=3, label="the truth")
    (data,) = ax.plot([], [], "o", color=TRAIN, markersize=5, markeredgecolor="white", zorder=5, label="one training set")
    handles = ax.get_legend_handles_labels()[0]
    handles.insert(1, Line2D([], [], color="#7A7A7A", linewidth=1, label="fits to other training sets"))
    ax.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, frameon=False, fontsize=9.5)
    ax.set(xlim=(grid[0], grid[-1]), ylim=(-2.4, 2.4), xlabel="x", ylabel="y")
    ax.spines[["top", "right"]].set_visible(False)
    return FitArtists(fits, mean, data)


def move_fits(artists: FitArtists, grid: np.ndarray, fits: np.ndarray, mean: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
    """Show fits (k, grid), the mean of all (grid,), and one training set."""
    artists.fits.set_segments([np.column_stack([grid, np.clip(fit, -50, 50)]) for fit in fits])
    artists.mean.set_data(grid, mean)
    artists.data.set_data(x, y)


def draw_errors(ax: Axes, xlabel: str, noise: float) -> ErrorArtists:
    """Draw empty curves of the training and the validation error, and the line below which no model gets."""
    (train,) = ax.plot([], [], "-o", color=TRAIN, linewidth=1.8, markersize=5, markeredgecolor="white", label="training")
    (validation,) = ax.plot([], [], "s", linestyle=(0, (5, 1.5)), color=VALIDATION, linewidth=1.8, markersize=5,
                            markeredgecolor="white", label="validation")
    ax.axhline(noise, color="0.35", linewidth=1, linestyle=(0, (1, 1.5)), label="noise in the data")
    cursor = ax.axvline(1, color="0.7", linewidth=5, zorder=0, alpha=0.6)
    (now,) = ax.plot([], [], "o", markersize=11, markerfacecolor="none", markeredgecolor=INK, markeredgewidth=1.5, zorder=6)
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ax.xaxis.set_major_formatter("{x:.0f}")
    ax.set(xlabel=xlabel, ylim=(0.01, 3.2), yticks=[0.01, 0.1, 1], yticklabels=["0.01", "0.1", "1"])
    ax.grid(True, which="major", color="0.91")
    ax.spines[["top", "right"]].set_visible(False)
    return ErrorArtists(train, validation, now, cursor)


def move_errors(artists: ErrorArtists, at: np.ndarray, train: np.ndarray, validation: np.ndarray, now: int) -> None:
    """Put errors at the positions `at` into the curves and ring the pair at `now`; what is beyond the axis stays at its edge."""
    low, high = artists.train.axes.get_ylim()
    train, validation = np.clip(train, 1.1 * low, high / 1.1), np.clip(validation, 1.1 * low, high / 1.1)
    artists.train.set_data(at, train)
    artists.validation.set_data(at, validation)
    k = int(np.argmin(np.abs(at - now)))
    artists.now.set_data([at[k], at[k]], [train[k], validation[k]])
    artists.cursor.set_xdata([now, now])
