"""The file that keeps a student's predictions beside the notebook."""

import json
import numbers
import os
import tempfile
from pathlib import Path

from course.steps import format_number

FILE = "predictions.json"


class PredictionFile:
    """The predictions of one folder: {key: {"question": ..., "answer": ...}}.

    A drawn answer is plain numbers too, and its entry says how it was drawn: see `course.sketches.Page`.

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

    def keep(self, key, question, answer, words=None, **about):
        """Keep one prediction, one line of the file.

        Parameters
        ----------
        key, question : str
        answer : str, number, or lists of numbers
        words : str, optional
            The answer as the reader is told it; left out, it is written as it is.
        **about
            What else belongs to the entry, such as how an answer was drawn.

        Returns
        -------
        str
            What to tell the reader. It says so when the folder is read-only and nothing could be written.
        """
        kept, remark = self.read()
        if remark and self.path.exists():
            return f"{remark} Your prediction could not be kept."
        kept[key] = {"question": question, "answer": answer} | about
        lines = (f"  {json.dumps(k, ensure_ascii=False)}: {json.dumps(v, ensure_ascii=False)}" for k, v in kept.items())
        try:
            self._write("{\n" + ",\n".join(lines) + "\n}\n")
        except OSError as error:
            return f"Your prediction could not be written to {FILE} ({error.strerror}). Note it down yourself."
        return f"{remark} Kept: {said(answer) if words is None else words}.".strip()

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


def said(answer):
    """An answer in words: a number with up to six digits, anything else as it is."""
    if isinstance(answer, numbers.Real) and not isinstance(answer, bool):
        return format_number(float(answer), 6)
    return str(answer)
