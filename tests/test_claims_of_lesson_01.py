"""What lesson 1 says in its own sentences, computed again."""

import re

import numpy as np
import pytest
from lesson_printed import lesson

from course.expression import read_formula
from course.graph import sigmoid_neuron
from course.widgets.difference_curve import SUBJECTS, DifferenceErrors
from course.widgets.graph_stepper.graph_stepper import FIRST_OWN
from course.widgets.paths_and_edges import PathCounts


def sigma(z):
    return 1 / (1 + np.exp(-z))


def walked(graph):
    graph.walk()
    return graph


def numbers(said):
    return [float(number) for number in re.findall(r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?", said)]


def test_a_slope_of_the_sigmoid_rounds_to_a_fifth_on_two_stretches_and_nowhere_else():
    z = np.linspace(-8, 8, 160_001)
    rounds = np.abs(sigma(z) * (1 - sigma(z)) - 0.2) < 0.005
    ends = z[1:][np.diff(rounds.astype(int)) != 0]
    assert ends == pytest.approx([-1.018, -0.906, 0.906, 1.018], abs=1e-3)
    said = lesson("01").printed("inha003.neuron.dot_implied_by_0.20")
    assert said.strip().endswith("from 0.906 to 1.018, and from -1.018 to -0.906")


def test_three_gates_of_the_neuron_change_the_sign_and_three_change_nothing():
    graph = walked(sigmoid_neuron())
    way, node = [], graph["w0"]
    while node is not graph.output:
        gate = next(n for n in graph.nodes if n.gate and any(p is node for p, _ in n.parents))
        way.append(node.grad / gate.grad)  # what the gate does to the gradient
        node = gate
    assert len(way) == 7
    assert sum(factor < 0 for factor in way) == 3
    assert sum(factor == 1 for factor in way) == 3


def test_a_large_bias_stops_the_gradient_at_the_exp_gate():
    graph = walked(sigmoid_neuron(w=(2.0, -3.0, 10.0)))
    chain = [node.grad for node in graph.nodes if node.gate][-4:]
    assert chain[-1] == 1 and chain[-2] == pytest.approx(-1, abs=1e-5)
    assert chain[-3] == pytest.approx(-1, abs=1e-5) and abs(chain[-4]) < 1e-6
    assert np.exp(-14) == pytest.approx(8e-7, rel=0.05)


def test_in_the_own_formula_y_gets_its_gradient_from_two_gates():
    graph = read_formula(FIRST_OWN, {"x": -2.0, "y": 3.0})
    graph.walk()
    assert graph["y"].grad == 3 + 3


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_tenth_of_the_step_leaves_a_hundredth_or_a_tenth_of_the_error(subject):
    errors = DifferenceErrors(subject)
    at = {h: k for k, h in enumerate(np.round(np.log10(10.0 ** (np.arange(-64, 1) / 4)), 2))}
    central, one = errors.errors["central"], errors.errors["one-sided"]
    assert central[at[-1.0]] / central[at[-2.0]] == pytest.approx(100, rel=0.1)
    assert one[at[-2.0]] / one[at[-3.0]] == pytest.approx(10, rel=0.1)
    assert 2e-6 < errors.best("central") < 2e-5 and 2e-9 < errors.best("one-sided") < 3e-8
    assert 2e-3 < errors.best("central, float32") < 1e-2


def test_paths_and_edges_part_at_depth_three_and_depth_is_the_exponent():
    doubled = PathCounts("doubled edges")
    assert [doubled.paths(d) - doubled.edges(d) for d in (1, 2)] == [0, 0]
    assert (doubled.paths(3), doubled.edges(3)) == (8, 6)
    assert (doubled.paths(10), doubled.edges(10)) == (1024, 20)
    for name, width in (("layers of 2", 2), ("layers of 3", 3)):
        assert PathCounts(name).paths(7) == width**7


def test_two_large_paths_cancel_where_the_lesson_says():
    w = lesson("01").truths["01.cancel"]
    assert w == pytest.approx(-1.8726, abs=1e-4)
    formula = "h = tanh(a*x); k = tanh(b*x); u*h + w*k"
    graph = read_formula(formula, {"a": 1, "b": 2, "x": 0.5, "u": 2, "w": w})
    graph.walk()
    assert graph["x"].grad == pytest.approx(0, abs=1e-12)
    assert graph["u"].grad > 0.4 and graph["w"].grad > 0.7
    x = np.linspace(-4, 4, 160_000)  # the slope is 0 here and at the mirror image, nowhere else
    slope = 2 * (1 - np.tanh(x) ** 2) + 2 * w * (1 - np.tanh(2 * x) ** 2)
    assert x[1:][np.diff(np.sign(slope)) != 0] == pytest.approx([-0.5, 0.5], abs=1e-3)
    moved = numbers(lesson("01").printed("def f_of(x, w"))[4:]
    assert moved[3] / moved[1] == pytest.approx(100, rel=0.05)
    assert moved[5] / moved[3] == pytest.approx(100, rel=0.15)


def test_the_promise_of_a_gradient_is_kept_by_small_steps_and_broken_by_large_ones():
    rows = np.array(numbers(lesson("01").printed("promised = -eta"))).reshape(4, 3)
    eta, promised, real = rows.T
    assert abs(promised[0] / real[0] - 1) < 0.01
    loss = lesson("01").names["loss_at"](lesson("01").names["numbers"])
    assert eta[-1] == 100 and -promised[-1] > loss > -real[-1]
    steps = np.array(numbers(lesson("01").printed("for step in range(21)"))).reshape(5, 2)
    assert np.all(np.diff(steps[:, 1]) < 0)


def test_who_wins_the_race_depends_on_which_end_is_wide():
    rows = np.array(numbers(lesson("01").printed("tanh_network(sizes, np"))).reshape(3, 7)
    inputs, outputs, passes_back, back, passes_on, on, apart = np.abs(rows).T
    assert list(zip(inputs, outputs, strict=True)) == [(20, 1), (5, 5), (1, 20)]
    assert list(passes_back) == [1, 5, 20] and list(passes_on) == [20, 5, 1]
    assert list(back) == [410, 1300, 4400] and list(on) == [4400, 1300, 410]
    assert np.all(apart < 1e-12)
    assert lesson("01").truths["01.turned"] == "forward"


def test_a_wrong_local_derivative_of_the_logarithm_hides_at_one_only():
    names = lesson("01").names
    Node, test_gate = names["Node"], names["test_gate"]
    wrong = lambda node: Node(np.log(node.value), [(node, node.value)])
    apart = []
    for value in (0.2, 1.0, 5.0):
        x = Node(value)
        (engine,) = names["grads"](x * wrong(x), x)
        apart.append(abs(engine - (np.log(value) + 1)))
    assert apart[1] < 1e-12 and min(apart[0], apart[2]) > 0.1
    said = lesson("01").printed("def test_gate")
    assert len(said.splitlines()) == 5 and all(error < 1e-7 for error in numbers(said)[3::4])
    assert test_gate.__doc__


def test_a_tenth_of_the_nudge_leaves_a_hundredth_of_the_gap():
    rows = np.array(numbers(lesson("01").printed("moved, promised"))).reshape(3, 4)
    gaps = rows[:, -1]
    assert gaps[:-1] / gaps[1:] == pytest.approx([100, 100], rel=0.04)


def test_with_a_large_x_the_best_step_is_larger():
    off = lambda x, h: abs(((x + h) ** 3 - (x - h) ** 3) / (2 * h) / (3 * x**2) - 1)
    assert off(1e6, 1e-5) > 1e-6 and off(1e6, 10.0) < 1e-9


def test_the_planted_slip_loses_one_path_of_y():
    path = numbers(lesson("01").printed("to_num, to_den = ").splitlines()[-1])[-1]
    names, point = lesson("01").names, (3.0, -4.0)
    sy, (_, right) = sigma(point[1]), names["broken_staged"](*point)
    den = sigma(point[0]) + sum(point) ** 2
    assert path == pytest.approx(1.583, abs=5e-4)
    assert right["y"] - sy * (1 - sy) / den == pytest.approx(path, abs=1e-6)


def test_no_cell_but_an_exercise_is_longer_than_a_screen():
    assert [
        source.splitlines()[0]
        for source, _ in lesson("01").cells
        if len(source.splitlines()) > 25 and "### BEGIN SOLUTION" not in source
    ] == []
