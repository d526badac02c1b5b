"""Draw a confusion matrix, one digit, and what ten output units say about it.

Axes and data in, artists out; the `move_…` functions change what the `draw_…` functions made.
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
from course.plots.palette import LIGHT


@dataclass
class ConfusionArtists:
    """What `draw_confusion` put on the axes."""

    frame: Rectangle


@dataclass
class OutputArtists:
    """What `draw_outputs` put on the axes."""

    bars: BarContainer
    values: tuple[Text, ...]
    marks: tuple[Text, ...]


def draw_confusion(ax: Axes, counts: np.ndarray) -> ConfusionArtists:
    """Draw a matrix of counts, truth down, answers across: mistakes shaded by their number, the
    diagonal in grey."""
    off = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    ax.imshow(off, cmap=style.ERRORS, vmin=0, vmax=max(1, off.max()))
    for i, j in np.ndindex(counts.shape):
        if i == j:
            ax.add_patch(
                Rectangle(
                    (j - 0.5, i - 0.5), 1, 1, facecolor=LIGHT.faint, alpha=0.4, edgecolor="none"
                )
            )
        colour = LIGHT.ink if i == j else style.on_errors(float(off[i, j] / max(1, off.max())))
        ax.text(
            j,
            i,
            f"{counts[i, j]}",
            ha="center",
            va="center",
            fontsize=style.NOTE,
            color=colour,
            alpha=1.0 if counts[i, j] else 0.55,
        )
    ticks = range(len(counts))
    ax.set(xticks=ticks, yticks=ticks, xlabel="the network's answer", ylabel="what it is")
    ax.xaxis.set_label_position("top")
    style.dress(ax, grid=False, spines=())
    ax.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    frame = Rectangle((0, 0), 1, 1, fill=False, edgecolor=LIGHT.ink, linewidth=3, zorder=6)
    ax.add_patch(frame)
    return ConfusionArtists(frame)


def move_confusion(
    artists: ConfusionArtists, truth: int | None, answer: int | None, digits: int = 10
) -> None:
    """Frame the chosen cell; None stands for a whole row or column."""
    rows = (0, digits) if truth is None else (truth, 1)
    columns = (0, digits) if answer is None else (answer, 1)
    artists.frame.set_bounds(columns[0] - 0.5, rows[0] - 0.5, columns[1], rows[1])


def draw_digit(ax: Axes) -> AxesImage:
    """Draw an empty 28 × 28 image, ink black on white."""
    image = ax.imshow(np.zeros((28, 28)), cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_color(LIGHT.faint)
    return image


def draw_outputs(ax: Axes, digits: int = 10) -> OutputArtists:
    """Draw one bar an output unit, from 0 to 1."""
    bars = ax.barh(range(digits), np.zeros(digits), color=LIGHT.faint, height=0.72)
    values = tuple(
        ax.text(0, k, "", va="center", fontsize=style.NOTE, color=LIGHT.ink) for k in range(digits)
    )
    marks = tuple(
        ax.text(1.2, k, "", va="center", fontsize=style.NOTE, fontweight="bold")
        for k in range(digits)
    )
    ax.set(
        xlim=(0, 1),
        ylim=(digits - 0.4, -0.6),
        yticks=range(digits),
        xticks=[0, 0.5, 1],
        xlabel="output",
    )
    style.dress(ax, grid=False)
    ax.tick_params(axis="y", length=0)
    return OutputArtists(bars, values, marks)


def move_outputs(artists: OutputArtists, outputs: np.ndarray, truth: int) -> None:
    """Show ten outputs; the answer and the truth are marked in words and by colour."""
    answer = int(np.argmax(outputs))
    for k, (bar, value, mark) in enumerate(
        zip(artists.bars, artists.values, artists.marks, strict=True)
    ):
        height = float(outputs[k])
        colour = LIGHT.target if k == truth else LIGHT.error if k == answer else LIGHT.faint
        bar.set_width(height if np.isfinite(height) else 0.0)
        bar.set_color(colour)
        value.set_text(f"{height:.3f}")
        value.set_x((min(height, 1.0) if np.isfinite(height) else 0.0) + 0.02)
        mark.set_text(
            "✓ answer"
            if k == answer == truth
            else "answer"
            if k == answer
            else "truth"
            if k == truth
            else ""
        )
        mark.set_color(colour)
