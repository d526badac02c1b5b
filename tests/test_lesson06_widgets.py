"""The three pictures of lesson 6: softmax stage by stage, what a loss costs, the Jacobian. First
the mathematics."""

import numpy as np
import pytest
import traitlets

from autograder.decks import number
from course.gradcheck import numeric_gradient
from course.plots.logits import in_figures
from course.widgets.logits import COLDEST, WARMEST, LogitsToProbabilities, Stages
from course.widgets.loss_curve import LossCurve, TwoClassLosses
from course.widgets.softmax_jacobian import SoftmaxAt, SoftmaxJacobian

DECK = (1.1, 2.2, 0.2, -1.7)
EXACT = np.array(number("mlp004.softmax.exact").exact)


# ---- logits to probabilities


def test_softmax_gives_the_decks_probabilities_with_and_without_the_shift():
    for shift in (True, False):
        assert Stages(DECK, shift=shift).p == pytest.approx(EXACT, abs=1e-15)


@pytest.mark.parametrize(
    "added", [-1000.0, -746.0, -743.0, -10.0, 0.0, 100.0, 707.2, 708.0, 1000.0]
)
def test_with_the_shift_adding_to_all_logits_changes_no_probability(added):
    assert Stages(DECK, added=added, shift=True).p == pytest.approx(EXACT, abs=1e-12)


@pytest.mark.parametrize(
    "added, expected, said",
    [
        (1000.0, [np.nan] * 4, "inf/inf"),
        (-1000.0, [np.nan] * 4, "0/0"),
        (708.0, [0, np.nan, 0, 0], "inf/inf"),
        (707.2, [0, 0, 0, 0], "their sum does not"),
    ],
)
def test_without_the_shift_large_logits_break_softmax_and_the_text_says_how(added, expected, said):
    stages = Stages(DECK, added=added, shift=False)
    assert np.array_equal(stages.p, expected, equal_nan=True)
    assert said in stages.verdict()


def test_just_above_the_smallest_float_the_probabilities_are_wrong_without_any_nan():
    stages = Stages(DECK, added=-743.0, shift=False)
    assert np.abs(stages.p - EXACT).max() > 1e-3
    assert "lost their digits" in stages.verdict()


def test_a_low_temperature_gives_all_to_the_largest_logit_and_a_high_one_evens_out():
    cold, warm = (Stages(DECK, temperature=t) for t in (COLDEST, WARMEST))
    assert (
        cold.p == pytest.approx([0, 1, 0, 0], abs=1e-12) and "nearly everything" in cold.verdict()
    )
    assert (
        warm.p == pytest.approx(np.full(4, 0.25), abs=0.02) and "nearly the same" in warm.verdict()
    )


def test_p_minus_t_is_the_slope_of_the_loss_by_what_enters_softmax():
    for added, temperature in ((0.0, 1.0), (3.0, 0.5)):
        stages = Stages(DECK, temperature, added, right=2)
        measured = numeric_gradient(lambda s: Stages(s, right=2).loss, stages.logits)
        assert stages.gradient == pytest.approx(measured, abs=1e-9)
        assert stages.gradient.sum() == pytest.approx(0, abs=1e-15)
        assert list(np.flatnonzero(stages.gradient < 0)) == [2]
        by_z = numeric_gradient(
            lambda z: Stages(z, temperature, added, right=2).loss, np.array(DECK)
        )
        assert stages.gradient / temperature == pytest.approx(by_z, abs=1e-8)


def test_a_probability_too_small_for_a_float_costs_inf_and_the_text_says_what_it_should():
    stages = Stages((1000.0, 0.0), right=1)
    assert (stages.p[1], stages.loss, stages.exact_loss) == (0, np.inf, 1000.0)
    assert "−ln 0 = inf, as this p has become 0. It should be 1000." in stages.cost()
    assert (
        "nan, and so is its gradient. It should be 1.4977"
        in Stages(DECK, added=1000, shift=False, right=0).cost()
    )


def test_what_is_added_may_be_so_large_that_digits_are_lost():
    assert "so far from the logits" in Stages(DECK, added=1e13).verdict()


def test_numbers_are_written_as_a_reader_wants_them():
    assert [in_figures(v) for v in (0.0, 0.0136, -1.7, 1002.2, 4.5e-5, np.inf)] == [
        "0",
        "0.0136",
        "−1.7",
        "1002.2",
        "4.5·10⁻⁵",
        "inf",
    ]


# ---- what a loss costs


@pytest.mark.parametrize("name", ["cross-entropy", "squared error"])
def test_the_pull_is_minus_the_slope_of_the_loss(name):
    for z in (-6.0, -1.0, 0.0, 2.5):
        slope = numeric_gradient(lambda z: TwoClassLosses.losses[name](TwoClassLosses.p(z)), z)
        assert TwoClassLosses.pulls[name](z) == pytest.approx(-float(slope), abs=1e-8)


def test_a_confident_mistake_hardly_pulls_under_the_squared_error():
    assert TwoClassLosses.pulls["cross-entropy"](-8.0) > 0.999
    assert TwoClassLosses.pulls["squared error"](-8.0) < 0.001
    assert "confidently wrong" in TwoClassLosses.describe(-8.0)


# ---- the Jacobian


def test_the_jacobian_is_what_finite_differences_measure_and_agrees_with_the_deck_formula():
    point = SoftmaxAt(DECK, 0)
    measured = [numeric_gradient(lambda z: SoftmaxAt(z, 0).p[i], DECK) for i in range(4)]
    assert point.J == pytest.approx(np.array(measured), abs=1e-9)
    assert point.J == pytest.approx(np.array(number("mlp004.softmax.jacobian").exact), abs=1e-15)
    assert point.J.sum(axis=0) == pytest.approx(np.zeros(4), abs=1e-15)


@pytest.mark.parametrize("right", range(4))
def test_the_jacobian_turns_minus_t_over_p_into_p_minus_t(right):
    point = SoftmaxAt(DECK, right)
    assert point.dz == pytest.approx(point.p - np.eye(4)[right], abs=1e-15)
    assert point.dz == pytest.approx(
        numeric_gradient(lambda z: SoftmaxAt(z, right).loss, DECK), abs=1e-9
    )


# ---- the pictures


@pytest.fixture
def logits():
    return LogitsToProbabilities()


@pytest.fixture(scope="module")
def loss_curve():
    return LossCurve()


@pytest.fixture(scope="module")
def jacobian():
    return SoftmaxJacobian()


@pytest.mark.parametrize(
    "name, said", [("logits", "0.672"), ("loss_curve", "cross-entropy"), ("jacobian", "Nudge z1")]
)
def test_a_picture_shows_itself_with_and_without_a_browser(name, said, request):
    bundle = request.getfixturevalue(name)._repr_mimebundle_()
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    assert bundle["image/png"].startswith("iVBORw0KGgo")
    assert said in bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def artists(picture):
    return [(ax, len(ax.get_children())) for ax in picture.figure.axes]


def test_every_extreme_of_the_softmax_picture_can_be_shown(logits):
    seen = set()
    for shift in (True, False):
        for added in (-1000.0, 0.0, 1000.0):
            for temperature in (COLDEST, WARMEST):
                logits.shift, logits.added, logits.temperature = shift, added, temperature
                logits.right = 1 if added else None
                seen.add(logits.picture())
    # with the shift what is added changes nothing; where all is inf or 0 the temperature does not
    assert len(seen) == 8
    logits.reset()
    assert logits.describe() == LogitsToProbabilities().describe()


def test_equal_logits_can_be_shown(logits):
    for i in range(4):
        logits.move(i, 0.0)
    assert logits.describe().count("0.25") == 4
    assert "nearly the same" in logits.describe()


def test_two_equal_largest_logits_share_the_largest_probability(logits):
    logits.move(0, 4)
    logits.move(2, 4)
    assert "Classes 1 and 3 share the largest logit" in logits.describe()


def test_a_class_is_said_to_be_right_and_said_again_is_not(logits):
    logits.choose(0)
    assert "L = −ln p1 = 1.4977. p − t is negative for this class alone" in logits.describe()
    logits.choose(0)
    assert logits.right is None and "no loss" in logits.describe()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("z", [1.0, 2.0]),
        ("z", [1.0, 2.0, 3.0, np.nan]),
        ("z", [1.0, 2.0, 3.0, 2e6]),
        ("temperature", 0.0),
        ("added", np.inf),
        ("right", 4),
        ("right", -1),
    ],
)
def test_what_the_picture_cannot_show_is_refused_and_changes_nothing(logits, name, value):
    before = getattr(logits, name)
    with pytest.raises(traitlets.TraitError):
        setattr(logits, name, value)
    assert getattr(logits, name) == before


def test_too_few_or_too_many_logits_are_refused():
    for k in (1, 9):
        with pytest.raises(traitlets.TraitError):
            LogitsToProbabilities(np.zeros(k))


@pytest.mark.parametrize("name", ["loss_curve", "jacobian"])
def test_the_text_always_fits_into_the_room_kept_for_it(name, request):
    picture = request.getfixturevalue(name)
    assert len(picture.text().splitlines()) <= picture.lines


def test_moving_the_loss_picture_moves_numbers_and_image(loss_curve):
    drawn, before = artists(loss_curve), (loss_curve.text(), loss_curve.png())
    for z in (-8.0, 0.0, 8.0):
        loss_curve.z.value = z
        assert f"z = {z:.1f}" in loss_curve.text()
        assert loss_curve.png() != before[1]
    assert artists(loss_curve) == drawn


def test_nudge_and_right_class_change_what_the_jacobian_picture_says(jacobian):
    drawn, first = artists(jacobian), jacobian.png()
    jacobian.nudged.value, jacobian.right.value = 2, 3
    assert "Nudge z3 up" in jacobian.text() and "If class 4 is right" in jacobian.text()
    assert jacobian.png() != first
    jacobian.z[0].value = 6.0
    assert artists(jacobian) == drawn
