"""Draw digits before and after a nudge of all their pixels, and the signs of the nudge between.

Axes and data in, artists out.
"""

from __future__ import annotations

import numpy as np

from course.plots import style


def draw_nudged(axes: np.ndarray, images, signs, nudged, before, after) -> None:
    """Draw one digit a column: as it was, the signs of the nudge, as it is now.

    Parameters
    ----------
    axes : array (3, n) of matplotlib Axes
    images, signs, nudged : arrays (n, 784)
        Pixels from 0 to 1, signs from -1 to 1.
    before, after : arrays (n, 10)
        What the network says of `images` and of `nudged`.
    """
    for ax in axes.flat:
        ax.axis("off")
    for n, (was, way, now) in enumerate(axes.T):
        for ax, pixels in ((was, images[n]), (now, nudged[n])):
            ax.imshow(pixels.reshape(28, 28), cmap="gray_r", vmin=0, vmax=1)
        way.imshow(signs[n].reshape(28, 28), cmap="PuOr_r", vmin=-1, vmax=1)
        was.set_title(f"{before[n].argmax()}, output {before[n].max():.2f}", fontsize=style.NOTE)
        way.set_title("signs of ∂C/∂X", fontsize=style.NOTE)
        now.set_title(f"now {after[n].argmax()}, output {after[n].max():.2f}", fontsize=style.NOTE)
