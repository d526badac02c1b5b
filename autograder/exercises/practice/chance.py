"""Results that are random: what must hold for every initialisation; `splitting` has the splits."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.evidence.plain import floats
from autograder.exercises.exercise import named
from autograder.exercises.mnist.starting import restarted

NAMED = {
    "1/fan_in": lambda i, o: 1 / i,
    "2/fan_in": lambda i, o: 2 / i,
    "2/(fan_in + fan_out)": lambda i, o: 2 / (i + o),
    "1/(fan_in + fan_out)": lambda i, o: 1 / (i + o),
    "1/fan_out": lambda i, o: 1 / o,
    "2/fan_out": lambda i, o: 2 / o,
    "1": lambda i, o: 1.0,
}
WANTED = {"xavier": "2/(fan_in + fan_out)", "he": "2/fan_in"}
SAID = {
    ("xavier", "1/fan_in"): (
        "this is 1/fan_in: it keeps the signal's size on the way forward, but on the way back"
        " fan_out counts. Xavier is the compromise of both, 2/(fan_in + fan_out)"
    ),
    ("he", "1/fan_in"): (
        "this is 1/fan_in, right for a linear unit. A ReLU loses half of the signal, so the"
        " variance is doubled: 2/fan_in"
    ),
    (
        "xavier",
        "2/fan_in",
    ): "this is He's variance, meant for ReLU: He and Xavier are swapped, or `kind` has no effect",
    (
        "he",
        "2/(fan_in + fan_out)",
    ): "this is Xavier's variance: He and Xavier are swapped, or `kind` has no effect",
    (
        "xavier",
        "1/(fan_in + fan_out)",
    ): "the 2 is missing: 2/(fan_in + fan_out) is one over the mean of fan_in and fan_out",
    ("he", "2/fan_out"): (
        "this is 2/fan_out. A unit adds up what arrives at it, so the variance depends on fan_in,"
        " W.shape[0]"
    ),
    ("xavier", "1"): (
        "this is N(0, 1) for every layer, the start of the digit classifier of lecture 17: a unit"
        " with fan_in inputs then collects a sum of variance fan_in. Divide: 2/(fan_in + fan_out)"
    ),
    ("he", "1/fan_out"): (
        "this is 1/fan_out. A unit adds up what arrives at it, so the variance depends on fan_in:"
        " 2/fan_in"
    ),
}
NAMES = {  # a known slip and words of its explanation
    "1/fan_in for Xavier": "this is 1/fan_in: it keeps",
    "1/fan_in for He": "this is 1/fan_in, right for a linear unit",
    "He's variance for Xavier": "this is He's variance",
    "Xavier's variance for He": "this is Xavier's variance",
    "the 2 missing": "the 2 is missing",
    "fan_out for fan_in": "the variance depends on fan_in",
    "N(0, 1) for every layer": "this is N(0, 1) for every layer",
    "the variance taken for the deviation": "the deviation is the root",
    "half-width of a uniform distribution": "so a is the root of 3",
    "equal weights": "equal weights make equal hidden units",
    "weights of one sign": "all weights have one sign",
    "a pair for each layer": "you returned a pair for each layer",
    "numbers repeated": "many weights are equal",
    "biases not 0": "biases start at 0",
    "randomness from elsewhere": "two calls with the same seed differ",
    "the same whatever the rng": "two different seeds give the same",
    "the generator made anew in every layer": "begin with the same numbers",
    "overlapping sets": "an example is there twice",
    "counted from 1": "yours count from 1",
    "sizes cut down": "Two sizes cut down",
    "not shuffled": "the sets are blocks of neighbouring examples",
    "sorted within the sets": "stand in rising or falling order",
}
TOLERANCE = 0.08  # of the variance: eight standard errors with 20,000 numbers


def _network(record, sizes) -> Any:
    """What came back as (weights, biases), two lists of float arrays with the right number of
    entries; else None."""
    try:
        weights, biases = ([floats(a) for a in arrays] for arrays in record.returned)
    except (TypeError, ValueError):
        return None
    pairs = list(zip(sizes[:-1], sizes[1:], strict=True))
    finite = all(np.isfinite(a).all() for a in (*weights, *biases))
    fits = (
        finite
        and [W.size for W in weights] == [i * o for i, o in pairs]
        and [b.size for b in biases] == [o for _, o in pairs]
    )
    return (
        (weights, biases)
        if fits and not any(isinstance(a, dict) for a in record.returned)
        else None
    )


PAIRS = (
    "you returned a pair for each layer; wanted are all weights in one list, all biases in another"
)
TWO_LISTS = (
    "wanted are two lists of numbers, weights and biases, with an entry for each pair of"
    " neighbouring sizes"
)


def _in_pairs(record, sizes):
    """Whether W and b of a layer came back as a pair, one pair a layer."""
    fits = list(zip(sizes[:-1], sizes[1:], strict=True))
    try:
        found = [[np.size(part) for part in pair] for pair in record.returned]
    except (TypeError, ValueError):
        return False
    return found == [[i * o, o] for i, o in fits]


def _variance_row(name, kind, network, sizes):
    """Whether every layer has the variance of its kind, and if not, whose variance it is. None:
    there are no numbers to look at."""
    wanted = WANTED[kind]
    if network is None:
        return name, False, "—", wanted, ""
    pairs = list(zip(sizes[:-1], sizes[1:], strict=True))
    found = np.array([np.mean((W - W.mean()) ** 2) for W in network[0]])
    is_that = lambda f: all(
        abs(v / f(i, o) - 1) < TOLERANCE for v, (i, o) in zip(found, pairs, strict=True)
    )
    text = ", ".join(f"{v:.3g}" for v in found)
    exact = f"{wanted}: " + ", ".join(f"{NAMED[wanted](i, o):.3g}" for i, o in pairs)
    if is_that(NAMED[wanted]):
        return name, True, text, exact, ""
    if is_that(lambda i, o: NAMED[wanted](i, o) ** 2):
        return (
            name,
            False,
            text,
            exact,
            "the deviation is the root of the variance, and `rng.normal` takes the deviation",
        )
    if is_that(lambda i, o: NAMED[wanted](i, o) / 3) and _kurtosis(network[0][0]) < 2.2:
        return (
            name,
            False,
            text,
            exact,
            (
                "a uniform distribution on (-a, a) has the variance a²/3, so a is the root of 3 ·"
                " variance"
            ),
        )
    if not found.any():
        return (
            name,
            False,
            text,
            exact,
            (
                "equal weights make equal hidden units, and those get equal gradients: they stay"
                " equal for ever"
            ),
        )
    formula = next((formula for formula, f in NAMED.items() if is_that(f)), None)
    said = SAID.get((kind, formula or "")) or (
        f"this is the variance {formula}; wanted is {wanted}" if formula else ""
    )
    return name, False, text, exact, said


def _kurtosis(values):
    """3 for a normal distribution, 1.8 for a uniform one."""
    z = values - values.mean()
    return float(np.mean(z**4) / max(np.mean(z**2) ** 2, 1e-300))


def _not_drawn(values):
    """Why numbers do not look drawn one by one from a normal (kurtosis 3) or a uniform (1.8)
    distribution; else empty."""
    if len(np.unique(values)) < 0.9 * values.size:
        return (
            "many weights are equal; every weight is drawn for itself, or units that start equal"
            " stay equal"
        )
    return (
        ""
        if 1.6 < _kurtosis(values) < 3.3
        else "the weights follow neither a normal nor a uniform distribution"
    )


def judge_initialisation(evidence):
    """The rows for `initialise_scaled`."""
    calls = [
        (c, r)
        for case, rs in zip(evidence.cases, evidence.observations, strict=True)
        for c, r in zip(case.calls, rs, strict=True)
    ]
    networks = [_network(record, call.arguments[0]) for call, record in calls]
    sizes, large = calls[0][0].arguments[0], networks[:5]
    whole = None not in networks
    drawn = [W.ravel() for network in large[:3] if network for W in network[0]]
    quiet = bool(drawn) and None not in large
    means = [abs(float(W.mean())) / max(float(W.std()), 1e-300) for W in drawn]
    one_sign = bool(drawn) and all(np.all(W >= 0) or np.all(W <= 0) for W in drawn)
    zero = quiet and whole and all(not b.any() for _, biases in networks for b in biases)
    same = (
        quiet
        and _alike(large[0], large[3])
        and not _alike(large[0], large[4])
        and repeats(evidence)
        and not restarted(large[0][0])
    )
    odd = next((text for text in map(_not_drawn, drawn) if text), "") if quiet else ""
    unfit = (
        "one W and one b a layer",
        False,
        "not so",
        "W (fan_in, fan_out), b (fan_out,)",
        PAIRS if all(_in_pairs(r, call.arguments[0]) for call, r in calls) else TWO_LISTS,
    )
    asked = (
        ("variance, kind left out", "xavier"),
        ('variance, "xavier"', "xavier"),
        ('variance, "he"', "he"),
    )
    # one network, whatever the sizes and the generator: written down, not drawn
    copied = not whole and _alike(large[0], large[4])
    rows = [
        *([] if whole else [unfit]),
        *(
            _variance_row(name, kind, None if copied else network, sizes)
            for (name, kind), network in zip(asked, large[:3], strict=True)
        ),
        (
            "mean 0",
            quiet and max(means) < 0.05,
            f"{max(means):.3f} deviations off" if quiet else "—",
            "0",
            (
                ""
                if not quiet or max(means) < 0.05 or not one_sign
                else (
                    "all weights have one sign: the next layer's sums then grow with fan_in instead"
                    " of its root"
                )
            ),
        ),
        ("normal or uniform, each weight drawn", quiet and not odd, "", "", odd),
        (
            "biases 0",
            zero,
            "",
            "",
            "" if zero or not quiet else "the random weights break the symmetry; biases start at 0",
        ),
        (
            "the generator decides",
            same,
            "",
            "",
            (
                ""
                if same or not quiet
                else restarted(large[0][0])
                or seeds_told(_alike(large[0], large[3]), _alike(large[0], large[4]))
            ),
        ),
    ]
    shapes = [
        (a.shape, want)
        for (call, _), network in zip(calls, networks, strict=True)
        if network and whole
        for a, want in zip([*network[0], *network[1]], _shapes(call.arguments[0]), strict=True)
        if a.shape != want
    ]
    return named(
        rows
        + general_rows(
            evidence, "an array has shape {}, wanted is {}".format(*shapes[0]) if shapes else ""
        ),
        NAMES,
    )


def seeds_told(same, other):
    """Which of the two seeds went wrong, where one did: the same seed again, or another one."""
    if not same:
        return (
            "two calls with the same seed differ; all randomness comes from `rng`, none from"
            " np.random or random"
        )
    if other:
        return (
            "two different seeds give the same; all randomness comes from the `rng` that is"
            " handed in"
        )
    return "a second call with equal input gives another result"


def _shapes(sizes):
    return [*zip(sizes[:-1], sizes[1:], strict=True), *((o,) for o in sizes[1:])]


def _alike(one, other):
    return (
        one is not None
        and other is not None
        and all(np.array_equal(a, b) for a, b in zip(one[0], other[0], strict=True))
    )


def repeats(evidence):
    """Whether a second call with equal input gave an equal result, although the first was modified
    in between."""
    if evidence.again_case is None:
        return True
    first, second = (
        _lists(records[0].returned)
        for records in (evidence.observations[evidence.again_case], evidence.again)
    )
    return first == second


def _lists(value):
    """Nested lists of plain numbers, to compare results whose parts differ in shape."""
    if isinstance(value, (list, tuple)):
        return [_lists(item) for item in value]
    return value.tolist() if isinstance(value, np.ndarray) else value


def general_rows(evidence, shape):
    """The rows "shape" and "inputs unchanged", where they are lost."""
    changed = any(record.changed for records in evidence.observations for record in records)
    rows = [("shape", False, "", "", shape)] if shape else []
    return rows + (
        [
            (
                "inputs unchanged",
                False,
                "",
                "",
                "the function changes what it is given; work on a copy",
            )
        ]
        if changed
        else []
    )
