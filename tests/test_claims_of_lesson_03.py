"""What lesson 3 says in numbers outside its cells, computed again; and that it opens with something
to touch."""

import re
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


def test_what_the_balls_do():
    says("Halving it takes 35 steps, coming down to a hundredth 228", "the crest at $w = 0.13$",
         "deep valley at −1.80, from the right to the shallow one at 1.66", "that lies at 27°")  # fmt: skip
    assert 0.98**34 > 0.5 > 0.98**35 and 0.98**227 > 0.01 > 0.98**228
    slope = CURVES["two valleys"][1]
    ends = [descend(slope, start, 0.1, 80)[-1] for start in (0.1, 0.2, -2.4, 2.4)]
    assert ends == pytest.approx([-1.80, 1.66, -1.80, 1.66], abs=6e-3)
    assert np.degrees(np.arctan2(0.75, 1.5)) == pytest.approx(27, abs=0.5)


def test_the_best_rate_in_the_bowl():
    says("η = 0.91: the factors are 0.818 along and −0.818 across")
    rates = np.linspace(0.01, 1.2, 1191)
    slowest = np.maximum(abs(1 - 0.2 * rates), abs(1 - 2 * rates))
    assert rates[np.argmin(slowest)] == pytest.approx(0.909, abs=6e-4)
    assert slowest.min() == pytest.approx(0.818, abs=1e-3)


def test_the_raw_vehicles_are_thrown_about_by_a_rate_of_a_hundredth():
    X, y = data.vehicles().X, data.vehicles().y
    losses = NeuronTraining(X, y, 0.01, 6).losses(4)
    assert losses[0] == pytest.approx(np.log(2)) and losses[1:].min() > 30
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
        (0.5, 1, 20, None, (0.292, 0.358)),
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
    for bound, value in zip(range_ or (), (J[-3 * 40 // size :].min(), J[-3 * 40 // size :].max())):
        if bound is not None:
            says(f"{bound}")
            assert value == pytest.approx(bound, abs=0.04 if eta == 4 else 6e-4)
    assert float(loss(*loss.lowest())) == pytest.approx(0.292, abs=6e-4)


def test_the_first_thing_is_to_touch_and_the_sources_stand_at_the_end():
    first = TEXT[: TEXT.index("```{code-cell}")].split("# 3 ·")[1]
    assert len(first.split()) < 50
    assert TEXT.index("HandNeuron()") < TEXT.index("**When you are done you can**")
    assert TEXT.index("**Where it comes from.**") > TEXT.index("## What you can now do")


def test_the_minutes_are_those_of_a_reader_who_does_everything():
    cells = re.findall(r"^```\{code-cell\}.*?^```", TEXT, flags=re.M | re.S)
    words = len(re.sub(r"^```\{code-cell\}.*?^```", "", TEXT, flags=re.M | re.S).split())
    checks = sum("\ncheck(" in cell for cell in cells)
    written = TEXT.count('"tags": ["written"]')
    shown = r"^(predict\.first\(.+, )?[A-Z]\w+\(.*\)\)?\n```"
    pictures = sum(bool(re.search(shown, cell, flags=re.M)) for cell in cells)
    # 200 words a minute, half a minute to read and run a cell, 3 to play with a picture, 7 to solve
    # an exercise or to answer a question
    minutes = words / 200 + len(cells) / 2 + 3 * pictures + 7 * (checks + written)
    stated = int(re.search(r"\*\*Time\*\* about (\d+) minutes", TEXT)[1])
    assert stated == pytest.approx(minutes, rel=0.08)
