"""What a teacher can do about what goes wrong in lesson 3."""

from autograder.exercises.teaching import Teach

_MEAN = Teach(
    "You train on the same examples twice over, so that n doubles. Should the gradient double?",
    "No: the loss is a mean, and so is its gradient. A sum would double.",
    "Pulls",
)

TEACHING = {
    "forward": Teach(
        "w is (1, d), x is (d, n). Which shape has w x, and what happens to b?",
        "(1, n): one z for each example. The same b is added to all of them, before σ.",
        "NeuronTrainer",
    ),
    "loss": Teach(
        "A neuron says 0.99 and the label is 0. What does it cost, and what if it said 0.5?",
        "−ln 0.01 = 4.6, and −ln 0.5 = 0.69. Being sure and wrong costs most.",
        "HandNeuron",
        "Turn the weights so that one vehicle is on the wrong side, then make the weights longer.",
    ),
    "gradients": Teach(
        "For one example ∂J/∂z is a − y. What has become of the slope of σ?",
        "It cancels against the derivative of the logarithm: (a − y)/(a(1 − a)) times a(1 − a).",
        "Pulls",
        "Each arrow is one example's pull, its error along its own input. Which arrows are longest after six steps?",
    ),
    ("gradients", "slope of σ kept"): Teach(
        "Where does the factor a(1 − a) go when the loss is the cross-entropy?",
        "It is divided out: the derivative of the loss has it in the denominator.",
        section="The derivation",
    ),
    ("gradients", "sum instead of mean"): _MEAN,
    ("gradients", "bias gradient summed"): _MEAN,
    ("gradients", "weight gradient summed"): _MEAN,
    "standardise": Teach(
        "A new vehicle arrives. By whose mean and spread is it scaled?",
        "By those of the training examples. One example alone is its own mean and has no spread: 0/0, whatever it is.",
        "Descent",
        "Take the bowl, ten times steeper across than along: the steep direction forbids a larger step, the gentle one suffers.",
    ),
    "epoch_arithmetic": Teach(
        "Ten examples in mini-batches of four. How many updates is one epoch?",
        "Three: 4, 4 and 2. The last one may be short, and no example is left out.",
        "DescentPaths",
    ),
    "minibatches": Teach(
        "You shuffle X, and then you shuffle Y. What has gone wrong?",
        "The examples have other labels now. Shuffle one list of numbers and use it for both.",
        "DescentPaths",
        "Compare the three walks: all have computed equally many gradients of single examples.",
    ),
    "train": Teach(
        "What happens once in an epoch, and what once in a mini-batch?",
        "Once in an epoch: a new order, and one loss over all examples. Once in a mini-batch: one step.",
        "NeuronTrainer",
        "Go epoch by epoch; then take mini-batches of 1 and η = 3, and watch the line tremble.",
    ),
    "to_rows": Teach(
        "x is (d, n) with an example in each column. What turns it into (n, d) with an example in each row: a transpose or a reshape?",
        "A transpose. A reshape keeps the order of the numbers and mixes the examples up.",
        "none",
    ),
    "break_it": Teach(
        "The gradient is right for some numbers of examples and wrong for others. What do you suspect?",
        "Something is divided by the wrong number, or not at all. Find the n at which both agree.",
        "Pulls",
    ),
}
