"""The graph stepper: a circuit of gates, walked through forward and back, one gate at a time.

`GraphWalk` is the walk, tested without a browser. `GraphStepper` shows it: the picture and its
mathematics live in the browser, so that dragging a number needs no kernel; Python reads formulas,
says where the nodes stand, and runs a student's own backward.
"""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Mapping

import anywidget
import traitlets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from course import graph as circuits
from course.expression import FormulaError, read_formula
from course.graph import Graph
from course.plots.graph_diagram import HEIGHT, WIDTH, draw_graph, show_moment, too_large
from course.widgets.common.modules import PENCIL, bundle, styles
from course.widgets.graph_stepper.walk import GraphWalk, Verdict, Yours, as_data, judge, plain

OWN, GIVEN = "your own", "the one given"
CIRCUITS = {
    "f = wx + b": circuits.linear,
    "f = (x + y)z": circuits.product_of_sum,
    "sigmoid neuron": circuits.sigmoid_neuron,
}
FIRST_OWN = "x*x + max(x, y)*y"


class GraphStepper(anywidget.AnyWidget):
    """The picture: choose a circuit, change its inputs, and step through it forward and back.

    Without a browser it shows the end of the walk and all of its steps as text.

    Parameters
    ----------
    circuit : str or Graph, optional
        One of `CIRCUITS`, a formula of your own such as ``"(a + b) * (b + 1)"``, or a graph of the
        course's gates.
    yours : callable or mapping, optional
        Your own backward, shown next to the right one: a function that is given the output of the
        graph and sets `.grad` on the nodes, as `backpropagate(output)` does; or a mapping from node
        name to gradient.
    digits : int
        Significant digits shown, 2 to 12.
    pencil : bool
        Whether it begins by asking: each number is typed before it is shown. The reader turns that
        on and off with the button *Pencil*.
    **inputs : float
        Values of its inputs.

    Attributes
    ----------
    walk : GraphWalk
        The state as a plain object.
    circuit : str
        One of `CIRCUITS`, "your own", or "the one given".
    inputs : dict
        Input name -> value; assigning it moves the picture.
    position : int
        How many steps have been taken; 0 is the start.
    pencil : dict
        What was asked and found with the pencil: "on", and once it was used "score", "done",
        "typed" and more.
    verdict : Verdict or None
        What `yours` gave, beside the right gradients.

    Raises
    ------
    ValueError
        When the formula cannot be read or is too large to be drawn, or when an input has another
        name or is not finite.
    traitlets.TraitError
        When something assigned later does not fit.
    """

    _esm = bundle(
        "common/numbers.js",
        "common/walk.js",
        *(f"graph_stepper/{name}.js" for name in ("math", "text", "picture")),
        *PENCIL,
        *(f"graph_stepper/{name}.js" for name in ("asking", "fresh", "graph_stepper")),
    )
    _css = styles("common/walk.css", "graph_stepper/graph_stepper.css", "pencil/pencil.css")

    circuit = traitlets.Unicode().tag(sync=True)
    inputs = traitlets.Dict().tag(sync=True)
    position = traitlets.Int(0).tag(sync=True)
    digits = traitlets.Int(4, min=2, max=12).tag(sync=True)
    # name -> nodes and places; "your own" changes with its formula
    circuits = traitlets.Dict().tag(sync=True)
    formula = traitlets.Unicode(FIRST_OWN).tag(sync=True)  # the one that "your own" was read from
    asked = traitlets.Dict().tag(sync=True)  # a formula that was typed: {"text", "number"}
    # what became of it: {"number", "words"}, "" where it was read
    answered = traitlets.Dict().tag(sync=True)
    # a student's gradients, and the inputs that they belong to
    theirs = traitlets.Dict().tag(sync=True)
    # what was asked and found with the pencil; its shape: pencil/state.js
    pencil = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        circuit: str | Graph = "f = (x + y)z",
        yours: Yours | None = None,
        digits: int = 4,
        pencil: bool = False,
        **inputs: float,
    ) -> None:
        self._yours = yours
        self.verdict: Verdict | None = None
        self.figure, self._drawn = Figure(figsize=(WIDTH, HEIGHT), dpi=140), None
        self._canvas = FigureCanvasAgg(self.figure)
        values = {"x": -2.0, "y": 3.0}
        self._graphs = {name: make() for name, make in CIRCUITS.items()}
        formula = FIRST_OWN
        if isinstance(circuit, Graph):
            name = GIVEN
            self._graphs[GIVEN] = circuit
        elif circuit not in CIRCUITS:
            formula, name = circuit, OWN
            values |= inputs
        else:
            name = circuit
        self._graphs[OWN] = read_formula(formula, values)
        graph = self._graphs[name]
        problem = too_large(graph)
        if problem:
            raise ValueError(problem)
        self.walk = GraphWalk(graph)
        self.walk.set(**inputs)
        super().__init__(circuit=name, pencil={"on": True} if pencil else {},
                         inputs=self._checked({node.name: node.value for node in graph.inputs}),
                         digits=digits, circuits={name: as_data(graph) for name, graph in self._graphs.items()}, formula=formula)  # fmt: skip
        self._judge()

    # ---- what a reader does

    def choose(self, circuit: str) -> None:
        """Show another circuit from its start, with its own numbers. Raises TraitError for an
        unknown one."""
        with self.hold_sync():
            self.circuit = circuit
            self.reset()

    def read(self, formula: str) -> None:
        """Read and show a formula; inputs keep the values they have. Raises ValueError, and then
        changes nothing."""
        remembered = {
            node.name: node.value
            for graph in (self._graphs[OWN], self.walk.graph)
            for node in graph.inputs
        }
        graph = read_formula(formula, {"x": -2.0, "y": 3.0} | remembered)
        problem = too_large(graph)
        if problem:
            raise ValueError(problem)
        with self.hold_sync():
            self._graphs[OWN] = graph
            self.circuits = self.circuits | {OWN: as_data(graph)}
            self.formula = formula
            self.choose(OWN)

    def set(self, **inputs: float) -> None:
        """Change inputs; the position stays."""
        self.inputs = self.inputs | inputs

    def step(self) -> None:
        """One step forward; at the end, nothing."""
        self.position = min(self.position + 1, len(self.walk.steps))

    def back(self) -> None:
        """One step back; at the start, nothing."""
        self.position = max(self.position - 1, 0)

    def go_to(self, position: int) -> None:
        """Go to the moment when `position` steps have been taken. Raises TraitError if the walk has
        no such moment."""
        self.position = position

    def reset(self) -> None:
        """Back to the start, with the numbers the circuit came with."""
        self.position = 0
        self.inputs = {
            node["name"]: node["value"]
            for node in self.circuits[self.circuit]["nodes"]
            if not node["gate"]
        }

    # ---- keeping the plain object, the browser and the student's gradients together

    @staticmethod
    def _checked(inputs: dict) -> dict:
        for name, value in inputs.items():
            if not isinstance(plain(value), float):
                raise ValueError(f"{name} is {value}; an input is a finite number")
        return inputs

    @traitlets.validate("inputs")
    def _fits(self, proposal):
        names = [node.name for node in self._graphs[self.circuit].inputs]
        try:
            value = {name: float(proposal["value"][name]) for name in names}
            unknown = set(proposal["value"]) - set(names)
            if unknown:
                raise ValueError(
                    f"no input is called {', '.join(sorted(unknown))}; there are {', '.join(names)}"
                )
            return self._checked(value)
        except (KeyError, ValueError, TypeError) as error:
            raise traitlets.TraitError(f"the inputs are {', '.join(names)}: {error}") from error

    @traitlets.validate("circuit")
    def _known(self, proposal):
        if proposal["value"] not in self._graphs:
            raise traitlets.TraitError(
                f"there is no circuit {proposal['value']!r}; there are {', '.join(self._graphs)}"
            )
        return proposal["value"]

    @traitlets.validate("position")
    def _inside_the_walk(self, proposal):
        graph = self._graphs[self.circuit]
        # forward, ∂f/∂f, back
        last = 1 + sum(1 for nodes in (graph.nodes, graph.needed()) for node in nodes if node.gate)
        if not 0 <= proposal["value"] <= last:
            raise traitlets.TraitError(f"the walk has steps 0 to {last}, not {proposal['value']}")
        return proposal["value"]

    @traitlets.observe("circuit", "circuits", "inputs", "position")
    def _follow(self, change) -> None:
        graph = self._graphs[self.circuit]
        moved = change["name"] != "position"
        if graph is not self.walk.graph:
            self.walk = GraphWalk(graph)
        if moved and self.inputs.keys() == {node.name for node in graph.inputs}:
            self.walk.set(**self.inputs)
            self._judge()
        self.walk.position = min(self.position, len(self.walk.steps))

    def _judge(self) -> None:
        # a mapping belongs to the first inputs
        if self._yours is None or (self.verdict and isinstance(self._yours, Mapping)):
            return
        self.verdict = judge(self.walk, self._yours)
        self.theirs = {
            "circuit": self.circuit,
            "formula": self.formula,
            "inputs": {node.name: node.value for node in self.walk.graph.inputs},
            "gradients": {
                name: None if value is None else plain(value)
                for name, value in self.verdict.gradients.items()
            },
            "wrong": self.verdict.wrong,
            "words": self.verdict.words,
        }

    @traitlets.observe("asked")
    def _answer(self, change) -> None:
        words = ""
        try:
            self.read(str(self.asked.get("text", "")))
        except FormulaError as problem:
            words = str(problem)
        except Exception as problem:  # a callback has no one to raise to: the picture says it
            words = (
                str(problem)
                if type(problem) is ValueError
                else f"{type(problem).__name__}: {problem}"
            )
        self.answered = {"number": self.asked.get("number"), "words": words}

    # ---- without a browser

    def text(self) -> str:
        """The current step in words and numbers, and what became of `yours`."""
        return "\n".join([self.walk.words(), *self._verdict_words()])

    def _verdict_words(self) -> list[str]:
        current = self.verdict and self.theirs["inputs"] == {
            node.name: node.value for node in self.walk.graph.inputs
        }
        return [self.verdict.words] if self.verdict and current else []

    def png(self, steps: list | None = None) -> bytes:
        """Return the still picture as it is now, or after other steps."""
        graph = self.walk.graph
        if self._drawn is not graph:
            self.figure.clear()
            self._drawn, self._artists = (
                graph,
                draw_graph(self.figure.add_axes((0, 0, 1, 1)), graph),
            )
        show_moment(self._artists, graph, self.walk.taken if steps is None else steps)
        buffer = io.BytesIO()
        self._canvas.print_png(buffer)
        return buffer.getvalue()

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        end, said = GraphWalk(self.walk.graph), []
        for position in range(len(end.steps) + 1):
            end.position = position
            said.append(end.words())
        text = "\n".join(said + self._verdict_words())
        return (
            (data or {})
            | {"text/plain": text, "image/png": b64encode(self.png(end.steps)).decode()},
            metadata,
        )
