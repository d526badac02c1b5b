"""What a student is told: every kind of bad work has its own words, and partial work its partial
score."""

from __future__ import annotations

import re
import time
from types import FunctionType

import numpy as np
import pytest

from autograder import NotYetRight, assess, check, hint
from autograder.check import _attempts
from autograder.exercises import all_exercises, find_exercise
from autograder.exercises import two_two_one as lesson
from autograder.exercises.exercise import exercise

FORWARD, BACKWARD, UPDATE = "two_two_one.forward", "two_two_one.backward", "two_two_one.update"


def verdict(function, name=FORWARD):
    return assess(name, function, seed=7)


def row(found, name):
    return next(r for r in found.rows if r.name == name)


def test_none_is_called_a_missing_return():
    found = verdict(lambda x, W1, W2: None)
    assert found.score == 0
    assert "`return` missing" in str(found)


def test_a_missing_key_loses_its_row_only():
    found = verdict(lambda *a: {k: v for k, v in lesson.forward(*a).items() if k != "y1"})
    assert [r.name for r in found.rows if not r.ok] == ["y1"]
    assert found.score == pytest.approx(3 / 4)
    assert "'y1' is missing" in row(found, "y1").comment


def test_extra_keys_are_ignored():
    assert verdict(lambda *a: {**lesson.forward(*a), "note": "mine"}).passed


def test_any_mapping_will_do():
    class Results:
        def __init__(self, found):
            self.found = found

        def keys(self):
            return self.found.keys()

        def __getitem__(self, key):
            return self.found[key]

    assert verdict(lambda *a: Results(lesson.forward(*a))).passed


def test_a_wrong_shape_with_right_numbers_loses_the_row_shape_only():
    found = verdict(lambda *a: {**lesson.forward(*a), "z1": lesson.forward(*a)["z1"][:, None]})
    assert [r.name for r in found.rows if not r.ok] == ["shape"]
    assert 0 < found.score < 1
    assert "(2, 1)" in row(found, "shape").comment
    assert "(2,)" in row(found, "shape").comment


def test_wrong_sizes_show_both_shapes():
    found = verdict(lambda *a: {**lesson.forward(*a), "z1": np.zeros(7)})
    assert "the shape is (7,), wanted is (2,)" in row(found, "z1").comment


@pytest.mark.parametrize(("value", "word"), [(np.nan, "nan"), (np.inf, "infinite")])
def test_nan_and_infinity_are_located(value, word):
    def forward(x, W1, W2):
        f = lesson.forward(x, W1, W2)
        f["z1"][0] = value
        return f

    found = verdict(forward)
    assert f"{word}" in row(found, "z1").comment
    assert "[0]" in row(found, "z1").comment


def test_an_exception_names_the_students_own_line():
    def forward(x, W1, W2):
        z1 = x @ W1
        return z1 @ np.ones(99)

    text = str(verdict(forward))
    assert "ValueError" in text
    assert "return z1 @ np.ones(99)" in text
    assert "probe.py" not in text


def test_an_exception_inside_numpy_is_traced_to_the_students_line():
    def forward(x, W1, W2):
        return np.linalg.inv(np.zeros((2, 3)))

    assert "return np.linalg.inv(np.zeros((2, 3)))" in str(verdict(forward))


def test_exit_in_an_answer_does_not_end_the_program():
    def forward(x, W1, W2):
        raise SystemExit("bye")

    assert "SystemExit: bye" in str(verdict(forward))


def test_changing_an_input_loses_one_row_and_names_the_argument():
    def backward(x, d, W1, W2):
        found = lesson.backward(x, d, W1, W2)
        W1 *= 2
        return found

    found = verdict(backward, BACKWARD)
    assert [r.name for r in found.rows if not r.ok] == ["inputs unchanged"]
    assert "W1" in row(found, "inputs unchanged").comment


def test_a_change_inside_the_gradients_is_noticed():
    def update(W1, W2, gradients, eta):
        new = lesson.update(W1, W2, gradients, eta)
        gradients["W1"] *= 0
        return new

    assert "gradients" in row(verdict(update, UPDATE), "inputs unchanged").comment


def test_new_arrays_are_wanted_also_for_eta_zero():
    def update(W1, W2, gradients, eta):
        return (W1, W2) if eta == 0 else lesson.update(W1, W2, gradients, eta)

    found = verdict(update, UPDATE)
    assert [r.name for r in found.rows if not r.ok] == ["new arrays"]


def test_an_endless_loop_costs_one_time_limit():
    def divergence(y, d):
        while True:
            pass

    started = time.monotonic()
    found = assess("two_two_one.divergence", divergence, seed=1)
    assert time.monotonic() - started < 4
    assert found.score == 0
    assert "took longer than 2 s" in str(found)


def test_an_endless_loop_that_swallows_exceptions_is_stopped_as_well():
    def divergence(y, d):
        while True:
            try:
                time.sleep(0.01)
            except Exception:
                continue

    assert "took longer than 2 s" in str(assess("two_two_one.divergence", divergence, seed=1))


def test_printing_is_ignored_and_a_flood_is_mentioned(capsys):
    def forward(*a):
        print("x" * 500_000)
        return lesson.forward(*a)

    found = verdict(forward)
    assert found.passed
    assert "prints a great deal" in str(found)
    assert "xxx" not in capsys.readouterr().out


def test_numpy_warnings_cost_nothing():
    def forward(*a):
        np.log(np.array([-1.0, 0.0]))
        return lesson.forward(*a)

    assert verdict(forward).passed


def test_something_that_is_no_function_is_refused_in_words():
    assert "should be a function" in verdict(3).finding
    assert "without calling it" in verdict(3).finding


def test_wrong_parameters_show_both_signatures():
    text = str(verdict(lambda x, W: 1))
    assert "forward(x, W1, W2)" in text
    assert "(x, W)" in text


def test_a_generator_and_texts_are_no_numbers():
    found = verdict(
        lambda *a: {
            **lesson.forward(*a),
            "z1": (v for v in (1, 2)),
            "y1": "many",
            "z2": [[1], [2, 3]],
        }
    )
    assert not any(row(found, name).ok for name in ("z1", "y1", "z2"))
    assert row(found, "y2").ok


def test_closures_classes_partials_and_bound_methods_are_called_as_handed_over():
    from functools import partial

    class Network:
        def forward(self, x, W1, W2):
            return lesson.forward(x, W1, W2)

        def __call__(self, x, W1, W2):
            return lesson.forward(x, W1, W2)

    for function in (
        Network().forward,
        Network(),
        partial(lesson.forward),
        lambda *a, **k: lesson.forward(*a, **k),
    ):
        assert verdict(function).passed


def test_a_function_that_remembers_its_last_call_loses_the_second_call_row():
    calls = []

    def divergence(y, d):
        calls.append(1)
        return lesson.divergence(y, d) + (len(calls) > 4)

    found = assess("two_two_one.divergence", divergence, seed=1)
    assert not row(found, "second call").ok


def test_a_cached_result_that_the_caller_modifies_is_noticed():
    cache = {}

    def forward(x, W1, W2):
        return cache.setdefault(
            (x.tobytes(), W1.tobytes(), W2.tobytes()), lesson.forward(x, W1, W2)
        )

    found = verdict(forward)
    assert not row(found, "second call").ok


def test_the_decks_misprint_is_recognised_as_one():
    def forward(x, W1, W2):
        f = lesson.forward(x, W1, W2)
        return {**f, "z2": np.array([-0.124615])} if len(x) == 2 and W1.shape == (2, 2) else f

    comment = row(verdict(forward), "z2").comment
    assert "misprint" in comment
    assert "0.124615" in comment


def test_the_deck_column_shows_what_the_deck_prints():
    found = verdict(lesson.forward)
    assert "0.1683" in row(found, "y1").deck
    assert "misprint" in row(found, "z2").comment


@pytest.mark.parametrize("one", [e for e in all_exercises() if e.deck], ids=lambda one: one.name)
def test_no_deck_is_said_to_print_what_it_does_not(one):
    told = [each.deck for each in assess(one.name, *one.solution, seed=7).rows if each.deck]
    assert all(re.search(r"\w", deck) and "printed" not in deck for deck in told), told


def test_one_slip_is_described_by_ratio_sign_and_place():
    def with_z1(change):
        def backward(*a):
            g = lesson.backward(*a)
            return {**g, "z1": change(g["z1"]), "W1": g["W1"]}

        return verdict(backward, BACKWARD)

    assert "3 times the exact one" in with_z1(lambda v: 3 * v).finding
    assert "wrong sign" in with_z1(lambda v: -v).finding
    assert "zero throughout" in with_z1(lambda v: 0 * v).finding
    assert "opposite order" in with_z1(lambda v: v[::-1]).finding
    assert with_z1(lambda v: 3 * v).diagnosis is None


def test_reading_notebook_variables_instead_of_arguments_is_noticed():
    found = verdict(lambda x, W1, W2: lesson.forward(lesson.X, lesson.W1, lesson.W2))
    assert "read from the notebook instead of from the arguments" in found.finding


def on_a_wrong_forward(
    slope, forward="f = right(x, W1, W2)\n    f['y1'] = 2 * f['y1']\n    return f"
):
    scope = {"np": np, "right": lesson.forward}
    exec(
        f"def forward(x, W1, W2):\n    {forward}\ndef backward(x, d, W1, W2):\n    f = forward(x,"
        f" W1, W2)\n    dz2 = f['y2']*(1-f['y2'])*(f['y2']-d)\n    dz1 = {slope}*(W2@dz2)\n   "
        " return dict(y2=f['y2']-d, z2=dz2, W2=np.outer(f['y1'], dz2), y1=W2@dz2, z1=dz1,"
        " W1=np.outer(x, dz1))\n",
        scope,
    )
    return verdict(scope["backward"], BACKWARD)


def test_a_wrong_earlier_function_is_named_and_costs_nothing():
    found = on_a_wrong_forward("(1-f['y1']**2)")
    assert found.passed
    assert found.notes == (
        (
            "With drawn values in place of your `forward`, `backward` is right: the slip is in"
            " `forward`."
        ),
    )


def test_beside_a_wrong_earlier_function_a_slip_of_its_own_is_shown_and_costs_what_it_costs():
    found = on_a_wrong_forward("f['y1']")
    assert [row.name for row in found.rows if not row.ok] == ["z1"]
    assert found.score == pytest.approx(5 / 6)
    assert "with drawn values in place of your `forward`" in found.case
    assert "uses your `forward`, which did not pass" in found.hint
    assert found.diagnosis is None


def test_where_the_earlier_function_is_not_written_that_one_is_named():
    found = on_a_wrong_forward("(1-f['y1']**2)", "raise NotImplementedError")
    assert found.passed
    assert "`backward` is right: `forward` is not written yet." in str(found)
    found = assess("mazur.xor", on_the_unwritten := _calling_an_unwritten())
    assert "`forward` is not written yet, and `train_xor` calls it." in found.finding
    assert on_the_unwritten


def _calling_an_unwritten():
    scope = {}
    exec(
        compile(
            "def forward(*a):\n    raise NotImplementedError\ndef train_xor(rng):\n    return"
            " forward(rng)\n",
            "notebook",
            "exec",
        ),
        scope,
    )
    return scope["train_xor"]


def test_the_verdict_reads_as_plain_text_and_escapes_html():
    def forward(x, W1, W2):
        raise ValueError("<script>alert(1)</script>")

    found = verdict(forward)
    assert "<script>" in str(found)
    assert "<script>" not in found._repr_html_()
    assert "&lt;script&gt;" in found._repr_html_()


def test_check_shows_the_verdict_and_raises_until_it_is_right(capsys):
    check(FORWARD, lesson.forward)
    assert "all right" in capsys.readouterr().out
    with pytest.raises(NotYetRight, match="two_two_one.forward"):
        check(FORWARD, lambda *a: None)


def test_each_failing_check_allows_one_more_hint(capsys):
    _attempts.forget(UPDATE)
    hint(UPDATE)
    assert "Try it first" in capsys.readouterr().out
    for rung, wrong in enumerate((lambda *a: None, lambda *a: 0, lambda *a: 1), start=1):
        for _ in range(3):  # the same code again is not another try
            with pytest.raises(NotYetRight):
                check(UPDATE, wrong)
        capsys.readouterr()
        hint(UPDATE)
        out = capsys.readouterr().out
        assert f"Hint {rung} of 3" in out
        assert f"Hint {rung + 1} of 3" not in out
        assert ("Change something and run the check again" in out) == (rung < 3)


def test_entry_by_entry_where_a_matrix_product_was_meant_is_named():
    def forward(x, W1, W2):
        z1 = x * W1
        return {**lesson.forward(x, W1, W2), "z1": z1}

    assert (
        "Yours is `x * W1`, entry by entry. The matrix product `x @ W1` is the exact one"
        in verdict(forward).finding
    )
    added = verdict(lambda x, W1, W2: {**lesson.forward(x, W1, W2), "z1": x + W1})
    assert "Yours is" not in added.finding


def test_an_exercise_that_lacks_something_says_what():
    with pytest.raises(
        TypeError,
        match=r"two_two_one.mine lacks .*section \(the heading.*oracle \(the same computed",
    ):
        exercise(
            "two_two_one.mine",
            "f(x) -> y",
            points=1,
            solution=lesson.divergence,
            results="y",
            draw=lambda rng: [],
        )
    with pytest.raises(TypeError, match="write the solution with def"):
        exercise(
            "two_two_one.mine",
            "f(x) -> y",
            points=1,
            section="s",
            solution=lambda x: x,
            oracle=lesson.divergence,
            results="y",
            draw=lambda rng: [],
        )


def test_a_given_function_that_uses_an_unwritten_one_is_not_called_unwritten():
    def forward(x, W1, W2):
        raise NotImplementedError

    scope = {"forward": forward}
    exec(
        compile("def backward(x, d, W1, W2):\n    return forward(x, W1, W2)\n", "cell", "exec"),
        scope,
    )
    found = verdict(scope["backward"], BACKWARD)
    assert "`forward` is not written yet, and `backward` calls it." in found.finding
    assert found.written and not verdict(forward).written


def test_an_unknown_exercise_names_the_near_ones():
    with pytest.raises(
        KeyError,
        match="^there is no exercise 'two_two_one.foward'; did you mean two_two_one.forward",
    ) as caught:
        hint("two_two_one.foward")
    assert caught.value._render_traceback_() == [f"NoSuchExercise: {caught.value}"]


@pytest.mark.parametrize("seed", range(20))
def test_random_wrong_answers_are_not_accused_of_a_known_bug(seed):
    rng = np.random.default_rng(seed)

    def noise(shape):
        return rng.normal(size=shape)

    found = verdict(
        lambda *a: {k: v + noise(v.shape) for k, v in lesson.backward(*a).items()}, BACKWARD
    )
    assert found.score == 0
    assert found.diagnosis is None


def test_a_matrix_is_shown_row_by_row_with_all_its_digits():
    found = verdict(lesson.backward, BACKWARD)
    assert "[[−0.11232249, −0.038222892],\n [−0.040844542, −0.013899233]]" in found._repr_html_()
    assert any(
        line.startswith("[[-0.11232249, -0.038222892],")
        for line in str(found).split("∂Div/∂W⁽¹⁾")[1].lstrip().splitlines()
    )


def test_properties_that_hold_are_named_in_words_below_the_table():
    assert (
        "Also right: the shapes; the inputs are left as they are; a second call gives the same."
        in str(verdict(lesson.forward))
    )


def test_a_planted_bug_is_not_named_before_the_third_failing_check(capsys):
    name = "two_two_one.break_it"
    _attempts.forget(name)
    planted = find_exercise(name).planted
    named = []
    for tries in (planted, planted, planted, _changed(planted, 1), _changed(planted, 2)):
        with pytest.raises(NotYetRight):
            check(name, *tries)
        named.append("logistic slope" in capsys.readouterr().out)
    assert named == [False, False, False, False, True]


def _changed(functions, number):
    """The same functions, each with a harmless parameter more."""
    changed = []
    for function in functions:
        copy = FunctionType(
            function.__code__,
            function.__globals__,
            function.__name__,
            function.__defaults__,
            function.__closure__,
        )
        copy.__kwdefaults__ = {**(function.__kwdefaults__ or {}), "unused": number}
        changed.append(copy)
    return changed
