"""Read verdicts again: python tests/recheck/run.py [--all] [--unread] [exercise or lesson …]

Without --all the mutants are left out. --unread also lists the kinds of sentences of which nothing
is computed again.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from recheck.answers import everything, read
from recheck.report import Report


def _part(task: tuple[list[str], bool, int, int]) -> Report:
    """The answers of some exercises, every so many-th of them."""
    names, mutated, start, step = task
    found = Report()
    chosen = (
        a
        for a in everything(mutated)
        if not names or {a.exercise, a.exercise.partition(".")[0]} & set(names)
    )
    for answer in islice(chosen, start, None, step):
        try:
            found.add(read(answer))
        except Exception as problem:  # also that is something to be seen
            found.false.append(
                (
                    "no verdict, or one that cannot be read",
                    f"{type(problem).__name__}: {problem}",
                    f"{answer.exercise}: {answer.name}",
                )
            )
    return found


def reports(
    names: list[str], mutated: bool, processes: int = 2, pieces: int = 200
) -> Iterator[Report]:
    """One report after the other, in no particular order."""
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(_part, [(names, mutated, k, pieces) for k in range(pieces)])


def main() -> int:
    """Print what was read, what was checked, and what does not hold."""
    from tqdm import tqdm

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--all", action="store_true", help="the mutants as well")
    parser.add_argument(
        "--unread",
        action="store_true",
        help="list the kinds of sentences that are not computed again",
    )
    parser.add_argument(
        "exercises", nargs="*", help="exercises or lessons; all where none is named"
    )
    options = parser.parse_args()
    total = Report()
    for one in tqdm(reports(options.exercises, options.all), total=200, unit="piece"):
        total.add(one)
    print(
        f"{total.verdicts} verdicts read, {sum(total.held.values())} claims hold, "
        f"{len(total.false)} do not"
    )
    for kind, count in total.held.most_common():
        print(f"{count:>9}  {kind}")
    for kind, said, answer in total.false:
        print(f"✗ {kind} | {answer}\n    {said[:600]}")
    print(
        f"{sum(total.unread.values())} sentences of {len(total.unread)} kinds were not "
        "computed again"
    )
    for template, count in total.unread.most_common() if options.unread else ():
        print(f"{count:>9}  {template}")
    return 1 if total.false else 0


if __name__ == "__main__":
    sys.exit(main())
