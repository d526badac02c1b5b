"""What a teacher can do about what goes wrong in lesson 7."""

from autograder.exercises.teaching import Teach

MONITOR = "TrainingMonitor"
_MEAN = Teach(
    "A mini-batch of ten images, then one with each of them twice. Should the gradient be the same?",
    "Yes: C is a mean over the images. So 1/n enters once, at the output.",
)

TEACHING = {
    "count_parameters": Teach(
        "784 inputs, 30 hidden units, 10 outputs: how many weights, and how many biases?",
        "784 · 30 + 30 · 10 = 23,820 weights and 40 biases: the inputs have none.",
        "FirstLayer",
        "Each picture is one hidden unit's 784 weights.",
    ),
    "one_hot": Teach(
        "The label is 3. Which row of ten numbers is the target?",
        "0 0 0 1 0 0 0 0 0 0: counted from 0.",
        "none",
    ),
    "initialise": Teach(
        "Sizes 784, 30, 10: which shapes have the weight matrices, and which the biases?",
        "(784, 30) and (30, 10), from unit to unit; (30,) and (10,).",
        MONITOR,
    ),
    "feedforward": Teach(
        "What does the list hold at the end, and what is its first entry?",
        "X, then the activations of every layer: the backward pass needs all of them.",
        "none",
    ),
    "backprop": Teach(
        "Which shape has a delta for a mini-batch of ten images, and what becomes of the ten in the bias's gradient?",
        "(10, units): a row for each image. For the bias the rows are added up.",
        MONITOR,
        "Read the size of the gradient in each layer while it trains.",
    ),
    ("backprop", "divided by n in every layer"): _MEAN,
    ("backprop", "1/n forgotten"): _MEAN,
    ("backprop", "1/n twice"): _MEAN,
    ("backprop", "hidden activation derivative forgotten"): Teach(
        "What does a(1 − a) say about a hidden unit that stands at 0.999?",
        "Its slope is 0.001: hardly anything comes through it. Without the factor it would learn as if it were not saturated.",
    ),
    "sgd": Teach(
        "50,000 images in mini-batches of 10. How many updates are one epoch, and what is drawn anew in each?",
        "5,000. The order of the images.",
        MONITOR,
        "Compare mini-batches of 10 with mini-batches of 1,000 after one epoch.",
    ),
    "accuracy": Teach(
        "Ten outputs for each image: what is the answer, and what is the accuracy?",
        "The number of the highest output; the share of images for which it is the label.",
        "WhatWentWrong",
        "Choose a cell beside the diagonal and page through its images.",
    ),
    "reach_95": Teach(
        "The accuracy stays near 80 per cent. Do all ten outputs answer?",
        "Perhaps not: an output that is stuck near 0 costs a whole digit. Count the answers of each kind.",
        MONITOR,
    ),
    "break_it": Teach(
        "For one example every gradient is right, for two it is not. What do you suspect?",
        "Something that depends on n: a mean that is taken in every layer instead of once.",
        "none",
    ),
}
