"""The small data sets: their shapes, their classes, and what the lessons say about them."""

import numpy as np
import pytest

from course import data


@pytest.mark.parametrize(
    "make", [data.vehicles, lambda: data.blobs(np.random.default_rng(0)), data.xor]
)
def test_a_data_set_has_one_example_a_row_and_a_class_for_each(make):
    X, y, features, classes = make()
    assert X.shape == (len(y), len(features))
    assert X.dtype == y.dtype == np.float64
    assert set(y) == {0.0, 1.0}
    assert len(classes) == 2


def test_a_caller_who_changes_the_data_changes_only_their_own_copy():
    data.vehicles().X[:] = 0
    data.xor().y[:] = 7
    assert data.vehicles().X[0].tolist() == [4, 6, 500]
    assert data.xor().y.tolist() == [0, 1, 1, 0]


def test_the_vehicles_with_four_wheels_are_class_1_and_are_the_taller_and_heavier_ones():
    X, y, *_ = data.vehicles()
    assert X[y == 1].tolist() == [[4, 6, 500], [4, 5.5, 600], [4, 5, 550]]
    assert (X[y == 1].min(axis=0) > X[y == 0].max(axis=0)).all()


def test_the_two_classes_of_xor_have_one_common_centre():
    X, y, *_ = data.xor()
    assert X[y == 0].mean(axis=0).tolist() == X[y == 1].mean(axis=0).tolist() == [0.5, 0.5]


def test_blobs_lie_around_two_centres_at_the_given_distance():
    X, y, *_ = data.blobs(np.random.default_rng(1), n=20_001, distance=4.0, spread=0.5)
    assert y.sum() == 10_001
    low, high = X[y == 0], X[y == 1]
    assert np.linalg.norm(high.mean(axis=0) - low.mean(axis=0)) == pytest.approx(4.0, abs=0.03)
    assert [*low.std(axis=0), *high.std(axis=0)] == pytest.approx([0.5] * 4, abs=0.01)


def test_blobs_come_in_random_order_and_from_the_generator_alone():
    one, same, other = (data.blobs(np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(one.X, same.X) and np.array_equal(one.y, same.y)
    assert not np.array_equal(one.y, other.y)
    assert 10 < np.count_nonzero(np.diff(one.y)) < 50


def test_standardised_columns_have_mean_0_and_deviation_1_and_can_be_undone():
    raw = data.vehicles().X
    X, mean, deviation = data.standardise(raw)
    assert X.mean(axis=0) == pytest.approx([0, 0, 0], abs=1e-15)
    assert X.std(axis=0) == pytest.approx([1, 1, 1])
    assert X * deviation + mean == pytest.approx(raw)


def test_a_column_that_never_varies_is_standardised_to_zero():
    X, _, deviation = data.standardise([[1, 7], [3, 7]])
    assert X.tolist() == [[-1, 0], [1, 0]]
    assert deviation.tolist() == [1, 1]
