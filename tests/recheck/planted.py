"""Wrong answers whose verdicts are true, and false claims of every kind to plant in them."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from autograder.exercises import find_exercise
from autograder.exercises import two_two_one as lesson


def backward(**slips):
    """A backward pass in which some gradients are changed."""
    return lambda *a: {
        **(g := lesson.backward(*a)),
        **{key: change(g[key]) for key, change in slips.items()},
    }


def forward(**slips):
    return lambda *a: {
        **(f := lesson.forward(*a)),
        **{key: change(f[key]) for key, change in slips.items()},
    }


ANSWERS = {
    "transposed": ("two_two_one.backward", backward(W1=np.transpose)),
    "negative": ("two_two_one.backward", backward(W1=np.negative)),
    "threefold": ("two_two_one.backward", backward(W1=lambda v: 3.5 * v)),
    "an entry": ("two_two_one.backward", backward(W1=lambda v: v + np.eye(*v.shape) * 0.3)),
    "a row less": ("two_two_one.backward", backward(W1=lambda v: v[:-1])),
    "nan": ("two_two_one.backward", backward(W1=lambda v: v * np.nan)),
    "follows": ("two_two_one.forward", lambda x, W1, W2: _with_slip(x, W1, W2)),
    "two slips": (
        "two_two_one.backward",
        backward(W1=lambda v: v + 0.31, W2=lambda v: v * v + 0.17),
    ),
    "raises": ("two_two_one.backward", lambda *a: 1 / 0),
    "known": ("two_two_one.backward", lambda *a: _known(*a)),
    "changes": (
        "two_two_one.update",
        lambda W1, W2, g, eta: (np.add(W1, 1, out=W1), lesson.update(W1 - 1, W2, g, eta))[1],
    ),
    "constant": ("two_two_one.divergence", lambda y, d: 0.5),
}


def _with_slip(x, W1, W2):
    z1 = W1.T @ x if W1.shape[0] == len(x) else x @ W1
    z1 = z1 + 0.3
    y1 = np.tanh(z1)
    z2 = y1 @ W2
    return {"z1": z1, "y1": y1, "z2": z2, "y2": 1 / (1 + np.exp(-z2))}


def _known(*arguments):
    known = find_exercise("two_two_one.backward").misconceptions
    return next(m for m in known if m.name == "output activation derivative forgotten").functions[
        0
    ](*arguments)


def in_row(name, **new):
    """Change a row of the table."""

    def plant(verdict):
        found = [row for row in verdict.rows if row.name == name]
        assert found
        return replace(
            verdict,
            rows=tuple(replace(row, **new) if row.name == name else row for row in verdict.rows),
        )

    return plant


def in_text(before, after):
    """Change the words of a finding or of a diagnosis."""

    def plant(verdict):
        changed = replace(verdict, finding=re.sub(before, after, verdict.finding, count=1))
        if verdict.diagnosis:
            numbers = re.sub(before, after, verdict.diagnosis.numbers, count=1)
            changed = replace(changed, diagnosis=verdict.diagnosis._replace(numbers=numbers))
        assert changed != verdict, str(verdict)
        return changed

    return plant


def adding(text):
    return lambda verdict: replace(verdict, finding=f"{verdict.finding} {text}")


def as_diagnosis(name):
    def plant(verdict):
        other = next(m for m in find_exercise(verdict.exercise).misconceptions if m.name == name)
        return replace(
            verdict,
            diagnosis=verdict.diagnosis._replace(name=other.name, explanation=other.explanation),
        )

    return plant


W1 = "∂Div/∂W⁽¹⁾"
PLANTED = {
    "a wrong row is called right": ("threefold", in_row("W1", ok=True), "right or wrong"),
    "a right row is called wrong": ("threefold", in_row("W2", ok=False), "right or wrong"),
    "a number of yours": ("threefold", in_row("y2", yours="0.123"), "the numbers in the table"),
    "an exact number": ("threefold", in_row("z2", exact="0.123"), "the numbers in the table"),
    "a case that there is not": (
        "threefold",
        lambda v: replace(v, case="the deck's 9-9-9 network"),
        "which case is shown",
    ),
    "the numbers of another case": (
        "transposed",
        lambda v: replace(
            v,
            case=(
                "the deck's 2-2-1 network"
                if v.case != "the deck's 2-2-1 network"
                else "a random 2-3-3 network"
            ),
        ),
        None,
    ),
    "an index": (
        "an entry",
        in_row("W1", comment="first wrong entry: [1, 1]"),
        "the first wrong entry",
    ),
    "a shape": (
        "a row less",
        in_text(r"the shape is \(\d+, \d+\)", "the shape is (7, 7)"),
        "why nothing could be compared",
    ),
    "a shape in the table": (
        "a row less",
        in_row("W1", comment="the shape is (7, 7), wanted is (2, 2)"),
        "why nothing could be compared",
    ),
    "a row of shapes": (
        "a row less",
        in_row("shape", comment="W1 has shape (9, 9), wanted is (2, 2)"),
        "property: shape",
    ),
    "where a nan is": (
        "nan",
        in_text(r"nan \(not a number\) at \[0, 0\]", "nan (not a number) at [1, 1]"),
        None,
    ),
    "another relation": (
        "negative",
        in_text("has the right size and the wrong sign", "is the transpose of the right array"),
        "is the transpose of the right array",
    ),
    "zeros": ("negative", adding(f"{W1} is zero throughout."), "is zero throughout"),
    "a factor": ("threefold", in_text(r"3\.5 times", "2.5 times"), "is a multiple"),
    "how yours becomes the exact one": (
        "threefold",
        in_text(r"Yours × [\d.]+ is", "Yours × 0.3 is"),
        "yours, exact, and how they are related",
    ),
    "another quantity": (
        "threefold",
        in_text(r"Yours × [\d.]+ is the exact one", "Yours is x"),
        "yours, exact, and how they are related",
    ),
    "only in one case": (
        "threefold",
        in_text(
            r"times the exact one\.",
            "times the exact one, for the deck's 2-2-1 network; not in every case.",
        ),
        "is a multiple",
    ),
    "a number in a sentence": (
        "threefold",
        in_text(r"yours -?[\d.]+", "yours 0.7"),
        "yours, exact, and how they are related",
    ),
    "by how much it moves": (
        "known",
        in_text(r"yours × [^;]+ is the exact one", "yours × y1 is the exact one"),
        "yours, exact, and how they are related",
    ),
    "how many entries": (
        "an entry",
        in_text(r"\d+ of (\d+) entries", r"1 of \1 entries"),
        "how many entries are wrong",
    ),
    "what follows": (
        "two slips",
        lambda v: replace(
            v,
            rows=tuple(
                replace(r, ok=True, given="∂Div/∂y⁽²⁾") if r.name == "W1" else r for r in v.rows
            ),
        ),
        "right, given your own",
    ),
    "what it follows from": ("follows", in_row("y2", given="y⁽¹⁾"), "right, given your own"),
    "that a quantity follows": (
        "two slips",
        adding(f"{W1} is the first wrong quantity; ∂Div/∂z⁽²⁾ follows rightly from yours."),
        "follows rightly from yours",
    ),
    "which is the first": (
        "two slips",
        adding("∂Div/∂y⁽²⁾ is the first wrong quantity."),
        "the first wrong quantity",
    ),
    "what is wrong as well": ("threefold", adding("∂Div/∂y⁽²⁾ is wrong as well."), "also wrong"),
    "what was raised": (
        "raises",
        in_text("ZeroDivisionError: division by zero", "ValueError: division by two"),
        None,
    ),
    "a misconception": (
        "known",
        as_diagnosis("tanh derivative in the logistic layer"),
        "diagnosis",
    ),
    "which argument is changed": (
        "changes",
        in_row("inputs unchanged", comment="the function changes W2; work on a copy"),
        "property: inputs unchanged",
    ),
    "that nothing is changed": (
        "changes",
        in_row("inputs unchanged", comment="", ok=True),
        "property: inputs unchanged",
    ),
    "a second call": (
        "threefold",
        in_row(
            "second call",
            ok=False,
            comment="a second call with the same inputs gives another result",
        ),
        "property: second call",
    ),
    "that the same comes back": (
        "threefold",
        adding(f"The same {W1} comes back for different inputs."),
        "the same for different inputs",
    ),
    "names of the notebook": (
        "threefold",
        adding(
            "`gamma` is read from the notebook: it is neither an argument of the function nor "
            "computed in it."
        ),
        "names read from the notebook",
    ),
    "an earlier function": (
        "threefold",
        lambda v: replace(v, notes=("This took 17.25 steps.",)),
        "a number from nowhere",
    ),
    "free words with a number": (
        "threefold",
        adding("Your third weight is 0.4711."),
        "a number from nowhere",
    ),
    "all right": ("threefold", lambda v: replace(v, score=1.0), "all right"),
    "a row left out": (
        "threefold",
        lambda v: replace(v, rows=v.rows[1:]),
        "every quantity has a row",
    ),
    "a product": (
        "a row less",
        adding(
            "Yours is `x * W1`, entry by entry. The matrix product `x @ W1` is the exact one: "
            "each entry is "
            "a sum of products."
        ),
        "* in place of @",
    ),
    "a free row": (
        "threefold",
        lambda v: replace(
            v,
            notes=(
                (
                    "The rows that are right so far come out right without any work. They "
                    "count as soon as another row is right."
                ),
            ),
        ),
        "right without any work",
    ),
}
