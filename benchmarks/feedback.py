"""Feedback pages: `backprop feedback` beside plain `nbgrader generate_feedback`, side by side.

    python benchmarks/feedback.py [--students 100] [--rounds 1]

A few submissions of lesson 4 are graded for this, each with another mistake; the others are copies
of them under other names, with code of their own in every cell that a student writes, so that
nothing a student wrote is met twice. Each command is started as it is typed: loading it counts. The
plain pages are nbgrader's own, of the same notebooks, without anything of this course. The command
fails where ours are not made at least four times as fast, or where the pages of `backprop feedback`
are not byte by byte those of `nbgrader generate_feedback` in the same class.
"""

from __future__ import annotations

import argparse
import copy
import filecmp
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbgrader import api
from nbgrader.api import Gradebook
from sqlalchemy import select

from autograder.rehearsal.edits import mend, nothing, solve, then

PROMISED = 4.0
LESSON = "04-two-two-one"
BIN = Path(sys.executable).parent
SUBMISSIONS = {
    "right": solve(),
    "half": then(solve(), mend("divergence", "0.5 * ", "")),
    "mean": then(solve(), mend("divergence", "np.sum", "np.mean")),
    "slope": then(solve(), mend("forward", "np.tanh(z1)", "z1")),
    "sums": then(solve(), mend("forward", "y1 @ W2", "z1 @ W2")),
    "uphill": then(solve(), mend("update", "W1 - eta", "W1 + eta")),
    "begun": solve("forward", "divergence"),
    "nothing": nothing,
}
PLAIN = """c = get_config()
c.CourseDirectory.course_id = "backprop-by-hand"
c.CourseDirectory.root = {root!r}
c.CourseDirectory.feedback_directory = "feedback-plain"
c.GenerateFeedback.force = True
"""


def run(folder: Path, *command: str) -> tuple[float, float]:
    """Seconds on the clock and of the processors that a command takes; the script ends where it
    fails."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=folder, capture_output=True, text=True)  # fmt: skip
    if done.returncode:
        sys.exit(f"`{' '.join(command)}` failed:\n{done.stdout[-1000:]}\n{done.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - started, used


def make(folder: Path, students: int) -> None:
    """Make and grade the class, then copy what was graded."""
    run(folder, "backprop", "init", str(folder / "class"), "--lessons", LESSON)
    root, name = folder / "class", f"{LESSON}.ipynb"
    source, release = (
        nbformat.read(root / step / LESSON / name, as_version=4) for step in ("source", "release")
    )
    for student, edit in SUBMISSIONS.items():
        nb = copy.deepcopy(release)
        edit(nb, source)
        place = root / "submitted" / student / LESSON
        place.mkdir(parents=True)
        nbformat.write(nb, place / name)
    run(root, "backprop", "grade", LESSON)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "backprop-by-hand") as gradebook:
        for number in range(students - len(SUBMISSIONS)):
            of = list(SUBMISSIONS)[number % len(SUBMISSIONS)]
            twin(root, gradebook, of, f"copy-{number:04}")
        gradebook.db.commit()
    (root / "plain").mkdir()
    (root / "plain" / "nbgrader_config.py").write_text(PLAIN.format(root=str(root)))


def twin(root: Path, gradebook: Gradebook, of: str, student: str) -> None:
    """One more student, with the grades of another and with other code."""
    nb = json.loads((root / "autograded" / of / LESSON / f"{LESSON}.ipynb").read_bytes())
    for cell in nb["cells"]:
        told = cell["metadata"].get("nbgrader", {})
        if told.get("solution") and cell["cell_type"] == "code":
            cell["source"] = "".join(cell["source"]) + f"\n# {student}"
    place = root / "autograded" / student / LESSON
    place.mkdir(parents=True)
    (place / f"{LESSON}.ipynb").write_text(json.dumps(nb), encoding="utf-8")
    gradebook.add_student(student)
    kept = gradebook.find_submission(LESSON, of)
    for table, key in (
        (api.SubmittedAssignment, api.SubmittedAssignment.id == kept.id),
        (api.SubmittedNotebook, api.SubmittedNotebook.assignment_id == kept.id),
        (api.Grade, api.Grade.notebook_id == kept.notebooks[0].id),
        (api.Comment, api.Comment.notebook_id == kept.notebooks[0].id),
    ):
        for row in gradebook.db.execute(select(table.__table__).where(key)).mappings():
            more = dict(row)
            for name in ("id", "assignment_id", "notebook_id"):
                ours = table is not api.SubmittedAssignment and not (
                    table is api.SubmittedNotebook and name == "notebook_id"
                )
                if name in more and (name == "id" or ours):
                    more[name] = f"{student}{more[name]}"[:32]
            if "student_id" in more:
                more["student_id"] = student
            gradebook.db.execute(table.__table__.insert(), [more])


def main() -> int:
    """Measure, print, and say whether the promise is kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=1)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), told.students)
        root = Path(folder) / "class"
        ways = {
            "plain nbgrader generate_feedback": (root / "plain", "nbgrader", "generate_feedback"),
            "nbgrader generate_feedback with our pages": (root, "nbgrader", "generate_feedback"),
            "backprop feedback": (root, "backprop", "feedback"),
        }
        taken: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
        same = True
        for _ in range(told.rounds):
            for way, (place, *command) in ways.items():
                taken[way].append(run(place, *command, LESSON))
                if command[0] == "nbgrader" and place == root:
                    (root / "feedback").rename(root / "feedback-nbgrader")
            same &= equal(root)
    print(
        f"{told.students} submissions of lesson 4, {os.cpu_count()} processors, best of {told.rounds}"
    )
    print(
        "Other work on the machine stretches the clock, not what the processors do for a command."
    )
    best = {
        way: [min(column) for column in zip(*found, strict=True)] for way, found in taken.items()
    }
    plain = best["plain nbgrader generate_feedback"]
    for way, (clock, used) in best.items():
        print(
            f"{way:<44}{clock:>7.1f} s on the clock{plain[0] / clock:>6.1f} ×"
            f"{used:>8.1f} s of processors{plain[1] / used:>6.1f} ×"
        )
    print("The pages of both of ours are the same, byte by byte." if same else "OUR PAGES DIFFER.")
    ratio = plain[0] / best["backprop feedback"][0]
    kept = same and ratio >= PROMISED
    print(f"promised: {PROMISED:g} × plain nbgrader on the clock: {'kept' if kept else 'NOT KEPT'}")
    return 0 if kept else 1


def equal(root: Path) -> bool:
    """Whether the pages of the two commands are the same; they are put away afterwards."""
    other = root / "feedback-nbgrader"
    pages = sorted(path.relative_to(other) for path in other.rglob("*.html"))
    found = bool(pages) and pages == sorted(
        path.relative_to(root / "feedback") for path in (root / "feedback").rglob("*.html")
    )
    found = found and all(
        filecmp.cmp(other / page, root / "feedback" / page, shallow=False) for page in pages
    )
    for place in (other, root / "feedback"):
        place.rename(place.with_name(f"done-{time.time_ns()}"))
    return found


if __name__ == "__main__":
    sys.exit(main())
