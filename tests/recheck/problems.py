"""Why a quantity could not be compared: what is said of shapes, keys, missing results and
exceptions.
"""

from __future__ import annotations

import re

import numpy as np

from autograder.evidence.plain import Opaque
from recheck.facts import Facts, Held, numbers, part_of
from recheck.printed import index, shape

SHAPE = r"\((?:\d+(?:, ?\d+)*,?)?\)"


def raised(facts: Facts, held: Held) -> str:
    """The sentence on the exception that stands behind a quantity; "" where there was none."""
    return in_words(facts, facts.record_behind(facts.evidence, held.case, held.call))


def in_words(facts: Facts, record) -> str:
    """An exception as a verdict names it: what was raised, with its message and the student's
    line.
    """
    error = record.error
    if error is None:
        return ""
    asked = None if record.function is None else facts.exercise.signatures[record.function]
    name = asked.name if asked else "the function that came back"
    if error.kind == "took too long":
        late = f"{name} took longer than {error.message}; is there a loop that never ends?"
        return late if error.message.endswith(" s") else error.message
    if error.kind == "wrong parameters":
        called = asked.text.split(" ->")[0]
        return f"{name} is called as {called}, but your function takes {error.message}"
    if error.kind in ("not a function", "no result"):
        return error.message
    return (
        error.kind
        + f": {error.message}" * bool(error.message)
        + f" ({error.where})" * bool(error.where)
    )


def wrong_with(facts: Facts, held: Held, said: str) -> str | None:
    """Hold a sentence on why a quantity could not be compared against what came back.

    Returns
    -------
    str or None
        What is not so, "" where all is; None where the sentence is none of these.
    """
    said = said.rstrip(".?")
    if error := raised(facts, held):
        return (
            "" if said == error.rstrip(".?") else f"what was raised is “{error}”, said is “{said}”"
        )
    number = re.fullmatch(
        r"number (\d+) of (\d+) is the first wrong one( on the way back)?(?:: (.*))?",
        said,
        re.DOTALL,
    )
    if number:
        return _in_a_list(
            held, int(number[1]) - 1, int(number[2]), bool(number[3]), number[4] or ""
        )
    if held.single and held.pairs and (known := wrong_array(*held.pairs[0], said)) is not None:
        return known
    return _missing(facts, held, said)


def wrong_array(mine: np.ndarray, exact: np.ndarray, said: str) -> str | None:
    """The same for one array: its shape, or an entry that is no number."""
    if found := re.fullmatch(rf"the shape is ({SHAPE}), wanted is ({SHAPE})", said):
        told = shape(found[1]), shape(found[2])
        return (
            ""
            if told == (mine.shape, exact.shape) != told[::-1]
            else f"the shapes are {mine.shape}, {exact.shape}"
        )
    if found := re.fullmatch(r"(nan \(not a number\)|infinite)(?: at (\[.*\]))?", said):
        at = index(found[2] or "")
        flat = mine.reshape(exact.shape)
        bad = [tuple(map(int, place)) for place in np.argwhere(~np.isfinite(flat))]
        test = np.isnan if found[1].startswith("nan") else np.isinf
        return "" if bad and bad[0] == at and test(flat[at]) else f"not finite are {bad}"
    return None


def _in_a_list(held: Held, place: int, length: int, backwards: bool, why: str) -> str:
    if len(held.parts) != length:
        return f"{len(held.parts)} arrays of {len(held.exact)} came back"
    wrong = [k for k, (_, _, ok) in enumerate(held.parts) if not ok]
    if not wrong or wrong[-1 if backwards else 0] != place:
        return f"wrong are {[k + 1 for k in wrong]}"
    raw, exact, _ = held.parts[place]
    array = numbers(raw)
    answer = (
        _no_numbers(raw, exact, why)
        if array is None
        else wrong_array(array, exact, why)
        if why
        else ""
    )
    return f"nothing such is known of {raw}" if answer is None else answer


def kind_of(value) -> str:
    """What something is, in the verdict's words."""
    if isinstance(value, Opaque):
        known = {"complex": "complex numbers", "text": "text", "date": "dates"}
        return known.get(value.kind) or (
            value.kind if " " in value.kind else f"an object of type {value.kind}"
        )
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    words = {
        dict: "a dictionary",
        list: "a list or tuple",
        str: "a text",
        bool: "a truth value",
        type(None): "None",
    }
    return words.get(type(value), "a number")


def _missing(facts: Facts, held: Held, said: str) -> str | None:
    returned = facts.record_behind(facts.evidence, held.case, held.call).returned
    if re.match(r"nothing came back", said):
        return "" if returned is None else "something came back"
    within = [part_of(returned, held.path[:k]) for k in range(len(held.path) + 1)]
    if found := re.fullmatch(r"'(.*)' is None", said):
        return "" if found[1] == str(held.path[-1]) and within[-1] is None else "it is not None"
    if found := re.fullmatch(r"result number (\d+) is None", said):
        return "" if int(found[1]) - 1 == held.path[-1] and within[-1] is None else "it is not None"
    if found := re.fullmatch(
        r"a dictionary with the key '(.*)' is wanted, not (.*)", said, re.DOTALL
    ):
        kinds = {kind_of(value) for value in within if not isinstance(value, dict)}
        return "" if found[1] in held.path and found[2] in kinds else f"came back is {kinds}"
    if found := re.fullmatch(
        r"the key '(.*?)' is missing \(keys returned: (.*)\)", said, re.DOTALL
    ):
        keys = [value for value in within if isinstance(value, dict) and found[1] not in value]
        told = [", ".join(map(repr, list(value)[:8])) or "none" for value in keys]
        return "" if found[1] in held.path and found[2] in told else f"the keys are {told}"
    if found := re.fullmatch(
        r"several results are wanted, separated by commas, not (.*)", said, re.DOTALL
    ):
        return (
            "" if found[1] in map(kind_of, within) and isinstance(held.path[0], int) else "not so"
        )
    if found := re.fullmatch(r"result number (\d+) is missing: (\d+) came back", said):
        sizes = [
            len(value)
            for value in within
            if isinstance(value, list) or isinstance(value, np.ndarray) and value.ndim
        ]
        return (
            ""
            if int(found[1]) - 1 in held.path and int(found[2]) in sizes
            else f"{sizes} came back"
        )
    return _no_numbers(held.mine, held.exact, said)


def _no_numbers(mine, exact, said: str) -> str | None:
    if found := re.fullmatch(r"a list of (\d+) arrays is wanted, not (.*)", said, re.DOTALL):
        return (
            ""
            if int(found[1]) == len(exact) and found[2] == kind_of(mine)
            else f"it is {kind_of(mine)}"
        )
    if found := re.fullmatch(r"a list of (\d+) is wanted, (\d+) came back", said):
        return (
            ""
            if (int(found[1]), int(found[2])) == (len(exact), len(mine))
            else f"{len(mine)} came back"
        )
    if found := re.fullmatch(r"numbers are wanted, not (.*)", said, re.DOTALL):
        return (
            "" if numbers(mine) is None and found[1] == kind_of(mine) else f"it is {kind_of(mine)}"
        )
    if found := re.fullmatch(
        r"numbers are wanted; (.*) (?:is among what came back|came back that is none)",
        said,
        re.DOTALL,
    ):
        inside, pending = set(), [mine]
        while pending:
            part = pending.pop()
            inside.add(kind_of(part))
            pending += part if isinstance(part, list) else []
        return "" if numbers(mine) is None and found[1] in inside else f"among it is {inside}"
    if said.startswith("the rows have different lengths"):
        return "" if numbers(mine) is None and isinstance(mine, list) else "all of it are numbers"
    return None
