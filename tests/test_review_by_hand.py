"""Every question at the end of a lesson, answered from what its card shows and nothing else: each
loss is written out here, and its slopes are measured."""

import math
import re

import numpy as np
import pytest

from autograder.review.deck import Deck
from autograder.review.form import Practice, in_words
from autograder.review.questions import FUNCTIONS, QUESTIONS, of_lesson

CARDS = 12
SMALL = "₀₁₂₃₄₅₆₇₈₉"


def logistic(z):
    return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))


def slope(f, at, place=()):
    """The slope of `f` along one entry of a table, by central differences."""
    there, back = np.array(at, dtype=float), np.array(at, dtype=float)
    there[place] += 1e-5
    back[place] -= 1e-5
    return (f(there) - f(back)) / 2e-5


def places(asked):
    """The small figures at the end of what is asked, ``∂J/∂w₂`` or ``w₃₁⁽²⁾``, as they stand."""
    return [SMALL.index(sign) for sign in re.search(f"[{SMALL}]+(?=⁽|$)", asked)[0]]


def entropy(a, y):
    return float(-(y * np.log(a) + (1 - y) * np.log(1 - a)))


def product(given, asked):
    x, y, z = (given[name] for name in "xyz")
    f = {"x": lambda v: (v + y) * z, "y": lambda v: (x + v) * z, "z": lambda v: (x + y) * v}
    return slope(f[asked[-1]], given[asked[-1]])


def gate(given, asked):
    numbers = {name: given[name] for name in "ab"}
    f = lambda v: given["c"] * max({**numbers, asked[-1]: float(v)}.values())
    return given["∂L/∂(c · max(a, b))"] * slope(f, numbers[asked[-1]])


def neuron_of_one(given, asked):
    x0, x1 = given["x₀, x₁"]
    f = lambda w: logistic(w[0] * x0 + w[1] * x1 + w[2])
    return slope(f, given["w₀, w₁, w₂"], places(asked)[0])


def prelu(given, asked):
    z, alpha = given["z"], given["α"]
    f = lambda z, alpha: z if z > 0 else alpha * z
    asks = {"∂L/∂z": slope(lambda v: f(v, alpha), z), "∂L/∂α": slope(lambda v: f(z, v), alpha)}
    return given["∂L/∂(output)"] * asks[asked]


def neuron(given, w=None):
    w = np.ravel(given["w"] if w is None else w)
    return float(logistic(w @ np.ravel(given["x"]) + float(np.ravel(given["b"])[0])))


def neuron_gradient(given, asked):
    loss = lambda w: entropy(neuron(given, w), float(np.ravel(given["y"])[0]))
    return slope(loss, np.ravel(given["w"]), places(asked)[0] - 1)


def hidden_sum(given, tables):
    return float((np.tanh(given["x"] @ tables["W⁽¹⁾"]) @ tables["W⁽²⁾"])[0])


def two_layers(given, asked):
    layer = "W" + asked[-3:]
    i, j = places(asked)

    def loss(table):
        tables = {name: given[name] for name in ("W⁽¹⁾", "W⁽²⁾")} | {layer: table}
        return float((logistic(hidden_sum(given, tables)) - given["d"][0]) ** 2 / 2)

    return slope(loss, given[layer], (i - 1, j - 1))


def mazur(given, W2=None, add_h=(0, 0), add_o=(0, 0)):
    """E, with something added to the net of hidden and output units."""
    out_h = logistic(given["i"] @ given["W1"] + given["b1"] + add_h)
    out_o = logistic(out_h @ (given["W2"] if W2 is None else W2) + given["b2"] + add_o)
    return float(np.sum((given["target"] - out_o) ** 2) / 2)


def delta(given, asked):
    layer, unit = asked[-2], int(asked[-1]) - 1
    return slope(lambda v: mazur(given, **{f"add_{layer}": v}), np.zeros(2), unit)


def mazur_weight(given, asked):
    row, column = map(int, re.findall(r"\d(?=[,\]])", asked))
    return slope(lambda W2: mazur(given, W2=W2), given["W2"], (row, column))


def softmax(z):
    return np.exp(z) / np.exp(z).sum()


def classes(given, asked):
    t = np.ravel(given["t"])
    loss = lambda z: float(-(t * np.log(softmax(z))).sum())
    return slope(loss, np.ravel(given["z"]), places(asked)[0] - 1)


def jacobian(given, asked):
    above, below = asked.split("/")
    i, k = places(above)[0] - 1, places(below)[0] - 1
    return slope(lambda z: float(softmax(z)[i]), np.ravel(given["z"]), k)


def parameters(given, asked):
    return sum((m + 1) * n for m, n in zip(given["sizes"], given["sizes"][1:]))


def mini_batch(given, asked):
    x, t = np.ravel(given["x of the two images"]), np.ravel(given["t of the two images"])
    w, b = float(given["w"][0, 0]), float(given["b"][0])
    loss = lambda w, b: float(np.sum((logistic(w * x + b) - t) ** 2) / (2 * 2))
    at = {"∂C/∂w": slope(lambda v: loss(v, b), w), "∂C/∂b": slope(lambda v: loss(w, v), b)}
    return at[asked]


def digit_bias(given, asked):
    a0, t = np.ravel(given["a₀"]), float(np.ravel(given["t"])[0])

    def loss(b1):
        a1 = logistic(a0 @ given["W₁"] + b1)
        return float(np.sum((logistic(a1 @ given["W₂"] + given["b₂"]) - t) ** 2) / 2)

    return slope(loss, given["b₁"], int(asked[-2]))


def momentum(given, asked):
    u = given["β"] * given["u before"] + given["g"]
    return given["p"] - given["η"] * u


def rmsprop(given, asked):
    r = (1 - given["ρ"]) * given["g"] ** 2
    return given["p"] - given["η"] * given["g"] / math.sqrt(r)


def normalised(given, asked):
    z = np.ravel(given["z₁, z₂, z₃"])
    hat = (z - z.mean()) / math.sqrt(np.mean((z - z.mean()) ** 2))
    return float(given["γ"][0] * hat[places(asked)[0] - 1] + given["β"][0])


BY_HAND = {
    "01.product": product,
    "01.max": gate,
    "01.neuron": neuron_of_one,
    "02.slope": lambda given, asked: slope(lambda z: float(logistic(z)), given["z"]),
    "02.tanh": lambda given, asked: slope(lambda z: math.tanh(z), given["z"]),
    "02.prelu": prelu,
    "03.output": lambda given, asked: neuron(given),
    "03.loss": lambda given, asked: entropy(given["a"], given["y"]),
    "03.gradient": neuron_gradient,
    "04.forward": lambda given, asked: hidden_sum(given, given),
    "04.output-weight": two_layers,
    "04.hidden-weight": two_layers,
    "05.output-delta": delta,
    "05.hidden-delta": delta,
    "05.weight": mazur_weight,
    "06.softmax": lambda given, asked: softmax(np.ravel(given["z"]))[places(asked)[0] - 1],
    "06.gradient": classes,
    "06.jacobian": jacobian,
    "07.parameters": parameters,
    "07.mini-batch": mini_batch,
    "07.bias": digit_bias,
    "08.momentum": momentum,
    "08.rmsprop": rmsprop,
    "08.normalised": normalised,
}


def test_every_question_is_answered_here():
    assert set(BY_HAND) == {one.name for one in QUESTIONS}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.name)
def test_what_a_card_shows_leads_to_its_answer(question):
    asked = set()
    for seed in range(CARDS):
        card = question.card(seed)
        value = float(BY_HAND[question.name](card.given, card.asked))
        assert value == pytest.approx(card.exact, rel=1e-4), in_words(card)
        assert card.answer(f"{value:.3g}").right
        asked.add(card.asked)
    # what is asked for varies where it has a place in a table
    assert len(asked) > 1 or not re.search(rf"∂w|\[|p[{SMALL}]", card.asked)


#: A function or a letter on a card -> what says there what it is.
SAID = {
    "σ": "logistic function",
    "J": "cross-entropy",
    "Div": "Div = ",
    "∂E": "E = ½",
    "δ": "δ is",
    "L/∂z": "L is|PReLU",
    "∂C": "C = ",
    "p₁": "p = softmax",
    "∂p": "p = softmax",
    "out₁": "out = ",
    "cross-entropy": "natural logarithm",
}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.name)
def test_a_card_says_what_its_letters_are_and_where_their_places_begin(question):
    for seed in range(CARDS):
        card = question.card(seed)
        words = in_words(card)
        for sign, told in SAID.items():
            if sign in words:
                assert re.search(told, card.question.says), (sign, words)
        if "[" in card.asked:
            assert "count from 0" in card.question.says
        if "W" in card.given or any(name.startswith("W") for name in card.given):
            assert "Each row of W" in card.question.says
        # no letter of what is given numbers something else
        assert "i" not in card.given or not re.search(r"\[i|unit i\b", card.question.says)
        assert words.endswith(f"What is {card.asked}?") and "What is number" not in words


#: What a card's words ask for that a pencil does not give.
BEYOND = {
    "exp": r"σ|logistic|softmax",
    "tanh": r"tanh",
    "ln": r"What is J\?",
    "a square root": r"√",
}


@pytest.mark.parametrize("lesson", FUNCTIONS)
def test_the_first_words_of_a_form_name_the_functions_that_its_questions_need(lesson, tmp_path):
    cards = [in_words(one.card(seed)) for one in of_lesson(lesson) for seed in range(CARDS)]
    needed = {name for name, sign in BEYOND.items() if any(re.search(sign, one) for one in cards)}
    assert set(FUNCTIONS[lesson].split(" or ")) == needed
    form = Practice(lesson, Deck(tmp_path))
    assert f"Where you need {FUNCTIONS[lesson]}, use a calculator" in form.said.value
