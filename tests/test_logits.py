"""Logits to probabilities in a real browser, without a kernel: what it computes, says and shows,
and what a reader does."""

import base64
import json
import re
from pathlib import Path

import numpy as np
import pytest
from stepper_page import PAGE

from course.plots import palette
from course.plots.logits import in_figures
from course.widgets.logits import FURTHEST, LogitsToProbabilities, Stages

DECK = (1.1, 2.2, 0.2, -1.7)
TRAITS = "z temperature added shift right initial".split()
CSS = Path(__file__).parents[1] / "course" / "widgets" / "logits" / "logits.css"


@pytest.fixture
def shown(browser_page):
    def show(picture):
        state = json.dumps({name: getattr(picture, name) for name in TRAITS})
        browser_page.set_content(
            PAGE % (picture._css, state, base64.b64encode(picture._esm.encode()).decode())
        )
        browser_page.wait_for_selector(".lg-root")
        return browser_page

    yield show
    assert browser_page.errors == []


def put(page, **changes):
    page.evaluate(
        "changes => Object.entries(changes).forEach(([name, value]) => model.set(name, value))",
        changes,
    )


def z(page):
    return page.evaluate("model.state.z")


def random_states(count):
    """States of every size: modest, overflowing, with ties, cold and warm, with and without a right
    class."""
    rng = np.random.default_rng(6)
    for seed in range(count):
        k = int(rng.integers(2, 9))
        logits = rng.normal(size=k) * 10.0 ** rng.integers(-2, 7)
        if seed % 4 == 0:
            logits[rng.integers(k)] = logits.max()
        if seed % 9 == 0:
            logits[:] = logits[0]
        yield {
            "z": np.clip(logits, -FURTHEST, FURTHEST).tolist(),
            "temperature": float(10 ** rng.uniform(-2, 2)) if seed % 3 else 1.0,
            "added": float(rng.normal() * 10.0 ** rng.integers(0, 5)) if seed % 2 else 0.0,
            "shift": bool(rng.random() < 0.5),
            "right": int(rng.integers(k)) if seed % 5 else None,
        }


def test_the_browser_computes_and_says_the_same_as_numpy(shown):
    page, states, overflown = shown(LogitsToProbabilities()), list(random_states(400)), 0
    all_found = page.evaluate(
        """states => states.map(s => { const r = esm.stages(s); return {...r, verdict: esm.verdict(s, r), cost: esm.cost(s, r), rows: esm.rows(s, r)}; })""",
        states,
    )
    for state, found in zip(states, all_found, strict=True):
        expected = Stages(**state)
        e, total = np.array(found["exponentials"], dtype=float), found["total"]
        assert (
            found["logits"] == expected.logits.tolist()
            and found["exponents"] == expected.exponents.tolist()
        )
        assert e == pytest.approx(expected.exponentials, rel=1e-12, abs=2e-323)
        assert total == pytest.approx(e.sum(), rel=1e-12)
        with np.errstate(invalid="ignore"):
            assert found["p"] == pytest.approx(e / total, rel=1e-12, nan_ok=True)
        assert found["exact"] == pytest.approx(expected.exact, rel=1e-12, abs=2e-323)
        if state["right"] is not None:
            assert found["exactLoss"] == pytest.approx(expected.exact_loss, rel=1e-9, abs=1e-12)
        if 0 < total < 1e-300:
            continue  # the last digits of the smallest floats differ from one exp to another
        overflown += not np.isfinite(expected.p).all()
        assert found["p"] == pytest.approx(expected.p, rel=1e-9, nan_ok=True)
        if state["right"] is not None:
            assert found["loss"] == pytest.approx(expected.loss, rel=1e-9, abs=1e-12, nan_ok=True)
            assert found["gradient"] == pytest.approx(
                expected.gradient, rel=1e-9, abs=1e-12, nan_ok=True
            )
        assert (found["verdict"], found["cost"]) == (expected.verdict(), expected.cost())
        assert [(name, numbers) for name, numbers in found["rows"]] == expected.rows()
    assert overflown > 50


def test_numbers_look_the_same_in_the_browser(shown):
    rng = np.random.default_rng(0)
    numbers = [
        0.0,
        1e6,
        -1e6,
        99999.7,
        0.99996,
        1e-3,
        *(rng.normal(size=200) * 10.0 ** rng.integers(-320, 300, 200)),
        *rng.normal(size=100),
    ]
    page = shown(LogitsToProbabilities())
    assert page.evaluate("all => all.map(esm.inFigures)", numbers) == [
        in_figures(v) for v in numbers
    ]
    assert page.evaluate("[NaN, Infinity, -Infinity].map(esm.inFigures)") == [
        in_figures(v) for v in (np.nan, np.inf, -np.inf)
    ]


def test_a_logit_is_dragged_and_everything_follows(shown):
    page = shown(LogitsToProbabilities())
    box = page.locator(".lg-handle").nth(3).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 60, steps=6)
    page.mouse.up()
    page.wait_for_function("saves > 0")
    moved = z(page)
    assert (
        moved[:3] == [1.1, 2.2, 0.2]
        and 0 < moved[3] <= 4
        and moved[3] == pytest.approx(round(moved[3], 1))
    )
    p = Stages(moved).p
    assert [f"{v:.3f}" for v in p] == page.locator(".lg-number").all_text_contents()[8:12]
    assert "Class 4, stage by stage" in page.inner_text(".lg-panel")
    assert in_figures(p[3]) in page.inner_text(".lg-maths")


def test_the_keyboard_alone_moves_and_types_a_logit_and_says_which_class_is_right(shown):
    page = shown(LogitsToProbabilities())
    page.locator(".lg-control input").first.focus()
    for _ in range(7):  # two boxes and two sliders, the tick, the way back, the first two logits
        page.keyboard.press("Tab")
    for key, expected in [
        ("ArrowUp", 2.3),
        ("Shift+ArrowUp", 2.31),
        ("PageDown", 1.31),
        ("ArrowDown", 1.21),
    ]:
        page.keyboard.press(key)
        assert z(page)[1] == pytest.approx(expected, abs=1e-12)
    page.keyboard.type("-2.5")
    page.keyboard.press("Enter")
    assert z(page)[1] == -2.5
    page.keyboard.press("Enter")
    page.keyboard.type("7")
    page.keyboard.press("Escape")
    assert z(page)[1] == -2.5
    page.keyboard.type("9999999")
    assert "A logit is a number from −1.0·10⁶ to 1.0·10⁶." in page.inner_text(".lg-verdict")
    page.keyboard.press("Escape")
    assert z(page)[1] == -2.5
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.evaluate("model.state.right") == 0
    assert page.locator(".lg-choice").first.get_attribute("aria-pressed") == "true"
    stages = Stages(z(page), right=0)
    assert page.inner_text(".lg-cost") == stages.cost()
    assert page.locator(".lg-below .lg-number").all_text_contents() == dict(stages.rows())["p − t"]
    page.keyboard.press("Space")
    assert page.evaluate("model.state.right") is None
    page.get_by_role("button", name="Back to the start").press("Enter")
    assert z(page) == list(DECK)


def test_temperature_and_what_is_added_are_typed_and_nonsense_is_refused_with_a_word(shown):
    page = shown(LogitsToProbabilities())
    page.get_by_role("spinbutton", name="number added to all logits").fill("708")
    page.get_by_role("checkbox").uncheck()
    assert page.inner_text(".lg-verdict") == Stages(DECK, added=708, shift=False).verdict()
    # an exponential that is inf, a probability that is nan
    assert page.locator(".lg-broken").count() == 2
    temperature = page.get_by_role("spinbutton", name="temperature")
    temperature.fill("0")
    assert page.evaluate("model.state.temperature") == 1 and "from 0.01 to 100" in page.inner_text(
        ".lg-verdict"
    )
    temperature.fill("0.02")
    assert page.evaluate("model.state.temperature") == 0.02
    page.get_by_role("slider", name="temperature, slider").press("Home")
    assert page.evaluate("model.state.temperature") == 0.01


def test_the_numbers_can_be_read_aloud_and_follow(shown):
    page = shown(LogitsToProbabilities())
    put(page, z=[3.0, 1.0, -1.0, 0.3], right=1, added=5.0)
    expected = Stages([3.0, 1.0, -1.0, 0.3], added=5.0, right=1)
    read = [row.split() for row in page.locator(".lg-spoken tr").all_text_contents()]
    assert ["".join(row) for row in read] == [
        name.replace(" ", "") + "".join(numbers) for name, numbers in expected.rows()
    ]
    said = "text => document.querySelector('.lg-spoken [role=status]').textContent === text"
    page.wait_for_function(said, arg=f"{expected.verdict()} {expected.cost()}")
    assert (
        page.locator(".lg-handle").first.get_attribute("aria-valuetext")
        == f"3, probability {in_figures(expected.p[0])}"
    )


@pytest.mark.parametrize("width", [760, 1000])
def test_the_page_never_jumps(shown, width):
    page, heights = shown(LogitsToProbabilities()), set()
    page.evaluate("width => { document.body.style.width = `${width}px`; }", width)
    for state in [
        *(s for s in random_states(60) if len(s["z"]) == 4),
        *({"shift": False, "added": a} for a in (707.2, 708, -743, -1000)),
    ]:
        put(page, **state)
        heights.add(page.evaluate("document.querySelector('.lg-root').offsetHeight"))
    assert len(heights) == 1
    put(page, z=list(DECK), temperature=0.5, added=1000.0, right=0)
    assert page.evaluate(
        "(e => e.scrollHeight <= e.clientHeight && e.scrollWidth <="
        " e.clientWidth)(document.querySelector('.lg-panel'))"
    )


def test_everything_that_takes_the_focus_keeps_jupyterlabs_shortcuts_away_and_shows_it(shown):
    page = shown(LogitsToProbabilities())
    focusable = page.locator(".lg-root button, .lg-root input, .lg-root [tabindex]")
    assert focusable.count() == 4 + 1 + 1 + 4 + 4
    for i in range(focusable.count()):
        assert focusable.nth(i).get_attribute("data-lm-suppress-shortcuts") == "true"


def test_eight_classes_fit_and_a_closed_view_stops_listening(shown):
    page = shown(LogitsToProbabilities([-1e6, 1e6, -1234.5, 0, 1, 2, 3, 4], right=7))
    put(page, shift=False, added=-1000.0)
    boxes = [
        box.bounding_box()
        for box in page.locator(".lg-cell, .lg-number").all()
        if box.text_content()
    ]
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            across = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
            down = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
            assert across <= 1 or down <= 4, (a, b)
    page.evaluate("close_widget()")
    assert page.evaluate("listening()") == 0


def test_what_fails_is_shown(shown, browser_page):
    page = shown(LogitsToProbabilities())
    put(page, z=None)
    assert "The picture could not be redrawn. TypeError" in page.inner_text(".lg-verdict")
    browser_page.errors.clear()  # it is also in the console
    put(page, z=list(DECK))
    assert page.inner_text(".lg-verdict") == Stages(DECK).verdict()


def test_style_sheet_and_palette_have_the_same_colours():
    light, *dark = re.findall(r"\{([^{}]*--lg-value:[^}]*)\}", CSS.read_text("utf-8"))
    assert len(dark) == 2  # in JupyterLab, and where only the reader's wish is known
    for rules, colours in ((light, palette.LIGHT), *((rules, palette.DARK) for rules in dark)):
        for name in ("value", "gradient", "weight", "target", "error", "faint"):
            assert f"--lg-{name}: {getattr(colours, name)};" in rules
