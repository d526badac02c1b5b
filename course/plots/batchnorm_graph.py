"""Draw batch normalisation as a computation graph: values forward in blue, gradients backward in
orange.

Axes and data in, artists out. Everything is drawn once; `show_gradients` then changes the artists.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

from course.plots import style
from course.plots.palette import LIGHT

#: Where each node stands, and the formula of its value.
NODES = {
    "z": (0.0, 1.0, "$z_i$"),
    "μ": (1.35, 0.0, r"$\mu = \frac{1}{n}\sum_i z_i$"),
    "c": (2.7, 1.0, r"$c_i = z_i - \mu$"),
    "v": (4.05, 0.0, r"$v = \frac{1}{n}\sum_i c_i^2$"),
    "s": (5.4, 0.0, r"$s = \sqrt{v + \varepsilon}$"),
    "ẑ": (6.75, 1.0, r"$\hat z_i = c_i / s$"),
    "out": (8.6, 1.0, r"$out_i = \gamma\,\hat z_i + \beta$"),
    "γ, β": (8.6, 0.0, r"$\gamma, \beta$"),
}
#: Formulas need more room than words: their indices are small.
NODE = 1.15 * style.TITLE
#: Each arrow of the forward pass.
EDGES = (
    ("z", "μ"),
    ("z", "c"),
    ("μ", "c"),
    ("c", "v"),
    ("c", "ẑ"),
    ("v", "s"),
    ("s", "ẑ"),
    ("ẑ", "out"),
    ("γ, β", "out"),
)


@dataclass(frozen=True)
class GraphArtists:
    """What `draw_graph` put on the axes."""

    boxes: dict[str, Text]
    gradients: dict[str, Text]
    arrows: dict[tuple[str, str], FancyArrowPatch]
    ring: FancyBboxPatch


class _Kept:
    """A connection between two boxes that stay where they are: where it meets their borders is
    looked for, by halving, once for each size of the figure and not with every drawing."""

    def __init__(self, connect: Callable[..., Path]) -> None:
        self._connect, self._paths = connect, {}

    def __call__(self, posA, posB, shrinkA=2.0, shrinkB=2.0, patchA=None, patchB=None) -> Path:
        boxes = (patch.get_window_extent().bounds for patch in (patchA, patchB) if patch)
        place = (*posA, *posB, shrinkA, shrinkB, *boxes)
        if place not in self._paths:
            self._paths = {
                place: self._connect(
                    posA, posB, shrinkA=shrinkA, shrinkB=shrinkB, patchA=patchA, patchB=patchB
                )
            }
        return self._paths[place]


def draw_graph(ax: Axes) -> GraphArtists:
    """Draw the nodes with their formulas and the arrows of the forward pass; no gradient is shown
    yet."""
    ax.set(xlim=(-0.5, 9.6), ylim=(-0.6, 1.6))
    ax.axis("off")
    boxes, gradients, arrows = {}, {}, {}
    for name, (x, y, formula) in NODES.items():
        boxes[name] = ax.text(
            x,
            y,
            formula,
            ha="center",
            va="center",
            fontsize=NODE,
            color=LIGHT.value,
            zorder=3,
            bbox={
                "boxstyle": "round,pad=0.45",
                "facecolor": "white",
                "edgecolor": LIGHT.faint,
                "linewidth": 1.4,
            },
        )
        gradients[name] = ax.text(
            x,
            y + (0.33 if y else -0.37),
            "",
            ha="center",
            va="center",
            fontsize=NODE,
            color=LIGHT.gradient,
            zorder=5,
        )
    for start, end in EDGES:
        a, b = boxes[start], boxes[end]
        arrows[start, end] = ax.add_patch(
            FancyArrowPatch(
                a.get_position(),
                b.get_position(),
                patchA=a.get_bbox_patch(),
                patchB=b.get_bbox_patch(),
                shrinkA=3,
                shrinkB=3,
                arrowstyle="-|>",
                mutation_scale=15,
                color=LIGHT.faint,
                linewidth=1.6,
                zorder=4,
            )
        )
        kept = _Kept(arrows[start, end].get_connectionstyle())
        arrows[start, end].set_connectionstyle(kept)
    ring = FancyBboxPatch(
        (0, 0),
        1,
        1,
        boxstyle="round,pad=1,rounding_size=8",
        fill=False,
        edgecolor=LIGHT.gradient,
        linewidth=2.6,
        zorder=6,
    )
    ring.set_transform(IdentityTransform())  # in pixels, as boxes are measured
    ax.add_patch(ring)
    return GraphArtists(boxes, gradients, arrows, ring)


def show_gradients(
    artists: GraphArtists, known: dict[str, str], used: Sequence[tuple[str, str]], now: str | None
) -> None:
    """Write the gradients that are known, make the arrows that the latest one came back through
    heavy, and frame its node.

    The boxes are measured when the figure is drawn: it must have been drawn before, if only by
    `draw_without_rendering`.

    Parameters
    ----------
    artists : GraphArtists
    known : dict of node to formula
    used : sequence of edges
        As in `EDGES`; drawn against their direction, since gradients run backwards.
    now : node or None
    """
    for name, text in artists.gradients.items():
        text.set_text(known.get(name, ""))
    artists.ring.set_visible(now is not None)
    box = None if now is None else artists.boxes[now].get_bbox_patch()
    if box is not None:
        artists.ring.set_bounds(*box.get_window_extent().bounds)
    for edge, arrow in artists.arrows.items():
        on = edge in used
        arrow.set(color=LIGHT.gradient if on else LIGHT.faint, linewidth=3.0 if on else 1.6)
        arrow.set_arrowstyle("<|-" if on else "-|>")
