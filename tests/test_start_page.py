"""The start page: what JupyterLab opens on, derived from the notebooks alone, and what is not there
for a student."""

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe

from autograder.exercises import all_exercises
from autograder.review.deck import Deck
from autograder.review.questions import by_name
from course.folder.reading import put_about
from course.opening.lab import fitted, is_class, lab_options

ROOT = Path(__file__).parents[1]
FOUR = "04-two-two-one"
LESSONS = sorted(path.name for path in (ROOT / "release").iterdir())


def student(folder):
    """A student's folder after an evening with lesson 4: one check passed, one half right, one
    question answered."""
    shutil.copytree(ROOT / "release", folder)
    path = folder / FOUR / f"{FOUR}.ipynb"
    notebook = nbformat.read(path, 4)
    cells = {cell.id: cell for cell in notebook.cells}
    cells["check-forward"].outputs = [verdict("two_two_one.forward", "all right")]
    cells["check-divergence"].outputs = [
        verdict("two_two_one.divergence", "not yet right", score=0.5)
    ]
    cells["answer"].source = "The backward pass begins at the output."
    nbformat.write(notebook, path)
    # broken: then less is known
    (folder / FOUR / "attempts.json").write_text("{ half a fi", encoding="utf-8")
    shutil.rmtree(folder / "08-training-in-practice")
    (folder / "02-activations" / "02-activations.ipynb").write_text("no notebook", encoding="utf-8")
    return folder


def verdict(name, words, score=None):
    """The output of a check as a notebook stores it, with or without its data."""
    told = (
        {}
        if score is None
        else {
            "backprop": {
                "exercise": name,
                "score": score,
                "points": 1,
                "passed": score == 1,
                "written": False,
            }
        }
    )
    return nbformat.v4.new_output("display_data", {"text/plain": f"{name}: {words}"}, metadata=told)


def open_start(page, server):
    page.goto(f"{server.url}/lab?token={server.token}&reset")
    page.locator(".bp-card").first.wait_for(timeout=60_000)


@pytest.mark.browser
def test_jupyterlab_opens_on_the_way_through_the_lessons(browser_page, lab, tmp_path):
    page = browser_page
    folder = student(tmp_path / "work")
    put_about(folder, ROOT, self_study=True)
    open_start(page, lab(folder))

    # one lesson is not there, one is no notebook any more
    assert page.locator(".bp-card").count() == 6
    assert page.get_by_text(
        "02-activations/02-activations.ipynb could not be read as a notebook."
    ).is_visible()
    four = page.locator(".bp-card", has_text="A 2-2-1 network by hand")
    said = four.inner_text()
    assert (
        "about 140 minutes" in said
        and "1 of 6 checks, 3.5 of 17 points" in said
        and "1 of 2 written" in said
    )
    assert "last at “How wrong is the output?”" in said
    # open where one goes on
    assert four.get_by_text("run a network forward and say what every").is_visible()
    assert "Not begun" in page.locator(".bp-card").first.inner_text()
    # only of what was attempted
    assert page.locator("button", has_text="Model answers").count() == 1
    assert page.get_by_text("Misprints in the decks").is_visible()

    for width, theme in ((1280, "JupyterLab Light"), (700, "JupyterLab Dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme
        )
        page.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=theme)
        found = Axe().run(page, context=".bp-start").response["violations"]
        assert found == [], [
            (each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found
        ]
        assert page.evaluate(
            "() => { const page = document.querySelector('.bp-start'); return page.scrollWidth <="
            " page.clientWidth; }"
        )

    # who is about to press a button still can when the folder is read again, changed or not
    page.get_by_role("button", name="Continue here").focus()
    for change, stands in (("", True), ("start.shown = null;", False)):
        focused, same = page.evaluate(
            "async () => { const start = window.jupyterapp.shell.currentWidget.content;"
            f" const before = start.node.firstChild; {change} await start.refresh();"
            " return [document.activeElement.textContent, before === start.node.firstChild]; }"
        )
        assert focused == "Continue here" and same == stands

    page.get_by_role("button", name="Continue here").press("Enter")
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget?.context?.path ==="
        " '04-two-two-one/04-two-two-one.ipynb'"
    )
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.content.activeCell?.model.id ==="
        " 'check-divergence'"
    )

    # the server says so of what is no notebook
    assert [error for error in page.errors if "400" not in error] == []

    # it looks again when a notebook is saved, and comes back when the last tab is closed
    page.evaluate("""async () => {
        const panel = window.jupyterapp.shell.currentWidget;
        panel.content.model.sharedModel.cells.find(cell => cell.id === 'answer-2').setSource('1 and 0.');
        await panel.context.save();
        await panel.sessionContext.ready;
        await window.jupyterapp.commands.execute('application:close-all');
    }""")
    page.locator(".bp-card", has_text="2 of 2 written").wait_for()
    assert page.locator(".jp-Launcher").count() == 0
    page.evaluate("() => window.jupyterapp.commands.execute('launcher:create')")
    launcher = page.locator(".jp-Launcher")
    launcher.wait_for()
    assert "Jupytext" not in launcher.inner_text() and "Text Notebook" not in launcher.inner_text()
    assert page.get_by_text("Create Assignment").count() == 0
    assert page.locator(".jp-toast, .Toastify__toast").count() == 0
    commands = page.evaluate("() => window.jupyterapp.commands.listCommands()")
    assert (
        "nbgrader:open-formgrader" not in commands and "nbgrader:open-course-list" not in commands
    )
    assert "backprop:catch-up" in commands


def test_an_instructor_keeps_what_is_an_instructors(tmp_path):
    page = {
        "disabledExtensions": ["a"],
        "federated_extensions": [{"name": "jupyterlab-jupytext"}, {"name": "@jupyter/nbgrader"}],
    }
    for instructor in (True, False):
        told = fitted(page, instructor, self_study=True)
        assert (
            "@jupyter/nbgrader:create-assignment" in told["disabledExtensions"]
        ) is not instructor
        assert "a" in told["disabledExtensions"] and told["federated_extensions"] == [
            {"name": "@jupyter/nbgrader"}
        ]
        # in a class no answers
        assert told["backpropSelfStudy"] == ("false" if instructor else "true")
    assert (
        not is_class(tmp_path)
        and "'nbgrader.server_extensions.formgrader': False" in lab_options(tmp_path)[0]
    )
    (tmp_path / "gradebook.db").touch()
    assert is_class(tmp_path) and "formgrader" not in lab_options(tmp_path)[0]
    assert "formgrader" not in lab_options(tmp_path / "elsewhere", instructor=True)[0]


def test_what_there_is_to_read_lies_beside_the_lessons_and_leads_nowhere_else(tmp_path):
    about = put_about(tmp_path, ROOT, self_study=True)
    readme = (about / "README.md").read_text("utf-8")
    assert (
        "](pictures/stepper.gif)" in readme
        and (about / "pictures" / "stepper.gif").stat().st_size > 10_000
    )
    assert "](errata.md)" in readme and "](site/" not in readme
    assert sorted(path.stem for path in (about / "answers").iterdir()) == LESSONS
    (about / "README.md").chmod(0o644)
    (about / "README.md").write_text("older")
    put_about(tmp_path, ROOT, self_study=False)
    assert (about / "README.md").read_text("utf-8") == readme and not (about / "answers").exists()


def test_the_extension_is_one_that_jupyterlab_can_load_and_its_modules_are_all_there():
    folder = ROOT / "course" / "labextension" / "backprop-by-hand"
    told = json.loads((folder / "package.json").read_text("utf-8"))
    assert (folder / told["jupyterlab"]["_build"]["load"]).is_file()
    for module in (folder / "static").glob("*.js"):
        text = module.read_text("utf-8")
        assert len(text.splitlines()) <= 300
        for line in text.splitlines():
            if ' from "./' in line:
                assert (folder / "static" / line.split('"')[1]).is_file(), f"{module.name}: {line}"


def test_what_the_extension_styles_is_no_part_of_a_picture():
    """Both stand in one page: a rule for the start page's bar once hid the steppers' buttons."""
    style = (
        ROOT / "course" / "labextension" / "backprop-by-hand" / "static" / "style.css"
    ).read_text("utf-8")
    ruled = set(re.findall(r"(?:^|[,}(])\s*\.(bp-[\w-]+)", style, re.MULTILINE))
    sources = [
        path
        for path in (ROOT / "course" / "widgets").rglob("*")
        if path.suffix in (".js", ".css", ".py")
    ]
    used = {
        name for path in sources for name in re.findall(r"\bbp-[a-z0-9-]+", path.read_text("utf-8"))
    }
    assert "bp-card" in ruled and "bp-bar" in used and ruled & used == set()


def finished(folder):
    """A student's folder in which every check has passed and every question is answered."""
    shutil.copytree(ROOT / "release", folder)
    for path in folder.glob("*/*.ipynb"):
        notebook = nbformat.read(path, 4)
        for cell in notebook.cells:
            if not cell.metadata.get("nbgrader", {}).get("grade"):
                continue
            named = re.search(r'check\("([^"]+)"', cell.source)
            if cell.cell_type == "markdown":
                cell.source = "My answer."
            elif named:
                cell.outputs = [verdict(named[1], "all right", score=1)]
                cell.outputs[0].metadata.backprop["when"] = "2026-11-30"
        nbformat.write(notebook, path)
    question, long_ago = by_name("04.forward"), datetime(2026, 1, 1, tzinfo=UTC)
    Deck(folder / FOUR).note(question, False, now=long_ago)
    return folder


@pytest.mark.browser
def test_whoever_has_done_all_gets_a_page_to_print_and_what_comes_back_is_told(
    browser_page, lab, tmp_path
):
    page, folder = browser_page, finished(tmp_path / "work")
    open_start(page, lab(folder))
    four = page.locator(".bp-card", has_text="A 2-2-1 network by hand")
    assert "1 question comes back" in four.inner_text()
    assert "Shift+Enter" not in page.locator(".bp-start-page").inner_text()
    assert "1 question comes back" not in page.locator(".bp-card").first.inner_text()

    page.evaluate(  # a bare assignment would be called at once
        "() => { window.print = () => { window.printed = document.querySelector('.bp-print').innerHTML; }; }"
    )
    page.get_by_role("button", name="Print it").click()
    page.wait_for_function("() => window.printed")
    assert "$" not in page.evaluate("window.printed"), "formulas are set before it is printed"
    sheet = page.locator(".bp-print")
    assert not sheet.is_visible()  # on the screen
    page.emulate_media(media="print")
    assert sheet.is_visible() and not page.locator(".bp-start").is_visible()
    said = sheet.inner_text()
    assert sheet.locator("h2").count() == 8 and said.count("2026-11-30: ") == 8
    names = {one.name.partition(".")[2] for one in all_exercises()}
    assert all(name in said for name in names)
    assert "$" not in said, "formulas are set"
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert sheet.count() == 0 and page.locator(".bp-start").is_visible()
