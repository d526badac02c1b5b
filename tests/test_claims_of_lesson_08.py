"""What the prose of lesson 8 claims beside its cells, computed again; and how long lessons 7 and 8
take."""

import re
from pathlib import Path

import numpy as np
import pytest
from lesson_functions import namespace

from course import tanh_layers
from course.gradcheck import numeric_gradient, relative_error
from course.tanh_layers import shortened, spirals
from course.widgets.bias_and_variance import WIDTHS, experiment
from course.widgets.optimiser_race import RULES, Race, best_etas
from course.widgets.signal_through_depth import Depth

LESSONS = Path(__file__).parents[1] / "course" / "lessons"
TEXT = " ".join((LESSONS / "08-training-in-practice.md").read_text(encoding="utf-8").split())


@pytest.fixture(scope="module")
def lesson():
    """The functions of the lesson, solved, with what it takes from the course."""
    scope = namespace("practice")
    scope.update(tanh_layers=tanh_layers, shortened=shortened, spirals=spirals)
    return scope


def said(words):
    """The lesson says so, in these words."""
    assert words in TEXT
    return True


# ---- a signal through depth


def kept(start, activation, layers=20, batchnorm=False):
    """(what is left of the signal, what is left of the gradient) after all layers."""
    up, down = Depth(start, activation, layers, batchnorm).sizes()
    return up[-1] / up[0], down[0] / down[-1]


def test_one_start_loses_the_signal_and_another_blows_up_the_gradient():
    assert said("N(0, 1) keeps the signal and blows up the gradient, two million times")
    assert kept("N(0, 1)", "tanh") == (pytest.approx(1, abs=0.05), pytest.approx(2.3e6, rel=0.05))
    assert max(kept("N(0, 0.01²)", "tanh")) < 1e-20
    assert said("Xavier's and He's stay within a factor of ten both ways")
    for start in ("Xavier", "He"):
        assert all(0.1 < part < 10 for part in kept(start, "tanh"))


def test_the_factor_of_a_layer_stays_with_a_tiny_start_and_creeps_towards_1_with_xaviers():
    factor = lambda start, layers: kept(start, "tanh", layers)[0] ** (1 / (layers - 1))
    assert said("With N(0, 0.01²) yes: 0.08, which is") and said(
        "0.93 over 20 layers, 0.96 over 50"
    )
    assert [factor("N(0, 0.01²)", n) for n in (20, 50)] == pytest.approx([0.08, 0.08], abs=0.001)
    assert [factor("Xavier", n) for n in (20, 50)] == pytest.approx([0.93, 0.96], abs=0.005)
    assert said(
        "So 0.14 of the first layer's is left after 50 (0.62 → 0.084), where $0.93^{50}$ would be 0.03"
    )
    assert kept("Xavier", "tanh", 50)[0] == pytest.approx(0.14, abs=0.005)
    assert 0.93**50 == pytest.approx(0.03, abs=0.005)


def test_the_error_falls_again_beyond_the_width_that_fits_all_but_not_below_its_first_low():
    at = {width: experiment(width, 6, 1e-6).validation for width in WIDTHS}
    assert said("the error is 0.68 at width 2, 7.7 at width 6, and 1.9 from width 12 on")
    assert (at[2], at[6]) == pytest.approx((0.68, 7.7), abs=0.05)
    assert [at[width] for width in WIDTHS if width >= 12] == pytest.approx([1.9] * 5, abs=0.05)


def test_with_relu_xaviers_gradient_shrinks_forty_times_in_ten_layers():
    assert said("About 40 times.") and said("comes to $\\frac1{42}$")
    assert 1 / kept("Xavier", "ReLU", layers=10)[1] == pytest.approx(42, abs=1)


def test_the_logistic_factor_is_a_little_below_a_quarter_and_saturated_units_carry_more():
    up, down = kept("Xavier", "logistic")
    assert said("The factor is 0.235, a little below ¼")
    assert (up ** (1 / 19), down ** (1 / 20)) == pytest.approx((0.235, 0.235), abs=0.002)
    middle = Depth("N(0, 1)", "logistic", 20, False).activations[10]
    assert said("more than half of the activations lie within 0.05 of 0 or 1")
    assert np.mean((middle < 0.05) | (middle > 0.95)) > 0.5


def test_behind_batch_normalisation_the_gradient_grows_on_its_way_down():
    assert said("about 1.08 times as large a layer further down with tanh, 1.19 times with ReLU")
    for activation, factor in (("tanh", 1.08), ("ReLU", 1.19)):
        up, down = kept("Xavier", activation, batchnorm=True)
        assert up == pytest.approx(1, abs=0.02)
        assert down ** (1 / 20) == pytest.approx(factor, abs=0.006)


def test_units_stay_equal_only_if_the_weights_that_leave_them_are_equal_too(lesson):
    rng = np.random.default_rng(0)
    X, t = lesson["spirals"](rng, 20)
    p = lesson["new_network"]([2, 2, 1], rng)
    p["W1"][:, 1] = p["W1"][:, 0]
    apart = lesson["loss_and_gradients"](X, t, p)[1]["W1"]
    assert said("those that arrive *and* those that leave")
    assert np.abs(apart[:, 0] - apart[:, 1]).max() > 1e-3
    p["W2"][1] = p["W2"][0]
    alike = lesson["loss_and_gradients"](X, t, p)[1]
    assert np.array_equal(alike["W1"][:, 0], alike["W1"][:, 1])
    assert np.array_equal(alike["W2"][0], alike["W2"][1])


def test_tanhs_gain_for_the_gradient_is_about_1_2(lesson):
    one, best, recommended = (lesson["factor"](gain) for gain in (1, 1.2, 5 / 3))
    assert said("the gradient grows by about a tenth a layer")
    assert one < 0.95 and best == pytest.approx(1, abs=0.01)
    assert recommended == pytest.approx(1.1, abs=0.02)
    assert said("settles as well, at about 0.4") and said("the signal is larger, about 0.65")
    for gain, size in ((1.2, 0.4), (5 / 3, 0.65)):
        rng = np.random.default_rng(0)
        y = rng.normal(size=(50, 100))
        for _ in range(30):
            y = np.tanh(y @ rng.normal(0, gain / 10, size=(100, 100)))
        assert y.std() == pytest.approx(size, abs=0.02)


# ---- steps


def test_what_is_said_of_the_valley():
    at = lambda eta: Race("valley", dict.fromkeys(RULES, eta))
    assert said("At 0.1 it swings for ever; at 0.112 it leaves the map.")
    assert at(0.1).losses["gradient descent"][-1] == pytest.approx(14.4, abs=0.1)
    assert at(0.1).lost("gradient descent") is None
    assert at(0.112).lost("gradient descent") is not None
    straight, turned = (Race(name, dict.fromkeys(RULES, 10**-1.2)) for name in
                        ("valley", "turned valley"))  # fmt: skip
    assert said("After 60 steps RMSprop is at 0.15, where it was at a ten-billionth")
    assert turned.losses["RMSprop"][60] == pytest.approx(0.15, abs=0.005)
    assert straight.losses["RMSprop"][60] == pytest.approx(1e-10, rel=0.05)
    assert said("after 120 Adam is at 0.23, where it was at 0.00002")
    assert turned.losses["Adam"][120] == pytest.approx(0.23, abs=0.005)
    assert straight.losses["Adam"][120] == pytest.approx(2e-5, rel=0.25)
    for rule in ("gradient descent", "momentum"):  # they do not notice
        assert turned.losses[rule][120] == pytest.approx(straight.losses[rule][120], rel=0.02)


def test_what_is_said_of_noise_and_of_each_ones_best():
    best = Race("valley", best_etas("valley", 0.0))
    assert said(
        "gradient descent is at 0.005, momentum at a millionth; their ratio has grown from 300 to"
    )
    assert best.losses["gradient descent"][-1] == pytest.approx(0.005, abs=0.0005)
    assert best.losses["momentum"][-1] == pytest.approx(1e-6, rel=0.25)
    same = Race("valley", dict.fromkeys(RULES, 10**-1.2))
    ratio = [r.losses["gradient descent"][-1] / r.losses["momentum"][-1] for r in (same, best)]
    assert ratio == pytest.approx([300, 4500], rel=0.05) and said("from 300 to 4,500")
    far = lambda etas: {
        rule: losses[-40:].mean() for rule, losses in Race("valley", etas, 3.0).losses.items()
    }
    one = far(dict.fromkeys(RULES, 10**-1.2))
    order = ["Adam", "RMSprop", "gradient descent", "momentum"]
    assert sorted(one, key=one.get) == order
    assert said(
        "momentum is at 0.10 after 120 steps instead of 0.76, and gradient descent beside it at 0.12"
    )
    last = lambda etas, rule: Race("valley", etas, 3.0).losses[rule][-1]
    assert last(dict.fromkeys(RULES, 10**-1.2), "momentum") == pytest.approx(0.76, abs=0.005)
    assert last(best_etas("valley", 3.0), "momentum") == pytest.approx(0.10, abs=0.005)
    assert last(best_etas("valley", 3.0), "gradient descent") == pytest.approx(0.12, abs=0.005)


def test_when_the_rate_of_rmsprop_passes_the_limit_of_the_valley():
    curvature, p, r, eta = np.array([0.2, 20.0]), np.array([-2.0, 1.2]), np.zeros(2), 10**-1.2
    rates, losses, distances = [], [], []
    for _ in range(120):
        g = curvature * p
        r = 0.9 * r + 0.1 * g**2
        rates.append(eta / np.sqrt(r[1]))
        p = p - eta * g / (np.sqrt(r) + 1e-8)
        losses.append(0.5 * np.sum(curvature * p**2))
        distances.append(abs(p[1]))
    picture = Race("valley", dict.fromkeys(RULES, eta)).losses["RMSprop"]
    assert picture[1:] == pytest.approx(losses, rel=1e-6, abs=1e-300)
    assert said("At step 66 it passes 0.1, the limit of question 1.")
    assert rates[64] < 0.1 < rates[65] and min(rates[65:98]) > 0.1
    assert said("each swing is longer than the last") and np.all(np.diff(distances[65:98]) > 0)
    assert said("at step 99 it is out") and losses[98] == max(losses[40:]) > 0.1


def test_the_loss_of_rmsprop_at_one_step_is_luck(lesson):
    curvature, p, state, losses = np.array([0.2, 20.0]), np.array([-2.0, 1.2]), None, []
    for _ in range(140):
        p, state = lesson["rmsprop_step"](p, curvature * p, state, 10**-1.5, 0.9, 1e-8)
        losses.append(0.5 * np.sum(curvature * p**2))
    assert said("Do not believe the RMSprop of step 120. A few steps later it has jumped")
    assert losses[119] < 1e-15 and max(losses[120:]) > 1e-2


def test_adams_first_step_moves_nothing_where_there_is_no_gradient(lesson):
    g = np.array([0.0, 1e-6, -3.0, 1e9, 1e-8])
    p, _ = lesson["adam_step"](np.zeros(5), g, None, 0.1, 0.9, 0.999, 1e-8, 1)
    assert said("A gradient of exactly 0 moves nothing, and one no larger than $\\varepsilon$ less")
    assert p[0] == 0 and np.abs(p[4]) == pytest.approx(0.05)
    assert p[1:4] == pytest.approx([-0.1, 0.1, -0.1], rel=0.02)


@pytest.mark.parametrize("kappa", [10.0, 100.0, 1000.0])
def test_at_momentums_best_both_ends_shrink_by_the_root_of_beta(kappa):
    root = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)
    eta, beta = (1 - root) ** 2, root**2
    for curvature in (1.0, np.sqrt(kappa), kappa):
        sizes = np.abs(np.roots([1, -(1 + beta - eta * curvature), beta]))
        assert sizes == pytest.approx(root, abs=1e-6)


def test_momentum_pays_the_root_of_the_condition_number(lesson):
    root = (np.sqrt(1000) - 1) / (np.sqrt(1000) + 1)
    assert said("Gradient descent at its best needs 3,454 steps")
    assert lesson["steps_needed"](1000, 2 / 1001, 0) == 3454
    assert lesson["steps_needed"](1000, (1 - root) ** 2, root**2) == 198
    assert said("= 109$ steps for $\\kappa = 1000$")
    assert np.log(1000) / -np.log(root) == pytest.approx(109, abs=0.5)
    slowest = lambda eta: max(abs(1 - eta), abs(1 - 1000 * eta))
    etas = np.linspace(0.0001, 0.003, 2901)
    assert etas[np.argmin([slowest(eta) for eta in etas])] == pytest.approx(2 / 1001, abs=2e-6)
    assert slowest(2 / 1001) == pytest.approx(999 / 1001)


def test_no_other_choice_of_rate_and_momentum_does_better():
    assert said("So $\\phi_0 \\ge (\\sqrt\\kappa - 1)/(\\sqrt\\kappa + 1)$")
    eta, beta = np.meshgrid(np.linspace(0.001, 0.4, 400), np.linspace(-0.5, 0.99, 300))
    middle = [1 + beta - eta * curvature for curvature in (1.0, 10.0)]
    roots = [(m + sign * np.sqrt(m**2 - 4 * beta + 0j)) / 2 for m in middle for sign in (1, -1)]
    best = (np.sqrt(10) - 1) / (np.sqrt(10) + 1)
    assert best <= np.abs(roots).max(axis=0).min() < best + 0.03


# ---- wrong gradients that train


def test_a_wrong_gradient_trains_as_well_as_the_right_one(lesson):
    X, t = lesson["spirals"](np.random.default_rng(6), 400)
    slips = ((1, 1), (0, 1), (1, 0), (2, 1), (0, 0))

    def ends(seed):
        found = []
        for slip in slips:
            rng = np.random.default_rng(seed)
            start = lesson["new_network"]([2, 24, 24, 24, 1], rng, batchnorm=True)
            norm = lesson["shortened"](*slip)
            losses = lesson["train"](start, X, t, 0.03, 400, rng, norm=norm)[1]
            found.append(np.mean(losses[-50:]))
        return np.array(found)

    first, second = ends(8), ends(10)
    assert said("All five learn the spirals.") and said("With another seed their order is another")
    assert said("ends at 0.091, and without the way through $\\mu$ it ends a little lower.")
    assert said("for constants it ends lowest, at 0.067")
    assert first[1] < first[0] and np.argmin(first) == 4
    assert first[[0, 4]] == pytest.approx([0.091, 0.067], abs=5e-4)
    assert max(first.max(), second.max()) < 0.2  # guessing gives 0.69
    assert list(np.argsort(first)) != list(np.argsort(second))


def test_of_three_normalised_starts_one_ends_lowest_and_the_others_hang_on_the_rounding(lesson):
    X, t = spirals(np.random.default_rng(6), 400)

    def end(deviation, nudge):
        rng = np.random.default_rng(7)
        start = lesson["new_network"]([2] + 8 * [24] + [1], rng, deviation, batchnorm=True)
        return np.mean(lesson["train"](start, X * nudge, t, 0.03, 400, rng)[1][-50:])

    assert said("N(0, 1) ends lowest") and said("hangs on the last bit of the rounding")
    first, again = ([end(d, nudge) for d in (1.0, 0.01, None)] for nudge in (1, 1 + 2**-52))
    assert first[0] < 0.6 * min(*first[1:], *again[1:])
    assert again[0] == pytest.approx(first[0], rel=1e-6)
    assert min(abs(one - other) for one, other in zip(first[1:], again[1:], strict=True)) > 1e-3


def test_two_tests_that_need_no_measuring_do_not_see_a_factor_in_front_of_the_whole(lesson):
    rng = np.random.default_rng(3)
    Z, dout, gamma = rng.normal(size=(5, 3)), rng.normal(size=(5, 3)), np.array([0.5, 1.5, 2.0])
    out, cache = lesson["batchnorm_forward"](Z, gamma, np.zeros(3), 1e-9)
    dZ = lesson["batchnorm_backward"](dout, cache)["Z"] / gamma  # γ forgotten
    assert said("forget $\\gamma$, and both still hold")
    assert dZ.sum(axis=0) == pytest.approx(0, abs=1e-12)
    assert (dZ * out / gamma).sum(axis=0) == pytest.approx(0, abs=1e-7)


def test_only_the_right_pair_of_the_five_passes_the_measurement(lesson):
    rng = np.random.default_rng(3)
    dout, Z = rng.normal(size=(5, 3)), 2 * rng.normal(size=(5, 3)) + 1
    gamma, beta = rng.uniform(0.5, 2, size=3), rng.normal(size=3)
    wanted = lesson["batchnorm_backward"](
        dout, lesson["batchnorm_forward"](Z, gamma, beta, 1e-5)[1]
    )
    for slip in ((1, 1), (0, 1), (1, 0), (1, 0.5), (0, 0)):
        forward, backward = lesson["shortened"](*slip)
        off = np.abs(backward(dout, forward(Z, gamma, beta, 1e-5)[1])["Z"] - wanted["Z"]).max()
        assert (off < 1e-10) == (slip == (1, 1)) and (slip == (1, 1) or off > 0.05)


def test_layer_normalisation_has_its_two_sums_along_a_row():
    rng = np.random.default_rng(0)
    Z, g, gamma = rng.normal(size=(3, 5)), rng.normal(size=(3, 5)), rng.uniform(0.5, 2, size=5)

    def normalised(Z):
        c = Z - Z.mean(axis=1, keepdims=True)
        return c / np.sqrt((c**2).mean(axis=1, keepdims=True) + 1e-9)

    dZ = numeric_gradient(lambda Z: np.sum(g * gamma * normalised(Z)), Z)
    assert said("$\\sum_j \\partial z_{ij} = 0$")
    assert dZ.sum(axis=1) == pytest.approx(0, abs=1e-8)
    assert (dZ * normalised(Z)).sum(axis=1) == pytest.approx(0, abs=1e-7)
    assert np.abs(dZ.sum(axis=0)).min() > 1e-3  # not along a column


def test_the_deep_network_of_the_lesson_has_the_gradients_that_are_measured(lesson):
    rng = np.random.default_rng(5)
    p = lesson["new_network"]([2, 3, 4, 1], rng, batchnorm=True)
    X, T = spirals(rng, 6)
    found = lesson["loss_and_gradients"](X, T, p)[1]
    assert found.keys() == p.keys()
    for name in p.keys() - {"b1", "b2"}:
        loss_of = lambda value, name=name: lesson["loss_and_gradients"](X, T, p | {name: value})[0]
        assert relative_error(found[name], numeric_gradient(loss_of, p[name])) < 1e-6
    assert all(np.abs(found[name]).max() < 1e-12 for name in ("b1", "b2"))  # μ takes them away


# ---- bias, variance, brakes


def test_what_is_said_of_bias_and_variance():
    error = lambda width, size, decay=1e-4: experiment(width, size, decay).validation
    assert said("From 24 to 256 examples the validation error goes from 0.42 to 0.395")
    assert (error(2, 24), error(2, 256)) == pytest.approx((0.42, 0.395), abs=0.005)
    assert said("the validation error falls from 0.33 to 0.145")
    assert (error(32, 24), error(32, 48)) == pytest.approx((0.33, 0.145), abs=0.006)
    few, many = ({width: error(width, size) for width in WIDTHS} for size in (24, 128))
    assert said("6 or 8, then 8. Width 48 costs 0.37 instead of 0.13, then 0.106 instead of 0.099")
    assert sorted(sorted(few, key=few.get)[:2]) == [6, 8] and min(many, key=many.get) == 8
    assert few[6] == pytest.approx(few[8], abs=0.001)
    ends = [few[48], few[6], many[48], many[8]]
    assert ends == pytest.approx([0.37, 0.133, 0.106, 0.099], abs=0.002)
    assert said("the validation error of 24 examples falls from 2.8 to 0.12")
    ends = [error(48, 24, decay) for decay in (1e-6, 1.0, 10.0)]
    assert ends == pytest.approx([2.76, 0.118, 0.188], abs=0.005)
    assert experiment(48, 24, 10.0).train > 2 * experiment(48, 24, 1.0).train


def test_the_price_of_l2_has_the_gradient_that_is_said(lesson):
    rng = np.random.default_rng(1)
    w, g, eta, lam = rng.normal(size=4), rng.normal(size=4), 0.1, 0.3
    price = lambda w: lam / 2 * np.sum(w**2)
    assert numeric_gradient(price, w) == pytest.approx(lam * w)
    assert w - eta * (g + lam * w) == pytest.approx((1 - eta * lam) * w - eta * g)


def test_dropout_changes_little_on_the_twenty_measurements(lesson):
    def validation_losses(keep, seed):
        rng = np.random.default_rng(seed)
        known, new = lesson["measurements"](60, rng), lesson["measurements"](500, rng)
        p = lesson["new_network"]([20, 60, 1], rng)
        speed, losses = dict.fromkeys(p), []
        for _ in range(40):
            for rows in rng.permutation(60).reshape(-1, 20):
                x, t = known[0][rows], known[1][rows]
                Y = np.tanh(x @ p["W1"] + p["b1"])
                mask = (rng.uniform(size=Y.shape) < keep) / keep
                z = (Y * mask) @ p["W2"] + p["b2"]
                dz = (1 / (1 + np.exp(-z)) - t) / len(x)
                dY = (dz @ p["W2"].T) * mask * (1 - Y**2)
                g = {"W1": x.T @ dY, "b1": dY.sum(0), "W2": (Y * mask).T @ dz, "b2": dz.sum(0)}
                for name in p:
                    p[name], speed[name] = lesson["momentum_step"](
                        p[name], g[name], speed[name], 0.03, 0.9
                    )
            losses.append(lesson["loss_and_gradients"](*new, p)[0])
        return min(losses), losses[-1]

    found = [np.mean([validation_losses(q, s) for s in range(12, 22)], axis=0) for q in (1.0, 0.5)]
    assert said("the best validation loss is 0.54 without it and 0.55 with $q = 0.5$")
    assert said("at epoch 39 it is 1.04 and 1.01")
    assert np.array(found) == pytest.approx(np.array([[0.54, 1.04], [0.55, 1.01]]), abs=0.005)


def test_cells_are_short_enough_to_read():
    for name in ("07-mnist", "08-training-in-practice"):
        text = (LESSONS / f"{name}.md").read_text(encoding="utf-8")
        for cell in re.findall(r"```\{code-cell\}[^\n]*\n(.*?)```", text, re.DOTALL):
            if "### BEGIN" not in cell and "tags: [setup]" not in cell:
                assert len(cell.strip().splitlines()) <= 25


def test_parameters_of_a_normalisation_ask_for_one():
    p = tanh_layers.parameters([np.ones((2, 3)), np.ones((3, 1))], [np.ones(3), np.ones(1)], True)
    with pytest.raises(TypeError, match="give `norm`, forward and backward"):
        tanh_layers.loss_and_gradients(np.ones((4, 2)), np.ones((4, 1)), p)
