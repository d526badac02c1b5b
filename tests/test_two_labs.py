"""Two JupyterLabs on one folder, and a disk that is full at the save: nothing is lost silently, the
person is told."""

import json
import resource
from pathlib import Path

import psutil
import pytest
from conftest import launch
from jupyterlab_driver import find_cell, open_notebook, running_lab, set_source, sources
from playwright.sync_api import sync_playwright

from course.folder.student_folder import fill, prepare

ROOT = Path(__file__).resolve().parents[1]
FOUR = "04-two-two-one"
FILE = f"{FOUR}/{FOUR}.ipynb"
SAVE = (
    "() => { window.saving = window.jupyterapp.commands.execute('docmanager:save').catch(() =>"
    " undefined); }"
)
DIRTY = "() => window.notebookPanel.model.dirty"
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture
def two(tmp_path):
    """The student's folder, and a page each of two JupyterLabs that show it."""
    work = tmp_path / "work"
    prepare(work, ROOT)
    fill(ROOT / "release", work)
    homes = [tmp_path / "one", tmp_path / "other"]
    for home in homes:
        home.mkdir()
    with (
        running_lab(work, homes[0], seconds=180) as one,
        running_lab(work, homes[1], seconds=180) as other,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        yield work, [(browser.new_page(), one), (browser.new_page(), other)]
        browser.close()


def typed(page, text):
    """Write a line into the cell of the function `forward`."""
    index = find_cell(page, "def forward(x, W1, W2)")
    set_source(page, index, f"def forward(x, W1, W2): pass  # {text}")


def full(lab, yes=True):
    """Whether the disk is full for a server: it can write no file longer than a few bytes."""
    port = f"--port={lab.url.rpartition(':')[2]}"
    (pid,) = (child.pid for child in psutil.Process().children() if port in child.cmdline())
    hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (64 if yes else hard, hard))


def holds(texts, text):
    return any(text in source for source in texts)


def on_disk(work):
    cells = json.loads((work / FILE).read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells]


def dialog(page):
    """The dialog that waits for an answer."""
    shown = page.locator(".jp-Dialog")
    shown.wait_for(timeout=60_000)
    return shown


def test_a_notebook_is_saved_as_opened_and_two_labs_and_a_full_disk_lose_nothing(two):
    work, ((first, one), (second, other)) = two
    for page, lab in ((first, one), (second, other)):
        open_notebook(page, lab, FILE, seconds=120)
    first.wait_for_function(
        "() => window.notebookPanel.sessionContext.session?.kernel?.status === 'idle'"
    )
    first.wait_for_timeout(1000)
    assert first.evaluate(DIRTY) is False, "opened, and nothing typed: nothing to save"

    typed(first, "of the first")
    first.evaluate(SAVE)
    first.wait_for_function("() => !window.notebookPanel.model.dirty", timeout=60_000)
    assert holds(on_disk(work), "of the first")

    typed(second, "of the second")
    second.evaluate(SAVE)
    asked = dialog(second)
    assert "has changed on disk" in asked.inner_text() or "File Changed" in asked.inner_text()
    # both are still there
    assert holds(on_disk(work), "of the first") and holds(sources(second), "of the second")
    asked.get_by_role("button", name="Cancel").click()
    asked.wait_for(state="detached")
    assert holds(sources(second), "of the second") and second.evaluate(DIRTY) is True

    # a full disk: the server can write no byte of the file any more
    before = (work / FILE).read_bytes()
    full(one)
    typed(first, "typed on a full disk")
    first.evaluate(SAVE)
    asked = dialog(first)
    assert "Error" in asked.inner_text() and FOUR in asked.inner_text()
    asked.get_by_role("button").last.click()
    assert first.evaluate(DIRTY) is True and holds(sources(first), "typed on a full disk")
    assert (work / FILE).read_bytes() == before
    full(one, False)
    first.evaluate(SAVE)
    first.wait_for_function("() => !window.notebookPanel.model.dirty", timeout=60_000)
    assert holds(on_disk(work), "typed on a full disk")
