"""The class report as a lesson plan (``backprop report``): what a class got wrong in a lesson, and
what to do about it, on one page that needs nothing but itself.

`numbers` counts, `lesson` knows what is where in the lesson, `todo` brings the two together, and
here it is written down. Every name and word of a student goes through Jinja's escaping.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from autograder.desk.files import may_be_written, write
from autograder.desk.plan import numbers
from autograder.desk.plan.drawing import histogram
from autograder.desk.plan.lesson import Lesson, read_lesson
from autograder.desk.plan.numbers import Item, Slip, distribution, items, stuck
from autograder.desk.plan.todo import Todo, todo
from autograder.desk.regrading import known_lesson
from autograder.plugins.directory import folder_of, open_class
from autograder.plugins.pages.safe import render
from autograder.plugins.report import read_class
from autograder.plugins.report_text import Class, Line

FIRST, MOST_OTHERS = 3, 5
_CORNER = re.compile(r"<th([^>]*)>\s*</th>")
_UNSHOWABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Row(NamedTuple):
    """A slip on the page: what it is, how many made it, and what to do."""

    slip: Slip
    todo: Todo
    link: str


class Part(NamedTuple):
    """An exercise on the page."""

    item: Item
    title: str
    link: str
    rows: list[Row]
    todo: Todo


def write_plan(root: Path, lesson: str, target: Path | None = None) -> tuple[Path, str]:
    """Write the lesson plan of a class as one page.

    Parameters
    ----------
    root
        The folder of the class.
    lesson
        Its name.
    target
        Where; ``report-<lesson>.html`` in the class's folder when left out.

    Returns
    -------
    path, told
        Where the page is, and what is on it in one line.

    Raises
    ------
    Refused
        When the gradebook does not know the lesson, or the page cannot be written there.
    """
    directory = open_class(root)
    target = target or Path(directory.root) / f"report-{lesson}.html"
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        known_lesson(gradebook, lesson)
        names = {
            student.id: " ".join(filter(None, [student.first_name, student.last_name]))
            for student in gradebook.students
        }
    may_be_written(target)
    report = read_class(root, lesson)
    write(target, show(report, lesson, _lesson(directory, lesson), names))
    graded = sum(line.score is not None for line in report.lines)
    return target, f"{graded} of {_count(len(report.lines), 'submission')} graded"


def _lesson(directory: CourseDirectory, lesson: str) -> Lesson:
    folder = folder_of(directory, directory.source_directory, ".", lesson)
    own = folder / f"{lesson}.ipynb"
    return read_lesson(own if own.is_file() else next(iter(sorted(folder.glob("*.ipynb"))), own))


def show(
    report: Class,
    name: str,
    lesson: Lesson,
    names: dict[str, str],
    today: datetime.date | None = None,
) -> str:
    """The page, as HTML.

    Parameters
    ----------
    report
        The class in one lesson.
    name
        Of the lesson.
    lesson
        What is where in it.
    names
        Student -> name, of everybody in the class.
    today
        The date on the page.
    """
    lines, found = report.lines, items(report.lines)
    parts = [_part(item, lesson) for item in found if item.exercise]
    rows = sorted(
        ((row, part) for part in parts for row in part.rows),
        key=lambda pair: -len(pair[0].slip.students),
    )
    graded = [line for line in lines if line.score is not None]
    return _environment(names).get_template("plan.html.j2").render(
        name=name,
        title=lesson.title or name,
        today=(today or datetime.date.today()).isoformat(),
        lines=lines,
        graded=graded,
        most=graded[0].most if graded else 0,
        scores=sorted(line.score for line in graded),
        bins=distribution(lines),
        histogram=Markup(histogram(distribution(lines))),
        first=[pair for pair in rows if len(pair[0].slip.students) > 1][:FIRST],
        parts=parts,
        most_others=MOST_OTHERS,
        answers=[(item, lesson.written.get(item.name, item.name)) for item in found if not item.exercise],
        weak=[part for part in parts if part.item.discriminates_badly],
        limits=numbers,
        told=any(part.item.discrimination for part in parts),
        stuck=stuck(lines),
        absent=report.absent.get(name, sorted(names) if not lines else []),
        ungraded=[line for line in lines if line.score is None],
        late=[line for line in graded if line.penalty],
        checks=[line for line in graded if line.checks],
        facts=_grouped((fact, line) for line in lines for fact in line.facts),
        left_out=[(line, why) for line in graded for why in _left_out(line)],
        strays=report.strays,
    )  # fmt: skip


def _part(item: Item, lesson: Lesson) -> Part:
    short = item.exercise.partition(".")[2]
    link = "exercise-" + re.sub(r"[^A-Za-z0-9]+", "-", item.name)
    rows = [
        Row(slip, todo(lesson, item.exercise, slip.name), f"{link}-{number}")
        for number, slip in enumerate(item.slips, 1)
    ]
    return Part(item, short, link, rows, todo(lesson, item.exercise))


def _left_out(line: Line) -> list[str]:
    """What is said of a submission that is no slip: files that were not used, a notebook that is
    missing."""
    slips = {str(slip) for slip in line.slips if slip.share is not None}
    return [why for why in line.why if why not in slips]


def _grouped(pairs: Iterable[tuple[str, Line]]) -> list[tuple[str, list[str]]]:
    """Fact -> who, those of most students first."""
    who: dict[str, list[str]] = {}
    for fact, line in pairs:
        who.setdefault(fact, []).append(line.student)
    return sorted(who.items(), key=lambda item: (-len(item[1]), item[0]))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _environment(names: dict[str, str]) -> Environment:
    """Jinja with everything escaped. The filters say what the page says often."""
    here = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: _plain(value) if isinstance(value, str) else value,
    )
    here.filters |= {
        "points": lambda value: f"{round(float(value), 2):g}",
        "signed": lambda value: f"{value:.2f}".replace("-", "−"),
        "percent": lambda value: f"{value:.0%}",
        "count": _count,
        "who": lambda student: f"{names[student]} ({student})" if names.get(student) else student,
        "prose": lambda text: Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(Markup.escape(text)))),
        # an empty corner of a table heads nothing
        "markdown": lambda text: Markup(_CORNER.sub(r"<td\1></td>", render(text))),
        "median": _median,
    }  # fmt: skip
    return here


def _plain(text: Any) -> Any:
    """A text without what no page can show, or what would turn the order of its letters round."""
    return type(text)(_UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", text))


def _median(scores: list[float]) -> float:
    middle = len(scores) // 2
    return scores[middle] if len(scores) % 2 else (scores[middle - 1] + scores[middle]) / 2
