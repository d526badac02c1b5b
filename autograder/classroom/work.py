"""The work of a worker: run a notebook behind the walls and judge it.

It knows no gradebook and no folder of a class. What it is told and what it answers are texts.
"""

from __future__ import annotations

import logging
import platform
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

from nbgrader import utils
from traitlets.config import Config

from autograder.classroom.travel import NO_ROOM, named, received, sent, unpack_files, unpacked
from autograder.exercises import all_exercises
from autograder.kernel.parent import NoWarmParent
from autograder.kernel.provisioner import NotLocked
from autograder.plugins import thrift
from autograder.plugins.pool import Pool
from autograder.plugins.rules import release

MOST_LOGGED = 2_000
_pools: dict[str, Pool] = {}


def here() -> bytes:
    """What a coordinator asks a worker first: its release of the course.

    The exercises are loaded by the way, so that the first submission does not wait for them.
    """
    from autograder.plugins import configure

    configure(Config())
    thrift.warm()
    all_exercises()
    return sent({"release": release()})


def work(order: bytes, files: bytes) -> bytes:
    """Run and judge the notebooks of one submission.

    Parameters
    ----------
    order
        JSON: ``release``, ``run`` (its name), ``seeds`` (those that a run shares), ``seed``,
        ``config``, ``exporter``, ``preprocessors``, ``lesson``, ``student``, ``notebooks``
        (``resources``, ``text``).
    files
        What lies beside the notebooks, as an archive.

    Returns
    -------
    bytes
        JSON: ``notebooks`` (texts, in order), ``log`` (level, line), ``failed`` (None or why),
        ``trace``, ``seconds``. With another release of the course: ``release`` and
        ``where`` alone.
    """
    begun, told = time.monotonic(), received(order)
    if told["release"] != release():
        return sent({"release": release(), "where": platform.node()})
    lines = _Lines()
    answer: dict[str, Any] = {"notebooks": [], "failed": None, "trace": ""}
    try:
        answer["notebooks"] = _judged(told, files, lines)
    except Exception as problem:
        if _of_this_machine(problem):  # no fault of the submission: its grade stands
            raise
        answer["failed"] = f"{type(problem).__name__}: {problem}"[:500]
        answer["trace"] = traceback.format_exc()[-20_000:]
    answer |= {"log": lines.kept, "seconds": time.monotonic() - begun}
    return sent(answer)


def _of_this_machine(problem: Exception) -> bool:
    """Whether something failed that would fail for every submission: no wall where one is demanded,
    no kernel, a full disk."""
    full = isinstance(problem, OSError) and problem.errno in NO_ROOM
    return full or isinstance(problem, (NotLocked, NoWarmParent))


def _judged(told: dict[str, Any], files: bytes, lines: _Lines) -> list[str]:
    config = unpacked(told["config"])
    if told["seed"] is not None:
        config.DrawInputs.seed = told["seed"]
    config.Exporter.default_preprocessors = []
    log = logging.Logger("backprop-work", logging.INFO)
    log.addHandler(lines)
    exporter = named(told["exporter"])(config=config, log=log)
    exporter.pool = _pool(told["run"], told["seeds"])
    exporter._preprocessors = []
    for each in told["preprocessors"]:
        exporter.register_preprocessor(named(each))
    with tempfile.TemporaryDirectory(prefix="backprop-work-") as made:
        folder, found = Path(made), []
        unpack_files(files, folder)
        for notebook in told["notebooks"]:
            path = folder / f"{notebook['resources']['unique_key']}.ipynb"
            path.write_text(notebook["text"], encoding="utf-8")
        for notebook in told["notebooks"]:
            path = folder / f"{notebook['resources']['unique_key']}.ipynb"
            with utils.setenv(NBGRADER_EXECUTION="autograde"):
                text, _ = exporter.from_filename(str(path), resources=notebook["resources"])
            found.append(text)
        return found


def _pool(run: str, seeds: list[int]) -> Pool:
    """The pool of a run: what one submission needs of its shared inputs serves the next."""
    if run not in _pools:
        _pools.clear()  # of a run that is over
        pool = Pool(0)
        pool.seeds = tuple(seeds)
        _pools[run] = pool
    return _pools[run]


class _Lines(logging.Handler):
    """Keep what is logged, as far as it is not too much."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[tuple[int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        if len(self.kept) < MOST_LOGGED:
            self.kept.append((record.levelno, record.getMessage()[:2000]))
