"""Verdicts on solutions and misconceptions, as data: run here and in the tab's Python, they must be
the same.

Stands alone: the tab's Python, which `site/lab/prepare.mjs` starts in node, runs the text of it.
There the folder that is handed over is /made; `wanted.json` in it says what to judge.
"""

import itertools
import json
import logging
import sys
import time
from pathlib import Path

SEED = 1
LONG = 30.0  # an exercise that may take longer than this is left out: it trains for minutes


def chosen(every):
    """Names of exercises with the misconceptions to judge: of each exercise every so many."""
    from autograder.exercises import all_exercises

    return {
        exercise.name: [m.name for m in exercise.misconceptions[::every]]
        for exercise in all_exercises()
        if exercise.limit <= LONG
    }


def verdicts(wanted):
    """{exercise: {"solution" or misconception: what was said of it}}."""
    from autograder import assess
    from autograder.exercises import find_exercise

    found = {}
    for name, misconceptions in wanted.items():
        exercise = find_exercise(name)
        ways = {m.name: m.functions for m in exercise.misconceptions if m.name in misconceptions}
        found[name] = {}
        for way, functions in {"solution": exercise.solution, **ways}.items():
            handed = [f or right for f, right in zip(functions, exercise.solution)]
            found[name][way] = said(assess(name, *handed, seed=SEED))
    return found


def said(verdict):
    """What a verdict says, without numbers whose last digit another processor rounds otherwise."""
    return {
        "passed": verdict.passed,
        "score": round(verdict.score, 6),
        "diagnosis": verdict.diagnosis and str(verdict.diagnosis),
        "rows": [[row.name, bool(row.ok)] for row in verdict.rows],
    }


def questions():
    """{question: what a card of it asks}, as `practise` would."""
    from autograder.review.form import in_words
    from autograder.review.questions import QUESTIONS

    return {question.name: in_words(question.card(SEED)) for question in QUESTIONS}


def for_ever(*given):
    """A loop without an end."""
    while True:
        pass


def for_ever_through(*given):
    """One that swallows what would end it."""
    for k in itertools.count():
        try:
            k**2
        except:
            pass


def for_ever_deep(*given):
    """One that is never at the same place for long: calls without loops."""
    return sum(map(for_ever_deep_again, (40, 41)))


def for_ever_deep_again(n):
    return 1 if n < 2 else for_ever_deep_again(n - 1) + for_ever_deep_again(n - 2)


def stopped():
    """Seconds until an endless answer to `two_two_one.divergence` was stopped, and what was said."""
    from autograder import assess
    from autograder.exercises import find_exercise

    find_exercise("two_two_one.divergence")
    found = {}
    for function in (for_ever, for_ever_through, for_ever_deep):
        began = time.monotonic()
        verdict = assess("two_two_one.divergence", function, seed=SEED)
        found[function.__name__] = [time.monotonic() - began, verdict.passed, str(verdict)]
    return found


def told_of_fonts():
    """What matplotlib tells when it is imported; nothing where it finds its list of fonts."""
    told = []
    handler = logging.Handler()
    handler.emit = lambda record: told.append(record.getMessage())
    logging.getLogger("matplotlib").addHandler(handler)
    from matplotlib import font_manager

    return [*told, *([] if font_manager.fontManager.ttflist else ["no fonts"])]


def main(folder):
    """Write `found.json` and, in the tab, what only the tab can tell."""
    import numpy as np

    import course.mnist

    if sys.platform == "emscripten":
        course.mnist.FOLDER = folder / "mnist"
        fonts = told_of_fonts()
    asked = json.loads((folder / "wanted.json").read_text())
    found = {"verdicts": verdicts(asked), "questions": questions()}
    if sys.platform == "emscripten":
        import warnings

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            np.exp(np.array([1000.0]))
        found["stopped"] = stopped()
        found["numpy warns"] = len(caught)
        found["fonts"] = fonts
    (folder / "found.json").write_text(json.dumps(found))


if sys.platform == "emscripten":
    main(Path("/made"))
