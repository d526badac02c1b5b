"""The pictures of lesson 8: the race, the signal through depth, the graph of batch normalisation,
bias and variance."""

import numpy as np
import pytest

from course.gradcheck import numeric_gradient, relative_error
from course.widgets.batchnorm_graph import STOPS, BatchNormGraph, Walk
from course.widgets.bias_and_variance import (
    GRID,
    NOISE,
    BiasAndVariance,
    Experiment,
    diagnosis,
    experiment,
    hidden,
    truth,
)
from course.widgets.optimiser_race import LANDSCAPES, RULES, OptimiserRace, Race, best_etas, run
from course.widgets.signal_through_depth import ACTIVATIONS, DEVIATIONS, Depth, SignalThroughDepth

# ---- the race


@pytest.mark.parametrize("name", LANDSCAPES)
def test_the_gradient_of_a_landscape_is_its_slope_and_vanishes_at_the_lowest_points(name):
    land = LANDSCAPES[name]
    for point in np.random.default_rng(0).uniform(-1.5, 1.5, (3, 2)):
        assert np.array(land.gradient(*point)) == pytest.approx(
            numeric_gradient(lambda p: land.f(*p), point), abs=1e-6
        )
    for goal in land.goals:
        assert np.allclose(land.gradient(*goal), 0)
        assert land.f(*goal) == land.f(*land.goals[0])


def test_gradient_descent_shrinks_each_direction_of_the_valley_by_its_own_factor():
    path = Race("valley", dict.fromkeys(RULES, 0.06)).paths["gradient descent"]
    expected = (
        np.array([-2.0, 1.2]) * np.array([1 - 0.06 * 0.2, 1 - 0.06 * 20]) ** np.arange(121)[:, None]
    )
    assert path == pytest.approx(expected, abs=1e-12)


def test_turning_the_valley_changes_nothing_for_momentum_and_much_for_adam():
    straight, turned = (
        Race(name, dict.fromkeys(RULES, 0.06)) for name in ("valley", "turned valley")
    )
    for rule in ("gradient descent", "momentum"):
        assert turned.losses[rule][-1] == pytest.approx(straight.losses[rule][-1], rel=0.05)
    assert turned.losses["Adam"][-1] > 1000 * straight.losses["Adam"][-1]


def test_the_first_step_of_adam_moves_every_parameter_by_eta():
    first = np.diff(Race("valley", dict.fromkeys(RULES, 0.03)).paths["Adam"], axis=0)[0]
    assert np.abs(first) == pytest.approx([0.03, 0.03], rel=1e-6)


def test_speed_is_the_length_of_each_step():
    race = Race("bend", dict.fromkeys(RULES, 0.01), noise=1.0, steps=30)
    for rule in RULES:
        assert race.lengths[rule] == pytest.approx(
            np.linalg.norm(np.diff(race.paths[rule], axis=0), axis=1)
        )


def test_its_best_learning_rate_serves_a_runner_at_least_as_well_as_any_shared_one():
    own = Race("bend", best_etas("bend", 0.0))
    for eta in np.geomspace(1e-3, 1, 61)[::10]:
        shared = Race("bend", dict.fromkeys(RULES, eta))
        assert all(
            np.mean(own.losses[rule][-10:]) <= np.mean(shared.losses[rule][-10:]) for rule in RULES
        )


def test_a_runner_that_diverges_stays_finite_and_is_said_to_have_left():
    race = Race("valley", dict.fromkeys(RULES, 1.0))
    assert np.isfinite(race.losses["gradient descent"]).all()
    assert race.lost("gradient descent") is not None and race.lost("Adam") is None
    said = [line for line in race.describe(120).split("\n") if "diverged" in line]
    assert {line.split("η")[0].strip() for line in said} == {"gradient descent", "momentum"}
    assert "diverged" not in race.describe(0)


def test_several_learning_rates_are_walked_at_once_as_they_are_one_by_one():
    land, noise = LANDSCAPES["saddle"], np.zeros((20, 2))
    together = run(land, RULES["RMSprop"], np.array([0.01, 0.1]), noise)
    assert np.array_equal(together[:, 1], run(land, RULES["RMSprop"], np.array([0.1]), noise)[:, 0])


# ---- signal through depth


@pytest.mark.parametrize("batchnorm", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_gradients_of_the_stack_are_those_that_are_measured(activation, batchnorm):
    seeded = {"layers": 3, "batchnorm": batchnorm, "width": 4, "batch": 5, "seed": 3}
    network = Depth("He", activation, **seeded)
    rng = np.random.default_rng(3)
    x, top = rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
    weights = [DEVIATIONS["He"](4) * rng.normal(size=(4, 4)) for _ in range(3)]

    def loss(a):
        for W in weights:
            z = a @ W
            if batchnorm:
                z = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + 1e-8)
            a = ACTIVATIONS[activation][0](z)
        return np.sum(top * a)

    assert relative_error(network.gradients[0], numeric_gradient(loss, x)) < 1e-5


def test_tiny_weights_lose_the_signal_and_he_keeps_it_in_a_deep_relu_stack():
    tiny, he = (
        Depth(start, "ReLU", 30, batchnorm=False).sizes() for start in ("N(0, 0.01²)", "He")
    )
    assert tiny[0][-1] < 1e-20 and tiny[1][0] < 1e-20
    assert 0.05 < he[0][-1] / he[0][0] < 20 and 0.05 < he[1][0] < 20


def test_xavier_loses_half_of_the_variance_at_every_relu_layer():
    up, _ = Depth("Xavier", "ReLU", 20, batchnorm=False, width=256, batch=64).sizes()
    he, _ = Depth("He", "ReLU", 20, batchnorm=False, width=256, batch=64).sizes()
    assert up / he == pytest.approx(0.5 ** (np.arange(1, 21) / 2))


def test_with_batch_normalisation_the_scale_of_the_start_does_not_matter():
    sizes = [Depth(start, "tanh", 15, batchnorm=True).sizes() for start in DEVIATIONS]
    for up, down in sizes[1:]:
        assert up == pytest.approx(sizes[0][0], rel=1e-2)
        assert down == pytest.approx(sizes[0][1], rel=1e-2)


# ---- the graph of batch normalisation


def test_every_gradient_of_the_walk_is_the_one_that_is_measured():
    rng = np.random.default_rng(1)
    z, g, gamma, beta, eps = rng.normal(size=4), rng.normal(size=4), 1.7, 0.3, 0.1
    walk = Walk(z, g, gamma, beta, eps)
    from_c = lambda c: np.sum(g * (gamma * c / np.sqrt(np.mean(c**2) + eps) + beta))
    v, s, c = walk.values["v"], walk.values["s"], walk.values["c"]
    rest_of_the_way = {
        "out": (lambda out: np.sum(g * out), walk.values["out"]),
        "γ, β": (lambda p: np.sum(g * (p[0] * c / s + p[1])), walk.values["γ, β"]),
        "ẑ": (lambda z_hat: np.sum(g * gamma * z_hat), walk.values["ẑ"]),
        "s": (lambda s: np.sum(g * gamma * c / s), s),
        "v": (lambda v: np.sum(g * gamma * c / np.sqrt(v + eps)), v),
        "c": (from_c, c),
        "μ": (lambda mu: from_c(z - mu), walk.values["μ"]),
        "z": (lambda z: from_c(z - z.mean()), z),
    }
    assert rest_of_the_way.keys() == walk.gradients.keys() == {stop.node for stop in STOPS}
    for node, (f, at) in rest_of_the_way.items():
        assert walk.gradients[node] == pytest.approx(numeric_gradient(f, at), abs=1e-8), node


def test_what_the_normalisation_does_not_notice_gets_no_gradient():
    walk = Walk([1.0, 2.0, 6.0], [0.5, -0.2, 0.1], 1.5, 0.5, 0.0)
    assert np.sum(walk.gradients["z"]) == pytest.approx(0, abs=1e-15)
    assert np.sum(walk.gradients["z"] * walk.values["ẑ"]) == pytest.approx(0, abs=1e-15)


def test_the_walk_back_shows_one_gradient_more_at_each_step():
    picture = BatchNormGraph()
    lines = set()
    for steps in range(len(STOPS) + 1):
        picture.steps.value = steps
        assert picture.text().count("= ?") == len(STOPS) - steps
        lines.add(picture.text().count("\n"))
    assert len(lines) == 1


# ---- bias and variance


def test_the_output_layer_is_at_the_lowest_point_of_squares_and_decay():
    e = Experiment(3, 10, 0.5, runs=4)
    rng = np.random.default_rng(5)
    x = rng.uniform(-1, 1, (4, 10))
    y = truth(x) + NOISE * rng.normal(size=(4, 10))
    assert np.array_equal(e.x, x) and np.array_equal(e.y, y)
    H, w = hidden(x, 3), np.linalg.lstsq(hidden(GRID, 3), e.fits.T, rcond=None)[0].T
    slope = numeric_gradient(
        lambda w: np.sum((y - np.einsum("rnh,rh->rn", H, w)) ** 2) + 0.5 * np.sum(w[:, :-1] ** 2), w
    )
    assert np.abs(slope).max() < 1e-5


def test_validation_error_is_bias_and_variance_and_noise():
    e = Experiment(4, 48, 0.1, runs=400)
    mean_error = np.mean((e.fits - truth(GRID)) ** 2) + NOISE**2
    assert mean_error == pytest.approx(e.bias2 + e.variance + NOISE**2, rel=1e-9)


def test_more_data_lowers_the_variance_and_not_the_bias_of_a_narrow_network():
    few, many = Experiment(2, 32, 0.01, runs=200), Experiment(2, 256, 0.01, runs=200)
    assert many.bias2 == pytest.approx(few.bias2, rel=0.3)
    assert many.variance < few.variance
    assert many.validation - many.train < 0.3 * (few.validation - few.train)


def test_a_wider_network_trades_bias_for_variance():
    narrow, wide = experiment(2, 24, 1e-4), experiment(24, 24, 1e-4)
    assert narrow.bias2 > wide.bias2 and narrow.variance < wide.variance
    assert wide.train < narrow.train
    assert "High bias" in diagnosis(narrow) and "High variance" in diagnosis(wide)


def test_with_as_many_weights_as_examples_the_training_error_can_vanish():
    assert experiment(48, 8, 1e-6).train < 1e-4 < NOISE**2 < experiment(48, 8, 1e-6).validation


# ---- all pictures


PICTURES = {
    "race": (
        OptimiserRace,
        {
            "landscape": list(LANDSCAPES),
            "mode": ["each its best", "one for all"],
            "noise": [0.0, 3.0],
            "eta": [1e-3, 1.0],
            "step": [0, 120],
        },
    ),
    "depth": (
        SignalThroughDepth,
        {
            "start": list(DEVIATIONS),
            "activation": list(ACTIVATIONS),
            "layers": [2, 40],
            "batchnorm": [True, False],
        },
    ),
    "graph": (BatchNormGraph, {"steps": list(range(len(STOPS) + 1))}),
    "bias": (BiasAndVariance, {"width": [1, 48], "size": [4, 256], "decay": [1e-6, 10.0]}),
}


@pytest.fixture(scope="module")
def pictures():
    return {name: kind() for name, (kind, _) in PICTURES.items()}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_shows_itself_with_and_without_a_browser(pictures, name):
    bundle = pictures[name]._repr_mimebundle_()
    assert bundle["image/png"].startswith("iVBORw0KGgo")
    assert len(bundle["text/plain"].split("\n")) >= 5
    assert "application/vnd.jupyter.widget-view+json" in bundle


@pytest.mark.parametrize("name", PICTURES)
def test_every_setting_moves_the_artists_of_one_figure_and_the_output_keeps_its_height(
    pictures, name
):
    picture = pictures[name]
    figure, drawn = picture.figure, [len(ax.get_children()) for ax in picture.figure.axes]
    heights = {picture.text().count("\n")}
    for control, values in PICTURES[name][1].items():
        seen = set()
        for value in values:
            getattr(picture, control).value = value
            seen.add((picture.png(), picture.text()))
            heights.add(picture.text().count("\n"))
        assert len(seen) == len(values), control
    assert picture.figure is figure
    assert [len(ax.get_children()) for ax in figure.axes] == drawn
    assert len(heights) == 1
