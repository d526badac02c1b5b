"""A learner's way through a lesson in a browser's tab, with a plain server and nothing else: wrong,
told what, right, there again when the page is opened anew, taken home."""

import json
import re
import shutil
import time

import pytest
from tab_site import made, served, watched

LESSON = "01-chain-rule"

WRONG = "def product_of_sum(x, y, z):\n    return (x + y) * z, {'x': z, 'y': z, 'z': z}\n"
RIGHT = "def product_of_sum(x, y, z):\n    return (x + y) * z, {'x': z, 'y': z, 'z': x + y}\n"


@pytest.fixture(scope="module")
def site():
    # below another folder, as it is published: what is asked of the root is not there
    with served(made().parent) as address:
        yield f"{address}/lab"


@pytest.fixture
def page(browser_page, site):
    """A page that reaches the site alone."""
    return watched(browser_page, site)


def opened(page, site):
    page.goto(f"{site}/lab/index.html?path={LESSON}/{LESSON}.ipynb")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()


#: Puts source into the cell of an id, runs it, and gives the text of its output once it has one.
RUN = """async ([id, source]) => {
  const panel = [...window.jupyterapp.shell.widgets("main")].find(w => w.context?.path.endsWith(".ipynb"));
  await panel.context.ready; await panel.sessionContext.ready; await panel.revealed;
  const cells = panel.content.widgets;
  const cell = cells.find(each => each.model.id === id);
  if (source !== null) cell.model.sharedModel.setSource(source);
  panel.content.activeCellIndex = cells.indexOf(cell);
  await window.jupyterapp.commands.execute("notebook:run-cell");
  return JSON.stringify(cell.model.sharedModel.toJSON().outputs);
}"""


#: Puts source into the cell of an id.
TYPE = """([id, source]) => [...window.jupyterapp.shell.widgets("main")].find(w => w.context?.path.endsWith(".ipynb"))
  .context.model.sharedModel.cells.find(each => each.id === id).setSource(source)"""

#: The source of the cell of an id, once the notebook is there.
SOURCE = """async id => {
  const panel = [...window.jupyterapp.shell.widgets("main")].find(w => w.context?.path.endsWith(".ipynb"));
  await panel.context.ready;
  return panel.context.model.sharedModel.cells.find(each => each.id === id).getSource();
}"""


def run(page, cell_id, source=None):
    """Run a cell, with other code in it where that is given; its outputs."""
    return json.loads(page.evaluate(RUN, [cell_id, source]))


def text(outputs):
    return "\n".join(str(o.get("data", {}).get("text/plain", o.get("evalue", ""))) for o in outputs)


@pytest.mark.browser
@pytest.mark.timeout(900)
def test_wrong_then_right_then_there_again_and_taken_home(page, site, tmp_path):
    opened(page, site)
    run(page, "setup")
    run(page, "product_of_sum", WRONG)
    outputs = run(page, "check-product_of_sum")
    said = text(outputs)
    assert "error" not in {output["output_type"] for output in outputs}  # the verdict says it all
    assert "75% right" in said and re.search(r"∂f/∂z +-4 +3 +wrong", said)
    run(page, "product_of_sum", RIGHT)
    assert "all right" in text(run(page, "check-product_of_sum"))
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")

    page.reload()
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.wait_for_load_state("networkidle")  # a request that a page leaves behind fails
    assert page.evaluate(SOURCE, "product_of_sum") == RIGHT

    opened(page, site)  # another day, by the same link
    with page.expect_download() as taken:
        page.evaluate("() => window.jupyterapp.commands.execute('docmanager:download')")
    home = tmp_path / "home.ipynb"
    shutil.move(taken.value.path(), home)
    cells = {c["id"]: c for c in json.loads(home.read_text("utf-8"))["cells"]}
    assert "".join(cells["product_of_sum"]["source"]) == RIGHT
    assert "all right" in text(cells["check-product_of_sum"]["outputs"])
    assert page.failed == [] and page.errors == []


ENDLESS = "print('begun', flush=True)\nwhile True:\n    pass\n"


@pytest.mark.browser
@pytest.mark.timeout(900)
def test_an_endless_cell_is_stopped_within_five_seconds_and_what_was_typed_stands(page, site):
    opened(page, site)
    run(page, "setup")
    (python,) = page.workers
    ended = []
    python.on("close", lambda _: ended.append(time.monotonic()))
    page.evaluate(f"given => {{ ({RUN})(given).catch(() => null); }}", ["linear", ENDLESS])
    page.locator(".jp-OutputArea-output", has_text="begun").wait_for()
    page.evaluate(TYPE, ["product_of_sum", RIGHT])
    began = time.monotonic()
    page.get_by_role("button", name="Interrupt the kernel").click()
    page.get_by_text("Python was stopped and has begun anew").first.wait_for()
    while not ended:  # the page tells of it a little later
        page.wait_for_timeout(50)
    assert ended[0] - began < 5

    assert page.evaluate(SOURCE, "linear") == ENDLESS  # not run again, not taken away
    assert page.evaluate(SOURCE, "product_of_sum") == RIGHT
    for cell in ("setup", "product_of_sum"):
        run(page, cell)
    assert "all right" in text(run(page, "check-product_of_sum"))
    assert page.failed == [] and page.errors == []
