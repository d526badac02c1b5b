"""What may be said of a wrong quantity as a whole: claims, each with the predicate it is checked
by.

A claim is told bare where it holds for every number that came back; where some numbers are right
and it holds for all the others, that is said; where it holds in one case only, the case is named.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from autograder.judging.compare import Compared, Pair


class Claim(NamedTuple):
    """A sentence about a quantity, ``{}`` being its name, and when it holds for one array of it.

    ``{every}`` is the name, "Every entry of" before it where it has several.
    """

    text: str
    holds: Callable[[np.ndarray, np.ndarray], bool]


class Said(NamedTuple):
    """A sentence, and whether it speaks of every case."""

    text: str
    always: bool


def close(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two arrays have one shape and the same numbers, nearly."""
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-6, atol=1e-12))


def _moved(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray, np.ndarray], bool]:
    return lambda yours, exact: close(yours, change(exact))


def _ratio(pairs: Sequence[Pair]) -> float | None:
    """The one factor between all numbers; None where there is none, or nothing to tell it from
    chance."""
    if any(yours.shape != exact.shape for yours, exact, _ in pairs):
        return None
    yours, exact = (np.concatenate([np.ravel(pair[k]) for pair in pairs]) for k in (0, 1))
    some = np.abs(exact) > 1e-12
    if not some.any() or np.any(np.abs(yours[~some]) > 1e-9):
        return None
    ratios = yours[some] / exact[some]
    if not np.isfinite(ratios).all():
        return None
    varied = np.ptp(exact[some]) > 1e-6 * np.max(np.abs(exact))
    if not varied and abs(ratios[0] * 2 - round(ratios[0] * 2)) > 1e-6:
        return None
    same = np.ptp(ratios) <= 1e-6 * abs(ratios[0])
    return float(ratios[0]) if same and abs(ratios[0] - 1) > 1e-4 and ratios[0] != 0 else None


def _permuted(yours: np.ndarray, exact: np.ndarray) -> bool:
    return yours.shape == exact.shape and close(np.sort(yours, None), np.sort(exact, None))


def _zero(yours: np.ndarray, exact: np.ndarray) -> bool:
    return not np.any(yours)


def _transposed(yours: np.ndarray, exact: np.ndarray) -> bool:
    return exact.ndim == 2 and close(yours, exact.T)


def _reversed(yours: np.ndarray, exact: np.ndarray) -> bool:
    return exact.ndim == 1 and close(yours, exact[::-1])


#: In the order in which they are tried: the more is said the earlier.
CLAIMS = (
    Claim("{} is zero throughout.", _zero),
    Claim("{} has the right size and the wrong sign.", _moved(np.negative)),
    Claim("{} is nearly right.", close),
    Claim("{} is the transpose of the right array.", _transposed),
    Claim("{} has the right entries in the opposite order.", _reversed),
    Claim("{} has the right entries in the wrong places.", _permuted),
)


def _telling(claim: Claim, pairs: Sequence[Pair]) -> bool:
    """Whether a claim holds for all pairs, and is more than that they are right."""
    return bool(pairs) and all(claim.holds(yours, exact) for yours, exact, _ in pairs)


def _holding(pairs: Sequence[Pair]) -> str:
    """The first claim that holds for all pairs, or "". One that right numbers show says nothing."""
    ratio = _ratio(pairs) if pairs else None
    for k, claim in enumerate(CLAIMS):
        if k == 3 and ratio is not None:  # after zero, sign and size
            return f"{{every}} is {ratio:.6g} times the exact one."
        if _telling(claim, pairs):
            return claim.text
    return ""


@np.errstate(all="ignore")
def claimed(name: str, entries: Sequence[tuple[str, Compared]]) -> Said:
    """What all numbers of a wrong quantity have in common with the right ones.

    Parameters
    ----------
    name
        The quantity, as the lesson writes it.
    entries
        Its comparisons, each with the label of its case; the one that is shown comes first.

    Returns
    -------
    Said
        Its text is "" where nothing can be said of more than single entries.
    """
    every = [pair for _, compared in entries for pair in compared.pairs]
    wrong = [pair for pair in every if not pair.right]
    label, shown = next(((label, c) for label, c in entries if not c.right), ("", None))
    if shown is None or not wrong:
        return Said("", False)
    several = shown.exact is not None and np.ndim(wrong[0].exact) > 0
    if text := _holding(every):
        return Said(
            _told(text, f"Every array of {name}" if shown.note else name, several, name), True
        )
    if text := _holding(wrong):
        if shown.note:
            return Said(
                _told(
                    text, f"Every wrong array of {name}", several, f"every wrong array of {name}"
                ),
                True,
            )
        told = _told(text, "it", several, "it")
        return Said(f"Where {name} is wrong: {told[0].lower()}{told[1:]}", True)
    here = [pair for pair in shown.pairs if not pair.right]
    if shown.note or not here or not (text := _holding(here)):
        return Said("", False)
    return Said(
        f"{_told(text, name, several, name).rstrip('.')}, for {label}; not in every case.", False
    )


def _told(text: str, subject: str, several: bool, name: str) -> str:
    return text.format(subject, every=f"Every entry of {name}" if several else name)
