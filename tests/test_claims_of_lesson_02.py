"""What lesson 2 says in its own sentences, computed again."""

import contextlib
import io
import re

import numpy as np
import pytest
from lesson_printed import lesson

from autograder.exercises import find_exercise
from course import activations
from course.gradcheck import numeric_gradient, relative_error
from course.widgets.activation_race import ETAS, FIELD, Runs, rings, runs, winner
from course.widgets.dying_relu import BIASES, UNITS, every_run
from course.widgets.dying_relu import ETAS as RATES
from course.widgets.folds import Folds, Hinges, X, tent
from course.widgets.unit_map import UnitMap, on_map
from course.widgets.vanishing import VanishingGradients
from course.widgets.zigzag import START, TARGET, Walk
from course.zigzag import steps_needed


def numbers(said):
    return [float(number) for number in re.findall(r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?", said)]


def put(picture, **settings):
    for name, value in settings.items():
        getattr(picture, name).value = value
    return picture.text()


def test_the_sigmoid_and_tanh_get_flat_where_the_answers_say():
    z = np.linspace(0, 10, 100_001)
    slope, steep = activations.logistic.f_prime(z), activations.tanh.f_prime(z)
    assert z[np.argmax(slope < 0.025)] == pytest.approx(3.6, abs=0.05)
    assert z[np.argmax(slope < 0.01)] == pytest.approx(4.6, abs=0.05)
    assert z[np.argmax(steep < 0.01)] == pytest.approx(3.0, abs=0.05)


def test_floats_reach_the_ends_that_the_sigmoid_does_not():
    assert list(activations.logistic.f(np.array([-1000.0, 1000.0]))) == [0, 1]


def test_the_slope_of_cross_entropy_takes_the_flat_end_of_the_sigmoid_away():
    z = np.array([-5.0, -10.0, -20.0])
    a = activations.logistic.f(z)
    assert -1 / a * activations.logistic.f_prime(z) == pytest.approx(-1, abs=0.01)
    assert np.all(activations.logistic.f_prime(z) < 0.01)


def test_positive_inputs_are_a_handicap_and_no_law():
    walks = {mean: Walk(mean, 0.25, 40) for mean in (0.0, 1.0)}
    length = {m: np.sum(np.linalg.norm(np.diff(w.path, axis=0), axis=1)) for m, w in walks.items()}
    assert (length[0.0], length[1.0]) == pytest.approx((4.7, 11.0), abs=0.06)
    assert np.linalg.norm(TARGET - START) == pytest.approx(3.8, abs=0.05)
    assert (TARGET - START)[0] > 0 > (TARGET - START)[1] and walks[0.0].agreement == 0.5
    steps = lesson("02").names["steps"]
    middle = np.median(steps, axis=0)
    assert 1.3 < middle[1] / middle[0] < 2.2 and 4.5 < middle[2] / middle[0] < 6
    assert 6 <= np.sum(steps[:, 1] <= steps[:, 0]) <= 10  # of 40


@pytest.mark.parametrize(("mean", "order"), [(0.0, 3), (1.0, 3), (1.0, 8)])
def test_the_steps_needed_are_those_of_the_walk(mean, order):
    there = [
        np.linalg.norm(Walk(mean, eta, 300, order).path[:300] - TARGET, axis=1) < 0.05
        for eta in (0.1, 0.25)
    ]
    first = [np.argmax(each) if each.any() else 300 for each in there]
    assert steps_needed(mean, order, (0.1, 0.25)) == min(first) < 300


# -------------------------------------------------------------------------------------------- folds


def test_three_units_build_the_tent_and_linear_ones_a_line():
    three = Hinges([-1, 0, 1], [1, -2, 1])
    assert three(X) == pytest.approx(tent(X)) and list(three.slopes()) == [0, 1, -1, 0]
    line = Hinges([-1, 0, 1, 2], [1, -2, 1, 3], linear=True)
    assert np.diff(line(X), 2) == pytest.approx(0, abs=1e-12) and len(line.folds()) == 0


def test_a_fold_is_where_the_slope_changes_and_two_can_cancel():
    rng = np.random.default_rng(1)
    at, bends = np.array([-2.0, -1.0, 0.5, 1.0, 2.0]), rng.normal(size=5)
    net = Hinges(at, bends)
    between = np.concatenate([[-2.5], (at[1:] + at[:-1]) / 2, [2.5]])
    measured = [float(numeric_gradient(lambda v: net(np.array([float(v)]))[0], z)) for z in between]
    assert measured == pytest.approx(list(net.slopes()))
    assert list(Hinges([0, 1, 1], [1, 2, -2]).folds()) == [0]
    assert lesson("02").truths["02.folds"] == 6


def test_every_unit_keeps_its_numbers_while_others_are_dragged():
    picture = Folds(3)
    put(picture, chosen=2, at=0.0, bend=-2.0)
    put(picture, chosen=1, at=-1.0, bend=1.0)
    assert "That is the tent" in put(picture, chosen=3, at=1.0, bend=1.0)
    assert (picture.hinges.at.tolist(), picture.hinges.bends.tolist()) == ([-1, 0, 1], [1, -2, 1])
    assert "has no fold" in put(picture, kind="linear")


# ---------------------------------------------------------------------------------- save the sigmoid


def test_the_answers_below_the_map_of_gains_are_what_it_says():
    picture = VanishingGradients()
    said = picture.text()
    assert "multiplies by 0.226" in said and "6.35 to 25.40, 32.00 to 64.00" in said
    assert "0.89 to 2.83." in put(picture, activation="tanh", depth=30)
    assert "1.26 to 1.78." in put(picture, activation="ReLU")
    assert "1.12 to 2.00." in put(picture, depth=20)
    assert "0.79 to 1.41." in put(picture, activation="linear", depth=20)


def test_a_saved_sigmoid_is_alive_and_uneven_where_tanh_is_even():
    text = lesson("02").printed("def carried")
    rows = [numbers(line) for line in text.splitlines()[1:]]
    (gain, low, middle, high, flat), tanh = rows[2], rows[-1]
    assert gain == 16 and 0.65 < flat / 100 < 0.75 and 1e-3 < middle < 1e3
    assert low < 0.02 and high > 10 and tanh[4] == 0
    assert (tanh[1], tanh[3]) == pytest.approx((0.33, 2.8), rel=0.03)
    assert rows[0][2] < 1e-12 and rows[1][2] < 1e-3  # gains 1 and 6
    slopes = lesson("02").names["carried"](activations.tanh.f, activations.tanh.f_prime, 1.4)[1]
    assert np.mean(slopes < 0.01) == pytest.approx(0.002, abs=5e-4)


def test_no_positive_weight_saves_a_chain_of_single_sigmoids():
    z = np.linspace(0, 50, 50_001)
    assert np.max(z * (1 - activations.logistic.f(z))) < 0.28
    said = lesson("02").printed("factors for -5.5")
    factors = numbers(said.replace("-5.5", ""))[:20]
    assert factors[:2] == [-0.31, -1.34] and factors[-2:] == [-0.79, -1.10]
    assert np.prod(factors) == pytest.approx(0.04, abs=0.005)
    last = lesson("02").printed("for w in (0.5, 1, 2, 4, 8, 16, -5.5)").splitlines()[-1]
    assert "-5.5" in last and last.endswith("ReLU 0.0e+00") and -5.5 * 0.5 == -2.75


def test_nor_do_positive_weights_that_differ():
    rng = np.random.default_rng(0)
    largest = 0.0
    for _ in range(300):
        w, y, product, rest, z = np.exp(rng.normal(scale=2, size=20)), 0.5, 1.0, 1.0, 0.0
        for weight in w:
            z = weight * y
            y = activations.logistic.f(z)
            product *= weight * y * (1 - y)
            rest *= z * (1 - y)
        assert product == pytest.approx(y / 0.5 * rest, rel=1e-9)
        largest = max(largest, product)
    assert largest < 2 * 0.28**20 < 2e-11


def test_a_slope_is_measured_and_at_a_kink_the_mean_of_both_is():
    said = lesson("02").printed("relative_error(slope(z), measured)").splitlines()
    assert len(said) == 4 and all(numbers(line)[-1] < 1e-9 for line in said)
    assert numeric_gradient(lambda z: max(0.0, float(z)), 0.0) == pytest.approx(0.5)


def test_what_is_caused_and_cured_is_what_was_asked_for():
    said = lesson("02").printed('examine("vanish"')
    assert said.count("    yes: ") == 4 and "not yet" not in said
    examine, small = (
        lesson("02").names["examine"],
        (np.full(20, 0.1), np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    )
    with contextlib.redirect_stdout(io.StringIO()) as heard:
        examine("vanish", lambda: small, 0, 1e-9, least=1)
        examine("unwritten", _not_written, 0, 1)
    assert (
        "not yet: 1.0e-20" in heard.getvalue() and "unwritten: not written yet" in heard.getvalue()
    )


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ((np.ones(18), lambda z: max(0.0, z), lambda z: float(z > 0)), "20 weights are wanted"),
        ((np.ones(10), np.tanh, lambda z: 1 - np.tanh(z) ** 2), "20 weights are wanted"),
        ((np.ones(20), np.tanh, lambda z: 1.0), "f_prime is not the slope of f"),
    ],
)
def test_a_chain_that_is_not_what_was_asked_for_is_told_so(made, said):
    with contextlib.redirect_stdout(io.StringIO()) as heard:
        lesson("02").names["examine"]("cured", lambda: made, 0.1, 10)
    assert said in heard.getvalue() and "yes" not in heard.getvalue()


def _not_written():
    raise NotImplementedError


def test_the_last_hint_of_the_planted_slip_names_the_ratio():
    weights = (0.5, 1.5, -1.2, 0.8)
    assert weights[2] / weights[3] == pytest.approx(-1.5)
    assert "−1.5" in find_exercise("activations.break_it").hints[-1]


# --------------------------------------------------------------------------------------- dying units


def test_the_answers_about_dying_units_are_what_the_runs_say():
    dead = every_run().dead.sum(axis=-1).reshape(-1, len(BIASES), len(RATES))
    zero = dead[:, BIASES.index(0.0)]
    assert dict(zip(RATES, zero[-1].tolist(), strict=True)) == {
        0.1: 0, 0.3: 0, 1.0: 0, 3.0: 1, 5.0: 4, 10.0: 8, 20.0: 18,
    }  # fmt: skip
    assert np.array_equal(zero[8], zero[-1])
    start = dead[0, :, 0]
    biases = (1.0, 0.0, -1.0, -2.0, -4.0)
    assert [start[BIASES.index(bias)] for bias in biases] == [0, 0, 3, 12, 24]
    counted = numbers(lesson("02").printed("of 200 units are dead"))[1::3]
    assert counted[:2] == [0, 0] and np.all(np.diff(counted[1:]) > 0)


def test_a_dead_unit_is_an_empty_column_of_the_map():
    rng = np.random.default_rng(3)
    X, W, b = rng.normal(size=(9, 2)), rng.normal(size=(2, 6)), rng.normal(size=6) - 2
    on = on_map(W, b, X)
    Z = X @ W + b
    assert sorted(on.sum(axis=0)) == sorted((Z > 0).sum(axis=0))
    assert np.all(np.diff(on.sum(axis=0)) <= 0)
    picture = UnitMap()
    assert np.sum(~picture.map().any(axis=0)) == 8 and picture.map().shape == (60, UNITS)
    assert "0 of 60 rows are empty" in picture.text()
    assert "58 of 60 rows are empty" in put(picture, eta=0.1, bias=-4.0)
    assert "2 columns are full" in put(picture, bias=1.0)
    picture = UnitMap(eta=10.0, bias=0.0)
    after = picture.map().sum(axis=0)
    assert (np.sum(after > 0), np.sum((after > 0) & (after <= 13)), after.max()) == (22, 17, 47)
    picture.moment.value = "before training"
    before = picture.map().sum(axis=0)
    assert (before.min(), before.max()) == (19, 41)


# ---------------------------------------------------------------------------------------------- race


def test_a_step_of_the_race_goes_against_the_measured_gradient():
    one = Runs(FIELD["tanh"].f, FIELD["tanh"].f_prime, etas=(1.0,), seeds=1, steps=0)
    _, dW, db = one._backward(FIELD["tanh"].f, FIELD["tanh"].f_prime)
    X, t = rings()

    def loss(W, k):
        y = X
        for layer, (kept, b) in enumerate(zip(one.W, one.b, strict=True)):
            z = y @ (W if layer == k else kept[0]) + b[0]
            y = np.tanh(z)
        p = activations.logistic.f(z)
        return float(-np.mean(t * np.log(p) + (1 - t) * np.log(1 - p)))

    for k, gradient in enumerate(dW):
        measured = numeric_gradient(lambda W, k=k: loss(W, k), one.W[k][0])
        assert relative_error(gradient[0], measured) < 1e-6
    assert one.losses[0, 0, 0] == pytest.approx(loss(one.W[0][0], 0))


def test_four_are_about_equal_and_three_far_behind():
    end = {name: runs(name).median(runs(name).best)[-1] for name in FIELD}
    first = ("ELU", "leaky ReLU", "ReLU", "tanh")
    assert winner() in first
    assert 0.001 < min(end[n] for n in first) and max(end[n] for n in first) < 0.0026
    seeds = {name: runs(name).losses[-1, runs(name).best] for name in (*first, "softplus")}
    ends = lambda *names: (min(seeds[n].min() for n in names), max(seeds[n].max() for n in names))
    assert ends("ELU", "leaky ReLU", "ReLU") == pytest.approx((0.0008, 0.0024), abs=5e-5)
    assert ends("tanh")[0] == pytest.approx(0.001, rel=0.06) and ends("tanh")[1] > 0.1
    assert ends("softplus")[0] == pytest.approx(0.0019, rel=0.03)
    assert ends("softplus")[0] < end["tanh"]
    assert (end["softplus"], end["logistic"], end["linear"]) == pytest.approx(
        (0.02, 0.48, 0.65), rel=0.06
    )
    last, third = ({name: seeds[name][k] for name in first} for k in (4, 2))
    assert last["tanh"] < last["ELU"] and third["tanh"] > 0.1 > 10 * max(
        third[n] for n in first[:3]
    )
    for name in first:
        best, losses = runs(name).best, np.median(runs(name).losses[-1], axis=1)
        assert 1.3 < losses[best - 1] / losses[best] < 8.5
        assert losses[best + 1] >= 0.45
    steady = np.median(runs("linear").losses[-1], axis=1)[: ETAS.index(1.0)]
    assert steady == pytest.approx(0.65, abs=0.005)


def test_the_logistic_needs_more_steps_and_each_its_own_gain(monkeypatch):
    more = Runs(FIELD["logistic"].f, FIELD["logistic"].f_prime, etas=(3.0,), steps=1000)
    assert ETAS[runs("logistic").best] == 3.0
    assert more.median(0)[-1] == pytest.approx(0.0007, abs=5e-5)
    assert more.losses[-1, 0].max() < 0.002 and more.losses.shape[-1] == 5
    start = Runs._start
    scaled = staticmethod(lambda rng: [4 / np.sqrt(2) * W for W in start(rng)])
    monkeypatch.setattr(Runs, "_start", scaled)
    for name, end, within in (
        ("tanh", 0.0016, 0.15),
        ("logistic", 0.04, 0.03),
        ("ReLU", 0.10, 0.03),
    ):
        wide = Runs(FIELD[name].f, FIELD[name].f_prime)
        assert wide.median(wide.best)[-1] == pytest.approx(end, rel=within)


def test_the_model_of_an_own_activation_is_what_its_answer_says():
    mine = lesson("02").names["mine"]
    z = np.linspace(-8, 8, 16_001)
    lowest = z[np.argmin(mine[0](z))]
    assert lowest == pytest.approx(-1.28, abs=0.01) and -0.28 < mine[0](lowest) < -0.27
    said = numbers(lesson("02").printed("through 20 layers").split("examples:")[1])
    size = dict(zip(said[::2], said[1::2], strict=True))
    assert size[1.4] == pytest.approx(0.002, abs=5e-4) and size[2.0] == pytest.approx(570, rel=0.02)
    sizes = lesson("02").names["carried"](*mine, 1.6)[0]
    assert np.median(sizes) == pytest.approx(2.2, abs=0.05) and np.min(sizes) < 0.01
    own = Runs(*mine)
    assert own.median(own.best)[-1] < 2 * runs("tanh").median(runs("tanh").best)[-1]


# ----------------------------------------------------------------------------------------- the lesson


def test_no_cell_but_an_exercise_is_longer_than_a_screen():
    assert [
        source.splitlines()[0]
        for source, _ in lesson("02").cells
        if len(source.splitlines()) > 25 and "### BEGIN SOLUTION" not in source
    ] == []


def test_the_best_of_ten_sigmoid_layers_is_below_the_bound():
    z, size = np.linspace(-3, 3, 60_001), 1.0
    for _ in range(10):
        y = 1 / (1 + np.exp(-z))
        size, z = size * y * (1 - y), y
    assert size.max() == pytest.approx(3.9e-7, rel=0.01) and size.max() < 0.25**10
