"""What the code cells of a lesson print, run one after the other with the model answers and without
its pictures."""

from __future__ import annotations

import contextlib
import io
import re
from functools import cache
from pathlib import Path

from autograder.decks import compare

LESSONS = Path(__file__).parents[1] / "course" / "lessons"
CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
HEAD = re.compile(r"\A(---\n.*?^---\n|(:\w[^\n]*\n)+)", re.MULTILINE | re.DOTALL)


class Quiet:
    """Stands where a picture, a check, or a prediction does; remembers what predictions were
    compared with."""

    def __init__(self):
        self.truths = {}

    def __call__(self, *arguments, **named):
        return self

    def __getattr__(self, name):
        return self

    def show(self, key, truth):
        """Keep the truth that a prediction is compared with."""
        self.truths[key] = truth


def exact(values, yours=()):
    """Stands where `compare` does: with the model answers every value is the exact one."""
    return compare(values)


class Lesson:
    """A lesson that was run.

    Attributes
    ----------
    text : str
        The lesson.
    cells : list of (str, str)
        Of each code cell its source and what it printed.
    names : dict
        The notebook's namespace at its end.
    truths : dict
        The truth of each prediction.
    """

    def __init__(self, number: str) -> None:
        (path,) = LESSONS.glob(f"{number}-*.md")
        self.text = path.read_text(encoding="utf-8")
        quiet = Quiet()
        still = {"check": quiet, "summary": quiet, "compare": exact, "predict": quiet}
        self.names, self.cells, self.truths = {"__name__": "__main__"}, [], quiet.truths
        for cell in CELL.findall(self.text):
            source = HEAD.sub("", cell)
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                exec(compile(source, f"lesson {number}", "exec"), self.names)
            if "from autograder import check" in source:
                pictures = re.findall(r"^from course\.widgets\S* import (.+)$", source, flags=re.M)
                still |= {name: quiet for line in pictures for name in line.split(", ")}
                self.names.update(still)
            self.cells.append((source, said.getvalue()))

    def printed(self, part: str) -> str:
        """What the only cell prints that contains `part`."""
        (said,) = [said for source, said in self.cells if part in source]
        return said


@cache
def lesson(number: str) -> Lesson:
    """A lesson, run once."""
    return Lesson(number)
