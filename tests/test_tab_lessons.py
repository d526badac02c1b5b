"""Every lesson in a browser's tab: as it is released and with the model solutions, from the first cell
to the last, with a plain server and nothing else."""

import json
import os

import pytest
from jupyterlab_driver import run_all, set_source, take_notebook
from tab_site import ROOT, made, served, watched

from course.making.cells import checked

#: Numbers of lessons; `make test-long`: all of them.
CHOSEN = os.environ.get("BACKPROP_TAB_LESSONS", "5").split()
NAMES = sorted(p.name for p in (ROOT / "release").iterdir() if str(int(p.name[:2])) in CHOSEN)
SECONDS = 1500  # no measurement, only so that a loaded machine fails no test


def cells(kind, lesson):
    path = ROOT / kind / lesson / f"{lesson}.ipynb"
    return json.loads(path.read_text("utf-8"))["cells"]


#: Scrolls to each cell with outputs and looks at what it shows; gives [id, what is wrong] of cells
#: that do not come to show everything, and how many pictures were seen.
LOOK = """async seconds => {
  const book = window.notebookPanel.content, wrong = [];
  let pictures = 0;
  const later = milliseconds => new Promise(done => setTimeout(done, milliseconds));
  const WIDGET = "application/vnd.jupyter.widget-view+json";
  const empty = canvas => {
    const copy = Object.assign(document.createElement("canvas"), { width: 24, height: 24 });
    copy.getContext("2d").drawImage(canvas, 0, 0, 24, 24);
    return copy.getContext("2d").getImageData(0, 0, 24, 24).data.every(value => value === 0);
  };
  const problem = (cell, outputs) => {
    const nodes = [...cell.node.querySelectorAll(".jp-OutputArea-output")];
    const text = cell.node.querySelector(".jp-OutputArea")?.innerText ?? "";
    for (const said of ["Error displaying widget", "Error creating widget", "Loading widget"]) {
      if (text.includes(said)) return said;
    }
    const shown = nodes.filter(node => node.getBoundingClientRect().height > 4).length;
    if (shown < outputs.length) return `${shown} of ${outputs.length} outputs are shown`;
    const images = [...cell.node.querySelectorAll(".jp-OutputArea img")].filter(e => e.checkVisibility());
    if (!images.every(image => image.complete && image.naturalWidth > 0)) return "an image is not shown";
    const screens = [...cell.node.querySelectorAll(".bp-screen canvas")].filter(e => e.checkVisibility());
    if (screens.some(empty)) return "a canvas is empty";
    return "";
  };
  for (const [index, cell] of book.widgets.entries()) {
    if (cell.model.type !== "code") continue;
    const outputs = cell.model.sharedModel.getOutputs().filter(o => o.output_type !== "stream" && "data" in o
      && (WIDGET in o.data || "image/png" in o.data));
    if (outputs.length === 0) continue;
    await book.scrollToItem(index, "start");
    const end = performance.now() + 1000 * seconds;
    let said;
    while ((said = problem(cell, outputs)) && performance.now() < end) await later(50);
    if (said) wrong.push([cell.model.id, said]);
    else pictures += outputs.length;
  }
  return [wrong, pictures];
}"""

OUTPUTS = """() => window.notebookPanel.content.model.sharedModel.cells
    .filter(cell => cell.cell_type === "code")
    .map(cell => [cell.id, cell.getOutputs()])"""

FRESH = "() => window.notebookPanel.sessionContext.restartKernel()"


def verdicts(page):
    """{exercise: whether the check passed}, of the last check of each."""
    return {
        output["metadata"]["backprop"]["exercise"]: output["metadata"]["backprop"]["passed"]
        for _, outputs in page.evaluate(OUTPUTS)
        for output in outputs
        if "backprop" in output.get("metadata", {})
    }


@pytest.fixture(scope="module")
def site():
    with served(made()) as address:
        yield address


@pytest.mark.browser
@pytest.mark.timeout(2 * SECONDS)
@pytest.mark.parametrize("lesson", NAMES)
def test_a_lesson_runs_in_the_tab_as_released_and_solved(browser_page, site, lesson):
    page = watched(browser_page, site)
    page.goto(f"{site}/lab/index.html?path={lesson}/{lesson}.ipynb")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    take_notebook(page, f"{lesson}/{lesson}.ipynb", seconds=240)
    asked = {checked("".join(c["source"])) for c in cells("release", lesson)} - {None}

    assert run_all(page, SECONDS) == []
    assert verdicts(page) == dict.fromkeys(asked, False)
    wrong, pictures = page.evaluate(LOOK, 20)
    assert wrong == [] and pictures > 10

    solved = {c["id"]: "".join(c["source"]) for c in cells("source", lesson)}
    for index, cell in enumerate(cells("release", lesson)):
        if "".join(cell["source"]) != solved[cell["id"]]:
            set_source(page, index, solved[cell["id"]])
    page.evaluate(FRESH)
    assert run_all(page, SECONDS) == []
    assert verdicts(page) == dict.fromkeys(asked, True)
    assert page.failed == [] and page.errors == []
