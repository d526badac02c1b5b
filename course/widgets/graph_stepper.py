"""The graph stepper: a circuit of gates, walked through forward and back, one gate at a time.

`GraphWalk` is the walk, tested without a browser; `GraphStepper` shows it with buttons, a slider and number boxes.
"""

from __future__ import annotations

import io
from base64 import b64encode
from html import escape

import ipywidgets as widgets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from course import graph as circuits
from course.expression import FormulaError, read_formula
from course.graph import Graph, Step
from course.plots.graph_diagram import HEIGHT, WIDTH, draw_graph, show_moment, shown, too_large

OWN = "your own"
CIRCUITS = {
    "f = wx + b": circuits.linear,
    "f = (x + y)z": circuits.product_of_sum,
    "sigmoid neuron": circuits.sigmoid_neuron,
}
FIRST_OWN = "x*x + max(x, y)*y"
BOXES = 8
LARGEST = 1e9


class GraphWalk:
    """A graph, the steps of its forward and backward pass, and how many of them have been taken.

    Parameters
    ----------
    graph : Graph
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.position = 0
        self.steps: list[Step] = graph.walk()

    def set(self, **inputs: float) -> None:
        """Change inputs and walk again; the position stays."""
        for name, value in inputs.items():
            self.graph[name].value = float(value)
        self.steps = self.graph.walk()

    @property
    def taken(self) -> list[Step]:
        """The steps so far."""
        return self.steps[: self.position]

    def words(self) -> str:
        """The current step in words and numbers."""
        if not self.position:
            names = ", ".join(f"{node.name} = {shown(node.value, 4)}" for node in self.graph.inputs)
            return f"Start. The inputs are {names}.\nPress Step: the first gate computes its value."
        step, f = self.taken[-1], self.graph.output.name
        head = f"Step {self.position} of {len(self.steps)}. "
        node = self.graph[step.node]
        if step.phase == "forward":
            numbers = node.gate.formula.format(*(_bracketed(p.value) for p, _ in node.parents), out=node.name)
            return f"{head}Forward: {node.name} = {step.formula} = {numbers} = {shown(step.value, 6)}{_remark(step.value)}"
        if step.phase == "start":
            return f"{head}The way back starts at {f}: nudge {f}, and {f} moves just as much. ∂{f}/∂{f} = 1"
        lines = [f"{head}Backward through {step.node} = {step.formula}: local gradient · upstream gradient"]
        for k, share in enumerate(step.shares):
            product = f"{_bracketed(share.local)} · {_bracketed(share.upstream)} = {shown(share.product, 6)}"
            slope = f"{share.slope} · ∂{f}/∂{step.node}"
            again = any(share.to == other.to for other in step.shares[:k]) or self._arrived_before(share.to)
            total = f";  it was reached before, so the gradients add up: {shown(share.total, 6)}" if again else ""
            lines.append(f"   to {share.to}:  {slope} = {product}{total}{_remark(share.total)}")
        return "\n".join(lines)

    def _arrived_before(self, name: str) -> bool:
        return any(share.to == name for step in self.taken[:-1] for share in step.shares)


def _bracketed(value: float) -> str:
    text = shown(value, 4)
    return f"({text})" if text.startswith("−") else text


def _remark(value: float) -> str:
    if value != value:
        return "   (no number: this gate is not defined here)"
    return "   (infinite: too large for the computer, or a division by 0)" if abs(value) == float("inf") else ""


class GraphStepper:
    """The picture: choose a circuit, change its inputs, and step through it forward and back.

    Without a browser it shows the end of the walk and all of its steps as text.

    Parameters
    ----------
    circuit : str, optional
        One of `CIRCUITS`, or a formula of your own such as ``"(a + b) * (b + 1)"``.
    **inputs : float
        Values of its inputs.

    Raises
    ------
    ValueError
        When the formula cannot be read or is too large to be drawn.
    """

    def __init__(self, circuit: str = "f = (x + y)z", **inputs: float) -> None:
        own = circuit not in CIRCUITS
        self._own_values = {"x": -2.0, "y": 3.0} | (inputs if own else {})
        self.figure = Figure(figsize=(WIDTH, HEIGHT), dpi=140)
        FigureCanvasAgg(self.figure)
        self._axes = self.figure.add_axes((0, 0, 1, 1))

        wide = {"description_width": "60px"}
        self.circuit = widgets.ToggleButtons(options=[*CIRCUITS, OWN], value=OWN if own else circuit, description="Circuit", style=wide)
        self.formula = widgets.Text(value=circuit if own else FIRST_OWN, description="Formula", continuous_update=False, style=wide,
                                    layout=widgets.Layout(width="470px"), disabled=not own)  # fmt: skip
        self._said = widgets.HTML(layout=widgets.Layout(width="440px", height="34px"))
        self.inputs = [  # each with a layout of its own, as each is hidden on its own
            widgets.FloatText(step=0.5, layout=widgets.Layout(width="118px"), style={"description_width": "30px"}) for _ in range(BOXES)
        ]
        self.back = widgets.Button(description="Back", icon="step-backward", layout=widgets.Layout(width="90px"))
        self.step = widgets.Button(description="Step", icon="step-forward", button_style="primary", layout=widgets.Layout(width="90px"))
        self.reset = widgets.Button(description="Reset", icon="undo", layout=widgets.Layout(width="90px"),
                                    tooltip="back to the start and to the circuit's own numbers")  # fmt: skip
        self.play = widgets.Play(interval=1300, show_repeat=False)
        self._image = widgets.Image(format="png", layout=widgets.Layout(width="960px", max_width="100%"))
        self._text = widgets.HTML(layout=widgets.Layout(height="78px"))
        self.view = widgets.VBox([
            self.circuit, widgets.HBox([self.formula, self._said]),
            widgets.HBox(self.inputs, layout=widgets.Layout(flex_flow="row wrap", min_height="36px")),
            widgets.HBox(), self._text, self._image,
        ])  # fmt: skip

        self._link = None
        problem = self._load()
        if problem:
            raise ValueError(problem)
        self.walk.set(**inputs)
        self._fill_boxes()
        self._show()
        self.circuit.observe(self._choose, names="value")
        self.formula.observe(self._choose, names="value")
        self.back.on_click(lambda _: self._go(-1))
        self.step.on_click(lambda _: self._go(+1))
        self.reset.on_click(self._choose)
        for number in self.inputs:
            number.observe(self._change, names="value")

    def _load(self) -> str:
        """Read the chosen circuit and draw it; says what is wrong where that cannot be done, and then changes nothing."""
        try:
            graph = read_formula(self.formula.value, self._own_values) if self.circuit.value == OWN else CIRCUITS[self.circuit.value]()
        except FormulaError as problem:
            return str(problem)
        problem = too_large(graph) or (f"At most {BOXES} inputs." if len(graph.inputs) > BOXES else "")
        if problem:
            return problem
        self.walk = GraphWalk(graph)
        self._artists = draw_graph(self._axes, graph)
        self._fill_boxes()
        self._place_slider(len(self.walk.steps))
        self._show()
        return ""

    def _place_slider(self, last: int) -> None:
        """Put a slider from 0 to `last` into its row. A new one, as the key End goes to the end that a slider was made with."""
        if self._link:
            self._link.unlink()
        self.play.value, self.play.max = 0, last
        self.position = widgets.IntSlider(max=last, description="step", readout=False, layout=widgets.Layout(width="420px"))
        self.position.observe(self._move, names="value")
        self._link = widgets.jslink((self.play, "value"), (self.position, "value"))
        self.view.children[3].children = [self.back, self.step, self.play, self.position, self.reset]

    def _fill_boxes(self) -> None:
        """Give every input its number box, and hide the others."""
        self._filling = True
        for number, node in zip(self.inputs, [*self.walk.graph.inputs, *[None] * BOXES], strict=False):
            number.layout.display = None if node else "none"
            number.description = node.name if node else ""
            number.value = node.value if node else 0.0
        self._filling = False

    def _choose(self, change: object = None) -> None:
        self.formula.disabled = self.circuit.value != OWN
        problem = self._load()
        self._said.value = f'<div role="alert" style="color:#a0306f; line-height:1.25; white-space:normal">{escape(problem)}</div>' if problem else ""

    def _change(self, change: object = None) -> None:
        if self._filling:
            return
        self._filling = True
        for box in self.inputs:
            box.value = max(-LARGEST, min(LARGEST, box.value))
        self._filling = False
        values = {box.description: box.value for box in self.inputs if box.description}
        if self.circuit.value == OWN:
            self._own_values |= values
        self.walk.set(**values)
        self._show()

    def _go(self, by: int) -> None:
        self.position.value = max(0, min(self.position.max, self.position.value + by))

    def _move(self, change: object = None) -> None:
        self.walk.position = self.position.value
        self._show()

    def _show(self) -> None:
        show_moment(self._artists, self.walk.graph, self.walk.taken)
        self.back.disabled = self.walk.position == 0
        self.step.disabled = self.walk.position == len(self.walk.steps)
        self._image.value = self.png()
        style = "line-height:1.4; margin:0; white-space:pre-wrap"
        self._text.value = f'<pre aria-live="polite" style="{style}">{escape(self.text())}</pre>'

    def text(self) -> str:
        """Return what the picture shows, in words and numbers."""
        return self.walk.words()

    def png(self) -> bytes:
        """Return the picture as it is now."""
        buffer = io.BytesIO()
        self.figure.canvas.print_png(buffer)
        return buffer.getvalue()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:
        """Return the live view for a browser; where there is none, the end of the walk and every step in words."""
        bundle = self.view._repr_mimebundle_()
        end = GraphWalk(self.walk.graph)
        said = []
        for end.position in range(len(end.steps) + 1):
            said.append(end.words())
        show_moment(self._artists, end.graph, end.steps)
        picture = b64encode(self.png()).decode()
        show_moment(self._artists, self.walk.graph, self.walk.taken)
        return {**bundle, "image/png": picture, "text/plain": "\n".join(said)}
