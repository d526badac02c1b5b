"""Lessons in the real JupyterLab, apart from a whole day with one: Validate before anything is
written, and lesson 5."""

import shutil
from pathlib import Path

import pytest
from jupyterlab_driver import (
    find_cell,
    open_notebook,
    run_all,
    run_cell,
    set_source,
    shown,
    sources,
    validate,
)

ROOT = Path(__file__).parents[1]
FOUR, FIVE = "04-two-two-one", "05-mazur"
pytestmark = pytest.mark.browser


@pytest.fixture
def lesson(browser_page, lab, tmp_path):
    """``lesson(name)`` opens a copy of a released lesson and gives the page that shows it."""

    def open_it(name):
        shutil.copytree(ROOT / "release" / name, tmp_path / name)
        open_notebook(browser_page, lab(tmp_path), f"{name}/{name}.ipynb")
        return browser_page

    yield open_it
    assert browser_page.errors == []


def predict_everything(page, cell):
    """Run a cell that asks for predictions, answer every question in it, and keep the answers."""
    run_cell(page, cell)
    for form in page.locator(".pd-form").all():
        form.scroll_into_view_if_needed()
        if form.locator("input[type=radio]").count():
            form.locator("input[type=radio]").first.check()
        else:
            form.locator("input[type=text]").fill("1/2")
        form.and_(page.locator(".bp-own-keys[tabindex]")).wait_for()
        form.get_by_role("button", name="keep my prediction").focus()
        page.keyboard.press("Enter")
        form.get_by_text("Kept: ").wait_for()


def press_by_keyboard(page, cell, button, key):
    """Go from a cell to a button below it with Tab, as far as it takes, and press it."""
    button.wait_for()
    # the keys are its own
    button.locator("xpath=ancestor::*[contains(@class, 'bp-own-keys')][@tabindex]").wait_for()
    page.evaluate("index => window.notebookPanel.content.widgets[index].node.focus()", cell)
    for _ in range(8):
        page.keyboard.press("Tab")
        if button.evaluate("node => node === document.activeElement"):
            break
    else:
        raise AssertionError(
            f"Tab does not reach it: {page.evaluate('document.activeElement.outerHTML')[:200]}"
        )
    page.keyboard.press(key)


def walk_the_stepper(page, steps):
    """Take the stepper's walk by keyboard and read what it says."""
    stepper = page.locator(".bp-stepper").first
    stepper.scroll_into_view_if_needed()
    stepper.focus()
    assert stepper.locator(".bp-inside:visible").count() == 0
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        f"document.querySelector('.bp-live').textContent.startsWith('Step 1 of {steps}.')"
    )
    first = stepper.locator(".bp-inside:visible")
    assert first.count() == 1
    page.keyboard.press("ArrowRight")
    assert first.count() == 2
    page.keyboard.press("ArrowLeft")
    assert first.count() == 1
    page.keyboard.press("End")
    assert stepper.locator(".bp-counter").inner_text() == f"{steps} / {steps}"
    page.keyboard.press("Home")
    assert first.count() == 0


def test_tab_reaches_the_buttons_below_a_verdict_and_enter_and_space_press_them(lesson):
    page = lesson(FOUR)
    forward, check = (
        find_cell(page, "def forward(x, W1, W2)"),
        find_cell(page, 'check("two_two_one.forward"'),
    )
    set_source(page, forward, "def forward(x, W1, W2):\n    return x @ W1\n")
    for cell in (find_cell(page, "from autograder import check"), forward, check):
        run_cell(page, cell)
    below = page.locator(".jp-Notebook-cell.jp-mod-active .jp-OutputArea")
    press_by_keyboard(page, check, below.get_by_role("button", name="Hint 1 of 3"), "Enter")
    below.get_by_text("Hint 1 of 3: ").wait_for()
    assert below.get_by_role("button", name="Hint 2 of 3").is_disabled()
    assert page.evaluate("document.activeElement.closest('.jp-OutputArea') !== null"), (
        "the keyboard keeps its place"
    )

    set_source(page, forward, "def forward(x, W1, W2):\n    return W1 @ x\n")
    run_cell(page, forward)
    run_cell(page, check)
    press_by_keyboard(page, check, below.get_by_role("button", name="Hint 2 of 3"), "Space")
    below.get_by_text("Hint 2 of 3: ").wait_for()


def test_a_folded_cell_ends_within_the_notebook_and_what_opens_it_is_in_sight(lesson):
    page = lesson(FOUR)
    for width in (560, 900, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(500)
        page.evaluate(
            "index => window.notebookPanel.content.scrollToItem(index)",
            find_cell(page, 'predict("04.output"'),
        )
        edge, ends = page.evaluate("""() => {
            const book = window.notebookPanel.content.node.getBoundingClientRect();
            return [book.right, [...document.querySelectorAll('.jp-InputPlaceholder')].filter(e => e.checkVisibility())
                .flatMap(e => [e, ...e.querySelectorAll('*')].map(each => each.getBoundingClientRect().right))];
        }""")
        assert ends and max(ends) <= edge, width


def test_validating_an_unsolved_lesson_names_what_is_missing_in_words(lesson):
    page = lesson(FOUR)
    said = validate(page)
    assert "two_two_one.forward: not yet right" in said
    assert "Not written yet" in said
    assert "Traceback" not in said and "autograder/" not in said


def test_lesson_five_opens_and_runs_and_its_stepper_walks(lesson):
    page = lesson(FIVE)
    assert run_all(page) == [] and "0 of 8 right, 0 of 21 points" in shown(
        page, find_cell(page, "summary(")
    )
    assert any("XorRegions" in source for source in sources(page))
    predict_everything(page, find_cell(page, 'predict(\n    "05.moves_most"'))
    run_cell(page, find_cell(page, "BackpropStepper(*"))
    walk_the_stepper(page, 29)
