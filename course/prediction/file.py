"""The file that keeps a student's predictions beside the notebook."""

import numbers

from course.folder.kept_file import KeptFile, NotKept
from course.steps import format_number

FILE = "predictions.json"


class PredictionFile:
    """The predictions of one folder: {key: {"question": ..., "answer": ...}}.

    A drawn answer is plain numbers too, and its entry says how it was drawn: see
    `course.prediction.sketches.Page`.

    Parameters
    ----------
    folder : str or Path, optional
        The current folder if left out, looked up anew at each use.
    """

    def __init__(self, folder=None):
        self._file = KeptFile(FILE, folder, _is_prediction)

    @property
    def path(self):
        """Where the predictions are kept."""
        return self._file.path

    def read(self):
        """All predictions, and a remark for the reader ("" if there is none); see `KeptFile`."""
        return self._file.read()

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
            What to tell the reader. It says so when nothing could be written.
        """
        try:
            remark = self._file.keep(key, {"question": question, "answer": answer} | about)
        except NotKept as problem:
            return f"Your prediction is not kept: {problem} Note it down yourself."
        return f"{remark} Kept: {said(answer) if words is None else words}.".strip()


def _is_prediction(entry):
    return isinstance(entry, dict) and "answer" in entry


def said(answer):
    """An answer in words: a number with up to six digits, anything else as it is."""
    if isinstance(answer, numbers.Real) and not isinstance(answer, bool):
        return format_number(float(answer), 6)
    return str(answer)
