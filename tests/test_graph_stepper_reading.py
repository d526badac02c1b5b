"""What the graph stepper tells its reader: step by step, along each wire, of gradients of their
own; on a page that keeps still."""

import re
from pathlib import Path

import pytest
from graph_stepper_page import SQUARES, answer, at_the_end, show
from stepper_page import position

from course.expression import read_formula
from course.plots import palette
from course.widgets.graph_stepper import CIRCUITS, OWN, GraphStepper
from course.widgets.graph_stepper.walk import as_data

CSS = Path(__file__).parents[1] / "course" / "widgets" / "common" / "walk.css"


@pytest.fixture
def shown(browser_page):
    yield lambda stepper: show(browser_page, stepper)
    assert browser_page.errors == []


def chip(page, name, kind):
    """What the box of a node says: the boxes follow their node in the picture."""
    nodes = page.evaluate(
        "[...document.querySelectorAll('.gs-front > [data-node]')].map(g => g.dataset.node)"
    )
    boxes = page.locator(f".gs-front > .bp-chip.{kind}:not(.gs-mark)")
    box = boxes.nth(nodes.index(name))
    return box.text_content() if box.is_visible() else ""


# ---- what a reader does


def test_the_whole_walk_can_be_taken_by_keyboard(shown):
    page = shown(GraphStepper())
    page.focus(".bp-walk")
    for key, expected in [
        ("ArrowRight", 1),
        ("ArrowRight", 2),
        ("ArrowLeft", 1),
        ("End", 5),
        ("ArrowRight", 5),
        ("Home", 0),
        ("ArrowLeft", 0),
    ]:
        page.keyboard.press(key)
        assert position(page) == expected
    page.keyboard.press("Space")
    assert page.inner_text(".bp-play") == "Pause"
    page.keyboard.press("Space")
    assert page.inner_text(".bp-play") == "Play"
    assert page.evaluate("document.activeElement.className") == "bp-walk gs"


def test_every_step_says_formula_numbers_result_and_what_it_uses(shown):
    page = shown(GraphStepper())
    said = []
    for _ in range(5):
        page.click(".bp-step")
        said.append(
            (
                page.inner_text(".bp-maths").replace("\n", " "),
                page.inner_text(".bp-uses").replace("\n", " "),
            )
        )
    tidy = [tuple(re.sub(r"\s+", " ", part).strip() for part in pair) for pair in said]
    assert tidy[0] == ("q = x + y = (−2) + 5 = 3", "uses: x = −2 y = 5")
    assert tidy[1] == (
        "f = q · z = 3 · (−4) = −12",
        "uses: q = 3 step 1 z = −4 kept, not computed again",
    )
    assert tidy[2] == ("∂f/∂f = +1", "")
    assert tidy[3][0] == "∂f/∂q = z · ∂f/∂f = (−4) · 1 = −4 ∂f/∂z = q · ∂f/∂f = 3 · 1 = +3"
    assert tidy[3][1] == "uses: q = 3 step 1 z = −4 ∂f/∂f = +1 step 3 kept, not computed again"
    assert tidy[4][0] == "∂f/∂x = 1 · ∂f/∂q = 1 · (−4) = −4 ∂f/∂y = 1 · ∂f/∂q = 1 · (−4) = −4"
    assert "uses: ∂f/∂q = −4 step 4" in tidy[4][1]


def test_values_stand_above_and_gradients_below_and_no_earlier_than_their_step(shown):
    page = shown(GraphStepper())
    assert [chip(page, name, "bp-v") for name in "xyzqf"] == ["−2", "5", "−4", "", ""]
    page.evaluate("model.set('position', 4)")
    assert [chip(page, name, "bp-v") for name in "xyzqf"] == ["−2", "5", "−4", "3", "−12"]
    assert [chip(page, name, "bp-g") for name in "xyzqf"] == ["", "", "∂+3", "∂−4", "∂+1"]
    gate = page.locator('[data-node="f"] circle').bounding_box()
    middle = gate["y"] + gate["height"] / 2
    above, below = (
        page.locator('.gs-front > .bp-v:has-text("−12")').bounding_box(),
        page.locator('.gs-front > .bp-g:has-text("∂+1")').bounding_box(),
    )
    assert above["y"] + above["height"] < middle < below["y"]
    assert (
        page.locator(".bp-flow.bp-backward").count() == 2
        and page.locator(".gs-backward-now").get_attribute("data-node") == "f"
    )
    assert page.locator(".gs-local:visible").all_text_contents() == ["×−4", "×3"]


def test_gradients_of_a_value_used_again_add_up_before_ones_eyes(shown):
    page = shown(GraphStepper(SQUARES))
    page.evaluate("model.set('position', 7)")
    assert chip(page, "y", "bp-g") == "∂+3 …"
    page.evaluate("model.set('position', 8)")
    assert chip(page, "y", "bp-g") == "∂+6" and chip(page, "x", "bp-g") == "∂0 …"
    assert "= 1 · 3 = 3, added to 3: +6" in re.sub(r"\s+", " ", page.inner_text(".bp-maths"))
    assert page.locator(".gs-adds").count() == 2
    assert "= +3 +3" in page.locator(".gs-sum").all_text_contents()
    assert page.locator(".gs-edge .bp-g:visible").all_text_contents().count("∂+3") == 2


def test_a_gate_that_lets_nothing_through_is_marked_in_the_picture_and_in_words(shown):
    page = shown(GraphStepper(SQUARES))
    page.evaluate("model.set('position', 8)")
    assert page.locator(".gs-blocked").count() == 1
    assert [word for word in page.locator(".gs-flat").all_text_contents() if word] == ["blocks x"]
    assert "Blocks x: nothing of the gradient goes on there." in page.inner_text(".bp-uses")
    page.evaluate("model.set('inputs', { x: 4, y: 3 })")
    assert [word for word in page.locator(".gs-flat").all_text_contents() if word] == ["blocks y"]


def test_a_saturated_sigmoid_is_found_gate_by_gate(shown):
    stepper = GraphStepper("sigmoid neuron", w2=10.0)
    stepper.go_to(8)
    page = shown(stepper)
    assert [word for word in page.locator(".gs-flat").all_text_contents() if word] == ["nearly 0"]
    assert page.locator(".gs-thin").count() == 1
    page = shown_again(page, GraphStepper("sigma(x)", x=20.0), 1)
    assert [word for word in page.locator(".gs-flat").all_text_contents() if word] == ["saturated"]


def shown_again(page, stepper, at):
    page.evaluate("([circuits, inputs]) => { model.set('position', 0); model.set('circuits', circuits); model.set('circuit', 'your own'); "
                  "model.set('inputs', inputs); }", [stepper.circuits, stepper.inputs])  # fmt: skip
    page.evaluate("at => model.set('position', at)", at)
    return page


def test_enter_on_a_gate_goes_to_its_step_and_again_to_its_other_one(shown):
    page = shown(GraphStepper())
    page.focus('[data-node="q"]')
    page.keyboard.press("Enter")
    assert position(page) == 1
    page.keyboard.press("Enter")
    assert position(page) == 5
    page.click('[data-node="f"] circle')
    assert position(page) == 4, "the walk is on its way back"
    page.focus('[data-node="z"]')
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    assert position(page) == 4, "where the gradient of an input is complete"
    assert (
        page.get_attribute('[data-node="q"]', "aria-label")
        == "gate q = x + y, value 3, gradient −4. Enter goes to its step"
    )


def test_a_wire_says_its_paths_their_products_and_the_sum(shown):
    page = shown(at_the_end("t = x + y; (x + sigma(y)) / (sigma(x) + t*t)", x=3.0, y=-4.0))
    assert "Point at a wire" in page.inner_text(".gs-ways")
    page.focus('.gs-edge[aria-label^="wire x to t"]')
    said = re.sub(r"\s+", " ", page.inner_text(".gs-ways"))
    assert "Wire x → t: 2 paths to f." in said
    assert said.count("1 · (−1) · 1 · (−0.7916) = +0.7916") == 2 and "sum: +1.583" in said
    assert page.locator(".gs-lines .gs-path").count() > 5
    page.keyboard.press("Enter")
    page.focus(".bp-walk")
    assert "Wire x → t" in page.inner_text(".gs-ways"), "kept in view"
    page.hover('[data-node="v4"]')
    assert "one path to f" in page.inner_text(
        ".gs-ways"
    ) and "1 · (−0.7916) = −0.7916" in page.inner_text(".gs-ways")
    page.mouse.move(5, 5)
    assert "Wire x → t" in page.inner_text(".gs-ways")


def test_numbers_along_a_path_are_not_told_before_they_are_computed(shown):
    page = shown(GraphStepper())
    page.focus('.gs-edge[aria-label^="wire x to q"]')
    assert "known when the way forward is done" in page.inner_text(".gs-ways")


# ---- a student's own gradients


def half(output):
    """Forgets to add: the last share counts."""
    output.grad, seen = 1.0, []

    def visit(node):
        if node not in seen:
            for parent, _ in node.parents:
                visit(parent)
            seen.append(node)

    visit(output)
    for node in reversed(seen):
        for parent, local in node.parents:
            parent.grad = local * node.grad


def test_wrong_gradients_stand_beside_the_right_ones_and_the_first_is_named(shown):
    stepper = GraphStepper(SQUARES, yours=half)
    page = shown(stepper)
    assert (
        "The first wrong one along the walk is ∂f/∂y, complete at step 8: yours is 3, it should"
        " be 6." in page.inner_text(".gs-yours")
    )
    assert page.locator(".gs-mark:visible").count() == 0
    page.click(".gs-yours button")
    assert position(page) == 8 and page.locator(".gs-mark:visible").all_text_contents() == [
        "yours +3"
    ]
    page.evaluate("model.set('position', 9)")
    assert page.locator(".gs-mark:visible").all_text_contents() == ["yours −2", "yours +3"]
    assert page.locator(".gs-right").count() == 4
    page.focus('[data-key="x"]')
    page.keyboard.press("ArrowUp")
    assert (
        "belong to x = −2, y = 3" in page.inner_text(".gs-yours")
        and page.locator(".gs-mark:visible").count() == 0
    )
    answer(page, stepper)
    assert page.locator(".gs-mark:visible").count() == 2


def test_a_backward_that_raises_is_said_beside_the_picture(shown):
    page = shown(GraphStepper(SQUARES, yours=lambda output: 1 / 0))
    assert "raised ZeroDivisionError" in page.inner_text(".gs-yours")
    assert "gs-differs" in page.get_attribute(".gs-yours", "class")


# ---- a good citizen of the page


def test_everything_that_takes_the_focus_keeps_jupyterlabs_shortcuts_away_and_has_a_name(shown):
    page = shown(GraphStepper())
    parts = page.locator(".bp-walk, .bp-walk button, .bp-walk input, .bp-walk [tabindex]").all()
    focusable = [part for part in parts if part.is_visible()]
    # itself, circuits and formula, the bar, nodes, numbers and wires
    assert len(focusable) == 1 + (5 + 1) + 6 + (5 + 3 + 4)
    for part in focusable:
        assert part.get_attribute("data-lm-suppress-shortcuts") == "true"
        assert part.get_attribute("aria-label") or part.inner_text()


def test_each_step_is_said_aloud(shown):
    page = shown(GraphStepper())
    page.evaluate("model.set('position', 4)")
    assert (
        page.text_content(".bp-live").strip()
        == "Step 4 of 5. Backward through f. The gradient of q is −4. The gradient of z is 3."
    )
    assert "Graph with 2 gates. Step 4 of 5" in page.get_attribute(".bp-picture", "aria-label")


@pytest.mark.parametrize("yours", [None, half])
def test_the_page_never_jumps_from_step_to_step_or_from_circuit_to_circuit(shown, yours):
    page = shown(GraphStepper(yours=yours))
    heights = set()
    for name in [*CIRCUITS, OWN]:
        page.click(f".gs-circuits button:text-is('{name}')")
        for k in range(18):
            page.evaluate("k => model.set('position', k)", k)
            heights.add(page.evaluate("document.querySelector('.bp-walk').offsetHeight"))
    assert len(heights) == 1


@pytest.mark.parametrize(
    "circuit",
    [
        *CIRCUITS,
        SQUARES,
        "t = x + y; (x + sigma(y)) / (sigma(x) + t*t)",
        "(a*b+c*d)*(a+e)*sin(b)+a/g+exp(a*c)",
    ],
)
def test_no_two_boxes_overlap_at_any_step(shown, circuit):
    page = shown(GraphStepper(circuit, yours=half if "*" in circuit else None))
    for k in range(len(GraphStepper(circuit).walk.steps) + 1):
        page.evaluate("k => model.set('position', k)", k)
        boxes = page.evaluate("""() => [...document.querySelectorAll(".bp-chip rect, .gs-gate circle, .gs-input rect, .gs-sum, .gs-flat")]
            .map(e => e.getBoundingClientRect()).filter(b => b.width).map(({ x, y, width, height }) => [x, y, x + width, y + height])""")  # fmt: skip
        for i, (a, b, c, d) in enumerate(boxes):
            for p, q, r, s in boxes[:i]:
                assert min(c, r) - max(a, p) <= 4 or min(d, s) - max(b, q) <= 4, (
                    circuit,
                    k,
                    boxes[i],
                    (p, q, r, s),
                )


@pytest.mark.parametrize(("preference", "moves"), [("reduce", False), ("no-preference", True)])
def test_nothing_moves_for_readers_who_prefer_it_so(shown, browser_page, preference, moves):
    browser_page.emulate_media(reduced_motion=preference)
    stepper = GraphStepper()
    stepper.step()
    page = shown(stepper)
    assert (
        page.evaluate(
            "getComputedStyle(document.querySelector('.bp-flow.bp-forward')).animationName"
        )
        != "none"
    ) is moves


def test_a_thousand_changes_leave_the_page_as_large_as_it_was(shown):
    page = shown(GraphStepper("sigmoid neuron"))
    before, after = page.evaluate("""() => {
        const size = () => [document.querySelectorAll("*").length, listening()];
        model.set("position", 17);
        const before = size();
        for (let k = 0; k < 1000; k++) model.set("inputs", { ...model.state.inputs, w0: k / 100 });
        return [before, size()];
    }""")  # fmt: skip
    assert before == after
    page.evaluate("close_widget()")
    assert page.evaluate("listening()") == 0


def test_style_sheet_and_palette_have_the_same_colours():
    blocks = re.findall(r"\{([^{}]*--bp-value:[^{}]*)\}", CSS.read_text("utf-8"))
    assert len(blocks) == 3
    for rules, colours in zip(blocks, (palette.LIGHT, palette.DARK, palette.DARK), strict=True):
        for name in ("value", "gradient", "weight", "target", "error", "faint"):
            assert f"--bp-{name}: {getattr(colours, name)};" in rules


def test_a_formula_read_again_stands_where_it_stood():
    first, again = as_data(read_formula(SQUARES)), as_data(read_formula(SQUARES))
    assert first == again


@pytest.mark.parametrize("place", ["[data-gate='3']", "g[data-wire='3#0']", "[data-key='y']"])
def test_a_page_of_another_width_leaves_the_focus_where_it_was(shown, place):
    stepper = GraphStepper()
    stepper.go_to(5)
    page = shown(stepper)
    page.focus(f".bp-picture {place}")
    page.evaluate(
        "place => { window.before = document.querySelector(`.bp-picture ${place}`); }", place
    )
    page.set_viewport_size({"width": 1000, "height": 900})
    page.wait_for_function("!window.before.isConnected")  # drawn anew
    assert page.evaluate("place => document.activeElement.matches(place)", place)
