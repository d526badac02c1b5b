"""Grade by evidence: draw inputs, let the student's kernel answer, judge here.

Three preprocessors take the place of nbgrader's ``Execute`` in an autograde run, in this order. nbgrader's own rules
for reading a score from a cell's output ("no output is full marks", "any text is full marks", "stderr is zero") never
meet a student's output: exactly one clean result stands in each test cell when they are applied.
"""

from __future__ import annotations

import ast
import secrets

from nbclient.exceptions import DeadKernelError
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from traitlets import Integer

from autograder.answering import MIME
from autograder.exercise import Exercise
from autograder.exercises import find_exercise
from autograder.judge import draw_cases, judge
from autograder.probe import Evidence
from autograder.transport import BadTransport, dumps, loads
from autograder.verdict import Verdict
from course.build import checked

KEY = "backprop"


def _exercise_of(cell: NotebookNode) -> Exercise | None:
    """The exercise that a locked test cell checks; None for every other cell."""
    if cell.cell_type != "code" or not utils.is_grade(cell) or utils.is_solution(cell):
        return None
    name = checked(cell.source)
    return find_exercise(name) if name else None


class DrawInputs(NbGraderPreprocessor):
    """Draw the inputs of every exercise, after the submission was made, and order the answers."""

    seed = Integer(
        None, allow_none=True, help="Seed of the inputs. Fresh ones for every run when not set; set it to reproduce a run."
    ).tag(config=True)

    def preprocess_cell(self, cell, resources, cell_index):
        cell.metadata.pop(KEY, None)  # a student's own entry of this name means nothing
        exercise = _exercise_of(cell)
        if exercise is None:
            return cell, resources
        seed = secrets.randbits(48) if self.seed is None else self.seed
        cases = draw_cases(exercise, seed, full=True)
        order = dumps((exercise.name, len(exercise.signatures), cases, exercise.limit, exercise.repeat))
        functions = ast.unparse(ast.Tuple([*ast.parse(cell.source).body[0].value.args[1:]], ast.Load()))
        cell.metadata[KEY] = {"source": cell.source, "seed": seed}
        cell.source = f"__import__('autograder.answering').answering.answer({order!r}, lambda: {functions})"
        resources.setdefault(KEY, {})[cell_index] = cases
        return cell, resources


class ExecuteWithLimits(Execute):
    """nbgrader's Execute with a time limit for each cell: that of the exercise for a test cell, `timeout` elsewhere.

    When the kernel dies, what was answered until then counts, and every later cell gets an error.

    Every ordinary cell that runs into its limit leaves a quarter of it to the later ones, at least 2 s: a student's
    endless function is often called from many cells, and each would cost the full limit.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.timeout_func = self._limit
        self._patience = 1.0

    def preprocess(self, nb, resources, km=None):
        try:
            return super().preprocess(nb, resources, km)
        except DeadKernelError as problem:
            self.log.warning("The kernel died: %s", problem)
            for cell in nb.cells:
                if cell.cell_type == "code" and not cell.get("execution_count"):
                    text = "The kernel died before this cell had finished."
                    cell.outputs.append(new_output("error", ename="DeadKernelError", evalue=text, traceback=[text]))
            return nb, resources

    def _limit(self, cell: NotebookNode) -> int:
        source = cell.metadata.get(KEY, {}).get("source")
        exercise = find_exercise(checked(source)) if source else None
        if exercise is not None:
            return max(self.timeout, int(exercise.limit * 6) + 10)
        return max(2, int(self.timeout * self._patience))

    def on_cell_executed(self, **kwargs):
        super().on_cell_executed(**kwargs)
        if any(o.output_type == "error" and o.ename == "CellTimeoutError" for o in kwargs["cell"].outputs):
            self._patience /= 4


class JudgeEvidence(NbGraderPreprocessor):
    """Judge the evidence and leave one result in each test cell: the points, with the verdict to read.

    A cell without evidence scores 0 and says why.
    """

    def preprocess(self, nb, resources):
        earlier: dict[str, bool] = {}
        for index, cell in enumerate(nb.cells):
            if KEY not in cell.metadata:
                continue
            kept = cell.metadata.pop(KEY)
            cell.source = kept["source"]
            exercise = find_exercise(checked(cell.source))
            verdict = self._judge(exercise, cell, resources[KEY][index], earlier)
            for signature in exercise.signatures:
                earlier[signature.name] = verdict.passed
            points = round(verdict.score * float(cell.metadata.nbgrader["points"]), 2)
            text = str(points)
            data = {"text/plain": text, "text/html": _with_points(verdict, points, cell.metadata.nbgrader["points"])}
            told = {"seed": kept["seed"], "exercise": exercise.name, "score": verdict.score, "why": _in_short(verdict)}
            cell.outputs = [new_output("execute_result", data, metadata={KEY: told}, execution_count=None)]
            self.log.info("%s: %s of %s points", exercise.name, text, cell.metadata.nbgrader["points"])
        return nb, resources

    def _judge(self, exercise: Exercise, cell: NotebookNode, cases: tuple, earlier: dict[str, bool]) -> Verdict:
        sent = [output["data"][MIME] for output in cell.outputs
                if output.output_type == "display_data" and MIME in output.get("data", {})]
        if not sent:
            return judge(exercise, Evidence(exercise.name, cases, problem=_why_nothing(cell)))
        try:
            evidence = loads(sent[0], Evidence)
        except BadTransport as problem:
            return judge(exercise, Evidence(exercise.name, cases, problem=f"The answer could not be read ({problem})."))
        trusted = Evidence(  # the inputs are ours, whatever the evidence says they were
            exercise.name, cases, evidence.observations, evidence.again_case, evidence.again, evidence.problem, evidence.uses
        )
        try:
            return judge(exercise, trusted, earlier)
        except Exception as problem:
            self.log.warning("%s: the evidence does not fit the exercise (%s: %s)", exercise.name, type(problem).__name__, problem)
            return judge(exercise, Evidence(exercise.name, cases, problem="The answer does not fit the exercise."))


def _why_nothing(cell: NotebookNode) -> str:
    """Why a test cell gave no evidence, from the error it left."""
    for output in cell.outputs:
        if output.output_type == "error":
            if output.ename in ("CellTimeoutError", "KeyboardInterrupt"):
                return "No answer within the time limit."
            if output.ename == "DeadKernelError":
                return "The kernel died before this cell had finished."
            return f"The cell failed: {output.ename}: {output.evalue}"[:500]
    return "The cell gave no answer."


def _in_short(verdict: Verdict) -> str:
    """One line for the class report."""
    if verdict.diagnosis:
        return verdict.diagnosis.name
    if verdict.blamed:
        return f"uses {' and '.join(verdict.blamed)}, which is not right"
    wrong = next((row for row in verdict.rows if not row.ok), None)
    return verdict.finding or (f"{wrong.name}: {wrong.comment or wrong.yours}" if wrong else "")


def _with_points(verdict: Verdict, points: float, most: float) -> str:
    return f'<div style="font-weight:600">{points:g} of {float(most):g} points</div>{verdict._repr_html_()}'
