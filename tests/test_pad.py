"""The pad on which predictions are drawn: its state, and a student who sketches in a real
JupyterLab."""

import io
import json
import math
from pathlib import Path

import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from jupyterlab_driver import open_notebook, run_all, run_cell
from PIL import Image

from course.plots import palette
from course.prediction.forms import pad as pads
from course.prediction.forms.pad import Pad
from course.prediction.sketches import PLACES, POINT, SKETCH, Page

CURVE = Page(SKETCH, (-6, 6), (0, 1), "z", "slope")
PLACE = Page(POINT, (-3, 3), (-2, 2), "w1", "w2")


# ---- its state


def test_a_sketch_is_straight_between_the_places_that_were_put_and_ends_at_the_last():
    pad = Pad("Which slope?", CURVE)
    assert pad.drawn is None and pad.describe() == "Nothing is drawn yet."
    pad.heights = [None] * 10 + [0.2] + [None] * 19 + [0.6] + [None] * 30
    x, y = pad.drawn
    assert (x[0], x[-1], len(x)) == (-4.0, 0.0, 21)
    assert y == pytest.approx(np.linspace(0.2, 0.6, 21))


def test_one_place_is_no_curve():
    pad = Pad("Which slope?", CURVE)
    pad.heights = [0.5] + [None] * (PLACES - 1)
    assert pad.drawn is None


@pytest.mark.parametrize("ends", [(-6, 6), (-2.6, 3.8)])
def test_what_was_kept_can_be_shown_again(ends):
    pad, x = Pad("Which slope?", CURVE), np.linspace(*ends, 33)
    pad.put(np.array([x, 0.5 + 0.4 * np.sin(x)]))
    again = pad.drawn
    assert again[0, [0, -1]] == pytest.approx(ends)
    assert again[1] == pytest.approx(0.5 + 0.4 * np.sin(again[0]), abs=0.02)
    other = Pad("Where?", PLACE)
    other.put(np.array([1.5, -9.0]))
    assert other.drawn == pytest.approx([1.5, -2.0]), "what lies beyond the page is at its edge"


def test_an_empty_page_after_clearing():
    pad = Pad("Where?", PLACE)
    pad.spot = [1.0, 1.0]
    assert pad.describe() == "Chosen: w1 = 1, w2 = 1."
    pad.clear()
    assert pad.drawn is None and pad.describe() == "Nothing is chosen yet."


def test_what_is_kept_is_what_was_drawn_when_the_button_was_pressed():
    pad, seen = Pad("Where?", PLACE), []
    pad.on_keep(lambda: seen.append(pad.drawn.tolist()))
    # its trait may still be on its way
    pad._handle_custom_msg({"keep": {"heights": [], "spot": [1.0, 2.0]}}, [])
    assert seen == [[1.0, 2.0]]


def test_what_cannot_be_kept_is_said():
    pad = Pad("Where?", PLACE)
    pad.on_keep(lambda: 1 / 0)
    pad.press()
    assert pad.said == "This could not be kept. ZeroDivisionError: division by zero"


def test_the_background_fits_the_page_edge_to_edge_and_lets_the_paper_through():
    def line(axes):
        axes.plot([-3, 3], [-2, 2], color="black")
        axes.set(xlim=(0, 1), xlabel="somewhere else")

    image = (
        np.asarray(Image.open(io.BytesIO(Pad("Where?", PLACE, line).background)).convert("RGBA"))[
            ..., 3
        ]
        > 100
    )
    rows, columns = np.nonzero(image)
    height, width = image.shape
    assert (
        rows.min() < 4
        and rows.max() > height - 5
        and columns.min() < 4
        and columns.max() > width - 5
    )
    assert columns[rows < 8].min() > 0.9 * width, "the line ends in the upper right corner"
    assert image.mean() < 0.03


def test_a_prediction_has_one_colour_on_the_pad_and_beside_the_truth():
    css = Path(pads.__file__).with_name("pad.css").read_text("utf-8")
    assert f"--pd-yours: {palette.SERIES[1].colour};" in css


# ---- in JupyterLab

CELLS = (
    """
import numpy as np
from course.prediction import predict
from course.widgets.loss_curve import LossCurve
def slope(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2
""",
    'predict.sketch("t.curve", "Which slope has the sigmoid?", x=(-6, 6), y=(0, 1))',
    'predict.first("t.curve", LossCurve())',
    'predict.show("t.curve", slope)',
    (
        'predict.point("t.ball", "Where is the ball?", x=(-3, 3), y=(-2, 2), xlabel="w1",'
        ' ylabel="w2", draw=lambda axes: axes.plot(-2, -1, "o"))'
    ),
)


@pytest.fixture
def student(browser_page, lab, tmp_path):
    cells = [nbformat.v4.new_code_cell(cell.strip()) for cell in CELLS]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(
        nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), tmp_path / "t.ipynb"
    )
    server = lab(tmp_path)
    open_notebook(browser_page, server, "t.ipynb")
    assert run_all(browser_page) == []
    return browser_page, server


def kept(folder, key):
    return json.loads((folder / "predictions.json").read_text("utf-8"))[key]["answer"]


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def words(form):
    return form.locator(".pd-words").inner_text()


def said(form, text):
    form.locator(".pd-said", has_text=text).wait_for(timeout=20_000)


@pytest.mark.browser
def test_a_student_sketches_keeps_it_sees_it_beside_the_truth_and_finds_it_again(student, tmp_path):
    page, server = student
    form = page.locator(".pd-form").first
    pad, frame = form.locator(".pd-pad"), form.locator(".pd-frame")
    waits = page.get_by_role("button", name="show it without a prediction")
    waits.wait_for()
    assert page.locator(".bp-screen").count() == 0
    pad.scroll_into_view_if_needed()
    height = form.bounding_box()["height"]

    # with the mouse: a bell that is 0.8 high
    box = frame.bounding_box()
    for k, z in enumerate(np.linspace(-6, 6, 31)):
        page.mouse.move(
            box["x"] + (z + 6) / 12 * box["width"],
            box["y"] + (1 - 0.8 * math.exp(-z * z / 4)) * box["height"],
        )
        if k == 0:
            page.mouse.down()
    page.mouse.up()
    assert words(form) == "Drawn from z = −6 to 6."

    # Tab leads to the button below, and Enter keeps it; JupyterLab takes neither key
    press(page, "Tab", "Tab", "Enter")
    said(form, "Kept: a curve from z = -6 to 6, highest 0.8")
    page.locator(".bp-screen[data-frames]").wait_for()
    assert waits.count() == 0
    drawn = kept(tmp_path, "t.curve")
    assert drawn["y"] == pytest.approx(0.8 * np.exp(-np.square(drawn["x"]) / 4), abs=0.02)
    page.wait_for_function("document.querySelector('.pd-aloud').textContent.startsWith('Kept')")

    # beside the truth
    assert "and at most by 0.55: at z = 0 you drew 0.8" in run_cell(page, 3)
    picture = page.locator(".bp-comparison img")
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 1080
    assert "0.55" in picture.get_attribute("alt")
    assert Axe().run(page, context={"include": [[".bp-comparison"]]}).response["violations"] == []

    # with the keys: cleared, a new line from the left edge to the right one
    pad.focus()
    press(
        page,
        "Delete",
        "Home",
        "Shift+ArrowDown",
        "Shift+ArrowDown",
        "Shift+ArrowDown",
        "End",
        "ArrowUp",
        "Shift+ArrowUp",
    )
    assert words(form) == "At z = 6: slope 0.28. Drawn from z = −6 to 6."
    press(page, "Shift+ArrowLeft")
    assert words(form).startswith("At z = 3.6: slope 0.2")  # 0.125 + 0.8 · 0.15 = 0.245
    assert page.evaluate("window.notebookPanel.content.activeCellIndex") in (
        1,
        3,
    ), "the arrows did not walk through the cells"
    assert form.bounding_box()["height"] == height
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert Axe().run(page, context={"include": [[".pd-form"]]}).response["violations"] == []
    form.get_by_role("button", name="keep my prediction").click()
    said(form, "highest 0.275 at z = 6, lowest 0.125 at z = -6")

    # a point: with the keys, then with a click
    other = page.locator(".pd-form").nth(1)
    other.locator(".pd-pad").focus()
    press(page, "Shift+ArrowRight", "ArrowUp", "ArrowUp")
    assert words(other) == "You chose w1 = 0.6, w2 = 0.16."
    other.locator(".pd-pad").scroll_into_view_if_needed()
    box = other.locator(".pd-frame").bounding_box()
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"])
    other.get_by_role("button", name="keep my prediction").click()
    said(other, "Kept: w1 = 1.5, w2 = 1")
    assert kept(tmp_path, "t.ball") == pytest.approx([1.5, 1], abs=0.03)

    # a new kernel and a page loaded anew: the comparison is a saved output, the sketch comes from
    # the file, nothing waits
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    assert page.evaluate("window.notebookPanel.context.model.dirty") is False
    notebook = nbformat.read(tmp_path / "t.ipynb", 4)
    assert "at most by 0.55" in notebook.cells[3].outputs[0].data["text/plain"]
    assert page.errors == []
    page.evaluate("window.notebookPanel.sessionContext.shutdown()")
    open_notebook(page, server, "t.ipynb")
    page.locator(".bp-comparison img").wait_for()
    assert run_all(page) == []
    form = page.locator(".pd-form").first
    said(form, "Kept: a curve from z = -6 to 6, highest 0.275")
    assert words(form) == "Drawn from z = −6 to 6."
    assert page.get_by_role("button", name="show it without a prediction").count() == 0
    assert page.get_by_text("Error displaying widget").count() == 0
