"""What a whole day with the course begins with: a clone, a command typed in it, a server and a
browser of one's own."""

import contextlib
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import launch
from jupyterlab_driver import private_environment, running_lab
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]


def make_clone(folder):
    """Copy what git knows of the repository, as it stands; the folder."""
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@contextlib.contextmanager
def browser():
    """A page of a browser that knows nothing of other days; ``page.errors`` collects what its
    scripts throw."""
    with sync_playwright() as playwright:
        started = launch(playwright)
        page = started.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        yield page
        started.close()


@contextlib.contextmanager
def day(folder, home, clone=True):
    """(page, lab): ``backprop lab`` is typed in a clone, or a lab is opened in another folder, and
    a browser started.

    ``home`` is where Jupyter keeps what it remembers from one day to the next.
    """
    home.mkdir(exist_ok=True)
    with running_lab(folder, home, seconds=120, clone=clone) as lab, browser() as page:
        yield page, lab


def typed(folder, home, *command):
    """What a command of the course says that is typed in a folder."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=folder, env=private_environment(home), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=300, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return done.stdout


def path_of(lesson):
    return f"{lesson}/{lesson}.ipynb"
