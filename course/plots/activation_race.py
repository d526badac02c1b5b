"""Draw the loss of several runs in training, and the loss at the end against the learning rate.

Axes and data in, artists out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text

from course.plots import style
from course.plots.palette import LIGHT

#: The losses that are shown; what is outside stands at the edge.
LOWEST, HIGHEST = 1e-4, 10.0


@dataclass
class RaceArtists:
    """What `draw_race` put on the axes."""

    lines: list[Line2D]
    median: Line2D
    title: Text


@dataclass
class RateArtists:
    """What `draw_rates` put on the axes."""

    chosen: Line2D
    here: Line2D


def _losses(ax: Axes) -> None:
    ax.set_yscale("log")
    ax.set(ylim=(LOWEST / 1.5, HIGHEST * 1.5), yticks=[1e-4, 1e-3, 1e-2, 1e-1, 1, 10])
    ax.minorticks_off()


def draw_race(ax: Axes, steps: int, seeds: int = 12) -> RaceArtists:
    """Draw empty axes for the losses of up to `seeds` runs and their median; `move_race` fills
    them."""
    _losses(ax)
    ax.set(xlim=(0, steps), xlabel="steps", ylabel="loss")
    ax.axhline(np.log(2), color=LIGHT.faint, linewidth=1, zorder=1)
    style.dress(ax)
    lines = [ax.plot([], [], color=LIGHT.weight, linewidth=1)[0] for _ in range(seeds)]
    (median,) = ax.plot([], [], color=LIGHT.error, linewidth=2.6, zorder=5)
    return RaceArtists(lines, median, style.head(ax))


def move_race(artists: RaceArtists, losses: np.ndarray, title: str) -> None:
    """Show the losses (steps + 1, seeds) of several runs, and their median."""
    shown, step = np.clip(losses, LOWEST, HIGHEST), np.arange(len(losses))
    for k, line in enumerate(artists.lines):
        line.set_data(*((step, shown[:, k]) if k < shown.shape[1] else ([], [])))
    artists.median.set_data(step, np.median(shown, axis=1))
    artists.title.set_text(title)


def draw_rates(ax: Axes, etas: Sequence[float], ends: Mapping[str, np.ndarray]) -> RateArtists:
    """Draw the loss at the end against the learning rate, a thin line for everybody; `move_rates`
    marks one of them."""
    _losses(ax)
    ax.set_xscale("log")
    ax.set(xlim=(etas[0] / 1.3, etas[-1] * 1.3), xlabel="learning rate η")
    ax.set_xticks(etas, [f"{eta:g}" for eta in etas])
    ax.minorticks_off()
    style.dress(ax)
    for end in ends.values():
        ax.plot(etas, np.clip(end, LOWEST, HIGHEST), color=LIGHT.faint, linewidth=1.2, zorder=2)
    (chosen,) = ax.plot(etas, [np.nan] * len(etas), "o-", color=LIGHT.error, linewidth=2, zorder=5)
    (here,) = ax.plot(
        [], [], "s", color="none", markeredgecolor=LIGHT.ink, markersize=11, markeredgewidth=2
    )
    style.head(ax, "loss at the end; grey: the others")
    return RateArtists(chosen, here)


def move_rates(artists: RateArtists, ends: np.ndarray, eta: int) -> None:
    """Show the losses (etas,) of the chosen one, and mark the chosen learning rate."""
    shown = np.clip(ends, LOWEST, HIGHEST)
    artists.chosen.set_ydata(shown)
    artists.here.set_data([np.asarray(artists.chosen.get_xdata())[eta]], [shown[eta]])
