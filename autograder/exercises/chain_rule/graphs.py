"""Reverse mode on any graph: `backpropagate`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograder.evidence.deadline import TookTooLong
from autograder.exercises.chain_rule.solutions import backpropagate, backpropagate_forwards, order
from autograder.exercises.chain_rule.visits import told
from autograder.exercises.exercise import Call, Case, Graph, Ref, exercise

# -------------------------------------------------------------------------------------------- cases

FIRST, LATER, HELD, LADDER = (
    "grad",
    "grad after an earlier call",
    "grad, whatever it held before",
    "grad with 2⁶⁰ paths",
)


def graph_case(label, rng, parents, outputs=None, row=FIRST, held=None, values=None):
    """A case on one graph: `outputs` are called one after the other, then every `.grad` that holds
    a number is read."""
    count = len(parents)
    low, high = (0.5, 1.6) if count < 20 else (0.97, 1.03)  # long products stay of a size
    locals_ = [
        tuple((p, float(rng.uniform(low, high) * rng.choice([-1, 1]))) for p in ps)
        for ps in parents
    ]
    outputs, held = outputs or [count - 1], held or [0.0] * count
    return built_case(label, rng, locals_, outputs, row, held, values)


def built_case(label, rng, parents, outputs, row, held, values=None):
    """A case that builds a graph, calls `backpropagate` on each output, and reads the gradients
    that matter."""
    values = rng.normal(size=len(parents)) if values is None else values
    nodes = Graph(tuple(float(v) for v in values), tuple(parents), tuple(held))
    reached, todo = set(), list(outputs)
    while todo:
        k = todo.pop()
        reached.add(k)
        todo += [p for p, _ in parents[k] if p not in reached]
    every = max(1, len(parents) // 40)  # of a long chain some nodes tell enough
    read = [
        Ref(0, (k,))
        for k in range(0, len(parents), every)
        if k in reached or isinstance(held[k], float)
    ]
    calls = [Call(0, (Ref(0, (k,)),)) for k in outputs]
    return Case(
        label,
        (Call("build", (nodes,)), *calls, Call("visits", (Ref(0),)), Call("grads", (read,), row)),
    )


CHAIN = [(), *((k,) for k in range(399))]

SHORTCUT = [(), (0,), (1,), (2, 1), (3,), (1, 4)]  # short and long ways from node 1 to the output

NET = [(), (), (), (0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (6, 7, 3), (8, 2)]

TWO_ENDS = [(), (), (0, 1), (2, 0), (2, 1), (3, 3)]  # nodes 4 and 5 both depend on node 2


def draw_graphs(rng):
    """Diamonds, repeated parents, equal values, a chain of 400 nodes, a ladder of 60 doubled edges,
    second calls."""
    from_zero = lambda label, parents, *more: graph_case(label, rng, parents, *more)
    junk = [7.5, None, "old", -3.0, 1e300, True, [1.0], 2.0, None, "0"]
    doubled = [()] + [
        tuple((k, local) for local in (u, 1.02 - u))
        for k, u in enumerate(rng.uniform(0.3, 0.7, 60).tolist())
    ]
    return [
        from_zero("a diamond", [(), (0,), (0,), (1, 2)]),
        from_zero("a short and a long path that meet", SHORTCUT),
        from_zero("a node used twice by one gate", [(), (), (0, 0), (2, 1, 2)]),
        from_zero("a graph of ten nodes", NET),
        from_zero("nodes of equal value", NET, None, FIRST, None, [2, 3, 2, 3, 2, 1, 1, 2, 3, 2]),
        from_zero("nodes that all hold 0", SHORTCUT, None, FIRST, None, [0] * 6),
        from_zero("an output that is an input", [(), ()], [0]),
        from_zero("a chain of 400 nodes", CHAIN),
        from_zero("the same output twice", NET, [9, 9], LATER),
        from_zero("first one output, then another", TWO_ENDS, [5, 4], LATER),
        from_zero("an output, then a node on its way", NET, [9, 6], LATER),
        from_zero("ten nodes with something in .grad", NET, [9], HELD, junk),
        from_zero(
            "a node the output does not depend on",
            TWO_ENDS,
            [4],
            HELD,
            [None, "old", 4.0, -2.5, 9.0, 7.25],
        ),
        built_case("a ladder of 60 doubled edges", rng, doubled, [60], LADDER, [0.0] * 61),
    ]


# ---------------------------------------------------------------------------------- what goes wrong


def backpropagate_with(
    nodes=lambda output: order(output)[::-1],
    reset: bool | Callable[[Any], bool] = True,
    seed=lambda output: 1.0,
    add=True,
    share=lambda local, node: local * node.grad,
    edges=lambda node: node.parents,
):
    """Backpropagation with one thing replaced: the order, the start, adding up, an edge's share,
    the edges."""

    def of(output):
        walk = nodes(output)
        for node in filter(reset if callable(reset) else lambda node: reset, walk):
            node.grad = 0.0
        output.grad = seed(output)
        for node in walk:
            for parent, local in edges(node):
                parent.grad = (parent.grad if add else 0.0) + share(local, node)

    return of


def breadth_first(output):
    """The nodes below an output in the order in which they are met, level by level: no order for
    gradients."""
    found = [output]
    for node in found:
        found += [p for p in dict.fromkeys(p for p, _ in node.parents) if p not in found]
    return found


def first_visits(output):
    """The nodes below an output in the order in which a walk into the depth first meets them."""
    found, todo = [], [output]
    while todo:
        node = todo.pop()
        if node not in found:
            found.append(node)
            todo += [p for p, _ in reversed(node.parents)]
    return found


def by_value(output):
    """Nodes in order, but of those with one value only the first."""
    done, seen, stack = [], {output.value}, [(output, iter(output.parents))]
    while stack:
        node, parents = stack[-1]
        following = next((p for p, _ in parents if p.value not in seen), None)
        if following is None:
            done.append(node)
            stack.pop()
        else:
            seen.add(following.value)
            stack.append((following, iter(following.parents)))
    return done[::-1]


def unmarked(output):
    """Nodes in order, but those that an earlier call marked are left out."""
    walk = [node for node in order(output)[::-1] if not hasattr(node, "mark")]
    for node in walk:
        node.mark = True
    return walk


PATIENCE = 2_000  # visits after which a walk over all paths is called one that takes too long


def path_walker(pass_on_total):
    """Visit parents once for every path. With `pass_on_total` each visit sends on all that has
    arrived so far."""

    def of(output):
        for node in order(output):
            node.grad = 0.0
        visits = 0

        def visit(node, arrived):
            nonlocal visits
            visits += 1
            if visits > PATIENCE:
                raise TookTooLong
            for parent, local in node.parents:
                share = local * (node.grad if pass_on_total else arrived)
                parent.grad += share
                visit(parent, share)

        output.grad = 1.0
        visit(output, 1.0)

    return of


# ----------------------------------------------------------------------------------------- exercise

BACKPROPAGATE = exercise(
    "chain_rule.backpropagate",
    "backpropagate(output) -> None",
    points=4,
    section="Backpropagation",
    solution=backpropagate,
    oracle=backpropagate_forwards,
    results="nothing",
    draw=draw_graphs,
    story=told,
    symbols={
        FIRST: "∂output/∂node",
        LATER: "… after an earlier call",
        HELD: "… whatever .grad held before",
        LADDER: "… with 2⁶⁰ paths",
    },
    misconceptions=(
        (
            "= where += belongs",
            (
                "A node that is used more than once gets a gradient from every use, and they add"
                " up. You wrote over the earlier ones: parent.grad += local * node.grad. (For a + a"
                " you find 1; it is 2.)"
            ),
            backpropagate_with(add=False),
        ),
        (
            "gradients not reset",
            (
                "You add to what was in .grad before. After a second call the old gradients are"
                " still inside: a chain of two gates gives 1 the first time and 3 the second. Set"
                " .grad of every node to 0 first."
            ),
            backpropagate_with(reset=False),
        ),
        (
            "inputs not reset",
            (
                "You set .grad to 0 only where a node has parents. The inputs have none, and keep"
                " what an earlier call has left: set it to 0 of every node below the output."
            ),
            backpropagate_with(reset=lambda node: bool(node.parents)),
        ),
        (
            "upstream gradient forgotten",
            (
                "You added up the local derivatives alone. The chain rule multiplies each by the"
                " gradient of the node it leads to: local * node.grad."
            ),
            backpropagate_with(share=lambda local, node: local),
        ),
        (
            "value in place of the gradient",
            (
                "You multiplied the local derivative by node.value. What comes from above is"
                " node.grad."
            ),
            backpropagate_with(share=lambda local, node: local * node.value),
        ),
        (
            "started with the value",
            (
                "You started with output.grad = output.value. Nudge the output and it moves just as"
                " much: ∂output/∂output = 1."
            ),
            backpropagate_with(seed=lambda output: output.value),
        ),
        (
            "never started",
            "Everything is 0 because output.grad is. ∂output/∂output = 1.",
            backpropagate_with(seed=lambda output: 0.0),
        ),
        (
            "from the inputs to the output",
            (
                "Only the output's own parents have a gradient; what they depend on has 0. So it"
                " comes out when the nodes are taken in the order of the forward pass: at a node's"
                " turn nothing has arrived yet. Go through that order in reverse, the output first."
            ),
            backpropagate_with(order),
        ),
        (
            "nodes told apart by their value",
            (
                "Two nodes may hold the same number and still be two nodes. You kept one of each"
                " value. Remember the nodes themselves (a set of nodes, or id(node)), not"
                " node.value."
            ),
            backpropagate_with(by_value),
        ),
        (
            "a node passed on too early",
            (
                "You went breadth first. Where a short and a long path meet, the node hands its"
                " gradient on before the long path has delivered. A node's turn comes when all"
                " nodes that use it are done: go through them in reverse topological order."
            ),
            backpropagate_with(breadth_first),
        ),
        (
            "passed on at the first visit",
            (
                "You go depth first and let a node hand its gradient on when it is first reached."
                " Other paths to it have not delivered yet. A node's turn comes when all nodes that"
                " use it are done: collect the nodes first, each behind its parents, then go"
                " through them in reverse."
            ),
            backpropagate_with(first_visits),
        ),
        (
            "a repeated parent counted once",
            (
                "A gate may use the same node twice, as a · a does; then .parents lists it twice,"
                " and both count. A dictionary or a set of parents keeps only one of them."
            ),
            backpropagate_with(edges=lambda node: dict(node.parents).items()),
        ),
        (
            "marks left over",
            (
                "Your marks of visited nodes are still there at the next call, so it skips them."
                " Keep them in a set that is made anew in every call."
            ),
            backpropagate_with(unmarked),
        ),
        (
            "every path walked",
            (
                "You follow each path by itself. That is the right sum, but a ladder of 60 doubled"
                " edges has 2⁶⁰ paths. Wait until a node has its whole gradient, and then pass it"
                " on once: 120 edges, 120 products."
            ),
            path_walker(False),
        ),
        (
            "passed on at every arrival",
            (
                "Each time something arrives at a node you send on all that it holds so far, so the"
                " first arrivals are sent on again and again. Wait until all have arrived, then"
                " pass the total on once."
            ),
            path_walker(True),
        ),
    ),
    hints=(
        (
            "Two parts. First an order in which each node comes before its parents; then one loop"
            " over it that adds to each parent."
        ),
        (
            "Depth first: visit a node's parents, then append the node. Read backwards, where does"
            " this list start? Before the walk: what must each .grad hold, and what the output's?"
        ),
        (
            "On f = (x + y)z at -2, 5, -4, with q = x + y = 3: f.grad = 1 first. f hands q -4·1 ="
            " -4 and z 3·1 = 3. q is used by nothing else, so -4 is all it gets, and it hands x"
            " 1·(-4) and y 1·(-4). Were q used twice, it would wait for both."
        ),
    ),
)
