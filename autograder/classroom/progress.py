"""How far a run is: a line that moves on a terminal, plain lines now and then elsewhere, or one JSON
object a line for programs."""

from __future__ import annotations

import json
import sys
import time
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.classroom.run import Outcome

SELDOM = 10.0
"""Seconds between two plain lines."""


class Progress:
    """Counts what comes of a run, and shows nothing; those that show it are derived from it."""

    def __init__(self) -> None:
        self.counts = {"graded": 0, "refused": 0, "failed": 0}
        self.lesson, self.all = "", 0
        self.slowest: tuple[str, float] = ("", 0.0)
        self._started = time.monotonic()

    @property
    def done(self) -> int:
        """How many have an outcome."""
        return sum(self.counts.values())

    @property
    def rate(self) -> float:
        """Submissions a second since the workers were there; 0 before the first."""
        seconds = time.monotonic() - self._started
        return self.done / seconds if self.done and seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds to the end at this rate; None before the first."""
        return (self.all - self.done) / self.rate if self.rate else None

    def begin(self, lesson: str, number: int, unchanged: int) -> None:
        """So many will be graded; so many are graded already."""
        self.lesson, self.all = lesson, number

    def slots(self, number: int) -> None:
        """The workers are there; so many submissions are worked on at a time."""
        self._started = time.monotonic()

    def outcome(self, outcome: Outcome, why: str | None) -> None:
        """One more is done; why it has no grade, where it has none."""
        self.counts[outcome.kind] += 1
        if outcome.seconds > self.slowest[1]:
            self.slowest = outcome.student, outcome.seconds

    def notice(self, text: str) -> None:
        """Something has to be known now."""

    def end(self) -> None:
        """The run is over."""

    def said(self) -> str:
        """How far it is, in words."""
        parts = [f"{self.counts['graded']} graded"]
        parts += [
            f"{self.counts[kind]} {kind}" for kind in ("refused", "failed") if self.counts[kind]
        ]
        text = f"{self.lesson}: {self.done} of {self.all} done ({', '.join(parts)})"
        if self.rate:
            text += f", {self.rate:.2g} a second, {clock(self.left or 0.0)} left"
        if self.slowest[0]:
            text += f", slowest {self.slowest[0]} ({self.slowest[1]:.0f} s)"
        return text


class Lines(Progress):
    """Writes a plain line now and then: for logs and pipes."""

    def __init__(self, file: IO[str] | None = None, seldom: float = SELDOM):
        super().__init__()
        self._file, self._seldom, self._said_at = file or sys.stderr, seldom, time.monotonic()

    def notice(self, text: str) -> None:
        """Write it."""
        print(text, file=self._file, flush=True)

    def outcome(self, outcome: Outcome, why: str | None) -> None:
        """Count it; write a line if the last one was long ago."""
        super().outcome(outcome, why)
        if time.monotonic() - self._said_at >= self._seldom:
            self._said_at = time.monotonic()
            self.notice(self.said())


class Bar(Progress):
    """A line on a terminal that moves."""

    def __init__(self, file: IO[str] | None = None):
        super().__init__()
        self._file, self._bar = file or sys.stderr, None

    def begin(self, lesson: str, number: int, unchanged: int) -> None:
        """Show the line."""
        from tqdm import tqdm

        super().begin(lesson, number, unchanged)
        self._bar = tqdm(total=number, desc=lesson, file=self._file, leave=False, unit="")

    def slots(self, number: int) -> None:
        """Count the time from now on."""
        super().slots(number)
        if self._bar is not None:
            self._bar.unpause()

    def outcome(self, outcome: Outcome, why: str | None) -> None:
        """Move the line."""
        super().outcome(outcome, why)
        if self._bar is not None:
            some = {
                kind: count for kind, count in self.counts.items() if count and kind != "graded"
            }
            slowest = f"{self.slowest[0]} {self.slowest[1]:.0f} s" if self.slowest[0] else "-"
            self._bar.set_postfix({**some, "slowest": slowest}, refresh=False)
            self._bar.update()

    def notice(self, text: str) -> None:
        """Write it above the line."""
        if self._bar is not None:
            self._bar.write(text, file=self._file)
        else:
            print(text, file=self._file, flush=True)

    def end(self) -> None:
        """Take the line away."""
        if self._bar is not None:
            self._bar.close()


class JsonLines(Progress):
    """Writes one JSON object a line: ``event`` is begin, workers, graded, refused, failed, notice or
    end."""

    def __init__(self, file: IO[str] | None = None):
        super().__init__()
        self._file = file or sys.stdout

    def write(self, event: str, **told: Any) -> None:
        """Write one object."""
        line = json.dumps({"event": event, **told}, ensure_ascii=False)
        print(line, file=self._file, flush=True)

    def begin(self, lesson: str, number: int, unchanged: int) -> None:
        """``lesson``, ``to_grade``, ``unchanged``."""
        super().begin(lesson, number, unchanged)
        self.write("begin", lesson=lesson, to_grade=number, unchanged=unchanged)

    def slots(self, number: int) -> None:
        """``slots``."""
        super().slots(number)
        self.write("workers", slots=number)

    def outcome(self, outcome: Outcome, why: str | None) -> None:
        """``student``, ``seconds`` of work, ``why``, and how far it is."""
        super().outcome(outcome, why)
        left = None if self.left is None else round(self.left, 1)
        self.write(
            outcome.kind,
            student=outcome.student,
            seconds=round(outcome.seconds, 3),
            why=why,
            done=self.done,
            of=self.all,
            a_second=round(self.rate, 3),
            seconds_left=left,
        )

    def notice(self, text: str) -> None:
        """``text``."""
        self.write("notice", text=text)


def clock(seconds: float) -> str:
    """A time as minutes and seconds: 3:07."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def fitting(as_json: bool = False) -> Progress:
    """The progress that fits where the output goes."""
    if as_json:
        return JsonLines()
    return Bar() if sys.stderr.isatty() else Lines()
