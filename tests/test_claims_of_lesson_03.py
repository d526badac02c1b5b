"""What lesson 3 says in numbers outside its cells, computed again; and that it opens with something
to touch."""

from pathlib import Path

import numpy as np
import pytest

from course import data
from course.widgets.descent import CURVES, descend
from course.widgets.descent_paths import NeuronLoss, crowd, walk
from course.widgets.hand_neuron import pulls, right
from course.widgets.neuron_trainer import NeuronTraining, examples, logistic

TEXT = (Path(__file__).parents[1] / "course" / "lessons" / "03-logistic-neuron.md").read_text(
    encoding="utf-8"
)
PLAIN = " ".join(TEXT.split())


def says(*sentences):
    """The lesson says this still, word for word."""
    for sentence in sentences:
        assert sentence in PLAIN, f"the lesson does not say {sentence!r}"


def test_the_numbers_of_the_neuron_set_by_hand():
    says(
        "gets all six, and the loss is 0.0331",
        "the loss is 0.0006",
        "0.0701 after 20 steps, 0.0384",
    )
    X, y, *_ = examples("vehicles")
    run = NeuronTraining(X, y, 0.5, 6)
    assert right(X, y, np.array([2.0, 2.0]), 0.0) == 6 and right(X, y, *run.state(1)) == 6
    losses = [run.loss(np.array([w, w, 0.0])) for w in (2, 5)] + list(run.losses(40)[[20, 40]])
    assert losses == pytest.approx([0.0331, 0.0006, 0.0701, 0.0384], abs=6e-5)


def test_what_the_trainer_shows():
    says("0.650 with η = 0.01", "0.0008 with η = 10", "jumps between 0.37 and 1.07",
         "between 0.272 and 0.285, with η = 0.03 between 0.272 and 0.273")  # fmt: skip
    X, y, *_ = examples("vehicles")
    after = [NeuronTraining(X, y, eta, 1000).losses(10)[10] for eta in (0.01, 10)]
    assert after == pytest.approx([0.650, 0.0008], abs=6e-4)
    X, y, *_ = examples("blobs")
    for eta, low, high in ((3, 0.37, 1.07), (0.3, 0.272, 0.285), (0.03, 0.272, 0.273)):
        last = NeuronTraining(X, y, eta, 1).losses(60)[41:]
        assert (last.min(), last.max()) == pytest.approx(
            (low, high), abs=0.006 if eta == 3 else 6e-4
        )


def test_the_race_of_the_two_losses():
    says(
        "Cross-entropy needs 7 steps.", "$a \\cdot a(1 - a) = 0.0025$, that of cross-entropy 0.9975"
    )
    steps = []
    for slope in (lambda a: a, lambda a: a * a * (1 - a)):
        z, count = 6.0, 0
        while z > 0:
            z, count = z - slope(logistic(z)), count + 1
        steps.append(count)
    assert steps == [7, 426]
    a = logistic(6.0)
    assert (a * a * (1 - a), a) == pytest.approx((0.0025, 0.9975), abs=6e-5)


def test_whose_pull_is_longest():
    says("the sixth and the third vehicle, the two nearest to the line", "At the start the fourth")
    X, y, *_ = examples("vehicles")
    w, b = np.zeros(2), 0.0
    assert np.argmax(np.linalg.norm(pulls(X, y, w, b)[0], axis=1)) == 3
    for _ in range(6):
        at_w, at_b = pulls(X, y, w, b)
        w, b = w + at_w.mean(axis=0), b + at_b.mean()
    order = np.argsort(-np.linalg.norm(pulls(X, y, w, b)[0], axis=1))
    assert order[:2].tolist() == [5, 2]
    assert set(np.argsort(np.abs(X @ w + b))[:2]) == {5, 2}
    # wrong on purpose, with the bias as it is after six steps, or 0
    says("The fourth vehicle's, 1.68.", "$|a - y|$ from 0.91 to 0.99, so the longest input")
    for bias in (b, 0.0):
        at_w, at_b = pulls(X, y, np.array([-2.0, -2.0]), bias)
        lengths, errors = np.linalg.norm(at_w, axis=1), np.abs(at_b)
        assert np.argmax(lengths) == np.argmax(np.linalg.norm(X, axis=1)) == 3
        assert lengths.max() == pytest.approx(1.68, abs=6e-3)
        assert (errors.min(), errors.max()) == pytest.approx((0.91, 0.99), abs=6e-3)


def test_the_four_pulls_of_xor_cancel():
    says("(0, 0) + (0, ½) + (½, 0) + (−½, −½) = 0, and −½ + ½ + ½ − ½ = 0 at the bias")
    corners = data.xor()
    at_w, at_b = pulls(corners.X, corners.y, np.zeros(2), 0.0)
    assert at_w.tolist() == [[0, 0], [0, 0.5], [0.5, 0], [-0.5, -0.5]]
    assert at_b.tolist() == [-0.5, 0.5, 0.5, -0.5]


def test_the_loss_on_xor_is_bounded_by_its_midpoint():
    says("is the mean: $\\ln 2$ or more")
    corners, rng = data.xor(), np.random.default_rng(0)
    for w1, w2, b in rng.normal(scale=3, size=(500, 3)):
        z, m = corners.X @ (w1, w2) + b, (w1 + w2) / 2 + b
        costs = np.logaddexp(0, np.where(corners.y == 1, -z, z))
        ones, zeros = costs[corners.y == 1].mean(), costs[corners.y == 0].mean()
        assert ones >= np.logaddexp(0, -m) - 1e-12 and zeros >= np.logaddexp(0, m) - 1e-12
        assert costs.mean() >= np.log(2 + np.exp(m) + np.exp(-m)) / 2 - 1e-12 >= np.log(2) - 2e-12


def test_a_unit_that_falls_and_rises_gives_xor():
    says("$z = x_1 - x_2$ and $f(z) = z^2$ give 0, 1, 1, 0")
    corners = data.xor()
    assert ((corners.X @ [1, -1]) ** 2).tolist() == corners.y.tolist() == [0, 1, 1, 0]


def test_what_the_balls_do():
    says("Halving it takes 35 steps, coming down to a hundredth 228", "the crest at $w = 0.13$",
         "deep valley at −1.80, from the right to the shallow one at 1.66", "that lies at 27°")  # fmt: skip
    assert 0.98**34 > 0.5 > 0.98**35 and 0.98**227 > 0.01 > 0.98**228
    slope = CURVES["two valleys"][1]
    ends = [descend(slope, start, 0.1, 80)[-1] for start in (0.1, 0.2, -2.4, 2.4)]
    assert ends == pytest.approx([-1.80, 1.66, -1.80, 1.66], abs=6e-3)
    assert np.degrees(np.arctan2(0.75, 1.5)) == pytest.approx(27, abs=0.5)


def test_the_best_rate_in_the_bowl():
    says("η = 0.91 (exactly $2/2.2$): the factors are 0.818 along and −0.820 across")
    assert (1 - 0.2 * 0.91, 1 - 2 * 0.91) == pytest.approx((0.818, -0.820), abs=1e-9)
    rates = np.linspace(0.01, 1.2, 1191)
    slowest = np.maximum(abs(1 - 0.2 * rates), abs(1 - 2 * rates))
    assert rates[np.argmin(slowest)] == pytest.approx(0.909, abs=6e-4)
    assert slowest.min() == pytest.approx(0.818, abs=1e-3)


def test_the_rates_on_the_standardised_vehicles():
    says("after one epoch the loss is 0.000006", "0.001 creeps (0.628 after 100)")
    X, y = data.standardise(data.vehicles().X)[0], data.vehicles().y
    found = {eta: NeuronTraining(X, y, eta, 6).losses(100) for eta in (0.001, 0.1, 1, 10)}
    assert all(np.all(np.diff(losses) < 0) for losses in found.values())
    assert found[10][1] == pytest.approx(6e-6, abs=5e-7)
    says("it creeps, too, from 0.00000575 to 0.00000568")
    assert found[10][[1, 100]] == pytest.approx([5.75e-6, 5.68e-6], abs=6e-9)
    says("standardising alone does not promise it")
    x1 = np.array([-2.0, -1, 3, -3, 1, 2])
    apart = np.column_stack([x1, [-1.8, -0.8, 3.2, -3.2, 0.8, 1.8]])
    labels = np.array([1, 1, 1, 0, 0, 0])  # x2 - x1 separates them
    Z = data.standardise(apart)[0]
    assert right(Z, labels, (labels - 0.5) @ Z, 0.0) < 6
    assert found[0.001][100] == pytest.approx(0.628, abs=6e-4)


def test_the_sizes_and_the_rates_on_sixty_points():
    says(
        "make 30, 180 and 1800 updates",
        "ends at 0.485, 0.388 and 0.377, where 0.3771 is the least possible",
        "$\\eta = 1$ is at 0.380 and still falling. $\\eta = 20$ came to 0.377 after 8 epochs",
        "in the last five epochs the loss bounces between 0.486 and 0.538",
    )
    points = data.blobs(np.random.default_rng(1), n=60, distance=1.5)
    losses = lambda eta, size, epochs=30: NeuronTraining(points.X, points.y, eta, size).losses(
        epochs
    )
    ends = [losses(0.1, size)[30] for size in (60, 10, 1)]
    assert ends == pytest.approx([0.485, 0.388, 0.377], abs=6e-4)
    assert losses(2, 60, 3000)[-1] == pytest.approx(0.3771, abs=6e-5)
    one, twenty = losses(1, 60), losses(20, 60)
    assert one[30] == pytest.approx(0.380, abs=6e-4) and np.all(np.diff(one) < 0)
    assert twenty[8] == pytest.approx(0.377, abs=6e-4)
    says("At the bottom the steepest curvature is 0.131, so the border $2/k$ is 15")
    w = np.zeros(3)
    with_bias = np.column_stack([points.X, np.ones(60)])
    for _ in range(50):  # Newton's steps
        a = logistic(with_bias @ w)
        bend = (with_bias * (a * (1 - a))[:, None]).T @ with_bias / 60
        w = w - np.linalg.solve(bend, with_bias.T @ (a - points.y) / 60)
    steepest = np.linalg.eigvalsh(bend)[-1]
    assert (steepest, 2 / steepest) == (pytest.approx(0.131, abs=5e-4), pytest.approx(15, abs=0.5))
    assert (twenty[26:].min(), twenty[26:].max()) == pytest.approx((0.486, 0.538), abs=6e-4)


def test_the_raw_vehicles_are_thrown_about_by_a_rate_of_a_hundredth():
    X, y = data.vehicles().X, data.vehicles().y
    losses = NeuronTraining(X, y, 0.01, 6).losses(4)
    assert losses[0] == pytest.approx(np.log(2)) and losses[1:].min() > 30
    says("the smallest $z$ is 131, so $a$ is exactly 1")
    z = 0.01 * (y - 0.5) @ X / 6 @ X.T
    assert z.min() == pytest.approx(131, abs=0.5) and np.all(logistic(z) == 1)
    # they can be separated all the same: the wheels do it
    assert right(X, y, np.array([1.0, 0, 0]), -3.0) == 6


def test_standardising_rounds_the_bowl_and_does_not_make_it_round():
    says("It falls from 4.5 million to 121", "correlations of 0.90 to 0.97")
    raw = data.vehicles().X
    scaled = data.standardise(raw)[0]
    assert np.linalg.cond(raw.T @ raw) == pytest.approx(4.5e6, rel=0.01)
    assert np.linalg.cond(scaled.T @ scaled) == pytest.approx(121, abs=0.5)
    between = np.corrcoef(raw.T)[np.triu_indices(3, 1)]
    assert between.min() == pytest.approx(0.90, abs=0.005)
    assert between.max() == pytest.approx(0.97, abs=0.005)


@pytest.mark.parametrize(
    "eta, size, epochs, last, range_",
    [
        (0.5, 1, 6, 0.295, None),
        (0.5, 8, 6, 0.321, None),
        (0.5, 40, 6, 0.612, None),
        (0.5, 1, 20, None, (0.292, 0.368)),
        (0.5, 8, 20, None, (0.293, 0.296)),
        (0.5, 40, 20, 0.355, None),
        (0.1, 1, 20, None, (0.292, 0.297)),
        (0.1, 40, 20, 0.784, None),
        (4, 40, 20, 0.292, None),
        (4, 1, 20, None, (None, 5.3)),
        (4, 2, 20, None, (None, 1.7)),
    ],
)
def test_where_the_three_walks_are(eta, size, epochs, last, range_):
    loss = NeuronLoss(*crowd())
    places = walk(loss, np.array([-1.2, 1.6]), eta, size, epochs, 1)
    J = loss(places[:, 0], places[:, 1])
    if last is not None:
        says(f"{last}")
        assert J[-1] == pytest.approx(last, abs=6e-4)
    last_five = J[-5 * 40 // size :]
    for bound, value in zip(range_ or (), (last_five.min(), last_five.max())):
        if bound is not None:
            says(f"{bound}")
            assert value == pytest.approx(bound, abs=0.04 if eta == 4 else 6e-4)
    assert float(loss(*loss.lowest())) == pytest.approx(0.292, abs=6e-4)


def test_the_first_thing_is_to_touch_and_the_sources_stand_at_the_end():
    first = TEXT[: TEXT.index("```{code-cell}")].split("# 3 ·")[1]
    assert len(first.split()) < 50
    assert TEXT.index("HandNeuron()") < TEXT.index("**When you are done you can**")
    assert TEXT.index("**Where it comes from.**") > TEXT.index("## What you can now do")
