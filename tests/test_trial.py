"""A trial holds what follows from an exercise's inputs; a pool of them serves a class."""

import os
import pickle
import threading
import time
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

from autograder.evidence import deadline
from autograder.evidence.drawn import probe_drawn
from autograder.evidence.plain import arrays
from autograder.evidence.probe import probe
from autograder.evidence.transport import dumps
from autograder.exercises import all_exercises, find_exercise
from autograder.judging.apart import before, drawing
from autograder.judging.judge import judge
from autograder.judging.trial import MOST_KEPT, Alternative, Trial, filled
from autograder.plugins.evidence import KEY, DrawInputs
from autograder.plugins.pool import Pool, pool_of

COMPARED = [exercise.name for exercise in all_exercises() if exercise.properties is None]
BUILT_ON = [
    exercise.name
    for exercise in all_exercises()
    if exercise.properties is None and drawing(exercise, 0)
]
#: Every third: what a trial keeps is kept by the same lines for every exercise.
SOME, SOME_BUILT_ON = COMPARED[::3], BUILT_ON[::2]
SEED = 20_481
ONE = "two_two_one.backward"


def answered(trial, functions):
    """What functions return on a trial's inputs, as a submission's do."""
    asked = trial.exercise
    return probe(asked.name, functions, trial.cases, asked.limit, asked.repeat)


def returned(evidence):
    """Everything that came back, bit by bit."""
    told = [
        (r.returned, r.error, r.changed, r.shared, r.warned)
        for records in evidence.observations
        for r in records
    ]
    return [pickle.dumps(entry) for entry in told]


def handed_in(exercise):
    """The solution and every misconception."""
    return [exercise.solution, *(filled(exercise, m.functions) for m in exercise.misconceptions)]


def everything(trial):
    """All arrays that a trial has to give."""
    tables = [
        list(vars(c).values())
        for one in trial.alternatives
        for entries in one.table.values()
        for _, c in entries
    ]
    told = [
        record.returned
        for evidence in (trial.exact, *(one.evidence for one in trial.alternatives))
        for records in evidence.observations
        for record in records
    ]
    return arrays(
        [
            trial.cases,
            trial.drawing.cases if trial.drawing and trial.drawing.cases else (),
            told,
            tables,
        ]
    )


# ---- the numbers


@pytest.mark.parametrize("name", SOME)
def test_a_trial_holds_what_probing_gives(name):
    exercise = find_exercise(name)
    trial = Trial.drawn(exercise, SEED)
    again = lambda functions: probe(name, functions, trial.cases, exercise.limit, repeat=False)
    assert returned(trial.exact) == returned(again(exercise.solution))
    for alternative in trial.alternatives:
        whole = again(filled(exercise, alternative.misconception.functions))
        assert returned(alternative.evidence) == returned(whole), alternative.misconception.name
        alone = [alternative.alone(case) for case in range(len(trial.cases))]
        assert [told for one in alone for told in returned(one)] == returned(whole), (
            alternative.misconception.name
        )


@pytest.mark.parametrize("name", SOME)
def test_a_verdict_does_not_depend_on_what_was_judged_by_the_same_trial_before(name):
    exercise = find_exercise(name)
    trial = Trial.drawn(exercise, SEED, full=True)
    some = handed_in(exercise)[:4]  # each is judged anew beside: that costs
    for functions in [*some, exercise.solution]:
        evidence = answered(trial, functions)
        shared, own = judge(exercise, evidence, trial=trial), judge(exercise, evidence)
        assert repr(shared) == repr(own)
        assert shared._repr_html_() == own._repr_html_()


@pytest.mark.parametrize("name", SOME_BUILT_ON)
def test_a_verdict_with_drawn_values_does_not_depend_on_it_either(name):
    exercise = find_exercise(name)
    trial = Trial.drawn(exercise, SEED, full=True)
    earlier = {
        signature.name: False for other in before(exercise) for signature in other.signatures
    }
    for functions in handed_in(exercise)[:3] * 2:
        evidence = answered(trial, functions)
        evidence = evidence.__class__(
            **{
                **vars(evidence),
                "drawn": probe_drawn(
                    name, functions, trial.cases, exercise.limit, exercise.repeat, trial.drawing
                ),
            }
        )
        shared = judge(exercise, evidence, earlier, trial.drawing, trial)
        assert repr(shared) == repr(judge(exercise, evidence, earlier, drawing(exercise, SEED)))


@pytest.mark.parametrize("name", COMPARED)
def test_the_inputs_follow_from_the_seed_alone(name, monkeypatch):
    """Which case is tried first, to see whether a misconception shows, changes nothing."""
    exercise = find_exercise(name)
    drawn = []
    for first in (
        {},
        {(name, m.name): 3 for m in exercise.misconceptions},
        {(name, m.name): 99 for m in exercise.misconceptions},
    ):
        monkeypatch.setattr(Alternative, "_last_shown", first)
        drawn.append(dumps(Trial.drawn(exercise, SEED).cases))
    assert len(set(drawn)) == 1
    assert dumps(Trial.drawn(exercise, SEED + 1).cases) != drawn[0]


def test_for_one_check_the_solution_is_asked_once(monkeypatch):
    exercise = find_exercise(ONE)
    count = []

    def counting(*arguments):
        count.append(1)
        return exercise.solution[0](*arguments)

    mine = exercise.but(solution=(counting,))
    trial = Trial.drawn(mine, SEED)
    calls = sum(len(case.calls) for case in trial.cases)
    for functions in handed_in(exercise):
        judge(mine, answered(trial, functions), trial=trial)
    assert len(count) == calls


def test_where_the_machine_is_slow_the_solution_is_waited_for():
    exercise = find_exercise(ONE)

    def slow(*arguments):
        time.sleep(0.03)
        return exercise.solution[0](*arguments)

    mine = exercise.but(solution=(slow,), limit=0.02)
    trial = Trial(mine, exercise.deck_cases[:1])
    assert all(r.error is None for records in trial.exact.observations for r in records)


def test_what_a_misconception_returns_is_asked_once():
    trial = Trial.drawn(find_exercise(ONE), SEED)
    for alternative in trial.alternatives:
        assert (
            alternative.evidence is alternative.evidence and alternative.table is alternative.table
        )
        assert alternative.alone(0) is alternative.alone(0) and alternative.table_alone(
            0
        ) is alternative.table_alone(0)


def test_a_trial_is_not_taken_for_other_inputs():
    """Evidence on other cases is judged on those, whatever trial is handed over with it."""
    exercise = find_exercise(ONE)
    trial, other = Trial.drawn(exercise, SEED), Trial.drawn(exercise, SEED + 1)
    assert judge(exercise, answered(other, exercise.solution), trial=trial).passed


# ---- nobody changes what another reads


@pytest.mark.parametrize("name", SOME)
def test_no_array_of_a_trial_can_be_written_into(name):
    found = everything(Trial.drawn(find_exercise(name), SEED))
    assert found
    assert not any(array.flags.writeable for array in found)


def writes_into_inputs(*arguments):
    for array in arrays(arguments):
        array.flags.writeable = True
        array[...] = 7
    return 7.0


def keeps_and_writes_later(kept=[]):
    def function(*arguments):
        for array in arrays(kept):
            array[...] = 7
        kept.append(arguments)
        return arguments[0]

    return function


@pytest.mark.parametrize(
    "name",
    [
        ONE,
        "softmax.cross_entropy",
        "practice.optimisers",
        "chain_rule.backpropagate",
        "mnist.backprop",
    ],
)
def test_a_hostile_answer_alters_no_trial(name):
    exercise = find_exercise(name)
    trial = Trial.drawn(exercise, SEED)
    before_it = [pickle.dumps(array) for array in everything(trial)]
    for hostile in (writes_into_inputs, keeps_and_writes_later(), keeps_and_writes_later()):
        verdict = judge(
            exercise, answered(trial, (hostile,) * len(exercise.signatures)), trial=trial
        )
        assert not verdict.passed
    assert [pickle.dumps(array) for array in everything(trial)] == before_it
    assert judge(exercise, answered(trial, exercise.solution), trial=trial).passed


def test_what_a_trial_keeps_does_not_grow_with_what_is_handed_in():
    trial = Trial.drawn(find_exercise(ONE), SEED)
    assert [trial.once(("names", k), lambda k=k: k) for k in range(1000)] == list(range(1000))
    assert len(trial._kept) <= MOST_KEPT


def test_threads_read_the_same_numbers():
    trial, found = Trial.drawn(find_exercise("mazur.gradients"), SEED), []
    expected = returned(Trial.drawn(find_exercise("mazur.gradients"), SEED).exact)
    vars(trial).pop("exact")
    threads = [
        threading.Thread(target=lambda: found.append(returned(trial.exact))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_has_what_its_parent_had_computed():
    trial = Trial.drawn(find_exercise(ONE), SEED)
    expected = returned(trial.exact)
    child = os.fork()
    if child == 0:
        os._exit(0 if "exact" in vars(trial) and returned(trial.exact) == expected else 1)
    assert os.waitpid(child, 0)[1] == 0


# ---- the pool


def test_every_seed_is_given_out_once_before_any_comes_again():
    pool = Pool(5)
    rounds = [[pool.seed() for _ in range(5)] for _ in range(40)]
    assert all(sorted(one) == sorted(pool.seeds) for one in rounds)
    assert len(set(map(tuple, rounds))) > 20  # another order each time
    assert len(set(pool.seeds)) == 5


def test_a_run_cannot_be_foretold_from_the_one_before():
    assert not set(Pool(50).seeds) & set(Pool(50).seeds)
    run, other = SimpleNamespace(), SimpleNamespace()
    assert pool_of(run, 5) is pool_of(run, 5)
    assert pool_of(run, 5) is not pool_of(other, 5)


def test_without_a_pool_every_submission_has_a_seed_of_its_own():
    pool = Pool(0)
    seeds = [pool.seed() for _ in range(50)]
    assert len(set(seeds)) == 50
    exercise = find_exercise(ONE)
    assert pool.trial(exercise, seeds[0]) is not pool.trial(exercise, seeds[0])


@pytest.mark.parametrize(
    "name", [ONE, "mnist.reach_95", "practice.split", "softmax.softmax_regression"]
)
def test_a_seed_draws_the_same_in_a_pool_and_out_of_it(name):
    exercise, pool = find_exercise(name), Pool(2)
    seed = pool.seed()
    kept = pool.trial(exercise, seed)
    assert pool.trial(exercise, seed) is kept
    alone = Pool(2).trial(exercise, seed)
    assert alone is not kept
    assert dumps((alone.cases, alone.drawing)) == dumps((kept.cases, kept.drawing))


# ---- grading


def ordered(run, **settings):
    """What the grader puts into a notebook with one test cell: (seed, order, resources)."""
    metadata = {
        "nbgrader": {
            "grade": True,
            "solution": False,
            "locked": True,
            "points": 1,
            "grade_id": "check-backward",
        }
    }
    nb = new_notebook(
        cells=[new_code_cell('check("two_two_one.backward", backward)', metadata=metadata)]
    )
    config = Config()
    config.DrawInputs.update(settings)
    drawer = DrawInputs(config=config)
    drawer.parent = run
    nb, resources = drawer.preprocess(nb, {})
    return nb.cells[0].metadata[KEY]["seed"], nb.cells[0].source, resources[KEY][0]


@pytest.fixture
def run():
    """Stands for nbgrader's exporter, which lives as long as a run of grading."""
    from nbconvert.exporters import NotebookExporter

    return NotebookExporter()


def test_a_class_is_graded_with_as_many_inputs_as_its_pool_holds(run):
    found = [ordered(run, pool=3) for _ in range(9)]
    assert len({seed for seed, _, _ in found}) == len({order for _, order, _ in found}) == 3
    assert {seed for seed, _, _ in found} == set(run.pool.seeds)
    assert len({id(trial) for _, _, trial in found}) == 3


def test_the_inputs_of_a_small_class_all_differ(run):
    size = DrawInputs.pool.default_value
    assert len({ordered(run)[0] for _ in range(size)}) == size > 1


def test_a_recorded_seed_draws_the_same_order_in_another_run(run):
    seed, order, _ = ordered(run, pool=3)
    again, same, trial = ordered(None, seed=seed)
    assert (again, same) == (seed, order)
    assert trial.seed == seed


def test_an_order_holds_the_inputs_and_no_answer(run):
    """It is the same text whatever the grader has computed, and holds the inputs alone."""
    seed, order, trial = ordered(run)
    for alternative in trial.alternatives:
        judge(trial.exercise, answered(trial, alternative.functions), trial=trial)
    assert ordered(None, seed=seed)[1] == order
    exercise = trial.exercise
    inputs = dumps(
        (exercise.name, 1, trial.cases, exercise.limit, exercise.repeat, drawing(exercise, seed))
    )
    assert (
        order
        == f"__import__('autograder.evidence.answering').evidence.answering.answer({inputs!r}, lambda:"
        " (backward,))"
    )


def test_drawing_sets_no_time_limits_and_lets_an_interrupt_through(monkeypatch):
    """The grader's own functions end by themselves; a limit for each of some hundred calls would
    cost more than the calls."""
    limits = []
    monkeypatch.setattr(deadline, "_timer", lambda *given: limits.append(given))
    exercise = find_exercise("two_two_one.forward")
    assert Trial.drawn(exercise, 5).exact.observations and not limits

    def stopped(*arguments):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Trial(exercise, exercise.deck_cases).answers((stopped,))
