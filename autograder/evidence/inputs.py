"""The inputs of exercises as plain data, and how a fresh object is made of them for every call.

Part of what runs beside student code: numpy and the standard library only, and no answers.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from autograder.evidence.plain import MAX_DEPTH, MAX_ENTRIES

if TYPE_CHECKING:
    from types import FunctionType

    #: What a call is given: data, what stands for an object, and what an earlier call gave.
    Value: TypeAlias = (
        None | bool | int | float | str | np.ndarray
        | list["Value"] | tuple["Value", ...] | dict[Any, "Value"]
        | "Function" | "Rng" | "Strided" | "Digits" | "Graph" | "Recorder" | "Ref"
        | "Node" | np.random.Generator | FunctionType
    )  # fmt: skip
    #: What such a value is compared with after the call.
    Kept: TypeAlias = Value | "_Sum" | "_Wiring" | "_Unread"

#: The keys and positions that lead to a part of a result.
KeyPath = tuple[str | int, ...]

MAX_PARTS = 100_000
MAX_LOGGED = 12  # nodes: of a larger graph nobody would read the visits
MAX_LOG = 500


class Function(NamedTuple):
    """An input that is a function, written as an expression: ``Function("z", "np.sin(z)")``."""

    parameters: str
    expression: str


class Rng(NamedTuple):
    """An input that is a `numpy.random.Generator` with this seed, made anew for every call."""

    seed: int


class Strided(NamedTuple):
    """An input array that is a non-contiguous view into a larger one."""

    values: np.ndarray


class Digits(NamedTuple):
    """An input taken from MNIST, named instead of sent: entries `start` to `stop` of a part of the
    data.

    `what` is ``"images"`` (n, 784), ``"labels"`` (n,), or ``"targets"``, the labels one-hot, (n,
    10). With `shuffle`, a seed, the 784 pixels of every image come in another order and the ten
    classes have other numbers: a network that is trained on them does not care, weights that were
    trained before are worth nothing.
    """

    part: str
    start: int
    stop: int
    what: str
    shuffle: int | None = None


class Graph(NamedTuple):
    """A computation graph, made by the call ``"build"``.

    `values[k]` is the value of node k, `parents[k]` its ``(node number, local derivative)`` pairs,
    `grads[k]` what its
    ``.grad`` holds before anything is called.
    """

    values: tuple[float, ...]
    parents: tuple[tuple[tuple[int, float], ...], ...]
    grads: tuple[Any, ...]


class Recorder(NamedTuple):
    """A function that remembers what it was called with, made by the call ``"build"`` and read by
    ``"recorded"``."""


class Ref(NamedTuple):
    """The result of an earlier call of the same case: ``Ref(0, "cache")``, ``Ref(0, 1)``."""

    call: int
    path: KeyPath = ()


class Call(NamedTuple):
    """One call of a case.

    `function` is the number of a student's function, a `Ref` to a function that came back, or the
    name of one of the probe's own services (`SERVICES`). `row` names the quantity where the
    exercise's `results` do not.
    """

    function: int | Ref | str
    arguments: tuple[Any, ...]
    row: str = ""


class Case(NamedTuple):
    """Calls made one after the other on fresh inputs, under a label that the verdict shows.

    After a call that took too long no other case is tried, unless the case stands `alone`, as one
    of several tries at random training does, and one before was done in time: then up to `LATE` of
    them may take too long.
    """

    label: str
    calls: tuple[Call, ...]
    alone: bool = False

    @classmethod
    def of(cls, label: str, *arguments: Any, function: int = 0) -> Case:
        """A case of a single call."""
        return cls(label, (Call(function, arguments),))


class Node:
    """A node of a computation graph, as the exercise describes it.

    Where it has a log, that is told when ``.grad`` is read, and what it is set to: ``[number,
    "read"]``, ``[number, value]``.
    """

    def __init__(
        self, value: float, grad: Any, number: int = 0, log: list[list[Any]] | None = None
    ):
        self.value, self._grad = value, grad
        self.parents: list[tuple[Node, float]] = []
        self._number, self._log = number, log

    @property
    def grad(self) -> Any:
        """What the gradient holds now; a log is told that it was read, or what it is set to."""
        self._note("read")
        return self._grad

    @grad.setter
    def grad(self, value: Any) -> None:
        self._grad = value
        self._note(float(value) if type(value) in (int, float, np.float64) else None)

    def _note(self, what: Any) -> None:
        if self._log is not None and len(self._log) < MAX_LOG:
            self._log.append([self._number, what])


class _Recorder:
    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __call__(self, *arguments: Any) -> None:
        self.calls.append(arguments)


def _build(kind: Value) -> Any:
    """A live object that several calls share: the nodes of a `Graph`, a `Recorder`, or a copy of
    data."""
    if isinstance(kind, Recorder):
        return _Recorder()
    if not isinstance(kind, Graph):
        return make(kind)
    log: list[list[Any]] | None = [] if len(kind.values) <= MAX_LOGGED else None
    nodes = [
        Node(value, grad, k, log)
        for k, (value, grad) in enumerate(zip(kind.values, kind.grads, strict=True))
    ]
    for node, parents in zip(nodes, kind.parents, strict=True):
        node.parents = [(nodes[k], local) for k, local in parents]
    return nodes


def _collect(iterable: Any) -> list[Any]:
    """What an iterable yields, at most 10,000 items."""
    return [item for item, _ in zip(iterable, range(10_000), strict=False)]


def _grads(nodes: Sequence[Any]) -> list[Any]:
    return [node.grad for node in nodes]


def _recorded(recorder: Any) -> Any:
    return recorder.calls


def _visits(nodes: Sequence[Any]) -> list[Any]:
    return list(nodes[0]._log or [])


SERVICES: dict[str, Callable[..., Any]] = {
    "build": _build,
    "collect": _collect,
    "grads": _grads,
    "recorded": _recorded,
    "visits": _visits,
}


def _digits(wanted: Digits) -> np.ndarray:
    """The named digits as fresh arrays. Read only where an exercise asks for them."""
    from course.mnist import images, labels

    pixels, classes = _orders(wanted.shuffle)
    if wanted.what == "images":
        found = images(wanted.part, wanted.start, wanted.stop)
        for k in range(0, len(found) if wanted.shuffle is not None else 0, 1000):
            # piece by piece: a second copy of all would take 300 MB
            found[k : k + 1000] = found[k : k + 1000, pixels]
        return found
    found = classes[labels(wanted.part, wanted.start, wanted.stop)]
    return np.eye(10)[found] if wanted.what == "targets" else found


def _orders(shuffle: int | None) -> tuple[np.ndarray, np.ndarray]:
    """The orders of the pixels and of the classes."""
    rng = np.random.default_rng(shuffle)
    if shuffle is None:
        return np.arange(784), np.arange(10)
    return rng.permutation(784), rng.permutation(10)


def pixels_of(wanted: Digits) -> np.ndarray:
    """Which pixel of the original image each of the 784 columns of the named digits is."""
    return _orders(wanted.shuffle)[0]


class _Sum(NamedTuple):
    """Remembers a large array without a copy of it."""

    shape: tuple[int, ...]
    dtype: str
    checksum: int

    @classmethod
    def of(cls, array: np.ndarray) -> _Sum:
        return cls(array.shape, array.dtype.str, zlib.crc32(np.ascontiguousarray(array).data))


class _Wiring(NamedTuple):
    """Remembers the values and parents of a node and of every node that it depends on; `.grad` is
    the student's to set."""

    nodes: tuple[tuple[Node, float, list[tuple[Node, float]]], ...]

    @classmethod
    def of(cls, output: Node) -> _Wiring:
        found: dict[Node, tuple[Node, float, list[tuple[Node, float]]]] = {}
        pending = [output]
        while pending:
            node = pending.pop()
            if node not in found:
                found[node] = (node, node.value, list(node.parents))
                pending += [parent for parent, _ in node.parents]
        return cls(tuple(found.values()))

    def holds(self) -> bool:
        return all(
            node.value == value and node.parents == parents for node, value, parents in self.nodes
        )


class _Unread(NamedTuple):
    """Stands for an argument of which no copy is kept: it contains itself, or is larger than any of
    ours."""


def _is_tree(value: Value) -> bool:
    """Whether a copy of nested lists and dictionaries has an end."""
    pending: list[tuple[Value, int]] = [(value, 0)]
    visits = 0
    while pending:
        part, depth = pending.pop()
        visits += 1
        if visits > MAX_PARTS or depth > MAX_DEPTH:
            return False
        items = (
            part.values()
            if isinstance(part, dict)
            else part
            if isinstance(part, (list, tuple))
            else ()
        )
        pending += [(item, depth + 1) for item in items]
    return True


def remembered(argument: Value) -> Kept:
    """What an argument is compared with after the call: a copy, of a very large array a checksum,
    of a node its graph."""
    if isinstance(argument, Node):
        return _Wiring.of(argument)
    if not _is_tree(argument):
        return _Unread()
    if isinstance(argument, np.ndarray) and argument.size > MAX_ENTRIES:
        return _Sum.of(argument)
    return make(argument)


def make(value: Value, live: Sequence[Any] = ()) -> Any:
    """Build a fresh Python object from input data; `live` holds the results of the case's earlier
    calls."""
    if isinstance(value, np.ndarray):
        return np.array(value, order="C")
    if isinstance(value, Strided):
        wide = np.zeros(tuple(2 * n for n in value.values.shape))
        view = wide[tuple(slice(None, None, 2) for _ in value.values.shape)]
        view[...] = value.values
        return view
    if isinstance(value, (Graph, Recorder)):
        return value
    if isinstance(value, Digits):
        return _digits(value)
    if isinstance(value, Rng):
        return np.random.default_rng(value.seed)
    if isinstance(value, Function):
        return eval(f"lambda {value.parameters}: {value.expression}", {"np": np})
    if isinstance(value, Ref):
        result = live[value.call]
        for step in value.path:
            result = result[step]
        return result
    if isinstance(value, dict):
        return {key: make(item, live) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)([make(item, live) for item in value])
    return value


def same(a: Value, b: Kept) -> bool:
    """Whether two inputs are still equal, entry by entry, up to 4 units in the last place."""
    if isinstance(b, _Unread):
        return True
    if isinstance(b, (Graph, Recorder)):
        return a is b
    if isinstance(b, _Wiring):
        return b.holds()
    if isinstance(b, _Sum):
        return isinstance(a, np.ndarray) and _Sum.of(a) == b
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return (
            isinstance(a, np.ndarray)
            and isinstance(b, np.ndarray)
            and a.shape == b.shape
            and a.dtype == b.dtype
            and (
                np.array_equal(a, b)
                or np.array_equal(a, b, equal_nan=True)
                or a.dtype.kind == "f"
                and bool(np.all(np.abs(a - b) <= 4 * np.spacing(np.abs(b))))
            )
        )
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return a is b if callable(a) else isinstance(a, np.random.Generator) or a == b
