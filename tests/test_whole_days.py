"""Whole days with the course, each as the person lives it: a student's two, and a self-learner's.

Everything is what they have: a clone, the command, a browser, the keyboard. The parts are tested
elsewhere; here it is the ways between them.
"""

import os
import re
import signal
import subprocess
from pathlib import Path

import nbformat
import pytest
from jupyterlab_driver import (
    all_words,
    find_cell,
    kernel_process,
    run_all,
    run_cell,
    shown,
    sources,
    take_notebook,
    validate,
    write_into,
)  # fmt: skip
from whole_day import day, make_clone, path_of, typed

from autograder.rehearsal.submissions import FOUR

ROOT = Path(__file__).resolve().parents[1]
ONE, TWO = "01-chain-rule", "02-activations"
pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

WRONG = """def forward(x, W1, W2):
    z1 = x @ W1
    y1 = np.tanh(z1)
    z2 = y1 @ W2
    y2 = np.tanh(z2)   # as I had it in the margin
    return {"z1": z1, "y1": y1, "z2": z2, "y2": y2}
"""
RIGHT = WRONG.replace("np.tanh(z2) ", "1 / (1 + np.exp(-z2)) ")
VIEWS = (
    "window.notebookPanel.content.widgets.flatMap(cell =>"
    " [...cell.node.querySelectorAll('.bp-kept')])"
)
GONE = "The kernel behind this is gone: what you do here is not kept."
NEW = "The kernel is new. Catch up runs set-up and everything above your last place."


@pytest.fixture
def clone(tmp_path):
    return make_clone(tmp_path / "backprop by hand")


def enrol(place):
    """Save the file that an instructor gives to students where Jupyter looks for it."""
    (place / "home" / "config").mkdir(parents=True)
    told = (
        'c.CourseDirectory.course_id = "backprop-by-hand"\nc.Exchange.root ='
        f" {str(place / 'exchange')!r}\n"
    )
    (place / "home" / "config" / "nbgrader_config.py").write_text(
        f"c = get_config()\n{told}", encoding="utf-8"
    )
    (place / "exchange").mkdir(mode=0o777)


def start_page(page, lab):
    """Open the address that the command prints; what the page says."""
    page.goto(f"{lab.url}/lab?token={lab.token}")
    page.locator(".bp-card").first.wait_for()
    return page.locator(".bp-start").inner_text()


def saved(lab, lesson):
    """The texts of the cells of a notebook on the disk."""
    return [one.source for one in nbformat.read(lab.root / path_of(lesson), 4).cells]


def save(page):
    page.keyboard.press("Control+s")
    page.wait_for_function("() => !window.notebookPanel.model.dirty")


def here(page):
    """The output of the cell that was run last."""
    return page.locator(".jp-Notebook-cell.jp-mod-active .jp-OutputArea")


def wait_for_views(page, state, number):
    page.wait_for_function(
        f"""([state, number]) => {{
            const all = {VIEWS};
            return all.length === number && all.every(view => view.dataset.state === state);
        }}""",
        arg=[state, number],
    )


def keep_predictions(page, cell):
    """Answer every question of a cell, and keep the answers."""
    run_cell(page, cell)
    for form in page.locator(".pd-form").all():
        form.scroll_into_view_if_needed()
        if form.locator("input[type=radio]").count():
            form.locator("input[type=radio]").first.check()
        else:
            form.locator("input[type=text]").fill("3")
        form.get_by_role("button", name="keep my prediction").press("Enter")
        form.get_by_text("Kept: ").wait_for()


def walk(page, cell):
    """Move the picture of a cell by keyboard alone."""
    run_cell(page, cell)
    stepper = page.locator(".bp-stepper").first
    stepper.focus()
    assert stepper.locator(".bp-inside:visible").count() == 0, "it starts at its beginning"
    for key, said in (
        ("ArrowRight", "Step 1 of 19."),
        ("ArrowRight", "Step 2 of 19."),
        ("ArrowLeft", "Step 1 of 19."),
    ):
        page.keyboard.press(key)
        page.wait_for_function(
            "said => document.querySelector('.bp-live').textContent.startsWith(said)", arg=said
        )
    page.keyboard.press("End")
    assert stepper.locator(".bp-counter").inner_text() == "19 / 19"
    for name in ("Back", "Step", "Play", "Reset"):
        assert hit(page, stepper.get_by_role("button", name=name, exact=True)), (
            f"{name} is covered or cut off"
        )


def hit(page, target):
    """Whether a click in the middle of an element would reach it."""
    return target.evaluate("""node => {
        const box = node.getBoundingClientRect();
        return node.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
    }""")


def show(page, index):
    """Scroll to a cell."""
    page.evaluate(
        """async index => {
        const book = window.notebookPanel.content;
        book.activeCellIndex = index;
        await book.scrollToItem(index);
    }""",
        index,
    )


IN_SIGHT = """() => {
    const seen = window.notebookPanel.content.node.getBoundingClientRect();
    const cell = window.notebookPanel.content.activeCell.node.getBoundingClientRect();
    return cell.bottom > seen.top + 40 && cell.top < seen.bottom - 40;
}"""


def solutions(lesson):
    """The code of the solution cells of the instructor's notebook, by their first line."""
    cells = nbformat.read(ROOT / "source" / path_of(lesson), 4).cells
    found = [
        each.source
        for each in cells
        if each.metadata.get("nbgrader", {}).get("solution") and each.cell_type == "code"
    ]
    return {
        next(line for line in text.splitlines() if line.startswith("def ")): text for text in found
    }


def test_a_students_two_days_with_a_kernel_killed_and_a_laptop_closed(clone, tmp_path):
    enrol(tmp_path)
    with day(clone, tmp_path / "home") as (page, lab):
        first_day(page, lab)
    with day(clone, tmp_path / "home") as (page, lab):
        second_day(page, lab)
        kept = saved(lab, FOUR)
        home = lab.log.parent
    assert "backprop update" not in (
        said := typed(clone, home, "autograder.app", "update", "--check")
    )
    assert "up to date" in said.lower() or "nothing" in said.lower(), said
    assert RIGHT in kept and "I would measure it." in kept and "1, and 0 below." in kept
    assert not any(text == "YOUR ANSWER HERE" or "YOUR CODE HERE" in text for text in kept)
    assert (
        subprocess.run(["git", "-C", ROOT, "check-ignore", "-q", "work/x"], check=False).returncode
        == 0
    )


def first_day(page, lab):
    """Lesson 4 is opened, played with and half understood; the kernel dies, and the laptop is
    closed."""
    said = start_page(page, lab)
    assert said.count("Not begun") == 8 and "Everything you write is kept." in said
    page.locator(".bp-card", has_text="A 2-2-1 network by hand").get_by_role("button").first.press(
        "Enter"
    )
    take_notebook(page, path_of(FOUR))
    assert not page.locator(".bp-banner").is_visible(), (
        "nothing was done yet: nothing to catch up with"
    )
    for text in ("from collections import", "x = np.array([1.1, 0.4])"):
        run_cell(page, find_cell(page, text))
    picture, predictions = (
        find_cell(page, 'predict.first(["04.output"'),
        find_cell(page, 'predict("04.output"'),
    )
    run_cell(page, picture)
    page.get_by_text("First your 3 predictions.").wait_for()
    assert page.locator(".bp-stepper").count() == 0, "the picture waits for them"
    keep_predictions(page, predictions)
    walk(page, picture)

    forward, check = (
        find_cell(page, "def forward(x, W1, W2)"),
        find_cell(page, 'check("two_two_one.forward"'),
    )
    write_into(page, forward, WRONG)
    run_cell(page, forward)
    told = run_cell(page, check)
    assert (
        "0.12397453" in told
        and "0.53111365" in told
        and "The output unit is logistic; you used tanh for it." in told
    )
    assert "Traceback" not in told and "NotYetRight" not in told
    assert here(page).get_by_text("Compare with the model answer").count() == 0, (
        "in a class there is none"
    )
    here(page).get_by_role("button", name="Hint 1 of 3").press("Enter")
    here(page).get_by_text("Use it, run the check again, and there is another one.").wait_for()
    assert here(page).get_by_role("button", name="Hint 2 of 3").is_disabled()

    unkept = page.locator(".pd-form input[type=text]").first
    unkept.fill("5")  # second thoughts, while the kernel dies
    os.kill(kernel_process(lab).pid, signal.SIGKILL)
    wait_for_views(page, "gone", 5)  # three forms, a picture, the buttons
    page.locator(".jp-Dialog").get_by_role("button").first.press("Enter")
    assert all_words(page).count(GONE) == 5
    assert WRONG in sources(page) and unkept.input_value() == "5"
    assert page.evaluate(
        "() => [...document.querySelectorAll('.pd-form button')].every(button =>"
        " button.closest('[inert]'))"
    )
    show(page, check)
    here(page).get_by_role("button", name="Catch up").press("Enter")
    wait_for_views(page, "live", 6)  # with the picture that the lesson opens with
    assert unkept.input_value() == "5", "what was typed and not kept is there again"
    assert all_words(page).count("Kept: ") == 3 and "The output unit is logistic" in all_words(page)

    write_into(page, forward, RIGHT)
    run_cell(page, forward)
    assert "two_two_one.forward: all right" in run_cell(page, check)
    write_into(
        page,
        find_cell(page, "def divergence(y, d)"),
        "def divergence(y, d):\n    return 0.5 * np.sum((y - d) ** 3)\n",
    )
    run_cell(page, find_cell(page, "def divergence(y, d)"))
    assert "not yet right" in run_cell(page, find_cell(page, 'check("two_two_one.divergence"'))
    here(page).get_by_role("button", name="Hint 1 of").press("Enter")
    here(page).get_by_text("Hint 1 of", exact=False).last.wait_for()
    save(page)
    assert page.errors == []


def second_day(page, lab):
    """Everything is as it was; the lesson is finished, and validated."""
    said = start_page(page, lab)
    assert "You were last at “How wrong is the output?”." in said and "1 of 6 checks" in said
    page.get_by_role("button", name="Continue here").press("Enter")
    take_notebook(page, path_of(FOUR))
    page.get_by_text(NEW).wait_for()
    wait_for_views(page, "stored", 6)
    page.wait_for_function(IN_SIGHT)
    words = all_words(page)
    assert (
        words.count("Kept: ") == 3
        and "A picture of last time." in words
        and "two_two_one.forward: all right" in words
    )
    assert "Loading widget" not in words and "model not found" not in words
    page.locator(".bp-banner").get_by_role("button", name="Catch up").press("Enter")
    page.wait_for_function(
        "() => document.querySelector('.bp-banner').classList.contains('lm-mod-hidden')"
    )
    wait_for_views(page, "live", 6)
    check = find_cell(page, 'check("two_two_one.divergence"')
    assert page.evaluate("() => window.notebookPanel.content.activeCellIndex") == check
    # the first was shown yesterday
    here(page).get_by_role("button", name="Hint 2 of 3").press("Enter")
    here(page).get_by_text("Hint 1 of 3: ", exact=False).wait_for()

    for name, solution in solutions(FOUR).items():
        if not name.startswith("def forward(x, W1"):
            write_into(page, find_cell(page, name), solution)
    answers = [k for k, text in enumerate(sources(page)) if text == "YOUR ANSWER HERE"]
    write_into(page, answers[0], "I would measure it.")
    assert run_all(page) == []
    ending = run_cell(page, find_cell(page, "summary("))
    assert "6 of 6 right, 17 of 17 points" in ending and "no answer yet" in ending
    save(page)
    said = validate(page)
    assert (
        "6 of 6 right, 17 of 17 points" in said
        and "No answer yet: What belongs in the blank?" in said
    )
    write_into(page, answers[1], "1, and 0 below.")
    save(page)
    assert "Success! Your notebook passes all the tests." in validate(page)
    assert [error for error in page.errors if "reading 'kernel'" not in error] == []


def test_a_self_learners_day_begins_with_nothing_and_reads_everything(clone, tmp_path):
    with day(clone, tmp_path / "home") as (page, lab):
        start_page(page, lab)
        page.get_by_role("button", name="Begin here").press("Enter")
        take_notebook(page, path_of(ONE))
        assert run_all(page) == []
        assert "0 of 8 right, 0 of 18 points" in shown(page, find_cell(page, "summary("))
        quiet = "`linear` is not written yet. Until it is, later cells use the course's own."
        assert quiet in shown(page, find_cell(page, 'check("chain_rule.linear"'))
        assert page.evaluate(STREAMS) == [], "nothing red, only quiet lines"

        write_solution(page, "def linear(w, x, b)")
        assert "chain_rule.linear: all right" in run_cell(
            page, find_cell(page, 'check("chain_rule.linear"')
        )
        write_solution(page, "def product_of_sum(x, y, z)", {'"z": q': '"z": x'})
        told = run_cell(page, find_cell(page, 'check("chain_rule.product_of_sum"'))
        assert "wrong" in told
        here(page).get_by_role("button", name="Compare with the model answer").press("Enter")
        here(page).get_by_text('"z": q').wait_for()
        run_cell(page, find_cell(page, "summary("))
        assert "1 of 8 right" in here(page).inner_text()
        save(page)
        page.evaluate("() => document.activeElement.blur()")
        here(page).get_by_role("link", name="2 · ").click()
        take_notebook(page, path_of(TWO))

        page.locator(".lm-TabBar-tab", has_text="Start").click()
        page.get_by_role("button", name="Misprints in the decks").press("Enter")
        page.locator(".jp-MarkdownViewer").get_by_role("heading").first.wait_for()
        page.locator(".lm-TabBar-tab", has_text="Start").click()
        card = page.locator(".bp-card", has_text="The chain rule")
        card.get_by_text("1 of 8 checks").wait_for()
        assert page.get_by_role("button", name="Model answers of this lesson").count() == 1, (
            "only of what was attempted"
        )
        card.get_by_role("button", name="Model answers of this lesson").press("Enter")
        take_notebook(page, f"about/answers/{ONE}.ipynb")
        assert any("BEGIN SOLUTION" in text for text in sources(page))
        assert page.errors == []


STREAMS = """() => window.notebookPanel.content.model.sharedModel.cells.filter(cell => cell.cell_type === 'code')
    .flatMap(cell => cell.getOutputs()).filter(output => output.name === 'stderr').map(output => output.text)"""


def write_solution(page, head, slip=None):
    """Type the answer to an exercise, with a slip or without, and run it."""
    text = re.sub(r"\n *### (BEGIN|END) SOLUTION", "", solutions(ONE)[f"{head}:"])
    for right, wrong in (slip or {}).items():
        assert right in text
        text = text.replace(right, wrong)
    write_into(page, find_cell(page, head), text)
    run_cell(page, find_cell(page, head))
