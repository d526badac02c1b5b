"""The course in a tab for the tests: the built site, a plain server for it, its Python in node."""

import contextlib
import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import alone

ROOT = Path(__file__).resolve().parents[1]
LAB = ROOT / "site" / "lab"
BUILT = ROOT / "site" / "_build" / "lab"
PATIENCE = 240_000  # milliseconds: no measurement, only so that a loaded machine fails no test
PYTHON = ROOT / ".venv-site" / "bin" / "python"


def builder(name):
    """A module of the builder, which is no package."""
    sys.path.insert(0, str(LAB))
    try:
        return __import__(name)
    finally:
        sys.path.remove(str(LAB))


def made():
    """The folder of the built tab, made of what is in the repository now.

    Where it has never been made, it is made under continuous integration; on a user's machine the
    test is skipped, as it needs registries and some minutes.
    """
    lock = LAB / ".cache" / "tests.lock"
    lock.parent.mkdir(exist_ok=True)
    with alone(lock):  # of the processes that run tests, one builds
        return _made()


def _made():
    stamp = BUILT / "made-of.txt"
    if stamp.is_file() and stamp.read_text() == builder("build").made_of():
        return BUILT
    if not PYTHON.exists() and os.environ.get("CI") != "true":
        pytest.skip("The tab was not made here: `make tab` does it.")
    done = subprocess.run(
        ["make", "--no-print-directory", "tab"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return BUILT


@contextlib.contextmanager
def served(folder):
    """Serve a folder as `python -m http.server` does; gives its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *told):
            pass

    handler = functools.partial(Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def watched(page, site):
    """Let a page reach the site alone; `page.failed` are requests that went wrong."""
    page.set_default_timeout(PATIENCE)
    page.failed = []
    page.on("dialog", lambda dialog: dialog.accept())  # leave a page whose notebook has outputs
    page.on("requestfailed", lambda request: page.failed.append(request.url))
    page.on("response", lambda r: page.failed.append((r.status, r.url)) if r.status > 399 else None)
    away = lambda url: not url.startswith(site)
    page.route(away, lambda route: (page.failed.append(route.request.url), route.abort()))
    return page


def in_tabs_python(site, program, folder, wanted=None):
    """Run a program in the tab's Python, in node; it sees `folder` as /made.

    Parameters
    ----------
    site : Path
        The built tab.
    program : Path
    folder : Path
    wanted : object
        What JSON can hold, for the program: `wanted.json`.

    Returns
    -------
    object
        What the program wrote to `found.json`.
    """
    shutil.copytree(site / "mnist", folder / "mnist")
    (folder / "wanted.json").write_text(json.dumps(wanted))
    command = ["node", LAB / "prepare.mjs", site / "pyodide", program, folder]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads((folder / "found.json").read_text())
