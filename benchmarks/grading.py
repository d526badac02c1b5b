"""Plain nbgrader and this course grade the same class, side by side, in one run.

    python benchmarks/grading.py [--n 100] [--lessons 4 7] [--feedback 8] [--clicks 5]

For each lesson a class of `n` is made twice: once with nbgrader's own configuration (its kernel,
its preprocessors, no walls), once with this course's (walls on). Every submission is right work
with a comment of its own. What is timed is the command as it is typed, start-up included:

- `nbgrader autograde` there, `backprop grade` here;
- one submission by the formgrader's button, which grades inside the server's process: there and
  here the first click, which starts what is not running yet, and the median of the later ones;
- one submission by `nbgrader autograde` in a fresh process, for comparison (both spend most of it
  on importing nbgrader);
- `nbgrader generate_feedback`, there and here.

Ends with 1 where a promise is not kept. With few submissions the start-up weighs more.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell

from autograder.desk.beginning import Asked, begin, chosen

ROOT = Path(__file__).resolve().parents[1]
PROMISED = {"04-two-two-one": 10.0, "07-mnist": 8.0}
CLICK, PAGES = 3.0, 4.0
PLAIN = """from pathlib import Path
c = get_config()
c.CourseDirectory.course_id = "backprop-by-hand"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
"""
SERVER = """
import json, os, sys, time
from nbgrader.apps import NbGraderAPI
from nbgrader.apps.nbgraderapp import NbGraderApp
from nbgrader.coursedir import CourseDirectory
app = NbGraderApp()
app.load_config_file()
api = NbGraderAPI(CourseDirectory(config=app.config), config=app.config)
times = []
for student in sys.argv[2:]:
    started = time.perf_counter()
    done = api.autograde(sys.argv[1], student)
    times.append(time.perf_counter() - started)
    assert done["success"], done
print(json.dumps(times))
"""


def make(folder: Path, lesson: str, n: int, plain: bool) -> None:
    """Make a class in which everybody has handed in right work."""
    begin(ROOT, folder, Asked(exchange=False, lessons=[lesson]))
    if plain:
        (folder / "gradebook.db").unlink()
        shutil.rmtree(folder / "release")
        (folder / "nbgrader_config.py").write_text(PLAIN)
        run(folder, "nbgrader", "generate_assignment", lesson, "--force")
    nb = nbformat.read(ROOT / "source" / lesson / f"{lesson}.ipynb", 4)
    for number in range(n):
        handed_in = folder / "submitted" / f"s{number:04}" / lesson
        handed_in.mkdir(parents=True)
        nb.cells[-1:] = [nb.cells[-1], new_markdown_cell(f"This is {number}.", id=f"own-{number}")]
        nbformat.write(nb, handed_in / f"{lesson}.ipynb")
        nb.cells.pop()


def run(folder: Path, module: str, *arguments: str) -> float:
    """Run a command in the folder of a class; how long it took. Raises RuntimeError where it
    fails."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=folder, env=environment(folder), capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    seconds = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(
            f"{module} {' '.join(arguments)}: {done.stdout[-500:]}{done.stderr[-3000:]}"
        )
    return seconds


def environment(folder: Path) -> dict[str, str]:
    """Of a user who has no settings, with the packages of this Python."""
    own = {f"JUPYTER_{kind}_DIR": str(folder / ".jupyter") for kind in ("CONFIG", "RUNTIME")}
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return {
        **os.environ,
        **own,
        "PATH": path,
        "IPYTHONDIR": str(folder / ".ipython"),
        "PYTHONPATH": str(ROOT),
    }


def clicks(folder: Path, lesson: str, n: int) -> list[float]:
    """Seconds of each click on the formgrader's button, one after the other in one process."""
    students = [path.name for path in sorted((folder / "submitted").iterdir())]
    asked = [students[k % len(students)] for k in range(n)]
    done = subprocess.run(
        [sys.executable, "-c", SERVER, lesson, *asked], cwd=folder, env=environment(folder), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return json.loads(done.stdout.splitlines()[-1])


class Table:
    """What was measured, and which promises were broken."""

    def __init__(self):
        self.broken: list[str] = []
        print(f"{'':<44}{'plain':>10}{'ours':>10}{'ratio':>8}  promised")

    def row(self, what: str, plain: float, ours: float, promised: float | None = None) -> None:
        """One line; seconds."""
        ratio = plain / ours
        kept = (
            ""
            if promised is None
            else f"  ≥ {promised:g}{'' if ratio >= promised else '  NOT KEPT'}"
        )
        print(f"{what:<44}{plain:>8.2f} s{ours:>8.2f} s{ratio:>8.1f}{kept}", flush=True)
        if promised is not None and ratio < promised:
            self.broken.append(what)


def measure(lesson: str, asked: argparse.Namespace, table: Table, roof: Path) -> None:
    """All rows of a lesson."""
    plain, ours = roof / "plain", roof / "ours"
    for folder, is_plain in ((plain, True), (ours, False)):
        folder.mkdir()
        make(folder / "class", lesson, asked.n, is_plain)
    plain, ours = plain / "class", ours / "class"
    slow = run(plain, "nbgrader", "autograde", lesson) / asked.n
    fast = run(ours, "autograder.app", "grade", lesson) / asked.n
    table.row(f"{lesson}: a submission of {asked.n}", slow, fast, PROMISED.get(lesson))
    graded = len(list((ours / "autograded").glob("*/*/*.ipynb")))
    if graded != asked.n:
        raise RuntimeError(f"{graded} of {asked.n} were graded")
    if asked.feedback:
        some = f"--student=s000[0-{min(asked.feedback, asked.n, 10) - 1}]"
        pages = (
            run(plain, "nbgrader", "generate_feedback", lesson, some),
            run(ours, "nbgrader", "generate_feedback", lesson, some),
        )
        table.row(f"{lesson}: {min(asked.feedback, asked.n, 10)} pages of feedback", *pages, PAGES)
    if asked.clicks:
        there, here = clicks(plain, lesson, asked.clicks), clicks(ours, lesson, asked.clicks)
        table.row(f"{lesson}: the button, first click", there[0], here[0])
        later = [statistics.median(times[1:] or times) for times in (there, here)]
        table.row(
            f"{lesson}: the button, later clicks", *later, CLICK if lesson in PROMISED else None
        )
        one = ("nbgrader", "autograde", lesson, "--student=s0000", "--force")
        table.row(f"{lesson}: one, in a fresh process", run(plain, *one), run(ours, *one))


def main() -> int:
    """Measure, print the table; 1 where a promise is not kept."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--n", type=int, default=100, help="submissions a lesson (default: 100)")
    arguments.add_argument("--lessons", nargs="+", default=["4", "7"], help="by name or number")
    arguments.add_argument(
        "--feedback", type=int, default=8, help="pages of feedback, at most 10; 0: none"
    )
    arguments.add_argument("--clicks", type=int, default=5, help="clicks on the button; 0: none")
    asked = arguments.parse_args()
    table = Table()
    for lesson in chosen(ROOT, asked.lessons):
        with tempfile.TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True) as roof:
            measure(lesson, asked, table, Path(roof).resolve())
    if table.broken:
        print(f"\nNot kept: {'; '.join(table.broken)}")
    return int(bool(table.broken))


if __name__ == "__main__":
    sys.exit(main())
