"""The two pictures of lesson 5, which bias and XOR regions: their mathematics first, then the
pictures."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from course.gradcheck import numeric_gradient
from course.plots.xor_regions import CORNERS, TARGETS, draw_surface, grid
from course.widgets.bias_variants import BiasVariants, WhichBias
from course.widgets.xor_regions import ETAS, UNITS, XorRegions
from course.widgets.xor_training import XorTraining, equal_start, logistic, random_start


@pytest.fixture(scope="module")
def variants():
    return BiasVariants(10_000)


@pytest.mark.parametrize(
    "name, after_one, after_ten_thousand",
    [
        ("frozen", 0.29102777369359933, 3.510187782978859e-05),
        ("shared", 0.2857508866992965, 4.355321066e-06),
        ("per neuron", 0.28047144679143016, 2.447562236e-06),
    ],
)
def test_three_treatments_of_the_biases_give_three_errors(
    variants, name, after_one, after_ten_thousand
):
    assert variants.errors[name][0] == pytest.approx(after_one, abs=1e-14)
    assert variants.errors[name][-1] == pytest.approx(after_ten_thousand, rel=1e-8)
    assert len(variants.errors[name]) == 10_000


def test_frozen_biases_never_move(variants):
    assert np.all(variants.biases["frozen"] == [0.35, 0.35, 0.60, 0.60])


def test_a_shared_bias_stays_one_number_and_takes_the_sum_of_the_deltas(variants):
    h1, h2, o1, o2 = variants.biases["shared"].T
    assert np.array_equal(h1, h2) and np.array_equal(o1, o2)
    assert (h1[0], o1[0]) == pytest.approx((0.3406371953026479, 0.5497998374439996), abs=1e-15)


def test_an_own_bias_takes_its_neurons_delta(variants):
    deltas = np.array(
        [0.00877135468948693, 0.009954254705217196, 0.13849856162855695, -0.038098236516556236]
    )
    stepped = np.array([0.35, 0.35, 0.60, 0.60]) - 0.5 * deltas
    assert variants.biases["per neuron"][0] == pytest.approx(stepped, abs=1e-15)


def error_of(*parameters):
    W1, b1, W2, b2 = parameters
    return 0.5 * np.sum((TARGETS - logistic(logistic(CORNERS @ W1 + b1) @ W2 + b2)[:, 0]) ** 2)


def test_a_training_step_on_xor_goes_against_the_measured_gradient():
    start = random_start(3)
    run = XorTraining(*start, eta=0.7, stops=(0, 1))
    for place, (old, new) in enumerate(zip(start, run.snapshots[1], strict=True)):
        gradient = numeric_gradient(lambda p: error_of(*start[:place], p, *start[place + 1 :]), old)
        assert new == pytest.approx(old - 0.7 * gradient, abs=1e-9)
    assert run.errors == pytest.approx([error_of(*start), error_of(*run.snapshots[1])])


def test_hidden_units_that_start_alike_stay_alike_and_never_learn_xor():
    run = XorTraining(*equal_start(), stops=(0, 100, 4000))
    for W1, b1, W2, _ in run.snapshots.values():
        assert np.array_equal(W1[:, 0], W1[:, 1]) and b1[0] == b1[1] and W2[0] == W2[1]
    assert run.errors[-1] == pytest.approx(1 / 3, abs=2e-3)


def test_one_random_start_learns_xor_and_the_other_sticks_at_a_quarter():
    solved, stuck = (XorTraining(*random_start(seed), stops=(0, 4000)) for seed in (0, 6))
    assert np.array_equal(np.round(solved.predict(4000, CORNERS)), TARGETS)
    assert solved.errors[-1] < 1e-3
    assert stuck.errors[-1] == pytest.approx(0.25, abs=1e-3)


def test_the_surface_has_x1_to_the_right_and_x2_upwards():
    ax = Figure().add_subplot()
    image = draw_surface(ax, lambda points: np.clip(points[:, 0], 0, 1)).image.get_array()
    assert image.shape == (61, 61)
    assert np.all(image[:, 0] == 0) and np.all(image[:, -1] == 1)
    assert np.array_equal(grid(3, 0, 1)[:2], [[0, 0], [0.5, 0]])


def test_the_black_line_lies_where_the_network_says_one_half():
    run = XorTraining(*random_start(0), stops=(0, 4000))
    lines = draw_surface(
        Figure().add_subplot(), lambda points: run.predict(4000, points)
    ).boundary.get_segments()
    assert len(lines) == 2
    assert run.predict(4000, np.concatenate(lines)) == pytest.approx(0.5, abs=0.1)


def test_a_network_that_never_says_one_half_has_no_line():
    assert (
        draw_surface(
            Figure().add_subplot(), lambda points: np.full(len(points), 0.4)
        ).boundary.get_segments()
        == []
    )


@pytest.fixture(scope="module")
def which_bias():
    return WhichBias(300)


@pytest.fixture(scope="module")
def xor_regions():
    return XorRegions(steps=500)


@pytest.mark.parametrize("name", ["which_bias", "xor_regions"])
def test_a_picture_shows_itself_with_and_without_a_browser(name, request):
    bundle = request.getfixturevalue(name)._repr_mimebundle_()
    assert bundle["image/png"].startswith("iVBORw0KGgo")
    assert "E = " in bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def artists(picture):
    return [(ax, len(ax.get_children())) for ax in picture.figure.axes]


def test_moving_the_bias_picture_changes_numbers_and_image_on_one_figure(which_bias):
    before, drawn = (which_bias.text(), which_bias.png()), artists(which_bias)
    which_bias.step.value = 300
    assert "After 300 steps" in which_bias.text()
    assert f"{which_bias.variants.errors['shared'][-1]:.8g}" in which_bias.text()
    moved = which_bias.png()
    which_bias.chosen.value = "per neuron"
    assert len({before[1], moved, which_bias.png()}) == 3
    assert "▸ per neuron" in which_bias.text()
    assert artists(which_bias) == drawn


def test_every_start_and_step_of_the_xor_picture_can_be_shown_on_one_figure(xor_regions):
    drawn, seen = artists(xor_regions), set()
    for start in xor_regions.start.options:
        for step in (0, xor_regions.stops[len(xor_regions.stops) // 2], 500):
            xor_regions.start.value, xor_regions.step.value = start, step
            assert f"{start}, after {step} steps" in xor_regions.text()
            seen.add(xor_regions.png())
    assert len(seen) == 9
    assert artists(xor_regions) == drawn


def test_units_and_learning_rate_choose_another_run_of_the_same_start(xor_regions):
    xor_regions.start.value, xor_regions.step.value = "random, seed 6", 500
    drawn, seen = artists(xor_regions), {}
    for units in UNITS:
        for eta in ETAS:
            xor_regions.units.value, xor_regions.eta.value = units, eta
            alone = XorTraining(*random_start(6, units), eta=eta, stops=(0, 500))
            assert xor_regions.run.errors[20] == pytest.approx(alone.errors[20], rel=1e-6)
            assert f"{units} hidden units, η = {eta:g}: E = " in xor_regions.text()
            seen[xor_regions.png()] = units, eta
    assert len(seen) == len(UNITS) * len(ETAS)
    assert artists(xor_regions) == drawn
    xor_regions.units.value, xor_regions.eta.value = 2, 2.0


def test_networks_trained_side_by_side_are_those_trained_alone():
    starts = [random_start(1, 2), equal_start(3), random_start(2, 5)]
    together = XorTraining.together(starts, [0.5, 2.0, 1.0], (0, 7, 300))
    for run, start, eta in zip(together, starts, (0.5, 2.0, 1.0), strict=True):
        alone = XorTraining(*start, eta=eta, stops=(0, 7, 300))
        assert run.errors == pytest.approx(alone.errors, abs=1e-12)
        for step in (0, 7, 300):
            for a, b in zip(run.snapshots[step], alone.snapshots[step], strict=True):
                assert a.shape == b.shape and a == pytest.approx(b, abs=1e-10)


def test_the_text_says_which_corners_are_right(xor_regions):
    xor_regions.start.value, xor_regions.step.value = "random, seed 0", 500
    assert xor_regions.text().count("right") == 4
    xor_regions.start.value = "random, seed 6"
    assert "wrong" in xor_regions.text()
