"""Which functions are not written yet, as the evidence shows: they raise NotImplementedError and
give nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from autograder.evidence.probe import Evidence, Record


def unwritten(evidence: Evidence, names: Sequence[str]) -> tuple[int, ...]:
    """Which of the functions handed over raise NotImplementedError in every call.

    Parameters
    ----------
    evidence
    names
        What the functions are called, in order.

    Returns
    -------
    tuple of int
        Their places. Those that only *use* an unwritten function are not among them.
    """
    calls: dict[int, list[Record]] = {}
    for record in (record for records in evidence.observations for record in records):
        if record.function is not None and not (record.error and record.error.kind == "no result"):
            calls.setdefault(record.function, []).append(record)
    return tuple(
        k
        for k, records in sorted(calls.items())
        if all(map(_raises, records)) and not waits_for(evidence, records, names)
    )


def waits_for(
    evidence: Evidence, records: Iterable[Record], own: Collection[str]
) -> tuple[str, ...]:
    """Names of other functions of the notebook, not written, that these calls stopped in.

    Parameters
    ----------
    evidence
    records
    own
        Names of the functions that were handed over.
    """
    names = [_frame(record) for record in records if _raises(record)]
    return tuple(dict.fromkeys(name for name in names if name in evidence.uses and name not in own))


def _raises(record: Record) -> bool:
    return record.error is not None and record.error.kind == "NotImplementedError"


def _frame(record: Record) -> str:
    found = re.match(r"line \d+ of (\w+)", record.error.where if record.error else "")
    return found[1] if found else ""
