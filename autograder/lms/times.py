"""When something was handed in, as Moodle's grading worksheet says it: in words, to the minute."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

# By the first letters that tell the months of a language apart; Moodle writes whole names.
MONTHS = {
    "january|januar|janvier|enero|janeiro|gennaio|januari": 1,
    "february|februar|février|febrero|fevereiro|febbraio|februari": 2,
    "march|märz|mars|marzo|março|maart": 3,
    "april|avril|abril|aprile": 4,
    "may|mai|mayo|maio|maggio|mei": 5,
    "june|juni|juin|junio|junho|giugno": 6,
    "july|juli|juillet|julio|julho|luglio": 7,
    "august|août|agosto|augustus": 8,
    "september|septembre|septiembre|setembro|settembre": 9,
    "october|oktober|octobre|octubre|outubro|ottobre": 10,
    "november|novembre|noviembre|novembro": 11,
    "december|dezember|décembre|diciembre|dezembro|dicembre": 12,
}
NUMBER_OF = {name: number for names, number in MONTHS.items() for name in names.split("|")}
CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?(?:\s*(?P<half>[ap])\.?m\.?)?"
DATES = (
    r"(?P<day>\d{1,2})\.?\s+(?:de\s+)?(?P<month>[^\W\d]+)\s+(?:de\s+)?(?P<year>\d{4})",
    r"(?P<month>[^\W\d]+)\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})",
    r"(?P<year>\d{4})(?:-|/|年)(?P<month>\d{1,2})(?:-|/|月)(?P<day>\d{1,2})",
)
SHAPES = [re.compile(rf"{date}\D*?{CLOCK}", re.IGNORECASE) for date in DATES]


def when(text: str, zone: str = "") -> datetime | None:
    """A time that a worksheet gives, in UTC; None where it gives none, or in words unknown here.

    Parameters
    ----------
    text
        Such as ``Monday, 5 May 2025, 3:24 PM``.
    zone
        The time zone in which the worksheet speaks, such as ``Europe/Berlin``; this machine's own
        where nothing is said.
    """
    for shape in SHAPES:
        said = shape.search(text)
        if not said:
            continue
        month = said["month"].lower()
        number = int(month) if month.isdigit() else NUMBER_OF.get(month, 0)
        hour = int(said["hour"])
        if said["half"]:
            hour = hour % 12 + 12 * (said["half"].lower() == "p")
        try:
            found = datetime(int(said["year"]), number, int(said["day"]), hour, int(said["minute"]))
        except ValueError:
            continue
        return found.replace(tzinfo=ZoneInfo(zone) if zone else None).astimezone(UTC)
    return None


def written(time: datetime) -> str:
    """A time as nbgrader keeps it in a submission's ``timestamp.txt``."""
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
