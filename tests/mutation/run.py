"""Try mutants and print a table: python tests/mutation/run.py [--all] [--names] [--list] [exercise
or lesson …]

Without --all the sample that the tests try. --names puts the diagnosis of every rejected mutant to
the test, which takes longest. --list also prints every mutant that is accepted or whose diagnosis
holds in part or not at all.
"""

from __future__ import annotations

import argparse
import time
import warnings

from mutants import mutants
from naming import diagnosis
from samples import explained, sample
from trials import Bench

from autograder.exercises import all_exercises

HEAD = (
    "exercise",
    "mutants",
    "tried",
    "rejected",
    "named",
    "in part",
    "falsely",
    "equal",
    "allowed",
    "elsewhere",
    "open",
    "seconds",
)


def row(exercise, every: bool, names: bool, listing: list[str]) -> tuple[int, ...]:
    """The numbers of one exercise, in the order of `HEAD`."""
    started, bench = time.process_time(), Bench(exercise)
    everything, reasons = mutants(exercise), explained(exercise.name)
    tried = sample(exercise, every)
    counts = dict.fromkeys(HEAD[1:], 0) | {"mutants": len(everything), "tried": len(tried)}
    for mutant in tried:
        outcome = bench.trial(mutant)
        if outcome.accepted:
            group = reasons.get(mutant.name)
            counts[group["kind"] if group else "open"] += 1
            listing.append(
                f"  {group['kind'] if group else 'open'}: {exercise.name} {mutant.name} "
                f" [{bench.difference(mutant) or 'no difference'}]"
            )
            continue
        counts["rejected"] += 1
        named = diagnosis(bench, outcome.evidence) if names and outcome.evidence else None
        if named:
            counts["named"] += 1
            counts["in part"] += bool(named.beyond)
            counts["falsely"] += bool(named.false)
            if named.false or named.beyond:
                what = "falsely" if named.false else "in part"
                listing.append(
                    f"  {what}: {exercise.name} {mutant.name} named “{named.misconception}” "
                    f" [{named.false or named.beyond}]"
                )
    counts["seconds"] = round(time.process_time() - started)
    return tuple(counts[name] for name in HEAD[1:])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--all", action="store_true", help="every mutant, also of the exercises that train"
    )
    parser.add_argument(
        "--names",
        action="store_true",
        help="compare every diagnosis with the misconception that it names",
    )
    parser.add_argument(
        "--list",
        action="store_true",
        help="print what is accepted, and what is named falsely or in part",
    )
    parser.add_argument(
        "exercises", nargs="*", help="exercises or lessons; all where none is named"
    )
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    print("".join(f"{name:>10}" if i else f"{name:<36}" for i, name in enumerate(HEAD)))
    total = [0] * (len(HEAD) - 1)
    for exercise in all_exercises():
        if options.exercises and not {exercise.name, exercise.lesson} & set(options.exercises):
            continue
        listing: list[str] = []
        numbers = row(exercise, options.all, options.names, listing)
        total = [a + b for a, b in zip(total, numbers, strict=True)]
        print(
            f"{exercise.name:<36}" + "".join(f"{n:>10}" for n in numbers),
            *listing * options.list,
            sep="\n",
            flush=True,
        )
    print(f"{'all':<36}" + "".join(f"{n:>10}" for n in total))


if __name__ == "__main__":
    main()
