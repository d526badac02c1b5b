"""“Where it got lost”: the line at which an answer leaves the right way, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import time
import tomllib
from functools import cache

import numpy as np
import pytest
from lesson_functions import functions, namespace
from lost_bank import BANK, counted, in_a_cell, summary

from autograder import assess
from autograder.check import _held_back
from autograder.evidence import walk
from autograder.evidence.inputs import make
from autograder.evidence.probe import probe, run_case
from autograder.exercises import find_exercise
from autograder.exercises.landmark_ways import WAYS, way_through
from autograder.exercises.landmarks import landmarks
from autograder.judging.judge import draw_cases
from autograder.judging.trial import Trial, filled
from autograder.judging.way import wayfinding

EVERY = 6

SLIP = """def forward(x, W1, W2):
    z1 = x @ W1
    y1 = np.tanh(z1)    # the hidden layer
    z2 = y1 @ W2 + 0.3
    y2 = 1 / (1 + np.exp(-z2))
    return {"z1": z1, "y1": y1, "z2": z2, "y2": y2}
"""


def judged(name, code, **held):
    scope = namespace(name.partition(".")[0]) | held
    in_a_cell(code, scope)
    return assess(name, *functions(name, scope), seed=1)


def forward(code, **held):
    return judged("two_two_one.forward", code, **held)


# ---- what is said


def test_the_line_is_named_with_what_stood_before_it():
    assert (
        forward(SLIP).lost.text
        == "For a random 3-4-2 network: up to line 3 (`y1 = np.tanh(z1)`) your variables hold z⁽¹⁾"
        " and y⁽¹⁾ as they should be. z⁽²⁾ appears in none of them; line 4 (`z2 = y1 @ W2 +"
        " 0.3`) is the next."
    )


def test_it_is_a_paragraph_of_its_own_once():
    found = forward(SLIP)
    for shown in (str(found), found._repr_html_()):
        assert shown.count("Where it got lost") == 1
    assert "<code>z2 = y1 @ W2 + 0.3</code>" in found._repr_html_()


def test_lines_are_counted_in_the_cell():
    assert forward("# my cell\n\nfirst = 1\n\n" + SLIP).lost.line == 8


def test_a_round_of_a_loop_is_named():
    code = """def backprop(X, T, weights, biases):
    a = feedforward(X, weights, biases)
    delta = (a[-1] - T) * a[-1] * (1 - a[-1]) / len(X)
    dweights, dbiases = [], []
    for l in reversed(range(len(weights))):
        dweights.insert(0, a[l].T @ delta + (l == 0))
        dbiases.insert(0, delta.sum(axis=0))
        if l > 0:
            delta = (delta @ weights[l].T) * a[l] * (1 - a[l])
    return dweights, dbiases
"""
    lost = judged("mnist.backprop", code).lost
    assert lost.line == 6
    assert lost.turn > 1
    assert "time it is reached" in lost.text


def test_a_right_value_that_is_not_what_comes_back_is_said_to_be_that():
    lost = forward(SLIP.replace(" + 0.3", "").replace('"y2": y2', '"y2": y2 + 0.1')).lost
    assert "What comes back for y⁽²⁾ is another value" in lost.text
    assert lost.line == 6


def test_a_right_value_that_does_not_come_back_is_said_to_lack_its_key():
    lost = forward(SLIP.replace(" + 0.3", "").replace(', "y2": y2', "")).lost
    assert "has no key 'y2'; your variable for it is right." in lost.text
    assert "is another value" not in lost.text


# ---- where nothing is said


@pytest.mark.parametrize(
    "code",
    [
        SLIP.replace(" + 0.3", ""),  # right
        SLIP.replace("x @ W1", "x @ W1 + 1"),  # nothing is recognised
        SLIP.replace("1 / (1 +", "1 / 1 + (").replace(" + 0.3", ""),  # a known mistake
        (
            'def forward(x, W1, W2):\n    return {"z1": x, "y1": x @ W1, "z2": W2[0], "y2": W2[0] +'
            " 7}\n"
        ),
        SLIP.replace("    y2 =", "    raise ValueError\n    y2 ="),
        "forward = lambda x, W1, W2: {'z1': x, 'y1': x @ W1 + 2, 'z2': W2[0], 'y2': W2[0] + 7}\n",
    ],
)
def test_nothing_is_said_where_nothing_is_to_be_said(code):
    assert forward(code).lost is None


def test_nothing_is_said_of_a_function_whose_text_is_not_known():
    scope = namespace("two_two_one")
    exec(SLIP, scope)
    assert assess("two_two_one.forward", scope["forward"], seed=1).lost is None


def test_an_earlier_function_that_is_wrong_is_named_instead():
    scope = namespace("two_two_one")
    in_a_cell(SLIP, scope)
    found = assess("two_two_one.backward", *functions("two_two_one.backward", scope), seed=1)
    assert found.lost is None


def test_where_a_bug_is_to_be_found_by_measuring_the_first_checks_name_no_line():
    bank = tomllib.loads(BANK.read_text(encoding="utf-8"))["solution"]
    code = next(
        s["code"] for s in bank if s["exercise"] == "two_two_one.backward" and "slope1" in s["code"]
    )
    scope = namespace("two_two_one")
    in_a_cell(code.replace("1 - np.tanh(z1) ** 2", "1 - np.tanh(z1) ** 3"), scope)
    found = assess("two_two_one.break_it", scope["backward"], seed=1)
    assert found.lost is not None
    assert _held_back(found).lost is None


# ---- the run does no harm


def test_a_passing_check_runs_nothing_again(monkeypatch):
    monkeypatch.setattr(wayfinding, "walk", lambda *a: pytest.fail("run again"))
    assert forward(SLIP.replace(" + 0.3", "")).passed


def test_where_something_traces_already_it_is_left_alone():
    mine = lambda frame, event, argument: None
    before = sys.gettrace()
    sys.settrace(mine)
    try:
        assert forward(SLIP).lost is None
        assert sys.gettrace() is mine
    finally:
        sys.settrace(before)


def test_no_trace_function_is_left_behind():
    before = sys.gettrace()
    for code in (SLIP, SLIP.replace("    y2 =", "    raise ValueError\n    y2 =")):
        forward(code)
        assert sys.gettrace() is before


@pytest.mark.parametrize(
    "middle",
    [
        "    for k in range(20_000):\n        z2 = z2 + 0.0\n",
        "    many = [np.zeros(1000) for k in range(3000)]\n",
        "    big = np.zeros(3_000_000)\n",
        "    itself = []\n    itself.append(itself)\n",
        "    number = 10 ** 400\n",
        "    wild = Wild()\n",
        "    try:\n        1 / 0\n    except BaseException:\n        pass\n",
        "    def inner(v):\n        return v\n    z2 = inner(z2)\n",
        "    z2 = np.array([v for v in z2])\n",
        "    z2 = next(v for v in [z2])\n",
    ],
)
def test_whatever_a_function_does_the_verdict_is_the_same(middle):
    class Wild:
        def __array__(self, *args, **kwargs):
            raise SystemExit

        def __eq__(self, other):
            raise KeyboardInterrupt

        __hash__ = None

    code = SLIP.replace("    y2 =", f"{middle}    y2 =")
    started = time.monotonic()
    found = forward(code, Wild=Wild)
    assert time.monotonic() - started < 6
    assert [row.ok for row in found.rows][:4] == [row.ok for row in forward(SLIP).rows][:4]
    assert found.lost is None or found.lost.line in (4, 5)


def test_a_function_that_catches_everything_is_followed_no_longer_than_a_second():
    code = SLIP.replace(
        "    y2 =",
        """    if TURN:
        TURN.pop()
    else:
        while True:
            try:
                time.sleep(0.01)
            except BaseException:
                pass
    y2 =""",
    )
    cases = draw_cases(find_exercise("two_two_one.forward"), 1)
    started = time.monotonic()
    found = forward(code, time=time, TURN=[0] * (len(cases) + 1))
    assert found.lost is None
    assert time.monotonic() - started < 5


def test_a_value_is_a_copy_of_that_moment():
    code = "def f(x):\n    a = x\n    a = a + 1\n    a += 1\n    return a\n"
    scope = {}
    in_a_cell(code, scope)
    from autograder.evidence.inputs import Case

    found = walk.walk((scope["f"],), Case.of("one", np.array([1.0, 2.0])), 0)
    assert [step.changed["a"][()].tolist() for step in found.steps if "a" in step.changed] == [
        [1, 2],
        [2, 3],
        [3, 4],
    ]


# ---- the landmarks


@pytest.mark.parametrize("name", WAYS)
def test_every_result_of_an_exercise_is_a_landmark_of_its_way(name):
    exercise = find_exercise(name)
    case = draw_cases(exercise, 2)[len(exercise.deck_cases)]
    records, live = run_case(exercise.solution, case, 5.0)
    for k, call in enumerate(case.calls):
        way = way_through(name, call.function if isinstance(call.function, int) else None)
        if way is None:
            continue
        found = landmarks(way, tuple(make(argument, live) for argument in call.arguments))
        names = [mark.name for mark in found if mark.name]
        assert len(set(names)) == len(names)
        results: dict = {}
        walk._read(records[k].returned, (), results)
        results = {
            path: v for path, v in results.items() if not any(v is one for one in call.arguments)
        }
        near = [
            path
            for path, v in results.items()
            if any(
                v.size == m.value.size and np.allclose(np.ravel(v), np.ravel(m.value), 1e-7, 1e-10)
                for m in found
            )
        ]
        given = (
            1 if name in ("two_two_one.layers", "mnist.feedforward") and call.function == 0 else 0
        )  # x itself
        assert len(near) >= len(results) - given


# ---- the bank


@cache
def bank():
    return counted(EVERY)


def test_of_a_wrong_answer_the_wrong_line_is_named_and_never_another():
    found = bank()
    able = [one for one in found if one.slip.something_before]
    print(summary(found))
    assert len(able) >= 150
    assert [(one.slip.code, one.verdict.lost.text) for one in found if one.wrong] == []
    assert sum(one.right for one in able) >= 0.8 * len(able), summary(found)


def test_of_answers_that_were_written_before_the_rules_saw_them_no_other_line_is_named():
    found = counted(0)
    assert len(found) >= 50
    assert [(one.slip.code, one.verdict.lost.text) for one in found if one.wrong] == []
    assert sum(one.right for one in found) >= 0.75 * len(found), summary(found)


CHAIN = """def chain_gradients(x, weights, f, f_prime):
    y = x
    zs = []
    for w in weights:
        z = w * y
        zs.append(z)
        y = f(z)
    g, grads = 1.0, []
    for k in range(len(weights) - 1, -1, -1):
        g = g * weights[k] * f_prime(zs[k])
        grads.insert(0, g)
    return np.array(grads)
"""


def test_a_line_that_only_puts_a_right_value_into_a_list_is_not_named():
    for slip in ("f_prime(zs[k]) ** 2", "f_prime(zs[k] + 0.5)"):
        lost = judged("activations.chain_gradients", CHAIN.replace("f_prime(zs[k])", slip)).lost
        assert lost is None or lost.line in (9, 10, 11)


class Rude:
    """An object that fails wherever it is touched."""

    def __array__(self, *arguments, **named):
        raise RuntimeError("no array")

    def __getattr__(self, name):
        raise RuntimeError("no attribute")

    def __len__(self):
        raise RuntimeError("no length")

    __hash__ = None


@pytest.mark.parametrize("name", WAYS)
def test_nothing_of_ours_fails_where_an_answer_is_followed(name):
    """`check` would hide it, so that a verdict is never lost: here it is looked at."""
    exercise = find_exercise(name)
    trial = Trial.drawn(exercise, 1)
    odd = [Rude(), None, "0.5", [1.0, None], {}, np.full((2, 2), np.nan), np.ma.masked, 10**400]
    answers = [filled(exercise, m.functions) for m in exercise.misconceptions[:3]]
    answers += [tuple(lambda *a, v=v: v for _ in exercise.signatures) for v in odd]
    for answer in answers:
        evidence = probe(name, answer, trial.cases, exercise.limit, exercise.repeat)
        wayfinding.lost(exercise, trial.exact, evidence, answer)


AFTER_A_THREAD = """
import sys, threading, time
from autograder.evidence.deadline import TookTooLong, deadline

def in_a_thread(seconds):
    try:
        with deadline(0.05):
            time.sleep(seconds)
            for _ in range(10**7 * (seconds > 0.05)):
                pass
    except TookTooLong:
        rang.append(seconds)

rang = []
for seconds in (0.0, 0.2):
    thread = threading.Thread(target=in_a_thread, args=(seconds,))
    thread.start()
    thread.join()
sys.settrace(lambda *told: None)
sum(map(lambda k: k, range(1000)))
sys.settrace(None)
print(rang)
"""


def test_a_limit_in_a_thread_leaves_nothing_behind_that_stops_a_trace():
    done = subprocess.run(
        [sys.executable, "-c", AFTER_A_THREAD],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "[0.2]\n"
