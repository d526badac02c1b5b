"""Many steps: Mazur's network trained for long, and XOR, which needs a random start."""

from __future__ import annotations

from autograder.exercises.exercise import Case, exercise
from autograder.exercises.mazur.cases import ARGUMENTS, DECK, draw_train, printed
from autograder.exercises.mazur.chain import TRAIN
from autograder.exercises.mazur.misconceptions import (
    ETA_WRITTEN,
    IN_TURN,
    MOVED_BETWEEN,
    UPDATE_BUGS,
    one_gradient_for_all,
    one_step_only,
    train_with,
    update_first_layer_first,
    update_output_first,
    update_second_layer_first,
)
from autograder.exercises.mazur.solutions import (
    train,
    train_numeric,
    train_xor,
    train_xor_by_layers,
    update,
)
from autograder.exercises.mazur.xor import XOR_GIVEAWAYS, draw_xor, judge_xor

TRAINING = exercise(
    "mazur.train",
    'train(i, target, W1, b1, W2, b2, eta, steps, biases="frozen") -> (parameters, errors)',
    points=3,
    section="Which bias?",
    limit=10.0,
    solution=train,
    oracle=train_numeric,
    results=("parameters", "errors"),
    deck_cases=(
        Case.of(f"{DECK}, eta = 0.5, 1 step", *ARGUMENTS, 0.5, 1),
        Case.of(f"{DECK}, eta = 0.5, 20 steps", *ARGUMENTS, 0.5, 20),
    ),
    draw=draw_train,
    chain=TRAIN,
    deck={"errors": printed("E_after.no_bias_update")},
    misconceptions=(
        *(
            (
                "output weights updated before the hidden deltas",
                UPDATE_BUGS[0][1],
                train_with(step=update_output_first, bias=bias),
            )
            for bias in ("right", "late")
        ),
        *(
            (*MOVED_BETWEEN, train_with(step=step, bias=bias))
            for step in (update_second_layer_first, update_first_layer_first)
            for bias in ("right", "after")
        ),
        (
            "error recorded before the step",
            (
                "errors[k] is the error after k + 1 steps. You recorded it before the step, so the"
                " list starts one step too early."
            ),
            train_with(record="before"),
        ),
        (
            "frozen biases trained",
            (
                'With biases="frozen", which is also the default, the biases keep their values, as'
                " in the deck."
            ),
            train_with(bias="always"),
        ),
        (
            "trained biases left frozen",
            'With biases="trained" each neuron\'s bias moves by -eta · δ. Yours stay.',
            train_with(bias="never"),
        ),
        (
            "one bias for the whole layer",
            "You trained one bias shared by a layer. Here each neuron trains its own.",
            train_with(bias="shared"),
        ),
        *IN_TURN,
        (
            "the loop ends after one step",
            (
                "You return the network of one step, whatever `steps` "
                "is. Does `return` stand inside the loop? "
                "It ends the function at once."
            ),
            one_step_only,
        ),
        (
            "gradient computed once, before the loop",
            (
                "Every step of yours goes the same way, along "
                "the gradient at the start. The gradient "
                "changes with the weights: compute it inside the loop."
            ),
            one_gradient_for_all,
        ),
        (*ETA_WRITTEN, train_with(fixed=0.5)),
        ("learning rate forgotten", "The step is eta times the gradient.", train_with(fixed=1.0)),
        (
            "step uphill",
            "You added the gradient instead of subtracting it.",
            train_with(step=lambda i, t, W1, b1, W2, b2, eta: update(i, t, W1, b1, W2, b2, -eta)),
        ),
        (
            "step uphill",
            "You added the gradient instead of subtracting it, for the weights and for the biases.",
            lambda i, t, W1, b1, W2, b2, eta, *more: train(i, t, W1, b1, W2, b2, -eta, *more),
        ),
    ),
    hints=(
        (
            "In each step: all gradients at the present weights and biases, then every move, then "
            "the error of the moved network."
        ),
        (
            'W ← W - eta ∂E/∂W; only with biases="trained" also b ← b - eta ∂E/∂b. All four '
            "gradients belong to the network before the step."
        ),
        (
            "The deck's network, eta = 0.5, from E = 0.298371. Frozen biases: E 0.291028 after one "
            "step, 0.283547 after two. Trained: the bias of o1 goes to 0.60 - 0.5 · 0.138499 = "
            "0.530751, E to 0.280471 and then 0.261908."
        ),
    ),
)

SOLVING_XOR = exercise(
    "mazur.xor",
    "train_xor(rng) -> (predict, errors)",
    points=3,
    section="XOR: play",
    limit=20.0,
    solution=train_xor,
    oracle=train_xor_by_layers,
    results=("predict", "errors"),
    draw=draw_xor,
    properties=judge_xor,
    repeat=False,
    giveaways=XOR_GIVEAWAYS,
    hints=(
        (
            "Start from random weights, train on all four corners at once, and start afresh when"
            " the error stays high."
        ),
        (
            "2-4-1 logistic units, weights from rng.normal, full batch: ∂E/∂W2 = Out_hᵀ Δ_o, Δ_h = (Δ_o"
            " W2ᵀ) Out_h (1 - Out_h), ∂E/∂W1 = Xᵀ Δ_h."
        ),
        (
            "With four units and eta = 2 the error leaves 0.5 within two hundred steps and is below"
            " 0.01 after 200 to 700. One corner: for y = 0.5 and target 1 δ_o = (0.5 - 1) · 0.5 · 0.5"
            " = -0.125. A run that still stands near 0.25 after 2,000 steps is stuck: start afresh."
            " The function that you return keeps the trained weights: define it inside `train_xor`."
        ),
    ),
)
