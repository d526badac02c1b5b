"""The class report as text: the class first, then each submission, in lines that a person can read.

It is Markdown that reads as well without being rendered. Nothing in a submission can break it: what
students wrote is put on one line, without what Markdown or a browser would take for more than text.
"""

from __future__ import annotations

import re
import textwrap
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import mean, median
from typing import NamedTuple

from autograder.plugins.results import Result

WIDTH = 100
MOST_SLIPS, MOST_NAMES, MOST_WORDS, BINS, BAR = 8, 12, 280, 5, 40
FOLLOWS = "uses "
STUCK = 0.5


class Slip(NamedTuple):
    """What cost points in one exercise: the share of its points that was reached, and the points
    (None: of several)."""

    exercise: str
    why: str
    share: float | None
    points: float | None

    def __str__(self) -> str:
        if self.share is None or self.points is None:
            return (
                f"{self.why}: {self.exercise}"
                if self.points is None and self.share is not None
                else f"{self.exercise}: {self.why}"
            )
        return f"{self.exercise} {self.share:.0%}: {self.why}"


class Line(NamedTuple):
    """One submission: its score (None when it could not be graded), why, and what else is to be
    seen in it.

    `by_hand` counts the written answers that wait for a person, `checks` the checks that do;
    `given` says what a person has given. `penalty` is what being late took off: `score` and it make
    the points without it. `results` holds what each graded cell came to, in the notebook's order.
    """

    student: str
    lesson: str
    score: float | None
    most: float
    by_hand: int
    why: tuple[str, ...]
    facts: tuple[str, ...] = ()
    slips: tuple[Slip, ...] = ()
    penalty: float = 0.0
    checks: int = 0
    given: tuple[str, ...] = ()
    results: tuple[Result, ...] = ()


@dataclass(frozen=True)
class Class:
    """What a report speaks of: the submissions, who handed in nothing of a lesson, and what lies
    there and is none."""

    lines: list[Line]
    absent: dict[str, list[str]] = field(default_factory=dict)
    strays: list[str] = field(default_factory=list)


def show(report: Class | list[Line]) -> str:
    """The report, as Markdown that reads as text.

    Parameters
    ----------
    report
        The class, or only its submissions.
    """
    report = report if isinstance(report, Class) else Class(report)
    text = ["# Class report", ""]
    for lesson in sorted({line.lesson for line in report.lines}):
        found = [line for line in report.lines if line.lesson == lesson]
        text += [f"## {_plain(lesson)}", "", *_class(found, report.absent.get(lesson, [])), ""]
        text += ["**Each submission**", ""]
        for line in found:
            text += _submission(line)
        text.append("")
    if not report.lines:
        text += ["Nothing was handed in.", ""]
    if report.strays:
        text += [
            "## Left out",
            "",
            *[row for stray in report.strays for row in _item(_plain(stray))],
            "",
        ]
    return "\n".join(text).rstrip()


def _class(found: list[Line], absent: list[str]) -> list[str]:
    """How the class did in one lesson."""
    scores = [line.score for line in found if line.score is not None]
    said = f"{_number(len(found), 'submission')}, {len(scores)} graded"
    text = _wrapped(
        f"{said}, {_number(len(absent), 'student')} handed in nothing." if absent else f"{said}."
    )
    if scores:
        spread = (
            f"Points of {found[0].most:g}: mean {mean(scores):.1f}, median {median(scores):g}, from"
            f" {min(scores):g} to {max(scores):g}."
        )
        text += [*_wrapped(spread), "", *_distribution(scores, found[0].most)]
    waiting = sum(line.by_hand for line in found)
    if waiting:
        text += [
            "",
            *_wrapped(
                f"{_number(waiting, 'written answer')} to grade by hand: backprop handgrade"
                f" {_plain(found[0].lesson)}"
            ),
        ]
    for title, rows in (
        ("Most common slips", _common(found)),
        ("Not written", _unwritten(found)),
        ("Stuck (below half of the points)", _stuck(found)),
        ("Not graded", _names([line.student for line in found if line.score is None])),
        ("Handed in nothing", _names(absent)),
    ):
        text += (
            ["", f"**{title}**", "", *[line for row in rows for line in _item(row)]] if rows else []
        )
    return text


def _distribution(scores: list[float], most: float) -> list[str]:
    """How many submissions have how many points, as bars of text in a fifth of the points each."""
    if most <= 0:
        return []
    counts = [0] * BINS
    for score in scores:
        counts[min(BINS - 1, int(score / most * BINS))] += 1
    edges = [most * k / BINS for k in range(BINS + 1)]
    labels = [f"{low:.3g} to {high:.3g}" for low, high in zip(edges, edges[1:], strict=False)]
    wide, tallest = max(map(len, labels)), max(max(counts), 1)
    rows = [
        (
            f"    {label:>{wide}}  {'#' * round(BAR * count / max(tallest, BAR))} {count}"
            if count
            else f"    {label:>{wide}}  0"
        )
        for label, count in zip(labels, counts, strict=True)
    ]
    return rows


def _common(found: list[Line]) -> list[str]:
    """What more than one student did, most often first; what only follows from an earlier slip is
    not counted."""
    who: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in found:
        for slip in line.slips:
            if slip.points is not None and not slip.why.startswith(FOLLOWS):
                who[slip.exercise, slip.why].append(line.student)
    often = sorted(
        (item for item in who.items() if len(item[1]) > 1),
        key=lambda item: (-len(item[1]), item[0]),
    )
    return [
        f"{len(names)} × {_plain(exercise)}: {_short(why)} ({_listed(names)})"
        for (exercise, why), names in often[:MOST_SLIPS]
    ]


def _unwritten(found: list[Line]) -> list[str]:
    who: dict[str, list[str]] = defaultdict(list)
    for line in found:
        for slip in line.slips:
            for exercise in (
                slip.exercise.split(", ") if slip.points is None and slip.share is not None else ()
            ):
                who[exercise].append(line.student)
    return [
        f"{len(names)} × {_plain(exercise)} ({_listed(names)})"
        for exercise, names in sorted(who.items(), key=lambda item: -len(item[1]))
    ]


def is_stuck(line: Line) -> bool:
    """Whether a submission has less than half of the points that are given so far: those of waiting
    answers are left out, and so is what is taken off for being late."""
    if line.score is None:
        return False
    given = sum(result.most for result in line.results if result.share is not None)
    return line.score + line.penalty < STUCK * (given if line.results else line.most)


def _stuck(found: list[Line]) -> list[str]:
    """Who is stuck, the lowest first."""
    low = [line for line in found if is_stuck(line)]
    return _names([line.student for line in sorted(low, key=lambda line: line.score)])


def _names(students: list[str]) -> list[str]:
    return [", ".join(map(_plain, students))] if students else []


def _listed(students: list[str]) -> str:
    more = len(students) - MOST_NAMES
    return ", ".join(map(_plain, students[:MOST_NAMES])) + (f" and {more} more" if more > 0 else "")


def _submission(line: Line) -> list[str]:
    """One submission: a line with the points, and one below it for each thing that is to be
    said."""
    points = (
        "not graded" if line.score is None else f"{round(line.score, 2):g} of {line.most:g} points"
    )
    late = f", {line.penalty:g} taken off for being late" if line.penalty else ""
    right = ": all checks right" if line.score is not None and not line.why else ""
    said = [
        *(_short(text) for text in line.why),
        *(f"by hand, {_plain(text)}" for text in line.given),
    ]
    if line.by_hand:
        said.append(f"{_number(line.by_hand, 'written answer')} to grade by hand")
    if line.checks:
        said.append(
            f"{_number(line.checks, 'check')} graded by hand before, and the code has changed: look"
            " again"
        )
    said += [f"seen in the notebook: {_short(fact)}" for fact in line.facts]
    return [
        f"- **{_plain(line.student)}** {points}{late}{right}",
        *[row for text in said for row in _item(text, 2)],
    ]


def _item(text: str, indent: int = 0) -> list[str]:
    lead = " " * indent
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=f"{lead}- ",
        subsequent_indent=f"{lead}  ",
        break_long_words=False,
        break_on_hyphens=False,
    ) or [f"{lead}-"]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _short(text: str) -> str:
    """A reason in one line of bounded length; what is cut off stands on the feedback page."""
    plain = _plain(text)
    return (
        plain
        if len(plain) <= MOST_WORDS
        else f"{plain[:MOST_WORDS].rstrip()} … (all of it is on the feedback page)"
    )


def _plain(text: str) -> str:
    """A text in one line that cannot break the report, and without what a browser takes for
    HTML."""
    line = re.sub(r"\s+", " ", re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", " ", text))
    return re.sub(r"<(?=[A-Za-z/!?])", r"\\<", line)
