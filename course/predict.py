"""Predictions: what a student expects before they see it, kept beside the notebook and shown next to the truth.

They are kept in `predictions.json` in the current folder, which in a notebook is the notebook's own.
"""

import json
import numbers
import os
import tempfile
from html import escape
from pathlib import Path

from course.steps import format_number

FILE = "predictions.json"


class PredictionFile:
    """The predictions of one folder: {key: {"question": ..., "answer": ...}}.

    Parameters
    ----------
    folder : str or Path, optional
        The current folder if left out, looked up anew at each use.
    """

    def __init__(self, folder=None):
        self._folder = folder

    @property
    def path(self):
        """Where the predictions are kept."""
        return Path(self._folder or ".") / FILE

    def read(self):
        """All predictions, and a remark for the reader ("" if there is none).

        A file that is not valid is renamed to `predictions.broken.json` (or `.broken-2.json`, ...), so that nothing
        is lost; where it cannot be renamed it is left alone.
        """
        try:
            kept = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return {}, ""
        except OSError as error:
            return {}, f"{FILE} cannot be read ({error.strerror})."
        except ValueError:
            return {}, self._set_aside()
        if not isinstance(kept, dict) or not all(isinstance(entry, dict) and "answer" in entry for entry in kept.values()):
            return {}, self._set_aside()
        return kept, ""

    def _set_aside(self):
        names = ["predictions.broken.json", *(f"predictions.broken-{n}.json" for n in range(2, 1000))]
        free = next(name for name in names if not self.path.with_name(name).exists())
        try:
            self.path.rename(self.path.with_name(free))
        except OSError:
            return f"{FILE} is not valid and cannot be renamed; it was left as it is."
        return f"{FILE} was not valid; it is kept as {free}, and a new one is begun."

    def keep(self, key, question, answer):
        """Keep one prediction.

        Returns
        -------
        str
            What to tell the reader. It says so when the folder is read-only and nothing could be written.
        """
        kept, remark = self.read()
        if remark and self.path.exists():
            return f"{remark} Your prediction could not be kept."
        kept[key] = {"question": question, "answer": answer}
        try:
            self._write(json.dumps(kept, indent=2, ensure_ascii=False) + "\n")
        except OSError as error:
            return f"Your prediction could not be written to {FILE} ({error.strerror}). Note it down yourself."
        return f"{remark} Kept: {_text(answer)}.".strip()

    def _write(self, text):
        # write a new file and put it in the old one's place, so that a crash never leaves half a file
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".predictions-", suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(name, self.path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise


def _text(answer):
    if isinstance(answer, numbers.Real) and not isinstance(answer, bool):
        return format_number(float(answer), 6)
    return str(answer)


def _number(value):
    """A number as float, where `value` is one or holds a single one (a NumPy scalar, an array of one entry)."""
    if isinstance(value, (str, bool)):
        return None
    try:
        return float(value.item() if hasattr(value, "item") else value)
    except (TypeError, ValueError):
        return None


def compared(entry, truth):
    """A prediction beside the truth, in words: `entry` is what `PredictionFile.read` holds for a key, or None."""
    number = _number(truth)
    true = _text(truth if number is None else number)
    if entry is None:
        return f"You predicted nothing here. It is {true}."
    answer, guess = entry["answer"], _number(entry["answer"])
    if number is None or guess is None:
        verdict = "as you predicted" if str(answer) == true else "not what you predicted"
        return f"You predicted: {_text(answer)}. It is: {true}, {verdict}."
    return f"You predicted {_text(guess)}. It is {true}: you were off by {format_number(abs(guess - number), 2)}."


class Predict:
    """`predict(key, question)` asks for a number, `predict(key, question, choices)` for one of several answers."""

    def __init__(self, file=None):
        self.file = file or PredictionFile()
        self._asked = {}  # key -> question, of this session: what `show` names when nothing was kept

    def __call__(self, key, question, choices=None, value=None):
        """Ask for a prediction and keep it.

        Parameters
        ----------
        key : str
            What `predict.show` finds it by, e.g. "04.output".
        question : str
        choices : sequence of str, optional
            The answers to choose from. Left out, the prediction is a number.
        value : optional
            Keep this answer right away, without asking.

        Raises
        ------
        ValueError
            If `value` is not one of `choices`, or not a number where there are none.
        """
        self._asked[key] = question
        if value is None:
            from IPython.display import display

            display(self.form(key, question, choices))
            return
        answer = value if choices is not None else _number(value)
        if choices is not None and answer not in choices:
            raise ValueError(f"{value!r} is not one of {list(choices)}")
        if answer is None:
            raise ValueError(f"the prediction {key} is a number, not {value!r}")
        print(self.file.keep(key, question, answer))

    def form(self, key, question, choices=None):
        """The widgets that ask: a box of the question, the answers, a button and a line that says what was kept."""
        import ipywidgets as widgets

        kept, remark = self.file.read()
        entry = kept.get(key)
        before = entry["answer"] if entry else None
        label = widgets.HTML(f"<b>{escape(question)}</b>")
        if choices is not None:
            answer = widgets.RadioButtons(options=list(choices), value=before if before in choices else None)
            answer.layout.width = "auto"
        else:
            answer = widgets.FloatText(value=_number(before) or 0.0, layout=widgets.Layout(width="140px"))
        button = widgets.Button(description="keep my prediction", layout=widgets.Layout(width="180px"))
        said = widgets.Label(f"Kept: {_text(before)}." if entry else remark)

        def keep(_):
            if answer.value is None:
                said.value = "Choose an answer first."
                return
            said.value = self.file.keep(key, question, answer.value)

        button.on_click(keep)
        return widgets.VBox([label, answer, widgets.HBox([button, said])], layout=widgets.Layout(margin="4px 0 14px"))

    def show(self, key, truth):
        """Print the question asked under `key`, then what was predicted, or that nothing was, beside the truth."""
        kept, remark = self.file.read()
        if remark:
            print(remark)
        entry = kept.get(key)
        question = (entry or {}).get("question") or self._asked.get(key)
        said = compared(entry, truth)
        print(f"{question}\n    {said}" if question else said)


predict = Predict()
