"""The graph stepper in a real browser, with no kernel behind it: its mathematics against Python's,
and what a reader enters."""

import numpy as np
import pytest
from graph_stepper_page import answer, at_the_end, show
from stepper_page import position

from course.graph import GATES, Graph, ladder, plus, power, times
from course.steps import format_number
from course.widgets.graph_stepper import CIRCUITS, OWN, GraphStepper
from course.widgets.graph_stepper.walk import GraphWalk, as_data

SPECIAL = [0.0, -0.0, 1e-300, 1e300, -1e300, 800.0, -800.0, 1.0, -2.0]
CHECK = """([nodes, inputs]) => {
  const made = esm.run(nodes, inputs), text = value => String(value);
  return { values: made.values.map(text), grads: made.grads.map(text), locals: made.locals.map(row => row.map(text)),
    steps: esm.stepsOf(nodes).map(({ phase, node }) => [phase, nodes[node].name]),
    shares: made.shares.map(row => row.map(({ to, product, total, again }) => [nodes[to].name, text(product), text(total), again])) };
}"""


def random_graph(seed):
    """A graph of up to ten random gates over three inputs, some of them with numbers that overflow
    or are not defined."""
    rng, graph = np.random.default_rng(seed), Graph()
    for name in "abc":
        graph.input(
            name,
            (
                float(rng.choice(SPECIAL))
                if seed % 4 == 0 and rng.random() < 0.4
                else float(rng.normal() * 2)
            ),
        )
    kinds = [*GATES.values(), plus(1.5), times(-0.25), power(2), power(-1), power(0.5), power(0)]
    for _ in range(rng.integers(2, 11)):
        gate = kinds[rng.integers(len(kinds))]
        graph.apply(gate, *(graph.nodes[rng.integers(len(graph.nodes))] for _ in gate.slopes))
    return graph


@pytest.fixture
def shown(browser_page):
    yield lambda stepper: show(browser_page, stepper)
    assert browser_page.errors == []


# ---- the mathematics


def same(text, value):
    number = float(text.replace("Infinity", "inf"))
    if not np.isfinite(value) or not np.isfinite(number):
        return str(number) == str(float(value))
    return number == pytest.approx(value, rel=1e-9, abs=1e-300)


def test_the_browser_computes_the_walk_of_python_over_random_graphs_and_inputs(shown):
    page = shown(GraphStepper())
    for seed in range(120):
        graph = random_graph(seed)
        walk, data = GraphWalk(graph), as_data(graph)["nodes"]
        found = page.evaluate(CHECK, [data, {node.name: node.value for node in graph.inputs}])
        assert found["steps"] == [[step.phase, step.node] for step in walk.steps], seed
        back = {step.node: step.shares for step in walk.steps if step.phase == "backward"}
        for i, node in enumerate(graph.nodes):
            assert same(found["values"][i], node.value), (seed, node)
            assert same(found["grads"][i], node.grad), (seed, node)
            assert all(
                same(a, b) for a, (_, b) in zip(found["locals"][i], node.parents, strict=True)
            ), (seed, node)
            shares = back.get(node.name, ())
            assert [share[0] for share in found["shares"][i]] == [share.to for share in shares]
            for (_, product, total, _), share in zip(found["shares"][i], shares, strict=True):
                assert same(product, share.product) and same(total, share.total), (seed, node)


def test_the_products_along_all_paths_add_up_to_the_gradient(shown):
    page = shown(GraphStepper())
    for seed in range(1, 60, 4):
        graph = random_graph(seed)
        walk = GraphWalk(graph)
        counts = graph.count_paths()
        found = page.evaluate("""nodes => nodes.map((_, i) => {
            const { paths, count } = esm.pathsFrom(nodes, i, 1e4), at = esm.run(nodes, {});
            return [count, paths.length, String(paths.reduce((sum, path) => sum + path.reduce((p, [g, k]) => p * at.locals[g][k], 1), 0))];
        })""", as_data(graph)["nodes"])  # fmt: skip
        for node, (count, listed, total) in zip(walk.graph.nodes, found, strict=True):
            assert count == listed == counts[node.name]
            if np.isfinite(node.grad) and node in graph.needed():
                assert same(total, node.grad) or float(total) == pytest.approx(
                    node.grad, rel=1e-6, abs=1e-9
                )


def test_many_paths_are_counted_and_summed_without_being_walked(shown):
    graph = ladder(12)
    page = shown(GraphStepper())
    count, listed = page.evaluate(
        "nodes => { const { paths, count } = esm.pathsFrom(nodes, 0); return [count,"
        " paths.length]; }",
        as_data(graph)["nodes"],
    )
    assert (count, listed) == (4096, 0)
    text = page.evaluate("""nodes => { const at = esm.run(nodes, {});
        return new esm.GraphText(nodes, esm.stepsOf(nodes)).ways(0, null, at, 4, true); }""", as_data(graph)["nodes"])  # fmt: skip
    assert "4,096 paths" in text and "found without walking them" in text and "+4096" in text


def test_a_moved_number_is_on_the_page_when_the_call_returns(shown):
    stepper = at_the_end("(a*b+c*d)*(a+e)*sin(b)+a/g+exp(a*c)")
    page = shown(stepper)
    page.evaluate(
        "() => { for (let k = 0; k < 60; k++) model.set('inputs', { ...model.state.inputs, a: 1 + k"
        " / 50 }); }"
    )
    stepper.set(a=1 + 59 / 50)
    a, b = (page.locator(".bp-result").nth(k).inner_text() for k in (0, 1))
    assert [a, b] == [f"+{format_number(stepper.walk.graph[name].grad)}" for name in "ab"]


# ---- numbers, circuits and formulas


def test_arrow_keys_typing_and_dragging_change_an_input_and_everything_follows(shown):
    page = shown(at_the_end())
    page.focus('[data-key="z"]')
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowDown")
    assert page.evaluate("model.state.inputs.z") == pytest.approx(-3.91, abs=1e-12)
    assert page.inner_text(".bp-result >> nth=0") == "−3.91" and position(page) == 5
    page.keyboard.press("Enter")
    page.keyboard.type("−2,5")
    page.keyboard.press("Enter")
    assert page.evaluate("model.state.inputs") == {"x": -2, "y": 5, "z": -2.5}
    assert page.evaluate("document.activeElement.dataset.key") == "z"
    box = page.locator('[data-key="x"] rect').bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=5)
    page.mouse.up()
    assert page.evaluate("model.state.inputs.x") == pytest.approx(-1.0)
    page.wait_for_function("saves > 0")
    page.click(".bp-reset")
    assert page.evaluate("model.state.inputs") == {"x": -2, "y": 5, "z": -4} and position(page) == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [("abc", "“abc” is no number."), ("1e999", "more than the computer can hold")],
)
def test_what_is_no_number_is_said_and_changes_nothing(shown, typed, said):
    page = shown(GraphStepper())
    page.focus('[data-key="x"]')
    page.keyboard.press("Enter")
    page.keyboard.type(typed)
    assert (
        said in page.inner_text(".gs-said")
        and page.get_attribute(".bp-type", "aria-invalid") == "true"
    )
    page.keyboard.press("Enter")
    assert page.evaluate("model.state.inputs.x") == -2 and page.inner_text(".gs-said") == ""


@pytest.mark.parametrize(
    "inputs", [{"a": 1000.0, "b": -1.0}, {"a": 1e300, "b": 1e300}, {"a": 0.0, "b": 0.0}]
)
def test_extreme_numbers_stay_inside_the_picture_and_are_named(shown, inputs):
    page = shown(at_the_end("exp(a*a)*relu(b) + a/b", **inputs))
    right = page.evaluate("document.querySelector('.bp-picture').getBoundingClientRect().right")
    for box in page.locator(".bp-chip:visible rect").all():
        bounds = box.bounding_box()
        assert 0 <= bounds["x"] and bounds["x"] + bounds["width"] <= right
    said = set()
    for k in range(1, 12):
        page.evaluate("k => model.set('position', k)", k)
        said |= set(page.locator(".bp-warning").all_text_contents())
    assert any("nfinite" in words or "o number" in words for words in said)


def test_the_three_circuits_need_no_kernel(shown):
    page = shown(GraphStepper())
    for name, make in CIRCUITS.items():
        page.click(f".gs-circuits button:text-is('{name}')")
        assert page.locator(".gs-gate").count() == sum(1 for node in make().nodes if node.gate)
        assert position(page) == 0 and page.evaluate("model.state.inputs") == {
            node.name: node.value for node in make().inputs
        }
        page.focus(".bp-walk")
        page.keyboard.press("End")
        assert page.inner_text(".bp-counter") == "{0} / {0}".format(len(make().walk()))
    assert (
        page.get_attribute(".gs-circuits button[aria-pressed='true']", "aria-pressed")
        and page.locator("[aria-pressed=true]").count() == 1
    )


def test_a_typed_formula_is_read_by_python_and_a_wrong_one_is_said_in_words(shown):
    stepper = GraphStepper()
    page = shown(stepper)
    page.fill(".gs-choose input", "a*b + sin(a")
    page.keyboard.press("Enter")
    assert "Python reads" in page.inner_text(".gs-said")
    answer(page, stepper)
    assert "cannot be read as a formula" in page.inner_text(".gs-said")
    assert (
        page.get_attribute(".gs-choose input", "aria-invalid") == "true"
        and page.evaluate("model.state.circuit") == "f = (x + y)z"
    )
    page.fill(".gs-choose input", "a*b + sin(a)")
    page.keyboard.press("Enter")
    answer(page, stepper)
    assert (
        page.inner_text(".gs-said") == "Read: 2 inputs, 3 gates."
        and page.get_attribute(".gs-choose input", "aria-invalid") == "false"
    )
    assert page.evaluate("model.state.circuit") == OWN
    covered = page.evaluate(
        """() => { const said = document.querySelector(".gs-said").getBoundingClientRect();
      return [...document.querySelectorAll("button, .bp-bar input, .bp-counter")].map(e => e.getBoundingClientRect())
        .some(e => e.left < said.right && said.left < e.right && e.top < said.bottom && said.top < e.bottom); }"""
    )
    assert not covered
    page.locator(".gs-choose input").press_sequentially(" ")
    assert page.inner_text(".gs-said") == ""
    assert sorted(page.locator(".gs-gate .gs-symbol").all_text_contents()) == ["+", "sin", "×"]
    assert page.evaluate("model.state.inputs") == {"a": 1, "b": 1}


def test_a_kernel_that_does_not_answer_is_told_about(shown):
    page = shown(GraphStepper())
    page.clock.install()
    page.fill(".gs-choose input", "a*b")
    page.keyboard.press("Enter")
    page.clock.run_for(6000)
    assert "needs a running kernel" in page.inner_text(".gs-said")
