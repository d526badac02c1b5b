"""The page of symbols: what each deck calls the same quantity, and what the code calls it.

The letters of the two worked networks come from `course.notation`, which also names them in the
pictures; the others are those that the decks print.
"""

from __future__ import annotations

from course import examples

_CAP = examples.two_two_one()[0].notation.symbols
_INHA = examples.mazur()[0].notation.symbols

#: Columns after the first two; the decks in the order of the errata page.
DECKS = (
    "Class notes “how MLPs are trained”",
    "Class notes “Multi Layer Neural Networks”",
    "CAP 4453, lecture 17",
    "Inha University",
    "Lessons 8–13",
)

#: quantity, name in this course's code, then the letters of the five decks. "" where a deck has none.
ROWS = (
    ("an input", "`x`", "x_i", "x", _CAP["x[0]"], _INHA["x[0]"], "x_1"),
    ("a weight", "`W1[i, j]`", "w_{ij}^{k}", "w", _CAP["W1[0,1]"], _INHA["W1[0,0]"],
     r"W_{11},\ V_{11},\ U_{11}"),
    ("a bias", "`b1[j]`", "b_{ij}^{k}", "b", _CAP["b1[0]"], "b_1", "w_{0l}"),
    ("what a unit sums up", "`z`", "z", "z", _CAP["z1[0]"], _INHA["z1[0]"], "p_1,\\ z_1,\\ a_1,\\ b_1"),
    ("what a hidden unit puts out", "`y`, `a`", "o_{11}", "A^1", _CAP["y1[0]"], _INHA["y1[0]"], "h_1,\\ g_1"),
    ("the output", "`y`, `a`", r"\hat y_i,\ o_{31}", r"\hat y = a", _CAP["y2[0]"], _INHA["y2[0]"], "y_1"),
    ("the target", "`d`, `target`, `t`", "y_i", "y", _CAP["d[0]"], _INHA["d[0]"], r"\hat y_1"),
    ("the error of one example", "`Div`, `E`, `J`", "L", "J", _CAP["div"], "E_{total}", "E"),
    ("the error signal of a unit", "`dz`, `delta`", "", r"a-y", _CAP["dz1[0]"], r"\delta_{h1}",
     r"\frac{\delta E}{\delta y_1}\frac{\delta y_1}{\delta z_1}"),
    ("the learning rate", "`eta`", r"\eta", r"\alpha", r"\eta,\ \alpha", r"\eta,\ \alpha", r"\eta"),
)  # fmt: skip

TEXT = """\
# Symbols

The five decks write the same things with different letters. Read along a row: all of them mean the
same. Mind the hat: $\\hat y$ is the output in the two class notes and the target in lessons 8–13; CAP
4453 has it in both roles.

{table}

**Indices.** In this course, as in CAP 4453, $w_{{ij}}^{{(k)}}$ leads from unit $i$ of layer $k-1$ to
unit $j$ of layer $k$. In the code it is `W[i, j]` of that layer. The Inha slides number all weights
of a network from one end to the other.

**Biases.** The first class notes give a bias two indices. A layer has one bias for each of its
units: one index is enough.

**Rows and columns.** From the end of lesson 3 on, one example is one row, and `Z = A @ W + b`. Lesson 3
begins with one example a column, $z = wx + b$, as its deck does.

**The sign of δ.** On the Inha slides δ appears with two signs. Here $\\delta = \\partial E/\\partial z$,
and a weight takes the step $-\\eta\\,\\delta\\,y$.

**Gradients.** In the code a gradient has the name of what it is a gradient of:
`gradients["W1"]` has the shape of `W1`.
"""


def page() -> str:
    """The page as MyST-Markdown."""
    head = ["quantity", "in the code", *DECKS]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for quantity, code, *letters in ROWS:
        cells = [f"${one}$" if one else "–" for one in letters]
        lines.append(f"| {' | '.join([quantity, code, *cells])} |")
    return TEXT.format(table="\n".join(lines))
