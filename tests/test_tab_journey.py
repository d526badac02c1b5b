"""A learner's way through a lesson in a browser's tab, with a plain server and nothing else: wrong,
told what, right, there again when the page is opened anew, taken home."""

import json
import shutil

import pytest
from tab_site import made, served

LESSON = "01-chain-rule"
PATIENCE = 240_000  # milliseconds: no measurement, only so that a loaded machine fails no test

WRONG = "def product_of_sum(x, y, z):\n    return (x + y) * z, {'x': z, 'y': z, 'z': z}\n"
RIGHT = "def product_of_sum(x, y, z):\n    return (x + y) * z, {'x': z, 'y': z, 'z': x + y}\n"


@pytest.fixture(scope="module")
def site():
    with served(made()) as address:
        yield address


@pytest.fixture
def page(browser_page, site):
    """A page that reaches the site alone; `page.failed` are requests that went wrong."""
    page = browser_page
    page.set_default_timeout(PATIENCE)
    page.failed = []
    page.on("dialog", lambda dialog: dialog.accept())  # leave a page whose notebook has outputs
    page.on("requestfailed", lambda request: page.failed.append(request.url))
    page.on("response", lambda r: page.failed.append((r.status, r.url)) if r.status > 399 else None)
    away = lambda url: not url.startswith(site)
    page.route(away, lambda route: (page.failed.append(route.request.url), route.abort()))
    return page


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
    said = text(run(page, "check-product_of_sum"))
    assert "75% right" in said and "∂f/∂z     -4     3                       wrong" in said
    run(page, "product_of_sum", RIGHT)
    assert "all right" in text(run(page, "check-product_of_sum"))
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")

    opened(page, site)  # another day, by the same link
    with page.expect_download() as taken:
        page.evaluate("() => window.jupyterapp.commands.execute('docmanager:download')")
    home = tmp_path / "home.ipynb"
    shutil.move(taken.value.path(), home)
    cells = {c["id"]: c for c in json.loads(home.read_text("utf-8"))["cells"]}
    assert "".join(cells["product_of_sum"]["source"]) == RIGHT
    assert "all right" in text(cells["check-product_of_sum"]["outputs"])
    assert page.failed == [] and page.errors == []
