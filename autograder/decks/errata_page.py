"""The errata of the five decks as a page: ``site/errata.md``, built from the data."""

from __future__ import annotations

from autograder.decks import DECKS, Erratum, errata

KINDS = {
    "deck error": "The deck is wrong.",
    "misleading": "True only with a condition that is not said.",
    "notation": "A matter of notation or wording.",
    "incomplete": "Right, but something is missing.",
    "transcript": "Probably a slip of the transcript that was worked from, not of the deck.",
    "undecidable": (
        "Wrong as transcribed; whether the deck or the transcript slipped cannot be told."
    ),
    "outside fact": "A fact about the world outside the deck.",
}

HEAD = """\
# Errata of the five decks

Lectures are given by people, and people slip. This page lists what a careful reader of the five decks will stumble over:
what is printed, what is right, why, how to see it for yourself, and the lesson of this course where it matters. The
decks' page images were not at hand, only transcripts; where a slip may be the transcript's, the entry says so.

*Built from `autograder/decks/deck_data/errata.toml` by `make build`.*
"""


def errata_page() -> str:
    """The page as Markdown: one section a deck, one entry an erratum, in the decks' order."""
    parts = [
        HEAD,
        "Kinds of entries:\n",
        *(f"- **{kind}**: {text}" for kind, text in KINDS.items()),
        "",
    ]
    for key, title in DECKS.items():
        entries = [e for e in errata() if e.deck == key]
        parts += [f"## {title}", "", f"{len(entries)} entries.", "", *(_entry(e) for e in entries)]
    return "\n".join(parts)


def _entry(e: Erratum) -> str:
    lines = [
        f"### {e.n} · {e.slide}",
        "",
        f"*{e.kind}* · lesson {e.lesson}",
        "",
        f"- printed: {_plain(e.printed)}",
        f"- right: {_plain(e.right)}",
        f"- why: {_plain(e.why)}",
        f"- check: {_plain(e.check)}",
        "",
    ]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Text that Markdown leaves alone."""
    for sign in ("\\", "*", "_", "|", "<"):
        text = text.replace(sign, "\\" + sign)
    return " ".join(text.split())
