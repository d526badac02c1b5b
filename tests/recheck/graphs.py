"""What is said of a graph and the order of visits, held against the log of reads and changes of
``.grad``.
"""

from __future__ import annotations

import re
from math import isclose

from autograder.evidence.inputs import Graph
from recheck.facts import Facts
from recheck.printed import NUMBER, prints

STORY = re.compile(
    r"The graph of (?P<label>.+?): (?P<uses>\d[^.]*)\. Your nodes hand on in the order "
    r"(?P<order>[\d, ]+)\. "
    rf"Node (?P<node>\d+) hands (?P<amount>{NUMBER}) on to node (?P<parent>\d+); after that "
    rf"it is given (?P<more>{NUMBER}) more by "
    r"node (?P<giver>\d+)\. Its turn comes when all nodes that use it have handed on\."
)


def story_is_so(facts: Facts, found: re.Match) -> str:
    """Why what is said of a graph is not so; "" where it is."""
    cases = [k for k, case in enumerate(facts.cases) if case.label == found["label"]]
    wrong = [_in_case(facts, k, found) for k in cases]
    return "" if "" in wrong else (wrong or [f"no case is called {found['label']}"])[0]


def _in_case(facts: Facts, case: int, found: re.Match) -> str:
    graph = facts.cases[case].calls[0].arguments[0]
    if not isinstance(graph, Graph):
        return "the case has no graph"
    if sum(call.function == 0 for call in facts.cases[case].calls) != 1:
        return "two walks are in one log: what comes after may be of the second"
    uses = "; ".join(
        f"{k} uses {' and '.join(str(p) for p, _ in parents)}"
        for k, parents in enumerate(graph.parents)
        if parents
    )
    if uses != found["uses"]:
        return f"the graph is {uses}"
    logs = [
        record.returned
        for call, record in zip(
            facts.cases[case].calls, facts.evidence.observations[case], strict=True
        )
        if call.function == "visits"
    ]
    products = _products(graph, logs[0]) if logs else []
    node, parent, giver = (int(found[name]) for name in ("node", "parent", "giver"))
    if parent not in dict(graph.parents[node]) or node not in dict(graph.parents[giver]):
        return "these nodes are not joined so"
    early = [
        k
        for k, (_, to, amount, givers) in enumerate(products)
        if to == parent and node in givers and prints(found["amount"], amount, (4,))
    ]
    late = [
        k
        for k, (_, to, amount, givers) in enumerate(products)
        if to == node and giver in givers and prints(found["more"], amount, (4,))
    ]
    if not early or not late or early[0] >= late[-1]:
        return f"node {node} hands on at {early}, is given at {late} of {products}"
    at = -1
    for text in found["order"].split(", "):
        at = next((k for k in range(at + 1, len(products)) if int(text) in products[k][3]), None)
        if at is None:
            return f"the order {found['order']} is not that of {products}"
    return ""


def _products(graph: Graph, log: list) -> list[tuple[int, int, float, set[int]]]:
    """Every change of a gradient: when, of which node, by how much, and who may have given that."""
    grads = {k: v for k, v in enumerate(graph.grads) if type(v) in (int, float)}
    found = []
    for step, (node, value) in enumerate(log):
        if value == "read":
            continue
        amount = value - grads.pop(node, 0.0) if type(value) in (int, float) else None
        if amount is not None:
            givers = {
                k
                for k, parents in enumerate(graph.parents)
                for parent, local in parents
                if parent == node and k in grads and isclose(local * grads[k], amount, rel_tol=1e-6)
            }
            grads[node] = value
            found.append((step, node, amount, givers))
    return found
