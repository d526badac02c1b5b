"""numpy's and Python's own messages in the course's words.

Each entry says something that is true wherever the message appears; the original stands beside it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from autograder.evidence.probe import Raised


class Words(NamedTuple):
    """What a message means: a pattern of the message, one of the student's line, and a sentence."""

    message: str
    line: str
    text: str


ONE_AXIS = (
    "A product adds up over the last axis of the left array and the first axis of the right one; the"
    " two must be equally long. `.T` swaps the two axes of an array; with one axis it changes nothing,"
    " and the table of all products is `np.outer(a, b)`."
)

#: The first that fits is said. A group of the message is put in for {1}, {2}, …
TABLE = (
    Words(
        r"truth value of an array",
        r"",
        "One yes or no is asked here (by `if`, `while`, `and`, `or`, `not`, `min` or `max`), and an"
        " array holds many. Where each entry needs a decision of its own: `np.where(condition, a,"
        " b)`.",
    ),
    Words(r"core dimension|not aligned", r"\.T\b", ONE_AXIS),
    Words(
        r"core dimension \d.*size (\d+) is different from (\d+)",
        r"@",
        "`@` adds up over the last axis of the left array and the first axis of the right one (of"
        " several, the last but one). The two must be equally long; here they are {2} and {1}"
        " long.",
    ),
    Words(
        r"shapes \(.*\) and \(.*\) not aligned",
        r"",
        "This product adds up over the last axis of the left array and the first axis of the right"
        " one (of several, the last but one); the two must be equally long.",
    ),
    Words(
        r"does not have enough dimensions",
        r"@|matmul",
        "`@` multiplies arrays, and one of the two is a single number here: that takes `*`.",
    ),
    Words(
        r"could not be broadcast together with shapes (\(.*?\)) (\(.*?\))|non-broadcastable output"
        r" operand",
        r"",
        "Entry by entry, shapes are laid side by side from their last axis on; two lengths fit"
        " where they are equal or one of them is 1.",
    ),
    Words(
        r"(only length-1|only size-1|only 0-dimensional) arrays can be converted",
        r"\bmath\.",
        "The functions of `math` take one number, and this is an array: `np.exp`, `np.log`,"
        " `np.sqrt` take both.",
    ),
    Words(
        r"(only length-1|only size-1|only 0-dimensional) arrays can be converted",
        r"",
        "A single number is needed here, and this is an array of several.",
    ),
    Words(r"bitwise_xor|for \^:", r"\^", "`^` is no power in Python; a power is written `**`."),
    Words(
        r"NoneType",
        r"",
        "Something here is None: an argument that was not given, or what a function without `return`"
        " gives.",
    ),
    Words(
        r"axis -?\d+ is out of bounds for array of dimension 0|invalid index to scalar variable|"
        r"too many indices for array: array is 0-dimensional|iteration over a 0-d array",
        r"",
        "What is taken apart here is a single number: it has no axes and no entries.",
    ),
    Words(
        r"axis -?\d+ is out of bounds for array of dimension (\d+)|too many indices for array",
        r"",
        "The array has fewer axes than are asked for here. Axes count from 0: an array with one"
        " axis has axis 0 only.",
    ),
    Words(
        r"'(?:float|int|numpy\.float64)' object (?:is not subscriptable|does not support item"
        r" assignment|is not iterable|"
        r"has no attribute"
        r" '(?:T|shape|copy|sum|mean|dot|reshape|astype|size|ndim|max|min|ravel|tolist)')",
        r"",
        "A single number is treated like an array or a list here. `np.asarray(z)` makes an array of"
        " a number too.",
    ),
    Words(
        r"can't multiply sequence by|can only concatenate|unsupported operand type\(s\) for"
        r" .*'(?:list|tuple)'",
        r"",
        "A list is no array: it does not calculate entry by entry. `np.array(…)` makes one of it.",
    ),
    Words(
        r"'(?:list|tuple)' object has no attribute '(argmax|argmin|T|shape|size|ndim|sum|mean|max|min|dot"
        r"|astype|reshape|ravel|flatten|transpose)'",
        r"",
        "A list is no array and has no `{1}`. Take the entry that is meant, or make an array of the"
        " list: `np.array(…)`.",
    ),
    Words(
        r"values to unpack",
        r"",
        "Values are given names here (by `=` or `for`), and there are not as many names as values.",
    ),
    Words(
        r"inhomogeneous shape|setting an array element with a sequence",
        r"",
        "One array is to be made here of parts that differ in length; that takes a list of arrays.",
    ),
    Words(
        r"Cannot cast ufunc",
        r"",
        "An array of whole numbers cannot take fractions in place (`+=`, `-=`, `*=`).",
    ),
    Words(
        r"maximum recursion depth", r"", "The function calls itself again and again without an end."
    ),
)


def in_words(error: Raised) -> str:
    """What an error message means; "" where its own words will do.

    Parameters
    ----------
    error
        An exception: its type, its message, and the student's line.
    """
    if error.kind not in KINDS:
        return ""
    for words in TABLE:
        found = re.search(words.message, error.message)
        if found and re.search(words.line, error.where):
            return words.text.format("", *(group or "" for group in found.groups()))
    return ""


KINDS = (
    "ValueError",
    "TypeError",
    "IndexError",
    "AxisError",
    "AttributeError",
    "RecursionError",
    "UFuncTypeError",
    "UFuncOutputCastingError",
    "_UFuncOutputCastingError",
    "_UFuncNoLoopError",
)
