"""What `teaching.py` of each lesson tells a teacher, computed: the numbers come from the course's own
functions and pictures, and then the sentence must hold them."""

import re
from math import log

import numpy as np
import pytest
from test_claims_of_lesson_01 import walked

from autograder.exercises import lessons
from autograder.exercises.logistic_neuron.scaling import standardise
from autograder.exercises.practice.solutions import (
    adam_step,
    best_epoch,
    momentum_step,
    rmsprop_step,
)
from autograder.exercises.softmax.solutions import softmax_regression
from autograder.exercises.teaching import table
from course import activations, examples
from course.activation_table import PORTRAITS, describe
from course.expression import read_formula
from course.gradcheck import numeric_gradient
from course.graph import sigmoid_neuron
from course.network import Network
from course.plots.xor_regions import CORNERS
from course.widgets.batchnorm_graph import STOPS
from course.widgets.bias_variants import BiasVariants
from course.widgets.descent import CURVATURES
from course.widgets.descent_paths import DescentPaths
from course.widgets.difference_curve import STEPS, DifferenceErrors
from course.widgets.dying_relu import UNITS, DyingRelu
from course.widgets.folds import Hinges, X
from course.widgets.logits.logits import DECK, Stages
from course.widgets.loss_curve import TwoClassLosses
from course.widgets.neuron_trainer import NeuronTrainer
from course.widgets.optimiser_race import RULES, Race
from course.widgets.paths_and_edges import PathCounts
from course.widgets.vanishing import GAINS, flow
from course.widgets.xor_training import XorTraining, random_start

CLAIMS = {}
logistic = activations.logistic.f


def claim(lesson, *keys):
    """What is computed for these entries of a lesson; what it yields must stand in their text."""

    def add(compute):
        CLAIMS.update({(lesson, key): compute for key in keys})
        return compute

    return add


def shown(number, form="g"):
    """A number as the texts write it."""
    return f"{number:{form}}".replace("-", "−")


def text_of(lesson, key):
    return " ".join(table(lesson)[key])


# ---- lesson 1


@claim("chain_rule", ("product_of_sum", "upstream gradient forgotten"))
@claim(
    "chain_rule",
    *((("gates", f"{gate} gate: upstream forgotten")) for gate in ("add", "mul", "max")),
)
def upstream():
    yield f"By {numeric_gradient(lambda x: 3 * (2 * x), 0.7):.3g}"


@claim("chain_rule", ("staged", "only the last path kept"), ("staged", "only the path through the square kept"),
       ("backpropagate", "= where += belongs"))  # fmt: skip
def reached_twice():
    graph = walked(read_formula("x*x + max(x, y)*y", {"x": -2.0, "y": 5.0}))
    y = graph["y"]
    uses = [parent for node in graph.nodes for parent, _ in node.parents if parent is y]
    yield {2: "y is reached twice"}[len(uses)]


@claim("chain_rule", "linear")
def linear():
    w, x, b = 5.0, 2.0, -3.0
    assert (w * (x + 0.1) + b) - (w * x + b) == pytest.approx(0.1 * w)
    yield "By 0.1 w, and by 0.1"


@claim("chain_rule", ("linear", "each input its own gradient"))
def product():
    yield f"By {5 * (2 + 1) - 5 * 2}."
    graph = walked(read_formula("w*x", {"w": 0.0, "x": 2.0}))
    assert graph["x"].grad == 0 and graph["w"].grad == 2
    yield "it is the gradient of the other one that vanishes"


@claim("chain_rule", "product_of_sum")
def product_of_sum():
    graph = walked(read_formula("(x + y) * z", {"x": -2.0, "y": 5.0, "z": 0.0}))
    assert graph["z"].grad == 3 and graph["x"].grad == graph["y"].grad == 0
    yield "Then set z to 0, and ask why the gradient of z is not 0"


@claim("chain_rule", "sigmoid_neuron")
def seven_gates():
    graph, way = walked(sigmoid_neuron()), []
    node = graph["w0"]
    while node is not graph.output:
        gate = next(n for n in graph.nodes if n.gate and any(p is node for p, _ in n.parents))
        way.append((gate.gate, gate.grad and node.grad / gate.grad))
        node = gate
    yield {7: "Seven gates lie between"}[len(way)]
    signs = [name for name, factor in way if factor < 0]
    assert len(signs) == 3 and signs[0] == way[0][0]  # w₀x₀, ·(−1), 1/x


@claim("chain_rule", ("sigmoid_neuron", "σ (1 - σ) fed with z"))
@claim("activations", ("sigmoid", "z(1 − z) for the slope"))
def fed_with_z():
    z = np.linspace(-9, 9, 181)
    assert activations.logistic.f_prime(z).max() == pytest.approx(1 / 4)
    assert activations.logistic.f_prime(z).min() > 0
    yield "at most ¼"
    yield shown(2 * (1 - 2))


@claim("chain_rule", "numeric_gradient")
def falls_and_rises():
    errors = DifferenceErrors("σ at 0.5").errors["central"]
    best = int(np.argmin(errors))
    assert STEPS[-1] == 1 and 0 < best < len(STEPS) - 1
    assert np.all(np.diff(errors[-5:]) > 0)  # to the left of 1 it falls
    assert errors[-5] == pytest.approx(errors[-1] / 10**2, rel=0.1)
    yield "the error falls with h², not with h"
    assert errors[best - 12 : best - 4].max() > 10 * errors[best]
    yield "Move h from 1 to the left: the error falls, then rises again"


@claim("chain_rule", ("numeric_gradient", "one-sided difference"))
def ten_and_a_hundred():
    names = {10: "Ten times", 100: "a hundred times"}
    at = [int(np.argmin(abs(STEPS - h))) for h in (1e-2, 1e-3)]
    factors = []
    for kind in ("one-sided", "central"):
        large, small = DifferenceErrors("σ at 0.5").errors[kind][at]
        factors.append(next(f for f in names if large / small == pytest.approx(f, rel=0.05)))
    yield " and ".join(names[factor] for factor in factors)


@claim("chain_rule", "backpropagate")
def paths_and_edges():
    counts = PathCounts("doubled edges")
    yield f"depth 10: {counts.paths(10):,} paths and {counts.edges(10)} edges"


# ---- lesson 2


@claim("activations", "sigmoid")
def sigmoid():
    with np.errstate(over="ignore"):
        assert np.isinf(np.exp(1000.0)) and np.exp(-1000.0) == 0
    yield "e^(−1000), which is 0"
    z = np.linspace(-30, 30, 601)
    assert 0.5 * (1 + np.tanh(z / 2)) == pytest.approx(1 / (1 + np.exp(-z)), abs=1e-15)
    yield "½ (1 + tanh(z/2)) is the same function"
    slopes = activations.logistic.f_prime(np.linspace(0, 10, 101))
    assert np.argmax(slopes) == 0 and slopes[0] == 1 / 4
    yield "the slope below is largest at 0, where it is ¼"


@claim("activations", "tanh_relu")
def slopes_of_tanh():
    said = {
        "1 − z²": lambda z, a: 1 - z**2,
        "1 − a²": lambda z, a: 1 - a**2,
        "a(1 − a)": lambda z, a: a * (1 - a),
    }
    slope = {name: (lambda z, f=f: f(z, np.tanh(z))) for name, f in said.items()}
    right = float(activations.tanh.f_prime(0.0))
    at_0 = [name for name, f in slope.items() if f(0.0) == right]
    assert at_0 == list(slope)[:2]
    yield f"{right:g} at 0, which the first two say"
    left = {name: f(-20.0) for name, f in slope.items()}
    assert left["1 − z²"] < -100
    yield f"a(1 − a) goes to {shown(round(left['a(1 − a)'], 9))}"
    assert [name for name, value in left.items() if abs(value) < 1e-9] == ["1 − a²"]
    yield "only 1 − a² goes to 0"
    kink = describe("ReLU", 0.0, 0.01)[2]
    assert (kink.left, kink.right) == (0, 1)
    yield "ReLU exactly at 0, where two slopes are drawn"


@claim("activations", "leaky_family")
def leaky_family():
    z = np.array([0.5, 3.0])
    for family in (activations.relu, activations.leaky_relu(), activations.elu()):
        assert family.f(z) == pytest.approx(z)
    yield "For z > 0 all three are the line z"
    kinks = {alpha: describe("ELU", 0.0, alpha)[2] for alpha in (2.0, 1.0)}
    assert kinks[2.0] is not None and kinks[1.0] is None
    yield "set α to 2, then to 1"


@claim("activations", "prelu")
def one_alpha():
    for name, portrait in PORTRAITS.items():
        if portrait.alpha is not None:
            values = [[describe(name, z, alpha)[0] for alpha in (0.1, 0.5)] for z in (-2.0, 2.0)]
            assert values[0][0] != values[0][1] and values[1][0] == values[1][1]
    yield "only the left side moves"
    z, upstream = np.array([-2.0, 3.0, -0.5]), np.array([0.3, 1.0, -2.0])
    out = lambda alpha: upstream @ np.where(z > 0, z, alpha * z)
    assert numeric_gradient(out, 0.2) == pytest.approx(np.sum(upstream * np.minimum(z, 0)))
    yield "upstream · min(z, 0) add up"


@claim("activations", ("prelu", "one dα for each z"))
def which_outputs_move():
    z = np.array([-2.0, 3.0, -0.5, 0.0])
    moved = np.where(z > 0, z, 0.3 * z) != np.where(z > 0, z, 0.2 * z)
    assert list(moved) == list(z < 0)
    yield "All those with z < 0"


@claim("activations", "maxout")
def a_loser_is_nudged():
    x, W = np.array([1.0, -2.0]), np.array([[0.5, 1.0], [2.0, 0.1]])
    slope = numeric_gradient(lambda W: max(W @ x), W)
    loses = int(np.argmin(W @ x))
    assert np.all(slope[loses] == 0) and slope[1 - loses] == pytest.approx(x)
    yield "Nothing. So its gradient is 0, and the winner gets all of it"


@claim("activations", "collapse")
def collapse():
    rng = np.random.default_rng(0)
    W1, W2, b1, b2, x = (rng.normal(size=size) for size in ((3, 4), (4, 2), 4, 2, (5, 3)))
    assert (x @ W1 + b1) @ W2 + b2 == pytest.approx(x @ (W1 @ W2) + (b1 @ W2 + b2))
    yield "b1 W2 + b2 stands alone"
    line = Hinges([-1, 0, 1, 2], [1, -2, 1, 3], linear=True)
    assert np.diff(line(X), 2) == pytest.approx(0, abs=1e-12)
    yield "one straight line is left"


@claim("activations", "chain_gradients")
def through_twenty_layers():
    path = flow("logistic").path(list(GAINS).index(1.0), 20)
    factors = path[1:] / path[:-1]
    yield f"each layer multiplies the size by {factors.min():.2f} to {factors.max():.2f}"
    yield f"{shown(path[-1], '.1e').replace('e−', 'e-')} of it is left"


@claim("activations", "dead_fraction")
def dead_units():
    picture = DyingRelu()
    dead = lambda: int(re.search(r"(\d+) after", picture.text())[1])
    yield f"It begins at η = {picture.eta.value:g}, where {dead()} of {UNITS} units are dead"
    picture.eta.value = 1.0
    assert dead() == 0
    yield "At η = 1 none is"


# ---- lesson 3


@claim("logistic_neuron", ("gradients", "sum instead of mean"), ("gradients", "bias gradient summed"),
       ("gradients", "weight gradient summed"))  # fmt: skip
def twice_the_examples():
    x, y = np.array([[1.0, -2.0, 0.5]]), np.array([1.0, 0.0, 1.0])
    loss = lambda w, x, y: np.mean(np.logaddexp(0, w * x) - y * (w * x))
    one = numeric_gradient(lambda w: loss(w, x, y), 0.3)
    assert numeric_gradient(lambda w: loss(w, np.tile(x, 2), np.tile(y, 2)), 0.3) == pytest.approx(
        one
    )
    yield "No: the loss is a mean, and so is its gradient"


@claim("logistic_neuron", "forward")
def one_z_for_each_example():
    d, n = 3, 5
    z = np.ones((1, d)) @ np.ones((d, n))
    yield f"({z.shape[0]}, n): one z for each example"


@claim("logistic_neuron", "loss")
def surely_wrong():
    yield f"−ln 0.01 = {-log(1 - 0.99):.1f}"
    yield f"−ln 0.5 = {-log(0.5):.2f}"


@claim("logistic_neuron", "gradients")
def the_slope_cancels():
    for a, y in ((0.3, 1.0), (0.9, 0.0)):
        z = log(a / (1 - a))
        loss = lambda z, y=y: -(y * np.log(logistic(z)) + (1 - y) * np.log(1 - logistic(z)))
        assert numeric_gradient(loss, z) == pytest.approx(a - y, abs=1e-6)
        by_a = numeric_gradient(lambda a, y=y: -(y * np.log(a) + (1 - y) * np.log(1 - a)), a)
        assert by_a == pytest.approx((a - y) / (a * (1 - a)), rel=1e-6)
    yield "(a − y)/(a(1 − a)) times a(1 − a)"


@claim("logistic_neuron", "standardise")
def scaled_by_itself():
    one = np.array([[4.0], [7.5]])
    with np.errstate(invalid="ignore"):
        assert np.all(one - one.mean(axis=1, keepdims=True) == 0) and np.all(one.std(axis=1) == 0)
        assert np.isnan(standardise(one, one)[0]).all()
    yield "0/0, whatever it is"
    yield {10: "ten times steeper across than along"}[round(CURVATURES[1] / CURVATURES[0])]


@claim("logistic_neuron", "epoch_arithmetic")
def short_batches():
    sizes = [len(batch) for batch in np.array_split(np.arange(10), [4, 8])]
    yield {3: "Three: "}[len(sizes)] + "{}, {} and {}".format(*sizes)


@claim("logistic_neuron", "minibatches")
def equally_many():
    picture = DescentPaths()
    n = len(picture.loss.x)
    walks = picture.walks()
    assert {(len(walks[name]) - 1) * size / n for name, size in picture.sizes.items()} == {
        picture.epochs.value
    }
    yield {3: "Compare the three walks"}[len(walks)]


@claim("logistic_neuron", "train")
def what_can_be_chosen():
    picture = NeuronTrainer()
    assert 1 in dict(picture.size.options).values() and 3.0 in picture.eta.options
    yield "mini-batches of 1 and η = 3"


# ---- lesson 4


@claim("two_two_one", *(("backward", name) for name in (
    "output activation derivative forgotten", "hidden activation derivative forgotten", "both slopes forgotten")),
    ("layers", "activation derivative forgotten"))  # fmt: skip
def saturated_output():
    network, x, d = examples.two_two_one()
    W2 = [[-40.0], *[list(row) for row in network.weights[1][1:]]]
    found = Network([network.weights[0], W2], network.activations).backward(x, d).values
    error, through = found["dy2[0]"], found["dz2[0]"]
    assert 0.99 < abs(error) < 1 and 0.0005 < through / error < 0.0015
    yield "of an error of nearly 1 only about a thousandth comes through"


@claim("two_two_one", *(("backward", name) for name in (
    "logistic derivative in the tanh layer", "tanh derivative in the logistic layer", "both slopes exchanged",
    "1 + y² instead of 1 - y²")))  # fmt: skip
def two_slopes():
    assert (activations.tanh.f_prime(0.0), activations.logistic.f_prime(0.0)) == (1, 1 / 4)
    yield "1 and ¼"
    assert (activations.tanh.f(0.0), logistic(0.0)) == (0, 1 / 2)
    yield "put in y = 0 and y = ½"


@claim("two_two_one", ("backward", "y (1 - y) fed with z at the output"))
def fed_with_2():
    yield f"2 · (1 − 2) = {shown(2 * (1 - 2))}"


@claim("two_two_one", ("backward", "1 - y² fed with z in the hidden layer"))
def tanh_fed_with_2():
    yield f"1 − 4 = {shown(1 - 2**2)}"


@claim(
    "two_two_one",
    ("backward", "sign of the gradient lost"),
    ("layers", "sign of the gradient lost"),
)
def first_number():
    network, x, d = examples.two_two_one()
    y, first = (network.backward(x, d).values[key] for key in ("y2[0]", "dy2[0]"))
    yield f"the target is {d[0]:g} and y is {y:.2f}, so the first number is {shown(first, '.2f')}"


@claim("two_two_one", ("backward", "the ½ forgotten"), ("layers", "the ½ forgotten"))
def half():
    slopes = [numeric_gradient(lambda u, f=f: f * u**2, 3.0) / 3.0 for f in (0.5, 1.0)]
    yield {(1, 2): "u and 2u"}[tuple(round(float(slope), 6) for slope in slopes)]


@claim("two_two_one", ("forward", "sign of the exponent"))
def exponent():
    assert logistic(50.0) == pytest.approx(1) and 1 / (1 + np.exp(50.0)) < 1e-9
    yield "1/(1 + e^z) goes to 0"


@claim("two_two_one", ("forward", "no activation in the hidden layer"))
def one_layer():
    rng = np.random.default_rng(1)
    x, W1, W2 = rng.normal(size=2), rng.normal(size=(2, 2)), rng.normal(size=(2, 1))
    assert (x @ W1) @ W2 == pytest.approx(x @ (W1 @ W2))
    yield "the product W1 W2"


@claim("two_two_one", "divergence")
def off_by_one():
    yield f"½ (1 + 1) = {0.5 * np.sum(np.square([1, -1])):g}"


@claim("two_two_one", ("update", "update in place"))
def in_place():
    handed = np.ones(2)
    handed -= 1
    assert list(handed) == [0, 0]
    yield "`-=` changes the array itself"


# ---- lesson 5


def example(w5=0.40, w7=0.50, t1=0.01):
    network, i, target = examples.mazur()
    W2 = [[w5, w7], list(network.weights[1][1])]
    changed = Network([network.weights[0], W2], ["logistic"] * 2, biases=network.biases)
    return changed.backward(i, [t1, target[1]]).values


@claim("mazur", ("deltas", "one path only"), ("gradients", "one path only"),
       ("deltas", "`W2` where `W2.T` belongs"), ("gradients", "`W2` where `W2.T` belongs"))  # fmt: skip
def two_blames():
    found = example()
    ways = 0.40 * found["dz2[0]"], 0.50 * found["dz2[1]"]
    yield "Through o₁ comes {}, through o₂ {}".format(*(shown(each, "+.3f") for each in ways))
    assert sum(ways) == pytest.approx(found["dy1[0]"])
    yield f"{found['dy1[0]']:+.3f}: both count"
    assert found["dy1[0]"] > 0 > example(w5=0.0)["dy1[0]"]
    yield "lower w₅ towards 0, until the blame changes its sign"


@claim("mazur", "total_error")
def both_off():
    yield f"½ (0.04 + 0.04) = {0.5 * (0.2**2 + 0.2**2):g}"


@claim("mazur", "deltas")
def without_blame():
    found = example(t1=0.496)
    parts = 0.40 * found["dz2[0]"], 0.50 * found["dz2[1]"]
    assert parts[0] == pytest.approx(-parts[1], rel=0.005) and abs(parts[0]) > 1e-3
    yield "Type 0.496 as the target of o₁"


@claim("mazur", *(("deltas", name) for name in (
    "output activation derivative forgotten", "hidden activation derivative forgotten",
    "error sent back without the output's slope")))  # fmt: skip
def slope_of_an_output():
    z = np.linspace(-4, 4, 9)
    out = logistic(z)
    assert activations.logistic.f_prime(z) == pytest.approx(out * (1 - out))
    yield "out (1 − out)"


@claim("mazur", "gradients")
def what_vanishes():
    found = example(w5=0.0, w7=0.0)
    gone = [key for key, value in found.items() if "dW" in key and value == 0]
    yield {2: "the gradients of two weights vanish"}[len(gone)]
    assert found["dW2[0,0]"] != 0
    yield "the one of w₅ is still there"


@claim("mazur", ("gradients", "bias gradients zero"))
def a_bias_counts():
    errors = BiasVariants(10_000).errors
    assert errors["per neuron"][-1] < errors["frozen"][-1]
    yield "after 10,000 steps"


@claim("mazur", "train")
def three_programs():
    errors = {name: of[0] for name, of in BiasVariants(1).errors.items()}
    yield {3: "three errors"}[len({round(float(e), 9) for e in errors.values()})]
    yield "frozen, shared, one for each unit"


@claim("mazur", "xor")
def seed_6():
    run = XorTraining(*random_start(6), eta=2.0, stops=(0, 4000))
    h = run.hidden(4000, CORNERS)
    apart = np.abs(h[:, None] - h[None]).max(axis=2) + np.eye(4)
    assert apart.min() < 0.02
    yield "seed 6: which corners end up in the same place?"


# ---- lesson 6


@claim("softmax", "softmax", ("softmax", "no shift by the maximum"))
def shifted():
    assert Stages(DECK, added=10.0, shift=False).p == pytest.approx(Stages(DECK, shift=False).p)
    yield "the factor e^10 stands above and below the line"
    with np.errstate(all="ignore"):
        assert not np.isfinite(Stages(DECK, added=1000.0, shift=False).p).all()
    assert np.isfinite(Stages(DECK, added=1000.0, shift=True).p).all()
    yield "Type 1000"


@claim("softmax", "cross_entropy")
def two_models():
    losses = -log(0.4), -log(0.004)
    yield f"ln 100 = {losses[1] - losses[0]:.1f} nats: {losses[0]:.2f} against {losses[1]:.2f}"
    assert TwoClassLosses.pulls["cross-entropy"](-8.0) > 0.99
    yield "Go to z = −8, a confident mistake"


@claim("softmax", ("cross_entropy", "0 · log 0 is nan"))
def nothing_times_infinity():
    with np.errstate(all="ignore"):
        assert np.isnan(0.0 * np.log(0.0)) and np.log(0.0) == -np.inf
    yield "nan: 0 times −∞"


def softmax(z):
    return np.exp(z) / np.exp(z).sum()


@claim("softmax", "jacobian", ("jacobian", "diagonal only"))
def changes():
    z = np.array([1.0, -0.5, 0.3])
    J = np.array([numeric_gradient(lambda z, k=k: softmax(z)[k], z) for k in range(3)])
    assert J.sum(axis=0) == pytest.approx(0, abs=1e-8)
    assert np.array_equal(J > 0, np.eye(3, dtype=bool))
    yield "0"
    assert J[0, 1] == pytest.approx(-softmax(z)[0] * softmax(z)[1], abs=1e-6)


@claim("softmax", "combined", ("combined", "softmax slope kept"))
def forces():
    z, t = np.array([1.0, -0.5, 0.3]), np.array([0.0, 1.0, 0.0])
    force = numeric_gradient(lambda z: -np.log(softmax(z) @ t), z)
    assert force == pytest.approx(softmax(z) - t, abs=1e-6) and list(force < 0) == list(t == 1)
    sure = softmax(np.array([0.0, 40.0, 0.0])) - t
    assert sure == pytest.approx(0, abs=1e-12)
    yield "p − t"


@claim("softmax", "cross_entropy_from_logits")
def quietly_wrong():
    with np.errstate(all="ignore"):
        assert np.isinf(np.exp(1000.0))
        found = Stages(DECK, added=-743.0, shift=False)
    digits = [[f"{value:.1e}" for value in p] for p in (found.p, found.exact)]
    assert np.isfinite(found.p).all() and found.p.sum() == pytest.approx(1)
    assert any(one != other and one[0] == other[0] for one, other in zip(*digits, strict=True))
    yield "type −743: the probabilities look ordinary and are wrong in the second digit"
    yield "e^1000"


@claim("softmax", "two_classes")
def two_classes():
    assert softmax(np.array([1.3, 0.0]))[0] == pytest.approx(logistic(1.3))
    yield "e^z/(e^z + 1), which is σ(z)"


@claim("softmax", "softmax_regression")
def first_entry():
    X, T = np.array([[1.0], [-2.0], [0.5]]), np.eye(2)[[0, 1, 0]]
    loss = lambda W, b: -np.mean([log(softmax(x @ W + b) @ t) for x, t in zip(X, T, strict=True)])
    W, b, losses = softmax_regression(X, T, 0.5, 1)
    assert losses == [pytest.approx(loss(W, b))] and losses[0] < log(2)
    yield {1: "After one"}[len(losses)]


@claim("softmax", ("softmax", "normalised down the columns"))
def along_a_row():
    Z = np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]])
    sums = {axis: (np.exp(Z) / np.exp(Z).sum(axis, keepdims=True)).sum(axis=1) for axis in (0, 1)}
    (axis,) = [axis for axis, each in sums.items() if each == pytest.approx(1)]
    yield f"Along the row: axis {axis}, with keepdims"


@claim(
    "softmax",
    *((name, "sum over the rows") for name in ("combined", "output_layer", "softmax_regression")),
)
def a_mean_over_the_rows():
    Z, T = np.array([[1.0, -0.5], [0.3, 2.0], [0.0, 0.4]]), np.eye(2)[[0, 1, 1]]
    loss = lambda Z: -np.mean([log(softmax(z) @ t) for z, t in zip(Z, T, strict=True)])
    p = np.array([softmax(z) for z in Z])
    assert numeric_gradient(loss, Z) == pytest.approx((p - T) / len(Z), abs=1e-6)
    yield "each row counts 1/n"


# ---- lesson 7


@claim("mnist", "count_parameters")
def parameters():
    sizes = (784, 30, 10)
    weights = sum(i * o for i, o in zip(sizes, sizes[1:], strict=False))
    yield f"784 · 30 + 30 · 10 = {weights:,} weights and {sum(sizes[1:])} biases"


@claim("mnist", "one_hot")
def one_hot():
    yield " ".join(f"{number:g}" for number in np.eye(10)[3])


@claim("mnist", "initialise")
def shapes():
    sizes = (784, 30, 10)
    yield "{} and {}, from unit to unit".format(*zip(sizes, sizes[1:], strict=False))
    yield "({},) and ({},)".format(*sizes[1:])


@claim("mnist", "backprop")
def delta():
    yield f"({len(np.zeros((10, 30)))}, units): a row for each image"


@claim(
    "mnist",
    *(("backprop", slip) for slip in ("divided by n in every layer", "1/n forgotten", "1/n twice")),
)
def each_image_twice():
    x, w = np.linspace(-1, 1, 10), 0.7
    cost = lambda w, x: np.mean((logistic(w * x) - 0.2) ** 2) / 2
    twice = numeric_gradient(lambda w: cost(w, np.repeat(x, 2)), w)
    assert twice == pytest.approx(numeric_gradient(lambda w: cost(w, x), w))
    yield "Yes: C is a mean over the images. So 1/n enters once"


@claim("mnist", "reach_95")
def stuck_outputs():
    labels = np.arange(1000) % 10
    outputs = np.eye(10)[labels]
    share = []
    for stuck in range(3):
        outputs[:, :stuck] = -0.1
        share.append(np.mean(outputs.argmax(axis=1) == labels))
    lost = {round(1 - float(each), 1) for each in share}
    assert lost == {0.0, 0.1, 0.2}
    assert f"near {share[2]:.0%}".replace("%", " per cent") in table("mnist")["reach_95"].ask
    yield "stuck near 0 costs a whole digit"


@claim("mnist", ("backprop", "hidden activation derivative forgotten"))
def saturated():
    yield f"Its slope is {0.999 * (1 - 0.999):.3f}"


@claim("mnist", "sgd")
def updates():
    yield f"{50_000 // 10:,}. The order of the images."


# ---- lesson 8


@claim("practice", "scaled_initialisation")
def variance_or_root():
    drawn = np.random.default_rng(0).normal(0, 3.0, 100_000)
    assert drawn.std() == pytest.approx(3, rel=0.02) and drawn.var() == pytest.approx(9, rel=0.02)
    yield "The root, the standard deviation"


@claim("practice", "optimisers")
def what_is_remembered():
    g, states = 2.0, {"momentum": None, "RMSprop": None, "Adam": None}
    for t in range(1, 20_001):
        states["momentum"] = momentum_step(0.0, g, states["momentum"], 0.1, 0.9)[1]
        states["RMSprop"] = rmsprop_step(0.0, g, states["RMSprop"], 0.1, 0.9, 1e-8)[1]
        states["Adam"] = adam_step(0.0, g, states["Adam"], 0.1, 0.9, 0.999, 1e-8, t)[1]
    of = lambda value: {
        g: "mean of the gradients",
        g**2: "mean of their squares",
        g / (1 - 0.9): "sum of the gradients",
    }[next(each for each in (g, g**2, g / (1 - 0.9)) if value == pytest.approx(each))]
    yield f"Momentum a fading {of(states['momentum'].v)}"
    yield f"RMSprop a fading {of(states['RMSprop'].s)}"
    assert (of(states["Adam"].m), of(states["Adam"].v)) == (
        "mean of the gradients",
        "mean of their squares",
    )
    yield "Adam fading means of both"
    race = Race("valley", dict.fromkeys(RULES, 10**-1.2))
    for rule in ("RMSprop", "Adam"):
        across, along = np.abs(race.paths[rule][3] - race.paths[rule][0])
        angle = np.degrees(np.arctan2(along, across))
        yield f"set out at about {5 * round(angle / 5)}°"


@claim("practice", ("optimisers", "Adam without bias correction"))
def first_moment():
    g, beta1 = 3.0, 0.9
    m = adam_step(0.0, g, None, 0.1, beta1, 0.999, 1e-8, 1)[1].m
    assert m == pytest.approx((1 - beta1) * g) and m / (1 - beta1) == pytest.approx(g)
    yield "(1 − β₁) g. Divided by 1 − β₁ it is g again"


def used_by():
    """Node of the batch-normalisation graph -> what uses it."""
    return {stop.node: [user for _, user in stop.edges] for stop in STOPS}


@claim("practice", "batch_normalisation", *(("batch_normalisation", name) for name in (
    "gradient through the mean forgotten", "gradient through the variance forgotten",
    "mean and variance as constants", "a branch overwritten")))  # fmt: skip
def branches():
    c, z = used_by()["c"], used_by()["z"]
    yield f"Each z goes into {z[0]} and into {z[1]}, each c into {c[0]} and, squared, into {c[1]}"
    yield {(2, 2): "the steps of c and of z: two arrows come back"}[len(c), len(z)]


@claim("practice", "break_it")
def between():
    nodes = [node for node in used_by() if node not in ("out", "γ, β", "z")]
    twice = [node for node, users in used_by().items() if len(users) == 2]
    yield f"{', '.join(nodes)}. Of these {twice[0]} has two ways forward, and so has {twice[1]} itself"


@claim("practice", "early_stopping")
def three_in_a_row():
    losses = [1.0 - 0.1 * epoch for epoch in range(8)] + [0.5] * 20
    stop, best = best_epoch(losses, 3)
    assert best == 7
    yield {3: "When three epochs in a row brought nothing better"}[stop - best]
    yield f"back to epoch {best}"


# ---- what is computed stands there, and what stands there is computed


@pytest.mark.parametrize(("lesson", "key"), CLAIMS, ids=str)
def test_what_is_told_is_what_was_computed(lesson, key):
    found = list(CLAIMS[lesson, key]())
    assert found
    for words in found:
        assert words in text_of(lesson, key)


@pytest.mark.parametrize("lesson", lessons())
def test_every_number_that_is_told_is_computed(lesson):
    told = {
        key
        for key, said in table(lesson).items()
        if re.search(r"(?<![\w₀-₉⁰-⁹])[\d½¼]", f"{said.answer} {said.show}")
    }
    assert told - {key for of, key in CLAIMS if of == lesson} == set()
