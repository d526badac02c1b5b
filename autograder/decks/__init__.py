"""What the five decks print, what is right, and where they err: data with provenance, and the page
of errata."""

from autograder.decks.numbers import (
    DECKS,
    VERDICTS,
    Comparison,
    DeckNumber,
    Erratum,
    compare,
    errata,
    misprint_of,
    number,
    numbers,
    reproduces,
)

__all__ = [
    "DECKS", "VERDICTS", "Comparison", "DeckNumber", "Erratum", "compare", "errata", "misprint_of", "number", "numbers",
    "reproduces",
]  # fmt: skip
