"""Starts a JupyterLab and drives it through its own application object, waiting for its own ready
signals.

What the toolbar shows (busy indicator, execution prompts) is no ready signal: a "run all" sent
while the kernel is still connecting is silently lost. The document's promises and the kernel's
answer are.
"""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psutil

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab."""

    url: str
    """Address without a trailing slash: ``http://127.0.0.1:<port>``."""
    token: str
    root: Path
    """The folder whose files it shows."""
    log: Path
    pid: int
    """Of its server."""


def free_port():
    """A TCP port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def private_environment(home):
    """Environment variables that keep a Jupyter apart from the user's: settings, kernels, history
    all below ``home``."""
    names = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    return {**os.environ, **{variable: str(home / folder) for variable, folder in names.items()}}


def switch_off_news(home):
    """Write the settings that keep JupyterLab from asking the internet, and the reader, about news
    and updates."""
    folder = home / "settings" / "@jupyterlab" / "apputils-extension"
    folder.mkdir(parents=True, exist_ok=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}
    (folder / "notification.jupyterlab-settings").write_text(json.dumps(quiet), encoding="utf-8")


@contextlib.contextmanager
def running_lab(root, home, options=(), seconds=60, instructor=False, plain=False, clone=False):
    """A JupyterLab on a free port, started with this interpreter; the context gives a `Lab`.

    Parameters
    ----------
    root : path
        The folder it shows.
    home : path
        A folder for its configuration, runtime files and log.
    options : sequence of str
        More command-line options.
    seconds : float
        How long it may take to answer.
    instructor : bool
        Whether an instructor works there; in a folder of a class that is so anyhow.
    plain : bool
        Start a JupyterLab that knows nothing of the course, to compare with.
    clone : bool
        ``root`` is a clone of the course, in which ``backprop lab`` is typed: the lab shows its
        ``work/``.

    Raises
    ------
    RuntimeError
        When it does not answer in time or ends; with its log.
    """
    root, home = Path(root).resolve(), Path(home)
    switch_off_news(home)
    token, port = secrets.token_hex(16), free_port()
    url, written = f"http://127.0.0.1:{port}", home / "lab.log"
    program = (
        ["jupyterlab", "--allow-root", str(root)] if plain else ["course.opening.lab", str(root)]
    )
    program = ["autograder.app", "lab"] if clone else program
    command = [sys.executable, "-m", *program, "--no-browser", "--ip=127.0.0.1", f"--port={port}"]
    command += [
        "--ServerApp.port_retries=0",
        "--LabApp.expose_app_in_browser=True",
        f"--IdentityProvider.token={token}",
    ]
    command += [*(["--instructor"] if instructor else []), *options]
    with open(written, "wb") as log:
        process = subprocess.Popen(
            command,
            cwd=root,
            env=private_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    lab = Lab(
        url=url, token=token, root=root / "work" if clone else root, log=written, pid=process.pid
    )
    try:
        wait_for_answer(lab, process, seconds)
        yield lab
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for_answer(lab, process, seconds):
    """Return once the server answers; raise ``RuntimeError`` with its log when it ends or
    ``seconds`` have passed."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{lab.url}/api?token={lab.token}", timeout=2):
                return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise RuntimeError(
        f"JupyterLab did not start:\n{lab.log.read_text(encoding='utf-8', errors='replace')}"
    )


WITHIN = """(work, milliseconds, what) => Promise.race([work, new Promise((_, reject) => setTimeout(() => {
    const dialog = document.querySelector('.jp-Dialog')?.innerText;
    reject(new Error(what + (dialog ? '; a dialog waits: ' + dialog : '')));
}, milliseconds))])"""

OPEN = f"""([path, milliseconds]) => ({WITHIN})((async () => {{
    const app = window.jupyterapp;
    await app.restored;
    const panel = await app.commands.execute('docmanager:open', {{path, factory: 'Notebook'}});
    await panel.context.ready;
    await panel.revealed;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
    window.notebookPanel = panel;
}})(), milliseconds, 'the notebook is not ready')"""

ADOPT = f"""([path, milliseconds]) => ({WITHIN})((async () => {{
    const app = window.jupyterapp;
    while (app.shell.currentWidget?.context?.path !== path) await new Promise(done => setTimeout(done, 50));
    const panel = app.shell.currentWidget;
    await panel.context.ready;
    await panel.revealed;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
    window.notebookPanel = panel;
}})(), milliseconds, 'the notebook is not shown')"""

RUN_ALL = f"""milliseconds => ({WITHIN})(
    window.jupyterapp.commands.execute('notebook:run-all-cells'), milliseconds, 'the cells did not end')"""

IDLE = "() => window.notebookPanel.sessionContext.session?.kernel?.status === 'idle'"

# the command may end before the last cells do; those that wait for their turn have no number yet
ENDED = f"""() => ({IDLE})() && (cells => cells.every(cell => cell.execution_count || !cell.getSource().trim())
    || cells.some(cell => cell.getOutputs().some(output => output.output_type === 'error')))(
    window.notebookPanel.content.model.sharedModel.cells.filter(cell => cell.cell_type === 'code'))"""

CELL_ERRORS = """() => window.notebookPanel.content.model.sharedModel.cells
    .filter(cell => cell.cell_type === 'code')
    .flatMap(cell => cell.getOutputs())
    .filter(output => output.output_type === 'error')
    .map(output => `${output.ename}: ${output.evalue}`)"""


def open_notebook(page, lab, path, seconds=60):
    """Open the notebook ``path`` (relative to the lab's root) in a clean workspace; return when its
    kernel answers.

    The notebook must name its kernel in its metadata: otherwise JupyterLab asks for one, and this
    raises playwright's
    ``Error`` with the dialog's text after ``seconds``.
    """
    page.set_default_timeout(seconds * 1000)
    page.goto(f"{lab.url}/lab?token={lab.token}&reset")
    page.wait_for_function("() => window.jupyterapp && document.querySelector('.jp-FileBrowser')")
    page.evaluate(OPEN, [str(path), seconds * 1000])


def take_notebook(page, path, seconds=60):
    """Wait until the notebook ``path``, opened by a link or a button, is the one in front and its
    kernel answers."""
    page.evaluate(ADOPT, [str(path), seconds * 1000])


def kernel_process(lab):
    """The process of the only kernel below a lab's server: the spare that waits for the next one is
    younger."""
    return min(psutil.Process(lab.pid).children(), key=lambda process: process.create_time())


def run_all(page, seconds=120):
    """Run the cells of the open notebook from the first on, as Jupyter's "Run All Cells" does.

    Returns
    -------
    list of str
        "name: message" of every error shown. Jupyter stops at the first cell that raises.
    """
    page.evaluate(RUN_ALL, seconds * 1000)
    page.wait_for_function(ENDED, timeout=seconds * 1000)
    return page.evaluate(CELL_ERRORS)


NOTEBOOK = "window.notebookPanel.content"

RUN_CELL = f"""([index, milliseconds]) => ({WITHIN})((async () => {{
    const notebook = {NOTEBOOK};
    await notebook.scrollToItem(index);
    notebook.activeCellIndex = index;
    await window.jupyterapp.commands.execute('notebook:run-cell').catch(() => undefined);
    return notebook.widgets[index].outputArea?.node.innerText ?? '';
}})(), milliseconds, 'the cell did not end')"""


def sources(page):
    """The text of every cell of the open notebook."""
    return page.evaluate(f"() => {NOTEBOOK}.model.sharedModel.cells.map(cell => cell.getSource())")


def find_cell(page, text):
    """The index of the only cell that contains `text`; ``ValueError`` when there is none or another
    one."""
    found = [index for index, source in enumerate(sources(page)) if text in source]
    if len(found) != 1:
        raise ValueError(f"{len(found)} cells contain {text!r}")
    return found[0]


def set_source(page, index, source):
    """Put `source` into a cell, as if it were typed."""
    page.evaluate(
        f"([index, source]) => {NOTEBOOK}.model.sharedModel.cells[index].setSource(source)",
        [index, source],
    )


def run_cell(page, index, seconds=60):
    """Run one cell, whether it raises or not, and return the text that its output shows."""
    return page.evaluate(RUN_CELL, [index, seconds * 1000])


def run_every_cell(page, seconds=120):
    """Run every cell once, going on after errors as a student does; "name: message" of every error
    shown."""
    for index in range(len(sources(page))):
        page.evaluate(RUN_CELL, [index, seconds * 1000])
    return page.evaluate(CELL_ERRORS)


def shown(page, index):
    """The text that a cell keeps of its outputs, whether it was ever in sight or not."""
    outputs = page.evaluate(
        f"index => {NOTEBOOK}.model.sharedModel.cells[index].getOutputs()", index
    )
    return "\n".join("".join(output.get("data", {}).get("text/plain", "")) for output in outputs)


def all_words(page):
    """The text of the whole open notebook, whether scrolled into view or not."""
    return page.evaluate(f"() => {NOTEBOOK}.widgets.map(cell => cell.node.textContent).join('\\n')")


def write_into(page, index, text):
    """Type a text into a cell, in place of what stands there, as somebody does at the keyboard."""
    page.evaluate(
        f"""async index => {{
            const book = {NOTEBOOK}, cell = book.widgets[index];
            book.activeCellIndex = index;
            await book.scrollToItem(index);
            await cell.ready;
            book.mode = 'edit';
            cell.editor.focus();
        }}""",
        index,
    )
    page.wait_for_function(f"() => {NOTEBOOK}.activeCell.editor?.hasFocus()")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def append_cell(page, source):
    """Add a code cell at the end of the open notebook; its index."""
    return page.evaluate(
        f"""source => {{
            const model = {NOTEBOOK}.model.sharedModel;
            model.insertCell(model.cells.length, {{cell_type: 'code', source, metadata: {{}}}});
            return model.cells.length - 1;
        }}""",
        source,
    )


def validate(page, seconds=120):
    """Press nbgrader's Validate button and return the text of the dialog that answers, closed
    again."""
    page.get_by_role("button", name="Validate").first.click()
    dialog = page.locator(".jp-Dialog")
    dialog.wait_for(timeout=seconds * 1000)
    text = dialog.inner_text()
    dialog.get_by_role("button", name="OK").click()
    dialog.wait_for(state="detached")
    return text


def open_command(page, lab, command, seconds=60):
    """Run a command of JupyterLab in a clean workspace, such as ``nbgrader:open-formgrader``."""
    page.set_default_timeout(seconds * 1000)
    page.goto(f"{lab.url}/lab?token={lab.token}&reset")
    page.wait_for_function("() => window.jupyterapp && document.querySelector('.jp-FileBrowser')")
    page.evaluate(
        f"([command, milliseconds]) => ({WITHIN})((async () => {{ await window.jupyterapp.restored;"
        " await window.jupyterapp.commands.execute(command); })(), milliseconds, 'the command did"
        " not end')",
        [command, seconds * 1000],
    )
