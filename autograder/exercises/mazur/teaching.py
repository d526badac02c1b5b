"""What a teacher can do about what goes wrong in lesson 5."""

from autograder.exercises.teaching import Teach

STEPPER = "BackpropStepper"
_PATHS = Teach(
    "h₁ feeds both outputs. Through o₁ comes +0.055, through o₂ −0.019. What is the blame of h₁?",
    "+0.036: both count, with their signs. One path alone gives a wrong number.",
    STEPPER,
    "Stop at h₁ on the way back. Then lower w₅ towards 0, until the blame changes its sign.",
    "Derive: a hidden delta is a sum",
)
_SLOPE = Teach(
    "A delta is ∂E/∂net. What lies between ∂E/∂out and ∂E/∂net?",
    "The slope of the logistic function, out (1 − out).",
    STEPPER,
    "Step back and look for the step that multiplies by out (1 − out).",
)
_OLD = Teach(
    "You move w₅ first and then compute the delta of h₁ with it. Which point is that the gradient of?",
    "Of none: half of it belongs to the old weights, half to the new ones. All gradients first, then all moves.",
    STEPPER,
    section="Derive: all at the same point",
)

TEACHING = {
    "forward": Teach(
        "How many numbers go into h₁, and how many into o₁?",
        "Two inputs and a bias; two hidden outputs and a bias. Each layer is a weighted sum, then the logistic function.",
        STEPPER,
        "Step forward only, and let somebody say each number before it is shown.",
    ),
    "total_error": Teach(
        "Both outputs are off by 0.2. What is E?",
        "½ (0.04 + 0.04) = 0.04: halved squares, added up over the outputs.",
    ),
    "deltas": Teach(
        "How does E change with net of an output, and how with net of a hidden unit?",
        "(out − target) out (1 − out); and the sum of weight times delta over both outputs, times out (1 − out).",
        STEPPER,
        "Type 0.496 as the target of o₁: the two parts of the blame of h₁ are equal and opposite.",
    ),
    ("deltas", "one path only"): _PATHS,
    ("deltas", "`W2` where `W2.T` belongs"): _PATHS,
    ("deltas", "output activation derivative forgotten"): _SLOPE,
    ("deltas", "hidden activation derivative forgotten"): _SLOPE,
    ("deltas", "error sent back without the output's slope"): _SLOPE,
    "gradients": Teach(
        "You have all deltas. What does a weight multiply, and what does a bias?",
        "A weight multiplies what comes in, so its gradient is that times the delta. A bias multiplies 1: its gradient is the delta.",
        STEPPER,
        "Set w₅ and w₇ to 0: the gradients of two weights vanish, and the one of w₅ is still there.",
    ),
    ("gradients", "one path only"): _PATHS,
    ("gradients", "`W2` where `W2.T` belongs"): _PATHS,
    ("gradients", "bias gradients zero"): Teach(
        "A bias is nudged by 0.01. Does the error move?",
        "Yes: net moves by just as much, so the gradient of the bias is the delta.",
        "WhichBias",
        "Compare frozen biases with those of their own after 10,000 steps.",
        "Which bias?",
    ),
    "update": Teach(
        "In which order: all gradients, then all moves, or layer by layer?",
        "All gradients first, at the old weights.",
        STEPPER,
    ),
    ("update", "output weights updated before the hidden deltas"): _OLD,
    "train": Teach(
        "Three programs have the same eight weights after one step, and three errors. How can that be?",
        "They treat the biases differently: frozen, shared, one for each unit.",
        "WhichBias",
        "Go from 1 step to 10,000 and compare the three curves.",
    ),
    ("train", "output weights updated before the hidden deltas"): _OLD,
    "break_it": Teach(
        "The output weights agree with finite differences, the hidden ones do not. Where does the bug lie?",
        "On the way from the output deltas to the hidden ones: what comes before is right.",
        STEPPER,
        section="Check yourself with finite differences",
    ),
    "xor": Teach(
        "All weights start equal. Why do the two hidden units stay the same for ever?",
        "They get the same numbers and the same blame, so they move alike. Random numbers break the tie.",
        "XorRegions",
        "Choose equal weights, then seed 6: which corners end up in the same place?",
    ),
}
