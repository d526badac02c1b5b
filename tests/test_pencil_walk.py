"""A walk with the pencil: the score, hints, fresh numbers and what is kept, in node; and by keyboard
alone in a browser, with no kernel behind it."""

import numpy as np
import pytest
import traitlets
from graph_stepper_page import TRAITS as GRAPH_TRAITS
from graph_stepper_page import show as show_graph
from in_node import in_node
from stepper_page import TRAITS, position, show
from test_steps_as_text import STAND_IN

from course import examples
from course.activations import ACTIVATIONS
from course.expression import read_formula
from course.graph import sigmoid_neuron
from course.widgets import BackpropStepper
from course.widgets.graph_stepper import GraphStepper
from course.widgets.graph_stepper.walk import as_data

#: Does what a reader does, one pair [kind, what] after the other, and tells what then is seen.
WALK = """(esm, { state, deeds }) => {
  const page = shown(esm, state), { model } = page;
  const press = name => page.find(`bp-${name}`).click();
  const seen = () => ({ position: model.state.position, asked: page.find("bp-pencil-asked").textContent, said: page.said(),
    score: Object.values(model.state.pencil.score ?? {}), typed: page.find("bp-pencil-input").value,
    aloud: page.find("bp-live").textContent, on: page.find("bp-walk").classList.contains("bp-asking"),
    numbers: JSON.stringify(model.state.weights ?? model.state.inputs) });
  return deeds.map(([deed, what]) => { if (deed === "type") page.type(what); else press(what); return seen(); });
}"""
FRESH = """(esm, cases) => cases.map(([net, seed]) => {
  const { made, easy } = esm.freshNetwork(net, seed), again = esm.freshNetwork(net, seed).made;
  return { ...esm.compute({ ...net, ...made }), easy, same: JSON.stringify(made) === JSON.stringify(again) };
})"""
FRESH_GRAPH = """(esm, cases) => cases.map(([nodes, seed]) => {
  const { made, easy } = esm.freshInputs(nodes, seed), again = esm.freshInputs(nodes, seed).made;
  return { ...esm.run(nodes, made), easy, same: JSON.stringify(made) === JSON.stringify(again) };
})"""


@pytest.fixture
def walked(tmp_path):
    def walk(stepper, *deeds):
        graph = isinstance(stepper, GraphStepper)
        names = GRAPH_TRAITS if graph else TRAITS
        data = {"state": {name: getattr(stepper, name) for name in names}, "deeds": deeds}
        widget = GraphStepper if graph else BackpropStepper
        return in_node(widget, WALK, data, tmp_path, before=STAND_IN)

    return walk


def test_python_says_whether_it_begins_by_asking():
    assert BackpropStepper(*examples.two_two_one()).pencil == {}
    assert BackpropStepper(*examples.two_two_one(), pencil=True).pencil == {"on": True}
    assert GraphStepper(pencil=True).pencil == {"on": True}
    with pytest.raises(traitlets.TraitError):
        GraphStepper().pencil = "on"


def test_what_a_lesson_opens_with_the_pencil_asks_at_once(walked):
    deck = BackpropStepper(*examples.two_two_one(), pencil=True)
    [seen] = walked(deck, ["press", "back"])  # which changes nothing at the start
    assert seen["on"] and seen["asked"] == "step 1z(1)1 = ?" and seen["score"] == [0, 0, 0]


def test_right_at_first_after_help_and_shown_are_counted_apart(walked):
    deck = BackpropStepper(*examples.two_two_one(), pencil=True)
    hint, step = ["press", "pencil-hint"], ["press", "step"]
    seen = walked(deck, ["type", "0.17"], ["type", "0.09"], ["type", "-0.09"], hint, ["type", "tanh(0.17)"],
                  hint, hint, hint, hint, step, ["type", "0.1246"])  # fmt: skip
    assert [one["score"] for one in seen[:2]] == [[1, 0, 0]] * 2
    assert seen[1]["said"] == "You have the right number with its sign turned: the size is right."
    assert seen[2]["score"] == [1, 1, 0] and seen[2]["position"] == 2
    assert seen[3]["said"].startswith("Hint 1 of 3: Forward, layer 1: unit 1 passes its sum")
    assert seen[4]["score"] == [1, 2, 0] and "Next: y of unit 2, layer 1." in seen[4]["aloud"]
    assert seen[7]["said"] == "Hint 3 of 3: Put in: tanh(−0.09)." and seen[7]["position"] == 3
    assert seen[8]["said"] == "Shown: −0.08976." and seen[8]["score"] == [1, 2, 1]
    assert seen[8]["position"] == 4
    # a number that is asked for is not stepped over
    assert seen[9]["position"] == 4 and seen[9]["said"].startswith("This number is yours to find.")
    assert seen[10]["score"] == [2, 2, 1] and seen[10]["position"] == 5


def test_a_step_back_and_forth_loses_nothing_and_counts_nothing_twice(walked):
    deck = BackpropStepper(*examples.two_two_one(), pencil=True)
    seen = walked(deck, ["type", "0.3*1.1 - 0.4*0.4"], ["type", "0.4"], ["press", "back"],
                  ["press", "pencil-check"], ["press", "pencil-toggle"], ["press", "pencil-toggle"])  # fmt: skip
    assert seen[2]["typed"] == "0.3*1.1 - 0.4*0.4"
    assert seen[2]["asked"].endswith("= 0.17 right at first")
    assert seen[3]["position"] == 1 and seen[3]["typed"] == "0.4"
    assert [one["score"] for one in seen] == [[1, 0, 0]] * 6
    assert [one["on"] for one in seen] == [True] * 4 + [False, True]
    assert seen[5]["typed"] == "0.4"


def test_fresh_numbers_begin_a_new_walk_and_keep_the_score(walked):
    for stepper, first in (
        (BackpropStepper(*examples.two_two_one(), pencil=True), "0.17"),
        (GraphStepper(pencil=True), "3"),
    ):
        seen = walked(stepper, ["type", first], ["press", "pencil-fresh"], ["press", "reset"])
        assert seen[0]["position"] == 1 and seen[1]["position"] == 0
        assert seen[0]["numbers"] != seen[1]["numbers"] and seen[2]["numbers"] == seen[0]["numbers"]
        assert [one["score"] for one in seen] == [[1, 0, 0], [1, 0, 0], [0, 0, 0]]


def test_a_gate_with_two_inputs_asks_for_both_and_a_branch_for_the_sum(walked):
    branch = GraphStepper("x*x + max(x, y)*y", pencil=True, x=-2.0, y=3.0)
    seen = walked(branch, *(["type", text] for text in ["4", "3", "3*3", "13", "1", "1", "1", "3", "3", "3", "3 + 3"]))  # fmt: skip
    assert [one["position"] for one in seen] == [1, 2, 3, 4, 5, 5, 6, 6, 7, 7, 7]
    assert seen[8]["asked"] == "step 8∂f/∂x so far = ?"
    # max lets nothing through to x, and so these two slips give the same
    assert seen[9]["said"].startswith("Your number is what came back to v2, 3, times nothing; here")
    assert seen[9]["said"].endswith("Which of them you took, the number cannot tell.")
    branch.go_to(7)
    seen = walked(branch, ["type", "0"], ["type", "3"], ["type", "3+3"])
    assert seen[1]["said"].startswith("Your number is the sum without")
    assert seen[2]["position"] == 8


def test_fresh_numbers_are_neither_saturated_nor_too_small_and_the_same_for_a_seed(tmp_path):
    rng, nets = np.random.default_rng(0), []
    for seed in range(30):
        sizes = [int(n) for n in rng.integers(1, 5, size=rng.integers(2, 5))]
        names = [str(name) for name in rng.choice(sorted(ACTIVATIONS), size=len(sizes) - 1)]
        nets.append([{"sizes": sizes, "activations": names, "hasBias": bool(seed % 2)}, seed])
    for found in in_node(BackpropStepper, FRESH, nets, tmp_path):
        numbers = [abs(v) for key, v in found["values"].items() if not key.startswith("d[")]
        assert found["same"] and found["easy"]
        assert min(numbers) >= 0.002 and max(numbers) <= 30
        assert min(found["slopes"].values()) >= 0.08
    formulas = ["(x + y) * z", "x*x + max(x, y)*y", "tanh(a*b) - a/b", "log(x) * sigma(y)"]
    graphs = [sigmoid_neuron(), *(read_formula(formula) for formula in formulas)]
    cases = [[as_data(graph)["nodes"], seed] for graph in graphs for seed in (1, 2, 3)]
    for found in in_node(GraphStepper, FRESH_GRAPH, cases, tmp_path):
        assert found["same"] and found["easy"]
        assert all(0.002 <= abs(value) <= 500 for value in found["values"])


# ---- as a student does it


def test_by_keyboard_alone_with_no_kernel_and_reopened(browser_page):
    page = show(browser_page, BackpropStepper(*examples.two_two_one()))
    height = page.locator(".bp-stepper").bounding_box()["height"]
    page.focus(".bp-stepper")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.focus(".bp-pencil-toggle")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.className") == "bp-pencil-input"
    assert page.locator(".bp-stepper").bounding_box()["height"] == height
    assert page.text_content(".bp-asked") == "y ?"
    page.keyboard.type("0.08976")
    assert page.text_content(".bp-asked") == "y 0.08976 ?"  # written into the picture
    page.keyboard.press("Enter")
    said = "You have the right number with its sign turned: the size is right."
    assert page.text_content(".bp-pencil-said") == page.text_content(".bp-live") == said
    page.keyboard.press("ArrowRight")  # moves in the text, not in the walk
    assert position(page) == 3
    page.keyboard.press("Control+a")
    page.keyboard.type("tanh(−0.09)")
    page.keyboard.press("Enter")
    assert position(page) == 4 and page.text_content(".bp-live").startswith(
        "Right: −0.08976. Next:"
    )
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # a hint, and the numbers that it speaks of are pointed out
    assert page.text_content(".bp-pencil-said").startswith("Hint 1 of")
    assert page.locator(".bp-chip.bp-used").count() == 4
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("0.9 * 0.1684")
    page.evaluate("""close_widget(); document.getElementById("out").replaceChildren();
        close_widget = esm.default.render({ model, el: document.getElementById("out") })""")
    assert page.input_value(".bp-pencil-input") == "0.9 * 0.1684" and position(page) == 4
    assert page.text_content(".bp-pencil-score") == "right at first 0 · after help 1 · shown 0"
    page.focus(".bp-pencil-input")
    page.keyboard.press("Enter")
    assert page.text_content(".bp-pencil-said") == (
        "You have the sum without what comes from unit 2: what comes from unit 2 is missing."
    )
    assert browser_page.errors == []


def test_nothing_is_cut_and_every_button_can_be_hit(browser_page):
    neuron = GraphStepper("sigma(w0*x0 + w1*x1 + w2)", pencil=True)
    page = show_graph(browser_page, neuron)
    for width in (1280, 680, 443):
        page.set_viewport_size({"width": width, "height": 760})
        page.focus(".bp-pencil-input")
        page.click(".bp-pencil-hint")
        panel = page.locator(".bp-panel").bounding_box()
        inner = page.locator(".bp-pencil").bounding_box()
        assert panel["x"] <= inner["x"]
        assert inner["x"] + inner["width"] <= panel["x"] + panel["width"]
        for part in page.locator(".bp-pencil button, .bp-pencil-input, .bp-pencil-toggle").all():
            box = part.bounding_box()
            assert box["height"] >= 24 and box["width"] >= 24
            assert box["x"] >= 0 and box["x"] + box["width"] <= width
        words = page.locator(".bp-pencil-said").bounding_box()
        assert words["y"] + words["height"] <= panel["y"] + panel["height"]
    assert browser_page.errors == []
