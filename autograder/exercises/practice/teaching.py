"""What a teacher can do about what goes wrong in lesson 8."""

from autograder.exercises.teaching import Teach

GRAPH = "BatchNormGraph"
_BRANCH = Teach(
    "Which numbers of batch normalisation are used twice on the way forward?",
    "Each z goes into c and into μ, each c into ẑ and, squared, into v. So two gradients come back to each and add.",
    GRAPH,
    "Drag the slider to the steps of c and of z: two arrows come back.",
)

TEACHING = {
    "scaled_initialisation": Teach(
        "Xavier's variance is 2/(fan_in + fan_out). What does rng.normal want: the variance or its root?",
        "The root, the standard deviation.",
        "SignalThroughDepth",
        "tanh and 20 layers: which of the four starts lose the signal, and which blow up the gradient?",
    ),
    "optimisers": Teach(
        "What must a step remember until the next one, and how does it come back?",
        "Momentum a fading sum of the gradients, RMSprop a fading mean of their squares, Adam fading means of both. "
        "It goes out as the state and comes back with the next call.",
        "OptimiserRace",
        "Look at the paths of RMSprop and Adam at the beginning: they set out at about 45°, as the size of the gradient is divided out.",
    ),
    ("optimisers", "Adam without bias correction"): Teach(
        "m starts at 0, and the first gradient is g. What is m after one step, and what should stand in for g?",
        "(1 − β₁) g. Divided by 1 − β₁ it is g again.",
    ),
    "batch_normalisation": _BRANCH,
    ("batch_normalisation", "gradient through the mean forgotten"): _BRANCH,
    ("batch_normalisation", "gradient through the variance forgotten"): _BRANCH,
    ("batch_normalisation", "mean and variance as constants"): _BRANCH,
    ("batch_normalisation", "a branch overwritten"): _BRANCH,
    "split": Teach(
        "50 models are compared on the validation set, and the best is chosen. Is its validation accuracy an honest estimate?",
        "No: the best of many is lucky too. That is what the test set is for, once.",
        "BiasAndVariance",
    ),
    "early_stopping": Teach(
        "The validation loss was best at epoch 7, and patience is 3. When does training stop, and which epoch do you go back to?",
        "When three epochs in a row brought nothing better; back to epoch 7.",
        "none",
    ),
    "break_it": Teach(
        "∂L/∂γ and ∂L/∂β agree with finite differences, ∂L/∂Z does not. Which nodes lie between them?",
        "ẑ, s, v, c, μ. Of these c has two ways forward, and so has z itself.",
        GRAPH,
        "Write each gradient down before you open the table, from right to left.",
    ),
}
