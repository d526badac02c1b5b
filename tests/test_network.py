"""What course.network, its activations, loss and finite differences say about a network."""

import numpy as np
import pytest

from course.activations import ACTIVATIONS, named
from course.examples import mazur, two_two_one
from course.gradcheck import numeric_gradient, relative_error
from course.losses import divergence, divergence_prime
from course.network import Network
from course.steps import format_number


def random_network(seed, sizes=(3, 4, 2, 5), biases=True):
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=shape) for shape in zip(sizes, sizes[1:])]
    activations = list(rng.choice(sorted(ACTIVATIONS), size=len(weights)))
    network = Network(
        weights, activations, [rng.normal(size=n) for n in sizes[1:]] if biases else None
    )
    return network, rng.normal(size=sizes[0]), rng.normal(size=sizes[-1])


def walk(network, x, d):
    trace = network.backward(x, d)
    return trace.forward.steps + trace.steps


# --- the worked examples --------------------------------------------------------------------------


def test_two_two_one_has_the_exact_values_of_the_deck():
    network, x, d = two_two_one()
    trace = network.backward(x, d)
    assert trace.forward.output == pytest.approx([0.5311136481009412], abs=1e-15)
    assert trace.divergence == pytest.approx(0.109927205498604, abs=1e-15)
    assert trace.gradients["z2"] == pytest.approx([-0.11676767827581083], abs=1e-15)
    assert trace.gradients["W2"].ravel() == pytest.approx(
        [-0.019661463791987834, 0.010480808132105874], abs=1e-15
    )
    exact = [
        [-0.11232248983477314, -0.038222891571319285],
        [-0.04084454175809932, -0.013899233298661558],
    ]
    np.testing.assert_allclose(trace.gradients["W1"], exact, atol=1e-15)


def test_mazur_has_the_exact_gradients_of_the_eight_weights():
    network, i, target = mazur()
    trace = network.backward(i, target)
    w = [0.0004385677344743465, 0.000877135468948693, 0.0004977127352608599, 0.0009954254705217198]
    w += [0.08216704056423077, 0.08266762784753325, -0.02260254047747507, -0.022740242215978222]
    # the columns of W1 and W2 are w1 w2, w3 w4, w5 w6, w7 w8
    gradients = [*trace.gradients["W1"].T.ravel(), *trace.gradients["W2"].T.ravel()]
    np.testing.assert_allclose(gradients, w, atol=1e-15)
    assert trace.divergence == pytest.approx(0.2983711087600027, abs=1e-15)


def test_names_bring_the_letters_of_mazurs_example():
    symbols = {step.key: step.symbol for step in walk(*mazur())}
    assert (
        symbols["z1[0]"] == "net_{h1}" and symbols["y2[1]"] == "out_{o2}" and symbols["div"] == "E"
    )
    assert symbols["dW2[1,0]"] == r"\frac{\partial E}{\partial w_6}"


# --- the walk -------------------------------------------------------------------------------------


def test_the_walk_of_two_two_one_takes_the_order_of_the_deck():
    keys = [step.key for step in walk(*two_two_one())]
    assert keys[:7] == ["z1[0]", "z1[1]", "y1[0]", "y1[1]", "z2[0]", "y2[0]", "div"]
    assert keys[7:13] == ["dy2[0]", "dz2[0]", "dy1[0]", "dy1[1]", "dW2[0,0]", "dW2[1,0]"]
    assert keys[13:] == ["dz1[0]", "dz1[1]", "dW1[0,0]", "dW1[0,1]", "dW1[1,0]", "dW1[1,1]"]


@pytest.mark.parametrize("seed", range(3))
def test_a_step_uses_only_what_earlier_steps_computed(seed):
    known = set()
    for step in walk(*random_network(seed)):
        assert set(step.uses) <= known
        known.add(step.key)


@pytest.mark.parametrize("seed", range(3))
def test_every_computed_number_has_exactly_one_step(seed):
    network, x, d = random_network(seed)
    steps = walk(network, x, d)
    values = network.backward(x, d).values
    given = {key for key in values if key[0] in "xWb" or key.startswith("d[")}
    assert sorted(step.key for step in steps) == sorted(set(values) - given)
    assert all(step.value == values[step.key] for step in steps)


@pytest.mark.parametrize("seed", range(4))
def test_the_numbers_put_into_a_formula_give_its_value(seed):
    network, x, d = random_network(seed)
    meaning = {"tanh": np.tanh, "max": max, "e": np.e}
    for step in walk(network, x, d):
        code = (
            step.numbers.replace("^", "**")
            .replace("1/2 ", "1/2 * ")
            .replace("[", "(")
            .replace("]", ")")
        )
        assert eval(code, meaning) == pytest.approx(step.value, rel=2e-4, abs=2e-5), step


def test_a_step_shows_formula_and_numbers_side_by_side():
    step = walk(*two_two_one())[8]
    assert (step.kind, step.layer, step.index) == ("dz", 2, (0,))
    assert (
        step.formula
        == r"y_1^{(2)} \cdot (1 - y_1^{(2)}) \cdot \frac{\partial Div}{\partial y_1^{(2)}}"
    )
    assert step.numbers == "0.531114 * (1 - 0.531114) * (-0.468886)"
    assert step.uses == ("y2[0]", "dy2[0]")


# --- gradients ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("biases", [True, False])
def test_gradients_agree_with_central_differences(seed, biases):
    network, x, d = random_network(seed, biases=biases)
    gradients = network.backward(x, d).gradients
    for name, arrays in (("W", network.weights), ("b", network.biases or [])):
        for k, array in enumerate(arrays):

            def loss(values, k=k, arrays=arrays):
                kept, arrays[k] = arrays[k], values
                result = divergence(network.forward(x).output, d)
                arrays[k] = kept
                return result

            assert gradients[f"{name}{k + 1}"].shape == array.shape
            np.testing.assert_allclose(
                gradients[f"{name}{k + 1}"], numeric_gradient(loss, array), atol=2e-7, rtol=1e-6
            )


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 1, 2)])
def test_numeric_gradient_has_the_shape_of_x_and_leaves_x_alone(shape):
    x = np.random.default_rng(0).normal(size=shape)
    before = x.copy()
    np.testing.assert_allclose(
        numeric_gradient(lambda v: np.sum(v**3), x), 3 * before**2, atol=1e-8
    )
    assert np.array_equal(x, before)


def test_numeric_gradient_takes_a_view_of_every_second_entry():
    x = np.arange(8.0)[::2]
    np.testing.assert_allclose(numeric_gradient(lambda v: np.sum(v**2), x), 2 * x, atol=1e-7)


def test_numeric_gradient_refuses_a_step_of_zero():
    with pytest.raises(ValueError, match="positive"):
        numeric_gradient(np.sum, np.ones(2), h=0)


def test_relative_error_is_small_for_the_same_and_one_for_a_missing_gradient():
    a = np.array([1.0, -2.0])
    assert relative_error(a, a) == 0 and relative_error(0 * a, 0 * a) == 0
    assert relative_error(a, 0 * a) == 1
    with pytest.raises(ValueError, match="shapes"):
        relative_error(a, a[:1])


# --- activations and loss -------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_slope_agrees_with_central_differences(name):
    z = np.array([-3.0, -0.4, 0.7, 2.0])
    numeric = (named(name).f(z + 1e-6) - named(name).f(z - 1e-6)) / 2e-6
    np.testing.assert_allclose(named(name).f_prime(z), numeric, atol=1e-9)


def test_logistic_is_stable_far_out():
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_allclose(named("logistic").f([-1000, 0, 1000]), [0, 0.5, 1], atol=1e-12)
        assert named("logistic").f_prime(np.array([-40.0]))[0] == pytest.approx(
            np.exp(-40), rel=1e-12
        )


def test_half_squared_error_and_its_slope():
    assert divergence([1.0, 3.0], [0.0, 1.0]) == 2.5
    assert divergence_prime([1.0, 3.0], [0.0, 1.0]).tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match=r"\(2,\).*\(1,\)"):
        divergence([1.0, 2.0], [1.0])


# --- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(weights=[], activations=[]), "at least one"),
        (dict(weights=[[1.0, 2.0]], activations=["tanh"]), r"W1 has shape \(2,\)"),
        (
            dict(weights=[np.ones((2, 3)), np.ones((2, 1))], activations=["tanh"] * 2),
            r"\(2, 3\) and W2 has shape \(2, 1\)",
        ),
        (dict(weights=[[[np.nan]]], activations=["tanh"]), "nan or infinite"),
        (dict(weights=[[[1.0]]], activations=["swish"]), "linear, logistic, relu, tanh"),
        (dict(weights=[[[1.0]]], activations="tanh"), "list of 1"),
        (dict(weights=[[[1.0]]], activations=["tanh"], biases=[[1.0, 2.0]]), r"need \[\(1,\)\]"),
        (dict(weights=[[[1.0]]], activations=["tanh"], names=[["a"]]), "layers"),
        (
            dict(weights=[[[1.0]]], activations=["tanh"], names=[["a"], ["b_{"]]),
            "letters and digits",
        ),
    ],
)
def test_a_network_that_does_not_fit_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Network(**arguments)


def test_an_input_of_the_wrong_shape_is_refused():
    network, x, d = two_two_one()
    with pytest.raises(ValueError, match=r"\(3,\).*needs \(2,\)"):
        network.forward([1, 2, 3])
    with pytest.raises(ValueError, match="infinite"):
        network.backward([np.inf, 1], d)


def test_numbers_are_shortened_without_padding():
    values = [0.0, 0.3, -0.0897577847, 1234567.0, 12345.6, 1.5e-7, float("nan"), float("-inf")]
    assert [format_number(v) for v in values] == [
        "0",
        "0.3",
        "-0.08976",
        "1.235e6",
        "12346",
        "1.5e-7",
        "nan",
        "-inf",
    ]
