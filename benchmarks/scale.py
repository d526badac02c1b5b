"""How `backprop grade` scales: more workers, more submissions, and what that says of ten thousand.

    python benchmarks/scale.py                           # short: some minutes
    python benchmarks/scale.py --submissions 100 2000    # memory and cost over a large class

A class of lesson 4 is made and graded with 1, 2 and 4 workers, start-up included and apart, walls on;
then larger ones with as many workers as there are processors. The projection is computed from what was
measured here: the work of a worker, and what the coordinator reads and writes, which is done one
submission after the other and so is the ceiling.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
LESSON = "04-two-two-one"
SLIPS = (("(1 - y1**2) * dy1", "dy1"), ("np.tanh(z1)", "z1"), ("- d", "+ d"), ("", ""))
NODES, PROCESSORS, MANY = 8, 16, 10_000


def make(folder, number):
    """A class, and what its students hand in: right ones, and some slips."""
    from autograder.desk.beginning import Asked, begin

    begin(ROOT, folder, Asked(exchange=False, lessons=["4"]))
    text = (folder / "source" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8")
    for k in range(number):
        right, wrong = SLIPS[k % len(SLIPS)]
        place = folder / "submitted" / f"s{k:05d}" / LESSON
        place.mkdir(parents=True)
        given = text.replace(right, wrong) if right else text
        (place / f"{LESSON}.ipynb").write_text(given, encoding="utf-8")


class Memory(threading.Thread):
    """Looks, while it runs, how much memory this process and its children have at most."""

    def __init__(self):
        super().__init__(daemon=True)
        self.coordinator = self.others = 0
        self.over = threading.Event()

    def run(self):
        me = psutil.Process()
        while not self.over.wait(0.5):
            self.coordinator = max(self.coordinator, me.memory_info().rss)
            sizes = []
            for child in me.children(recursive=True):
                try:
                    sizes.append(child.memory_info().rss)
                except psutil.Error:
                    continue
            self.others = max(self.others, sum(sizes))


def measured(number, workers, place):
    """Grade a class; what was measured, in seconds and bytes."""
    from autograder.classroom.progress import Progress
    from autograder.classroom.reading import OneSubmission
    from autograder.classroom.writing import Writer
    from autograder.desk.grading import Workers, grade

    folder = Path(place) / f"class-{number}-{workers}"
    make(folder, number)
    spent = {"read": [], "save": []}
    plain = {"read": OneSubmission.read, "save": Writer.save}

    def timed(name):
        def run(*arguments):
            begun = time.thread_time()
            plain[name](*arguments)
            spent[name].append(time.thread_time() - begun)

        return run

    class Watch(Progress):
        work = []
        ready = begun = time.monotonic()

        def slots(self, count):
            self.ready = time.monotonic()

        def outcome(self, outcome, why):
            self.work = [*self.work, outcome.seconds]

    watch, memory = Watch(), Memory()
    OneSubmission.read, Writer.save = timed("read"), timed("save")
    memory.start()
    begun = time.monotonic()
    try:
        found = grade(folder, LESSON, on=Workers(None, workers), progress=watch)
    finally:
        OneSubmission.read, Writer.save = plain["read"], plain["save"]
        memory.over.set()
    assert len(found.graded) == number, found.failed
    shutil.rmtree(folder)
    ended = time.monotonic()
    return {
        "number": number,
        "workers": workers,
        "start": watch.ready - begun,
        "each": (ended - watch.ready) / number,
        "work": statistics.median(watch.work),
        "read": statistics.median(spent["read"]),
        "save": statistics.median(spent["save"]),
        "coordinator": memory.coordinator,
        "others": memory.others,
    }


def row(one):
    return (
        f"{one['number']:>11} {one['workers']:>7} {one['start']:>8.1f} s {1000 * one['each']:>8.0f} ms"
        f" {1000 * one['work']:>7.0f} ms {1000 * one['read']:>6.0f} ms {1000 * one['save']:>6.0f} ms"
        f" {one['coordinator'] / 1e6:>8.0f} MB {one['others'] / 1e6:>8.0f} MB"
    )


def projection(one):
    """Ten thousand on a cluster, from what was measured."""
    slots = NODES * PROCESSORS
    serial = MANY * (one["read"] + one["save"])
    parallel = MANY * one["work"] / slots
    most = 1 / (one["read"] + one["save"])
    slower = "the coordinator" if serial > parallel else "the workers"
    return (
        f"\n{MANY:,} submissions on {NODES} x {PROCESSORS} processors, computed from the last line:\n"
        f"  the workers     {parallel / 60:6.1f} minutes  ({1000 * one['work']:.0f} ms each, {slots} at"
        f" a time)\n"
        f"  the coordinator {serial / 60:6.1f} minutes  ({1000 * one['read']:.0f} ms to read,"
        f" {1000 * one['save']:.0f} ms to write, one after the other)\n"
        f"  so it takes {max(serial, parallel) / 60:.1f} minutes, and {slower} is what limits it. The"
        f" ceiling is {most:.1f} submissions a second, however many workers there are."
    )


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--submissions", type=int, nargs="+", default=[8, 16], metavar="N")
    words.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4], metavar="N")
    asked = words.parse_args()
    print(
        "submissions workers   start      each      work      read   write coordinator  the rest\n"
        "(start: until the workers are there; each: wall time after that; work: of a worker; read and"
        " write: processor time of the coordinator; medians)"
    )
    with tempfile.TemporaryDirectory(prefix="backprop-scale-") as place:
        for workers in asked.workers:
            print(row(measured(asked.submissions[0], workers, place)), flush=True)
        several = [measured(n, os.cpu_count() or 1, place) for n in asked.submissions]
    for one in several:
        print(row(one))
    first, last = several[0], several[-1]
    for name, what in (("each", "cost a submission"), ("coordinator", "memory of the coordinator")):
        change = last[name] / first[name] - 1
        print(f"{what}: {change:+.0%} from {first['number']} to {last['number']} submissions")
    print(projection(last))
    return 0


if __name__ == "__main__":
    sys.exit(main())
