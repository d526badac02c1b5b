"""What a teacher can do about what goes wrong in lesson 2."""

from autograder.exercises.teaching import Teach

EXPLORER, DEPTH = "ActivationExplorer", "VanishingGradients"

TEACHING = {
    "sigmoid": Teach(
        "z is −1000. Which exponential is too large for a float, and which form of σ avoids it?",
        "e^1000. For z < 0, e^z/(1 + e^z) holds only e^(−1000), which is 0. ½ (1 + tanh(z/2)) is the same function.",
        EXPLORER,
        "Choose the sigmoid and walk from 0 to 10: the slope below is largest at 0, where it is ¼.",
    ),
    ("sigmoid", "z(1 − z) for the slope"): Teach(
        "σ′ is at most ¼. What is z(1 − z) at z = 2?",
        "−2, and no slope of σ is negative. a(1 − a) takes the output a.",
        EXPLORER,
        "Drag z and compare the height of the curve with the slope below it.",
    ),
    "tanh_relu": Teach(
        "How steep is tanh at 0? Which of 1 − z², 1 − a², a(1 − a) say so, and which is right far out to the left?",
        "1 at 0, which the first two say. Far out to the left 1 − z² falls without end and a(1 − a) goes to −2; only 1 − a² goes to 0.",
        EXPLORER,
        "Choose tanh and walk outwards; then ReLU exactly at 0, where two slopes are drawn.",
    ),
    "leaky_family": Teach(
        "What do leaky ReLU and ELU have in common with ReLU, and where do they differ?",
        "For z > 0 all three are the line z. Left of 0 the leaky one is αz, ELU is α(e^z − 1).",
        EXPLORER,
        "Choose ELU and set α to 2, then to 1: for which α is there no kink at 0?",
    ),
    "prelu": Teach(
        "One α serves a thousand z. How many numbers is its gradient?",
        "One: the contributions upstream · min(z, 0) add up.",
        EXPLORER,
        "Choose a function with α and change it: only the left side moves.",
    ),
    ("prelu", "one dα for each z"): Teach(
        "Nudge α. Which outputs move?",
        "All those with z < 0. What each adds to the loss is added up: one number for one α.",
    ),
    "maxout": Teach(
        "A piece loses, and you nudge its weights a little. What happens to the output?",
        "Nothing. So its gradient is 0, and the winner gets all of it.",
        "none",
    ),
    "collapse": Teach(
        "Write (x W1 + b1) W2 + b2 without the brackets. What stands before x, and what stands alone?",
        "W1 W2 stands before x; b1 W2 + b2 stands alone.",
        "Folds",
        "Make the units linear: one straight line is left, however many units there are.",
    ),
    "chain_gradients": Teach(
        "What does one layer multiply the gradient by on the way back, and at which number is the slope taken?",
        "By w_k f′(z_k): the slope at z_k, the sum before the activation.",
        DEPTH,
        "Take logistic units, depth 20 and gain 1: each layer multiplies the size by 0.19 to 0.26, and 1.2e-13 of it is left.",
    ),
    ("chain_gradients", "slope taken at y instead of z"): Teach(
        "f_prime is a function of z. What do you hand to it, and what have you kept from the way forward?",
        "z_k. Keep every z, not only every y.",
    ),
    "dead_fraction": Teach(
        "A unit is off for 99 of 100 examples. Is it dead?",
        "No. One example with z > 0 gives it a gradient. Dead is a column with no positive entry.",
        "DyingRelu",
        "It begins at η = 10, where 8 of 30 units are dead: all points lie on their off side. At η = 1 none is.",
    ),
    "break_it": Teach(
        "The weights all differ, and some entries agree with finite differences. What do those that disagree share?",
        "The factor that is wrong in them. Divide what is returned by what was measured.",
        DEPTH,
    ),
}
