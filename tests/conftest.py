"""Fixtures: a class that went through a whole assignment, a real Chromium, a real JupyterLab for a
folder of one's own.

Playwright's sync API keeps an asyncio event loop "running" in the main thread from ``start()`` to
``stop()``. Measured: in between, ``asyncio.run`` raises ``RuntimeError: asyncio.run() cannot be
called from a running event loop`` (nbclient's
``execute`` works, as it moves to a thread when it finds a loop); right after ``stop()`` everything
is as before. A session-wide Playwright would therefore break whichever test calls ``asyncio.run``
after the first browser test. So Playwright and Chromium are started and stopped for each test, 0.6
s all told, and tests may run in any order.
"""

import contextlib
import importlib
import os
import shutil
import subprocess
import sys
from collections import OrderedDict
from pathlib import Path
from types import SimpleNamespace

try:
    import fcntl
except ImportError:  # Windows, where the rehearsal says that it needs another system
    fcntl = None

import browser_fonts
import pytest
from jupyterlab_driver import CHROMIUM_FLAGS, running_lab
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

LONG = ("test_build.py", "test_mutants.py", "test_widgets_offline.py")
TRIALS = 48  # that are kept: a file of tests asks for few of them in turn
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
NO_BROWSER = (
    "No Chromium could be started. Install one ('apt install chromium', or 'python -m playwright"
    " install chromium'), or name one in the environment variable CHROMIUM."
)


def chromium_executable():
    """Path of the Chromium to drive: $CHROMIUM, else one on PATH, else None (Playwright's own
    download)."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def pytest_make_parametrize_id(config, val, argname):
    """Names of tests that are the same in every process: nothing of an object's address, or of a
    file packed just now."""
    return argname if isinstance(val, bytes) or " at 0x" in repr(val) else None


@pytest.fixture(scope="session", autouse=True)
def drawn_once():
    """Let `assess` have the trial of an exercise and a seed that it was given before.

    Another drawing gives the same (`tests/test_trial.py` shows it), and costs more than the
    judging.
    """
    from autograder.judging.trial import Trial

    check = importlib.import_module("autograder.check")
    kept: OrderedDict[tuple, Trial] = OrderedDict()

    def drawn(exercise, seed, full=False):
        key = id(exercise), seed, full  # the trial holds the exercise: its number stays its own
        trial = kept.get(key) or Trial.drawn(exercise, seed, full)
        kept[key] = trial
        kept.move_to_end(key)
        if len(kept) > TRIALS:
            kept.popitem(last=False)
        return trial

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check, "Trial", SimpleNamespace(drawn=drawn))
        yield


@pytest.fixture(scope="session")
def graded_class(tmp_path_factory):
    """The folder of a class that was rehearsed: released, submitted, autograded, returned and
    exported.

    It is shared by all tests; what the command printed is in ``printed.txt``. Whoever changes
    something works on a copy.
    """
    base = tmp_path_factory.getbasetemp()
    # one class for all processes that run tests
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, printed = shared / "rehearsal" / "class", shared / "rehearsal" / "class" / "printed.txt"
    (shared / "rehearsal").mkdir(exist_ok=True)
    with alone(shared / "rehearsal.lock"):
        if not printed.exists():
            command = [sys.executable, "-m", "autograder.app", "class", "--folder", str(folder)]
            done = subprocess.run(
                command,
                cwd=Path(__file__).resolve().parents[1],
                capture_output=True,
                text=True,
                timeout=900,
            )
            assert done.returncode == 0, done.stderr[-3000:]
            printed.write_text(done.stdout, encoding="utf-8")
    return folder


@contextlib.contextmanager
def alone(path):
    """Wait until no other process is in a block that names the same file."""
    with open(path, "w") as file:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def launch(playwright):
    """A Chromium with the pinned fonts. Where none starts, the test is skipped on a user's machine
    and fails under continuous integration."""
    try:
        return playwright.chromium.launch(
            executable_path=chromium_executable(),
            args=CHROMIUM_FLAGS,
            env=browser_fonts.environment(),
        )
    except PlaywrightError as error:
        reason = f"{NO_BROWSER}\n{error.message}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


@pytest.fixture
def browser_page():
    """A fresh Playwright ``Page``; ``page.errors`` collects what the page logs as an error or
    throws.

    Where no Chromium starts, the test is skipped on a user's machine and fails under continuous
    integration (CI=true).
    """
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on(
            "console",
            lambda message: page.errors.append(message.text) if message.type == "error" else None,
        )
        yield page
        browser.close()


@pytest.fixture
def lab(tmp_path_factory):
    """``lab(root)`` starts a JupyterLab whose files are those of the folder ``root``; it ends with
    the test.

    What else it is given goes to `running_lab`; ``home`` is a fresh folder where it is left out.
    """
    servers = []

    def start(root, home=None, **told):
        server = running_lab(root, home=home or tmp_path_factory.mktemp("jupyter"), **told)
        servers.append(server)
        return server.__enter__()

    yield start
    for server in reversed(servers):
        server.__exit__(None, None, None)


def pytest_collection_modifyitems(items):
    """Files that take long come first: those that need a browser, and some others. At the end one
    process would wait for the other."""
    early = {item.path for item in items if item.get_closest_marker("browser")}
    early |= {item.path for item in items if item.path.name in LONG}
    items.sort(key=lambda item: item.path not in early)


def pytest_terminal_summary(terminalreporter):
    """Say which files took longest: the suite has a budget, and this is where it goes."""
    seconds: dict[str, float] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if hasattr(report, "duration"):
                file = report.nodeid.partition("::")[0]
                seconds[file] = seconds.get(file, 0.0) + report.duration
    slowest = sorted(seconds.items(), key=lambda item: -item[1])[:20]
    if sum(seconds.values()) > 300:
        terminalreporter.section("where the time went, by file")
        for file, spent in slowest:
            terminalreporter.write_line(f"{spent:7.0f} s  {file}")
