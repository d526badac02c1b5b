"""Draw gradient descent: a ball on a curve, and the same walk on a bowl seen from above.

Axes and data in, artists out. Each `draw_…` returns the artists that `move_…` changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text

from course.plots import style
from course.plots.palette import LIGHT

#: How far the pictures reach to each side of the origin.
REACH = 2.6


@dataclass(frozen=True)
class WalkArtists:
    """The path, the places on it, the ball at its end, and a remark for when the ball has left the
    picture."""

    path: Line2D
    places: Line2D
    ball: Line2D
    gone: Text


def _walk_artists(ax: Axes) -> WalkArtists:
    (path,) = ax.plot([], [], "-", color=LIGHT.weight, linewidth=1.3, alpha=0.75, zorder=3)
    (places,) = ax.plot(
        [], [], "o", color="white", markeredgecolor=LIGHT.weight, markersize=5.5, zorder=4
    )
    (ball,) = ax.plot(
        [], [], "o", color=LIGHT.weight, markersize=13, markeredgecolor="white", zorder=5
    )
    gone = ax.text(0.5, 0.955, "", transform=ax.transAxes, ha="center", va="top", fontsize=style.LABEL, fontweight="bold",
                   color=LIGHT.error, zorder=6, bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.9})  # fmt: skip
    return WalkArtists(path, places, ball, gone)


def draw_curve(ax: Axes) -> tuple[Line2D, Line2D, WalkArtists]:
    """Draw the empty picture of a curve with a tangent at the ball; returns (curve, tangent,
    walk)."""
    (curve,) = ax.plot([], [], color=LIGHT.error, linewidth=2.4, zorder=2)
    (tangent,) = ax.plot(
        [], [], color=LIGHT.gradient, linewidth=2, linestyle=(0, (5, 2.5)), zorder=3
    )
    ax.set(xlim=(-REACH, REACH), xlabel="$w$", ylabel="$J$")
    style.dress(ax)
    return curve, tangent, _walk_artists(ax)


def set_curve(ax: Axes, curve: Line2D, f: Callable[[np.ndarray], np.ndarray]) -> None:
    """Put another curve into the picture and fit the height to it."""
    w = np.linspace(-REACH, REACH, 241)
    curve.set_data(w, f(w))
    low, high = f(w).min(), f(w).max()
    ax.set_ylim(low - 0.06 * (high - low), high)


def draw_bowl(ax: Axes, f: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> WalkArtists:
    """Draw the contour lines of a bowl J = f(w1, w2) with its lowest point at the origin."""
    side = np.linspace(-REACH, REACH, 121)
    w1, w2 = np.meshgrid(side, side)
    levels = np.linspace(0.12, np.sqrt(f(np.array(REACH), np.array(REACH))), 11) ** 2
    ax.contour(w1, w2, f(w1, w2), levels=levels, colors=LIGHT.error, linewidths=1.1, alpha=0.6)
    ax.plot([0], [0], "+", color=LIGHT.target, markersize=13, markeredgewidth=2.2, zorder=3)
    ax.set(
        xlim=(-REACH, REACH),
        ylim=(-REACH, REACH),
        xlabel="$w_1$ (gentle)",
        ylabel="$w_2$ (steep)",
        aspect="equal",
    )
    style.dress(ax, grid=False)
    return _walk_artists(ax)


def move_walk(ax: Axes, artists: WalkArtists, x: np.ndarray, y: np.ndarray) -> None:
    """Show a walk through the points (x, y); what lies outside is left out, and the picture says
    so.

    Parameters
    ----------
    ax : matplotlib Axes
    artists : WalkArtists
    x, y : arrays (k,)
        From the start to where the ball is now.
    """
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    near = slice(None, _first_far(x, y, 30 * REACH))
    artists.path.set_data(x[near], y[near])
    artists.places.set_data(x[near], y[near])
    inside = left <= x[-1] <= right and bottom <= y[-1] <= top
    artists.ball.set_data(x[-1:] if inside else [], y[-1:] if inside else [])
    artists.gone.set_text("" if inside else "the ball has left the picture")


def _first_far(x: np.ndarray, y: np.ndarray, limit: float) -> int:
    """Return how many points come before the first one that is too far away to be drawn (at least
    one)."""
    far = (np.abs(x) > limit) | (np.abs(y) > limit)
    return max(1, int(np.argmax(far))) if far.any() else len(x)
