"""A graded submission as GitHub Classroom reads it: the output of a workflow's step.

Classroom's reporter takes, from each step, JSON in base64: what can be had, and tests with their
points. The same is said in words on the run's page.
"""

from __future__ import annotations

import argparse
import base64
import json
from pathlib import Path
from typing import Any

from autograder.bundle.grading import by_hand, grade_folder, most, shown, walls
from autograder.desk import Refused

MARKDOWN = r"\`*_{}[]()#+-.!|<>&~$"


def report(result: dict[str, Any]) -> dict[str, Any]:
    """A result as Classroom's reporter reads it.

    Parameters
    ----------
    result
        As `grade_folder` has it.
    """
    tests = [
        {
            "name": shown(each["name"]),
            "status": "pass" if each["points"] >= each["max_points"] else "fail",
            "score": each["points"],
            "message": each["why"] or None,
            "test_code": "",
            "filename": "",
            "line_no": 0,
            "duration": 0,
        }
        for each in result["exercises"]
    ]
    right = all(test["status"] == "pass" for test in tests)
    return {
        "version": 1,
        "status": "pass" if right else "fail",
        "max_score": result["max_score"],
        "tests": tests,
    }


def refused(why: str, points: float) -> dict[str, Any]:
    """What the reporter is told of a submission that cannot be graded."""
    test = {
        "name": "The notebook",
        "status": "error",
        "score": 0,
        "message": why,
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "duration": 0,
    }
    return {"version": 1, "status": "error", "max_score": points, "tests": [test]}


def summary(result: dict[str, Any]) -> str:
    """The page of a run, in Markdown: the points, an exercise a row, and which walls stood."""
    rows = [
        f"| {_plain(shown(each['name']))} | {each['points']:g} of {each['max_points']:g} |"
        f" {_plain(each['why'])} |"
        for each in result["exercises"]
    ]
    lines = [
        f"## {_plain(result['lesson'])}: {result['score']:g} of {result['max_score']:g} points",
        "",
        "| exercise | points | |",
        "|---|---|---|",
        *rows,
        "",
        *(_plain(line) + "\n" for line in filter(None, (by_hand(result), *result["told"]))),
        *(_plain(line) + "\n" for line in walls(result)),
    ]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    one = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in MARKDOWN else sign for sign in one)


def main(argv: list[str] | None = None) -> int:
    """Grade what a student pushed, and write what the workflow's next steps read. Returns the exit
    status, which is 0 also where points are missing: the reporter says so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lesson", required=True)
    parser.add_argument("--course", type=Path, required=True)
    parser.add_argument("--submission", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True, help="GITHUB_OUTPUT")
    parser.add_argument("--summary", type=Path, required=True, help="GITHUB_STEP_SUMMARY")
    parser.add_argument("--page", type=Path, required=True, help="where the feedback page goes")
    asked = parser.parse_args(argv)
    try:
        result = grade_folder(asked.submission, asked.course, asked.lesson, page=True)
        asked.page.write_text(result["feedback"], encoding="utf-8")
        told, text = report(result), summary(result)
    except Refused as problem:
        told = refused(str(problem), most(asked.course, asked.lesson))
        text = f"## It could not be graded\n\n{_plain(str(problem))}\n"
    packed = base64.b64encode(json.dumps(told).encode("utf-8")).decode("ascii")
    with asked.output.open("a", encoding="utf-8") as file:
        file.write(f"result={packed}\n")
    with asked.summary.open("a", encoding="utf-8") as file:
        file.write(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
