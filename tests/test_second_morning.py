"""The second morning: a notebook that was saved and closed is opened again, and a kernel dies under
what is on screen."""

import shutil
from pathlib import Path

import psutil
import pytest
from jupyterlab_driver import all_words, find_cell, open_notebook, run_cell

ROOT = Path(__file__).parents[1]
FOUR = "04-two-two-one"
PATH = f"{FOUR}/{FOUR}.ipynb"
pytestmark = pytest.mark.browser

OPEN_ONLY = """async path => {
    const app = window.jupyterapp;
    await app.restored;
    const panel = await app.commands.execute('docmanager:open', {path, factory: 'Notebook'});
    await panel.context.ready;
    await panel.revealed;
    window.notebookPanel = panel;
}"""
# ipywidgets' own, where a notebook has none
NO_KERNEL = "Cannot read properties of null (reading 'kernel')"


@pytest.fixture
def folder(tmp_path):
    """A student's folder with lesson 4."""
    shutil.copytree(ROOT / "release" / FOUR, tmp_path / FOUR)
    return tmp_path


def evening(page, lab, until):
    """Open the lesson, keep the first prediction, run every cell up to the one that contains
    `until`, save."""
    open_notebook(page, lab, PATH)
    for index in range(find_cell(page, until) + 1):
        run_cell(page, index)
    keep(page, "above")
    save(page)


def keep(page, answer):
    """Give and keep the first prediction, and wait until it says so."""
    form = page.locator(".pd-form").first
    form.scroll_into_view_if_needed()
    form.get_by_text(answer, exact=True).click()
    form.get_by_role("button", name="keep").click()
    page.wait_for_function(
        "() => document.querySelector('.pd-form').innerText.includes('Kept: above.')"
    )


def save(page):
    page.evaluate("() => window.notebookPanel.context.save()")


def leave(page):
    """Close the page as one closes a laptop: the kernel ends with it."""
    page.evaluate("() => window.jupyterapp.serviceManager.sessions.shutdownAll()")
    page.goto("about:blank")


def open_without_kernel(page, lab):
    """Open the lesson in a JupyterLab that was told to start no kernel by itself."""
    page.goto(f"{lab.url}/lab?token={lab.token}&reset")
    page.wait_for_function("() => window.jupyterapp")
    page.evaluate(OPEN_ONLY, PATH)


VIEWS = (
    "window.notebookPanel.content.widgets.flatMap(cell =>"
    " [...cell.node.querySelectorAll('.bp-kept')])"
)


def wait_for_views(page, state, number, seconds=60):
    """Wait until all the views of the evening, three forms, two pictures, buttons below a verdict, are
    in one state."""
    page.wait_for_function(
        f"""([state, number]) => {{
            const views = {VIEWS};
            return views.length === number && views.every(view => view.dataset.state === state);
        }}""",
        arg=[state, number],
        timeout=seconds * 1000,
    )


def show(page, text):
    """Scroll to the cell that contains `text`."""
    page.evaluate(
        "index => window.notebookPanel.content.scrollToItem(index, 'center')", find_cell(page, text)
    )


def test_a_saved_notebook_shows_what_it_showed_and_catches_up(browser_page, lab, folder):
    page, server = browser_page, lab(folder)
    # ends at a stub that is not written and a check that fails
    evening(page, server, 'check("two_two_one.forward"')
    leave(page)

    # the same home: a notebook is trusted where it was signed
    open_without_kernel(
        page, lab(folder, home=server.log.parent, options=["--LabApp.notebook_starts_kernel=False"])
    )
    page.get_by_text("No kernel runs behind this notebook.").wait_for()
    wait_for_views(page, "stored", 6)
    words = all_words(page)
    assert (
        "Kept: above." in words
        and "A picture of last time." in words
        and "(no prediction is kept)" in words
    )
    assert "model not found" not in words and "Loading widget" not in words
    show(page, 'predict.first(["04.output"')
    page.locator(".bp-kept", has_text="A picture of last time.").last.get_by_role(
        "button", name="Catch up"
    ).wait_for()
    assert page.evaluate("() => document.querySelector('.bp-kept-picture img').naturalWidth") > 400
    page.goto("about:blank")

    open_notebook(page, server, PATH)
    page.get_by_text(
        "The kernel is new. Catch up runs set-up and everything above your last place."
    ).wait_for()
    wait_for_views(page, "stored", 6)
    page.locator(".bp-banner").get_by_role("button", name="Catch up").click()
    page.wait_for_function(
        "() => document.querySelector('.bp-banner').classList.contains('lm-mod-hidden')"
    )
    wait_for_views(page, "live", 6)
    assert page.evaluate("() => window.notebookPanel.content.activeCellIndex") == find_cell(
        page, 'check("two_two_one.forward"'
    )
    assert "forward is not written yet." in all_words(page)  # the check that fails did not stop it
    # one of three is kept
    page.get_by_role("button", name="show it without a prediction").press("Enter")
    page.locator(".bp-stepper").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.bp-live').textContent.startsWith('Step 1 of')")

    save(page)
    # the page anew, the kernel as it was: nothing needs catching up
    open_notebook(page, server, PATH)
    wait_for_views(page, "live", 6)
    assert not page.locator(".bp-banner").is_visible()
    assert [error for error in page.errors if error != NO_KERNEL] == []


def test_a_server_that_is_gone_is_said_and_one_that_comes_back_is_believed(
    browser_page, lab, folder
):
    page, server = browser_page, lab(folder)
    evening(page, server, 'predict.first(["04.output"')
    process = psutil.Process(server.pid)
    page.context.set_offline(True)
    page.evaluate(
        "() => { window.notebookPanel.sessionContext.session.kernel.reconnect().catch(() =>"
        " undefined); }"
    )
    wait_for_views(page, "lost", 5)
    assert "what you do here is not kept until it is back" in all_words(page)
    page.context.set_offline(False)
    wait_for_views(page, "live", 5)
    process.kill()
    wait_for_views(page, "lost", 5)
    assert page.evaluate(
        "() => [...document.querySelectorAll('.pd-form')].every(form => form.closest('[inert]'))"
    )
