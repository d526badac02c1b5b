"""An instructor's whole day, from an empty folder to points that are changed after the grading.

Commands are typed, submissions are files, and everything else is done in the browser.
"""

import re
import signal
import subprocess
import sys

import nbformat
import pytest
from jupyterlab_driver import open_command, private_environment
from whole_day import browser, day, make_clone, path_of, typed

from autograder.rehearsal.edits import cell, mend, solve, then
from autograder.rehearsal.submissions import FOUR

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


def test_an_instructors_day_from_an_empty_folder_to_changed_points(tmp_path):
    clone, home, folder = (
        make_clone(tmp_path / "backprop by hand"),
        tmp_path / "home",
        tmp_path / "my-class",
    )
    home.mkdir()
    assert "1 lesson" in typed(clone, home, "autograder.app", "init", str(folder), "--lessons", "4")
    typed(folder, home, "nbgrader", "generate_assignment", FOUR)
    hand_in(folder)
    with day(folder, home, clone=False) as (page, lab):
        autograde_by_button(page, lab)
    grade_by_hand(folder, home)
    typed(folder, home, "nbgrader", "generate_feedback", FOUR)
    typed(
        folder,
        home,
        "nbgrader",
        "export",
        "--exporter=autograder.plugins.report.ReportExporter",
        "--to=report.md",
    )
    report = (folder / "report.md").read_text(encoding="utf-8")
    assert (
        "3 submissions, 3 graded" in report
        and "backward 83%: hidden activation derivative forgotten" in report
    )
    assert (
        re.search(r"\*\*Stuck.*?\*\*\n\n- zoe\n", report)
        and "- **ada** 21 of 21 points: all checks right" in report
    )
    read_feedback(folder)
    change_points(folder, home)


STUDENTS = {
    "ada": (then(solve()), "It begins at the output, because there the derivative is known."),
    "fritz": (then(solve(), mend("backward", "(1 - y1**2) * dy1", "dy1")), ""),
    "zoe": (then(solve("forward", "divergence")), "I do not know."),
}


def hand_in(folder):
    """Put what came back where README says: one is all right, one forgot a slope, one stopped half
    way."""
    source = nbformat.read(folder / "source" / path_of(FOUR), 4)
    for name, (edit, answer) in STUDENTS.items():
        nb = nbformat.read(folder / "release" / path_of(FOUR), 4)
        edit(nb, source)
        for one in ("answer", "answer-2"):
            cell(nb, one).source = answer or "YOUR ANSWER HERE"
        path = folder / "submitted" / name / path_of(FOUR)
        path.parent.mkdir(parents=True)
        nbformat.write(nb, path)


def autograde_by_button(page, lab):
    """Grade everybody from the formgrader, and look at a graded notebook there."""
    open_command(page, lab, "nbgrader:open-formgrader")
    frame = page.frame_locator("iframe[src*='formgrader']")
    frame.locator("tbody tr", has_text=FOUR).locator("td.num-submissions a").click()
    for name in STUDENTS:
        frame.locator("tbody tr", has=frame.get_by_text(name, exact=True)).locator(
            "td.autograde a"
        ).click()
        frame.locator(".modal-body", has_text="Successfully autograded").wait_for(timeout=150_000)
        frame.locator(".modal.show, .modal.in").get_by_role("button", name="OK").click()
        frame.locator(".modal-body", has_text="Successfully autograded").wait_for(state="detached")
    frame.locator("tbody tr", has_text="fritz").locator("td.student-name a").click()
    frame.locator("tbody td.name a", has_text=FOUR).click()
    verdict = frame.get_by_role("group", name="two_two_one.backward:")
    verdict.wait_for()
    assert "The step through the hidden tanh is missing" in verdict.inner_text()
    verdict.scroll_into_view_if_needed()
    frame.get_by_role("group", name="two_two_one.forward:").wait_for()


def grade_by_hand(folder, home):
    """Grade all written answers that wait, by keyboard alone."""
    command = [sys.executable, "-m", "autograder.app", "handgrade", FOUR, "--no-browser"]
    process = subprocess.Popen(
        command, cwd=folder, env=private_environment(home), stdout=subprocess.PIPE, text=True
    )
    try:
        address = next(
            found[0]
            for line in process.stdout
            if (found := re.search(r"http://127\.0\.0\.1:\S+", line))
        )
        with browser() as page:
            page.goto(address)
            page.locator("#desk").wait_for()
            for left in (3, 2, 1, 0):
                full = "begins at the output" in (text := page.locator("#answer").inner_text())
                place = page.locator("#questions").inner_text() + text
                page.keyboard.type("2" if full else "0.5")
                page.keyboard.press("Tab")
                page.keyboard.press("Tab")
                page.keyboard.press("Tab")
                page.keyboard.type("Well put." if full else "Look at the last layer first.")
                page.keyboard.press("Control+Enter")
                page.wait_for_function(
                    """place => document.getElementById('questions').innerText
                        + document.getElementById('answer').innerText !== place""",
                    arg=place,
                )
            page.get_by_text("No answer of this lesson waits any more").wait_for()
    finally:
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)[0]
    assert f"backprop feedback {FOUR}" in said


def read_feedback(folder):
    """Read what a student gets, on a laptop and beside another window."""
    with browser() as page:
        page.goto(
            (folder / "feedback" / "fritz" / FOUR / f"{FOUR}.html").as_uri(),
            wait_until="domcontentloaded",
        )
        for width in (1280, 443):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), width
            verdict = page.get_by_role("group", name="two_two_one.backward:")
            verdict.scroll_into_view_if_needed()
        assert "The step through the hidden tanh is missing" in page.locator("body").inner_text()
        page.goto(
            (folder / "feedback" / "ada" / FOUR / f"{FOUR}.html").as_uri(),
            wait_until="domcontentloaded",
        )
        said = page.locator("body").inner_text()
        assert "Well put." in said and "21" in said


def change_points(folder, home):
    """Make an exercise worth more after all: what changes is said before it changes."""
    path = folder / "source" / path_of(FOUR)
    nb = nbformat.read(path, 4)
    cell(nb, "check-forward").metadata["nbgrader"]["points"] = 6
    nbformat.write(nb, path)
    before = (folder / "gradebook.db").read_bytes()
    said = typed(folder, home, "autograder.app", "regrade", FOUR)
    assert "check-forward is worth 6 points, before 3" in said and "3 gain, 0 lose, 0 stay" in said
    assert "scores given by hand stay" in said
    assert (folder / "gradebook.db").read_bytes() == before
    assert "Written." in typed(folder, home, "autograder.app", "regrade", FOUR, "--yes")
    typed(
        folder,
        home,
        "nbgrader",
        "export",
        "--exporter=autograder.plugins.report.ReportExporter",
        "--to=report.md",
    )
    assert "- **ada** 24 of 24 points" in (folder / "report.md").read_text(encoding="utf-8")
