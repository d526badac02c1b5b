r"""A scalar computation graph whose forward and backward steps can be inspected one by one.

Every gate states its value and its local derivatives side by side. Going forward a gate puts its
numbers in; going back it multiplies the gradient that arrives (the upstream gradient) by each local
derivative and adds the product to the gradient of the input:

    ∂f/∂a += ∂gate/∂a · ∂f/∂gate

The picture, and the three circuits at the end, are those of Inha University, "Backpropagation,
activation function", which has them from Stanford's CS231n. That addition is the chain rule for
several variables, and that visiting the gates backwards is an order that works, can be read as
clearly in Andrej Karpathy's micrograd.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from course.steps import format_number


@dataclass(frozen=True)
class Gate:
    """One kind of gate.

    Attributes
    ----------
    symbol : str
        What stands in the circle.
    value, local : callable
        Of the inputs: the gate's value, and one derivative for each input.
    formula, slopes : str and tuple of str
        The same for people; {0} and {1} stand for the inputs, {out} for the gate's own value.
    kind, constant : str and float
        "plus", "times" or "power" and its number for a gate that has one; the others are known by
        their name in `GATES`.
    """

    symbol: str
    value: Callable[..., float]
    local: Callable[..., tuple]
    formula: str
    slopes: tuple[str, ...]
    kind: str = ""
    constant: float = 0.0


def _sigma(a):
    return 0.5 * (1 + np.tanh(0.5 * a))


GATES = {
    #             symbol  value                       local derivatives
    "add": Gate("+", lambda a, b: a + b, lambda a, b: (1.0, 1.0), "{0} + {1}", ("1", "1")),
    "sub": Gate("−", lambda a, b: a - b, lambda a, b: (1.0, -1.0), "{0} − {1}", ("1", "−1")),
    "mul": Gate("×", lambda a, b: a * b, lambda a, b: (b, a), "{0} · {1}", ("{1}", "{0}")),
    "div": Gate(
        "÷",
        lambda a, b: a / b,
        lambda a, b: (1 / b, -a / b**2),
        "{0} / {1}",
        ("1/{1}", "−{0}/{1}²"),
    ),
    "max": Gate(
        "max",
        np.maximum,
        lambda a, b: (float(a >= b), float(a < b)),
        "max({0}, {1})",
        ("[{0} wins]", "[{1} wins]"),
    ),
    "exp": Gate("exp", np.exp, lambda a: (np.exp(a),), "exp({0})", ("{out}",)),
    "log": Gate("log", np.log, lambda a: (1 / a,), "log({0})", ("1/{0}",)),
    "inverse": Gate("1/x", lambda a: 1 / a, lambda a: (-1 / a**2,), "1 / {0}", ("−1/{0}²",)),
    "sigma": Gate(
        "σ", _sigma, lambda a: (_sigma(a) * (1 - _sigma(a)),), "σ({0})", ("{out}·(1 − {out})",)
    ),
    "tanh": Gate("tanh", np.tanh, lambda a: (1 - np.tanh(a) ** 2,), "tanh({0})", ("1 − {out}²",)),
    "relu": Gate(
        "relu", lambda a: np.maximum(a, 0.0), lambda a: (float(a > 0),), "relu({0})", ("[{0} > 0]",)
    ),
    "sin": Gate("sin", np.sin, lambda a: (np.cos(a),), "sin({0})", ("cos({0})",)),
    "cos": Gate("cos", np.cos, lambda a: (-np.sin(a),), "cos({0})", ("−sin({0})",)),
}


def plus(c: float) -> Gate:
    """The gate x + c, whose local derivative is 1."""
    text = format_number(abs(c)).join(("− " if c < 0 else "+ ", ""))
    return Gate(
        text.replace(" ", ""), lambda a: a + c, lambda a: (1.0,), f"{{0}} {text}", ("1",), "plus", c
    )


def times(c: float) -> Gate:
    """The gate c x, whose local derivative is c."""
    text = format_number(c).replace("-", "−")
    return Gate(f"×{text}", lambda a: c * a, lambda a: (c,), f"{text} · {{0}}", (text,), "times", c)


def power(n: float) -> Gate:
    """The gate xⁿ, whose local derivative is n xⁿ⁻¹."""
    up, down = (format_number(k).replace("-", "−") for k in (n, n - 1))
    slope = f"{up}·{{0}}^{down}"
    return Gate(
        f"^{up}",
        lambda a: a**n,
        lambda a: (n * a ** (n - 1) if n else 0.0,),
        f"{{0}}^{up}",
        (slope,),
        "power",
        n,
    )


@dataclass(eq=False)
class Node:
    """A named value in a graph.

    Attributes
    ----------
    name : str
    gate : Gate or None
        None for an input.
    parents : list of (Node, float)
        The gate's inputs, each with the local derivative; empty for an input. A node used twice is
        listed twice.
    value, grad : float
        The value, and ∂output/∂node as far as it has been added up since the last reset.
    """

    name: str
    gate: Gate | None = None
    parents: list = field(default_factory=list)
    value: float = 0.0
    grad: float = 0.0

    @property
    def formula(self) -> str:
        """The gate's formula in the names of its inputs; "" for an input."""
        return (
            self.gate.formula.format(*(p.name for p, _ in self.parents), out=self.name)
            if self.gate
            else ""
        )

    def __repr__(self) -> str:
        return (
            f"Node({self.name}{' = ' + self.formula if self.gate else ''}: value {self.value:g},"
            f" grad {self.grad:g})"
        )


@dataclass(frozen=True)
class Share:
    """What one gate sends back to one of its inputs: product = local · upstream, and the total once
    it is added."""

    to: str
    slope: str
    local: float
    upstream: float
    product: float
    total: float


@dataclass(frozen=True)
class Step:
    """One step: phase "forward" (a gate's value), "start" (∂f/∂f = 1) or "backward" (a gate's
    `shares`)."""

    phase: str
    node: str
    value: float
    formula: str = ""
    shares: tuple[Share, ...] = ()


class Graph:
    """Nodes in the order in which they were made, which puts every gate behind its inputs."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []

    def input(self, name: str, value: float) -> Node:
        """Add an input. Raises ValueError when the name is taken."""
        return self._add(Node(name, value=float(value)))

    def apply(self, gate: str | Gate, *inputs: Node, name: str = "") -> Node:
        """Add a gate, by its name in `GATES` or as a `Gate`, and compute its value. Without a name
        it is v1, v2, …"""
        gate = GATES[gate] if isinstance(gate, str) else gate
        node = self._add(Node(name or self._free_name(), gate, [(node, 0.0) for node in inputs]))
        self._evaluate(node, gate)
        return node

    def _add(self, node: Node) -> Node:
        if any(other.name == node.name for other in self.nodes):
            raise ValueError(f"two nodes cannot both be called {node.name}")
        self.nodes.append(node)
        return node

    def _free_name(self) -> str:
        taken = {node.name for node in self.nodes}
        return next(f"v{k}" for k in range(1, len(taken) + 2) if f"v{k}" not in taken)

    @staticmethod
    def _evaluate(node: Node, gate: Gate) -> None:
        inputs = [np.float64(parent.value) for parent, _ in node.parents]
        with np.errstate(all="ignore"):  # inf and nan are true answers too, and are shown
            node.value = float(gate.value(*inputs))
            slopes = gate.local(*inputs)
        node.parents = [
            (parent, float(slope)) for (parent, _), slope in zip(node.parents, slopes, strict=True)
        ]

    def __getitem__(self, name: str) -> Node:
        for node in self.nodes:
            if node.name == name:
                return node
        raise KeyError(
            f"no node is called {name!r}; there are {', '.join(node.name for node in self.nodes)}"
        )

    @property
    def inputs(self) -> list[Node]:
        """The nodes that no gate computes."""
        return [node for node in self.nodes if node.gate is None]

    @property
    def output(self) -> Node:
        """The node that was made last."""
        return self.nodes[-1]

    def forward(self) -> list[Step]:
        """Compute every gate's value and local derivatives anew, from the inputs on."""
        steps = []
        for node in self.nodes:
            if node.gate:
                self._evaluate(node, node.gate)
                steps.append(Step("forward", node.name, node.value, node.formula))
        return steps

    def reset(self) -> None:
        """Set every gradient to 0. Without it `backward` adds to what an earlier call has left."""
        for node in self.nodes:
            node.grad = 0.0

    def backward(self, output: Node | None = None) -> list[Step]:
        """Add ∂output/∂node to the gradient of every node that the output (the last one made)
        depends on."""
        output = output or self.output
        needed = self.needed(output)
        output.grad = 1.0  # ∂f/∂f
        steps = [Step("start", output.name, 1.0)]
        computed = [(n, n.gate) for n in self.nodes if n in needed and n.gate]
        for node, gate in reversed(computed):
            names, shares = [p.name for p, _ in node.parents], []
            for (parent, local), slope in zip(node.parents, gate.slopes, strict=True):
                with np.errstate(all="ignore"):
                    product = float(np.float64(local) * node.grad)  # local · upstream
                    # gradients add where a value is used again
                    parent.grad = float(np.float64(parent.grad) + product)
                shares.append(
                    Share(
                        parent.name,
                        slope.format(*names, out=node.name),
                        local,
                        node.grad,
                        product,
                        parent.grad,
                    )
                )
            steps.append(Step("backward", node.name, node.grad, node.formula, tuple(shares)))
        return steps

    def walk(self, output: Node | None = None) -> list[Step]:
        """All steps of one forward and one backward pass, from a reset on."""
        self.reset()
        return self.forward() + self.backward(output)

    def needed(self, output: Node | None = None) -> set[Node]:
        """The nodes that the output depends on, itself included."""
        found, todo = set(), [output or self.output]
        while todo:
            node = todo.pop()
            if node not in found:
                found.add(node)
                todo += [parent for parent, _ in node.parents]
        return found

    def count_edges(self, output: Node | None = None) -> int:
        """How many edges lead to the output: backprop uses each once."""
        return sum(len(node.parents) for node in self.needed(output))

    def count_paths(self, output: Node | None = None) -> dict[str, int]:
        """How many paths lead from each node to the output. Counted as backprop counts, with 1 for
        every slope."""
        output = output or self.output
        needed = self.needed(output)
        paths = {node.name: 0 for node in self.nodes} | {output.name: 1}
        for node in reversed([n for n in self.nodes if n in needed]):
            for parent, _ in node.parents:
                paths[parent.name] += paths[node.name]
        return paths


def linear(w: float = -2.0, x: float = 5.0, b: float = 3.0) -> Graph:
    """The deck's first circuit, f = wx + b: g = wx, f = g + b."""
    graph = Graph()
    of_w, of_x, of_b = graph.input("w", w), graph.input("x", x), graph.input("b", b)
    graph.apply("add", graph.apply("mul", of_w, of_x, name="g"), of_b, name="f")
    return graph


def product_of_sum(x: float = -2.0, y: float = 5.0, z: float = -4.0) -> Graph:
    """The deck's second circuit, f = (x + y)z: q = x + y, f = qz."""
    graph = Graph()
    of_x, of_y, of_z = graph.input("x", x), graph.input("y", y), graph.input("z", z)
    graph.apply("mul", graph.apply("add", of_x, of_y, name="q"), of_z, name="f")
    return graph


def sigmoid_neuron(w=(2.0, -3.0, -3.0), x=(-1.0, -2.0)) -> Graph:
    """The deck's third circuit, f = 1 / (1 + e^-(w0 x0 + w1 x1 + w2)), with the numbers of the
    CS231n original."""
    graph = Graph()
    w0, x0, w1, x1, w2 = (
        graph.input(n, v)
        for n, v in zip(("w0", "x0", "w1", "x1", "w2"), (w[0], x[0], w[1], x[1], w[2]))
    )
    total = graph.apply(
        "add",
        graph.apply("mul", w0, x0, name="p0"),
        graph.apply("mul", w1, x1, name="p1"),
        name="s",
    )
    minus = graph.apply(times(-1), graph.apply("add", total, w2, name="z"), name="m")
    graph.apply(
        "inverse", graph.apply(plus(1), graph.apply("exp", minus, name="e"), name="d"), name="f"
    )
    return graph


def ladder(rungs: int, start: float = 1.0) -> Graph:
    """x_(k+1) = x_k + x_k, again and again: two edges a rung, and twice as many paths."""
    graph = Graph()
    node = graph.input("x0", start)
    for k in range(rungs):
        node = graph.apply("add", node, node, name=f"x{k + 1}")
    return graph
