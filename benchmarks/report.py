"""How long the lesson plan of a large class takes: `backprop report` on two thousand submissions.

    python benchmarks/report.py [--students 2000]

The class is written down, not graded (`tests/written_class.py`): every submission has its own code
in it, so that nothing is read only once. Loading the command counts. It fails above ten seconds.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from written_class import LESSON, Got, Student, slips_of, write_class

PROMISED, MEASURED_ON = 10.0, 2000
CODE = """def own_{k}(x, d, W1, W2):
    trace = forward(x, W1, W2)
    dz2 = trace["y2"] * (1 - trace["y2"]) * (trace["y2"] - d)
    return {{"z2": dz2, "W2": np.outer(trace["y1"], dz2), "number": {k}}}
"""


def main() -> int:
    """Measure, print, and say whether the promise is kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=MEASURED_ON)
    students = parser.parse_args().students
    slips = slips_of("two_two_one.backward")
    everybody = [
        Student(
            f"s{k:05}",
            {"backward": Got(0.5, slips[k % len(slips)])} if k % 3 else {},
            code="".join(CODE.format(k=f"{k}_{j}") for j in range(6)),
        )
        for k in range(students)
    ]
    with tempfile.TemporaryDirectory() as folder:
        root = write_class(Path(folder) / "class", everybody)
        command = [str(Path(sys.executable).parent / "backprop"), "report", LESSON]
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, cwd=root, check=True)
        seconds = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        page = (root / f"report-{LESSON}.html").stat().st_size
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"{students} submissions: {seconds:.1f} s on the clock, {used:.1f} s of {os.cpu_count()}"
        f" processors, a page of {page / 1000:.0f} kB"
    )
    kept = seconds <= PROMISED * max(1.0, students / MEASURED_ON)
    print(f"promised: {PROMISED:g} s for {MEASURED_ON}: {'kept' if kept else 'NOT KEPT'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
