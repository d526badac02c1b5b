"""What a reader's own function is told that did not get to its end: the same words wherever it is
called."""

import traceback


def stopped(error: Exception, name: str) -> str:
    """Say in a sentence why a function stopped.

    Parameters
    ----------
    error : Exception
        What it raised. A NotImplementedError is a function that is not written yet.
    name : str
        Of the function that was called; what it calls itself may be what stopped.
    """
    where = traceback.extract_tb(error.__traceback__)[-1]
    if isinstance(error, NotImplementedError):
        return f"{where.name} is not written yet" + (
            f", and {name} uses it." if where.name != name else "."
        )
    what = (str(error).splitlines() or [""])[0]
    return f"{name} raised {type(error).__name__}: {what} (line {where.lineno} of {where.name})."
