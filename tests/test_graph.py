"""The scalar computation graph, and formulas read into it."""

import numpy as np
import pytest

from course import graph as circuits
from course.expression import FormulaError, read_formula
from course.graph import (
    GATES,
    Graph,
    ladder,
    linear,
    plus,
    power,
    product_of_sum,
    sigmoid_neuron,
    times,
)

ONE_INPUT = {**{name: gate for name, gate in GATES.items() if len(gate.slopes) == 1},
             "plus": plus(-2.5), "times": times(-3.0), "square": power(2), "cube root": power(1 / 3)}  # fmt: skip
TWO_INPUTS = {name: gate for name, gate in GATES.items() if len(gate.slopes) == 2}


def measured(f, x, h=1e-6):
    return (f(x + h) - f(x - h)) / (2 * h)


@pytest.mark.parametrize("gate", ONE_INPUT.values(), ids=ONE_INPUT)
@pytest.mark.parametrize("x", [0.3, 1.7])
def test_the_local_derivative_of_a_gate_is_the_slope_of_its_value(gate, x):
    assert gate.local(x) == pytest.approx((measured(gate.value, x),), rel=1e-7)


@pytest.mark.parametrize("gate", TWO_INPUTS.values(), ids=TWO_INPUTS)
@pytest.mark.parametrize(("a", "b"), [(0.7, -1.9), (2.4, 1.3)])
def test_a_gate_with_two_inputs_has_two_local_derivatives(gate, a, b):
    wanted = measured(lambda v: gate.value(v, b), a), measured(lambda v: gate.value(a, v), b)
    assert gate.local(a, b) == pytest.approx(wanted, rel=1e-7)


def test_a_max_gate_serves_one_input_even_at_a_tie():
    assert sum(GATES["max"].local(1.5, 1.5)) == 1


@pytest.mark.parametrize(
    ("circuit", "value", "gradients"),
    [
        (linear, -7, {"w": 5, "x": -2, "b": 1, "g": 1, "f": 1}),
        (product_of_sum, -12, {"x": -4, "y": -4, "z": 3, "q": -4, "f": 1}),
        (sigmoid_neuron, 0.7310585786300049, {"w0": -0.19661193324148185, "x0": 0.3932238664829637, "w1": -0.3932238664829637,
                                              "x1": -0.5898357997244456, "w2": 0.19661193324148185, "d": -0.534446645388523}),
    ],
    ids=["linear", "product_of_sum", "sigmoid_neuron"],
)  # fmt: skip
def test_the_decks_circuits_give_their_values_and_gradients(circuit, value, gradients):
    graph = circuit()
    graph.walk()
    assert graph.output.value == pytest.approx(value, rel=1e-14)
    assert {name: graph[name].grad for name in gradients} == pytest.approx(gradients, rel=1e-13)


def random_graph(seed):
    """Inputs, then gates of all kinds on nodes drawn at random, repeated ones included."""
    rng = np.random.default_rng(seed)
    graph = Graph()
    for k in range(4):
        graph.input(f"i{k}", rng.uniform(0.5, 1.5))
    kinds = ["add", "sub", "mul", "max", "tanh", "sin", "sigma", "mul", "add"]
    for _ in range(12):
        gate = kinds[rng.integers(len(kinds))]
        graph.apply(
            gate,
            *(graph.nodes[k] for k in rng.integers(len(graph.nodes), size=len(GATES[gate].slopes))),
        )
    return graph


@pytest.mark.parametrize("seed", range(8))
def test_gradients_agree_with_finite_differences_on_random_graphs(seed):
    graph = random_graph(seed)
    graph.walk()
    found = {node.name: node.grad for node in graph.inputs}
    for node in graph.inputs:
        start = node.value

        def output(value, node=node):
            node.value = value
            graph.forward()
            return graph.output.value

        assert found[node.name] == pytest.approx(measured(output, start), abs=1e-6)
        node.value = start


def test_a_value_that_is_used_twice_gets_both_gradients():
    graph = Graph()
    a = graph.input("a", 3.0)
    graph.apply("add", a, a)
    graph.backward()
    assert a.grad == 2


def test_without_a_reset_a_second_backward_gives_three_instead_of_one():
    graph = Graph()
    a = graph.input("a", 1.0)
    graph.apply(plus(0.0), graph.apply(plus(0.0), a))
    graph.backward()
    assert a.grad == 1
    graph.backward()
    assert a.grad == 3
    graph.reset()
    graph.backward()
    assert a.grad == 1


def test_nodes_that_the_output_does_not_depend_on_are_left_alone():
    graph = linear()
    graph["f"].grad = 7.0
    graph.backward(graph["g"])
    assert graph["f"].grad == 7.0
    assert graph["b"].grad == 0.0
    assert graph["w"].grad == 5.0


def test_the_steps_go_forward_start_at_the_output_and_come_back_one_gate_at_a_time():
    steps = product_of_sum().walk()
    assert [(step.phase, step.node) for step in steps] == [
        ("forward", "q"), ("forward", "f"), ("start", "f"), ("backward", "f"), ("backward", "q")]  # fmt: skip
    to_q, to_z = steps[3].shares
    assert (to_q.to, to_q.slope, to_q.local, to_q.upstream, to_q.product) == ("q", "z", -4, 1, -4)
    assert (to_z.to, to_z.slope, to_z.local) == ("z", "q", 3)
    assert steps[0].formula == "x + y"


def test_a_share_knows_what_it_adds_up_to():
    graph = read_formula("x*x", {"x": 3.0})
    first, second = graph.walk()[-1].shares
    assert (first.product, first.total, second.product, second.total) == (3, 3, 3, 6)


def test_a_ladder_of_sixty_doubled_edges_has_two_to_the_sixty_paths_and_120_edges():
    graph = ladder(60)
    graph.backward()
    assert graph.count_paths()["x0"] == 2**60
    assert graph.count_edges() == 120
    assert graph["x0"].grad == 2.0**60


def test_paths_are_counted_from_each_node_to_the_output():
    graph = read_formula("q = x + y; f = q*z + q", {})
    assert graph.count_paths() == {"x": 2, "y": 2, "q": 2, "z": 1, "v1": 1, "f": 1}
    assert graph.count_edges() == 6


def test_overflow_and_division_by_zero_show_as_infinite_without_a_warning(recwarn):
    graph = read_formula("exp(x) / y", {"x": 1000.0, "y": 0.0})
    graph.walk()
    assert graph.output.value == np.inf
    assert not recwarn


def test_two_nodes_cannot_share_a_name():
    graph = linear()
    with pytest.raises(ValueError, match="both be called w"):
        graph.input("w", 1.0)
    with pytest.raises(KeyError, match="no node is called 'q'; there are w, x, b, g, f"):
        graph["q"]


# ---- formulas


@pytest.mark.parametrize(
    "text",
    ["(x + y) * z", "x**2 - 3*y + 0.5", "max(x, y) / (1 + exp(-z))", "q = x*y\ns = q + q\nf = s*z", "2 - x", "2 / x", "1/x", "x / 4",
     "-(x - y)", "tanh(x) * sin(y) + cos(z) + log(x) + sigma(y) + relu(z)", "x^3", "(2 + 3) * x", "+x * y"],
)  # fmt: skip
def test_a_formula_has_the_value_that_python_gives_it(text):
    values = {"x": 1.25, "y": 0.5, "z": -2.0}
    names = {"exp": np.exp, "log": np.log, "tanh": np.tanh, "sin": np.sin, "cos": np.cos, "max": max,
             "sigma": lambda a: 1 / (1 + np.exp(-a)), "relu": lambda a: max(a, 0.0), **values}  # fmt: skip
    *before, last = text.replace("^", "**").split("\n")
    exec("\n".join(before), names)
    wanted = eval(last.partition("=")[2].strip() or last, names)
    assert read_formula(text, values).output.value == pytest.approx(wanted, rel=1e-14)


def test_values_on_the_way_can_be_named_and_inputs_left_out_are_one():
    graph = read_formula("q = x + y; f = q * z", {"x": 4.0})
    assert [node.name for node in graph.inputs] == ["x", "y", "z"]
    assert graph["q"].value == 5.0
    assert graph.output.name == "f"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x +", "cannot be read"), ("", "no gate"), ("x", "no gate"), ("3 + 4", "depends on nothing"), ("import os", "name = expression"),
        ("x.real + 1", "not understood"), ("__import__('os').system('ls')", "not understood"), ("x if y else z", "not understood"),
        ("x ** y", "exponent is a number"), ("exp(x, y)", "takes 1 argument"), ("exp(2) * x", "plain number"), ("x / 0", "divides by 0"),
        ("9**9**9 * x", "cannot be computed"), ("(-2)**0.5 * x", "not real"), ("f * f", "two meanings"), ("q = x*y; q = x", "two meanings"),
        ("x*y + v1", "called"), ("x" * 3000, "longer"), ("-" * 1900 + "x", "nested too deeply"),
    ],
)  # fmt: skip
def test_what_is_no_formula_is_refused_in_words(text, said):
    with pytest.raises(FormulaError, match=said):
        read_formula(text)


def test_the_three_circuits_are_the_same_when_read_from_text():
    texts = {"linear": "g = w*x; f = g + b", "product_of_sum": "q = x + y; f = q*z",
             "sigmoid_neuron": "p0 = w0*x0; p1 = w1*x1; s = p0 + p1; z = s + w2; m = -z; e = exp(m); d = e + 1; f = 1/d"}  # fmt: skip
    for name, text in texts.items():
        made = getattr(circuits, name)()
        read = read_formula(text, {node.name: node.value for node in made.inputs})
        made.walk(), read.walk()
        assert {n.name: (n.formula, n.value, n.grad) for n in read.nodes} == {
            n.name: (n.formula, n.value, n.grad) for n in made.nodes
        }
