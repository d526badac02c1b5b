"""The two circuits f = wx + b and f = (x + y)z: floats, or arrays entry by entry."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from autograder.exercises.chain_rule.solutions import away, by_nudges, linear, product_of_sum
from autograder.exercises.exercise import Case, exercise


def broadcast(call, yours, exact):
    """A gradient that is the same everywhere may be one number."""
    gradients = dict(yours[1])
    for key in exact[1]:
        with suppress(ValueError, TypeError, KeyError):
            value = np.asarray(gradients[key])
            gradients[key] = (
                np.broadcast_to(value, np.shape(exact[0]))
                if value.dtype.kind in "biuf"
                else gradients[key]
            )
    return [yours[0], gradients, *yours[2:]]


def draw_elementwise(rng):
    """Three numbers, three with a 0 among them, and three arrays of one shape."""
    cases = [
        Case.of("random numbers", away(rng), away(rng), away(rng)),
        Case.of("a first input of 0", 0.0, away(rng), away(rng)),
    ]
    for shape in ((3,), (2, 4), (1,)):
        cases.append(Case.of(f"arrays of shape {shape}", *(away(rng, shape) for _ in range(3))))
    return cases


# ---------------------------------------------------------------------------------- what goes wrong


def with_upstream_f(right):
    """The slip of multiplying every gradient by f, as if f were what comes from above."""

    def wrong(*arguments):
        f, gradients = right(*arguments)
        return f, {name: g * f for name, g in gradients.items()}

    return wrong


def added_up(right):
    """The slip of adding up the entries of a gradient that is wanted entry by entry."""

    def wrong(*arguments):
        f, gradients = right(*arguments)
        return f, {name: np.sum(g) for name, g in gradients.items()}

    return wrong


def with_zeros(right, *names):
    """The slip of taking some inputs for constants, whose gradient is 0."""

    def wrong(*arguments):
        f, gradients = right(*arguments)
        return f, {name: g * 0 if name in names else g for name, g in gradients.items()}

    return wrong


def whole(text):
    """The misconceptions that every two-line circuit shares. `text` is the circuit."""
    right = {"linear": linear, "product_of_sum": product_of_sum}[text]
    return (
        (
            "the value of f sent back",
            (
                "Each of your gradients is f times the right one. What starts the way back is not"
                " the value of f but ∂f/∂f, and that is 1: nudge f, and f moves just as much."
            ),
            with_upstream_f(right),
        ),
        (
            "gradients added up over the array",
            (
                "Your gradients are sums over the whole array. The circuit works entry by entry:"
                " entry i of f depends on entry i of each input and on nothing else, so each entry"
                " has a gradient of its own."
            ),
            added_up(right),
        ),
    )


def sum_circuit(dx, dy, dz, f=lambda x, y, z: (x + y) * z):
    """(x + y)z with gradients given as functions of x, y, z."""
    return lambda x, y, z: (
        f(x, y, z),
        {"x": dx(x, y, z) + 0 * x, "y": dy(x, y, z) + 0 * x, "z": dz(x, y, z) + 0 * x},
    )


def z_(x, y, z):
    """∂f/∂q, by the name that the lesson gives it: z."""
    return z


def q_(x, y, z):
    """The sum q = x + y that z is multiplied by."""
    return x + y


# ---------------------------------------------------------------------------------------- exercises

LINEAR = exercise(
    "chain_rule.linear",
    "linear(w, x, b) -> (f, gradients)",
    points=1,
    section="One gate after another",
    solution=linear,
    oracle=by_nudges(lambda w, x, b: w * x + b, "wxb"),
    results=("f", "gradients"),
    deck_cases=(Case.of("the deck's w = -2, x = 5, b = 3", -2.0, 5.0, 3.0),),
    draw=draw_elementwise,
    deck={"f": ("inha003.linear.f",)},
    symbols={"w": "∂f/∂w", "x": "∂f/∂x", "b": "∂f/∂b"},
    accept=broadcast,
    misconceptions=(
        (
            "each input its own gradient",
            (
                "You gave w the gradient w and x the gradient x. Ask what happens when w is nudged:"
                " f = wx + b moves x times as much. A product hands each input the value of the"
                " other one: ∂f/∂w = x, ∂f/∂x = w."
            ),
            lambda w, x, b: (w * x + b, {"w": w, "x": x, "b": 1.0}),
        ),
        (
            "the value of b as its gradient",
            "∂f/∂b does not depend on b. Nudge b, and f = g + b moves exactly as much: ∂f/∂b = 1.",
            lambda w, x, b: (w * x + b, {"w": x, "x": w, "b": b}),
        ),
        (
            "b treated as a constant",
            "∂f/∂b is 1, not 0. b is an input like the others: nudge it, and f moves.",
            lambda w, x, b: (w * x + b, {"w": x, "x": w, "b": 0.0}),
        ),
        *(
            (
                "an input treated as a constant",
                (
                    f"Your ∂f/∂{name} is 0, as if {name} could not move. Nudge it, and g = wx moves"
                    f" {other} times as much, and f with it."
                ),
                with_zeros(linear, name),
            )
            for name, other in (("w", "x"), ("x", "w"))
        ),
        (
            "1 for every gradient",
            (
                "You gave every input the gradient 1, as an add gate does. That is right for b. w and x"
                " meet in a product: nudge w, and f moves x times as much; nudge x, and it moves w times"
                " as much."
            ),
            lambda w, x, b: (w * x + b, {"w": 1.0, "x": 1.0, "b": 1.0}),
        ),
        (
            "zero in, zero out",
            (
                "Where an input is 0 you gave it the gradient 0. A gradient says what a nudge would"
                " do, not how large the input is now: with w = 0, f still moves x times as much"
                " as w."
            ),
            lambda w, x, b: (
                w * x + b,
                {
                    "w": np.where(np.equal(w, 0), 0.0, x),
                    "x": np.where(np.equal(x, 0), 0.0, w),
                    "b": 1.0,
                },
            ),
        ),
        (
            "b inside the product",
            (
                "You computed w(x + b). The product comes first, g = wx, and b is added to it: f ="
                " g + b."
            ),
            lambda w, x, b: (w * (x + b), {"w": x + b, "x": w, "b": w}),
        ),
        (
            "b left out of f",
            "Your f is wx; the b is missing.",
            lambda w, x, b: (w * x, {"w": x, "x": w, "b": 1.0}),
        ),
        *whole("linear"),
    ),
    hints=(
        "Nudge one input by a little and leave the others alone. By how much does f = wx + b move?",
        (
            "With g = wx and f = g + b: ∂f/∂g = 1 and ∂f/∂b = 1. The mul gate's local gradients are"
            " left: nudge w, and by what factor does g move?"
        ),
        (
            "At w = -2, x = 5, b = 3: g = -10 and f = -7. Nudge w by 0.01, and g moves by 0.05, so "
            "∂f/∂w = 5; nudge x "
            "by 0.01, and g moves by -0.02, so ∂f/∂x = -2; nudge b, and f moves by just as "
            "much. Which of the inputs is 5, and which is -2?"
        ),
    ),
)


PRODUCT_OF_SUM = exercise(
    "chain_rule.product_of_sum",
    "product_of_sum(x, y, z) -> (f, gradients)",
    points=1,
    section="Start from simple",
    solution=product_of_sum,
    oracle=by_nudges(lambda x, y, z: (x + y) * z, "xyz"),
    results=("f", "gradients"),
    deck_cases=(Case.of("the deck's x = -2, y = 5, z = -4", -2.0, 5.0, -4.0),),
    draw=draw_elementwise,
    deck={"f": ("inha003.xyz.f",)},
    symbols={"x": "∂f/∂x", "y": "∂f/∂y", "z": "∂f/∂z"},
    accept=broadcast,
    misconceptions=(
        (
            "upstream gradient forgotten",
            (
                "∂q/∂x = 1 is only the local gradient of the add gate. What you want is ∂f/∂x, and"
                " the chain rule multiplies: ∂f/∂x = ∂f/∂q · ∂q/∂x = z · 1."
            ),
            sum_circuit(lambda *_: 1.0, lambda *_: 1.0, q_),
        ),
        (
            "the add gate taken for a product",
            (
                "You treated x + y as if it were xy, and handed each input the other one's value."
                " An add gate hands on what comes from above, unchanged, to both: ∂f/∂x = ∂f/∂y"
                " = z."
            ),
            sum_circuit(lambda x, y, z: y * z, lambda x, y, z: x * z, q_),
        ),
        (
            "the add gate sends back values",
            (
                "You multiplied the upstream gradient by the input's own value. The local gradient"
                " of x + y by x is 1, whatever x is: ∂f/∂x = z · 1."
            ),
            sum_circuit(lambda x, y, z: x * z, lambda x, y, z: y * z, q_),
        ),
        (
            "the add gate splits the gradient",
            (
                "You shared ∂f/∂q out, half to each input. An add gate does not split, it copies: a"
                " nudge of x moves q by the whole nudge, so x and y each get all of ∂f/∂q = z."
            ),
            sum_circuit(lambda x, y, z: z / 2, lambda x, y, z: z / 2, q_),
        ),
        *(
            (
                "an input treated as a constant",
                (
                    f"Your ∂f/∂{' and ∂f/∂'.join(names)} {'are' if len(names) > 1 else 'is'} 0, as if"
                    f" {' and '.join(names)} could not move. Nudge"
                    f" {'one of them' if len(names) > 1 else names}, and {moves}"
                ),
                with_zeros(product_of_sum, *names),
            )
            for names, moves in (
                (
                    "x",
                    "q = x + y moves just as much. The add gate hands all of ∂f/∂q = z to both inputs.",
                ),
                (
                    "y",
                    "q = x + y moves just as much. The add gate hands all of ∂f/∂q = z to both inputs.",
                ),
                (
                    "xy",
                    "q = x + y moves just as much. The add gate hands all of ∂f/∂q = z to both inputs.",
                ),
                ("z", "f = qz moves q times as much."),
            )
        ),
        (
            "the product hands back its own input",
            (
                "For f = qz you gave z the gradient z and q the gradient q. A product switches: "
                "∂f/∂z = q = x + y and ∂f/∂q = z."
            ),
            sum_circuit(q_, q_, z_),
        ),
        (
            "only one term of the sum reaches z",
            "∂f/∂z is q = x + y, the whole sum. You took one term of it.",
            sum_circuit(z_, z_, lambda x, y, z: x),
        ),
        (
            "the product before the sum",
            "You computed x + yz. The brackets say that the sum comes first: q = x + y, f = qz.",
            sum_circuit(lambda *_: 1.0, z_, lambda x, y, z: y, lambda x, y, z: x + y * z),
        ),
        (
            "the sum's gradients kept by themselves",
            (
                "∂f/∂q is z, and you gave that to x and y; but "
                "your ∂f/∂z is 1. "
                "Nudge z, and f = qz moves q times as much: ∂f/∂z = q."
            ),
            sum_circuit(z_, z_, lambda *_: 1.0),
        ),
        *whole("product_of_sum"),
    ),
    hints=(
        (
            "Name the value in the middle, q = x + y, and go back in two steps: first from f to q"
            " and z, then from q to x and y."
        ),
        (
            "Go back through the mul gate first: what does it hand to q, and what to z? Then ask"
            " what the add gate does with what q got."
        ),
        (
            "At x = -2, y = 5, z = -4: q = 3 and f = -12. ∂f/∂q = z = -4 and ∂f/∂z = q = 3. The add"
            " gate hands -4 on to both: ∂f/∂x = -4 · 1 = -4, ∂f/∂y = -4 · 1 = -4."
        ),
    ),
)
