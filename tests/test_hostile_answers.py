"""Answers that fight back, by accident or on purpose: nothing they do ends the program or spoils
another verdict."""

from __future__ import annotations

import functools
import signal
import threading
import time

import numpy as np
import pytest

from autograder import assess
from autograder.evidence.inputs import Case
from autograder.evidence.probe import probe
from autograder.exercises import find_exercise
from autograder.exercises import two_two_one as lesson


def verdict(function, name="two_two_one.forward"):
    return assess(name, function, seed=7)


def endless(swallow):
    def divergence(y, d):
        while True:
            try:
                time.sleep(0.01)
            except:
                if not swallow:
                    return lesson.divergence(y, d)

    return divergence


@pytest.mark.parametrize("swallow", [True, False])
def test_a_bare_except_neither_outlives_the_time_limit_nor_hides_it(swallow):
    started = time.monotonic()
    assert "took longer than 2 s" in str(assess("two_two_one.divergence", endless(swallow), seed=1))
    assert time.monotonic() - started < 4


def test_a_result_that_cannot_be_read_loses_its_own_row_only():
    class Hostile:
        def __array__(self, *args, **kwargs):
            raise SystemExit

        def keys(self):
            raise KeyboardInterrupt

    itself = []
    itself.append(itself)
    for value in (Hostile(), itself, np.zeros(2_000_000), [[0.0] * 2_000] * 1_000):
        found = verdict(lambda *a, value=value: {**lesson.forward(*a), "z1": value})
        assert [r.name for r in found.rows if not r.ok] == ["z1"]
        assert verdict(lambda *a, value=value: {"first": value, **lesson.forward(*a)}).passed


@pytest.mark.parametrize("kind", [KeyboardInterrupt, GeneratorExit, BaseException])
def test_no_exception_of_an_answer_ends_the_program(kind):
    class Mute(kind):
        def __str__(self):
            raise SystemExit

    def divergence(y, d):
        raise Mute

    assert "Mute: (its message could not be read" in str(
        assess("two_two_one.divergence", divergence, seed=1)
    )


def test_the_users_own_interrupt_still_stops_everything():
    threading.Timer(0.3, signal.raise_signal, (signal.SIGINT,)).start()
    with pytest.raises(KeyboardInterrupt):
        assess("two_two_one.divergence", lambda y, d: time.sleep(1.5), seed=1)


def test_what_an_answer_does_to_numpys_settings_ends_with_the_call():
    before = np.geterr()
    assert verdict(lambda *a: (np.seterr(all="raise"), lesson.forward(*a))[1]).passed
    assert np.geterr() == before


def test_extra_keys_may_change_from_call_to_call():
    assert verdict(lambda *a: {**lesson.forward(*a), "seconds": time.perf_counter()}).passed


def test_a_decorated_function_is_called_as_it_is_not_as_what_it_wraps():
    def packed(f):
        return functools.wraps(f)(lambda x, W1, W2: f((x, W1, W2)))

    assert verdict(packed(lambda layers: lesson.forward(*layers))).passed


def test_another_change_to_an_input_is_not_called_an_update_in_place():
    found = verdict(
        lambda W1, W2, g, eta: (lesson.update(W1, W2, g, eta), g.update(n=1))[0],
        "two_two_one.update",
    )
    assert [r.name for r in found.rows if not r.ok] == ["inputs unchanged"]
    assert found.diagnosis is None


def test_random_training_that_was_done_in_time_once_may_run_out_of_it_twice():
    def tries(*late):
        calls = []

        def train(n):
            calls.append(n)
            time.sleep(9 if n in late else 0)

        evidence = probe(
            "x.y",
            [train],
            [Case.of("try", k)._replace(alone=True) for k in range(5)],
            limit=0.2,
            repeat=False,
        )
        return calls, [records[0].error is None for records in evidence.observations]

    assert tries(1, 3) == ([0, 1, 2, 3, 4], [True, False, True, False, True])
    assert tries(1, 2, 3) == ([0, 1, 2, 3], [True, False, False, False, False])
    assert tries(0) == (
        [0],
        [False] * 5,
    ), "a function that exceeds its limit is not called with the next seeds"


def test_training_from_numpys_own_generator_is_not_repeatable():
    right = find_exercise("mazur.xor").solution[0]
    found = verdict(lambda rng: right(np.random.default_rng()), "mazur.xor")
    assert [r.name for r in found.rows if not r.ok] == ["same seed, same result"]


def test_a_prediction_that_changes_the_points_loses_one_row():
    def train_xor(rng):
        predict, errors = find_exercise("mazur.xor").solution[0](rng)

        def careless(X):
            found = predict(X)
            X -= 0.5
            return found

        return careless, errors

    assert [r.name for r in verdict(train_xor, "mazur.xor").rows if not r.ok] == [
        "inputs unchanged"
    ]
