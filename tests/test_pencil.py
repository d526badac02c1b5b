"""Pencil mode: what is asked, what counts as right, and which slip is named. The JavaScript runs in
node; what it says is computed once more by numpy."""

import math

import numpy as np
import pytest
from in_node import in_node
from pencil_slips import backward_slips, forward_slips, network_slips

from course import examples
from course.activations import ACTIVATIONS
from course.expression import read_formula
from course.graph import GATES, Graph, plus, power, times
from course.network import Network
from course.steps import format_number
from course.widgets import BackpropStepper
from course.widgets.graph_stepper import GraphStepper
from course.widgets.graph_stepper.walk import GraphWalk, as_data

#: The questions of networks: what is asked, and what is said to what was written.
NETWORKS = """(esm, cases) => cases.map(({ net, notation, digits, steps }) => {
  const { values, slopes } = esm.compute(net), ground = { ...net, notation, digits, values, slopes };
  return steps.map(({ step, written }) => {
    const asked = esm.askNetwork(ground, step);
    return asked && { value: asked.value, name: asked.name, hints: asked.hints, terms: asked.terms,
      symbol: asked.symbol, answers: written.map(text => esm.judge(asked, text)) };
  });
})"""
GRAPHS = """(esm, cases) => cases.map(({ nodes, inputs, digits, written }) => {
  const steps = esm.stepsOf(nodes), result = esm.run(nodes, inputs), text = new esm.GraphText(nodes, steps);
  return steps.map((_, k) => esm.askGraph({ nodes, steps, result, text, digits }, k).map(asked => ({
    key: asked.key, value: asked.value, hints: asked.hints, terms: asked.terms, name: asked.name,
    answers: (written[asked.key] ?? []).map(text => esm.judge(asked, text)) })));
})"""
READ = "(esm, texts) => texts.map(text => esm.readSum(text))"
FORMULAS = (
    "(x + y) * z",
    "sigma(w0*x0 + w1*x1 + w2)",
    "x*x + max(x, y)*y",
    "tanh(a*b) - a/b",
    "exp(x) * sin(y) + x",
    "(a + b) * (b + 1) * (b + 1)",
    "log(x*x + 1) / y",
)


def net_of(network, x, d):
    return {
        "sizes": list(network.sizes),
        "activations": [f.name for f in network.activations],
        "weights": [W.tolist() for W in network.weights],
        "biases": network.biases and [b.tolist() for b in network.biases],
        "x": [float(v) for v in x],
        "d": [float(v) for v in d],
    }


def random_network(seed):
    """Numbers of one decimal, as somebody computes with who has a pencil."""
    rng = np.random.default_rng(seed)
    sizes = [int(n) for n in rng.integers(1, 5, size=rng.integers(2, 5))]

    def numbers(*shape):
        return rng.choice([-1, 1], size=shape) * rng.integers(1, 12, size=shape) / 10

    weights = [numbers(*shape) for shape in zip(sizes, sizes[1:])]
    biases = [numbers(n) for n in sizes[1:]] if seed % 2 else None
    names = [str(name) for name in rng.choice(sorted(ACTIVATIONS), size=len(weights))]
    return Network(weights, names, biases), numbers(sizes[0]), numbers(sizes[-1])


def case_of(network, x, d, written, digits=4):
    """A network as the browser has it; `written(trace, step)` is what somebody writes at a step."""
    trace, names = network.backward(x, d), network.notation
    walk = [BackpropStepper._recipe(recipe) for half in network.recipes() for recipe in half]
    notation = {name: getattr(names, name) for name in ("symbols", "labels", "z", "y", "error")}
    steps = [{"step": step, "written": written(trace, step)} for step in walk]
    return {"net": net_of(network, x, d), "notation": notation, "digits": digits, "steps": steps}


def shown(value, digits=4):
    return format_number(float(value), digits)


def agree(a, b, terms=()):
    """Whether two numbers are the same to the four digits shown, as far as rounded factors allow; in
    a sum, as far as rounded terms do."""
    largest = max((abs(math.prod(f["value"] for f in t["factors"])) for t in terms), default=0)
    return abs(a - b) <= 4e-3 * max(abs(a), abs(b)) + 5e-4 * largest * (len(terms) > 1)


def is_rounded(value, right):
    """Whether a number is the right one with fewer digits."""
    return any(value == float(f"{right:.{n}g}") for n in (1, 2, 3))


# ---- what is written


WRITTEN = [
    ("0.9 * -0.31 * 0.5", 0.9 * -0.31 * 0.5),
    ("0.9 × −0.31 · 0,5", 0.9 * -0.31 * 0.5),
    ("0.9 x (−0.31)", 0.9 * -0.31),
    ("0.3*1.1 + -0.4*0.4", 0.17),
    ("(1 - 0.1684²) · −0.1051", (1 - 0.1684**2) * -0.1051),
    ("½ (0.5311 − 1)^2", None),
    ("½ * (0.5311 − 1)^2", 0.5 * (0.5311 - 1) ** 2),
    ("-2^2", -4),
    ("1/(1+exp(-0.1246))", 1 / (1 + math.exp(-0.1246))),
    ("σ(0.1246)", 1 / (1 + math.exp(-0.1246))),
    ("tanh(0.17)", math.tanh(0.17)),
    ("max(2, -3)", 2),
    ("+1.5e-3", 0.0015),
    ("1/0", None),
    ("", None),
    ("2 *", None),
    ("w * 2", None),
    ("(1 - 2", None),
    ("alert(1)", None),
]


def test_numbers_and_products_are_read_as_one_writes_them(tmp_path):
    found = in_node(GraphStepper, READ, [text for text, _ in WRITTEN], tmp_path)
    for (text, value), read in zip(WRITTEN, found, strict=True):
        if value is None:
            assert read.get("problem", "").endswith("."), text
        else:
            assert read["value"] == pytest.approx(value, rel=1e-12), text


# ---- networks


def test_every_number_of_a_walk_is_asked_for_and_numpys_is_right(tmp_path):
    cases, traces = [], []
    for seed in range(60):
        network, x, d = random_network(seed)
        traces.append(network.backward(x, d))

        def written(trace, step):
            exact = trace.values[step["key"]]
            return [shown(exact), repr(float(exact)), shown(exact).replace("-", "−")]

        cases.append(case_of(network, x, d, written))
    asked = 0
    for case, trace, answers in zip(cases, traces, in_node(BackpropStepper, NETWORKS, cases, tmp_path)):  # fmt: skip
        for one, found in zip(case["steps"], answers, strict=True):
            key = one["step"]["key"]
            if found is None:  # the corner of a ReLU
                assert key.startswith("dz") and trace.values[key.replace("dz", "z")] == 0
                continue
            asked += 1
            assert found["value"] == pytest.approx(trace.values[key], rel=1e-9, abs=1e-12)
            assert {answer["kind"] for answer in found["answers"]} == {"right"}, (key, found)
            if found["terms"]:
                total = sum(math.prod(f["value"] for f in t["factors"]) for t in found["terms"])
                assert total == pytest.approx(trace.values[key], rel=1e-9, abs=1e-12)
            assert len(found["hints"]) >= 3 and all(hint.endswith(".") for hint in found["hints"])
    assert asked > 1500


def test_who_computes_with_the_digits_shown_is_right(tmp_path):
    """The numbers of the picture put into the formula: rounding is no mistake."""
    cases = []
    for seed in range(40):
        network, x, d = random_network(seed)
        cases.append(case_of(network, x, d, lambda trace, step: []))
    asked = in_node(BackpropStepper, NETWORKS, cases, tmp_path)
    for case, found in zip(cases, asked):
        for one, question in zip(case["steps"], found):
            if question and question["terms"] and one["step"]["kind"] != "div":
                products = (
                    " * ".join(shown(f["value"]) for f in t["factors"]) for t in question["terms"]
                )
                one["written"] = [" + ".join(products)]
    answers = in_node(BackpropStepper, NETWORKS, cases, tmp_path)
    kinds = [
        a["kind"]
        for found in answers
        for question in found
        if question
        for a in question["answers"]
    ]
    assert len(kinds) > 800 and set(kinds) == {"right"}


def planted(trace, step):
    return [repr(value) for value in network_slips(trace, step).values()]


def test_each_slip_that_is_planted_in_a_network_is_named(tmp_path):
    cases, slips = [], []
    for seed in range(60):
        network, x, d = random_network(seed)
        trace = network.backward(x, d)
        cases.append(case_of(network, x, d, planted))
        slips.append([network_slips(trace, one["step"]) for one in cases[-1]["steps"]])
    named, unsure = set(), 0
    for found, known in zip(in_node(BackpropStepper, NETWORKS, cases, tmp_path), slips):
        for question, possible in zip(found, known):
            if question is None:
                continue
            for (slip, value), answer in zip(possible.items(), question["answers"], strict=True):
                terms = question["terms"]
                if abs(value) < 1e-9 or agree(value, question["value"], terms):
                    continue
                alike = {other for other, v in possible.items() if agree(v, value, terms)}
                if answer["kind"] == "digits":
                    assert is_rounded(value, question["value"])
                    continue
                assert answer["kind"] in ("slip", "several"), (question["name"], slip, answer)
                assert set(answer["slips"]) <= alike
                if answer["kind"] == "slip":
                    named.add(slip.rstrip("0123456789"))
                    assert sum(math.isclose(v, value, rel_tol=1e-9) for v in possible.values()) == 1
                else:
                    unsure += 1
                    assert slip in answer["slips"] and len(alike) > 1
    assert {"without slope", "without weight", "sign", "without upstream", "transposed", "weights of ", "value for slope",
            "without term ", "without input", "slope before", "without half", "the sum"} <= named  # fmt: skip
    assert unsure > 0  # numbers of one decimal do coincide


def test_random_wrong_numbers_in_a_network_get_no_false_claim(tmp_path):
    """2,000 of them, most made of numbers of the same picture, which is where coincidences are."""
    rng, cases, slips, count = np.random.default_rng(7), [], [], 0
    for seed in range(20):
        network, x, d = random_network(100 + seed)
        trace = network.backward(x, d)
        values = [v for v in trace.values.values() if v]

        def written(_trace, _step):
            made = rng.choice(values, size=(5, 2))
            few = rng.choice(values, size=5)
            return [*(shown(a * b) for a, b in made), *(f"{shown(a)} * {shown(b)}" for a, b in made[:2]),
                    *(shown(v) for v in few), shown(rng.normal())]  # fmt: skip

        cases.append(case_of(network, x, d, written))
        slips.append([network_slips(trace, one["step"]) for one in cases[-1]["steps"]])
    claims = 0
    for case, found, known in zip(cases, in_node(BackpropStepper, NETWORKS, cases, tmp_path), slips):  # fmt: skip
        for one, question, possible in zip(case["steps"], found, known):
            for text, answer in zip(one["written"], question["answers"] if question else ()):
                count += 1
                value = math.prod(float(part) for part in text.split("*"))
                if answer["kind"] == "right":
                    assert agree(value, question["value"], question["terms"])
                for slip in answer["slips"]:
                    claims += 1
                    assert agree(value, possible[slip], question["terms"])
    assert count > 2000 and claims > 20


def test_a_coincidence_is_not_taken_for_a_slip(tmp_path):
    """What went in and what unit 1 gives are the same number: who wrote it cannot be known."""
    network = Network([[[0.5]], [[0.5]]], ["linear", "linear"])

    def written(trace, step):
        back = trace.gradients["z2"][0]
        return [repr(float(0.5 * back))] if step["key"] == "dW2[0,0]" else []

    case = case_of(network, [2.0], [3.0], written)
    found = [q for q in in_node(BackpropStepper, NETWORKS, [case], tmp_path)[0] if q["answers"]][0]
    assert found["answers"][0]["kind"] == "several"
    assert "cannot tell" in found["answers"][0]["words"]


def test_the_words_of_the_deck(tmp_path):
    said = {
        "dz2[0]": ["-0.4689", "0.249", "0.2490 * 0.4689", "0.249 * -0.4689", "-0.117", "0.5311 * -0.4689", "0.7"],
        "dW1[0,1]": ["-0.03475", "1.1", "0.4 * -0.03475", "1.1*-0.03503"],
        "dy1[0]": ["-0.1168", "0.9"],
    }  # fmt: skip
    case = case_of(*examples.two_two_one(), lambda trace, step: said.get(step["key"], []))
    found = in_node(BackpropStepper, NETWORKS, [case], tmp_path)[0]
    words = {
        one["step"]["key"]: [answer["words"] for answer in question["answers"]]
        for one, question in zip(case["steps"], found)
        if question["answers"]
    }
    assert words == {
        "dz2[0]": [
            "You have what came back, −0.4689, times nothing: the slope of the logistic function is missing.",
            "You have the slope of the logistic function, 0.249, times nothing: what came back is missing.",
            "You have the right number with its sign turned: the size is right.",
            "Right: −0.1168.",
            "These 3 digits are right. Write the 4 digits that the picture shows.",
            "You have what came back times the output y: the slope of the logistic function belongs there.",
            "Not this number. The sign is wrong, the size is too large.",
        ],
        "dW1[0,1]": [
            "You have what came back, −0.03475, times nothing: what went in is missing.",
            "You have what went in, 1.1, times nothing: what came back is missing.",
            "You have what came back times what input 2 gives: what input 1 gives belongs there.",
            "You have what went in times ∂Div/∂y: the slope of unit 2 is missing.",
        ],
        "dy1[0]": [
            "You have what came back, −0.1168, times nothing: the weight to unit 1 is missing.",
            "You have the weight to unit 1, 0.9, times nothing: what came back is missing.",
        ],
    }  # fmt: skip


# ---- graphs


def random_graph(seed):
    rng, graph = np.random.default_rng(seed), Graph()
    for name in "abc":
        graph.input(name, float(rng.choice([-1, 1]) * rng.integers(1, 25) / 10))
    kinds = [*GATES.values(), plus(1.5), times(-0.25), power(2), power(-1)]
    for _ in range(rng.integers(2, 8)):
        gate = kinds[rng.integers(len(kinds))]
        graph.apply(gate, *(graph.nodes[rng.integers(len(graph.nodes))] for _ in gate.slopes))
    return graph


def graphs():
    for seed in range(100):
        yield random_graph(seed)
    for formula in FORMULAS:
        yield read_formula(formula, {"x": -2.0, "y": 3.0})


def slips_of(walk):
    """For each question of a walk its right number and its slips: key -> (number, slips)."""
    found, place = {}, {node.name: i for i, node in enumerate(walk.graph.nodes)}
    arrived = {}
    for k, step in enumerate(walk.steps):
        if step.phase == "forward":
            node = walk.graph[step.node]
            found[f"{k}"] = node.value, forward_slips(node)
        elif step.phase == "backward":
            for to in dict.fromkeys(share.to for share in step.shares):
                share = [one for one in step.shares if one.to == to]
                slips = backward_slips(walk, step, to, arrived.get(to))
                found[f"{k}:{place[to]}"] = share[-1].total, slips
                arrived[to] = share[-1].total
    return found


def case_of_graph(graph, written):
    walk = GraphWalk(graph)
    inputs = {node.name: node.value for node in graph.inputs}
    return {"nodes": as_data(graph)["nodes"], "inputs": inputs, "digits": 4, "written": written(walk)}  # fmt: skip


def test_every_number_of_a_graph_is_asked_for_and_pythons_is_right(tmp_path):
    def written(walk):
        return {key: [shown(value), repr(float(value))] for key, (value, _) in slips_of(walk).items()}  # fmt: skip

    all_graphs = list(graphs())
    cases, asked = [case_of_graph(graph, written) for graph in all_graphs], 0
    for graph, found in zip(all_graphs, in_node(GraphStepper, GRAPHS, cases, tmp_path)):
        known = slips_of(GraphWalk(graph))
        for question in (one for step in found for one in step):
            if question["key"] not in known:
                assert question["value"] == 1  # the start of the way back
                continue
            asked += 1
            assert question["value"] == pytest.approx(known[question["key"]][0], rel=1e-9, abs=1e-12)  # fmt: skip
            assert {answer["kind"] for answer in question["answers"]} == {"right"}, question
    assert asked > 700


def test_each_slip_that_is_planted_in_a_graph_is_named_and_no_other(tmp_path):
    def written(walk):
        return {key: [repr(v) for v in slips.values()] for key, (_, slips) in slips_of(walk).items()}  # fmt: skip

    all_graphs = list(graphs())
    cases, named = [case_of_graph(graph, written) for graph in all_graphs], set()
    for graph, found in zip(all_graphs, in_node(GraphStepper, GRAPHS, cases, tmp_path)):
        known = slips_of(GraphWalk(graph))
        for question in (one for step in found for one in step):
            right, possible = known.get(question["key"], (1, {}))
            for (slip, value), answer in zip(possible.items(), question["answers"], strict=True):
                terms = question["terms"]
                if not math.isfinite(value) or abs(value) < 1e-9 or agree(value, right, terms):
                    continue
                alike = {other for other, v in possible.items() if agree(v, value, terms)}
                if answer["kind"] == "digits":
                    assert is_rounded(value, right)
                    continue
                assert answer["kind"] in ("slip", "several"), (question["name"], slip, answer)
                assert set(answer["slips"]) <= alike, (question["name"], slip, answer)
                if answer["kind"] == "slip":
                    named.add(slip)
    assert {"without local", "without upstream", "other local", "input for local", "value for local", "sign", "without term 0",
            "subtracted", "added", "multiplied", "input 0", "local"} <= named  # fmt: skip


def test_random_wrong_numbers_in_a_graph_get_no_false_claim(tmp_path):
    rng, all_graphs = np.random.default_rng(3), list(graphs())

    def written(walk):
        values = [n.value for n in walk.graph.nodes] + [n.grad for n in walk.graph.nodes]
        values = [v for v in values if math.isfinite(v) and v and abs(v) < 1e6]
        return {key: [shown(a * b) for a, b in rng.choice(values, size=(4, 2))] for key in slips_of(walk)}  # fmt: skip

    cases, count, claims = [case_of_graph(graph, written) for graph in all_graphs], 0, 0
    for graph, case, found in zip(all_graphs, cases, in_node(GraphStepper, GRAPHS, cases, tmp_path)):  # fmt: skip
        known = slips_of(GraphWalk(graph))
        for question in (one for step in found for one in step):
            for text, answer in zip(case["written"].get(question["key"], ()), question["answers"]):
                count += 1
                for slip in answer["slips"]:
                    claims += 1
                    wrong = known[question["key"]][1][slip]
                    assert agree(float(text), wrong, question["terms"]), (
                        question["name"],
                        text,
                        answer,
                        wrong,
                    )
    assert count > 2000 and claims > 20
