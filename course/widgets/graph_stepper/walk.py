"""The walk through a computation graph, forward and back, without any picture."""

from __future__ import annotations

import math
import traceback
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from course.graph import GATES, Gate, Graph, Node, Step
from course.plots.graph_diagram import shown
from course.plots.graph_layout import lay_out
from course.widgets.common.stopped import stopped

Yours = Callable[[Node], object] | Mapping[str, float]


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
        """Change inputs and walk again; the position stays. Raises ValueError for a name that is no
        input."""
        known = {node.name: node for node in self.graph.inputs}
        for name in inputs:
            if name not in known:
                raise ValueError(f"no input is called {name}; there are {', '.join(known)}")
        for name, value in inputs.items():
            known[name].value = float(value)
        self.steps = self.graph.walk()

    def step(self) -> None:
        """One step forward; at the end, nothing."""
        self.position = min(self.position + 1, len(self.steps))

    def back(self) -> None:
        """One step back; at the start, nothing."""
        self.position = max(self.position - 1, 0)

    def go_to(self, position: int) -> None:
        """Go to the moment when `position` steps have been taken. Raises ValueError if there is no
        such moment."""
        if not 0 <= position <= len(self.steps):
            raise ValueError(f"the walk has steps 0 to {len(self.steps)}, not {position}")
        self.position = position

    def jump(self, name: str) -> None:
        """Go to a node: the step in which a gate computes, or in which an input's gradient is
        complete."""
        node = self.graph[name]
        if node.gate:
            self.position = next(
                k for k, step in enumerate(self.steps, start=1) if step.node == name
            )
        else:
            self.position = self.completed().get(name, self.position)

    @property
    def taken(self) -> list[Step]:
        """The steps so far."""
        return self.steps[: self.position]

    def completed(self) -> dict[str, int]:
        """Node -> the step after which its gradient is complete, in the order in which that
        happens."""
        order: dict[str, int] = {}
        for number, step in enumerate(self.steps, start=1):
            for name in [step.node] * (step.phase == "start") + [share.to for share in step.shares]:
                order.pop(name, None)
                order[name] = number
        return order

    def words(self) -> str:
        """The current step in words and numbers."""
        if not self.position:
            names = ", ".join(f"{node.name} = {shown(node.value, 4)}" for node in self.graph.inputs)
            return f"Start. The inputs are {names}.\nPress Step: the first gate computes its value."
        step, f = self.taken[-1], self.graph.output.name
        head = f"Step {self.position} of {len(self.steps)}. "
        node = self.graph[step.node]
        if step.phase == "forward" and node.gate is not None:
            numbers = node.gate.formula.format(
                *(_bracketed(p.value) for p, _ in node.parents), out=node.name
            )
            return (
                f"{head}Forward: {node.name} = {step.formula} = {numbers} ="
                f" {shown(step.value, 6)}{_remark(step.value)}"
            )
        if step.phase == "start":
            return (
                f"{head}The way back starts at {f}: nudge {f}, and {f} moves just as much."
                f" ∂{f}/∂{f} = 1"
            )
        lines = [
            f"{head}Backward through {step.node} = {step.formula}: local gradient · upstream"
            " gradient"
        ]
        for k, share in enumerate(step.shares):
            product = (
                f"{_bracketed(share.local)} · {_bracketed(share.upstream)} ="
                f" {shown(share.product, 6)}"
            )
            slope = f"{_factor(share.slope)} · ∂{f}/∂{step.node}"
            again = any(share.to == other.to for other in step.shares[:k]) or self._arrived_before(
                share.to
            )
            total = (
                f";  it was reached before, so the gradients add up: {shown(share.total, 6)}"
                if again
                else ""
            )
            lines.append(f"   to {share.to}:  {slope} = {product}{total}{_remark(share.total)}")
        return "\n".join(lines)

    def _arrived_before(self, name: str) -> bool:
        return any(share.to == name for step in self.taken[:-1] for share in step.shares)


def _bracketed(value: float) -> str:
    text = shown(value, 4)
    return f"({text})" if text.startswith("−") else text


def _factor(slope: str) -> str:
    """A slope as a factor: brackets around what begins with a minus sign or is a difference."""
    difference = " − " in slope and "(" not in slope
    return f"({slope})" if difference or slope.startswith("−") and len(slope) > 2 else slope


def _remark(value: float) -> str:
    if value != value:
        return "   (no number: this gate is not defined here)"
    return (
        "   (infinite: too large for the computer, or a division by 0)"
        if abs(value) == float("inf")
        else ""
    )


def as_data(graph: Graph) -> dict:
    """A graph as plain data for the browser: its nodes in order, what their gates are, and where
    they stand.

    Raises
    ------
    ValueError
        When a gate is none of the course's own, which the browser could not compute.
    """
    places, lanes = lay_out(graph)
    index = {node: i for i, node in enumerate(graph.nodes)}
    needed = graph.needed()
    nodes = []
    for node in graph.nodes:
        column, row = places[node.name]
        parents = [index[parent] for parent, _ in node.parents]
        ways = [
            [list(point) for point in lanes.get((node.name, k), [])] for k in range(len(parents))
        ]
        gate = _gate_as_data(node.name, node.gate) if node.gate else None
        value = plain(node.value) if not node.gate else None
        nodes.append({"name": node.name, "value": value, "column": column, "row": row, "gate": gate, "parents": parents,
                      "lanes": ways, "needed": node in needed})  # fmt: skip
    return {"nodes": nodes}


def _gate_as_data(name: str, gate: Gate) -> dict:
    kind = gate.kind or next((key for key, known in GATES.items() if known is gate), "")
    if not kind:
        raise ValueError(
            f"{name} uses a gate of its own, {gate.symbol}; the stepper computes the course's"
            " gates only"
        )
    return {
        "kind": kind,
        "constant": plain(gate.constant),
        "symbol": gate.symbol,
        "formula": gate.formula,
        "slopes": list(gate.slopes),
    }


def plain(value: float) -> float | str:
    """A number that JSON can hold; what is not finite as JavaScript spells it."""
    if math.isfinite(value):
        return float(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


@dataclass
class Verdict:
    """A student's gradients beside the right ones.

    Attributes
    ----------
    gradients : dict, name -> float or None
        What was given; None where that is no number.
    wrong : dict, name -> int
        Where they differ, in the order of the walk, and the step after which that gradient is
        complete.
    words : str
    """

    gradients: dict[str, float | None] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)
    words: str = ""


def judge(walk: GraphWalk, yours: Yours) -> Verdict:
    """Compare gradients with those of the walk, up to a relative difference of 1e-6.

    Parameters
    ----------
    walk : GraphWalk
    yours : callable or mapping
        A function that is given the output of a copy of the graph and sets `.grad` on its nodes, or
        returns a mapping; or a mapping from node name to gradient. What a mapping leaves out is not
        compared.
    """
    right = {name: walk.graph[name].grad for name in walk.completed()}
    if isinstance(yours, Mapping):
        given = yours
    elif getattr(
        yours, "course_own", False
    ):  # the course's function, which a notebook holds while there is no other
        return Verdict(words=f"{yours.__name__} is not written yet.")
    else:
        theirs = deepcopy(walk.graph)
        theirs.reset()
        try:
            given = yours(theirs.output)
        except NotImplementedError as error:
            return Verdict(
                words=f"{traceback.extract_tb(error.__traceback__)[-1].name} is not written yet."
            )
        except (
            Exception
        ) as error:  # whatever a student's function raises is shown beside the picture
            return Verdict(words=stopped(error, getattr(yours, "__name__", "backward")))
        if not isinstance(given, Mapping):
            given = {name: theirs[name].grad for name in right}
    gradients = {name: _number(given[name]) for name in right if name in given}
    wrong = {
        name: step
        for name, step in walk.completed().items()
        if name in gradients and not _agree(gradients[name], right[name])
    }
    strange = [str(name) for name in given if name not in right]
    words = f"Your backward: {len(gradients) - len(wrong)} of {len(gradients)} gradients are right."
    if strange:
        words += f" The output depends on nothing that is called {', '.join(strange)}."
    if wrong:
        first, step = next(iter(wrong.items()))
        f, theirs = walk.graph.output.name, gradients[first]
        said = "is no number" if theirs is None else f"is {shown(theirs, 6)}"
        words += (
            f" The first wrong one along the walk is ∂{f}/∂{first}, complete at step {step}: yours"
            f" {said}, "
        )
        words += f"it should be {shown(right[first], 6)}. {_why(walk, first, theirs)}"
    return Verdict(gradients, wrong, words.rstrip())


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _agree(a: float | None, b: float) -> bool:
    if a is None:
        return False
    return (
        a == b
        or (a != a and b != b)
        or abs(a - b) <= max(1e-6 * max(abs(a), abs(b)), 1e-12) < math.inf
    )


def _why(walk: GraphWalk, name: str, yours: float | None) -> str:
    """What a wrong gradient, whose upstream gradients are right, looks like; "" when it looks like
    nothing known."""
    shares = [
        (step.node, share) for step in walk.steps for share in step.shares if share.to == name
    ]
    right = walk.graph[name].grad
    if yours is None or not math.isfinite(yours) or not math.isfinite(right):
        return ""
    if not shares:
        return "The way back starts with 1."
    if yours == 0:
        return "Nothing has been added to it."
    if len(shares) > 1:
        for gate, share in shares:
            if _agree(yours, share.product):
                total = " + ".join(_bracketed(other.product) for _, other in shares)
                return f"Yours is the share through {gate} alone; gradients add: {total}."
    elif _agree(yours, shares[0][1].upstream):
        return "Yours is the upstream gradient; the local gradient is missing."
    elif _agree(yours, shares[0][1].local):
        return "Yours is the local gradient; the upstream gradient is missing."
    if _agree(yours, -right):
        return "The sign is the other way round."
    times = yours / right if right else 0.0
    if times > 1.5 and _agree(times, round(times)):
        return f"Yours is {round(times)} times as much: was a share added more than once?"
    return ""
