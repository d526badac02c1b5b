"""Grade by evidence: draw inputs, let the student's kernel answer, judge here.

Three preprocessors take the place of nbgrader's ``Execute`` in an autograde run, in this order.
nbgrader's own rules for reading a score from a cell's output ("no output is full marks", "any text
is full marks", "stderr is zero") never meet a student's output: exactly one clean result stands in
each test cell when they are applied.
"""

from __future__ import annotations

import re
from dataclasses import replace
from logging import Logger

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output
from nbformat.validator import NotebookValidationError
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Integer

from autograder.evidence.answering import MIME
from autograder.evidence.transport import dumps
from autograder.exercises import find_exercise
from autograder.exercises.exercise import Exercise
from autograder.judging.trial import Trial
from autograder.judging.verdict import Verdict
from autograder.plugins.judged import CALL, Judging, functions
from autograder.plugins.pool import pool_of
from autograder.plugins.quickly import ShellExecute
from autograder.plugins.released import coursedir_of, released
from autograder.plugins.rules import rules
from autograder.plugins.spared import KEY as KEY_SHOWN
from autograder.plugins.spared import SAID, demonstrations, spared
from course.making.cells import checked

KEY = "backprop"
KEY_JUDGING = "backprop-judging"
FOLLOWING = 10  # seconds for a call that is followed line by line: the second time, and traced


def exercise_of(cell: NotebookNode) -> Exercise | None:
    """The exercise that a locked test cell checks; None for every other cell."""
    if cell.cell_type != "code" or not utils.is_grade(cell) or utils.is_solution(cell):
        return None
    name = checked(cell.source)
    return find_exercise(name) if name else None


class DrawInputs(NbGraderPreprocessor):
    """Draw the inputs of every exercise, after the submission was made, and order the answers."""

    seed = Integer(
        None, allow_none=True,
        help="Seed of the inputs. Fresh ones for every submission when not set. A graded notebook's test cells keep theirs "
             "(metadata of the output), and the log names it: set it to reproduce a grading.",
    ).tag(config=True)  # fmt: skip
    pool = Integer(
        16, min=0,
        help="How many different inputs a run of grading draws at most. As long as they last, "
             "no two submissions have the same; those of a larger class share them and are judged "
             "faster. 0: every submission has its own.",
    ).tag(config=True)  # fmt: skip

    def preprocess(self, nb, resources):
        """Draw the seed of this notebook's inputs, or take the one that is configured."""
        self._pool = pool_of(self.parent, self.pool)
        self._drawn = self._pool.seed() if self.seed is None else self.seed
        self.log.info("Inputs are drawn with the seed %s", self._drawn)
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell, resources, cell_index):
        """Put the call of the probe in the place of a check; every other cell stays as it is."""
        cell.metadata.pop(KEY, None)  # a student's own entry of this name means nothing
        exercise = exercise_of(cell)
        if exercise is None:
            return cell, resources
        seed = self._drawn
        trial = self._pool.trial(exercise, seed)
        order = order_of(trial)
        named = functions(cell)
        cell.metadata[KEY] = {"source": cell.source, "seed": seed}
        cell.source = f"{CALL}.answer({order!r}, lambda: {named})"
        resources.setdefault(KEY, {})[cell_index] = trial
        return cell, resources


def order_of(trial: Trial) -> str:
    """What the kernel is asked: the inputs, and nothing that follows from them."""
    asked = trial.exercise
    told = (asked.name, len(asked.signatures), trial.cases, asked.limit, asked.repeat)
    return trial.once("order", lambda: dumps((*told, trial.drawing)))


class ExecuteWithLimits(ShellExecute):
    """nbgrader's Execute in the grading kernel or a forked shell, with a limit for each cell's time
    and for the notebook's output.

    A test cell has the time limit of its exercise, any other cell `timeout`. Every ordinary cell
    that runs into its limit leaves a quarter of it to the later ones, at least 2 s: a student's
    endless function is often called from many cells, and each would cost the full limit.

    When the kernel dies, what was answered until then counts, and every cell without an answer gets
    an error.
    """

    output_mb = Integer(
        64, help="What all cells together may show, in MB. What comes after is dropped."
    ).tag(config=True)

    demonstrations = Bool(
        False,
        help=(
            "Run also the cells of a release that have the tag `demonstration`: they show something"
            " at length, and no point depends on them. One that was changed, or whose names another"
            " cell reads, is always run."
        ),
    ).tag(config=True)

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.timeout_func = self._limit

    def create_kernel_manager(self):
        """The kernel's manager, kept to ask afterwards why a kernel ended."""
        self._manager = super().create_kernel_manager()
        return self._manager

    def preprocess(self, nb, resources, km=None):
        """Run the notebook; a kernel that dies costs the cells that it had not run, not the
        submission."""
        self._patience, self._shown, self._answered, self._manager = 1.0, 0, None, None
        self.replied = set()
        self._judging, self._follows = judging_of(resources, self.log), False
        given = [] if self.demonstrations else self._shown_only(resources)
        self._spared = spared(nb.cells, given)
        if km is None and self.run_in_shell(nb, resources):
            return nb, resources
        try:
            return super().preprocess(nb, resources, km)
        except Exception as problem:
            # it died, it answers no longer, not even an interrupt, or what it answers is no message
            known = isinstance(problem, (DeadKernelError, CellTimeoutError))
            if not known and not _of_a_message(problem):
                raise
            why = getattr(self._manager.provisioner, "why", "") if self._manager else ""
            self.gone(nb, isinstance(problem, DeadKernelError), why)
            return nb, resources

    def _shown_only(self, resources: dict) -> list[str]:
        """The demonstrations of the release, where they are known."""
        if KEY_SHOWN in resources:
            return resources[KEY_SHOWN]
        lesson = resources.get("nbgrader", {}).get("assignment")
        given = released(coursedir_of(self), lesson) if lesson else None
        return demonstrations(given.cells) if given else []

    def is_spared(self, cell, index):
        """A demonstration that nothing needs is not run, and says so."""
        if index not in self._spared:
            return False
        cell.outputs = [new_output("stream", name="stdout", text=SAID)]
        self.replied.add(index)
        return True

    def follow_up(self, cell, index):
        """After a wrong answer that nothing explains: how one of its calls goes line by line."""
        self._follows = (more := self._judging.question(cell, index)) is not None
        return more

    def followed(self, more, index):
        """Say it with the verdict."""
        self._follows = False
        self._judging.followed(more, index)

    def _limit(self, cell: NotebookNode) -> int:
        if self._follows:
            return FOLLOWING
        source = cell.metadata.get(KEY, {}).get("source")
        exercise = find_exercise(checked(source)) if source else None
        if exercise is not None:
            return max(self.timeout, int(exercise.limit * 6) + 10)
        return max(2, int(self.timeout * self._patience))

    def process_message(self, msg, cell, cell_index):
        """Take one message of the kernel, unless the notebook has shown more than `output_mb`
        already."""
        if msg["msg_type"] not in ("status", "execute_input"):
            first = (
                KEY in cell.metadata
                and MIME in msg["content"].get("data", {})
                and self._answered != cell_index
            )
            # one answer a test cell; it is bounded by the transport
            self._answered = cell_index if first else self._answered
            self._shown += (
                0
                if first
                else len(repr(msg["content"])) + sum(len(part) for part in msg.get("buffers", ()))
            )
            if self._shown > self.output_mb << 20 and not first:
                return None
        try:
            return super().process_message(msg, cell, cell_index)
        except NotebookValidationError as problem:  # displayed by hand, and no output of a notebook
            self.log.warning("An output was left out: %s", str(problem).splitlines()[0])
            return None

    def on_cell_executed(self, **kwargs):
        """After a cell that ran out of time the next one is interrupted with less patience."""
        super().on_cell_executed(**kwargs)
        if self._follows:
            return
        cell = kwargs["cell"]
        self.replied.add(kwargs["cell_index"])
        if any(o.output_type == "error" and o.ename == "CellTimeoutError" for o in cell.outputs):
            self._patience /= 4


def judging_of(resources: dict, log: Logger) -> Judging:
    """What came of a notebook's checks until now; one for a run of the three preprocessors."""
    trials = resources.setdefault(KEY, {})
    if KEY_JUDGING not in resources:
        resources[KEY_JUDGING] = Judging(trials, log)
    return resources[KEY_JUDGING]


def _of_a_message(problem: Exception) -> bool:
    """Whether an error comes from a message that Jupyter could not take apart: who has its key has
    written something else."""
    where = problem.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    read_in = where.tb_frame.f_globals.get("__name__", "") if where else ""
    return read_in.partition(".")[0] in ("jupyter_client", "json", "dateutil")


class JudgeEvidence(NbGraderPreprocessor):
    """Judge the evidence and leave one result in each test cell: the points, with the verdict to
    read.

    A cell without evidence scores 0 and says why.
    """

    hints = Integer(
        1,
        min=0,
        help=(
            "How many hints of an exercise the feedback gives where points are missing. 0: none;"
            " the last ones are the plainest."
        ),
    ).tag(config=True)

    def preprocess(self, nb, resources):
        """Judge what every check brought back, and put the verdict in its place as the cell's one
        result."""
        judging = judging_of(resources, self.log)
        for cell in nb.cells:
            # only the results below carry an entry of this name
            for output in cell.get("outputs", []):
                output.get("metadata", {}).pop(KEY, None)
        for index, cell in enumerate(nb.cells):
            if KEY not in cell.metadata:
                continue
            verdict = judging.verdict(cell, index)
            kept = cell.metadata.pop(KEY)
            cell.source = kept["source"]
            exercise = find_exercise(checked(cell.source))
            verdict = replace(
                verdict,
                finding=_with_cause(verdict.finding, exercise, nb.cells[:index]),
                hint=_hints(verdict.hint, exercise, self.hints),
            )
            points = round(verdict.score * float(cell.metadata.nbgrader["points"]), 2)
            text = str(points)
            data = {
                "text/plain": text,
                "text/html": _with_points(verdict, points, cell.metadata.nbgrader["points"]),
            }
            told = {
                "seed": kept["seed"],
                "exercise": exercise.name,
                "score": verdict.score,
                "rules": rules(exercise.name, self.config),
                "why": _in_short(verdict),
            }
            cell.outputs = [
                new_output("execute_result", data, metadata={KEY: told}, execution_count=None)
            ]
            self.log.info(
                "%s: %s of %s points", exercise.name, text, cell.metadata.nbgrader["points"]
            )
        return nb, resources


def _with_cause(finding: str, exercise: Exercise, before: list[NotebookNode]) -> str:
    """A finding that a function is not defined, with the error of the cell that should have defined
    it."""
    for signature in exercise.signatures:
        if not finding.startswith(f"{signature.name} is not defined"):
            continue
        defining = re.compile(
            rf"^\s*(?:(?:async )?def {signature.name}\b|{signature.name}\s*=)", re.MULTILINE
        )
        for cell in reversed(before):
            failed = [o for o in cell.get("outputs", []) if o.output_type == "error"]
            if cell.cell_type == "code" and defining.search(cell.source) and failed:
                return f"{signature.name} is not defined: {_failed(failed[0])}"
    return finding


def _failed(error: NotebookNode) -> str:
    """How the cell of a function failed, in words: IPython names a cell that is no Python by a
    number that nobody knows."""
    kind = "SyntaxError" if error.ename == "_IncompleteInputError" else error.ename  # Python 3.13
    said = f"{kind}: {error.evalue}"[:300]
    unread = re.fullmatch(
        r"(.*?) \((?:\d+\.py|<[^>]*>|[^()]*ipykernel[^()]*), line (\d+)\)", said, re.DOTALL
    )
    return (
        f"line {unread[2]} of its cell cannot be read ({unread[1]})"
        if unread
        else f"its cell failed with {said}"
    )


def _hints(judged: str | None, exercise: Exercise, number: int) -> str | None:
    """The hint of a verdict, with as many hints of the exercise as the instructor allows. What is
    blamed stays."""
    if not judged or not exercise.hints:
        return judged
    shown = exercise.hints[:number]
    shown = [f"{k}. {text}" for k, text in enumerate(shown, 1)] if len(shown) > 1 else [*shown]
    return "\n".join(filter(None, [judged.removesuffix(exercise.hints[0]).strip(), *shown])) or None


def _in_short(verdict: Verdict) -> str:
    """One line for the class report."""
    if verdict.diagnosis:
        return verdict.diagnosis.name
    if verdict.blamed:
        return f"uses {' and '.join(verdict.blamed)}, which is not right"
    wrong = next((row for row in verdict.rows if not row.ok), None)
    return verdict.finding or (f"{wrong.name}: {wrong.comment or wrong.yours}" if wrong else "")


def _with_points(verdict: Verdict, points: float, most: float) -> str:
    return (
        f'<div style="font-weight:600">{points:g} of {float(most):g}'
        f" points</div>{verdict._repr_html_()}"
    )
