r"""What the quantities of a network are called: in LaTeX, and in the few letters that fit into a
picture.

Without names the letters are those of University of Central Florida, CAP 4453 Robot Vision, lecture
17: z_1^{(2)}, y_1^{(2)}, w_{11}^{(2)}, Div. With names they are those of Mazur's "A step by step
backpropagation example" (2015), as in Inha University, "Backpropagation, activation function":
net_{h1}, out_{h1}, w_5, E.
"""

import re
from dataclasses import dataclass

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Notation:
    """The names of everything in one network.

    Attributes
    ----------
    symbols : dict
        key -> LaTeX, for every key of the walk.
    labels : dict
        key -> short text for the picture, for inputs, weights, biases and targets; `unit0[0]`, ...
        for the units.
    z, y, error : str
        The letters of a pre-activation, an activation and the error.
    """

    symbols: dict
    labels: dict
    z: str
    y: str
    error: str


def _sub(text):
    return f"_{{{text}}}" if len(str(text)) > 1 else f"_{text}"


def _two(i, j):
    return f"{i + 1}{j + 1}" if i < 9 and j < 9 else f"{i + 1},{j + 1}"


def _split(name):
    found = re.fullmatch(r"(.*\D)(\d+)", name)
    return f"{found[1]}{_sub(found[2])}" if found else name


def notation(sizes, names=None):
    """The notation of a network with these layer sizes; `names` has one list of unit names a layer,
    inputs first."""
    symbols, labels = {}, {}
    z, y, error = ("z", "y", "Div") if names is None else ("net", "out", "E")
    last, count = len(sizes) - 1, 0
    for i in range(sizes[0]):
        symbols[f"x[{i}]"] = f"x{_sub(i + 1)}" if names is None else _split(names[0][i])
        labels[f"x[{i}]"] = f"x{i + 1}".translate(_SUBSCRIPTS) if names is None else names[0][i]
        labels[f"unit0[{i}]"] = labels[f"x[{i}]"]
    for i in range(sizes[last]):
        symbols[f"d[{i}]"] = f"d{_sub(i + 1)}" if names is None else f"target_{{{names[last][i]}}}"
        labels[f"d[{i}]"] = f"d{i + 1}".translate(_SUBSCRIPTS) if names is None else "target"
    for k in range(1, last + 1):
        for j in range(sizes[k]):
            unit = f"{_sub(j + 1)}^{{({k})}}" if names is None else f"_{{{names[k][j]}}}"
            symbols[f"z{k}[{j}]"], symbols[f"y{k}[{j}]"] = z + unit, y + unit
            symbols[f"b{k}[{j}]"] = f"b{unit}" if names is None else f"b{k}{unit}"
            labels[f"b{k}[{j}]"] = "b" if names is None else f"b{k}"
            labels[f"unit{k}[{j}]"] = str(j + 1) if names is None else names[k][j]
            for i in range(sizes[k - 1]):
                count += 1
                subscript = _two(i, j)
                symbols[f"W{k}[{i},{j}]"] = (
                    f"w{_sub(subscript)}^{{({k})}}" if names is None else f"w{_sub(count)}"
                )
                labels[f"W{k}[{i},{j}]"] = f"w{subscript if names is None else count}".translate(
                    _SUBSCRIPTS
                )
    gradients = [key for key in symbols if key[0] in "zybW"]
    symbols |= {
        f"d{key}": rf"\frac{{\partial {error}}}{{\partial {symbols[key]}}}" for key in gradients
    }
    symbols["div"] = error
    return Notation(symbols, labels, z, y, error)
