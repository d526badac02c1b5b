"""The pictures of lesson 2: their mathematics first, then the pictures, without a browser."""

import numpy as np
import pytest

from course import activations
from course.activation_table import PORTRAITS, describe
from course.activations import ACTIVATIONS
from course.gradcheck import numeric_gradient
from course.plots.activation_explorer import MARKS
from course.widgets.activation_explorer import ActivationExplorer, ActivationGallery
from course.widgets.dying_relu import BIASES, ETAS, DyingRelu, ReluRuns, every_run
from course.widgets.vanishing import (
    CHOICES,
    DEEPEST,
    GAINS,
    LANDMARKS,
    VanishingGradients,
    bands,
    flow,
    verdict,
)
from course.widgets.zigzag import START, TARGET, Walk, ZigZag

every_function = pytest.mark.parametrize("title", PORTRAITS)


@every_function
def test_the_slope_of_every_function_is_what_is_measured(title):
    portrait = PORTRAITS[title]
    for alpha in (0.3, 1.0, 2.0) if portrait.alpha is not None else (portrait.alpha,):
        activation = portrait.make(alpha)
        for z in (-3.3, -0.92, -0.2, 0.3, 1.7, 2.7):
            measured = numeric_gradient(lambda v: float(activation.f(v)), z)
            assert activation.f_prime(z) == pytest.approx(measured, abs=1e-9)


@every_function
def test_the_slopes_on_both_sides_of_a_kink_are_what_is_measured_there(title):
    portrait, h = PORTRAITS[title], 1e-6
    for alpha in (0.3, 2.0) if portrait.alpha is not None else (portrait.alpha,):
        f = portrait.make(alpha).f
        for kink in portrait.kinks(alpha):
            if kink.jump:
                assert abs(f(kink.z + h) - f(kink.z - h)) > 0.5
            else:
                assert (f(kink.z) - f(kink.z - h)) / h == pytest.approx(kink.left, abs=1e-5)
                assert (f(kink.z + h) - f(kink.z)) / h == pytest.approx(kink.right, abs=1e-5)


@every_function
def test_every_function_keeps_the_shape_of_z(title):
    activation = PORTRAITS[title].make(PORTRAITS[title].alpha)
    for z in (0.5, np.array(0.5), np.zeros((2, 3))):
        assert np.shape(activation.f(z)) == np.shape(activation.f_prime(z)) == np.shape(z)


def test_elu_has_a_kink_unless_alpha_is_one():
    assert PORTRAITS["ELU"].kinks(1.0) == ()
    assert PORTRAITS["ELU"].kinks(2.0)[0].left == 2.0


def test_nothing_overflows_at_a_thousand():
    with np.errstate(all="raise", under="ignore"):
        assert activations.softplus.f(1000.0) == 1000.0
        assert activations.elu(2.0).f(np.array([-1000.0, 1000.0])) == pytest.approx([-2.0, 1000.0])
        assert activations.elu(2.0).f_prime(np.array([-1000.0, 1000.0])) == pytest.approx(
            [0.0, 1.0]
        )


def test_the_network_still_knows_its_four_activations_only():
    assert sorted(ACTIVATIONS) == ["linear", "logistic", "relu", "tanh"]


def test_a_kink_under_the_cursor_is_reported_with_both_slopes():
    f, _, kink = describe("leaky ReLU", 0.0, 0.2)
    assert (f, kink.left, kink.right) == (0.0, 0.2, 1.0)
    assert describe("tanh", 0.0)[2] is None


# ------------------------------------------------------------------------------ vanishing gradients


def test_the_gradient_of_the_flow_is_what_is_measured():
    chosen, row, depth = flow("tanh"), 14, 3
    rng = np.random.default_rng(2)
    base = rng.normal(size=(DEEPEST, 32, 32)) / np.sqrt(32)
    y0 = rng.normal(size=(6, 32))
    upstream = rng.normal(size=(6, 32))
    upstream /= np.linalg.norm(upstream, axis=1, keepdims=True)

    def end(y, u):
        for W in base[:depth]:
            y = np.tanh(y @ (GAINS[row] * W))
        return u @ y

    sizes = [
        np.sum(numeric_gradient(lambda y: end(y, u), y) ** 2)
        for y, u in zip(y0, upstream, strict=True)
    ]
    assert chosen.path(row, depth)[-1] == pytest.approx(np.sqrt(np.mean(sizes)), rel=1e-6)


@pytest.mark.parametrize("name", CHOICES)
def test_the_gradient_is_one_at_the_output_and_defined_down_to_the_input(name):
    for depth in (1, 7, DEEPEST):
        path = flow(name).path(12, depth)
        assert path.shape == (depth + 1,) and path[0] == 1 and np.all(np.isfinite(path))


def test_a_linear_network_scales_with_the_gain_to_the_power_of_the_depth():
    logs = flow("linear").map()
    assert logs[18] - logs[12] == pytest.approx(
        np.arange(1, DEEPEST + 1) * np.log10(GAINS[18] / GAINS[12])
    )


def test_large_gains_save_twenty_sigmoid_layers_and_small_ones_do_not():
    logs = flow("logistic").map()[:, 19]
    assert np.all(logs[GAINS <= 6] < -3)
    assert np.all(np.abs(logs[(GAINS > 6.3) & (GAINS < 26)]) <= 3)
    alive = np.abs(flow("tanh").map()[:, 19]) <= 3
    assert alive[12] and bands(alive).startswith("0.79 to 3.17")
    assert np.any(np.abs(flow("ReLU").map()[:, 19]) <= 3)


def test_the_landmarks_are_those_of_the_notes():
    assert LANDMARKS["0.25ⁿ"][3] == 0.015625
    assert LANDMARKS["1.2 · 1.3 · 1.4 · …"][3] == pytest.approx(2.184)


def test_the_verdict_names_what_happened():
    assert [verdict(s) for s in (0.0, 1e-9, 0.5, 1e9)] == [
        "gone: exactly 0",
        "vanished",
        "alive",
        "exploded",
    ]


# ------------------------------------------------------------------------------------------ zig-zag


@pytest.mark.parametrize("mean", [1.0, 2.0])
def test_positive_inputs_give_both_gradients_one_sign(mean):
    walk = Walk(mean, 0.1)
    assert walk.all_positive and walk.agreement == 1.0


def test_centred_inputs_agree_in_about_half_of_the_steps():
    assert not Walk(0.0, 0.3).all_positive
    assert 0.25 < Walk(0.0, 0.3).agreement < 0.75


def test_a_step_goes_against_the_measured_gradient_of_one_example():
    walk = Walk(1.0, 0.2, steps=1)
    gradient = numeric_gradient(lambda w: 0.5 * float((w - TARGET) @ walk.X[0]) ** 2, START)
    assert walk.path[1] == pytest.approx(START - 0.2 * gradient, abs=1e-8)


# --------------------------------------------------------------------------------------- dying ReLU


def test_training_never_brings_a_dead_unit_back():
    dead = every_run().dead
    assert not np.any(dead[:-1] & ~dead[1:])


def test_a_higher_rate_and_a_lower_bias_kill_more():
    shares = every_run().shares()[-1].reshape(len(BIASES), len(ETAS))
    zero = BIASES.index(0.0)
    assert shares[zero, 0] == 0 and shares[zero, -1] > 0.4
    assert shares[0, 0] > 0.7 > shares[-1, 0]


def test_a_relu_step_goes_against_the_measured_gradient():
    runs = ReluRuns([0.1], [0.2], steps=1)
    rng = np.random.default_rng(5)
    X, W = rng.normal(size=(60, 2)), rng.normal(size=(2, 30))
    v = rng.normal(size=30) / np.sqrt(30)
    d = np.sin(2 * X[:, 0]) + X[:, 1] / 2
    error = lambda W, b: 0.5 * np.mean((np.maximum(X @ W + b, 0) @ v - d) ** 2)
    b = np.full(30, 0.2)
    assert runs.W[0] == pytest.approx(
        W - 0.1 * numeric_gradient(lambda W: error(W, b), W), abs=1e-8
    )
    assert runs.b[0] == pytest.approx(
        b - 0.1 * numeric_gradient(lambda b: error(W, b), b), abs=1e-8
    )
    assert runs.errors[0, 0] == pytest.approx(error(W, b))


# ----------------------------------------------------------------------------------------- pictures


@pytest.fixture(scope="module")
def pictures():
    return {
        c.__name__: c()
        for c in (ActivationExplorer, ActivationGallery, VanishingGradients, ZigZag, DyingRelu)
    }


def artists(picture):
    return [(ax, len(ax.get_children())) for ax in picture.figure.axes]


NAMES = ("ActivationExplorer", "ActivationGallery", "VanishingGradients", "ZigZag", "DyingRelu")


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_shows_itself_with_and_without_a_browser(pictures, name):
    bundle = pictures[name]._repr_mimebundle_()
    assert bundle["image/png"].startswith("iVBORw0KGgo")
    assert bundle["text/plain"] == pictures[name].text()
    assert "application/vnd.jupyter.widget-view+json" in bundle


def moved(picture, **settings):
    for name, value in settings.items():
        getattr(picture, name).value = value
    return picture.text()


SETTINGS = {
    "ActivationExplorer": [
        (dict(function="ReLU", z=0.0), "slope 0 on the left, 1 on the right"),
        (dict(function="ELU", alpha=2.0, z=0.0), "slope 2 on the left, 1 on the right"),
        (dict(function="sign", z=0.0), "a jump"),
        (dict(function="tanh", z=12.0), "saturated"),
        (dict(function="maxout", z=2.5), "slope 0.2 on the left, 1 on the right"),
    ],
    "VanishingGradients": [
        (dict(activation="logistic", gain=0, depth=30), "vanished"),
        (dict(activation="linear", gain=24, depth=30), "exploded"),
        (dict(activation="ReLU", gain=15, depth=20), "alive"),
        (dict(depth=1), "1 layer,"),
    ],
    "ZigZag": [
        (dict(mean=1.0, eta=0.25, steps=40), "100% of 40 steps"),
        (dict(mean=0.0), "of both signs"),
        (dict(mean=2.0, eta=0.6, steps=60), "diverges"),
        (dict(steps=0), "0 steps"),
    ],
    "DyingRelu": [
        (dict(eta=20.0, bias=0.0), "18 after 60 steps"),
        (dict(bias=-4.0), "24 of 30 units dead before"),
        (dict(moment="before training"), "24 of 30 units dead before"),
    ],
}


@pytest.mark.parametrize("name", SETTINGS)
def test_every_extreme_is_shown_on_one_figure_and_said_in_words(pictures, name):
    picture, seen = pictures[name], set()
    drawn = artists(picture)
    for settings, said in SETTINGS[name]:
        assert said in moved(picture, **settings).replace("−", "-")
        assert len(picture.text().splitlines()) <= picture.lines
        seen.add(picture.png())
    assert len(seen) == len(SETTINGS[name])
    assert artists(picture) == drawn


def test_elu_has_no_kink_where_a_browser_says_that_alpha_is_just_below_one(pictures):
    said = moved(
        pictures["ActivationExplorer"], function="ELU", alpha=np.nextafter(1.0, 0.0), z=0.0
    )
    assert "no derivative" not in said and "slope 1:" in said


def test_the_three_places_of_the_deck_are_one_press_away(pictures):
    explorer = pictures["ActivationExplorer"]
    for button, mark in zip(explorer.jumps, MARKS, strict=True):
        button.click()
        assert explorer.z.value == mark


def test_choosing_a_function_brings_its_usual_parameter(pictures):
    explorer = pictures["ActivationExplorer"]
    explorer.function.value = "tanh"
    assert explorer.alpha.disabled
    explorer.function.value = "leaky ReLU"
    assert not explorer.alpha.disabled and explorer.alpha.value == 0.01
