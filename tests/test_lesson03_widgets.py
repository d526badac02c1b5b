"""The three pictures of lesson 3, descent, neuron trainer and descent paths: their mathematics
first."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from course import data
from course.gradcheck import numeric_gradient
from course.plots.descent import draw_curve, move_walk, set_curve
from course.plots.neuron import draw_plane, move_neuron, set_examples
from course.widgets.descent import CURVATURES, CURVES, Descent, behaviour, bowl, descend
from course.widgets.descent_paths import DescentPaths, NeuronLoss, crowd, walk
from course.widgets.neuron_trainer import NeuronTrainer, NeuronTraining, examples, logistic

# ---- descent


@pytest.mark.parametrize("name", CURVES)
def test_the_slope_of_a_curve_is_the_one_that_is_measured(name):
    f, slope = CURVES[name]
    w = np.linspace(-2.4, 2.4, 9)
    measured = [float(numeric_gradient(f, v)) for v in w]
    assert slope(w) == pytest.approx(measured, abs=1e-8)


def test_on_a_parabola_each_step_multiplies_by_one_minus_two_eta():
    walked = descend(CURVES["one valley: J = w²"][1], 1.0, 0.3, 5)
    assert walked == pytest.approx(0.4 ** np.arange(6))


@pytest.mark.parametrize("eta, after_one_step", [(0.1, 0.64), (0.5, 0.0), (1.0, 1.0), (1.5, 4.0)])
def test_a_step_lowers_the_loss_only_when_it_is_short_enough(eta, after_one_step):
    f, slope = CURVES["one valley: J = w²"]
    assert f(descend(slope, 1.0, eta, 1)[-1]) == pytest.approx(after_one_step)


@pytest.mark.parametrize(
    "factor, word",
    [
        (1.02, "runs away"),
        (0.98, "creeps"),
        (0.5, "converges"),
        (0.0, "at once"),
        (-0.5, "settles"),
        (-1.0, "for ever"),
        (-1.1, "diverges"),
    ],
)
def test_the_factor_of_a_step_says_what_the_ball_does(factor, word):
    assert word in behaviour(factor)


def test_in_the_bowl_each_direction_has_a_factor_of_its_own():
    walked = descend(lambda w: CURVATURES * w, np.array([1.0, 1.0]), 0.9, 3)
    assert walked[-1] == pytest.approx([0.82**3, (-0.8) ** 3])
    assert numeric_gradient(lambda w: bowl(*w), [0.7, -0.3]) == pytest.approx(
        CURVATURES * [0.7, -0.3]
    )


def test_a_ball_that_is_thrown_out_stays_a_number():
    walked = descend(CURVES["two valleys"][1], -2.4, 1.2, 40)
    assert np.isfinite(walked).all()
    assert np.abs(walked[-1]) > 1e6


def test_a_ball_outside_the_picture_is_not_drawn_and_the_picture_says_so():
    ax = Figure().add_subplot()
    curve, _, artists = draw_curve(ax)
    set_curve(ax, curve, lambda w: w**2)
    move_walk(ax, artists, np.array([1.0, 9.0]), np.array([1.0, 81.0]))
    assert len(artists.ball.get_xdata()) == 0
    assert "left the picture" in artists.gone.get_text()
    move_walk(ax, artists, np.array([1.0]), np.array([1.0]))
    assert artists.gone.get_text() == ""


# ---- neuron trainer


def test_a_training_step_goes_against_the_measured_gradient():
    X, y, *_ = examples("blobs")
    run = NeuronTraining(X, y, eta=0.7, size=len(y), start=(0.3, -0.2, 0.1))
    gradient = numeric_gradient(run.loss, np.array([0.3, -0.2, 0.1]))
    w, b = run.state(1)
    assert [*w, b] == pytest.approx(np.array([0.3, -0.2, 0.1]) - 0.7 * gradient, abs=1e-9)


def test_the_loss_is_the_mean_cross_entropy():
    X, y, *_ = examples("vehicles")
    run, theta = NeuronTraining(X, y, 0.1, 6), np.array([0.5, 0.4, -0.3])
    a = logistic(X @ theta[:2] + theta[2])
    assert run.loss(theta) == pytest.approx(-np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)))


def test_vehicles_are_learnt_by_one_neuron():
    X, y, *_ = examples("vehicles")
    run = NeuronTraining(X, y, 0.3, 6)
    assert run.right(10).all()
    assert np.all(np.diff(run.losses(40)) < 0)


def test_an_answer_of_exactly_one_half_is_neither_right_nor_wrong():
    X, y, *_ = examples("vehicles")
    run = NeuronTraining(X, y, 0.3, 6)
    assert not run.right(0).any() and not run.wrong(0).any()
    assert "0 of 6 right, 6 undecided" in NeuronTrainer().text()


def test_full_batch_descent_on_xor_never_leaves_zero():
    X, y, *_ = data.xor()
    w, b = NeuronTraining(X, y, 0.5, 4).state(30)
    assert [*w, b] == pytest.approx([0, 0, 0], abs=1e-12)


@pytest.mark.parametrize("size, start", [(4, (-1.1, 0.8, 0.4)), (1, None), (1, (3.0, -3.0, 0.2))])
def test_no_training_brings_the_loss_of_xor_below_ln_2_or_gets_four_right(size, start):
    X, y, *_ = data.xor()
    run = NeuronTraining(X, y, 1.0, size, start)
    assert run.losses(60).min() >= np.log(2) - 1e-12
    assert max(run.right(epoch).sum() for epoch in range(61)) <= 3


def test_going_back_and_forth_shows_the_same_neuron():
    X, y, *_ = examples("blobs")
    run, other = NeuronTraining(X, y, 0.3, 4), NeuronTraining(X, y, 0.3, 4)
    run.state(3)
    assert np.array_equal(run.state(9)[0], other.state(9)[0])
    assert np.array_equal(run.losses(3), other.losses(9)[:4])


def test_the_boundary_is_drawn_where_z_is_zero_and_the_arrow_points_to_class_1():
    ax, X, y = Figure().add_subplot(), np.array([[0.0, 0.0], [2.0, 1.0]]), np.array([0, 1])
    artists = draw_plane(ax)
    set_examples(ax, artists, X, y, ("x1", "x2"), ("0", "1"))
    w, b = np.array([1.5, -0.5]), -0.6
    move_neuron(ax, artists, w, b, X, np.array([False, False]), logistic)
    assert w @ artists.boundary.get_data() + b == pytest.approx([0, 0])
    (x_from, y_from), (x_to, y_to) = artists.arrow._posA_posB
    assert w @ [x_to - x_from, y_to - y_from] > 0


# ---- descent paths


@pytest.fixture(scope="module")
def loss():
    return NeuronLoss(*crowd())


def test_the_gradient_on_all_examples_is_the_slope_of_the_surface(loss):
    theta = np.array([0.4, -0.7])
    assert loss.gradient(theta, np.arange(40)) == pytest.approx(
        numeric_gradient(lambda t: loss(*t), theta), abs=1e-9
    )


def test_the_cross_marks_the_place_without_slope(loss):
    assert loss.gradient(loss.lowest(), np.arange(40)) == pytest.approx([0, 0], abs=1e-12)


def test_the_mean_of_all_mini_batch_gradients_is_the_full_gradient(loss):
    theta, order = np.array([0.2, 0.5]), np.random.default_rng(0).permutation(40).reshape(5, 8)
    assert np.mean([loss.gradient(theta, chosen) for chosen in order], axis=0) == pytest.approx(
        loss.gradient(theta, np.arange(40))
    )


@pytest.mark.parametrize("size, updates", [(40, 3), (8, 15), (1, 120), (7, 18)])
def test_three_epochs_make_this_many_updates(loss, size, updates):
    assert len(walk(loss, np.zeros(2), 0.1, size, 3, 0)) == updates + 1


def test_single_examples_end_further_from_rest_than_the_full_batch(loss):
    ends = {
        size: [
            loss.gradient(walk(loss, loss.lowest(), 1.0, size, 5, seed)[-1], np.arange(40))
            for seed in range(4)
        ]
        for size in (1, 40)
    }
    assert np.abs(ends[40]).max() < 1e-9
    assert min(np.abs(end).max() for end in ends[1]) > 1e-3


# ---- all three as pictures

SETTINGS = {
    Descent: [
        {"eta": 1.2, "steps": 40},
        {"curve": "two valleys", "start": 2.0},
        {"eta": 0.01, "steps": 0},
        {"eta": 1.2, "steps": 3},
    ],
    NeuronTrainer: [
        {"epoch": 12},
        {"name": "XOR", "size": 1},
        {"start": "random"},
        {"name": "blobs", "eta": 10.0, "epoch": 60},
    ],
    DescentPaths: [{"epochs": 0}, {"epochs": 20, "eta": 4}, {"size": 2}, {"size": 39, "seed": 7}],
}


@pytest.fixture(scope="module", params=SETTINGS, ids=lambda kind: kind.__name__)
def picture(request):
    return request.param()


def test_a_picture_shows_itself_with_and_without_a_browser(picture):
    bundle = picture._repr_mimebundle_()
    assert bundle["image/png"].startswith("iVBORw0KGgo")
    assert "J = " in bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_every_setting_has_its_own_picture_and_words_of_finite_numbers_on_one_figure(picture):
    def artists():
        return [(ax, len(ax.get_children())) for ax in picture.figure.axes]

    drawn = artists()
    seen = {picture.png()}
    for settings in SETTINGS[type(picture)]:
        for name, value in settings.items():
            getattr(picture, name).value = value
        seen.add(picture.png())
        assert "nan" not in picture.text() and "inf" not in picture.text()
        assert len(picture.text().splitlines()) == picture.lines
        # or a line is broken, and everything below jumps
        assert max(map(len, picture.text().splitlines())) <= 105
    assert len(seen) == 1 + len(SETTINGS[type(picture)])
    assert artists() == drawn


def test_on_xor_the_trainer_says_how_good_it_has_been_and_does_not_give_the_limit_away():
    trainer = NeuronTrainer("XOR")
    trainer.eta.value, trainer.size.value, trainer.epoch.value = 3.0, 1, 40
    right = [trainer.run.right(epoch).sum() for epoch in range(41)]
    assert (
        f"{max(right)} of 4 right, and a loss of {trainer.run.losses(40).min():.4f}"
        in trainer.text()
    )


def test_the_button_goes_on_by_one_epoch_and_stops_at_the_end():
    trainer = NeuronTrainer(epochs=2)
    for expected in (1, 2, 2):
        trainer.step.click()
        assert trainer.epoch.value == expected


def test_every_control_has_a_name_that_can_be_read_aloud(picture):
    def controls(widget):
        return (
            [c for child in widget.children for c in controls(child)]
            if hasattr(widget, "children")
            else [widget]
        )

    named = [c for c in controls(picture.view) if c is not picture.screen]
    assert named and all(control.description for control in named)
