"""The buttons below a verdict: the next hint, and for whoever learns alone the model answer beside
one's own.

Ordinary ipywidgets, so they work wherever widgets do. A saved notebook keeps a line of text in
their place.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from autograder.exercises.exercise import Exercise
from autograder.judging.verdict import Verdict, prose
from autograder.notebook import model_answer
from autograder.notebook.live import shell

if TYPE_CHECKING:
    from autograder.notebook.attempts import Attempts


def show_buttons(
    exercise: Exercise, functions: tuple, verdict: Verdict, attempts: Attempts
) -> None:
    """Show the buttons that belong below a failing check; nothing outside of a live notebook.

    Parameters
    ----------
    exercise
    functions
        What was handed to the check.
    verdict
    attempts
        Which hints are allowed, and were shown.
    """
    if shell() is None:
        return
    from IPython.display import display

    row = Below(exercise, functions, verdict, attempts)
    if not row.buttons:
        return
    data = {"application/vnd.jupyter.widget-view+json": {"version_major": 2, "version_minor": 0, "model_id": row.box.model_id},
            "text/plain": f"More help: run hint({exercise.name!r}) in a new cell."}  # fmt: skip
    display(data, raw=True)


class Below:
    """What stands below one verdict.

    Attributes
    ----------
    buttons : list of ipywidgets.Button
    said : ipywidgets.HTML
        Where hints appear, and below them the comparison.
    """

    def __init__(self, exercise: Exercise, functions: tuple, verdict: Verdict, attempts: Attempts):
        import ipywidgets as widgets

        from course.widgets.common.keys import own_keys

        self._exercise, self._attempts = exercise, attempts
        self.said = widgets.HTML()
        self._hints = self._answer = ""
        self.buttons = []
        if exercise.hints:
            self.hint = self._button(self._next(), self._show_hint)
        if model_answer.allowed(exercise, functions, verdict):
            self._sides = lambda: model_answer.side_by_side(exercise, functions)
            self.compare = self._button("Compare with the model answer", self._show_answer)
        self.box = own_keys(
            widgets.VBox([widgets.HBox(self.buttons, layout={"flex_flow": "row wrap"}), self.said])
        )
        if exercise.hints and attempts.shown(exercise.name) == len(exercise.hints):
            self.hint.description = "All hints"

    def _button(self, words: str, action: Callable[[Any], None]) -> Any:
        import ipywidgets as widgets

        button = widgets.Button(description=words, layout={"width": "auto", "height": "30px"})
        button.on_click(action)
        self.buttons.append(button)
        return button

    def _next(self) -> str:
        number = len(self._exercise.hints)
        return f"Hint {min(self._attempts.shown(self._exercise.name) + 1, number)} of {number}"

    def _show_hint(self, button: Any) -> None:
        said, why_no_more = self._attempts.climb(self._exercise)
        lines = "".join(f'<p style="margin:4px 0">{prose(text)}</p>' for text in said)
        all_shown = self._attempts.shown(self._exercise.name) == len(self._exercise.hints)
        reason = "These are all the hints." if all_shown else why_no_more
        self._hints = f'{lines}<p style="margin:4px 0">{escape(reason)}</p>'
        self.said.value = _block(self._hints + self._answer)
        button.disabled, button.tooltip = bool(reason), reason
        button.description = "All hints" if all_shown else self._next()

    def _show_answer(self, button: Any) -> None:
        self._answer = self._sides()
        self.said.value = _block(self._hints + self._answer)


def _block(inside: str) -> str:
    """Words that a screen reader speaks when they appear."""
    return ('<div role="status" style="font-size:14px;line-height:1.5;max-width:1120px;white-space:normal;'
            f'color:var(--jp-ui-font-color1,#222)">{inside}</div>')  # fmt: skip
