"""A student's evening in the real JupyterLab: open a lesson, play, be wrong, be told why, be right, validate."""

import shutil
from pathlib import Path

import nbformat
import pytest

from jupyterlab_driver import (
    append_cell, find_cell, open_notebook, run_all, run_cell, run_every_cell, set_source, sources, validate,
)

ROOT = Path(__file__).parents[1]
FOUR, FIVE = "04-two-two-one", "05-mazur"
pytestmark = pytest.mark.browser

WRONG_FORWARD = """def forward(x, W1, W2):
    z1 = x @ W1
    y1 = np.tanh(z1)
    z2 = y1 @ W2
    y2 = np.tanh(z2)
    return {"z1": z1, "y1": y1, "z2": z2, "y2": y2}
"""
RIGHT_FORWARD = WRONG_FORWARD.replace("y2 = np.tanh(z2)", "y2 = 1 / (1 + np.exp(-z2))")


@pytest.fixture
def lesson(browser_page, lab, tmp_path):
    """``lesson(name)`` opens a copy of a released lesson and gives the page that shows it."""

    def open_it(name):
        shutil.copytree(ROOT / "release" / name, tmp_path / name)
        open_notebook(browser_page, lab(tmp_path), f"{name}/{name}.ipynb")
        return browser_page

    yield open_it
    assert browser_page.errors == []


def solutions(name):
    """The texts of the solution cells of a lesson's instructor notebook."""
    cells = nbformat.read(ROOT / "source" / name / f"{name}.ipynb", 4).cells
    return [c.source for c in cells if c.metadata.get("nbgrader", {}).get("solution") and c.cell_type == "code"]


def shown(page, index):
    """The text that a cell keeps of its outputs, once it has some, whether it is in sight or not."""
    outputs = page.wait_for_function(
        """index => {
            const outputs = window.notebookPanel.content.model.sharedModel.cells[index].getOutputs();
            return outputs.length ? outputs : null;
        }""",
        arg=index,
    ).json_value()
    return "\n".join("".join(output.get("data", {}).get("text/plain", "")) for output in outputs)


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
    button.locator("xpath=ancestor::*[contains(@class, 'bp-own-keys')][@tabindex]").wait_for()  # the keys are its own
    page.evaluate("index => window.notebookPanel.content.widgets[index].node.focus()", cell)
    for _ in range(8):
        page.keyboard.press("Tab")
        if button.evaluate("node => node === document.activeElement"):
            break
    else:
        raise AssertionError(f"Tab does not reach it: {page.evaluate('document.activeElement.outerHTML')[:200]}")
    page.keyboard.press(key)


def walk_the_stepper(page, steps):
    """Take the stepper's walk by keyboard and read what it says."""
    stepper = page.locator(".bp-stepper").first
    stepper.scroll_into_view_if_needed()
    stepper.focus()
    assert stepper.locator(".bp-inside:visible").count() == 0
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"document.querySelector('.bp-live').textContent.startsWith('Step 1 of {steps}.')")
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


def test_a_student_plays_errs_is_told_why_and_gets_everything_right(lesson):
    page = lesson(FOUR)
    assert run_all(page) == [] and "0 of 6 right, 0 of 17 points" in shown(page, find_cell(page, "summary("))
    assert "`forward` is not written yet. Until it is, later cells use the course's own." in shown(page, find_cell(page, 'check("two_two_one.forward"'))
    run_cell(page, find_cell(page, "BackpropStepper(*"))
    waiting = page.locator(".jp-Notebook-cell.jp-mod-active")
    waiting.get_by_text("First your").wait_for()
    assert waiting.locator(".bp-stepper").count() == 0, "the picture waits for the predictions"
    predict_everything(page, find_cell(page, 'predict("04.output"'))
    run_cell(page, find_cell(page, "BackpropStepper(*"))
    walk_the_stepper(page, 19)
    forward, check = find_cell(page, "def forward(x, W1, W2)"), find_cell(page, 'check("two_two_one.forward"')

    set_source(page, forward, WRONG_FORWARD)
    run_cell(page, forward)
    said = run_cell(page, check)
    assert "wrong" in said and "0.12397453" in said and "0.53111365" in said  # the table: tanh(z), and logistic(z)
    assert "The output unit is logistic; you used tanh for it." in said
    assert "NotYetRight" not in said and "Traceback" not in said
    below = page.locator(".jp-Notebook-cell.jp-mod-active .jp-OutputArea")
    press_by_keyboard(page, check, below.get_by_role("button", name="Hint 1 of 3"), "Enter")
    below.get_by_text("Hint 1 of 3: ").wait_for()
    press_by_keyboard(page, check, below.get_by_role("button", name="Hint 2 of 3"), "Space")
    below.get_by_text("Use it, run the check again, and there is another one.").wait_for()
    assert below.get_by_role("button", name="Hint 3 of 3").is_disabled()
    assert page.evaluate("document.activeElement.closest('.jp-OutputArea') !== null"), "the keyboard keeps its place"
    assert "Hint 1 of 3" in run_cell(page, append_cell(page, 'hint("two_two_one.forward")'))

    set_source(page, forward, RIGHT_FORWARD)
    run_cell(page, forward)
    assert "two_two_one.forward: all right" in run_cell(page, check)

    for solution in solutions(FOUR):
        name = next(line for line in solution.splitlines() if line.startswith("def "))
        set_source(page, find_cell(page, name), solution)
    assert run_every_cell(page) == []
    said = validate(page)
    assert said.count("You did not provide a response.") == 2 and "not yet right" not in said  # the written questions

    for index in [k for k, source in enumerate(sources(page)) if source == "YOUR ANSWER HERE"]:
        set_source(page, index, "The backward pass begins at the output.")
    assert "Success! Your notebook passes all the tests." in validate(page)


def test_validating_an_unsolved_lesson_names_what_is_missing_in_words(lesson):
    page = lesson(FOUR)
    said = validate(page)
    assert "two_two_one.forward: not yet right" in said
    assert "Not written yet" in said
    assert "Traceback" not in said and "autograder/" not in said


def test_lesson_five_opens_and_runs_and_its_stepper_walks(lesson):
    page = lesson(FIVE)
    assert run_all(page) == [] and "0 of 8 right, 0 of 21 points" in shown(page, find_cell(page, "summary("))
    assert any("XorRegions" in source for source in sources(page))
    predict_everything(page, find_cell(page, '"05.moves_most"'))
    run_cell(page, find_cell(page, "BackpropStepper(*"))
    walk_the_stepper(page, 29)
