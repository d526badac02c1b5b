"""A number as people type it: with a decimal comma, as a fraction, as a power."""

import math
import re

_PLAIN = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")


def read_number(text):
    """Read a number.

    Parameters
    ----------
    text : str
        Such as "0.25", "0,25", "1/4", "2^60", "1,000", "90 %" (which is 90) or "-3e-4".

    Returns
    -------
    float
        Finite.

    Raises
    ------
    ValueError
        If there is nothing, or no number; the message is a sentence for the reader.
    """
    plain = re.sub(r"\s+", "", text).replace("−", "-").removesuffix("%").replace("**", "^")
    if not plain:
        raise ValueError("Type a number first.")
    top, *below = plain.split("/")
    try:
        value = _power(top)
        for part in below:
            value /= _power(part)
    except ZeroDivisionError:
        raise ValueError(
            f"“{text.strip()}” divides by 0. Type a number, such as 0.25, 1/4 or 2^10."
        ) from None
    except (ValueError, OverflowError):
        raise ValueError(
            f"“{text.strip()}” is no number. Type one, such as 0.25, 1/4 or 2^10."
        ) from None
    if not math.isfinite(value):
        raise ValueError(
            f"“{text.strip()}” is more than the computer can hold. Type a smaller number."
        )
    return value


def _power(text):
    base, *exponents = text.split("^")
    if len(exponents) > 1:
        raise ValueError(text)
    value = _plain(base)
    if exponents:
        raised = value ** _plain(exponents[0])
        if isinstance(raised, complex):
            raise ValueError(text)
        return raised
    return value


def _plain(text):
    if _THOUSANDS.fullmatch(text):
        return float(text.replace(",", ""))
    text = text.replace(",", ".")
    if not re.fullmatch(_PLAIN, text):
        raise ValueError(text)
    return float(text)
