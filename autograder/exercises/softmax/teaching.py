"""What a teacher can do about what goes wrong in lesson 6."""

from autograder.exercises.teaching import Teach

LOGITS, JACOBIAN, CURVE = "LogitsToProbabilities", "SoftmaxJacobian", "LossCurve"
_SHIFT = Teach(
    "Add 10 to every logit of a row. What happens to its probabilities, and why may you subtract the largest?",
    "Nothing: the factor e^10 stands above and below the line. So subtract the largest, and no exponential is too large.",
    LOGITS,
    "Type 1000 into “add c”, then take the tick away from “subtract the largest first”.",
)
_MEAN = Teach(
    "Each example stands in the batch twice. Should the gradient at one row of the weights double?",
    "No: the loss is a mean over the rows, so each row counts 1/n.",
)

TEACHING = {
    "softmax": _SHIFT,
    ("softmax", "no shift by the maximum"): _SHIFT,
    ("softmax", "normalised down the columns"): Teach(
        "One row is one example. Along which axis must the probabilities add up to 1?",
        "Along the row: axis 1, with keepdims, so that the sum stands beside its own row.",
        LOGITS,
        "Move one logit: all bars on the right move, as they share one sum.",
    ),
    "cross_entropy": Teach(
        "Model A gives the right class 0.4, model B only 0.004. By how much is B's loss larger?",
        "By ln 100 = 4.6 nats: 0.92 against 5.52.",
        CURVE,
        "Go to z = −8, a confident mistake, and read the loss and the pull.",
    ),
    ("cross_entropy", "0 · log 0 is nan"): Teach(
        "A class has t = 0 and p = 0. What should it add to the loss, and what does numpy compute?",
        "0, and nan: 0 times −∞. Only the classes with t > 0 may enter.",
    ),
    "jacobian": Teach(
        "You raise one logit. Which probabilities rise, which fall, and what is the sum of all changes?",
        "Its own rises, the others fall, and together they change by 0.",
        JACOBIAN,
        "Read a column: what happens to all probabilities when one logit is nudged.",
    ),
    ("jacobian", "diagonal only"): Teach(
        "Can one probability change alone?",
        "No: they add up to 1. So the entries off the diagonal, −p_i p_k, are not 0.",
        JACOBIAN,
    ),
    "combined": Teach(
        "Class 1 is right. Which of the gradients p − t is negative, and what are all of them when the answer is sure and right?",
        "That of class 1. All go to 0.",
        LOGITS,
        "Say that class 1 is right and drag its logit up until the loss is nearly 0.",
    ),
    ("combined", "sum over the rows"): _MEAN,
    ("combined", "softmax slope kept"): Teach(
        "The loss is −ln p of the right class. What becomes of the p in the slope of softmax?",
        "It cancels against the 1/p of the logarithm. Only p − t is left.",
    ),
    "cross_entropy_from_logits": Teach(
        "For the row (1000, 0, 0), which step from the logits to the loss cannot be done in a float?",
        "e^1000; and ln 0 after it, where p has become 0. ln of the sum of the shifted exponentials needs neither.",
        LOGITS,
        "Without the tick, type −743: the probabilities look ordinary and are wrong in the second digit.",
    ),
    "output_layer": Teach(
        "∂L/∂Z is known. What does a weight multiply, who uses the bias, and where does h_j go?",
        "A weight multiplies h_j: Hᵀ ∂L/∂Z. The bias is used by every row: a sum over the rows. h_j goes to every class: ∂L/∂Z Wᵀ.",
        "none",
    ),
    ("output_layer", "sum over the rows"): _MEAN,
    "two_classes": Teach(
        "Softmax of (z, 0): what is its first entry?",
        "e^z/(e^z + 1), which is σ(z).",
        CURVE,
    ),
    "softmax_regression": Teach(
        "After how many steps is the first entry of the list of losses measured?",
        "After one: gradient, step, then the loss.",
        "none",
    ),
    ("softmax_regression", "sum over the rows"): _MEAN,
    "break_it": Teach(
        "dP agrees with finite differences and dZ does not. Which step lies between them?",
        "The Jacobian of softmax. Look at which entries of each row disagree.",
        JACOBIAN,
    ),
}
