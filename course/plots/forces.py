"""Draw what the gradient of softmax and cross-entropy asks of each class: arrows from p to t.

Axes and data in, artists out.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from course.plots import style
from course.plots.palette import LIGHT


def draw_forces(ax: Axes, p: np.ndarray, t: np.ndarray, title: str = "") -> None:
    """Draw the probabilities of one example as bars, and on each an arrow from p to t.

    The arrow is the step of gradient descent on that class's logit, -∂L/∂z = t - p. Below the
    title stands what all arrows upwards and all downwards add up to.

    Parameters
    ----------
    ax : matplotlib Axes
    p, t : array (k,)
        Probabilities and target, each with the sum 1.
    title : str
    """
    k = len(p)
    ax.bar(range(k), p, width=0.5, color=LIGHT.value, alpha=0.45)
    for i in range(k):
        ax.plot([i - 0.36, i + 0.36], [t[i], t[i]], color=LIGHT.ink, linewidth=1.4, linestyle=":")
        if abs(t[i] - p[i]) > 0.004:  # a shorter one would be nothing but its head
            ax.annotate(
                "",
                (i, t[i]),
                (i, p[i]),
                arrowprops={"arrowstyle": "->", "color": LIGHT.gradient, "linewidth": 2.2,
                            "shrinkA": 0, "shrinkB": 0},
            )  # fmt: skip
        ax.text(
            i,
            1.06,
            f"{t[i] - p[i]:+.3f}".replace("-", "−"),
            ha="center",
            fontsize=style.NOTE,
            color=LIGHT.gradient,
        )
    up, down = (float(np.sum(np.maximum(sign * (t - p), 0))) for sign in (1, -1))
    style.head(ax, f"{title}\nup {up:.3f}, down {down:.3f}", loc="center")
    ax.set(xticks=range(k), yticks=[0, 0.5, 1], ylim=(0, 1.16))
    ax.set_xticklabels([f"$z_{i + 1}$" for i in range(k)])
    style.dress(ax, grid=False, spines=("left", "bottom"))
