"""In which order the nodes of a graph handed their gradients on, and which of them did so too
early."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from autograder.evidence.inputs import Case, Graph
from autograder.evidence.probe import Record


class Handed(NamedTuple):
    """One product that a node handed on: from which node to which of its parents, and how much."""

    node: int
    parent: int
    amount: float


def handed_on(graph: Graph, log: Sequence) -> Iterator[Handed]:
    """What the log of reads and changes of ``.grad`` shows for certain.

    A change of a node's gradient counts where it is the product of a local derivative and the
    gradient, at that moment, of a node that uses it and was read before, and only where no other
    such node would give the same. Where that gradient is 0, both must have been read since the last
    change.
    """
    held = {k: value for k, value in enumerate(graph.grads) if _is_number(value)}
    read: list[int] = []
    recent: set[int] = set()  # read since the last change
    for node, value in log:
        if value == "read":
            read.append(node)
            recent.add(node)
            continue
        before, now = held.pop(node, 0.0), recent
        recent = set()
        if not _is_number(value):
            continue
        amount = value - before
        seen = set(read) if amount else now if node in now else set()
        givers = {k for k in seen if k in held for parent, local in graph.parents[k]
                  if parent == node and math.isclose(local * held[k], amount, rel_tol=1e-9)}  # fmt: skip
        held[node] = value
        if len(givers) == 1:
            yield Handed(givers.pop(), node, amount)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def too_early(handed: Sequence[Handed]) -> tuple[Handed, Handed] | None:
    """The first node that handed on before it had everything: what it handed on, and what it was
    given later."""
    for k, one in enumerate(handed):
        later = next((other for other in handed[k + 1 :] if other.parent == one.node), None)
        if later:
            return one, later
    return None


def told(case: Case, records: Sequence[Record]) -> str:
    """The graph of a case, the order of visits, and the node that handed on too early; "" where
    none did, and where the log holds more than one walk: what is given to a node in the second is no
    fault of the first.

    Parameters
    ----------
    case
        A graph and what was called on it.
    records
        What the calls did.
    """
    graph = case.calls[0].arguments[0]
    logs = [
        record.returned
        for call, record in zip(case.calls, records, strict=True)
        if call.function == "visits"
    ]
    if sum(call.function == 0 for call in case.calls) != 1:
        return ""
    if not isinstance(graph, Graph) or not logs or not _is_log(logs[0], len(graph.values)):
        return ""
    handed = list(handed_on(graph, logs[0]))
    found = too_early(handed)
    if found is None:
        return ""
    one, later = found
    order = list(dict.fromkeys(step.node for step in handed))
    uses = "; ".join(f"{k} uses {' and '.join(str(parent) for parent, _ in parents)}"
                     for k, parents in enumerate(graph.parents) if parents)  # fmt: skip
    return (
        f"The graph of {case.label}: {uses}. Your nodes hand on in the order"
        f" {', '.join(map(str, order))}. Node {one.node} hands {one.amount + 0.0:.4g} on to node"
        f" {one.parent}; after that it is given {later.amount:.4g} more by node {later.node}. Its"
        " turn comes when all nodes that use it have handed on."
    )


def _is_log(log: object, count: int) -> bool:
    """Whether something is a log as the probe writes it: it may have been written by anybody."""
    return isinstance(log, list) and all(
        isinstance(step, list) and len(step) == 2 and type(step[0]) is int and 0 <= step[0] < count
        for step in log
    )
