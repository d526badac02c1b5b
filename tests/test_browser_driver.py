"""The tools of the browser tests do what the tests that use them believe."""

import asyncio
import sys

import nbformat
import pytest
from jupyterlab_driver import open_notebook, run_all


def notebook(folder, *sources):
    """Write ``work.ipynb`` with these code cells into ``folder``; return its name."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "work.ipynb")
    return "work.ipynb"


@pytest.mark.browser
def test_a_notebook_runs_in_jupyterlab_with_this_interpreter(browser_page, lab, tmp_path):
    path = notebook(
        tmp_path, "import sys; print(sys.prefix)", "import ipywidgets; ipywidgets.IntSlider(7)"
    )
    open_notebook(browser_page, lab(tmp_path), path)
    assert run_all(browser_page) == []
    browser_page.get_by_text(sys.prefix, exact=True).wait_for()
    browser_page.get_by_role("slider").wait_for()
    assert browser_page.errors == []


@pytest.mark.browser
def test_run_all_reports_the_error_a_cell_raises(browser_page, lab, tmp_path):
    path = notebook(tmp_path, "1 + 1", "1 / 0", "2 + 2")
    open_notebook(browser_page, lab(tmp_path), path)
    assert run_all(browser_page) == ["ZeroDivisionError: division by zero"]


@pytest.mark.browser
def test_what_a_page_throws_is_collected(browser_page):
    browser_page.set_content(
        "<script>console.error('shown'); setTimeout(() => { throw new Error('thrown'); })</script>"
    )
    browser_page.wait_for_timeout(200)
    assert browser_page.errors == ["shown", "thrown"]


def test_asyncio_runs_after_the_browser_tests():
    async def answer():
        return 42

    assert asyncio.run(answer()) == 42


FAMILIES = (
    "system-ui",
    "Helvetica, Arial, sans-serif",
    "Noto Sans Mono, monospace",
    "Times New Roman, serif",
    "no such font",
)


@pytest.mark.browser
@pytest.mark.skipif(
    not sys.platform.startswith("linux"),
    reason="the browser's fonts are pinned through fontconfig, which Chromium asks on Linux only",
)
def test_the_browser_has_the_fonts_that_matplotlib_brings_and_no_others(browser_page):
    """So pictures look alike on every machine, whatever fonts it has and whatever a style sheet
    asks for."""
    browser_page.set_content(
        "".join(f"<p style='font-family: {family}'>Ax 0 ∂ ½ →</p>" for family in FAMILIES)
    )
    session = browser_page.context.new_cdp_session(browser_page)
    for domain in ("DOM", "CSS"):
        session.send(f"{domain}.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    nodes = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "p"})["nodeIds"]
    used = {
        font["familyName"]
        for node in nodes
        for font in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    }
    assert used == {"DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono"}
