"""The digit pad in a real browser, without a kernel: what it computes, says and shows, and what a
reader does."""

import base64
import json

import numpy as np
import pytest
from stepper_page import PAGE

from course.mnist import Mnist, Split, load
from course.widgets.digit_training import DigitTraining
from course.widgets.draw_digit import DrawDigit, render

SEVEN = [[6.0, 5.0, 15.5, 5.0, 9.0, 20.0], [7.0, 12.0, 14.0, 12.5]]
STROKES = [SEVEN, [[3.3, 4.4]], [[1.0, 1.0, 27.0, 27.0], [27.0, 1.0, 1.0, 27.0]], []]


@pytest.fixture(scope="module")
def digits():
    whole = load()
    return Mnist(*(Split(part.images[:3000], part.labels[:3000]) for part in whole))


@pytest.fixture(scope="module")
def trained(digits):
    return DigitTraining(digits.train, digits.validation, seed=2, start="N(0, 1/inputs)").run(
        3, measures=1
    )


@pytest.fixture
def pad(digits, trained):
    return DrawDigit(trained.weights, trained.biases, digits.test)


TRAITS = ("strokes", "example", "centred", "sizes", "labels")
#: The bytes of a trait arrive as a DataView.
BYTES = (
    "const view = text => new DataView(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer);"
)


def put_on(page, pad):
    """Put the pad on a page with a model that keeps its traits, as JupyterLab's does, but with no
    kernel behind it."""
    text = lambda data: base64.b64encode(data).decode()
    state = {name: getattr(pad, name) for name in TRAITS}
    raw = {name: text(getattr(pad, name)) for name in ("parameters", "examples")}
    literal = (
        json.dumps(state)[:-1]
        + "".join(f', "{name}": view("{data}")' for name, data in raw.items())
        + "}"
    )
    page.set_content(
        PAGE.replace("const listeners", f"{BYTES} const listeners")
        % (pad._css, literal, text(pad._esm.encode()))
    )
    page.wait_for_selector(".dd-root")
    return page


@pytest.fixture
def page(browser_page, pad):
    pad.clear()
    yield put_on(browser_page, pad)
    assert browser_page.errors == []


def shown(page):
    return page.inner_text(".dd-live")


def test_browser_and_python_compute_the_same(page, pad):
    rng = np.random.default_rng(7)
    drawings = [
        *STROKES,
        *(
            [
                rng.uniform(-2, 30, 2 * n).tolist()
                for n in rng.integers(1, 9, size=rng.integers(1, 5))
            ]
            for _ in range(20)
        ),
    ]
    for strokes in drawings:
        inked, centred, layers = page.evaluate(
            """([strokes, sizes]) => { const m = window.esm, c = m.normalise(strokes), x = m.ink(c), d = model.state.parameters;
              return [Array.from(m.ink(strokes)), Array.from(x), m.forward(x, sizes, new Float32Array(d.buffer)).map(a => Array.from(a))]; }""",
            [strokes, pad.sizes],
        )
        pad.strokes = strokes
        assert inked == pytest.approx(render(strokes), abs=1e-9)
        assert centred == pytest.approx(pad.image, abs=1e-9)
        for mine, theirs in zip(pad.activations, layers, strict=True):
            assert theirs == pytest.approx(mine, abs=1e-4)


def test_a_digit_is_drawn_by_mouse_and_by_keys(page, pad):
    assert "The page is empty" in shown(page)
    box = page.locator(".dd-pad").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 250, steps=8)
    page.mouse.up()
    drawn = page.evaluate("model.state.strokes")
    assert len(drawn) == 1 and drawn[0][1] < 6 and drawn[0][-1] > 20
    pad.strokes = drawn
    assert f"The answer is {np.argmax(pad.activations[-1])}" in shown(page)

    page.get_by_role("button", name="Clear").click()
    assert "The page is empty" in shown(page)
    page.locator(".dd-pad").focus()
    for key in ["ArrowUp"] * 6 + [" "] + ["ArrowDown"] * 12 + [" "]:
        page.keyboard.press(key)
    (stroke,) = page.evaluate("model.state.strokes")
    assert stroke == [c for step in range(13) for c in (14, 8 + step)]
    assert "Pen up at column 14, row 20" in shown(page)
    page.keyboard.press("Backspace")
    assert page.evaluate("model.state.strokes") == []


def test_a_digit_of_mnist_comes_with_its_label_and_drawing_replaces_it(page, digits):
    page.get_by_role("button", name="A digit of MNIST").click()
    assert shown(page).startswith(f"A {digits.test.labels[0]} from MNIST")
    page.locator(".dd-pad").focus()
    page.keyboard.press(" ")
    assert page.evaluate("model.state.example") == -1


def test_the_hidden_units_are_explained_one_at_a_time(page):
    page.get_by_role("button", name="A digit of MNIST").click()
    first = page.inner_text(".dd-words")
    page.get_by_role("slider", name="hidden unit").focus()
    page.keyboard.press("ArrowRight")
    assert first.startswith("Unit 1 puts out") and page.inner_text(".dd-words").startswith(
        "Unit 2 puts out"
    )
    assert page.locator(".dd-cell").count() == 30


def test_two_arrow_keys_at_once_draw_aslant(page):
    page.locator(".dd-pad").focus()
    page.keyboard.press(" ")
    page.keyboard.down("ArrowDown")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.keyboard.up("ArrowDown")
    page.keyboard.press("ArrowLeft")
    (stroke,) = page.evaluate("model.state.strokes")
    assert stroke == [14, 14, 14, 15, 13, 16, 12, 17, 11, 18, 10, 18]


def test_the_pen_is_shown_as_soon_as_the_page_is_reached_by_keyboard(page):
    page.get_by_role("button", name="A digit of MNIST").focus()
    page.keyboard.press("Tab")
    assert "Pen up at column 14, row 14." in shown(page)
    page.keyboard.press("Tab")
    assert "Pen" not in shown(page)


def test_a_line_drawn_over_the_edge_stays_on_the_page(page):
    box = page.locator(".dd-pad").bounding_box()
    page.mouse.move(box["x"] + 140, box["y"] + 140)
    page.mouse.down()
    page.mouse.move(box["x"] - 90, box["y"] + 400, steps=4)
    page.mouse.up()
    assert page.evaluate("Math.min(...model.state.strokes[0])") == 0
    assert page.evaluate("Math.max(...model.state.strokes[0])") == 28


def test_answer_and_label_are_marked_and_the_words_are_those_of_python(page, pad, digits):
    for example in range(12):
        page.evaluate("example => model.set('example', example)", example)
        pad.example = example
        assert shown(page) == pad.describe()
        label, answer = digits.test.labels[example], np.argmax(pad.activations[-1])
        rows = page.locator(".dd-row").all_text_contents()
        assert [k for k, row in enumerate(rows) if "label" in row] == [label]
        assert [k for k, row in enumerate(rows) if "answer" in row] == [answer]
    page.wait_for_function(
        "text => document.querySelector('.dd-spoken').textContent === text", arg=pad.describe()
    )
    active = np.flatnonzero(pad.activations[1] > 0.5) + 1
    said = page.locator(".dd-grid").get_attribute("aria-label")
    assert (
        said == f"hidden layer 1: {len(active)} of 30 units above one half, units"
        f" {', '.join(map(str, active))}"
    )


@pytest.mark.parametrize("width", [760, 1060])
def test_the_page_never_jumps_while_drawing(page, width):
    heights = set()
    page.evaluate("width => { document.body.style.width = `${width}px`; }", width)
    page.locator(".dd-pad").focus()
    for key in ["n", "Delete", " ", *["Shift+ArrowDown", "ArrowRight"] * 4, " ", "Backspace", "n"]:
        page.keyboard.press(key)
        heights.add(page.evaluate("document.querySelector('.dd-root').offsetHeight"))
    for unit in range(1, 31):
        page.get_by_role("slider", name="hidden unit").fill(str(unit))
        heights.add(page.evaluate("document.querySelector('.dd-root').offsetHeight"))
        assert page.evaluate(
            "(e => e.scrollHeight <= e.clientHeight)(document.querySelector('.dd-words'))"
        )
    assert len(heights) == 1


def test_every_focus_is_kept_from_jupyterlab_and_what_fails_is_shown(page):
    focusable = page.locator(".dd-root button, .dd-root input, .dd-root [tabindex]")
    assert focusable.count() == 3 + 1 + 1 + 1
    assert all(
        focusable.nth(i).get_attribute("data-lm-suppress-shortcuts") == "true" for i in range(6)
    )
    page.evaluate("model.set('strokes', null)")
    assert "The picture could not be redrawn. TypeError" in shown(page)
    page.errors.clear()  # it is also in the console
    page.evaluate("model.set('strokes', [])")
    assert "The page is empty" in shown(page)


def test_a_network_that_diverged_is_shown(browser_page, trained, digits):
    broken = [trained.weights[0] * np.nan, trained.weights[1]]
    page = put_on(browser_page, DrawDigit(broken, trained.biases, digits.test))
    assert "The outputs are nan" in shown(page)
    assert page.inner_text(".dd-words") == "Unit 1 puts out nan; what it adds is nan."
    assert page.errors == []
