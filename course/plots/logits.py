"""Draw the three stages of softmax as a still picture: logits, their exponentials, probabilities,
and p - t below them.

Figure and data in, nothing kept: in the browser course/widgets/logits/picture.js draws the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course.plots.palette import LIGHT
from course.plots.style import NOTE, TICK, TITLE, dress


class SoftmaxStages(Protocol):
    """What is drawn: see `course.widgets.logits.Stages`."""

    z: Sequence[float]
    exponentials: np.ndarray
    p: np.ndarray
    gradient: np.ndarray | None
    shift: bool
    right: int | None
    loss: float | None

    @property
    def entering(self) -> str:
        """What enters softmax, as a formula."""
        ...


def draw_stages(figure: Figure, stages: SoftmaxStages) -> None:
    """Draw logits, exponentials and probabilities side by side; where a class is right, also its
    target and p - t.

    Parameters
    ----------
    figure : matplotlib Figure
        Empty; about 9 by 3 inches, 9 by 4.5 with a right class.
    stages : SoftmaxStages
    """
    below = stages.gradient is not None
    grid = figure.add_gridspec(2 if below else 1, 3, height_ratios=[2, 1] if below else None)
    logits, exponentials, probabilities = (figure.add_subplot(grid[0, i]) for i in range(3))
    _draw_logits(logits, np.asarray(stages.z, dtype=float), stages.shift)
    e = stages.exponentials
    largest = np.max(e[np.isfinite(e)], initial=0.0)
    # beside an inf all others are nothing
    shares = e / largest if largest > 0 and np.isfinite(e).all() else np.zeros(len(e))
    _draw_bars(exponentials, np.where(np.isfinite(e), shares, np.inf), [in_figures(v) for v in e])
    exponentials.set_yticks([])
    exponentials.spines["left"].set_visible(False)
    _draw_bars(probabilities, stages.p, ["nan" if np.isnan(p) else f"{p:.3f}" for p in stages.p])
    power = f"{stages.entering} − largest" if stages.shift else stages.entering
    for ax, title in zip(
        (logits, exponentials, probabilities),
        ("logits z", f"exponentials  e^({power})", "probabilities p"),
        strict=True,
    ):
        ax.set_title(title, fontsize=TITLE)
    if stages.gradient is not None and stages.right is not None and stages.loss is not None:
        for i in range(len(stages.p)):
            t = float(i == stages.right)
            probabilities.bar(
                i, t, width=0.72, fill=False, edgecolor=LIGHT.target, linewidth=1.6, linestyle="--"
            )
        _draw_gradient(figure.add_subplot(grid[1, 2]), stages.gradient)
        figure.text(
            0.05,
            0.21,
            f"L = −ln p{stages.right + 1} = {in_figures(stages.loss)}",
            fontsize=13,
            color=LIGHT.error,
        )
    figure.subplots_adjust(
        left=0.05, right=0.98, top=0.9, bottom=0.06 if below else 0.15, wspace=0.16, hspace=0.5
    )


def _draw_logits(ax: Axes, z: np.ndarray, shift: bool) -> None:
    room = max(float(np.ptp(np.append(z, 0))), 1.0)
    ax.bar(np.arange(len(z)), z, width=0.58, color=LIGHT.value)
    ax.axhline(0, color=LIGHT.ink, linewidth=1)
    if shift:
        ax.axhline(z.max(), color=LIGHT.weight, linewidth=1, linestyle=(0, (5, 3)))
        ax.annotate(
            "largest",
            (len(z) - 0.4, z.max()),
            xytext=(-2, 3),
            textcoords="offset points",
            ha="right",
            fontsize=NOTE,
            color=LIGHT.weight,
        )
    for i, v in enumerate(z):
        side = -1 if v < 0 else 1
        ax.annotate(
            in_figures(v),
            (i, v),
            xytext=(0, 3 * side),
            textcoords="offset points",
            ha="center",
            va="bottom" if v >= 0 else "top",
            fontsize=TICK,
        )
    _classes(ax, len(z))
    ax.set_ylim(min(z.min(), 0) - 0.16 * room, max(z.max(), 0) + 0.16 * room)


def _draw_bars(ax: Axes, heights: np.ndarray, labels: list[str]) -> None:
    """Bars of `heights` (k,) between 0 and 1; where a height is not finite the bar is an empty,
    hatched box."""
    for i, (height, label) in enumerate(zip(heights, labels, strict=True)):
        broken = not np.isfinite(height)
        shown = 1.0 if broken else float(height)
        style: dict[str, Any] = (
            {"facecolor": LIGHT.paper, "edgecolor": LIGHT.error, "hatch": "//"}
            if broken
            else {"facecolor": LIGHT.value}
        )
        ax.bar(i, shown, width=0.58, **style)
        ax.text(
            i,
            shown + 0.02,
            label,
            ha="center",
            va="bottom",
            fontsize=NOTE,
            color=LIGHT.error if broken else LIGHT.ink,
        )
    _classes(ax, len(heights))
    ax.set(ylim=(0, 1.14), yticks=[0, 0.5, 1])


def _draw_gradient(ax: Axes, gradient: np.ndarray) -> None:
    """Bars of p - t (k,) from -1 to 1, each with its sign."""
    for i, g in enumerate(gradient):
        known = np.isfinite(g)
        ax.bar(i, g if known else 0.0, width=0.58, color=LIGHT.gradient)
        ax.annotate(signed(g), (i, g if known else 0.0), xytext=(0, -3 if g < 0 else 3), textcoords="offset points",
                    ha="center", va="top" if g < 0 else "bottom", fontsize=TICK, color=LIGHT.gradient if known else LIGHT.error)  # fmt: skip
    ax.axhline(0, color=LIGHT.ink, linewidth=1)
    _classes(ax, len(gradient))
    ax.set(ylim=(-1.45, 1.45), yticks=[-1, 0, 1], xticks=[])
    ax.set_title("∂L/∂z = p − t", fontsize=TITLE, color=LIGHT.gradient)


def in_figures(value: float) -> str:
    """A number in a few figures, as a reader wants it under a dot or over a bar."""
    if value == 0 or not np.isfinite(value):
        return "0" if value == 0 else str(value)
    if 1e-3 <= abs(value) < 99999.5:
        return (
            f"{value:.3g}".replace("-", "−") if abs(value) < 1 else f"{value:.5g}".replace("-", "−")
        )
    digits, _, power = f"{value:.1e}".partition("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits}·10{raised}".replace("-", "−")


def signed(number: float) -> str:
    """A number with its sign, in at most three decimals; tiny ones as powers of ten."""
    if number == 0 or np.isnan(number):
        return "0" if number == 0 else "nan"
    sign = "−" if number < 0 else "+"
    return sign + (f"{abs(number):.3f}" if 0.0005 <= abs(number) < 100 else in_figures(abs(number)))


def _classes(ax: Axes, k: int) -> None:
    ax.set(xlim=(-0.6, k - 0.4), xticks=range(k))
    ax.set_xticklabels([f"{i + 1}" for i in range(k)])
    dress(ax)
    ax.xaxis.grid(False)
    ax.tick_params(length=0)
