"""A class that several processes grade shares what its inputs give.

Each process is forked from one that has drawn the seeds of all submissions, and has computed the
trials of those seeds that many of them share. A run in one process needs none of this: there the
pool serves one submission after the other (`autograder.plugins.pool`).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import nbformat

from autograder.exercises.exercise import Exercise
from autograder.judging.trial import Trial
from autograder.plugins.directory import configuration, folder_of, open_class
from autograder.plugins.evidence import DrawInputs, exercise_of, order_of
from autograder.plugins.pool import Pool, handed_down

Submission = tuple[str, str]  # student, lesson


def hand_down(
    root: Path, submissions: Iterable[Submission], known: Mapping[str, int | None]
) -> dict[Submission, int]:
    """Draw the seeds of submissions, and compute here what many of them will ask for.

    The seeds are drawn now, from the system's random numbers, after the submissions were made. A
    trial is computed here only where more submissions share it than there are processors:
    otherwise these would stand idle for longer than it saves.

    Parameters
    ----------
    root
        The folder of the class.
    submissions
        All that will be graded.
    known
        Student -> the seed of an earlier grading; it is drawn with again.

    Returns
    -------
    dict
        Submission -> seed. Without an entry, one is drawn when the submission is graded.
    """
    settings = configuration(root).DrawInputs
    size = settings.get("pool", DrawInputs.pool.default_value)
    fixed, pool = settings.get("seed"), Pool(size)
    seeds: dict[Submission, int] = {}
    for student, lesson in submissions:
        seed = known.get(student)
        seed = fixed if seed is None else seed
        if seed is not None or size:
            seeds[student, lesson] = pool.seed() if seed is None else seed
    shared = Counter((lesson, seed) for (_, lesson), seed in seeds.items())
    for (lesson, seed), uses in shared.items():
        if uses > (os.cpu_count() or 1):
            for exercise in exercises_in(root, lesson):
                trial = handed_down.setdefault(
                    (exercise.name, seed), Trial.drawn(exercise, seed, full=True)
                )
                fill(trial)
    return seeds


def exercises_in(root: Path, lesson: str) -> list[Exercise]:
    """The exercises that the notebooks of a lesson check, as the class's source has them."""
    directory = open_class(root)
    source = folder_of(directory, directory.source_directory, ".", lesson)
    cells = [
        cell
        for path in sorted(source.glob("*.ipynb"))
        for cell in nbformat.read(path, as_version=4).cells
    ]
    return [exercise for cell in cells if (exercise := exercise_of(cell)) is not None]


def fill(trial: Trial) -> None:
    """Compute every member of a trial that grading reads."""
    order_of(trial)
    if trial.exercise.properties is not None:
        return  # judged by rows of its own, which read nothing else
    for member in ("exact", "given"):
        getattr(trial, member)
    for alternative in trial.alternatives:
        for member in ("table", "properties", "follow"):
            getattr(alternative, member)
        for case in range(len(trial.cases)):
            alternative.table_alone(case)
