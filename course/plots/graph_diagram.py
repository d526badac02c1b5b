"""Draw a computation graph: inputs on the left, gates as circles, values above the wires and
gradients below.

The form is that of Inha University, "Backpropagation, activation function", and of CS231n before
it. Axes and graph in, artists out; `show_moment` then only changes the artists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from matplotlib.text import Text

from course.graph import Graph, Node, Step
from course.plots.palette import LIGHT
from course.steps import format_number

WIDTH, HEIGHT = 9.6, 4.2  # inches; the axes count in inches too
RADIUS = 0.23
INPUT = "#eef4f8"
MOST_GATES, MOST_COLUMNS, MOST_ROWS = 14, 9, 7


@dataclass
class GraphArtists:
    """What `draw_graph` put on the axes, by node name; wires by (gate, number of the input)."""

    places: dict[str, tuple[float, float]]
    digits: int
    bodies: dict[str, Circle | FancyBboxPatch] = field(default_factory=dict)
    symbols: dict[str, Text] = field(default_factory=dict)
    values: dict[str, Text] = field(default_factory=dict)
    gradients: dict[str, Text] = field(default_factory=dict)
    wires: dict[tuple[str, int], tuple[FancyArrowPatch, ...]] = field(default_factory=dict)
    slopes: Text = field(init=False)


def shown(value: float, digits: int, sign: bool = False) -> str:
    """A number as it stands in the picture."""
    return ("+" if sign and value > 0 else "") + format_number(value, digits).replace("-", "−")


def place(graph: Graph) -> tuple[dict[str, tuple[int, float]], int, float]:
    """Column and row of every node, how many columns there are, and the number of the last row.

    A gate stands one column behind its latest input, at the mean height of its inputs; an input
    just before the first gate that uses it.
    """
    column: dict[Node, int] = {}
    for node in graph.nodes:
        if node.gate:
            column[node] = 1 + max(column.get(parent, 0) for parent, _ in node.parents)
    for node in graph.inputs:
        column[node] = (
            min((column[g] for g in graph.nodes if any(p is node for p, _ in g.parents)), default=1)
            - 1
        )
    row: dict[Node, float] = {}
    for node in _inputs_in_order(graph):
        row[node] = float(len(row))
    for node in graph.nodes:
        if node.gate:
            row[node] = sum(row[parent] for parent, _ in node.parents) / len(node.parents)
    for k in set(column.values()):
        _push_apart([node for node in graph.nodes if column[node] == k], row)
    top = min(row.values())
    places = {node.name: (column[node], row[node] - top) for node in graph.nodes}
    return places, 1 + max(column.values()), max(r for _, r in places.values())


def _inputs_in_order(graph: Graph) -> list[Node]:
    """Inputs in the order in which one meets them, going from the output into every formula from
    left to right."""
    found: list[Node] = []

    def visit(node: Node) -> None:
        for parent, _ in node.parents:
            if parent not in seen:
                seen.add(parent)
                visit(parent)
        if not node.gate:
            found.append(node)

    seen = {graph.output}
    visit(graph.output)
    return found + [node for node in graph.inputs if node not in seen]


def _push_apart(nodes: list[Node], row: dict[Node, float], least: float = 0.95) -> None:
    nodes.sort(key=lambda node: row[node])
    middle = sum(row[node] for node in nodes) / len(nodes)
    for before, node in zip(nodes, nodes[1:], strict=False):
        row[node] = max(row[node], row[before] + least)
    shift = middle - sum(row[node] for node in nodes) / len(nodes)
    for node in nodes:
        row[node] += shift


def too_large(graph: Graph) -> str:
    """Why a graph cannot be drawn readably; "" when it can."""
    gates = sum(1 for node in graph.nodes if node.gate)
    _, columns, rows = place(graph)
    if gates > MOST_GATES or columns > MOST_COLUMNS or rows + 1 > MOST_ROWS:
        return (
            f"This graph has {gates} gates, {columns} columns and {round(rows + 1)} rows. Up to"
            f" {MOST_GATES}, {MOST_COLUMNS} and {MOST_ROWS} can be drawn readably."
        )
    return ""


def draw_graph(ax: Axes, graph: Graph) -> GraphArtists:
    """Clear the axes and draw a graph without its numbers. The axes should fill a figure of WIDTH
    by HEIGHT inches."""
    ax.clear()
    ax.axis("off")
    ax.set(xlim=(0, WIDTH), ylim=(0, HEIGHT))
    places, columns, rows = place(graph)
    pitch = min(2.1, (WIDTH - 1.75) / (columns - 1))
    left = 0.55 + (WIDTH - 1.75 - pitch * (columns - 1)) / 2
    height = min(0.98, (HEIGHT - 1.35) / max(rows, 1))
    low = 0.72 + (HEIGHT - 1.35 - height * rows) / 2
    at = {name: (left + pitch * c, low + height * (rows - r)) for name, (c, r) in places.items()}
    artists = GraphArtists(at, 4 if pitch > 1.05 else 3)
    size = 10 if pitch > 1.3 else 8.6
    for node in graph.nodes:
        for k, (parent, _) in enumerate(node.parents):
            twice = sum(p is parent for p, _ in node.parents) > 1
            bend = (0.32, -0.32)[k] if twice else _free_bend(at, parent.name, node.name)
            artists.wires[node.name, k] = tuple(
                _wire(ax, at[parent.name], at[node.name], bend, kind) for kind in _KINDS
            )
    x, y = at[graph.output.name]
    ax.plot([x, x + 0.95], [y, y], color=LIGHT.faint, linewidth=1.6, zorder=1)
    for node in graph.nodes:
        x, y = at[node.name]
        if node.gate:
            body = Circle(
                (x, y), RADIUS, facecolor=LIGHT.paper, edgecolor=LIGHT.ink, linewidth=1.4, zorder=3
            )
            ax.text(
                x,
                y + RADIUS + 0.1,
                node.name,
                ha="center",
                va="bottom",
                fontsize=9,
                style="italic",
                color=LIGHT.weight,
                zorder=5,
            )
            text = node.gate.symbol
        else:
            body = FancyBboxPatch((x - 0.2, y - 0.14), 0.4, 0.28, boxstyle="round,pad=0.04", facecolor=INPUT,
                                  edgecolor=LIGHT.weight, linewidth=1.2, zorder=3)  # fmt: skip
            text = node.name
        ax.add_patch(body)
        artists.bodies[node.name] = body
        artists.symbols[node.name] = ax.text(x, y, text, ha="center", va="center", zorder=6, color=LIGHT.ink,
                                             fontsize=13 if len(text) == 1 else 9.5 if len(text) < 5 else 8)  # fmt: skip
        frame = {
            "boxstyle": "round,pad=0.08",
            "facecolor": LIGHT.paper,
            "edgecolor": "none",
            "alpha": 0.85,
        }
        start = x + RADIUS + 0.05
        rise, drop = _aside(at, graph, node, height)
        artists.values[node.name] = ax.text(
            start,
            y + 0.06 + rise,
            "",
            va="bottom",
            fontsize=size,
            color=LIGHT.value,
            zorder=4,
            bbox=frame,
        )
        artists.gradients[node.name] = ax.text(start, y - 0.07 - drop, "", va="top", fontsize=size, style="italic",
                                               color=LIGHT.gradient, zorder=4, bbox=frame)  # fmt: skip
    artists.slopes = ax.text(0, 0, "", ha="center", va="top", fontsize=9, color=LIGHT.ink, zorder=8, linespacing=1.35,
                             bbox={"boxstyle": "round,pad=0.3", "facecolor": "#fff6ec", "edgecolor": LIGHT.gradient})  # fmt: skip
    ax.text(
        0.15, 0.14, "above a wire: the value, computed forward", fontsize=9.5, color=LIGHT.value
    )
    ax.text(
        3.35,
        0.14,
        f"below, with ∂: ∂{graph.output.name}/∂value, coming back",
        fontsize=9.5,
        style="italic",
        color=LIGHT.gradient,
    )
    return artists


def _aside(
    at: dict[str, tuple[float, float]], graph: Graph, node: Node, height: float
) -> tuple[float, float]:
    """How far a node's value moves up and its gradient down, so that wires that leave steeply do
    not run through them."""
    x, y = at[node.name]
    slopes = [
        (at[g.name][1] - y) / (at[g.name][0] - x)
        for g in graph.nodes
        if any(p is node for p, _ in g.parents)
    ]
    room = max(0.0, height / 2 - 0.29)
    return min(room, 0.6 * max(0.0, *slopes, 0.0)), min(
        room, 0.6 * max(0.0, *(-s for s in slopes), 0.0)
    )


_KINDS = ("rest", "forward", "backward")


def _wire(ax: Axes, start, end, bend: float, kind: str) -> FancyArrowPatch:
    style = {
        "rest": {"arrowstyle": "-", "color": LIGHT.faint, "linewidth": 1.6, "zorder": 1},
        "forward": {
            "arrowstyle": "-|>",
            "color": LIGHT.value,
            "linewidth": 2.4,
            "zorder": 2,
            "visible": False,
        },
        "backward": {
            "arrowstyle": "<|-",
            "color": LIGHT.gradient,
            "linewidth": 2.4,
            "zorder": 2,
            "visible": False,
            "linestyle": (0, (4, 1.5)),
        },
    }[kind]
    inch = 72.0
    wire = FancyArrowPatch(start, end, connectionstyle=f"arc3,rad={bend}", shrinkA=(RADIUS + 0.02) * inch,
                           shrinkB=(RADIUS + 0.02) * inch, mutation_scale=14, **style)  # fmt: skip
    ax.add_patch(wire)
    return wire


def _free_bend(at: dict[str, tuple[float, float]], start: str, end: str) -> float:
    """The slightest bend with which a wire passes no other node."""
    (x0, y0), (x1, y1) = at[start], at[end]
    others = [point for name, point in at.items() if name not in (start, end)]
    for bend in (0.0, 0.15, -0.15, 0.3, -0.3, 0.45, -0.45):
        # arc3 of matplotlib: a quadratic Bézier curve, its control point beside the middle
        cx, cy = (x0 + x1) / 2 + bend * (y1 - y0), (y0 + y1) / 2 - bend * (x1 - x0)
        path = [
            (
                (1 - t) ** 2 * x0 + 2 * t * (1 - t) * cx + t**2 * x1,
                (1 - t) ** 2 * y0 + 2 * t * (1 - t) * cy + t**2 * y1,
            )
            for t in (k / 24 for k in range(25))
        ]
        if all((x - a) ** 2 + (y - b) ** 2 > 0.4**2 for x, y in path for a, b in others):
            return bend
    return 0.0


def show_moment(artists: GraphArtists, graph: Graph, steps: Sequence[Step]) -> None:
    """Show what is known once `steps` have been taken, and mark the last of them."""
    known = {step.node for step in steps if step.phase == "forward"} | {
        node.name for node in graph.inputs
    }
    totals = {step.node: step.value for step in steps if step.phase == "start"}
    totals |= {share.to: share.total for step in steps for share in step.shares}
    now = steps[-1] if steps else None
    colour = LIGHT.value if now and now.phase == "forward" else LIGHT.gradient
    for node in graph.nodes:
        name = node.name
        artists.values[name].set_text(shown(node.value, artists.digits) if name in known else "")
        artists.gradients[name].set_text(
            f"∂{shown(totals[name], artists.digits, sign=True)}" if name in totals else ""
        )
        for text in (artists.values[name], artists.gradients[name]):
            text.set_visible(bool(text.get_text()))
        active = now is not None and now.node == name
        rest = LIGHT.paper if node.gate else INPUT
        artists.bodies[name].set_facecolor(colour if active else rest)
        artists.symbols[name].set_color(LIGHT.paper if active else LIGHT.ink)
    for (name, _), (_, forward, backward) in artists.wires.items():
        forward.set_visible(now is not None and now.phase == "forward" and now.node == name)
        backward.set_visible(now is not None and now.phase == "backward" and now.node == name)
    artists.slopes.set_visible(now is not None and now.phase == "backward")
    if now and now.phase == "backward":
        lines = [
            f"local to {share.to}: {shown(share.local, artists.digits)}" for share in now.shares
        ]
        artists.slopes.set_text("\n".join(lines))
        artists.slopes.set_position(_room_beside(artists.places, now.node, len(lines)))


def _room_beside(
    places: dict[str, tuple[float, float]], name: str, lines: int
) -> tuple[float, float]:
    """Where a box of text about a gate hides no other node and no number: the middle of its upper
    edge."""
    x, y = places[name]
    half, tall = 0.72, 0.12 + 0.19 * lines
    # a node with its name and its numbers
    hidden = [(a - 0.25, b - 0.45, a + 0.95, b + 0.42) for a, b in places.values()]
    for dy in (-RADIUS - 0.3, RADIUS + 0.34 + tall, 0.4, -0.75, 0.95 + tall, -1.1, 1.3 + tall):
        for dx in (0.0, -0.5, 0.5, 0.9, -0.9, 1.4, 1.75):
            left, right, top = x + dx - half, x + dx + half, y + dy
            free = all(right < a or left > c or top < b or top - tall > d for a, b, c, d in hidden)
            if (
                free
                and left > 0.05
                and right < WIDTH - 0.05
                and top < HEIGHT - 0.05
                and top - tall > 0.35
            ):
                return x + dx, top
    return WIDTH - half - 0.1, tall + 0.1  # the corner below the picture
