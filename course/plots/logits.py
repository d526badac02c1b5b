"""Draw the three stages of softmax: logits, their exponentials, probabilities.

Axes and data in, artists out. Everything is drawn once; `move_logits` and `move_bars` then change the artists.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.container import BarContainer
from matplotlib.lines import Line2D
from matplotlib.text import Text

from course.plots.palette import LIGHT


@dataclass(frozen=True)
class LogitArtists:
    """What `draw_logits` put on the axes."""

    dots: Line2D
    gaps: LineCollection
    top: Line2D
    values: tuple[Text, ...]


@dataclass(frozen=True)
class BarArtists:
    """What `draw_bars` put on the axes."""

    bars: BarContainer
    values: tuple[Text, ...]


def draw_logits(ax: Axes, k: int) -> LogitArtists:
    """Draw `k` logits as dots that hang from the level of the largest one."""
    gaps = ax.add_collection(LineCollection([], colors=LIGHT.value, linewidths=2, alpha=0.45))
    top = ax.axhline(0, color="0.45", linewidth=1, linestyle=(0, (5, 3)))
    (dots,) = ax.plot(np.arange(k), np.zeros(k), "o", color=LIGHT.value, markersize=9, markeredgecolor="white", zorder=4)
    values = tuple(ax.text(i, 0, "", ha="center", va="top", fontsize=9.5, color=LIGHT.ink) for i in range(k))
    _classes(ax, k)
    ax.ticklabel_format(axis="y", useOffset=False)
    ax.locator_params(axis="y", nbins=5)
    ax.grid(True, axis="y", color="0.93")
    return LogitArtists(dots, gaps, top, values)


def move_logits(ax: Axes, artists: LogitArtists, z: np.ndarray) -> None:
    """Put new logits (k,) into the picture; the axis follows them."""
    top, room = float(z.max()), max(float(np.ptp(z)), 1.0)
    artists.dots.set_ydata(z)
    artists.gaps.set_segments([[(i, top), (i, v)] for i, v in enumerate(z)])
    artists.top.set_ydata([top, top])
    for i, (text, v) in enumerate(zip(artists.values, z, strict=True)):
        text.set_position((i, v - 0.07 * room))
        text.set_text(in_figures(v))
    ax.set_ylim(z.min() - 0.26 * room, top + 0.12 * room)


def draw_bars(ax: Axes, k: int, fontsize: float = 9.5) -> BarArtists:
    """Draw `k` empty bars on an axis from 0 to 1; their numbers will stand above them in `fontsize`."""
    bars = ax.bar(np.arange(k), np.zeros(k), width=0.58, color=LIGHT.value, edgecolor=LIGHT.error, linewidth=0)
    values = tuple(ax.text(i, 0, "", ha="center", va="bottom", fontsize=fontsize, color=LIGHT.ink) for i in range(k))
    _classes(ax, k)
    ax.set(ylim=(0, 1.14), yticks=[0, 0.5, 1])
    ax.grid(True, axis="y", color="0.93")
    return BarArtists(bars, values)


def move_bars(artists: BarArtists, heights: np.ndarray, labels: list[str]) -> None:
    """Set bar heights (k,) between 0 and 1; where a height is not finite the bar is an empty, hatched box."""
    for bar, text, height, label in zip(artists.bars, artists.values, heights, labels, strict=True):
        broken = not np.isfinite(height)
        shown = 1.0 if broken else height
        bar.set_height(shown)
        bar.set_facecolor("#f7e9f1" if broken else LIGHT.value)
        bar.set_hatch("//" if broken else "")
        bar.set_linewidth(1.2 if broken else 0)
        text.set_position((text.get_position()[0], shown + 0.02))
        text.set_text(label)
        text.set_color(LIGHT.error if broken else LIGHT.ink)
        text.set_fontweight("bold" if broken else "normal")


def in_figures(value: float) -> str:
    """A number in a few figures, as a reader wants it under a dot or over a bar."""
    if value == 0 or not np.isfinite(value):
        return "0" if value == 0 else str(value)
    if 1e-3 <= abs(value) < 1e5:
        return f"{value:.3g}".replace("-", "−") if abs(value) < 1 else f"{value:.5g}".replace("-", "−")
    digits, _, power = f"{value:.1e}".partition("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits}·10{raised}"


def _classes(ax: Axes, k: int) -> None:
    ax.set(xlim=(-0.6, k - 0.4), xticks=range(k))
    ax.set_xticklabels([f"{i + 1}" for i in range(k)])
    ax.set_xlabel("class")
    ax.set_axisbelow(True)
    ax.tick_params(length=0)
    ax.spines[["top", "right"]].set_visible(False)
