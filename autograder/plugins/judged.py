"""The checks of one notebook, each judged as soon as it has run, while its kernel can still be
asked.

Where something is wrong and no known mistake explains it, one of the wrong calls is followed line
by line. It is the kernel that follows it, so what it shows can only be told to whoever handed in:
it moves no point.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from logging import Logger
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.evidence.answering import MIME, MIME_WALK
from autograder.evidence.probe import Evidence
from autograder.evidence.transport import BadTransport, dumps, loads
from autograder.evidence.walk import Walk
from autograder.judging.judge import judge, standings
from autograder.judging.trial import Trial
from autograder.judging.verdict import Verdict
from autograder.judging.way.wayfinding import Question, ask, told

CALL = "__import__('autograder.evidence.answering').evidence.answering"
MOST_STEPS = 400  # of a stranger's walk that are looked through: the grader's time is everybody's


class Judging:
    """The verdicts of one notebook.

    Parameters
    ----------
    trials
        By the place of its cell the trial of each check.
    log
        Is told of evidence that does not fit.
    """

    def __init__(self, trials: dict[int, Trial], log: Logger):
        self._trials, self._log = trials, log
        self._verdicts: dict[int, Verdict] = {}
        self._questions: dict[int, Question] = {}
        self._earlier: dict[str, bool | None] = {}

    def verdict(self, cell: NotebookNode, index: int) -> Verdict:
        """Judge what a check has brought back; once for each.

        To be asked in the order of the cells: what is right of an earlier exercise counts in a
        later one.
        """
        if index not in self._verdicts:
            verdict, evidence = self._judged(cell, self._trials[index])
            self._verdicts[index] = verdict
            exercise = self._trials[index].exercise
            if evidence is not None and _unexplained(verdict):
                question = self._asked(self._trials[index], evidence)
                self._questions.update({index: question} if question else {})
            if not exercise.planted:
                self._earlier.update(standings(exercise, verdict))
        return self._verdicts[index]

    def question(self, cell: NotebookNode, index: int) -> NotebookNode | None:
        """A cell that follows a wrong call line by line; None where there is nothing to ask."""
        if index not in self._trials:
            return None
        self.verdict(cell, index)
        if index not in self._questions:
            return None
        question = self._questions[index]
        order = dumps((len(self._trials[index].exercise.signatures), question.case, question.call))
        return new_code_cell(f"{CALL}.follow({order!r}, lambda: {functions(cell)})")

    def followed(self, more: NotebookNode, index: int) -> None:
        """Say with the verdict what a cell of `question` has shown."""
        shown = [o["data"][MIME_WALK] for o in more.outputs if MIME_WALK in o.get("data", {})]
        if not shown:
            return
        try:
            walk = loads(shown[0], Walk)
            if len(walk.steps) <= MOST_STEPS:
                lost = told(self._questions[index], walk)
                self._verdicts[index] = replace(self._verdicts[index], lost=lost)
        except BadTransport as problem:
            self._log.info("What a call did line by line could not be read (%s)", problem)
        except Exception as problem:  # it may hold anything; the verdict stands
            self._log.info("What a call did line by line fits nothing (%r)", problem)

    def _asked(self, trial: Trial, evidence: Evidence) -> Question | None:
        try:
            return ask(trial.exercise, trial.exact, evidence)
        except Exception as problem:  # of evidence that somebody wrote
            self._log.info("%s: nothing is followed (%r)", trial.exercise.name, problem)
            return None

    def _judged(self, cell: NotebookNode, trial: Trial) -> tuple[Verdict, Evidence | None]:
        exercise, cases = trial.exercise, trial.cases

        def refused(why: str) -> tuple[Verdict, None]:
            return judge(exercise, Evidence(exercise.name, cases, problem=why)), None

        sent = [
            output["data"][MIME]
            for output in cell.outputs
            if output.output_type == "display_data" and MIME in output.get("data", {})
        ]
        if not sent:
            return refused(_why_nothing(cell))
        try:
            evidence = loads(sent[0], Evidence)
        except BadTransport as problem:
            return refused(f"The answer could not be read ({problem}).")
        # the inputs are ours, whatever the evidence says they were
        trusted = replace(evidence, exercise=exercise.name, cases=cases)
        try:
            return judge(exercise, trusted, self._earlier, trial.drawing, trial), trusted
        except Exception as problem:
            self._log.warning(
                "%s: the evidence does not fit the exercise (%s: %s)",
                exercise.name,
                type(problem).__name__,
                problem,
            )
            return refused("The answer does not fit the exercise.")


def functions(cell: NotebookNode) -> str:
    """The functions that a check names, as the text of a tuple."""
    source = cell.metadata.get("backprop", {}).get("source", cell.source)
    call: Any = ast.parse(source).body[0]
    return ast.unparse(ast.Tuple([*call.value.args[1:]], ast.Load()))


def _unexplained(verdict: Verdict) -> bool:
    named = verdict.diagnosis or verdict.blamed
    return verdict.written and not verdict.passed and not named


def _why_nothing(cell: NotebookNode) -> str:
    """Why a test cell gave no evidence, from the error it left."""
    for output in cell.outputs:
        if output.output_type == "error":
            if output.ename in ("CellTimeoutError", "KeyboardInterrupt"):
                return "No answer within the time limit."
            if output.ename == "DeadKernelError":
                return output.evalue[:500]
            return f"The cell failed: {output.ename}: {output.evalue}"[:500]
    return "The cell gave no answer."
