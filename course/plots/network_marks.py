"""Which units of a network stand still: saturated, dead, vanished. The browser has the same rules
(stepper_marks.js)."""

import math

FLAT = 0.01
"""Below this slope a unit counts as saturated."""
FADED = 1000
"""A gradient that is this many times smaller than the largest at the output has vanished; larger: exploded."""


def marks(network, values, known):
    """What is to be said of each unit, from the numbers that are known.

    Parameters
    ----------
    network : course.network.Network
    values : dict
        key -> number, as `BackwardTrace.values`.
    known : collection of str
        The keys that the walk has computed.

    Returns
    -------
    dict
        (k, i) -> tuple of words: "dead" or "saturated"; "no gradient", "vanished" or "exploded".
    """
    last, found = len(network.sizes) - 1, {}
    start = max((abs(values[f"dy{last}[{i}]"]) for i in range(network.sizes[last])), default=0)
    for k in range(1, last + 1):
        f = network.activations[k - 1]
        for i in range(network.sizes[k]):
            words = []
            if f"y{k}[{i}]" in known:
                slope = float(f.f_prime(values[f"z{k}[{i}]"]))
                if f.name == "relu" and slope == 0:
                    words.append("dead")
                elif abs(slope) < FLAT:
                    words.append("saturated")
            if f"dz{k}[{i}]" in known and math.isfinite(start) and start > 0:
                size = abs(values[f"dz{k}[{i}]"])
                if size == 0:
                    words += [] if words == ["dead"] else ["no gradient"]
                elif size * FADED < start:
                    words.append("vanished")
                elif size > start * FADED:
                    words.append("exploded")
            if words:
                found[k, i] = tuple(words)
    return found


_MEANING = {
    "dead": "the slope is 0 and nothing comes back through it",
    "saturated": f"slope below {FLAT}",
    "no gradient": "nothing comes back",
    "vanished": f"gradient over {FADED} times smaller than at the output",
    "exploded": f"gradient over {FADED} times larger than at the output",
}


def notice(network, values, known, walk):
    """The marks in sentences, an overflow first; "" where there is nothing to say. `walk` are the
    keys in their order."""
    broken = next(
        (k for k, key in enumerate(walk) if key in known and not math.isfinite(values[key])), None
    )
    said = []
    if broken is not None:
        said = [
            f"The numbers overflow: step {broken + 1} gives {values[walk[broken]]}. Nothing after"
            " it can be trusted."
        ]
    found = marks(network, values, known)
    for word, meaning in _MEANING.items():
        where = []
        for k, size in enumerate(network.sizes[1:], 1):
            units = [i for i in range(size) if word in found.get((k, i), ())]
            if len(units) == size:
                where.append(f"all of layer {k}")
            elif units:
                where.append(", ".join(network._unit(k, i) for i in units) + f" of layer {k}")
        if where:
            said.append(f"{word.capitalize()}: {'; '.join(where)} ({meaning}).")
    return " ".join(said)
