"""Results that are random: what must hold for every initialisation and for every split."""

from __future__ import annotations

import numpy as np

from autograder.exercises.exercise import named
from autograder.exercises.mnist.training import restarted

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


def _network(record, sizes):
    """What came back as (weights, biases), two lists of float arrays with the right number of
    entries; else None."""
    try:
        weights, biases = (
            [np.asarray(a, dtype=float) for a in arrays] for arrays in record.returned
        )
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
    said = SAID.get((kind, formula)) or (
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
        and _repeats(evidence)
        and not restarted(large[0][0])
    )
    odd = next((text for text in map(_not_drawn, drawn) if text), "") if quiet else ""
    unfit = (
        "one W and one b a layer",
        False,
        "not so",
        "W (fan_in, fan_out), b (fan_out,)",
        (
            "wanted are two lists of numbers, weights and biases, with an entry for each pair of"
            " neighbouring sizes"
        ),
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
                or _seeds_told(_alike(large[0], large[3]), _alike(large[0], large[4]))
            ),
        ),
    ]
    shapes = [
        (a.shape, want)
        for (call, _), network in zip(calls, networks, strict=True)
        if network
        for a, want in zip([*network[0], *network[1]], _shapes(call.arguments[0]), strict=True)
        if a.shape != want
    ]
    return named(
        rows
        + _general(
            evidence, "an array has shape {}, wanted is {}".format(*shapes[0]) if shapes else ""
        ),
        NAMES,
    )


def _seeds_told(same, other):
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


def _repeats(evidence):
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


def _general(evidence, shape):
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


def _parts(record):
    """Three flat arrays of whole numbers, or None."""
    try:
        parts = [np.asarray(part) for part in record.returned]
        whole = lambda p: (
            p.dtype.kind in "iuf" and np.isfinite(p).all() and np.array_equal(p, np.round(p))
        )
        good = len(parts) == 3 and all(p.size == 0 or whole(p) for p in parts)
        return [p.ravel().astype(int) for p in parts] if good else None
    except (TypeError, ValueError):
        return None


def _labels(parts, n):
    """To which part each index belongs."""
    labels = np.zeros(n, dtype=int)
    for k, part in enumerate(parts):
        labels[part] = k
    return labels


def judge_split(evidence):
    """The rows for `train_validation_test`."""
    calls = [
        (c.arguments, _parts(r))
        for case, rs in zip(evidence.cases, evidence.observations, strict=True)
        for c, r in zip(case.calls, rs, strict=True)
    ]
    readable = all(parts is not None for _, parts in calls)
    disjoint = complete = fitting = readable
    told = (
        {"disjoint": "", "complete": "", "sizes": ""}
        if readable
        else dict.fromkeys(
            ("disjoint", "complete", "sizes"), "wanted are three arrays of indices, counted from 0"
        )
    )
    for (n, fractions, _), parts in calls if readable else ():
        joined = np.concatenate(parts)
        if any(len(p) == 0 and n * f > 1 for p, f in zip(parts, fractions, strict=True)):
            complete, told["complete"] = False, f"n = {n}: one of the three sets is empty"
        if joined.size == 0 or len(np.unique(joined)) < joined.size:
            twice = "an example is there twice: what the network has trained on cannot test it"
            disjoint, told["disjoint"] = False, twice if joined.size else "there are no indices"
        if set(joined.tolist()) != set(range(n)):
            complete = False
            missing, beyond = (
                set(range(n)) - set(joined.tolist()),
                set(joined.tolist()) - set(range(n)),
            )
            told["complete"] = f"n = {n}: " + (
                "indices count from 0 to n - 1; yours count from 1"
                if (missing, beyond) == ({0}, {n})
                else (
                    "indices count from 0 to n - 1"
                    if beyond
                    else f"in no set: {len(missing)} of the examples"
                )
            )
        off = [len(p) - n * f for p, f in zip(parts, fractions, strict=True)]
        if max(map(abs, off)) > 1 + 1e-9:
            cut = max(map(abs, off)) < 2 and joined.size == n
            fitting, told["sizes"] = (
                False,
                f"n = {n}, fractions {fractions}: the sizes are"
                f" {', '.join(str(len(p)) for p in parts)}"
                + (
                    ". Two sizes cut down leave too much for the third: round the places of the two"
                    " cuts"
                    if cut
                    else ""
                ),
            )
    (n, fractions, _), first = calls[0]
    usable = disjoint and complete
    order, why = _random_order(first, n) if usable else (False, "")
    other, again = calls[1][1], calls[2][1]
    same = usable and all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    fixed = usable and np.array_equal(_labels(first, n), _labels(other, n))
    seeded = same and _repeats(evidence) and not fixed
    rows = [
        ("disjoint", disjoint, "", "", told["disjoint"]),
        ("together 0 … n-1", complete, "", "", told["complete"]),
        (
            "sizes",
            fitting,
            ", ".join(str(len(p)) for p in first) if first else "—",
            ", ".join(f"{n * f:.1f}" for f in fractions) + " (each within 1)",
            told["sizes"],
        ),
        ("random order", order, "", "", why),
        (
            "the generator decides",
            seeded,
            "",
            "",
            "" if seeded or not usable else _seeds_told(same, fixed),
        ),
    ]
    bent = (
        [
            np.shape(p)
            for records in evidence.observations
            for r in records
            for p in r.returned
            if np.ndim(p) != 1
        ]
        if readable
        else []
    )
    return named(
        rows
        + _general(
            evidence,
            f"the indices have shape {bent[0]}; one row of numbers is wanted" if bent else "",
        ),
        NAMES,
    )


def _random_order(parts, n):
    """Whether both the membership and the order within the sets look drawn, far beyond what chance
    does to them."""
    labels = _labels(parts, n)
    changes, expected = (
        np.sum(labels[1:] != labels[:-1]),
        (n - 1) * (1 - sum((len(p) / n) ** 2 for p in parts)),
    )
    if changes < 0.7 * expected:
        return (
            False,
            (
                "the sets are blocks of neighbouring examples. Data often come sorted: shuffle"
                " before you cut"
            ),
        )
    for part in parts:
        k = len(part)
        if k > 100 and abs(np.sum(np.diff(part) > 0) - (k - 1) / 2) > 6 * np.sqrt((k + 1) / 12):
            return (
                False,
                "the indices of a set stand in rising or falling order; leave them shuffled",
            )
    return True, ""
