"""Draw the weights that arrive at hidden units as pictures: one small picture a unit, one large
one, and where it leads.

Axes and data in, artists out; the `move_…` functions change what the `draw_…` functions made.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from course.plots import style
from course.plots.palette import LIGHT

GAP = 2  # pixels between two small pictures


def mosaic(W: np.ndarray, columns: int) -> np.ndarray:
    """Arrange the columns of W (784, units) as small pictures, `columns` in a row; nan between
    them."""
    units = W.shape[1]
    rows, side = -(-units // columns), 28 + GAP
    sheet = np.full((rows * side - GAP, columns * side - GAP), np.nan)
    for j in range(units):
        top, left = (j // columns) * side, (j % columns) * side
        sheet[top : top + 28, left : left + 28] = W[:, j].reshape(28, 28)
    return sheet


def draw_mosaic(ax: Axes, W: np.ndarray, columns: int) -> tuple[AxesImage, Rectangle]:
    """Draw all pictures and a frame around one of them."""
    image = ax.imshow(mosaic(W, columns), cmap=style.SIGNED, interpolation="nearest")
    frame = style.put(
        ax,
        Rectangle(
            (-1.5, -1.5), 30, 30, fill=False, edgecolor=LIGHT.ink, linewidth=2.2, clip_on=False
        ),
    )
    ax.axis("off")
    return image, frame


def move_mosaic(image: AxesImage, W: np.ndarray, columns: int, limit: float) -> None:
    """Put weights into the pictures, with white for 0 and full colour at ± limit."""
    image.set_data(mosaic(W, columns))
    image.set_clim(-limit, limit)


def move_frame(frame: Rectangle, columns: int, unit: int) -> None:
    """Frame the picture of one unit."""
    frame.set_xy(((unit % columns) * (28 + GAP) - 1.5, (unit // columns) * (28 + GAP) - 1.5))


def draw_picture(ax: Axes) -> AxesImage:
    """Draw one large picture of 784 weights."""
    image = ax.imshow(np.zeros((28, 28)), cmap=style.SIGNED, interpolation="nearest")
    ax.set(xticks=[], yticks=[])
    return image


def draw_leads(ax: Axes, outputs: int, limit: float) -> BarContainer:
    """Draw one bar a unit of the next layer: the weight that leads there, between -limit and
    limit."""
    bars = ax.bar(range(outputs), np.zeros(outputs), width=0.75)
    ax.axhline(0, color=LIGHT.ink, linewidth=0.8)
    ax.set(xticks=range(outputs), ylim=(-limit, limit))
    style.dress(ax, grid=False, spines=("left",))
    ax.tick_params(axis="x", length=0)
    return bars


def move_leads(bars: BarContainer, weights: np.ndarray) -> None:
    """Show the weights that lead on; upwards and orange adds, downwards and purple takes away."""
    for bar, weight in zip(bars, weights, strict=True):
        bar.set_height(float(weight) if np.isfinite(weight) else 0.0)
        bar.set_color(style.SIGNED(1.0 if weight > 0 else 0.0))
