"""Draw the Jacobian of softmax as a table of colours, and the product that turns ∂L/∂p into ∂L/∂z.

Axes and data in, artists out. Everything is drawn once; `move_table` and `move_probabilities` then
change the artists.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from course.plots import style
from course.plots.logits import signed
from course.plots.palette import LIGHT
from course.plots.style import LABEL, SIGNED, TITLE, dress


@dataclass(frozen=True)
class TableArtists:
    """What `draw_table` put on the axes."""

    image: AxesImage
    values: tuple[tuple[Text, ...], ...]
    frame: Rectangle


@dataclass(frozen=True)
class ProbabilityArtists:
    """What `draw_probabilities` put on the axes."""

    bars: BarContainer
    values: tuple[Text, ...]


def draw_table(
    ax: Axes, rows: int, columns: int, limit: float, fontsize: float = LABEL
) -> TableArtists:
    """Draw a table of coloured cells, white at 0, full colour at ±`limit`, with the number in each
    cell."""
    image = ax.imshow(
        np.zeros((rows, columns)), cmap=SIGNED, vmin=-limit, vmax=limit, aspect="auto"
    )
    values = tuple(
        tuple(
            ax.text(j, i, "", ha="center", va="center", fontsize=fontsize, color=LIGHT.ink)
            for j in range(columns)
        )
        for i in range(rows)
    )
    frame = style.put(
        ax,
        Rectangle(
            (-0.5, -0.5),
            1,
            rows,
            fill=False,
            edgecolor=LIGHT.ink,
            linewidth=2.2,
            zorder=5,
            clip_on=False,
        ),
    )
    frame.set_visible(False)
    ax.set(xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set_color(LIGHT.faint)
    return TableArtists(image, values, frame)


def move_table(artists: TableArtists, numbers: np.ndarray, framed: int | None = None) -> None:
    """Put new numbers (rows, columns) into the table and frame the column `framed`, or none."""
    artists.image.set_data(numbers)
    for texts, row in zip(artists.values, numbers, strict=True):
        for text, number in zip(texts, row, strict=True):
            text.set_text(signed(number))
    artists.frame.set_visible(framed is not None)
    artists.frame.set_x((framed or 0) - 0.5)


def draw_probabilities(ax: Axes, k: int) -> ProbabilityArtists:
    """Draw `k` probabilities as horizontal bars, one beside each row of the table."""
    bars = ax.barh(range(k), np.zeros(k), height=0.42, color=LIGHT.value)
    values = tuple(
        ax.text(0, i, "", va="center", ha="left", fontsize=LABEL, color=LIGHT.ink) for i in range(k)
    )
    ax.set(xlim=(0, 1.35), ylim=(k - 0.5, -0.5), xticks=[], yticks=range(k))
    ax.set_yticklabels([f"$p_{i + 1}$" for i in range(k)], fontsize=TITLE)
    ax.tick_params(length=0)
    dress(ax, grid=False, spines=("left",))
    return ProbabilityArtists(bars, values)


def move_probabilities(artists: ProbabilityArtists, p: np.ndarray) -> None:
    """Set the bars to `p` (k,)."""
    for bar, text, value in zip(artists.bars, artists.values, p, strict=True):
        bar.set_width(value)
        text.set_x(value + 0.04)
        text.set_text(f"{value:.3f}")
