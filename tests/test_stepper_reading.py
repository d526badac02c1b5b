"""What the backprop stepper tells about a network: paths, units that stand still, jumps, large
networks, its cost."""

import numpy as np
import pytest
from stepper_page import position, show

from course.activations import ACTIVATIONS
from course.examples import mazur, two_two_one
from course.network import Network
from course.plots.network_marks import marks, notice
from course.widgets import BackpropStepper


def network_of(sizes, activations=None, scale=1.0, seed=0):
    rng = np.random.default_rng(seed)
    weights = [scale * rng.normal(size=shape) for shape in zip(sizes, sizes[1:])]
    names = activations or rng.choice(sorted(ACTIVATIONS), size=len(weights))
    return (
        Network(weights, list(names), [rng.normal(size=n) for n in sizes[1:]]),
        rng.normal(size=sizes[0]),
        rng.normal(size=sizes[-1]),
    )


@pytest.fixture
def shown(browser_page):
    yield lambda stepper: show(browser_page, stepper)
    assert browser_page.errors == []


def at_the_end(*arguments, **named):
    stepper = BackpropStepper(*arguments, **named)
    stepper.go_to(len(stepper.walk))
    return stepper


# --- paths ----------------------------------------------------------------------------------------

PATHS = """([net, sizes, key]) => {
  const { values, slopes } = esm.compute(net), found = esm.pathsToLoss({ sizes, values, slopes }, key, 1000);
  return { ...found, edges: [...found.edges].sort(), products: found.paths.map(path => path.product) };
}"""


def test_the_products_along_all_paths_add_up_to_the_gradient(shown):
    page = shown(BackpropStepper(*two_two_one()))
    for seed in range(8):
        sizes = [int(n) for n in np.random.default_rng(seed).integers(1, 4, size=4)]
        network, x, d = network_of(sizes, seed=seed)
        net = {
            "activations": [f.name for f in network.activations],
            "weights": [W.tolist() for W in network.weights],
            "biases": [b.tolist() for b in network.biases],
            "x": x.tolist(),
            "d": d.tolist(),
        }
        trace = network.backward(x, d)
        wanted = {
            "W1[0,0]": trace.values["dW1[0,0]"],
            "b2[0]": trace.values["db2[0]"],
            "z3[0]": trace.values["dz3[0]"],
        }
        wanted["x[0]"] = float(network.weights[0][0] @ trace.gradients["z1"])
        counts = {
            "W1[0,0]": sizes[2] * sizes[3],
            "b2[0]": sizes[3],
            "z3[0]": 1,
            "x[0]": sizes[1] * sizes[2] * sizes[3],
        }
        for key, gradient in wanted.items():
            found = page.evaluate(PATHS, [net, sizes, key])
            assert found["count"] == len(found["products"]) == counts[key]
            assert found["sum"] == pytest.approx(gradient, rel=1e-9, abs=1e-12)
            assert sum(found["products"]) == pytest.approx(gradient, rel=1e-9, abs=1e-12)


def test_the_largest_paths_are_found_without_listing_all(shown):
    page = shown(BackpropStepper(*two_two_one()))
    network, x, d = network_of([2, 3, 4, 3])
    net = {"activations": [f.name for f in network.activations], "weights": [W.tolist() for W in network.weights],
           "biases": [b.tolist() for b in network.biases], "x": x.tolist(), "d": d.tolist()}  # fmt: skip
    every = page.evaluate(PATHS, [net, network.sizes, "W1[1,2]"])["products"]
    three = page.evaluate(PATHS.replace("1000", "3"), [net, network.sizes, "W1[1,2]"])["products"]
    assert [abs(p) for p in three] == pytest.approx(
        sorted(map(abs, every), reverse=True)[:3], rel=1e-9
    )


def test_focusing_a_weight_shows_its_paths_and_fades_the_rest(shown):
    page = shown(at_the_end(*mazur()))
    page.focus('[data-key="W1[0,0]"]')
    assert page.inner_text(".bp-path-head").startswith(
        "∂E/∂w1 = +0.0004386: the sum over its 2 paths"
    )
    assert page.locator(".bp-product").all_text_contents() == ["+0.0006684", "−0.0002298"]
    assert (
        page.locator(".bp-edge.bp-path").count() == 3
        and page.locator(".bp-body.bp-path").count() == 3
    )
    assert (
        "2 paths to the loss. Products of the local slopes: 0.0006684, −0.0002298."
        in page.text_content(".bp-live")
    )
    page.focus(".bp-reset")
    assert page.locator(".bp-path").count() == 0 and "Point at a weight" in page.inner_text(
        ".bp-paths"
    )


def test_pointing_at_an_edge_shows_its_paths_too(shown):
    page = shown(at_the_end(*two_two_one()))
    page.locator(".bp-hit").nth(4).dispatch_event("pointerenter")
    assert page.inner_text(".bp-path-head").startswith("∂Div/∂w")
    assert page.locator(".bp-product").all_text_contents() == ["−0.01966"]
    page.locator(".bp-hit").nth(4).dispatch_event("pointerleave")
    assert page.locator(".bp-product").count() == 0


def test_paths_that_are_hidden_take_no_focus(shown):
    page = shown(at_the_end(*two_two_one()))
    inert = "() => document.querySelector('.bp-paths').inert"
    assert page.evaluate(inert)
    page.focus('[data-key="W1[0,0]"]')
    assert not page.evaluate(inert)
    page.focus(".bp-reset")
    assert page.evaluate(inert)


def test_a_path_gives_no_number_away_before_its_step(shown):
    stepper = BackpropStepper(*two_two_one())
    page = shown(stepper)
    page.focus('[data-key="W1[0,0]"]')
    assert page.locator(".bp-factor b").all_text_contents() == ["1.1", "?", "0.9", "?", "?"]
    assert page.locator(".bp-product").all_text_contents() == ["?"]
    page.evaluate("model.set('position', 9)")
    assert page.locator(".bp-product").count() == 0, "a step shows its explanation"
    page.focus(".bp-reset")
    page.focus('[data-key="W1[0,0]"]')
    assert page.locator(".bp-product").all_text_contents() == ["−0.1123"]


# --- units that stand still -----------------------------------------------------------------------


def still_cases():
    yield network_of([2, 3, 2], ["tanh", "logistic"], scale=8)
    yield network_of([2, 2, 2, 2, 1], ["logistic"] * 4, scale=0.1)
    yield (
        Network([-np.ones((1, 2)), np.ones((2, 2)), np.ones((2, 1))], ["relu", "tanh", "linear"]),
        [1.0],
        [0.5],
    )
    yield Network([[[1e3]], [[2e3]]], ["linear", "linear"]), [1.0], [0.0]
    yield Network([[[1e6, -1e6]], [[1e6], [-1e6]]], ["linear", "logistic"]), [1.0], [0.0]
    yield Network([[[1e300]], [[1e300]]], ["linear", "linear"]), [1e6], [0.0]


def test_browser_and_python_mark_the_same_units_and_say_the_same(shown):
    page = shown(BackpropStepper(*two_two_one()))
    words = set()
    for network, x, d in still_cases():
        stepper, values = BackpropStepper(network, x, d), network.backward(x, d).values
        walk = [step["key"] for step in stepper.walk]
        net = {
            name: getattr(stepper, name)
            for name in ("activations", "weights", "biases", "x", "d", "sizes", "walk")
        }
        for taken in (len(walk) // 2, len(walk)):
            browser = page.evaluate(
                """([net, taken]) => {
                const known = new Set(net.walk.slice(0, taken).map(step => step.key)), unitName = (k, i) => `unit ${i + 1}`;
                const moment = { ...net, ...esm.compute(net), known, unitName }, marks = esm.unitMarks(moment);
                return [Object.fromEntries(marks), esm.notice({ ...moment, marks })];
                }""",
                [net, taken],
            )
            known = set(walk[:taken])
            assert browser[0] == {
                f"{k},{i}": list(said) for (k, i), said in marks(network, values, known).items()
            }
            assert browser[1] == notice(network, values, known, walk)
            words |= {word for said in browser[0].values() for word in said} | (
                {"overflow"} if "overflow" in browser[1] else set()
            )
    assert words == {"saturated", "dead", "no gradient", "vanished", "exploded", "overflow"}


def test_a_unit_that_stands_still_has_a_pattern_a_ring_and_a_word(shown):
    page = shown(
        at_the_end(Network([-np.ones((1, 2)), np.ones((2, 1))], ["relu", "logistic"]), [1.0], [0.0])
    )
    assert [text for text in page.locator(".bp-flat").all_text_contents() if text] == [
        "dead",
        "dead",
    ]
    fills = page.locator(".bp-fill").evaluate_all(
        "all => all.map(one => one.getAttribute('fill').replace(/\\d+/, ''))"
    )
    assert fills == ["url(#bp-fill--dead)", "url(#bp-fill--dead)", "none"]
    assert page.locator(".bp-body.bp-saturated").count() == 2
    assert page.inner_text(".bp-notice").startswith("Dead: all of layer 1")
    assert "dead" in page.get_attribute('[data-unit="1,1"]', "aria-label")


def test_sign_and_size_of_a_gradient_can_be_seen_without_colour(shown):
    stepper = at_the_end(*two_two_one())
    page = shown(stepper)
    drawn = page.locator(".bp-edge").evaluate_all(
        "all => all.map(e => [+e.getAttribute('stroke-width'),"
        " e.classList.contains('bp-negative')])"
    )
    gradients = [
        stepper.trace.values[f"dW{k}[{i},{j}]"]
        for k, i, j in [(1, 0, 0), (1, 0, 1), (1, 1, 0), (1, 1, 1), (2, 0, 0), (2, 1, 0)]
    ]
    assert [negative for _, negative in drawn] == [g < 0 for g in gradients]
    assert sorted(range(6), key=lambda e: drawn[e][0]) == sorted(
        range(6), key=lambda e: abs(gradients[e])
    )


# --- jumps, sound, motion -------------------------------------------------------------------------


def test_enter_and_click_on_a_unit_jump_to_the_step_that_computes_it(shown):
    stepper = BackpropStepper(*two_two_one())
    walk = [step["key"] for step in stepper.walk]
    page = shown(stepper)
    page.focus('[data-unit="2,0"]')
    page.keyboard.press("Enter")
    assert walk[position(page) - 1] == "y2[0]"
    page.keyboard.press("Enter")
    assert walk[position(page) - 1] == "dz2[0]"
    page.click('[data-unit="1,1"] .bp-body', position={"x": 8, "y": 45})
    assert walk[position(page) - 1] == "y1[1]"
    page.locator(".bp-chip.bp-inside:visible").first.click()
    assert walk[position(page) - 1] == "z1[0]"


def test_changes_are_said_when_the_hand_rests_and_not_one_by_one(shown):
    page = shown(at_the_end(*two_two_one()))
    page.focus('[data-key="W1[0,0]"]')
    page.evaluate(
        """() => { window.said = 0;
        new MutationObserver(() => said++).observe(document.querySelector('.bp-live'), { childList: true, subtree: true, characterData: true }); }"""
    )
    for _ in range(20):
        page.keyboard.press("ArrowUp")
    assert page.evaluate("said") == 0
    page.wait_for_function("said > 0")
    assert page.evaluate("said") <= 2 and page.text_content(".bp-live").startswith("Step 19 of 19.")


# --- its cost -------------------------------------------------------------------------------------


def test_a_thousand_changes_leave_as_many_nodes_as_one_and_few_messages(shown):
    page = shown(at_the_end(*two_two_one()))
    page.focus('[data-key="W1[0,0]"]')
    counts = page.evaluate("""async () => {
        const one = document.activeElement, nodes = () => document.getElementsByTagName("*").length;
        const press = key => one.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        for (const k of [0, 19]) { press("ArrowUp"); model.set("position", k); }  // the paths close where nothing is known
        const before = nodes(), saved = saves;
        let frames = 0, going = true;
        (function frame() { frames++; if (going) requestAnimationFrame(frame); })();
        for (let k = 0; k < 1000; k++) {
          press(k % 2 ? "ArrowUp" : "ArrowDown");
          model.set("position", k % 20);
          if (k % 100 === 0) await new Promise(requestAnimationFrame);
        }
        model.set("position", 19);
        press("ArrowUp"); press("ArrowDown");
        await new Promise(requestAnimationFrame);
        going = false;
        return { before, after: nodes(), messages: saves - saved, frames };
        }""")
    assert counts["after"] == counts["before"]
    assert counts["messages"] <= counts["frames"] + 1 < 100


def test_one_change_touches_only_what_it_changes(shown):
    page = shown(BackpropStepper(*two_two_one()))
    touched = page.evaluate("""async () => {
        const found = [], watch = new MutationObserver(all => found.push(...all));
        watch.observe(document.querySelector(".bp-picture"), { subtree: true, childList: true, attributes: true, characterData: true });
        model.set("d", [0.5]);
        await Promise.resolve();
        const first = found.length;
        model.set("d", [0.5]);
        await Promise.resolve();
        return [first, found.length - first];
        }""")
    # the target's number and what is said of it; nothing for no change
    assert 0 < touched[0] <= 8 and touched[1] == 0


# --- networks that a reader builds ----------------------------------------------------------------


def test_eight_units_in_six_layers_fit_and_what_is_not_shown_is_said(shown, browser_page):
    browser_page.set_viewport_size({"width": 900, "height": 900})
    stepper = at_the_end(*network_of([8] * 7, ["tanh"] * 6, scale=0.4))
    page = shown(stepper)
    assert page.inner_text(".bp-thin").startswith(
        "Not shown until you point, tab or step to them: the numbers of 432"
    )
    assert page.evaluate("document.querySelector('.bp-stepper').offsetHeight") < 1200
    assert page.locator('[data-key^="W"][tabindex="0"]').count() == 0
    page.focus('[data-unit="2,3"]')
    assert page.locator('[data-key^="W2"][data-key$=",3]"][tabindex="0"]').count() == 8
    page.click(".bp-zoom")
    frame = page.evaluate(
        "(f => [f.scrollWidth, f.clientWidth])(document.querySelector('.bp-frame'))"
    )
    assert frame[0] <= frame[1]


def test_a_crowded_weight_can_be_reached_seen_and_changed_by_keyboard(shown):
    page = shown(at_the_end(*network_of([6, 6, 6], ["tanh", "tanh"])))
    page.focus('[data-unit="2,1"]')
    page.focus('[data-key="W2[3,1]"]')
    before = page.evaluate("model.state.weights[1][3][1]")
    page.keyboard.press("ArrowUp")
    after = page.evaluate("model.state.weights[1][3][1]")
    assert after == pytest.approx(before + 0.05)
    assert page.locator(
        ".bp-pair.bp-dense:visible:has(:focus) text"
    ).first.text_content() == f"{after:.4g}".replace("-", "−")


@pytest.mark.parametrize("sizes", [[3] * 51, [2, 100, 2]])
def test_a_network_that_is_too_large_says_so_and_tells_layer_by_layer(shown, sizes):
    stepper = BackpropStepper(*network_of(sizes, ["logistic"] * (len(sizes) - 1)))
    page = shown(stepper)
    assert "so nothing is drawn" in page.inner_text(".bp-words")
    assert page.locator(".bp-summary-scroll tr").count() == len(sizes)
    assert "standing still" in stepper.describe() and stepper.picture().startswith(b"\x89PNG")
    assert "vanished" in stepper.describe()


def test_a_network_that_is_too_large_cannot_be_changed_by_halves():
    stepper = BackpropStepper(*network_of([3] * 9, ["tanh"] * 8))
    before = stepper.summary
    stepper.x = [9.0, 9.0, 9.0]
    assert stepper.summary != before and stepper.trace.forward.y[0].tolist() == [9, 9, 9]
    with pytest.raises(Exception, match="too large to be drawn"):
        stepper.weights = [np.zeros((3, 3))] * 8


@pytest.mark.parametrize("place", ["[data-unit='1,1']", "[data-key='W2[0,0]']"])
def test_a_page_of_another_width_leaves_the_focus_where_it_was(browser_page, place):
    page = show(browser_page, BackpropStepper(*two_two_one()))
    page.focus(f".bp-picture {place}")
    page.evaluate(
        "place => { window.before = document.querySelector(`.bp-picture ${place}`); }", place
    )
    page.set_viewport_size({"width": 1000, "height": 900})
    page.wait_for_function("!window.before.isConnected")  # drawn anew
    assert page.evaluate("place => document.activeElement.matches(place)", place)
