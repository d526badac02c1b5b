"""The same attacks against a plain nbgrader course and against this one: how many points they get
that they do not deserve.

    python benchmarks/attacks.py [--kinds cheat,forge,leak] [--only plain | ours | kernel]

The plain course asks for the same five functions and tests them as most courses do: with hidden
asserts, numpy's `allclose`, and numbers worked out beforehand, in nbgrader's own kernel. It runs
inside bubblewrap, without a network and with limits. This course is graded twice: with notebooks
run in forked shells, as is usual, and in a kernel each. Attacks that would damage a machine on which
submissions are not locked in are not run there; neither are those that are aimed at parts of this
autograder, as a plain course does not have them.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import nbformat
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))  # where the attacks are

from attacks.attack import ALL, LESSON, TESTS, Attack, cell
from attacks.catalogue import ATTACKS
from attacks.field import HONEST, Field, Listener, left_behind, still_running

from autograder.evidence.probe import probe
from autograder.exercises import find_exercise

EXERCISES = {"forward": "two_two_one.forward", "divergence": "two_two_one.divergence", "backward": "two_two_one.backward",
             "sigmoid": "activations.sigmoid"}  # fmt: skip
SPLIT = """
train, validation, test = train_validation_test({n}, {fractions}, np.random.default_rng({seed}))
assert (len(train), len(validation), len(test)) == {sizes}
assert np.array_equal(np.sort(np.concatenate([train, validation, test])), np.arange({n}))
assert not np.array_equal(train, np.arange(len(train)))
"""
CONFIG = """
from pathlib import Path
c = get_config()
c.CourseDirectory.course_id = "attacked"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.Execute.timeout = 4
"""
RANDOM = 4
NAMES = {"plain": "plain nbgrader", "ours": "this course", "kernel": "this course, in kernels"}


def code(value) -> str:
    """A value as an instructor writes it into a test."""
    if isinstance(value, np.ndarray):
        return f"np.array({value.tolist()!r})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {code(item)}" for key, item in value.items()) + "}"
    return repr(value)


def asserts(exercise_name: str) -> str:
    """Hidden tests for an exercise: the worked example and a few random cases, one assert a
    quantity."""
    exercise = find_exercise(exercise_name)
    cases = (*exercise.deck_cases, *exercise.draw(np.random.default_rng(5))[:RANDOM])
    lines = []
    for case, records in zip(
        cases,
        probe(exercise.name, exercise.solution, cases, repeat=False).observations,
        strict=True,
    ):
        for call, record in zip(case.calls, records, strict=True):
            called = f"{exercise.signatures[call.function].name}({', '.join(map(code, map(plainly, call.arguments)))})"
            found = (
                record.returned if isinstance(record.returned, dict) else {None: record.returned}
            )
            lines += [
                f"assert np.allclose({called}{'' if key is None else f'[{key!r}]'}, {code(value)})"
                for key, value in found.items()
            ]
    return "\n".join(lines)


def plainly(argument):
    """An input as an array, also where it is a view in the exercise."""
    return getattr(argument, "values", argument) if not isinstance(argument, dict) else argument


class Plain(Field):
    """The class as an ordinary nbgrader course."""

    def set_up(self) -> None:
        super().set_up()
        source = self.root / "source" / LESSON / f"{LESSON}.ipynb"
        nb = nbformat.read(source, as_version=4)
        cell(nb, "setup").source = "import numpy as np"
        for grade_id, exercise in EXERCISES.items():
            cell(
                nb, TESTS[grade_id]
            ).source = f"### BEGIN HIDDEN TESTS\n{asserts(exercise)}\n### END HIDDEN TESTS"
        splits = [SPLIT.format(n=n, fractions=fractions, seed=n, sizes=tuple(int(n * f) for f in fractions))
                  for n, fractions in ((100, (0.7, 0.2, 0.1)), (60, (0.5, 0.25, 0.25)))]  # fmt: skip
        cell(nb, TESTS["train_validation_test"]).source = (
            "### BEGIN HIDDEN TESTS" + "".join(splits) + "### END HIDDEN TESTS"
        )
        nbformat.write(nb, source)
        (self.root / "nbgrader_config.py").write_text(CONFIG)
        (self.root / "gradebook.db").unlink()
        if self.nbgrader("generate_assignment", LESSON, "--force"):
            raise RuntimeError((self.root / "generate_assignment.log").read_text())

    def nbgrader(self, *arguments: str, walls: tuple[str, ...] = ()) -> int:
        """Inside bubblewrap: the machine can be read, only the class folder can be written."""
        root = str(self.root)
        walls = ("bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc",
                 "--tmpfs", "/tmp", "--bind", root, root, "--chdir", root)  # fmt: skip
        return super().nbgrader(*arguments, walls=walls)

    def autograde(self) -> None:
        """One command for all; where a submission stops it, that is taken away, and the command is
        given again."""
        students = sorted(path.name for path in (self.root / "submitted").iterdir())
        while True:
            super().autograde()
            last = re.findall(r"student with ID '(\w+)'", self.log())[-1]
            if last == students[-1]:
                return
            self.stops.append(last)
            shutil.rmtree(self.root / "submitted" / last)


def grade(
    kind: Callable[..., Field], attacks: list[Attack], folder: Path
) -> tuple[Field, dict[str, float | None], Listener]:
    """Make a class, let everybody hand in, and grade it with one command."""
    folder.mkdir()
    field = kind(folder, attacks)
    field.set_up()
    with Listener() as listener:
        field.hand_in(listener.port)
        field.autograde()
    return field, field.scores(), listener


def main() -> int:
    """Grade both classes, print the table and the totals; 1 where something undeserved was got from
    ours."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument(
        "--kinds", default="", help="only these kinds of attacks, separated by commas"
    )
    arguments.add_argument(
        "--only", choices=("plain", "ours", "kernel"), help="grade only one of the classes"
    )
    asked = arguments.parse_args()
    attacks = [one for one in ATTACKS if not asked.kinds or one.kind in asked.kinds.split(",")]
    harmless = [one for one in attacks if not one.lock and not one.ours and not one.slow]
    said: dict[str, dict[str, str]] = {
        one.name: {"plain": _not_run(one), "ours": "not run", "kernel": "not run"}
        for one in attacks
    }
    totals, failed = [], False
    with tempfile.TemporaryDirectory(prefix="attacks-", ignore_cleanup_errors=True) as folder:
        for side, kind, chosen in (
            ("plain", Plain, harmless),
            ("ours", Field, attacks),
            ("kernel", partial(Field, fast=False), attacks),
        ):
            if asked.only not in (None, side):
                continue
            if side == "plain" and not shutil.which("bwrap"):
                totals.append(
                    "plain nbgrader: not run, as bubblewrap (bwrap) is not installed here"
                )
                continue
            print(
                f"Grading {len(chosen)} attacks and {len(HONEST)} honest submissions: {side}.",
                file=sys.stderr,
                flush=True,
            )
            field, scores, listener = grade(kind, chosen, Path(folder) / side)
            got = {one.name: field.undeserved(one, scores) for one in chosen}
            leaks = {one.name: field.leaked(one.name) for one in chosen}
            for one in chosen:
                lost = (
                    " (stops the grading of all)"
                    if one.name in field.stops
                    else " (not graded)"
                    if scores[one.name] is None
                    else ""
                )
                said[one.name][side] = (
                    f"{got[one.name]:g}{lost}{' leaks ' + ' and '.join(leaks[one.name]) if leaks[one.name] else ''}"
                )
            honest = sum(scores[name] == ALL for name in HONEST)
            fooled = sum(points > 0 for points in got.values())
            totals.append(f"{NAMES[side]}: undeserved points: {sum(got.values()):g} of "
                          f"{sum(ALL - one.deserved for one in chosen):g}, from {fooled} of {len(chosen)} attacks; {sum(map(bool, leaks.values()))} "
                          f"leaked; {honest} of {len(HONEST)} honest submissions got full points")  # fmt: skip
            if side != "plain":
                left = [*left_behind(field.root), *still_running(field.root), *listener.heard]
                totals.append(f"left behind on this machine: {', '.join(left) or 'nothing'}")
                failed |= bool(
                    sum(got.values()) or any(leaks.values()) or left or honest < len(HONEST)
                )
    width = max(len(name) for name in said) + 2
    second = max(len(cells["plain"]) for cells in said.values()) + 2
    third = max(len(cells["ours"]) for cells in said.values()) + 2
    print(f"{'attack':<{width}}{'plain':<{second}}{'ours':<{third}}ours, in kernels")
    for name, cells in said.items():
        print(f"{name:<{width}}{cells['plain']:<{second}}{cells['ours']:<{third}}{cells['kernel']}")
    print("", *totals, sep="\n")
    return int(failed)


def _not_run(one: Attack) -> str:
    if one.lock or one.slow:
        return (
            "not run: would damage this machine" if one.lock else "not run: starves, scores nothing"
        )
    return "–" if one.ours else "not run"


if __name__ == "__main__":
    sys.exit(main())
