r"""The walk through a network, one number at a time: what is computed, from what, in which order.

A `Recipe` says how a number comes about and holds no numbers; a `Step` is a recipe with its numbers
put in. Recipes are what Python and the browser share, so both show the same walk.

The order is that of University of Central Florida, CAP 4453 Robot Vision, lecture 17: forward layer
by layer; the divergence; its derivative by the output; then for k = N ... 1 all dDiv/dz_j^(k), all
dDiv/dy_i^(k-1), all dDiv/dw_ij^(k). For k = 1 nothing needs dDiv/dy^(0), and as in the worked
example it is left out.

A formula is LaTeX with `@key@` where a quantity stands (negative numbers get parentheses there) or
`@=key@` (they do not). Keys look like the code that holds the number: `z1[0]`, `W2[0,1]`,
`dW2[0,1]`, `div`; layers count from 1, indices from 0.
"""

import math
import re
from dataclasses import dataclass

_REFERENCE = re.compile(r"@(=?)([^@]+)@")
_COMPUTED = ("z", "y", "d")  # first letters of what a step computes: z, y, div, dz, dy, dW, db


@dataclass(frozen=True)
class Recipe:
    """How one number of the walk is computed: `template` is its formula, `words` says it in a
    sentence."""

    kind: str
    layer: int
    index: tuple
    key: str
    template: str
    words: str

    @property
    def references(self):
        """The keys in the formula, in order, each once."""
        return tuple(dict.fromkeys(key for _, key in _REFERENCE.findall(self.template)))

    @property
    def uses(self):
        """Those references that earlier steps computed: looked up, not computed again."""
        return tuple(
            key for key in self.references if key[0] in _COMPUTED and not key.startswith("d[")
        )


@dataclass(frozen=True)
class Step:
    """One step of the walk, with its numbers.

    Attributes
    ----------
    kind : str
        "z", "y", "div", "dy", "dz", "dW" or "db".
    layer : int
        The k of the symbol; inputs are layer 0.
    index : tuple
        (j,) for a unit, (i, j) for a weight, () for the divergence; from 0.
    symbol, formula : str
        LaTeX: what is computed, and from what.
    numbers : str
        The formula with numbers put in, plain text.
    value : float
    uses : tuple of str
        Keys of the earlier steps whose results are used again (memoization).
    key : str
        This step's own key, e.g. "dW2[0,0]".
    words : str
        The step in a sentence.
    """

    kind: str
    layer: int
    index: tuple
    symbol: str
    formula: str
    numbers: str
    value: float
    uses: tuple
    key: str
    words: str


def format_number(value, digits=4):
    """A number as short as `digits` significant digits allow: 0.1684, -0.08976, 1.2e-07, 12346,
    nan, inf."""
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    exponent = int(exponent)
    if -5 < exponent < 6:
        text = f"{value:.{max(0, digits - 1 - exponent)}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{exponent}"


def latex(template, symbols):
    """The formula of a template in symbols."""
    return _REFERENCE.sub(lambda match: symbols[match[2]], template)


def plain(template, values, digits=6):
    """The formula of a template with numbers put in, as plain text."""

    def number(match):
        text = format_number(values[match[2]], digits)
        return f"({text})" if text.startswith("-") and not match[1] else text

    text = _REFERENCE.sub(number, template)
    text = re.sub(r"\^\{(\d+)\}", r"^\1", text)
    text = re.sub(r"\^\{([^{}]*)\}", r"^(\1)", text)
    text = re.sub(r"\\frac\{1\}\{2\}", "1/2", text)
    text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"\1 / (\2)", text)
    return text.replace(r"\cdot", "*").replace("\\", "")


def take(recipe, symbols, values):
    """The step that a recipe becomes once its numbers are known."""
    return Step(
        kind=recipe.kind,
        layer=recipe.layer,
        index=recipe.index,
        symbol=symbols[recipe.key],
        formula=latex(recipe.template, symbols),
        numbers=plain(recipe.template, values),
        value=float(values[recipe.key]),
        uses=recipe.uses,
        key=recipe.key,
        words=recipe.words,
    )


def _output_key(k, i):
    return f"y{k}[{i}]" if k else f"x[{i}]"


def forward_recipes(sizes, activations, has_biases, unit):
    """The forward steps: for each layer all z, then all y. `unit(k, i)` is what a unit is called in
    a sentence."""
    for k in range(1, len(sizes)):
        before = range(sizes[k - 1])
        for j in range(sizes[k]):
            # z_j^(k) = sum_i w_ij^(k) y_i^(k-1) + b_j^(k)
            terms = [rf"@W{k}[{i},{j}]@ \cdot @{_output_key(k - 1, i)}@" for i in before]
            terms += [f"@b{k}[{j}]@"] * has_biases
            words = f"Forward, layer {k}: {unit(k, j)} adds up its weighted inputs"
            yield Recipe(
                "z",
                k,
                (j,),
                f"z{k}[{j}]",
                " + ".join(terms),
                words + (" and its bias." if has_biases else "."),
            )
        for j in range(sizes[k]):
            # y_j^(k) = f_k(z_j^(k))
            template = activations[k - 1].formula.replace("z@", f"z{k}[{j}]@")
            words = (
                f"Forward, layer {k}: {unit(k, j)} passes its sum through the"
                f" {activations[k - 1].name} function."
            )
            yield Recipe("y", k, (j,), f"y{k}[{j}]", template, words)


def backward_recipes(sizes, activations, has_biases, unit, error):
    """The backward steps, from the divergence back to layer 1."""
    last = len(sizes) - 1
    # Div = 1/2 sum_i (y_i - d_i)^2
    terms = [f"(@=y{last}[{i}]@ - @d[{i}]@)^{{2}}" for i in range(sizes[last])]
    total = terms[0] if len(terms) == 1 else f"[{' + '.join(terms)}]"
    yield Recipe(
        "div",
        last,
        (),
        "div",
        rf"\frac{{1}}{{2}} {total}",
        f"{error}: how far the output is from the target.",
    )
    for i in range(sizes[last]):
        # dDiv/dy_i^(N) = y_i^(N) - d_i
        words = f"Backward starts: how {error} changes with the output of {unit(last, i)}."
        yield Recipe("dy", last, (i,), f"dy{last}[{i}]", f"@=y{last}[{i}]@ - @d[{i}]@", words)
    for k in range(last, 0, -1):
        f = activations[k - 1]
        for j in range(sizes[k]):
            # dDiv/dz_j^(k) = f_k'(z_j^(k)) dDiv/dy_j^(k)
            slope = f.slope.replace("z@", f"z{k}[{j}]@").replace("y@", f"y{k}[{j}]@")
            words = (
                f"Backward, layer {k}: through {unit(k, j)}, times the slope of its {f.name}"
                " function."
            )
            yield Recipe("dz", k, (j,), f"dz{k}[{j}]", rf"{slope} \cdot @dy{k}[{j}]@", words)
        for i in range(sizes[k - 1]) if k > 1 else ():
            # dDiv/dy_i^(k-1) = sum_j w_ij^(k) dDiv/dz_j^(k)
            terms = [rf"@W{k}[{i},{j}]@ \cdot @dz{k}[{j}]@" for j in range(sizes[k])]
            words = (
                f"Backward, layer {k - 1}: {unit(k - 1, i)} adds up what comes back along its"
                " outgoing weights."
            )
            yield Recipe("dy", k - 1, (i,), f"dy{k - 1}[{i}]", " + ".join(terms), words)
        for i in range(sizes[k - 1]):
            for j in range(sizes[k]):
                # dDiv/dw_ij^(k) = y_i^(k-1) dDiv/dz_j^(k)
                template = rf"@{_output_key(k - 1, i)}@ \cdot @dz{k}[{j}]@"
                words = (
                    f"Backward, layer {k}: the weight from {unit(k - 1, i)} to {unit(k, j)}: what"
                    " went in times what came back."
                )
                yield Recipe("dW", k, (i, j), f"dW{k}[{i},{j}]", template, words)
        for j in range(sizes[k]) if has_biases else ():
            # dDiv/db_j^(k) = dDiv/dz_j^(k)
            words = f"Backward, layer {k}: the bias of {unit(k, j)}. Its input is 1."
            yield Recipe("db", k, (j,), f"db{k}[{j}]", f"@=dz{k}[{j}]@", words)
