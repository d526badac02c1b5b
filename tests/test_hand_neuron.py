"""The pictures that lesson 3 opens with: a neuron set by hand, each example's pull, a step that is
turned."""

import numpy as np
import pytest

from course import data
from course.gradcheck import numeric_gradient
from course.widgets.descent import bowl
from course.widgets.hand_neuron import HandNeuron, Pulls, pulls, right
from course.widgets.neuron_trainer import NeuronTraining, examples
from course.widgets.turning import PLACE, SHORT, TurnTheStep, change


def test_the_mean_pull_is_minus_the_measured_gradient():
    X, y, *_ = examples("blobs")
    w, b = np.array([0.4, -0.9]), 0.3
    at_w, at_b = pulls(X, y, w, b)
    measured = numeric_gradient(NeuronTraining(X, y, 1.0, len(y)).loss, np.array([*w, b]))
    assert [*at_w.mean(axis=0), at_b.mean()] == pytest.approx(-measured, abs=1e-9)


def test_a_pull_goes_along_the_input_of_class_1_and_against_that_of_class_0():
    X, y, *_ = examples("blobs")
    at_w, _ = pulls(X, y, np.array([0.4, -0.9]), 0.3)
    along = np.sum(at_w * X, axis=1)
    assert np.all(along[y == 1] > 0) and np.all(along[y == 0] < 0)


def test_the_four_pulls_of_xor_cancel_at_zero_and_not_elsewhere():
    X, y, *_ = data.xor()
    at_w, at_b = pulls(X, y, np.zeros(2), 0.0)
    assert at_w.sum(axis=0) == pytest.approx([0, 0]) and at_b.sum() == pytest.approx(0)
    assert np.abs(pulls(X, y, np.array([1.0, 0.5]), 0.0)[0].sum(axis=0)).max() > 0.1


def test_an_example_on_the_boundary_is_on_no_side():
    X, y = np.array([[1.0, 0.0], [2.0, 0.0]]), np.array([1.0, 1.0])
    assert right(X, y, np.array([1.0, 0.0]), -1.0) == 1


def test_descent_stands_where_the_trainer_would_and_ties_after_one_step():
    picture = HandNeuron()
    picture.steps.value = 1
    assert "1 step from zero (the dotted line): 6 of 6 right" in picture.text()
    X, y, *_ = examples("vehicles")
    w, b = NeuronTraining(X, y, 0.5, 6).state(1)
    assert right(X, y, w, b) == 6


def test_a_step_along_the_pulls_moves_the_sliders_by_their_mean():
    picture = Pulls("vehicles")
    at_w, at_b = pulls(picture.X, picture.y, *picture.neuron)
    picture.step.click()
    assert picture.neuron[0] == pytest.approx(at_w.mean(axis=0), abs=0.006)
    assert picture.neuron[1] == pytest.approx(at_b.mean(), abs=0.006)


def test_pulls_that_are_merely_small_are_not_said_to_cancel():
    picture = Pulls("vehicles")
    picture.w1.value = picture.w2.value = 5.0
    picture.w1.value = 4.95
    exact = pulls(picture.X, picture.y, *picture.neuron)[0].mean(axis=0)
    assert 0 < np.abs(exact).max() < 1e-3
    assert "cancel" not in picture.text()


def test_the_steepest_fall_is_against_the_measured_gradient():
    degrees = np.arange(-180, 181)
    gradient = numeric_gradient(lambda w: bowl(*w), PLACE)
    against = np.degrees(np.arctan2(-gradient[1], -gradient[0]))
    assert degrees[np.argmin(change(degrees))] == pytest.approx(against, abs=1)
    assert change(degrees).min() == pytest.approx(-SHORT * np.linalg.norm(gradient), rel=0.02)


def test_the_picture_names_the_best_direction_only_of_those_tried():
    picture = TurnTheStep()
    assert "lowers J most (" not in picture.text()
    picture.degrees.value = -90
    picture.degrees.value = 45
    assert "45° lowers J most" in picture.text() and "-90° raises it most" in picture.text()
