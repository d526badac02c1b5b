"""A run: submissions are read, worked on by all workers at once, and written one after the other."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import signal
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.classroom.cluster import NoCluster, Workers, another, workers
from autograder.classroom.gradebook import OneGradebook
from autograder.classroom.progress import Progress
from autograder.classroom.reading import NothingToGrade, OneSubmission, beside
from autograder.classroom.travel import (
    NO_ROOM,
    CannotTravel,
    packed,
    packed_files,
    parted,
    received,
    sent,
)
from autograder.classroom.writing import CannotWrite, Writer, mend, short, unfinished
from autograder.plugins.directory import folder_of
from autograder.plugins.evidence import DrawInputs
from autograder.plugins.pool import Pool
from autograder.plugins.rules import release

AHEAD = 2
"""Submissions that are read for each slot: one is worked on, one waits."""


class CannotGrade(Exception):
    """The run cannot begin, or cannot go on; the message says why. What is graded is kept."""


class Outcome(NamedTuple):
    """What came of a submission: ``graded``, ``refused`` as it lies there, or ``failed``; why; and
    how long a worker had it, in seconds."""

    student: str
    kind: str
    why: str = ""
    seconds: float = 0.0


class Review(NamedTuple):
    """Look before writing: `seen` is called in an open gradebook in which one submission has its new
    grade, `agreed` when all were seen; only if it is true are they written."""

    seen: Callable[[Gradebook, str], None]
    agreed: Callable[[list[Outcome]], bool]


def run(
    config: Config,
    lesson: str,
    students: Sequence[str],
    seeds: Mapping[str, int | None],
    scheduler: str | None = None,
    number: int | None = None,
    progress: Progress | None = None,
    told: Callable[[Outcome], None] = lambda outcome: None,
    review: Review | None = None,
) -> list[Outcome]:
    """Grade submissions.

    Parameters
    ----------
    config
        The settings of the class, with its root and its database.
    lesson, students
        Whose submissions.
    seeds
        Student -> seed of an earlier grading, whose inputs are drawn again.
    scheduler, number
        As `autograder.classroom.cluster.workers` takes them.
    progress
        Is told when the workers are there, and what has to be waited for.
    told
        Called after each submission.
    review
        Nothing is written before it agrees.

    Raises
    ------
    CannotGrade
        When it was stopped; what is graded until then is kept.
    """
    directory, progress = CourseDirectory(config=config), progress or Progress()
    with contextlib.ExitStack() as stack:
        stack.enter_context(alone(Path(directory.root)))
        log = stack.enter_context(_log(config, directory))
        with _said():
            gradebook = OneGradebook(directory.db_url, directory.course_id)
            stack.callback(gradebook.close)
            writer = Writer(gradebook, progress.notice)
            desk = _Desk(config, lesson, seeds, students, gradebook, writer, log, review)
            stack.callback(desk.clear)
            with _stoppable() as stopped, contextlib.ExitStack() as staff:

                def hire() -> Workers:
                    crew = staff.enter_context(workers(scheduler, number))
                    progress.slots(crew.slots)
                    return crew

                outcomes = desk.grade(hire, students, told, stopped)
            if review is not None and review.agreed(outcomes):
                with _stoppable() as stopped:
                    desk.write_held(stopped)
            return outcomes


@contextlib.contextmanager
def _said() -> Iterator[None]:
    """Say in a sentence what stops a run."""
    try:
        yield
    except (NoCluster, CannotTravel, CannotWrite) as problem:
        raise CannotGrade(str(problem)) from problem
    except OneGradebook.faults as problem:
        raise CannotGrade(f"the gradebook cannot be read: {short(problem)}") from problem
    except OSError as problem:
        if problem.errno not in NO_ROOM:
            raise
        raise CannotGrade(f"nothing more can be written: {problem.strerror}") from problem


def tidy(directory: CourseDirectory, lesson: str, students: Iterable[str]) -> None:
    """Take away what a run that was killed left of some submissions.

    Raises
    ------
    CannotGrade
        When another grading of the class is going on.
    """
    places = [
        folder_of(directory, directory.autograded_directory, student, lesson)
        for student in students
    ]
    if any(map(unfinished, places)):
        with alone(Path(directory.root)):
            for place in places:
                mend(place)


class _Desk:
    """Where the coordinator sits: submissions come in, orders go out, answers are written down."""

    def __init__(
        self,
        config: Config,
        lesson: str,
        known: Mapping[str, int | None],
        students: Sequence[str],
        gradebook: OneGradebook,
        writer: Writer,
        log: logging.Logger,
        review: Review | None,
    ):
        self._config, self._lesson, self._log = config, lesson, log
        self._gradebook, self._writer, self._review = gradebook, writer, review
        self._seeds = _drawn(config, known, students)
        uses = Counter(self._seeds.values())
        self._order: dict[str, Any] = {
            "release": release(),
            "run": secrets.token_hex(8),
            "seeds": [seed for seed, times in uses.items() if times > 1 and seed is not None],
            "config": packed(config),
        }
        self._crew: Workers | None = None
        self._open: dict[str, OneSubmission] = {}
        self._held: list[tuple[OneSubmission, Path]] = []
        self._kept = tempfile.TemporaryDirectory(prefix="backprop-held-")

    def grade(
        self,
        hire: Callable[[], Workers],
        students: Sequence[str],
        told: Callable[[Outcome], None],
        stopped: threading.Event,
    ) -> list[Outcome]:
        """Grade everybody; the outcomes in the order in which they came. Workers are hired when there
        is something for them to do."""
        self._hire = hire
        waiting, outcomes = list(reversed(students)), []
        while waiting or self._open:
            if stopped.is_set():
                raise CannotGrade("stopped")
            found = None
            crew = self._crew
            if waiting and (crew is None or crew.running < max(AHEAD * crew.slots, 1)):
                found = self._begin(waiting.pop())
            elif crew is not None:
                found = self._finish(self._crew.answer(0.5))
            if found is not None:
                outcomes.append(found)
                told(found)
        return outcomes

    def _begin(self, student: str) -> Outcome | None:
        def read() -> OneSubmission:
            one = OneSubmission(self._config, self._lesson, student, self._gradebook, self._log)
            one.read()
            return one

        try:
            one = self._writer.patiently(read)
        except NothingToGrade as problem:
            return Outcome(student, "refused", str(problem))
        if one.trouble is not None:
            return self._failed(one, one.trouble)
        files, dropped = packed_files(beside(one.place))
        for name in dropped:
            self._log.warning("%s of %s is left out: it is too much", name, student)
        order = self._order | {
            "seed": self._seeds[student],
            "exporter": f"{one.exporter_class.__module__}:{one.exporter_class.__qualname__}",
            "preprocessors": [_name(each) for each in parted(one.autograde_preprocessors)[0]],
            "notebooks": [{"resources": told, "text": text} for told, text in one.texts],
        }
        for resources, _ in one.texts:
            self._log.info("Autograding %s of %s", resources["unique_key"], student)
        self._open[student] = one
        self._crew = self._crew or self._hire()
        self._crew.give(student, sent(order), files)
        return None

    def _finish(self, answer: tuple[str, bytes | None, str] | None) -> Outcome | None:
        if answer is None:
            return None
        student, said, why = answer
        one = self._open.pop(student)
        if said is None:
            one.drop()
            self._log.error("%s of %s is not graded: %s", self._lesson, student, why)
            return Outcome(student, "failed", why)
        done = received(said)
        if "notebooks" not in done:
            raise NoCluster(another(done["where"], done["release"]))
        for level, line in done["log"]:
            self._log.log(level, "%s", line)
        if done["failed"]:
            source = one._format_source(self._lesson, student)
            one.fails(done["failed"], source, done["trace"])
            return self._failed(one, done["failed"], done["seconds"])
        try:
            self._save_or_hold(one, done["notebooks"])
        except (CannotWrite, *self._gradebook.faults):
            one.drop()
            raise
        except Exception as problem:
            one._fails(problem)
            return self._failed(one, f"{type(problem).__name__}: {problem}", done["seconds"])
        return Outcome(student, "graded", "", done["seconds"])

    def _save_or_hold(self, one: OneSubmission, texts: list[str]) -> None:
        if self._review is None:
            self._writer.save(one, texts)
            return
        self._writer.show(one, texts, self._review.seen)
        path = Path(self._kept.name) / str(len(self._held))
        path.write_text(json.dumps(texts), encoding="utf-8")
        self._held.append((one, path))

    def write_held(self, stopped: threading.Event) -> None:
        """Write what was seen and agreed to."""
        for one, path in self._held:
            if stopped.is_set():
                raise CannotGrade("stopped")
            self._writer.save(one, json.loads(path.read_text(encoding="utf-8")))

    def _failed(self, one: OneSubmission, why: str, seconds: float = 0.0) -> Outcome:
        if self._review is not None:
            one.drop()
        else:
            self._writer.refuse(one)
        return Outcome(one.student, "failed", why, seconds)

    def clear(self) -> None:
        """Take away what was laid beside the graded folders and will not be written."""
        for one in (*self._open.values(), *(one for one, _ in self._held)):
            one.drop()
        self._kept.cleanup()


def _drawn(
    config: Config, known: Mapping[str, int | None], students: Sequence[str]
) -> dict[str, int | None]:
    """The seed of each submission, drawn now: after all of them were made."""
    settings = config.DrawInputs
    fixed = settings.get("seed")
    pool = Pool(settings.get("pool", DrawInputs.pool.default_value))
    found: dict[str, int | None] = {}
    for student in students:
        seed = known.get(student)
        seed = fixed if seed is None else seed
        found[student] = pool.seed() if seed is None else seed
    return found


def _name(preprocessor: Any) -> str:
    if isinstance(preprocessor, str):
        return preprocessor
    return f"{preprocessor.__module__}:{preprocessor.__qualname__}"


@contextlib.contextmanager
def _stoppable() -> Iterator[threading.Event]:
    """Let Ctrl-C end the run between two submissions; a second one ends it at once."""
    stopped = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return
    before = signal.getsignal(signal.SIGINT)

    def stop(number: int, frame: Any) -> None:
        if stopped.is_set():
            raise KeyboardInterrupt
        stopped.set()

    signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold the folder of the class: one grader at a time writes into it.

    Raises
    ------
    CannotGrade
        When another one holds it.
    """
    import fcntl

    here = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(here, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(here)
        raise CannotGrade(
            "another grading of this class is going on; it has to end first"
        ) from None
    try:
        yield
    finally:
        os.close(here)


@contextlib.contextmanager
def _log(config: Config, directory: CourseDirectory) -> Iterator[logging.Logger]:
    """nbgrader's log, where the class's settings want one, in nbgrader's layout."""
    log = logging.Logger("AutogradeApp", logging.INFO)
    log.addHandler(logging.NullHandler())
    log.propagate = False
    file = config.NbGrader.get("logfile")
    handler = logging.FileHandler(Path(directory.root) / file, encoding="utf-8") if file else None
    if handler:
        handler.setFormatter(logging.Formatter("[%(name)s | %(levelname)s] %(message)s"))
        log.addHandler(handler)
    try:
        yield log
    finally:
        if handler:
            handler.close()
