"""Where a computation graph stands on a page that is as wide as it needs to be: columns, rows, and
a lane for long wires."""

from __future__ import annotations

from course.graph import Graph
from course.plots.graph_diagram import place

# least distance in rows, of a wire that passes from a node, and from another wire
NODE, LANE = 0.62, 0.34


def lay_out(
    graph: Graph,
) -> tuple[dict[str, tuple[int, float]], dict[tuple[str, int], list[tuple[int, float]]]]:
    """Column and row of every node, and the lane of every wire that passes other columns.

    Nodes stand as `place` puts them. A wire from a column to the next needs no lane. A longer one
    passes each column in between at the row nearest to its straight way on which it touches no node
    and no other wire.

    Returns
    -------
    places : dict, name -> (column, row)
        The first row is 0.
    lanes : dict, (gate, number of the input) -> list of (column, row)
    """
    places, _, _ = place(graph)
    taken: dict[int, list[tuple[float, float]]] = {}  # column -> (row, least distance from it)
    for column, row in places.values():
        taken.setdefault(column, []).append((row, NODE))
    lanes: dict[tuple[str, int], list[tuple[int, float]]] = {}
    for node in graph.nodes:
        for k, (parent, _) in enumerate(node.parents):
            (c, r), (end, goal) = places[parent.name], places[node.name]
            for column in range(c + 1, end):
                straight = r + (goal - r) * (column - c) / (end - c)
                row = _nearest_free(straight, taken[column])
                taken[column].append((row, LANE))
                lanes.setdefault((node.name, k), []).append((column, row))
                c, r = column, row
    top = min(row for column in taken.values() for row, _ in column)
    return (
        {name: (column, row - top) for name, (column, row) in places.items()},
        {wire: [(column, row - top) for column, row in lane] for wire, lane in lanes.items()},
    )


def _nearest_free(wanted: float, taken: list[tuple[float, float]]) -> float:
    """The row nearest to the wanted one that keeps its distance from all that are taken."""
    edges = [wanted, *(row + side * least for row, least in taken for side in (-1, 1))]
    free = [row for row in edges if all(abs(row - other) >= least - 1e-9 for other, least in taken)]
    return min(free, key=lambda row: abs(row - wanted))
