"""One slip costs one slip: a function that calls an earlier one is judged by itself, with drawn
values in its place."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest
from lesson_functions import functions, handed_over, namespace, sources

from autograder import assess
from autograder.evidence.drawn import StandIn, probe_drawn, reached
from autograder.evidence.probe import probe
from autograder.exercises import all_exercises, find_exercise, lesson_exercises
from autograder.judging.apart import Own, before, drawing
from autograder.judging.judge import draw_cases, judge
from autograder.judging.table import tabulate

BUILT = [e for e in all_exercises() if e.ways]
#: Which function calls which earlier one, in the lessons' own solutions.
PAIRS = [
    (later.name, earlier.name) for later in all_exercises() for earlier in before(later)
    if {s.name for s in earlier.signatures} & set().union(*(
        reached(f, tuple(s.name for s in earlier.signatures)) for f in functions(later.name, namespace(later.lesson))))
]  # fmt: skip
#: Judged by what a network has learnt: with drawn values it learns nothing.
# a few slips are enough
SLOW = {"mnist.sgd", "mnist.backprop", "softmax.softmax_regression", "logistic_neuron.train"}
LEARNT = {"mnist.reach_95", "mazur.xor"}
JUDGED_APART = [pair for pair in PAIRS if pair[0] not in LEARNT]
ids = lambda pair: (
    f"{pair[0]}-calls-{pair[1].partition('.')[2]}" if isinstance(pair, tuple) else None
)


def test_every_lesson_where_one_function_calls_another_is_covered():
    assert {later for later, _ in JUDGED_APART} <= {e.name for e in BUILT}
    for later, earlier in JUDGED_APART:
        looks = drawing(find_exercise(later), 1).looks
        named = [s.name for s in find_exercise(earlier).signatures]
        assert set(named) & set(looks), (later, earlier)


@pytest.mark.parametrize(
    "exercise", [e for e in all_exercises() if e.looks and not e.planted], ids=lambda e: e.name
)
def test_drawn_values_have_the_form_of_the_exact_ones_and_depend_on_the_arguments(exercise):
    later = next(
        e for e in reversed(lesson_exercises(exercise.lesson)) if e.ways and exercise in before(e)
    )
    for k, signature in enumerate(exercise.signatures):
        if signature.name not in exercise.looks:
            continue
        stand_in = StandIn(signature.name, drawing(later, 3).looks[signature.name], 5)
        cases = draw_cases(exercise, 3)
        exact = probe(exercise.name, exercise.solution, cases, exercise.limit, repeat=False)
        found = probe(
            exercise.name,
            (stand_in,) * len(exercise.signatures),
            cases,
            exercise.limit,
            repeat=False,
        )
        seen = []
        for case, one, other in zip(cases, exact.observations, found.observations, strict=True):
            for call, a, b in zip(case.calls, one, other, strict=True):
                if call.function == k:
                    assert b.error is None, b.error
                    if signature.name != "minibatches":  # pairs of columns, cut in its own way
                        assert form(a.returned) == form(b.returned)
                    seen.append(str(b.returned))
        assert len(set(seen)) > 1


def form(value):
    if isinstance(value, dict):
        return {key: form(item) for key, item in value.items()}
    return [form(item) for item in value] if isinstance(value, list) else np.shape(value)


@pytest.mark.parametrize("exercise", BUILT, ids=lambda e: e.name)
def test_every_way_of_building_a_solution_on_exact_earlier_ones_gives_the_solution(exercise):
    cases = (
        draw_cases(exercise, 4)
        if exercise.properties is None
        else tuple(exercise.draw_apart(np.random.default_rng(4)))
    )
    exact = probe(exercise.name, exercise.solution, cases, exercise.limit, repeat=False)
    own = Own(exercise.lesson)
    ways = [exercise.ways.get(s.name, ()) or (None,) for s in exercise.signatures]
    for chosen in product(*ways):
        built = tuple(
            (lambda *a, way=way: way(own, *a)) if way else right
            for way, right in zip(chosen, exercise.solution, strict=True)
        )
        table = tabulate(
            exercise,
            exact,
            probe(exercise.name, built, cases, exercise.limit, repeat=False),
            exercise.rules,
        )
        assert [row for row, entries in table.items() for _, c in entries if not c.right] == []


# ---- the bank: each slip of an earlier function, the solution of a later one


def slips(earlier):
    """Each known slip of an exercise, as functions for a notebook; and one that nobody knows."""
    exercise = find_exercise(earlier)
    for slip in exercise.misconceptions:
        yield (
            slip.name,
            {s.name: f for s, f in zip(exercise.signatures, slip.functions, strict=True) if f},
        )
    yield (
        "unwritten",
        {
            s.name: f"def {s.name}(*a, **k):\n    raise NotImplementedError"
            for s in exercise.signatures
        },
    )
    yield "always None", {s.name: lambda *a, **k: None for s in exercise.signatures}


@cache
def asked(name):
    """The inputs of an exercise and what stands in, drawn once."""
    return draw_cases(find_exercise(name), 11), drawing(find_exercise(name), 11)


def judged(name, scope, earlier):
    """The verdict on a notebook's functions when it is known how the earlier ones stand."""
    exercise, (cases, drawn), handed = find_exercise(name), asked(name), functions(name, scope)
    evidence = probe(name, handed, cases, exercise.limit, exercise.repeat)
    again = probe_drawn(name, handed, cases, exercise.limit, exercise.repeat, drawn)
    return judge(exercise, replace(evidence, drawn=again), earlier, drawn)


@pytest.mark.parametrize("pair", JUDGED_APART, ids=ids)
def test_a_slip_in_an_earlier_function_costs_nothing_in_a_later_one_and_is_not_named_there(pair):
    later, earlier = pair
    lesson, called = later.partition(".")[0], [s.name for s in find_exercise(earlier).signatures]
    tried, told, bank = 0, 0, list(slips(earlier))
    for name, wrong in bank if later not in SLOW else bank[-3:]:
        scope = namespace(lesson, **wrong)
        before_it = dict(scope)
        found = judged(later, scope, dict.fromkeys(called, None if name == "unwritten" else False))
        assert found.passed, (name, str(found))
        assert found.diagnosis is None
        said = " ".join(text for _, text in found.paragraphs())
        if said:  # with the earlier one as it is not even that is right
            tried += 1
            assert "With drawn values in place of your" in said
            # none where the earlier one is no function that can be looked into
            reason = said.partition("right: ")[2]
            assert (
                not reason
                or ("not written yet" if name == "unwritten" else "the slip is in") in reason
            ), said
            assert not reason or any(f"`{one}`" in reason for one in called), said
            told += bool(reason)
        assert {key: scope[key] for key in before_it} == before_it
    assert tried >= told >= 2


@pytest.mark.parametrize("pair", [pair for pair in JUDGED_APART if pair[0] not in SLOW], ids=ids)
def test_a_check_finds_out_by_itself_that_the_slip_is_in_the_earlier_function(pair):
    later, earlier = pair
    name, wrong = next(iter(slips(earlier)))
    found = assess(later, *functions(later, namespace(later.partition(".")[0], **wrong)), seed=11)
    assert found.passed, (name, str(found))


#: A slip in a later function, as a text to be replaced in the lesson's solution.
LATER_SLIPS = {
    "two_two_one.backward": (("y2 - d  ", "d - y2  "), ("W2 @ dz2", "W2 @ dy2"), ("(1 - y1**2)", "y1 * (1 - y1)"), ("np.outer(x, dz1)", "np.outer(dz1, x)"),
                             ("forward(x, W1, W2)", "forward(x[::-1], W1, W2)")),
    "mazur.deltas": (("out_o - target", "target - out_o"), ("* out_h * (1 - out_h)", ""), ("delta_o @ W2.T", "(out_o - target) @ W2.T")),
    "mazur.gradients": (('np.outer(i, delta["h"])', 'np.outer(delta["h"], i)'), ('"b1": delta["h"]', '"b1": 0 * delta["h"]'),
                        ("np.outer(out_h, ", "np.outer(forward(i, W1, b1, W2, b2)['net_h'], ")),
    "mazur.update": (("W1 - eta", "W1 + eta"), ('W2 - eta * g["W2"]', 'W2 - g["W2"]'),
                     ('W1 - eta * g["W1"], W2 - eta * g["W2"]', 'W1 - eta * gradients(i, target, W1, b1, W2 - eta * g["W2"], b2)["W1"], W2 - eta * g["W2"]')),
    "mazur.train": (('if biases == "trained":', "if True:"), ("b1 - eta", "b1 + eta"), ("for _ in range(steps):\n        g = gradients(i, target, W1, b1, W2, b2) ",
                    "g = gradients(i, target, W1, b1, W2, b2)\n    for _ in range(steps):\n        pass ")),
    "softmax.jacobian": (("np.diag(p) - ", ""), ("- np.outer", "+ np.outer")),
    "softmax.combined": (("/ len(Z)", ""), ("softmax(Z) - T", "T - softmax(Z)")),
    "softmax.output_layer": (("dZ @ W.T", "dZ @ W.T / len(H)"), ("dZ.sum(axis=0)", "dZ.mean(axis=0)")),
    "softmax.softmax_regression": (("b - eta", "b + eta"), ("losses.append(", "losses.append(2 * ")),
    "softmax.two_classes": (("[:, 0]", "[:, 1]"),),
    "logistic_neuron.gradients": (("(a - y)", "(y - a)"), ("/ x.shape[1]", "/ x.shape[0]")),
    "logistic_neuron.train": (("w - eta", "w + eta"), ("b = b - eta * g[\"b\"]", "pass"), ("losses.append(loss(forward(w, b, X)[1], Y))", "losses.append(loss(forward(w, b, x)[1], y))")),
    "mnist.backprop": (("* a[l] * (1 - a[l]) ", " "), ("a[-1] - T", "T - a[-1]")),
    "mnist.sgd": (("p -= eta * g", "p += eta * g"), ("p -= eta * g", "p -= g"), ("progress(epoch, history[-1])", "pass")),
    "mnist.accuracy": (("argmax", "argmin"),),
    "activations.leaky_family": (("sigmoid(z)", "2 * sigmoid(z)"),),
}  # fmt: skip
#: The function in which the slip is, where the exercise asks for several.
WHERE = {"activations.leaky_family": "softplus_derivative"}
BROKEN = [
    (later, old, new, earlier)
    for later, changes in LATER_SLIPS.items()
    for old, new in changes
    for l, earlier in JUDGED_APART
    if l == later
]


@pytest.mark.parametrize(
    ("later", "old", "new", "earlier"), BROKEN, ids=[f"{b[0]}-{k}" for k, b in enumerate(BROKEN)]
)
def test_a_slip_in_the_later_function_is_never_right_whatever_the_earlier_one_is(
    later, old, new, earlier
):
    lesson, name = later.partition(".")[0], WHERE.get(later, handed_over(later)[0])
    assert old in sources(lesson)[name], "the lesson's text has changed"
    called = [s.name for s in find_exercise(earlier).signatures]
    for wrong, right in (({}, True), (next(iter(slips(earlier)))[1], False)):
        scope = namespace(lesson, **wrong, **{name: sources(lesson)[name].replace(old, new)})
        assert not judged(later, scope, dict.fromkeys(called, right)).passed


def test_every_exercise_that_is_judged_apart_has_a_slip_of_its_own_in_the_bank():
    assert set(LATER_SLIPS) >= {
        later for later, _ in JUDGED_APART if not find_exercise(later).planted
    }


@pytest.mark.parametrize("exercise", [e for e in BUILT if e.planted], ids=lambda e: e.name)
def test_the_bug_as_it_was_released_is_worth_nothing_on_a_wrong_earlier_function_either(exercise):
    from autograder.plugins.planted import plant

    lesson, name = exercise.lesson, handed_over(exercise.name)[0]
    for earlier in before(exercise):
        names = [s.name for s in earlier.signatures]
        for _, wrong in (
            slips(earlier.name) if set(names) & reached(namespace(lesson)[name], names) else ()
        ):
            scope = namespace(lesson, **wrong, **{name: plant(sources(lesson)[name])})
            assert judged(exercise.name, scope, dict.fromkeys(names, False)).score == 0
