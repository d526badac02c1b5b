"""Formulas as text, read into a computation graph: ``"q = x + y; f = q * z"``."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from course.graph import GATES, Gate, Graph, Node, plus, power, times

FUNCTIONS = ("max", "exp", "log", "sigma", "tanh", "relu", "sin", "cos")
_BINARY = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div"}
LONGEST = 2000


class FormulaError(ValueError):
    """A formula that cannot be read; the message says why, in words for the person who typed it."""


def read_formula(text: str, values: Mapping[str, float] | None = None) -> Graph:
    """Read a formula into a graph.

    Parameters
    ----------
    text : str
        One expression, or several ``name = expression`` separated by ``;`` or new lines; the last
        one is the output. Numbers, names, ``+ - * / **`` with a number as exponent, and the
        functions of `FUNCTIONS`.
    values : mapping from name to float, optional
        What the inputs are; 1 where nothing is said.

    Raises
    ------
    FormulaError
        When the text is no such formula, or when it depends on nothing.
    """
    if len(text) > LONGEST:
        raise FormulaError(f"The formula is longer than {LONGEST} characters.")
    try:
        tree = ast.parse(text.strip().replace("^", "**"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise FormulaError("This cannot be read as a formula. An example: (x + y) * z") from None
    reader = _Reader(values or {})
    try:
        for number, statement in enumerate(tree.body, start=1):
            reader.statement(statement, last=number == len(tree.body))
    except RecursionError:
        raise FormulaError("This formula is nested too deeply.") from None
    if not reader.graph.nodes or reader.graph.output.gate is None:
        raise FormulaError("There is no gate in this formula. An example: (x + y) * z")
    return reader.graph


class _Reader:
    def __init__(self, values: Mapping[str, float]) -> None:
        self.graph, self.values = Graph(), values
        self.known: dict[str, Node] = {}

    def statement(self, statement: ast.stmt, last: bool) -> None:
        if (
            isinstance(statement, ast.Assign)
            and len(statement.targets) == 1
            and isinstance(statement.targets[0], ast.Name)
        ):
            name = statement.targets[0].id
        elif isinstance(statement, ast.Expr) and last:
            name = "f"
        else:
            raise FormulaError("Write name = expression, several of them separated by semicolons.")
        used = {n.id for n in ast.walk(statement.value) if isinstance(n, ast.Name)}
        if name in self.known or name in used:
            raise FormulaError(f"{name} has two meanings here; give the result another name.")
        result = self.read(statement.value, name)
        if not isinstance(result, Node):
            raise FormulaError(f"{name} is the number {result:g}; it depends on nothing.")
        self.known[name] = result
        if last and result is not self.graph.output:
            raise FormulaError("The last line should use a gate.")

    def read(self, tree: ast.expr, name: str = "") -> Node | float:
        """A node, or a plain number where nothing but numbers is involved."""
        if isinstance(tree, ast.Constant) and (
            type(tree.value) is int or type(tree.value) is float
        ):
            return float(tree.value)
        if isinstance(tree, ast.Name):
            return self.known.get(tree.id) or self.input(tree.id)
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, (ast.USub, ast.UAdd)):
            inner = self.read(tree.operand)
            sign = -1.0 if isinstance(tree.op, ast.USub) else 1.0
            return (
                sign * inner
                if not isinstance(inner, Node)
                else inner
                if sign > 0
                else self.gate(times(-1), inner, name=name)
            )
        if isinstance(tree, ast.BinOp) and type(tree.op) in _BINARY:
            return self.binary(
                _BINARY[type(tree.op)], self.read(tree.left), self.read(tree.right), name
            )
        if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Pow):
            base, exponent = self.read(tree.left), self.read(tree.right)
            if isinstance(exponent, Node):
                raise FormulaError(
                    "An exponent is a number here. For x to the y write exp(y * log(x))."
                )
            return (
                self.number(lambda: base**exponent)
                if not isinstance(base, Node)
                else self.gate(power(exponent), base, name=name)
            )
        if (
            isinstance(tree, ast.Call)
            and isinstance(tree.func, ast.Name)
            and tree.func.id in FUNCTIONS
            and not tree.keywords
        ):
            return self.call(tree.func.id, [self.read(argument) for argument in tree.args], name)
        raise FormulaError(
            f"“{ast.unparse(tree)}” is not understood. There are + − * / ** and"
            f" {', '.join(FUNCTIONS)}."
        )

    def input(self, name: str) -> Node:
        try:
            self.known[name] = self.graph.input(name, self.values.get(name, 1.0))
        except ValueError:
            raise FormulaError(
                f"{name} is what a value on the way is called; give the input another name."
            ) from None
        return self.known[name]

    def gate(self, gate: str | Gate, *inputs: Node, name: str) -> Node:
        if name and any(node.name == name for node in self.graph.nodes):
            raise FormulaError(f"{name} is an input already; give the result another name.")
        return self.graph.apply(gate, *inputs, name=name)

    def number(self, compute) -> float:
        try:
            result = compute()
        except (ArithmeticError, ValueError):
            raise FormulaError("A number in this formula cannot be computed.") from None
        if not isinstance(result, float):
            raise FormulaError("A number in this formula is not real.")
        return result

    def call(self, function: str, arguments: list[Node | float], name: str) -> Node | float:
        gate = GATES[function]
        if len(arguments) != len(gate.slopes):
            raise FormulaError(
                f"{function} takes {len(gate.slopes)} argument{'s' * (len(gate.slopes) > 1)}."
            )
        nodes = [argument for argument in arguments if isinstance(argument, Node)]
        if len(nodes) < len(arguments):
            raise FormulaError(
                f"{function} of a plain number: write a name, and give it that value."
            )
        return self.gate(gate, *nodes, name=name)

    def binary(self, kind: str, left: Node | float, right: Node | float, name: str) -> Node | float:
        """With one plain number a gate has a single input: c + x, cx, c/x."""
        if isinstance(left, Node):
            if isinstance(right, Node):
                return self.gate(kind, left, right, name=name)
            if kind == "div" and right == 0:
                raise FormulaError("This divides by 0.")
            one = {
                "add": plus(right),
                "sub": plus(-right),
                "mul": times(right),
                "div": times(1 / right if right else 0.0),
            }
            return self.gate(one[kind], left, name=name)
        if not isinstance(right, Node):
            return self.number(lambda: float(GATES[kind].value(left, right)))
        if kind == "sub":  # c - x is (-x) + c
            return self.gate(plus(left), self.gate(times(-1), right, name=""), name=name)
        if kind == "div":
            if left == 1:
                return self.gate("inverse", right, name=name)
            return self.gate(times(left), self.gate("inverse", right, name=""), name=name)
        return self.gate({"add": plus, "mul": times}[kind](left), right, name=name)
