"""A graded submission as Gradescope reads it: ``results.json``.

Run inside Gradescope's container by the bundle's ``run_autograder``.
"""

from __future__ import annotations

import argparse
import json
import time
from html import escape
from pathlib import Path
from typing import Any

from autograder.bundle.grading import by_hand, grade_folder, most, shown, walls
from autograder.desk import Refused

WALLS = "Walls around the notebook (only instructors see this)"


def results(result: dict[str, Any], seconds: float) -> dict[str, Any]:
    """A result in Gradescope's schema: a test an exercise, and one for instructors that says which
    walls stood.

    Parameters
    ----------
    result
        As `grade_folder` has it.
    seconds
        How long it took.
    """
    tests = [
        {
            "name": shown(each["name"]),
            "score": each["points"],
            "max_score": each["max_points"],
            "output": _output(each),
            "output_format": "html",
            "visibility": "visible",
        }
        for each in result["exercises"]
    ]
    said = [
        f"{result['score']:g} of {result['max_score']:g} points by the checks.",
        by_hand(result),
        *(f"{line}." for line in result["told"]),
    ]
    data = {name: value for name, value in result.items() if name != "feedback"}
    return {
        "score": result["score"],
        "execution_time": round(seconds, 1),
        "output": "\n".join(filter(None, said)),
        "output_format": "text",
        "stdout_visibility": "hidden",
        "extra_data": {"backprop": data},
        "tests": [*tests, _walls(walls(result))],
    }


def refused(why: str, points: float, seconds: float) -> dict[str, Any]:
    """What Gradescope is told of a submission that cannot be graded: no points, and why."""
    return {
        "score": 0.0,
        "execution_time": round(seconds, 1),
        "output": why,
        "output_format": "text",
        "stdout_visibility": "hidden",
        "extra_data": {"backprop": {"refused": why}},
        "tests": [
            {
                "name": "The notebook",
                "score": 0.0,
                "max_score": points,
                "output": f"<p>{escape(why)}</p>",
                "output_format": "html",
                "visibility": "visible",
            },
            _walls(["Nothing was graded, so nothing is said of walls."]),
        ],
    }


def _output(exercise: dict[str, Any]) -> str:
    """What a student reads below a test; nothing of it is the student's own HTML."""
    if exercise["waits"]:
        return "<p>A person decides on this one.</p>"
    if exercise["why"]:
        return f"<p>{escape(exercise['why'])}</p>"
    return "<p>Right.</p>" if exercise["points"] >= exercise["max_points"] else "<p>Not right.</p>"


def _walls(lines: list[str]) -> dict[str, Any]:
    return {
        "name": WALLS,
        "output": "".join(f"<p>{escape(line)}</p>" for line in lines),
        "output_format": "html",
        "visibility": "hidden",
    }


def main(argv: list[str] | None = None) -> int:
    """Grade what Gradescope put into a folder, and write what it reads. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lesson", required=True)
    parser.add_argument("--course", type=Path, required=True)
    parser.add_argument("--submission", type=Path, required=True)
    parser.add_argument("--results", type=Path, required=True)
    asked = parser.parse_args(argv)
    started = time.monotonic()
    try:
        result = grade_folder(asked.submission, asked.course, asked.lesson)
        found = results(result, time.monotonic() - started)
    except Refused as problem:
        points = most(asked.course, asked.lesson)
        found = refused(str(problem), points, time.monotonic() - started)
    print(found["output"])
    asked.results.parent.mkdir(parents=True, exist_ok=True)
    asked.results.write_text(
        json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
