"""The reader's own backward pass beside the right one: how it is called, what is said of it, where
it is marked."""

import json

import numpy as np
import pytest
from stepper_page import position, show, state_of

from course.examples import mazur, two_two_one
from course.network import Network
from course.widgets import BackpropStepper
from course.widgets.stepper.yours import compare

NETWORK, X, D = two_two_one()
TRACE = NETWORK.backward(X, D)


def backward(x, d, W1, W2):
    """As lesson 4 asks for it."""
    y1 = np.tanh(x @ W1)
    y2 = 1 / (1 + np.exp(-(y1 @ W2)))
    dy2 = y2 - d
    dz2 = y2 * (1 - y2) * dy2
    dy1 = W2 @ dz2
    dz1 = (1 - y1**2) * dy1
    return {
        "y2": dy2,
        "z2": dz2,
        "W2": np.outer(y1, dz2),
        "y1": dy1,
        "z1": dz1,
        "W1": np.outer(x, dz1),
    }


def tanh_taken_for_logistic(x, d, W1, W2):
    right, y1 = backward(x, d, W1, W2), np.tanh(x @ W1)
    dz1 = y1 * (1 - y1) * right["y1"]
    return right | {"z1": dz1, "W1": np.outer(x, dz1)}


def not_written(x, d, W1, W2):
    raise NotImplementedError


@pytest.fixture
def shown(browser_page):
    yield lambda stepper: show(browser_page, stepper)
    assert browser_page.errors == []


# --- called and compared --------------------------------------------------------------------------


def test_a_right_backward_has_no_difference():
    found = compare(backward, TRACE)
    assert (
        set(found.verdicts.values()) == {"right"} and len(found.verdicts) == 12 and found.said == []
    )
    assert found.first_difference(found.verdicts) is None


def test_the_first_difference_is_the_first_wrong_step_of_the_walk():
    stepper = BackpropStepper(NETWORK, X, D, yours=tanh_taken_for_logistic)
    assert stepper.yours["first"] == "dz1[0]"
    assert "first difference at dz1[0] (step 14)" in stepper.describe()


def test_lists_float32_and_measured_gradients_are_right_too():
    gradients = {name: g.tolist() for name, g in backward(X, D, *NETWORK.weights).items()}
    gradients["W1"] = np.float32(gradients["W1"])
    gradients["z1"] = np.array(gradients["z1"]) + 1e-9
    assert set(compare(gradients, TRACE).verdicts.values()) == {"right"}


def test_a_wrong_sign_a_wrong_number_and_a_wrong_shape_have_their_own_words():
    right = backward(X, D, *NETWORK.weights)
    found = compare(
        {
            "y2": -right["y2"],
            "z2": 2 * right["z2"],
            "W1": right["W1"][0],
            "W2": "many",
            "y1": [np.nan, 0],
        },
        TRACE,
    )
    assert [found.verdicts[key] for key in ("dy2[0]", "dz2[0]", "dW1[1,1]")] == [
        "wrong sign",
        "wrong",
        "wrong shape",
    ]
    assert found.values["dy1[0]"] == "nan" and found.verdicts["dy1[0]"] == "wrong"
    assert "W1 has shape (2,); it needs (2, 2)." in found.said
    assert any(text.startswith("W2 is not an array of numbers") for text in found.said)


def test_next_to_nothing_is_not_called_right():
    network = Network([[[1.0]], [[1e-9]]], ["linear", "linear"])
    found = compare({"W1": [[2e-9]]}, network.backward([1.0], [1.0]))
    assert found.verdicts["dW1[0,0]"] == "too small to tell apart"


@pytest.mark.parametrize(
    ("yours", "said"),
    [
        (not_written, "not_written is not written yet."),
        (
            lambda x, d, W1, W2: not_written(x, d, W1, W2),
            "not_written is not written yet, and <lambda> uses it.",
        ),
        (lambda x: {}, "TypeError"),
        (lambda x, d, W1, W2: 1 / 0, "raised ZeroDivisionError: division by zero (line"),
        (lambda x, d, W1, W2: None, "gives back nothing, not a dict of gradients."),
        (
            lambda x, d, W1, W2: {"dW1": W1},
            "gives dW1; none of them is a gradient of this network.",
        ),
        (
            lambda x, d, W1, W2: [1.0, 2.0, 3.0],
            "gives 3 gradients; this network has 2 weight matrices.",
        ),
        (lambda x, d, W1, W2: (W1.fill(0), {"W1": W1})[1], "changed the arrays that it was given."),
        (
            lambda x, d, W1, W2: {"W1": W1 + np.exp(np.float64(1000.0))},
            "warned: overflow encountered in exp.",
        ),
    ],
)
def test_what_goes_wrong_is_said_in_words(yours, said):
    stepper = BackpropStepper(NETWORK, X, D, yours=yours)
    assert any(said in text for text in stepper.yours["said"]), stepper.yours["said"]
    assert said in stepper.describe() and stepper.picture()


def test_the_courses_own_function_in_the_place_of_yours_is_called_not_written():
    def backward(x, d, W1, W2):
        raise AssertionError("not to be called")

    backward.course_own = True
    assert BackpropStepper(NETWORK, X, D, yours=backward).yours["said"] == [
        "backward is not written yet."
    ]


def test_what_is_printed_stays_away_from_the_notebook(capsys):
    compare(lambda x, d, W1, W2: print("here"), TRACE)
    assert capsys.readouterr().out == ""


def test_something_that_is_no_function_is_refused():
    with pytest.raises(TypeError, match="yours is a function"):
        BackpropStepper(NETWORK, X, D, yours=3)


def test_lesson_fives_deltas_and_gradients_are_read_together():
    network, i, target = mazur()

    def deltas(i, target, W1, b1, W2, b2):
        trace = network.backward(i, target)
        assert W1.shape == (2, 2) and b1.tolist() == [0.35, 0.35] and b2.tolist() == [0.6, 0.6]
        return {"o": trace.gradients["z2"], "h": trace.gradients["z1"]}

    def gradients(i, target, W1, b1, W2, b2):
        delta = deltas(i, target, W1, b1, W2, b2)
        return {"W1": np.outer(i, delta["h"]), "b1": delta["h"], "b2": delta["o"]}

    stepper = BackpropStepper(network, i, target, yours=[deltas, gradients])
    assert stepper.yours["title"] == "deltas and gradients"
    assert (
        set(stepper.yours["verdicts"].values()) == {"right"}
        and len(stepper.yours["verdicts"]) == 4 + 4 + 4
    )
    assert "dW2[0,0]" not in stepper.yours["verdicts"]
    stepper = BackpropStepper(
        network, i, target, yours=[lambda *all: not_written(*all[:4]), gradients]
    )
    assert len(stepper.yours["verdicts"]) == 8 and "not written yet" in stepper.yours["said"][0]


def test_the_layered_forms_of_lessons_four_and_seven_are_called_as_they_ask():
    def backward_layers(x, d, weights, activations):
        ys, zs = [x], []
        for W, (f, _) in zip(weights, activations):
            zs.append(ys[-1] @ W)
            ys.append(f(zs[-1]))
        dy, gradients = ys[-1] - d, []
        for y, z, W, (_, f_prime) in reversed(list(zip(ys, zs, weights, activations))):
            gradients.append(np.outer(y, f_prime(z) * dy))
            dy = W @ (f_prime(z) * dy)
        return gradients[::-1]

    network = Network([np.eye(2), np.ones((2, 3)), np.ones((3, 1))], ["tanh", "relu", "logistic"])
    found = compare(backward_layers, network.backward([0.3, -0.2], [1.0]))
    assert len(found.verdicts) == 4 + 6 + 3 and set(found.verdicts.values()) == {"right"}

    network, i, target = mazur()
    trace = network.backward(i, target)

    def backprop(X, T, weights, biases):
        assert X.shape == (1, 2) and T.shape == (1, 2) and len(weights) == len(biases) == 2
        return [trace.gradients["W1"], trace.gradients["W2"]], [
            trace.gradients["b1"],
            -trace.gradients["b2"],
        ]

    found = compare(backprop, trace)
    assert found.verdicts["dW2[1,1]"] == "right" and found.verdicts["db2[0]"] == "wrong sign"


def test_it_is_called_once_for_new_numbers_and_not_for_steps():
    calls = []

    def counted(*arguments):
        calls.append(arguments)
        return backward(*arguments)

    stepper = BackpropStepper(NETWORK, X, D, yours=counted)
    for _ in range(5):
        stepper.step()
    assert len(calls) == 1
    stepper.x = [2.0, 0.5]
    assert len(calls) == 2 and calls[-1][0].tolist() == [2, 0.5]
    assert stepper.yours["of"]["x"] == [2, 0.5] and set(stepper.yours["verdicts"].values()) == {
        "right"
    }
    stepper.weights = [np.ones((2, 2)), np.ones((2, 1))]
    stepper.reset()
    assert len(calls) == 4
    json.loads(state_of(stepper))


# --- shown ----------------------------------------------------------------------------------------


def test_the_step_says_yours_exact_and_the_verdict_and_the_picture_marks_it(shown):
    stepper = BackpropStepper(NETWORK, X, D, yours=tanh_taken_for_logistic)
    stepper.go_to(3)
    page = shown(stepper)
    assert "compared from the first gradient on" in page.inner_text(".bp-here")
    page.click(".bp-jump")
    assert position(page) == 14
    assert (
        page.inner_text(".bp-here")
        == "yours tanh_taken_for_logistic: −0.01472, exact −0.1021: ✗ wrong"
    )
    assert page.locator(".bp-chip.bp-wrong").all_text_contents() == ["∂z −0.1021 ✗"]
    assert "Yours: −0.01472, wrong." in page.text_content(".bp-live")
    page.evaluate("model.set('position', 9)")
    assert (
        page.inner_text(".bp-here").endswith("✓ right") and page.locator(".bp-wrong").count() == 0
    )


def test_old_numbers_of_yours_are_not_judged_while_python_computes(shown):
    stepper = BackpropStepper(NETWORK, X, D, yours=backward)
    stepper.go_to(19)
    page = shown(stepper)
    page.focus('[data-key="x[0]"]')
    page.keyboard.press("ArrowUp")
    assert page.inner_text(".bp-here") == "yours backward, before the last change: −0.0139: ✓ right"
    page.wait_for_function("!document.querySelector('.bp-picture').textContent.includes('✓')")
    stepper.x = page.evaluate("model.state.x")
    page.evaluate("yours => model.set('yours', yours)", stepper.yours)
    assert page.inner_text(".bp-here").endswith("✓ right")
    assert (
        page.inner_text(".bp-summary")
        == "All 12 gradients that came back agree with the exact ones."
    )
    assert not page.is_visible(".bp-jump")


def test_a_stub_is_shown_as_not_written_yet(shown):
    page = shown(BackpropStepper(NETWORK, X, D, yours=not_written))
    assert page.inner_text(".bp-here") == "yours: not_written is not written yet."
    assert not page.is_visible(".bp-jump")


def test_a_message_is_text_and_never_markup(shown):
    page = shown(BackpropStepper(NETWORK, X, D, yours=lambda x, d, W1, W2: {}["<b id='bad'>"]))
    assert page.locator("#bad").count() == 0 and "<b id='bad'>" in page.inner_text(".bp-here")
