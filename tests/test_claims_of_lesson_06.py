"""What lesson 6 claims in its sentences, computed again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from course.gradcheck import numeric_gradient
from course.plots.forces import draw_forces
from course.widgets.logits.logits import DECK, Stages
from course.widgets.loss_curve import TwoClassLosses
from course.widgets.softmax_jacobian import SoftmaxAt, SoftmaxJacobian

TEXT = " ".join(
    (Path(__file__).parents[1] / "course" / "lessons" / "06-softmax-cross-entropy.md")
    .read_text(encoding="utf-8")
    .split()
)


def says(*words: str) -> None:
    """The lesson still has these words: a claim that was changed needs its test changed."""
    for each in words:
        assert each in TEXT, each


def softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def log_sum_exp(z):
    return np.max(z) + np.log(np.exp(z - np.max(z)).sum())


# ---- the first picture


def test_what_goes_wrong_without_the_shift():
    says(
        "707.2: the sum is `inf`",
        "$p_2$ is `nan` and the others are 0",
        "0.0175 instead of 0.0136 for the fourth",
    )
    without = {c: Stages(DECK, added=c, shift=False) for c in (707.2, 708.0, -743.0, -1000.0)}
    assert np.isinf(without[707.2].total) and np.all(without[707.2].p == 0)
    assert np.isnan(without[708.0].p[1]) and np.all(np.delete(without[708.0].p, 1) == 0)
    assert np.isnan(without[-1000.0].p).all()
    quiet = without[-743.0]
    assert np.isfinite(quiet.p).all() and quiet.p.sum() == pytest.approx(1)
    assert (quiet.p[3], quiet.exact[3]) == pytest.approx((0.0175, 0.0136), abs=5e-5)


def test_a_low_temperature_is_a_maximum_and_a_high_one_makes_all_alike():
    assert Stages(DECK, temperature=0.02).p.max() > 0.999
    assert Stages(DECK, temperature=50).p == pytest.approx(np.full(4, 0.25), abs=0.012)


# ---- likelihood


def test_likelihood_and_kl_are_one_factor():
    says("By which factor is the row", "$2^{4.49} = 22.5$", "it is 0.326 bits")
    q, p = np.array([0.6, 0.4]), np.array([0.9, 0.1])
    kl = lambda a, b: np.sum(a * np.log2(a / b))
    factor = (0.6**6 * 0.4**4) / (0.9**6 * 0.1**4)
    assert factor == pytest.approx(22.5, abs=0.05) and factor == pytest.approx(2 ** (10 * kl(q, p)))
    assert (kl(q, p), kl(p, q)) == pytest.approx((0.449, 0.326), abs=5e-4)
    assert 0.4**1000 == 0.0


def test_the_likelihood_is_largest_at_the_share_that_was_seen():
    belief = np.linspace(0.01, 0.99, 99)
    assert belief[np.argmax(belief**6 * (1 - belief) ** 4)] == pytest.approx(0.6)


# ---- two losses


def test_the_two_pulls_of_the_loss_picture():
    says("the pulls 0.9997 and 0.0007", "$z = -0.69$, with 0.296", "$2 \\cdot 10^{-7}$")
    ce, se = TwoClassLosses.pulls["cross-entropy"], TwoClassLosses.pulls["squared error"]
    assert (ce(-8.0), se(-8.0)) == pytest.approx((0.9997, 0.0007), abs=5e-5)
    z = np.linspace(-8, 8, 16_001)
    pulls = np.array([se(v) for v in z])
    assert z[pulls.argmax()] == pytest.approx(-np.log(2), abs=1e-3)
    assert pulls.max() == pytest.approx(8 / 27, abs=1e-6)
    assert (se(8.0), ce(8.0)) == pytest.approx((2e-7, 3e-4), rel=0.2)


def test_seven_steps_against_214_most_of_them_near_0():
    says("7 steps against 214", "$\\ln 100 = 4.6$", "only six times as much")
    walked = {}
    for name, pull in (("CE", lambda p: 1 - p), ("SE", lambda p: 2 * p * (1 - p) ** 2)):
        z, walked[name] = -6.0, []
        while z <= 0:
            walked[name].append(1 / (1 + np.exp(-z)))
            z += pull(walked[name][-1])
    assert (len(walked["CE"]), len(walked["SE"])) == (7, 214)
    assert sum(p < 0.05 for p in walked["SE"]) > 195
    assert np.log(0.004) / np.log(0.4) == pytest.approx(6, abs=0.1)
    assert np.log(100) == pytest.approx(4.6, abs=0.01)


# ---- the Jacobian


def test_whom_a_nudge_hurts_most():
    says("For $z_1$ it is $p_2$, for $z_2$ it is $p_1$")
    J = SoftmaxAt(DECK, 0).J
    assert (J[:, 0].argmin(), J[:, 1].argmin()) == (1, 0)
    assert np.abs(SoftmaxAt((1.1, 6.0, 0.2, -1.7), 0).J).max() < 0.02


def test_the_picture_lays_the_jacobian_out_as_it_is_computed():
    """∂L/∂p has one number a row of the table, ∂L/∂z one a column."""
    picture = SoftmaxJacobian()
    picture.right.value, picture.nudged.value = 2, 1
    point = picture.point
    shown = lambda table: np.asarray(table.image.get_array())
    dp, J, dz = shown(picture._dp), shown(picture._J), shown(picture._dz)
    assert dp.shape == (4, 1) and J.shape == (4, 4) and dz.shape == (1, 4)
    assert dz[0] == pytest.approx((dp * J).sum(axis=0))
    assert dz[0] == pytest.approx(point.p - np.eye(4)[2])
    assert picture._J.frame.get_x() == picture._dz.frame.get_x() == 0.5
    dp_row, J_entry = -1 / point.p[2], point.J[2, 1]
    line = f"∂L/∂z2 = {dp_row:.4f} · {J_entry:.4f} = +{dp_row * J_entry:.3f}".replace("-", "−")
    assert line in picture.text()


# ---- forces


def test_forces_balance_and_the_sum_of_the_logits_stays():
    says("the sum of the logits never changes")
    z, t = np.array([0.1, 2.0, 1.0]), np.array([1.0, 0.0, 0.0])
    for _ in range(51):
        z = z + (t - softmax(z))
    assert z.sum() == pytest.approx(3.1, abs=1e-12)


def test_an_arrow_goes_from_p_to_t_and_up_equals_down():
    p, t = softmax(np.array([0.1, 2.0, 1.0])), np.array([1.0, 0.0, 0.0])
    ax = Figure().add_subplot()
    draw_forces(ax, p, t, "start")
    arrows = [a for a in ax.texts if getattr(a, "arrow_patch", None) is not None]
    assert [(a.xyann[1], a.xy[1]) for a in arrows] == [pytest.approx(pair) for pair in zip(p, t)]
    assert ax.get_title() == f"start\nup {1 - p[0]:.3f}, down {p[1] + p[2]:.3f}"


def test_a_force_of_nothing_has_no_arrow():
    ax = Figure().add_subplot()
    draw_forces(ax, np.array([0.999, 0.001]), np.array([1.0, 0.0]))
    assert not any(getattr(a, "arrow_patch", None) for a in ax.texts)


# ---- the loss from the logits


def test_two_programs_for_the_loss_of_a_row_that_is_surely_wrong():
    says("so the loss is $-(0 - 1000) = 1000$", "at most $\\ln k$")
    z, t = np.array([1000.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    loss = lambda z: log_sum_exp(z) - t @ z
    assert loss(z) == 1000 and softmax(z)[1] == 0
    assert numeric_gradient(loss, z) == pytest.approx([1, -1, 0], abs=1e-5)
    assert numeric_gradient(lambda z: -np.log(softmax(z)[1] + 1e-12), z) == pytest.approx([0, 0, 0])
    rng = np.random.default_rng(6)
    for z in (rng.normal(0, 3, 5), np.zeros(4)):
        assert z.max() <= log_sum_exp(z) <= z.max() + np.log(len(z)) + 1e-12


# ---- lesson 5 with softmax on top


def first_within(softmax_on_top, b2, eta=0.5):
    """The step before which both outputs are within 0.1, and the largest slope at the start."""
    i, t = np.array([0.05, 0.10]), np.array([0.01, 0.99])
    W1, b1 = np.array([[0.15, 0.25], [0.20, 0.30]]), np.array([0.35, 0.35])
    W2, b2, slopes = np.array([[0.40, 0.50], [0.45, 0.55]]), np.array(b2), None
    for step in range(1, 1001):
        h = 1 / (1 + np.exp(-(i @ W1 + b1)))
        z = h @ W2 + b2
        out = softmax(z) if softmax_on_top else 1 / (1 + np.exp(-z))
        slopes = out * (1 - out) if slopes is None else slopes
        if np.abs(out - t).max() < 0.1:
            return step, slopes.max()
        d = out - t if softmax_on_top else (out - t) * out * (1 - out)
        dh = (W2 @ d) * h * (1 - h)
        W1, b1, W2, b2 = (
            W1 - eta * np.outer(i, dh),
            b1 - eta * dh,
            W2 - eta * np.outer(h, d),
            b2 - eta * d,
        )
    return None


def test_without_the_slope_the_network_of_lesson_5_is_faster():
    says("it is 6 against 81", "it is 10 against 761", "is below 0.005")
    assert [first_within(on_top, (0.6, 0.6))[0] for on_top in (True, False)] == [6, 81]
    assert [first_within(on_top, (6.0, -6.0))[0] for on_top in (True, False)] == [10, 761]
    assert first_within(False, (6.0, -6.0))[1] < 0.005
    says("2 against 4), but not the second (2 against 40)")
    assert [first_within(on_top, (0.6, 0.6), 10)[0] for on_top in (True, False)] == [2, 4]
    assert [first_within(on_top, (6.0, -6.0), 10)[0] for on_top in (True, False)] == [2, 40]


def test_a_target_that_lacks_a_tenth_has_another_gradient_whose_sum_is_0():
    says("$t = (0.5, 0.4, 0)$", "0.9\\,p_j - t_j$", "Those of $p - t$ add up to 0.1")
    z, t = np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.4, 0.0])
    measured = numeric_gradient(lambda z: -t @ np.log(softmax(z)), z)
    assert measured == pytest.approx(0.9 * softmax(z) - t, abs=1e-8)
    assert measured.sum() == pytest.approx(0, abs=1e-8)
    assert (softmax(z) - t).sum() == pytest.approx(0.1)


# ---- the planted bug


def test_the_broken_loss_falls_for_218_steps_and_then_rises():
    says("0.1288 against 0.1295", "3,000 it had risen to 0.352", "falls for 218 steps")
    rng = np.random.default_rng(6)
    labels = np.repeat([0, 1, 2], 40)
    centres = np.array([[0.0, 1.4], [-1.3, -0.8], [1.4, -0.7]])
    X, T = centres[labels] + rng.normal(0, 0.75, size=(120, 2)), np.eye(3)[labels]

    def losses(gradient):
        W, b, found = np.zeros((2, 3)), np.zeros(3), []
        for _ in range(3000):
            dZ = gradient(softmax(X @ W + b)) / len(X)
            W, b = W - 0.5 * X.T @ dZ, b - 0.5 * dZ.sum(axis=0)
            found.append(-np.mean(np.log(softmax(X @ W + b)[T > 0])))
        return np.array(found)

    broken, right = losses(lambda P: -T * (1 - P)), losses(lambda P: P - T)
    assert (broken[299], right[299]) == pytest.approx((0.1288, 0.1295), abs=5e-5)
    assert broken[-1] == pytest.approx(0.352, abs=5e-4) and right[-1] < right[299]
    assert np.all(np.diff(broken)[:217] < 0) and np.all(np.diff(broken)[217:] > 0)
