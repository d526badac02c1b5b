"""What lesson 4 says in numbers outside its cells, computed again; and that it opens with something
to touch."""

from pathlib import Path

import numpy as np
import pytest

TEXT = (Path(__file__).parents[1] / "course" / "lessons" / "04-two-two-one.md").read_text(
    encoding="utf-8"
)
PLAIN = " ".join(TEXT.split())
X, D = np.array([1.1, 0.4]), np.array([1.0])
W1, W2 = np.array([[0.3, -0.3], [-0.4, 0.6]]), np.array([[0.9], [0.3]])


def says(*sentences):
    """The lesson says this still, word for word."""
    for sentence in sentences:
        assert sentence in PLAIN, f"the lesson does not say {sentence!r}"


def logistic(z):
    return 1 / (1 + np.exp(-z))


def output(first, second):
    return logistic(np.tanh(X @ first) @ second)


def div(first, second, target=D):
    return float(np.sum((output(first, second) - target) ** 2) / 2)


def step(first, second, eta, target=D):
    """Both matrices after one step of gradient descent."""
    y1, y2 = np.tanh(X @ first), output(first, second)
    dz2 = y2 * (1 - y2) * (y2 - target)
    dz1 = (1 - y1**2) * (second @ dz2)
    return first - eta * np.outer(X, dz1), second - eta * np.outer(y1, dz2)


def test_the_two_slopes_are_those_of_the_folded_derivation():
    z, h = np.linspace(-3, 3, 13), 1e-6
    for f, slope in ((np.tanh, lambda y: 1 - y**2), (logistic, lambda y: y * (1 - y))):
        assert slope(f(z)) == pytest.approx((f(z + h) - f(z - h)) / (2 * h), abs=1e-8)


def test_hardly_anything_comes_through_a_saturated_output():
    says("$y$ is 0.0012 and the error −0.9988, but the slope $y(1 - y)$ is 0.0012")
    y = output(W1, np.array([[-40.0], [0.3]]))[0]
    assert (y, y - 1, y * (1 - y)) == pytest.approx((0.0012, -0.9988, 0.0012), abs=6e-5)


def test_a_negative_second_weight_makes_the_output_a_little_larger():
    says("$-0.3$ also makes the output a little larger")
    assert 0 < output(W1, np.array([[0.9], [-0.3]]))[0] - output(W1, W2)[0] < 0.03


def test_a_unit_that_puts_out_nothing_is_blamed_all_the_same():
    says("**Reset, and set $x_1$ to 0.4 and $x_2$ to 0.3.** One hidden unit collects exactly 0.")
    z1 = np.array([0.4, 0.3]) @ W1
    y1 = np.tanh(z1)
    y2 = logistic(y1 @ W2)
    dz2 = y2 * (1 - y2) * (y2 - D)
    dz1 = (1 - y1**2) * (W2 @ dz2)
    assert z1[0] == pytest.approx(
        0, abs=1e-16
    )  # 0.4 · 0.3 − 0.3 · 0.4: some processors round between
    assert np.outer(y1, dz2)[0] == pytest.approx(0, abs=1e-16)
    assert dz1[0] == pytest.approx((W2 @ dz2)[0]) and dz1[0] < -0.1


def test_from_the_decks_own_start_every_step_of_the_table_helps():
    says(
        "And yet every step here helped.",
        "At $\\eta = 10$ the promise is 0.164, but the whole divergence is 0.110",
    )
    assert all(div(*step(W1, W2, eta)) < div(W1, W2) for eta in (0.1, 0.5, 1, 5, 10, 50, 200))


def test_with_a_target_inside_the_range_fifty_is_too_far():
    target = np.array([0.6])
    before = div(W1, W2, target)
    assert div(*step(W1, W2, 10, target), target) < before
    assert div(*step(W1, W2, 50, target), target) > before
    assert output(*step(W1, W2, 50, target))[0] > 0.6


def test_nearly_half_of_random_starts_can_overshoot_with_the_target_1():
    says(
        "Nearly half. None of them rises at $\\eta = 10$ or less: only the steps with 50 and 200 do it."
    )
    rng, risen, small = np.random.default_rng(1), 0, 0
    for _ in range(200):
        first, second = rng.uniform(-1, 1, size=(2, 2)), rng.uniform(-1, 1, size=(2, 1))
        etas = (0.1, 0.5, 1, 5, 10, 50, 200)
        rises = [eta for eta in etas if div(*step(first, second, eta)) > div(first, second)]
        risen, small = risen + bool(rises), small + any(eta <= 10 for eta in rises)
    assert 0.4 < risen / 200 < 0.5 and small == 0


def test_nine_results_of_the_deck_do_not_follow_from_the_digits_in_front_of_them():
    says("(Nor do two of the forward pass, 0.124615 and 0.531113.)")
    assert 0.9 * 0.1683 - 0.3 * 0.0897 == pytest.approx(0.124560, abs=1e-9)
    assert logistic(0.1246) == pytest.approx(0.531110, abs=5e-7)


def test_the_start_of_the_lesson_rises_and_each_half_of_its_step_would_help():
    says("Hidden unit 2 puts out −0.74, so its weight is told to fall, to −4.67", "to 0.99.")
    first, second = np.array([[0.3, -0.5], [-0.9, -1.0]]), np.array([[0.6], [0.8]])
    new_first, new_second = step(first, second, 50)
    before = div(first, second)
    assert div(new_first, second) < before and div(first, new_second) < before
    assert div(new_first, new_second) > before
    assert np.tanh(X @ first)[1] == pytest.approx(-0.74, abs=6e-3)
    assert np.tanh(X @ new_first)[1] == pytest.approx(0.99, abs=6e-3)
    assert new_second[1, 0] == pytest.approx(-4.67, abs=6e-3)
    says("their product was −0.59 and is −4.63")
    products = np.tanh(X @ first)[1] * second[1, 0], np.tanh(X @ new_first)[1] * new_second[1, 0]
    assert products == pytest.approx((-0.59, -4.63), abs=6e-3)


def test_the_largest_derivative_is_not_at_the_output_because_of_what_comes_in():
    says("the blame is about the same, −0.102 against −0.117")
    y1, y2 = np.tanh(X @ W1), output(W1, W2)
    dz2 = y2 * (1 - y2) * (y2 - D)
    dz1 = (1 - y1**2) * (W2 @ dz2)
    assert (dz1[0], dz2[0]) == pytest.approx((-0.102, -0.117), abs=6e-4)
    assert X[0] / y1[0] > 6


def test_the_sizes_of_the_timed_networks_are_those_that_are_named():
    says("for p, h in ((2, 2), (9, 10), (99, 200))", "20,000 weights, on this machine")
    assert [p * h + h for p, h in ((2, 2), (9, 10), (99, 200))] == [6, 100, 20_000]


def test_the_first_thing_is_to_touch_and_the_sources_stand_at_the_end():
    first = TEXT[: TEXT.index("```{code-cell}")].split("# 4 ·")[1]
    assert len(first.split()) < 50
    assert TEXT.index("BlameFlow()") < TEXT.index("**When you are done you can**")
    assert TEXT.index("**Where it comes from.**") > TEXT.index("## What you can now do")
