"""Draw what a neuron with two inputs answers for a few examples, and how each example pulls at its
weights.

Axes and data in, artists out. Each `draw_…` returns the artists that the matching `move_…` changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from course.plots import style
from course.plots.neuron import CLASS_STYLES
from course.plots.palette import LIGHT


@dataclass(frozen=True)
class AnswerArtists:
    """The answers set by hand, one line of marks for each class, and those of gradient descent."""

    hand: tuple[Line2D, ...]
    descent: Line2D


def draw_answers(ax: Axes, y: np.ndarray) -> AnswerArtists:
    """Draw an empty picture of answers a, one column for each example of y (n,)."""
    ax.axhline(0.5, color=LIGHT.ink, linewidth=1.2, zorder=1)
    for k, label in enumerate(y):  # from ½ to the label: the half in which the answer is right
        ax.plot([k, k], [0.5, label], color=CLASS_STYLES[int(label)][1], linewidth=9, alpha=0.14,
                solid_capstyle="butt", zorder=0.8)  # fmt: skip
    hand = tuple(
        ax.plot(
            [], [], marker, color=colour, markersize=size + 2, markeredgecolor="white", zorder=5
        )[0]
        for marker, colour, size in CLASS_STYLES.values()
    )
    (descent,) = ax.plot(
        [], [], "D", color="none", markeredgecolor=LIGHT.ink, markersize=9, zorder=4
    )
    ax.set(
        xlim=(-0.6, len(y) - 0.4),
        ylim=(-0.04, 1.04),
        xticks=range(len(y)),
        xticklabels=range(1, len(y) + 1),
        xlabel="vehicle",
        ylabel="answer $a$",
    )
    style.dress(ax, grid=False)
    return AnswerArtists(hand, descent)


def move_answers(
    artists: AnswerArtists, y: np.ndarray, hand: np.ndarray, descent: np.ndarray
) -> None:
    """Show two neurons' answers (n,) for examples of the classes y (n,)."""
    places = np.arange(len(y))
    for k, marks in enumerate(artists.hand):
        marks.set_data(places[y == k], hand[y == k])
    artists.descent.set_data(places, descent)


@dataclass(frozen=True)
class PullArtists:
    """One line from the origin for each example that may be shown, and the mean of all."""

    pulls: Sequence[Line2D]
    mean: Line2D


def draw_pulls(ax: Axes, most: int, reach: float) -> PullArtists:
    """Draw the plane of the two weights, `reach` to each side, with room for `most` pulls."""
    ax.plot([0], [0], "o", color=LIGHT.weight, markersize=5, zorder=6)
    pulls = [ax.plot([], [], markevery=[1], linewidth=1.8, zorder=3)[0] for _ in range(most)]
    (mean,) = ax.plot([], [], "-*", color=LIGHT.gradient, markevery=[1], linewidth=4,
                      markersize=17, markeredgecolor="white", zorder=5)  # fmt: skip
    ax.set(
        xlim=(-reach, reach),
        ylim=(-reach, reach),
        xlabel="pull at $w_1$",
        ylabel="pull at $w_2$",
        aspect="equal",
    )
    style.dress(ax)
    return PullArtists(pulls, mean)


def move_pulls(artists: PullArtists, y: np.ndarray, pulls: np.ndarray) -> None:
    """Show the pulls (n, 2) of examples of the classes y (n,), and their mean.

    Raises
    ------
    ValueError
        If there are more examples than `draw_pulls` made room for.
    """
    if len(y) > len(artists.pulls):
        raise ValueError(f"room for {len(artists.pulls)} pulls, not for {len(y)}")
    for k, line in enumerate(artists.pulls):
        if k >= len(y):
            line.set_data([], [])
            continue
        marker, colour, size = CLASS_STYLES[int(y[k])]
        line.set(color=colour, marker=marker, markersize=size)
        line.set_data([0, pulls[k, 0]], [0, pulls[k, 1]])
    mean = pulls.mean(axis=0)
    artists.mean.set_data([0, mean[0]], [0, mean[1]])
