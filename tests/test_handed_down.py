"""Where several processes grade a class, what its inputs give is computed before they are forked."""

import os
from collections import Counter

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.evidence.probe import probe
from autograder.exercises import find_exercise
from autograder.judging.judge import judge
from autograder.judging.trial import Trial, filled
from autograder.plugins import handed_down as handing
from autograder.plugins import pool
from autograder.plugins.evidence import KEY, DrawInputs
from autograder.rehearsal import CONFIG

ONE, LESSON = "two_two_one.backward", "04-two-two-one"
MANY = [(f"student-{k}", LESSON) for k in range(2 * (os.cpu_count() or 1) + 2)]


def notebook():
    told = {"grade": True, "solution": False, "locked": True, "points": 1, "grade_id": "one"}
    cell = new_code_cell(f'check("{ONE}", backward)', metadata={"nbgrader": told})
    return new_notebook(cells=[new_code_cell("x = 1"), cell])


@pytest.fixture
def a_class(tmp_path, monkeypatch):
    """Makes the folder of a class that is configured by some more lines."""
    monkeypatch.setattr(pool, "handed_down", handed := {})
    monkeypatch.setattr(handing, "handed_down", handed)

    def make(settings=""):
        (tmp_path / "nbgrader_config.py").write_text(f"{CONFIG}{settings}\n")
        source = tmp_path / "source" / LESSON
        source.mkdir(parents=True)
        nbformat.write(notebook(), source / f"{LESSON}.ipynb")
        return tmp_path

    return make


def drawn_with(seed):
    """The trial that a submission is judged by."""
    drawer = DrawInputs(seed=seed)
    _, resources = drawer.preprocess(notebook(), {})
    return resources[KEY][1]


def test_every_submission_has_a_seed_and_no_run_has_those_of_another(a_class):
    folder = a_class()
    seeds, again = (handing.hand_down(folder, MANY[:5], {}) for _ in range(2))
    assert set(seeds) == set(MANY[:5])
    assert len({*seeds.values(), *again.values()}) == 10


def test_a_larger_class_shares_the_seeds_of_its_pool_evenly(a_class):
    seeds = handing.hand_down(a_class("c.DrawInputs.pool = 2"), MANY, {})
    assert set(Counter(seeds.values()).values()) == {len(MANY) // 2}


def test_the_seed_of_an_earlier_grading_is_drawn_with_again(a_class):
    seeds = handing.hand_down(a_class(), MANY[:2], {"student-0": 7, "student-1": None})
    assert seeds[MANY[0]] == 7
    assert seeds[MANY[1]] != 7


def test_without_a_pool_each_submission_draws_when_it_is_graded(a_class):
    assert handing.hand_down(a_class("c.DrawInputs.pool = 0"), MANY, {"student-0": 7}) == {
        MANY[0]: 7
    }
    assert pool.handed_down == {}


def test_only_what_more_submissions_share_than_there_are_processors_is_computed_before(a_class):
    handing.hand_down(a_class(), MANY, {})
    assert pool.handed_down == {}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_grader_computes_nothing_again_and_its_verdict_is_the_same(a_class, monkeypatch):
    seeds = handing.hand_down(a_class("c.DrawInputs.pool = 1"), MANY, {})
    seed = seeds[MANY[0]]
    exercise = find_exercise(ONE)
    wrong = filled(exercise, exercise.misconceptions[0].functions)
    own = Trial.drawn(exercise, seed, full=True)
    evidence = probe(ONE, wrong, own.cases, exercise.limit, exercise.repeat)
    expected = judge(exercise, evidence, trial=own)._repr_html_()
    monkeypatch.setattr(Trial, "answers", lambda *asked: pytest.fail("computed again"))
    child = os.fork()
    if child == 0:
        code = 1
        try:
            trial = drawn_with(seed)
            mine = evidence.__class__(**{**vars(evidence), "cases": trial.cases})
            code = 0 if judge(exercise, mine, trial=trial)._repr_html_() == expected else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
