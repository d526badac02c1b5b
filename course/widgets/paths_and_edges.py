"""Paths versus edges: how many paths a chain rule without memory walks, how many edges backprop
uses.

`PathCounts` is the counting, tested without a browser; `PathsAndEdges` shows it with a select box
and a slider.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

from course.plots.paths_and_edges import draw_counts, draw_layers, move_layers, short, show_counts
from course.widgets.common.picture import Picture

DEEPEST = 60
DRAWN = 7  # columns that are drawn; of a deeper graph the middle is left out
PER_SECOND = 10**9  # what a fast machine might do in a second, paths or edges
YEAR = 31_557_600


@dataclass(frozen=True)
class Family:
    """A graph that grows with depth. `width` nodes a layer; `repeat` edges between two connected
    nodes."""

    width: int
    repeat: int
    words: str


FAMILIES = {
    "a chain": Family(1, 1, "every gate has one input"),
    "doubled edges": Family(1, 2, "every gate uses its input twice, as x + x does"),
    "layers of 2": Family(
        2, 1, "a network with 2 units in each hidden layer, from one input to one output"
    ),
    "layers of 3": Family(
        3, 1, "a network with 3 units in each hidden layer, from one input to one output"
    ),
    "layers of 10": Family(
        10, 1, "a network with 10 units in each hidden layer, from one input to one output"
    ),
}


class PathCounts:
    """Paths and edges of one family of graphs.

    Parameters
    ----------
    family : str
        One of `FAMILIES`.
    """

    def __init__(self, family: str) -> None:
        self.family = FAMILIES[family]

    def layers(self, depth: int) -> list[int]:
        """How many nodes stand in each column, from input to output."""
        width = self.family.width
        return [1] * (depth + 1) if width == 1 else [1] + [width] * depth + [1]

    def paths_to_end(self, depth: int) -> list[int]:
        """For a node of each column, how many paths lead from it to the output. One sum for each
        edge is enough."""
        sizes = self.layers(depth)
        counts = [1]
        for size in reversed(sizes[1:]):
            counts.insert(0, counts[0] * size * self.family.repeat)
        return counts

    def paths(self, depth: int) -> int:
        """How many paths lead from the input to the output."""
        return self.paths_to_end(depth)[0]

    def edges(self, depth: int) -> int:
        """How many edges the graph has."""
        sizes = self.layers(depth)
        return sum(a * b for a, b in zip(sizes, sizes[1:], strict=False)) * self.family.repeat

    def describe(self, depth: int) -> str:
        """Return the numbers of the picture in words."""
        paths, edges = self.paths(depth), self.edges(depth)
        lines = [
            f"depth {depth}: {self.family.words}.",
            f"● paths from the input to the output: {paths:,}",
            f"■ edges, each used once by backprop:  {edges:,}",
        ]
        ratio = paths / edges
        said = f"{short(round(ratio)) if ratio >= 100 else f'{ratio:.2g}'} paths for every edge"
        return "\n".join(
            [
                *lines,
                (
                    f"{said}. At {PER_SECOND:,} a second: paths {duration(paths)}, edges"
                    f" {duration(edges)}."
                ),
            ]
        )


def duration(count: int) -> str:
    """How long `count` steps take at `PER_SECOND` a second."""
    seconds = count / PER_SECOND
    if seconds < 1e-3:
        return f"{seconds * 1e6:.3g} µs"
    if seconds < 120:
        return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1e3:.3g} ms"
    if seconds < 2 * YEAR:
        return f"{seconds / 86400:.3g} days" if seconds > 86400 else f"{seconds / 60:.3g} minutes"
    years = seconds / YEAR
    return f"{years:,.0f} years" if years < 1e7 else f"{short(round(years))} years"


class PathsAndEdges(Picture):
    """The picture: choose how the graph grows and how deep it is; see paths and edges part company.

    The number under a column is how many paths lead from one of its nodes to the output. Without a
    browser it shows its first picture and the numbers as text.

    Parameters
    ----------
    family : str
        One of `FAMILIES`.
    depth : int
        From 1 to 60.
    """

    lines = 4

    def __init__(self, family: str = "doubled edges", depth: int = 4) -> None:
        super().__init__(9.4, 4.0)
        self._layers = draw_layers(self.figure.add_axes((0.005, 0.03, 0.5, 0.93)), DRAWN)
        self._counts = draw_counts(self.figure.add_axes((0.58, 0.15, 0.41, 0.81)), DEEPEST)
        wide = {"description_width": "60px"}
        self.family: Any = widgets.ToggleButtons(
            options=list(FAMILIES), value=family, description="Graph", style=wide
        )
        self.depth = widgets.IntSlider(
            value=depth,
            min=1,
            max=DEEPEST,
            description="Depth",
            style=wide,
            layout=widgets.Layout(width="560px"),
        )
        self.arrange(self.family, self.depth, follow=(self.family, self.depth))

    def move(self) -> None:
        """Show the chosen family's counts, and its graph at the chosen depth; the middle of a long
        one is left out."""
        counts, depth = PathCounts(self.family.value), self.depth.value
        everywhere = range(1, DEEPEST + 1)
        show_counts(
            self._counts,
            [counts.paths(k) for k in everywhere],
            [counts.edges(k) for k in everywhere],
            depth,
        )
        sizes, numbers = counts.layers(depth), counts.paths_to_end(depth)
        gap = None
        if len(sizes) > DRAWN:
            head, tail = DRAWN // 2, DRAWN - DRAWN // 2
            sizes, numbers, gap = (
                sizes[:head] + sizes[-tail:],
                numbers[:head] + numbers[-tail:],
                head - 1,
            )
        move_layers(self._layers, sizes, numbers, counts.family.repeat, gap)

    def text(self) -> str:
        """Return what the picture shows, in words and numbers."""
        return f"{self.family.value}, {PathCounts(self.family.value).describe(self.depth.value)}"
