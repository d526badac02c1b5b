"""An instructor's morning after the deadline: the formgrader in JupyterLab, a graded submission, a
feedback page."""

import json
import re
import shutil

import pytest
from jupyterlab_driver import open_command

FOUR = "04-two-two-one"
SLOPE_FORGOTTEN = "The step through the hidden tanh is missing"
pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]  # the class may have to be made first


def row_of(frame, name):
    """The text of the formgrader's table row of `name`, its cells separated by bars."""
    rows = frame.locator("tbody tr")
    row = rows.filter(has=frame.get_by_text(name, exact=True)).first
    row.wait_for()
    return " | ".join(text.strip() for text in row.locator("td").all_inner_texts())


def test_an_instructor_finds_every_submission_its_score_and_the_reason(
    browser_page, lab, graded_class
):
    page = browser_page
    open_command(page, lab(graded_class), "nbgrader:open-formgrader")
    frame = page.frame_locator("iframe[src*='formgrader']")

    assert "released" in row_of(frame, FOUR)
    assert "released" in row_of(frame, "05-mazur")
    frame.locator("tbody tr", has_text=FOUR).locator("td.num-submissions a").click()

    assert "18.5 / 21" in row_of(frame, "ada")
    # her file is no notebook: no score at all
    assert re.search(r"needs autograding \| *\|", row_of(frame, "quinn"))
    frame.locator("tbody tr", has_text="fritz").locator("td.student-name a").click()
    frame.locator("tbody td.name a", has_text=FOUR).click()

    verdict = frame.get_by_role("group", name="two_two_one.backward:")
    verdict.wait_for()
    said = verdict.inner_text()
    assert "yours" in said and "wrong" in said and "∂Div/∂z" in said
    assert SLOPE_FORGOTTEN in said


def test_the_autograde_button_grades_in_the_locked_kernel_with_inputs_of_its_own(
    browser_page, lab, graded_class, tmp_path
):
    """Wanda imports what is not there, and so gets nothing for it, however the grading is
    started."""
    folder = tmp_path / "class"
    shutil.copytree(graded_class, folder, symlinks=True)
    graded = folder / "autograded" / "wanda" / FOUR / f"{FOUR}.ipynb"
    before = seeds(graded)
    page = browser_page
    open_command(page, lab(folder), "nbgrader:open-formgrader")
    frame = page.frame_locator("iframe[src*='formgrader']")
    frame.locator("tbody tr", has_text=FOUR).locator("td.num-submissions a").click()
    row = frame.locator("tbody tr", has=frame.get_by_text("wanda", exact=True))
    row.locator("td.autograde a").click()
    frame.locator(".modal-body", has_text="Successfully autograded").wait_for(timeout=120_000)

    after = seeds(graded)
    assert len(after) == 1 and after != before
    text = graded.read_text(encoding="utf-8")
    assert "is not there while a submission is graded" in text


def seeds(notebook):
    """The seeds that are kept with the results of a graded notebook."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    kept = [
        output.get("metadata", {}).get("backprop", {})
        for cell in cells
        for output in cell.get("outputs", [])
    ]
    return {told["seed"] for told in kept if "seed" in told}


def test_a_feedback_page_says_points_and_reason_and_shows_no_code_of_ours(
    browser_page, graded_class
):
    browser_page.goto(
        (graded_class / "feedback" / "fritz" / FOUR / f"{FOUR}.html").as_uri(),
        wait_until="domcontentloaded",
    )
    said = browser_page.locator("body").inner_text()
    assert "16.17" in said and "4.17 of 5 points" in said
    assert SLOPE_FORGOTTEN in said
    assert "Traceback" not in said and "autograder/" not in said
