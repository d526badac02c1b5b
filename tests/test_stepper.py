"""The backprop stepper: its Python state, and the same widget in a real browser without any
kernel."""

import base64

import numpy as np
import pytest
import traitlets
from stepper_page import position, show

from course.activations import ACTIVATIONS
from course.examples import mazur, two_two_one
from course.network import Network
from course.plots import palette
from course.steps import format_number
from course.widgets import BackpropStepper


def random_case(seed):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 6, size=rng.integers(2, 5))
    weights = [rng.normal(size=shape) * rng.choice([0.5, 2, 30]) for shape in zip(sizes, sizes[1:])]
    biases = [rng.normal(size=n) for n in sizes[1:]] if seed % 2 else None
    network = Network(weights, rng.choice(sorted(ACTIVATIONS), size=len(weights)), biases)
    return network, rng.normal(size=sizes[0]), rng.normal(size=sizes[-1])


@pytest.fixture
def deck():
    return BackpropStepper(*two_two_one())


@pytest.fixture
def shown(browser_page):
    yield lambda stepper: show(browser_page, stepper)
    assert browser_page.errors == []


# --- Python ---------------------------------------------------------------------------------------


def test_one_method_for_each_thing_a_reader_does(deck):
    assert deck.position == 0 and deck.current is None
    deck.step()
    assert deck.current.key == "z1[0]" and deck.current.value == pytest.approx(0.17)
    deck.go_to(9)
    assert deck.current.key == "dz2[0]"
    deck.back()
    assert deck.current.key == "dy2[0]"
    deck.weights = [np.zeros((2, 2)), np.zeros((2, 1))]
    deck.reset()
    assert deck.position == 0 and deck.weights[1] == [[0.9], [0.3]]


def test_the_walk_has_two_ends(deck):
    deck.back()
    assert deck.position == 0
    deck.go_to(19)
    deck.step()
    assert deck.position == 19
    with pytest.raises(traitlets.TraitError, match="0 to 19"):
        deck.go_to(20)


def test_numbers_set_in_python_are_those_of_the_next_trace(deck):
    deck.x = (2, 0.5)
    deck.weights = [np.ones((2, 2)), [[1], [0.5]]]
    expected = deck.network.backward([2, 0.5], [1.0])
    assert deck.trace.divergence == expected.divergence
    assert deck.trace.forward.z[1].tolist() == [2.5, 2.5]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weights", [[[1.0, 2.0]], [[0.9], [0.3]]]),
        ("weights", [[[1.0, np.nan], [0.0, 0.0]], [[0.9], [0.3]]]),
        ("weights", "many"),
        ("x", [1.0]),
        ("x", [1.0, np.inf]),
        ("d", [1.0, 2.0]),
        ("biases", [[0.0, 0.0], [0.0]]),
    ],
)
def test_numbers_that_do_not_fit_are_refused_and_change_nothing(deck, name, value):
    before = getattr(deck, name)
    with pytest.raises(traitlets.TraitError):
        setattr(deck, name, value)
    assert getattr(deck, name) == before


def test_without_a_browser_there_is_a_picture_and_a_text(deck):
    deck.go_to(9)
    data, _ = deck._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert "0.531114 * (1 - 0.531114) * (-0.468886) = -0.116768" in data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in data


@pytest.mark.parametrize("colours", [palette.LIGHT, palette.DARK])
def test_every_text_colour_has_a_contrast_of_four_and_a_half(colours):
    def luminance(colour):
        c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        return np.where(c <= 0.03928, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [
            0.2126,
            0.7152,
            0.0722,
        ]

    for name in ("value", "gradient", "weight", "target", "error", "ink"):
        low, high = sorted(luminance(colour) for colour in (getattr(colours, name), colours.paper))
        assert (high + 0.05) / (low + 0.05) >= 4.5, name


# --- the browser's mathematics --------------------------------------------------------------------


def test_the_browser_computes_the_same_numbers_as_numpy(shown, deck):
    page = shown(deck)
    for seed in range(20):
        network, x, d = random_case(seed)
        net = {
            "activations": [f.name for f in network.activations],
            "weights": [W.tolist() for W in network.weights],
            "biases": network.biases and [b.tolist() for b in network.biases],
            "x": x.tolist(),
            "d": d.tolist(),
        }
        browser = page.evaluate("net => esm.compute(net).values", net)
        values = network.backward(x, d).values
        assert browser.keys() == values.keys()
        for key in values:
            assert browser[key] == pytest.approx(values[key], rel=1e-9, abs=1e-12), (seed, key)


def test_the_browser_shortens_numbers_as_python_does(shown, deck):
    page = shown(deck)
    rng = np.random.default_rng(0)
    numbers = [
        0.0,
        1.0,
        -0.3,
        1e6,
        1e-5,
        99999.7,
        0.99996,
        *(rng.normal(size=60) * 10.0 ** rng.integers(-12, 12, 60)),
    ]
    for digits in (4, 9):
        browser = page.evaluate(
            "([all, digits]) => all.map(v => esm.formatNumber(v, digits))", [numbers, digits]
        )
        assert browser == [format_number(v, digits) for v in numbers]
    assert page.evaluate("[NaN, Infinity, -Infinity].map(v => esm.formatNumber(v))") == [
        "nan",
        "inf",
        "-inf",
    ]


# --- what a reader does ---------------------------------------------------------------------------


def test_the_whole_walk_can_be_taken_by_keyboard(shown, deck):
    page = shown(deck)
    page.focus(".bp-stepper")
    for key, expected in [
        ("ArrowRight", 1),
        ("ArrowRight", 2),
        ("ArrowLeft", 1),
        ("End", 19),
        ("ArrowRight", 19),
    ]:
        page.keyboard.press(key)
        assert position(page) == expected
    page.keyboard.press("Home")
    assert position(page) == 0
    page.keyboard.press("Space")
    assert page.inner_text(".bp-play") == "Pause"
    page.keyboard.press("Space")
    assert page.inner_text(".bp-play") == "Play"


def test_the_last_press_on_step_leaves_the_keys_working(shown, deck):
    deck.go_to(18)
    page = shown(deck)
    page.focus(".bp-step")
    page.keyboard.press("Space")
    assert position(page) == 19 and page.is_disabled(".bp-step")
    page.keyboard.press("ArrowLeft")
    assert position(page) == 18


def test_everything_that_takes_the_focus_keeps_jupyterlabs_shortcuts_away(shown, deck):
    page = shown(deck)
    focusable = page.locator(
        ".bp-stepper, .bp-stepper button, .bp-stepper input, .bp-stepper [tabindex]"
    )
    buttons, slider, units, weights, inputs, target = 6, 1, 3, 6, 2, 1
    pencil = 4  # its field and its buttons
    assert focusable.count() == 1 + buttons + slider + units + weights + inputs + target + pencil
    for i in range(focusable.count()):
        assert focusable.nth(i).get_attribute("data-lm-suppress-shortcuts") == "true"


def test_arrow_keys_on_a_weight_change_it_and_every_number_follows(shown, deck):
    deck.go_to(19)
    page = shown(deck)
    page.focus('[data-key="W2[0,0]"]')
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowDown")
    weights = page.evaluate("model.state.weights")
    assert weights[1][0][0] == pytest.approx(0.94, abs=1e-12)
    page.wait_for_function("saves > 0")
    deck.weights = weights
    value = deck.trace.values["dW1[1,1]"]
    assert value != pytest.approx(-0.0138992, abs=1e-6)
    browser = page.evaluate("esm.compute(model.state).values['dW1[1,1]']")
    assert browser == pytest.approx(value, abs=1e-9)
    assert page.inner_text(".bp-result") == format_number(value).replace("-", "−")
    assert position(page) == 19


def test_a_number_can_be_typed_and_a_nonsense_one_changes_nothing(shown, deck):
    page = shown(deck)
    page.focus('[data-key="x[0]"]')
    page.keyboard.press("Enter")
    page.keyboard.type("-2.5")
    page.keyboard.press("Enter")
    assert page.evaluate("model.state.x") == [-2.5, 0.4]
    assert page.locator(".bp-type").count() == 0
    page.keyboard.press("Enter")
    page.keyboard.type("e")
    page.keyboard.press("Escape")
    assert page.evaluate("model.state.x") == [-2.5, 0.4]
    assert page.evaluate("document.activeElement.dataset.key") == "x[0]"


def test_a_weight_can_be_dragged(shown, deck):
    page = shown(deck)
    box = page.locator('[data-key="W1[0,0]"] rect').bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 50, y, steps=5)
    page.mouse.up()
    assert page.evaluate("model.state.weights[0][0][0]") == pytest.approx(0.8, abs=1e-9)


def test_reset_brings_the_first_numbers_back(shown, deck):
    deck.go_to(5)
    page = shown(deck)
    page.focus('[data-key="d[0]"]')
    page.keyboard.press("ArrowDown")
    assert page.evaluate("model.state.d") == [0.95]
    page.click(".bp-reset")
    assert page.evaluate("model.state.d") == [1] and position(page) == 0
    assert page.text_content(".bp-live") == "Back at the start, with the first numbers."


def test_a_number_is_not_shown_before_its_step(shown, deck):
    page = shown(deck)
    assert page.locator(".bp-inside:visible").count() == 0
    page.click(".bp-step")
    assert page.locator(".bp-inside:visible").all_text_contents() == ["z 0.17"]
    assert page.locator(".bp-chip.bp-g:visible").count() == 0
    page.evaluate("model.set('position', 8)")
    assert page.locator(".bp-chip.bp-g:visible").all_text_contents() == ["∂y −0.4689"]


def test_each_step_is_said_aloud(shown, deck):
    deck.go_to(9)
    page = shown(deck)
    said = page.text_content(".bp-live")
    assert said.startswith(
        "Step 9 of 19. Backward, layer 2: through unit 1, times the slope of its logistic function."
    )
    assert "Result: -0.1168. Uses 2 earlier results." in said
    assert page.get_attribute(".bp-picture", "role") == "group"
    assert "9 of 19 numbers computed" in page.get_attribute(".bp-picture", "aria-label")


@pytest.mark.parametrize("width", [1280, 800])
@pytest.mark.parametrize("example", [two_two_one, mazur])
def test_the_page_never_jumps_from_step_to_step(shown, browser_page, example, width):
    browser_page.set_viewport_size({"width": width, "height": 900})
    network, x, d = example()
    stepper = BackpropStepper(network, x, d, yours={"W1": np.zeros((2, 2))})
    page = shown(stepper)
    heights = set()
    for k in range(len(stepper.walk) + 1):
        page.evaluate("k => model.set('position', k)", k)
        page.focus('[data-key="W1[0,0]"]' if k % 2 else ".bp-reset")
        heights.add(page.evaluate("document.querySelector('.bp-stepper').offsetHeight"))
    assert len(heights) == 1


def test_huge_and_overflowing_numbers_stay_inside_the_picture(shown):
    network = Network([[[1e300, -1e6]], [[1e300], [5.0]]], ["linear", "linear"])
    stepper = BackpropStepper(network, [1e6], [0.0])
    stepper.go_to(len(stepper.walk))
    page = shown(stepper)
    assert page.locator(".bp-inside").all_text_contents()[:2] == ["z 1e306", "y 1e306"]
    right = page.evaluate("document.querySelector('.bp-picture').getBoundingClientRect().right")
    for box in page.locator(".bp-chip:visible rect").all():
        assert (
            0 <= box.bounding_box()["x"]
            and box.bounding_box()["x"] + box.bounding_box()["width"] <= right
        )


def test_a_saturated_unit_is_marked_in_the_picture_and_in_words(shown):
    stepper = BackpropStepper(
        Network([[[20.0, 0.1]], [[1.0], [1.0]]], ["tanh", "logistic"]), [1.0], [0.0]
    )
    stepper.go_to(3)
    page = shown(stepper)
    assert [text for text in page.locator(".bp-flat").all_text_contents() if text] == ["saturated"]
    assert page.inner_text(".bp-notice") == "Saturated: unit 1 of layer 1 (slope below 0.01)."
    assert "Saturated: the slope here is" in page.inner_text(".bp-uses")
    page.evaluate("model.set('position', 4)")
    assert "Saturated" not in page.inner_text(".bp-uses")


@pytest.mark.parametrize(("preference", "moves"), [("reduce", False), ("no-preference", True)])
def test_nothing_moves_for_readers_who_prefer_it_so(shown, deck, browser_page, preference, moves):
    browser_page.emulate_media(reduced_motion=preference)
    deck.go_to(1)
    page = shown(deck)
    name = page.evaluate(
        "getComputedStyle(document.querySelector('.bp-flow.bp-forward')).animationName"
    )
    assert (name != "none") is moves


@pytest.mark.parametrize("example", [two_two_one, mazur])
def test_no_two_boxes_overlap_at_the_end_of_the_walk(shown, example):
    stepper = BackpropStepper(*example())
    stepper.go_to(len(stepper.walk))
    page = shown(stepper)
    boxes = [
        box.bounding_box() for box in page.locator(".bp-chip:visible:not(.bp-inside) rect").all()
    ]
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            across = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
            down = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
            assert across <= 2 or down <= 2, (a, b)  # the width of their outlines


def test_a_closed_view_stops_listening(shown, deck):
    page = shown(deck)
    assert page.evaluate("listening()") > 0
    page.evaluate("close_widget()")
    assert page.evaluate("listening()") == 0
