"""What a verdict says holds for all evidence it speaks of: each test is an answer that once was
told what is not so."""

from __future__ import annotations

import re

import numpy as np
import pytest

from autograder import assess
from autograder.evidence.probe import Raised
from autograder.exercises import find_exercise
from autograder.exercises import two_two_one as lesson
from autograder.judging.plainwords import in_words


def solution(name):
    return find_exercise(name).solution


def in_a_notebook(source, name, **held):
    scope = {"np": np, **held}
    exec(compile(source, "notebook", "exec"), scope)
    return scope[name]


def test_a_gradient_that_is_always_zero_is_called_zero_not_written_down():
    def sigmoid_neuron(w, x):
        f = 1 / (1 + np.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))
        dz = f * 1 - f
        return f, {"w": np.array([x[0], x[1], 1.0]) * dz, "x": w[:2] * dz}

    said = str(assess("chain_rule.sigmoid_neuron", sigmoid_neuron, seed=3))
    assert "Everything is 0, as it is with f * 1 - f." in said
    assert "written into the function" not in said


def test_names_of_the_notebook_in_place_of_arguments_are_named():
    linear = in_a_notebook(
        "def linear(w, x, b):\n    return w*x + b, {'w': dw, 'x': dx, 'b': 1.0}\n",
        "linear",
        dw=5.0,
        dx=-2.0,
    )
    found = assess("chain_rule.linear", linear, seed=3)
    assert "The same ∂f/∂w comes back for different inputs." in found.finding
    assert "`dw` and `dx` are read from the notebook" in found.finding
    computed = in_a_notebook(
        "def linear(w, x, b):\n    dw = 3*x\n    return w*x + b, {'w': dw, 'x': w, 'b': 1.0}\n",
        "linear",
        dw=5.0,
    )
    assert "notebook" not in assess("chain_rule.linear", computed, seed=3).finding


def test_a_gradient_is_called_a_gradient():
    found = assess(
        "chain_rule.staged",
        lambda x, y: (solution("chain_rule.staged")[0](x, y)[0], {"x": 2 * x, "y": 3 * y}),
        seed=3,
    )
    assert "∂f/∂x is" in found.finding
    assert not re.search(r"(?<!∂)\bx is ", found.finding)


def test_independent_quantities_are_not_blamed_on_one_another():
    add, _, larger = solution("chain_rule.gates")
    found = assess("chain_rule.gates", add, lambda a, b, u: (a * b * u, a * b * u), larger, seed=3)
    assert "because of" not in str(found)
    assert "mul_gate: db is wrong as well." in found.finding


def test_what_holds_in_every_case_is_not_said_to_be_otherwise_in_others():
    leaky = solution("activations.leaky_family")
    found = assess(
        "activations.leaky_family", *leaky[:4], lambda z: leaky[4](z) / np.log(10), leaky[5], seed=3
    )
    assert "in every case" in str(found)
    assert "not in every case" not in str(found)


def test_an_array_is_shown_in_the_shape_it_came_in():
    forward_rows = solution("logistic_neuron.to_rows")[0]
    found = assess(
        "logistic_neuron.to_rows", forward_rows, lambda w, b, x: (w.T, b.ravel(), x), seed=3
    )
    row = next(r for r in found.rows if r.name == "to_rows: X")
    assert (row.yours, row.exact) == ("18 numbers, shape (3, 6)", "18 numbers, shape (6, 3)")
    assert "the shape is (3, 6), wanted is (6, 3)" in row.comment


@pytest.mark.parametrize(
    "change", [lambda arrays: arrays[::-1], lambda arrays: [*arrays[:-1], arrays[-1].T]]
)
def test_a_shape_is_held_against_the_one_wanted_of_the_same_array(change):
    forward, backward = solution("two_two_one.layers")
    said = str(assess("two_two_one.layers", forward, lambda *a: change(list(backward(*a))), seed=3))
    pairs = re.findall(r"shape (?:is )?(\(.*?\)), wanted is (\(.*?\))", said)
    assert pairs
    assert all(yours != wanted for yours, wanted in pairs)


def test_one_array_transposed_is_called_the_transpose_in_all_cases():
    forward, backward = solution("two_two_one.layers")
    found = assess(
        "two_two_one.layers", forward, lambda *a: [*backward(*a)[:-1], backward(*a)[-1].T], seed=3
    )
    assert "is the transpose of the right array." in found.finding
    assert "in every case" not in found.finding.partition("transpose")[2].partition(".")[0]
    one = assess(
        "two_two_one.backward", lambda *a: {**(g := lesson.backward(*a)), "W1": g["W1"].T}, seed=3
    )
    assert "Yours is the transpose of the exact one, in every case of the right shape." in str(one)


def test_a_finding_is_never_empty():
    found = assess("mnist.feedforward", lambda *a: solution("mnist.feedforward")[0](*a)[-1], seed=3)
    assert "in other cases" not in found.finding
    assert "number 1 of 3 is the first wrong one: the shape is (2,), wanted is (3, 2)" in str(found)


def test_where_a_call_failed_nothing_came_back_and_no_quantity_is_blamed():
    def gradients(i, target, W1, b1, W2, b2):
        right = solution("mazur.gradients")[0](i, target, W1, b1, W2, b2)
        return {**right, "W1": i.T @ right["b1"]}

    found = assess("mazur.gradients", gradients, seed=3)
    assert all(row.mark == "nothing came back" for row in found.rows if not row.general)
    assert not found.finding.startswith("∂E/∂b2")
    assert "`.T` changes nothing" in str(found)


def test_an_earlier_function_that_is_right_is_not_said_to_have_failed():
    source = (
        "def softmax(Z):\n    E = np.exp(Z - Z.max(axis=1, keepdims=True))\n    return"
        " E/E.sum(axis=1, keepdims=True)\ndef cross_entropy(P, T):\n    return right(P, T)\ndef"
        " cross_entropy_bits(p, q):\n    return 0.3\ndef softmax_regression(X, T, eta, steps):\n   "
        " W = np.zeros((X.shape[1], T.shape[1])); b = np.zeros(T.shape[1])\n    losses = []\n   "
        " for _ in range(steps):\n        D = (softmax(X@W + b) - T)\n        W = W - eta*X.T@D\n  "
        "      b = b - eta*D.sum(axis=0)\n        losses.append(cross_entropy(softmax(X@W + b),"
        " T))\n    return W, b, losses\n"
    )
    regression = in_a_notebook(
        source, "softmax_regression", right=solution("softmax.cross_entropy")[0]
    )
    found = assess("softmax.softmax_regression", regression, seed=3)
    assert not found.passed
    assert "did not pass" not in str(found)


def test_zero_throughout_is_said_only_where_no_case_gives_another_number():
    right = solution("two_two_one.divergence")[0]
    found = assess(
        "two_two_one.divergence", lambda y, d: right(y, d) if np.size(y) == 1 else 0.0, seed=3
    )
    assert "is zero throughout" not in found.finding.replace("it is zero throughout", "")
    assert "Where " in found.finding


def test_equal_looking_numbers_are_shown_until_they_differ():
    right = solution("two_two_one.divergence")[0]
    found = assess("two_two_one.divergence", lambda y, d: right(y, d) * (1 + 3e-5) + 1e-5, seed=3)
    row = next(r for r in found.rows if not r.ok)
    assert row.yours != row.exact


def test_all_numbers_of_a_table_are_of_the_case_it_names():
    add, multiply, _ = solution("chain_rule.gates")
    found = assess(
        "chain_rule.gates",
        add,
        multiply,
        lambda a, b, u: (np.where(a > b, u, 0.0), np.where(b > a, 2 * u, 0.0)),
        seed=3,
    )
    assert "here for" not in str(found)
    scalar = assess("chain_rule.gates", add, lambda a, b, u: (u, u), lambda a, b, u: (u, u), seed=3)
    assert str(scalar).splitlines()[1].startswith("Shown: ")


def test_float32_on_the_way_is_no_mistake():
    def backward(x, d, W1, W2):
        x, W1, W2 = (np.asarray(part, dtype=np.float32) for part in (x, W1, W2))
        return {
            key: np.asarray(value, dtype=float)
            for key, value in lesson.backward(x, d, W1, W2).items()
        }

    assert assess("two_two_one.backward", backward, seed=3).passed


def test_a_large_count_that_is_off_by_one_is_wrong():
    right = solution("mnist.count_parameters")[0]
    assert not assess("mnist.count_parameters", lambda sizes: right(sizes) + 1, seed=3).passed


def test_a_symbol_is_cut_only_at_a_formula_of_its_own():
    from autograder.judging.relations import symbol

    neuron = find_exercise("logistic_neuron.gradients")
    assert symbol(neuron.but(symbols={"a": "a = σ(z)", "l": "J where a = y (0)"}), "a") == "a"
    assert symbol(neuron.but(symbols={"l": "J where a = y (0)"}), "l") == "J where a = y (0)"


@pytest.mark.parametrize(
    ("kind", "message", "line", "word"),
    [
        (
            "ValueError",
            (
                "The truth value of an array with more than one element is ambiguous. Use a.any()"
                " or a.all()"
            ),
            "if z >= 0:",
            "np.where",
        ),
        (
            "ValueError",
            (
                "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc"
                " signature (n?,k),(k,m?)->(n?,m?) (size 3 is different from 2)"
            ),
            "z = x @ W",
            "here they are 2 and 3 long",
        ),
        (
            "ValueError",
            "operands could not be broadcast together with shapes (3,) (4,) ",
            "a + b",
            "from their last axis on",
        ),
        (
            "TypeError",
            "only length-1 arrays can be converted to Python scalars",
            "math.exp(-z)",
            "np.exp",
        ),
        ("TypeError", "unsupported operand type(s) for ^: 'float' and 'int'", "z^2", "`**`"),
        (
            "TypeError",
            "cannot unpack non-iterable NoneType object",
            "z, a = forward(x)",
            "without `return`",
        ),
        (
            "TypeError",
            "unsupported operand type(s) for -: 'NoneType' and 'float'",
            "a - y",
            "without `return`",
        ),
        (
            "ValueError",
            "too many values to unpack (expected 2)",
            "W1, W2 = weights",
            "not as many names as values",
        ),
        (
            "AttributeError",
            "'list' object has no attribute 'argmax'",
            "feedforward(X, weights, biases).argmax(axis=1)",
            "A list is no array and has no `argmax`",
        ),
    ],
)
def test_a_message_that_a_student_cannot_read_is_told_in_words(kind, message, line, word):
    assert word in in_words(Raised(kind, message, f"line 3 of forward: {line}"))


def test_a_message_of_the_students_own_is_left_alone():
    assert in_words(Raised("RuntimeError", "NoneType", "line 3 of f: raise")) == ""


def in_order(output):
    found, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent, _ in node.parents:
                visit(parent)
            found.append(node)

    visit(output)
    return found


def breadth_first(output):
    found = [output]
    for node in found:
        found += [p for p in dict.fromkeys(p for p, _ in node.parents) if p not in found]
    return found


@pytest.mark.parametrize("visits", [in_order, breadth_first])
def test_a_node_that_hands_on_too_early_is_shown_with_the_graph_and_the_order_of_visits(visits):
    def backpropagate(output):
        nodes = visits(output)
        for node in nodes:
            node.grad = 0.0
        output.grad = 1.0
        for node in nodes:
            mine = node.grad
            for parent, local in node.parents:
                parent.grad += local * mine

    found = assess("chain_rule.backpropagate", backpropagate, seed=3).finding
    node, parent, giver = map(
        int, re.search(r"Node (\d+) hands \S+ on to node (\d+); .* by node (\d+)\.", found).groups()
    )
    uses = {
        int(k): [int(p) for p in re.findall(r"\d+", text)]
        for k, text in re.findall(r"(\d+) uses ([\d and]+)", found)
    }
    assert parent in uses[node]
    assert node in uses[giver]
    order = [int(k) for k in re.search(r"in the order ([\d, ]+)\.", found)[1].split(", ")]
    assert order.index(node) < order.index(giver)


def test_of_visits_in_the_right_order_nothing_is_said():
    def backpropagate(output):
        nodes = in_order(output)[::-1]
        for node in nodes:
            node.grad = 0.0
        output.grad = 1.0
        for node in nodes:
            for parent, local in node.parents:
                parent.grad += local + node.grad

    assert "hand on in the order" not in str(
        assess("chain_rule.backpropagate", backpropagate, seed=3)
    )


def with_a_mask(z):
    out = 1 / (1 + np.exp(-np.clip(z, -700, 700)))
    out[z == 0] = 0.5
    return out


def test_what_is_right_for_arrays_and_fails_for_a_number_keeps_what_is_right():
    slope = solution("activations.sigmoid")[1]
    found = assess("activations.sigmoid", with_a_mask, slope, seed=3)
    assert [row.name for row in found.rows if not row.ok] == ["single numbers"]
    assert 0.5 < found.score < 1
    assert "A single number is treated like an array" in str(found)


def test_what_fails_for_arrays_is_not_excused():
    found = assess(
        "activations.sigmoid",
        lambda z: 1 / (1 + np.exp(-z)) if z > -700 else 0.0,
        solution("activations.sigmoid")[1],
        seed=3,
    )
    assert "single numbers" not in [row.name for row in found.rows]
    assert "`np.where(condition, a, b)`" in str(found)
