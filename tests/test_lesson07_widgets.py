"""The pictures of lesson 7: the training monitor, the digit pad, what went wrong, and the first
layer's weights."""

import asyncio

import numpy as np
import pytest

from course.gradcheck import numeric_gradient
from course.mnist import Mnist, Split, load
from course.plots.first_layer import mosaic
from course.widgets.digit_training import DigitTraining, forward, gradients
from course.widgets.draw_digit import DrawDigit, normalise, render
from course.widgets.first_layer import FirstLayer
from course.widgets.training_monitor import TrainingMonitor
from course.widgets.what_went_wrong import Mistakes, WhatWentWrong


@pytest.fixture(scope="module")
def digits():
    whole = load()
    return Mnist(*(Split(part.images[:3000], part.labels[:3000]) for part in whole))


@pytest.fixture(scope="module")
def trained(digits):
    return DigitTraining(digits.train, digits.validation, seed=2, start="N(0, 1/inputs)").run(
        3, measures=1
    )


# ---- training


def cost(X, T, weights, biases):
    return np.sum((forward(X, weights, biases)[-1] - T) ** 2) / (2 * len(X))


def test_the_gradients_are_those_that_are_measured():
    rng = np.random.default_rng(1)
    X, T = rng.normal(size=(4, 3)), rng.uniform(size=(4, 2))
    weights, biases = (
        [rng.normal(size=(3, 5)), rng.normal(size=(5, 2))],
        [
            rng.normal(size=5),
            rng.normal(size=2),
        ],
    )
    dweights, dbiases = gradients(X, T, weights, biases)
    for parts, found in ((weights, dweights), (biases, dbiases)):
        for k, gradient in enumerate(found):
            measured = numeric_gradient(
                lambda p: cost(X, T, *_with(weights, biases, parts, k, p)), parts[k]
            )
            assert gradient == pytest.approx(measured, abs=1e-8)


def _with(weights, biases, parts, k, p):
    changed = [*parts[:k], p, *parts[k + 1 :]]
    return (changed, biases) if parts is weights else (weights, changed)


def test_a_run_that_was_stopped_ends_where_an_uninterrupted_one_does(digits):
    runs = [DigitTraining(digits.train, digits.validation, seed=5) for _ in range(2)]
    runs[0].advance(500)
    for part in (1, 299, 7, 193):
        runs[1].advance(part)
        runs[1].measure()
    for a, b in zip(
        runs[0].weights + runs[0].biases, runs[1].weights + runs[1].biases, strict=True
    ):
        assert np.array_equal(a, b)


def test_an_epoch_uses_every_image_once_and_its_last_mini_batch_may_be_short(digits):
    run = DigitTraining(
        Split(digits.train.images[:25], digits.train.labels[:25]), digits.validation, size=10
    )
    run.advance(3)
    assert (run.updates, run.seen, run.epochs) == (3, 25, 1.0)


def test_starting_again_repeats_the_run(digits):
    run = DigitTraining(digits.train, digits.validation, seed=3).run(0.2)
    first = [p.copy() for p in run.weights + run.biases]
    run.restart()
    run.run(0.2)
    assert all(np.array_equal(a, b) for a, b in zip(first, run.weights + run.biases, strict=True))


# ---- the training monitor


@pytest.fixture
def monitor(digits):
    return TrainingMonitor(digits)


def test_the_monitor_shows_something_at_once_and_a_better_network_after_an_epoch(monitor):
    before, picture = monitor.training.log["accuracy"][-1], monitor.png()
    monitor.play()
    assert monitor.training.log["accuracy"][-1] > before
    assert monitor.png() != picture
    assert f"{monitor.training.updates:,} mini-batches" in monitor.text()


def test_the_monitor_trains_in_slices_and_stops_when_told(monitor):
    async def session():
        monitor.play()
        assert monitor.running and monitor.go.description == "Stop"
        while monitor.training.epochs < 0.5:
            await asyncio.sleep(0.01)
        monitor.stop()
        reached = monitor.training.updates
        await asyncio.sleep(0.2)
        return reached

    assert asyncio.run(session()) == monitor.training.updates
    assert not monitor.running and monitor.go.description == "Train"
    assert monitor.text().startswith("Stopped")


def test_a_second_monitor_stops_the_first(digits, monitor):
    monitor.running = True
    TrainingMonitor(digits)
    assert not monitor.running


def test_the_learning_rate_counts_from_the_next_mini_batch_on(monitor):
    monitor.eta.value = 100.0
    assert monitor.training.eta == 100.0
    for _ in range(3):
        monitor.play()
    assert "saturated" in monitor.text()


def test_an_error_while_training_is_shown_and_ends_the_run(monitor, monkeypatch):
    def fail(updates):
        raise FloatingPointError("no memory left")

    async def session():
        monkeypatch.setattr(monitor.training, "advance", fail)
        monitor.play()
        await asyncio.sleep(0.1)

    asyncio.run(session())
    assert "FloatingPointError: no memory left" in monitor.screen.error
    assert not monitor.running


def test_only_powers_of_ten_are_numbered_on_the_axis_of_the_gradients(monitor):
    monitor.figure.draw_without_rendering()
    axis = monitor.figure.axes[2].yaxis
    assert not any(tick.label1.get_text() for tick in axis.get_minor_ticks())


def test_another_seed_begins_anew(monitor):
    monitor.play()
    monitor.seed.value = 7
    assert monitor.training.epochs == 0


# ---- what went wrong


def test_the_confusion_matrix_counts_every_image_once(digits, trained):
    mistakes = Mistakes(digits.test, trained.weights, trained.biases)
    assert mistakes.confusion.sum() == 3000
    assert np.trace(mistakes.confusion) == round(mistakes.accuracy * 3000)
    assert np.array_equal(
        mistakes.confusion.sum(axis=1), np.bincount(digits.test.labels, minlength=10)
    )


def test_a_cell_lists_its_mistakes_the_most_self_assured_first(digits, trained):
    mistakes = Mistakes(digits.test, trained.weights, trained.biases)
    truth, answer = mistakes.worst()
    found = mistakes.find(truth, answer)
    assert len(found) == mistakes.confusion[truth, answer] > 0
    assert set(digits.test.labels[found]) == {truth} and set(mistakes.answers[found]) == {answer}
    assert np.all(np.diff(mistakes.outputs[found].max(axis=1)) <= 0)
    assert len(mistakes.find()) == 3000 - np.trace(mistakes.confusion)


def test_paging_through_mistakes_changes_picture_and_text_on_one_figure(digits, trained):
    picture = WhatWentWrong(digits.test, trained.weights, trained.biases)
    drawn = [(ax, len(ax.get_children())) for ax in picture.figure.axes]
    first, png = picture.text(), picture.png()
    picture.next.click()
    assert picture.number.value == 2 and picture.text() != first and picture.png() != png
    picture.truth.value, picture.answer.value = None, None
    assert picture.number.max == len(picture.mistakes.find())
    assert [(ax, len(ax.get_children())) for ax in picture.figure.axes] == drawn


def test_an_empty_cell_says_so(digits, trained):
    picture = WhatWentWrong(digits.test, trained.weights, trained.biases)
    empty = np.argwhere(picture.mistakes.confusion == 0)[0]
    picture.truth.value, picture.answer.value = (int(k) for k in empty)
    assert "No image of this kind" in picture.text()
    assert picture.shown is None


def test_outputs_that_are_not_numbers_are_said(digits, trained):
    diverged = [np.full_like(W, np.nan) for W in trained.weights]
    picture = WhatWentWrong(digits.test, diverged, trained.biases)
    assert "For 3,000 the outputs are not numbers" in picture.text()
    picture.next.click()
    assert picture.number.value == 2 and picture.screen.error == ""


# ---- the first layer


def test_each_small_picture_holds_the_weights_of_one_unit():
    W = np.arange(784 * 5.0).reshape(784, 5)
    sheet = mosaic(W, 3)
    assert sheet.shape == (58, 88)
    assert np.array_equal(sheet[30:58, 30:58].ravel(), W[:, 4])
    assert np.isnan(sheet[28:30]).all()


def test_weights_of_pixels_that_are_never_lit_stay_as_they_started(digits):
    run = DigitTraining(digits.train, digits.validation)
    start = [W.copy() for W in run.weights], [b.copy() for b in run.biases]
    run.run(0.2)
    never = ~digits.train.images.any(axis=0)
    assert never.sum() > 50
    assert np.array_equal(run.weights[0][never], start[0][0][never])
    layer = FirstLayer({0: start, 1: (run.weights, run.biases)})
    layer.show.value = "change"
    assert "change from" in layer.text()
    before = layer.png()
    layer.unit.value = 30
    assert "Hidden unit 30 of 30" in layer.text() and layer.png() != before


def test_weights_that_are_not_numbers_are_said_and_do_not_spoil_the_other_epochs(trained):
    diverged = [W.copy() for W in trained.weights]
    diverged[0][:, 3] = np.inf
    layer = FirstLayer({0: (trained.weights, trained.biases), 1: (diverged, trained.biases)})
    layer.epoch.value = 1
    assert "784 of the 23,520 weights are not finite numbers" in layer.text()
    layer.epoch.value = 0
    assert "weights from" in layer.text() and layer.screen.error == ""


def test_colours_mean_the_same_at_every_epoch(trained):
    larger = [10 * W for W in trained.weights]
    layer = FirstLayer({0: (trained.weights, trained.biases), 1: (larger, trained.biases)})
    limits = []
    for epoch in (0, 1):
        layer.epoch.value = epoch
        limits.append(layer._large.get_clim())
    assert limits[0] == limits[1]


def test_networks_that_do_not_take_images_are_refused():
    with pytest.raises(ValueError, match="784"):
        FirstLayer({0: ([np.ones((3, 2)), np.ones((2, 2))], [np.ones(2), np.ones(2)])})
    with pytest.raises(ValueError, match="784"):
        DrawDigit([np.ones((3, 2))], [np.ones(2)])


# ---- the digit pad, in Python

SEVEN = [[6.0, 5.0, 15.5, 5.0, 9.0, 20.0], [7.0, 12.0, 14.0, 12.5]]


@pytest.fixture
def pad(digits, trained):
    return DrawDigit(trained.weights, trained.biases, digits.test)


def test_a_drawing_is_centred_by_its_mass_in_a_box_of_twenty(pad):
    image = render(normalise(SEVEN)).reshape(28, 28)
    rows, columns = np.mgrid[:28, :28] + 0.5
    assert np.sum(image * rows) / image.sum() == pytest.approx(14, abs=0.05)
    assert np.sum(image * columns) / image.sum() == pytest.approx(14, abs=0.05)
    inked = np.flatnonzero(image.max(axis=1) > 0.5)
    assert 18 <= inked[-1] - inked[0] + 1 <= 21


def test_the_pad_shows_the_digits_it_was_given(digits, pad):
    assert pad.image == pytest.approx(digits.test.images[0], abs=1e-6)
    assert pad.describe().startswith(f"A {digits.test.labels[0]} from MNIST")
    pad.clear()
    assert not pad.image.any()
    assert "empty" in pad.describe()


def test_a_network_that_diverged_is_said_to_have_diverged(trained, digits):
    broken = [W.copy() for W in trained.weights]
    broken[1][0, 3] = np.nan
    pad = DrawDigit(broken, trained.biases, digits.test)
    assert (
        pad.describe()
        == f"A {digits.test.labels[0]} from MNIST. The outputs are nan: some weights of this"
        " network are not numbers."
    )
    assert pad.picture().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["monitor", "pad"])
def test_a_picture_shows_itself_with_and_without_a_browser(name, request):
    bundle = request.getfixturevalue(name)._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert data["image/png"].startswith("iVBORw0KGgo")
    assert data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in data


# ---- saved, killed, resumed


def test_a_run_that_was_saved_and_resumed_ends_where_an_uninterrupted_one_does(digits, tmp_path):
    whole, first = (DigitTraining(digits.train, digits.validation, seed=5) for _ in range(2))
    whole.advance(700)
    first.advance(317)  # in the middle of the second epoch
    first.save(tmp_path / "run.npz")
    second = DigitTraining(digits.train, digits.validation, seed=99).resume(tmp_path / "run.npz")
    second.advance(700 - 317)
    for a, b in zip(whole.weights + whole.biases, second.weights + second.biases, strict=True):
        assert np.array_equal(a, b)
    assert (second.updates, second.seen) == (whole.updates, whole.seen)
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


def test_a_network_of_other_sizes_is_not_resumed(digits, tmp_path):
    DigitTraining(digits.train, digits.validation).save(tmp_path / "run.npz")
    other = DigitTraining(digits.train, digits.validation, sizes=(784, 20, 10))
    before = other.weights
    with pytest.raises(ValueError, match="other sizes"):
        other.resume(tmp_path / "run.npz")
    assert other.weights is before


def test_without_the_slope_the_gradient_is_that_of_the_cross_entropy():
    rng = np.random.default_rng(3)
    X, T = rng.normal(size=(4, 3)), rng.uniform(size=(4, 2))
    weights = [rng.normal(size=(3, 5)), rng.normal(size=(5, 2))]
    biases = [rng.normal(size=5), rng.normal(size=2)]

    def cross_entropy(W):
        a = forward(X, [W, weights[1]], biases)[-1]
        return -np.sum(T * np.log(a) + (1 - T) * np.log(1 - a)) / len(X)

    found = gradients(X, T, weights, biases, slope=False)[0][0]
    assert found == pytest.approx(numeric_gradient(cross_entropy, weights[0]), abs=1e-8)
