"""Our doors into nbgrader: how a release is made, how a submission is graded, who got what.

`configure` is the one place that plugs them in; every ``nbgrader_config.py`` calls it.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

from sqlalchemy.exc import SAWarning
from traitlets.config import Config


def configure(c: Config) -> None:
    """Make nbgrader release and grade the course's notebooks with our preprocessors.

    Parameters
    ----------
    c
        The configuration object of an ``nbgrader_config.py``.
    """
    from nbgrader import preprocessors as nb

    from autograder.plugins.evidence import DrawInputs, ExecuteWithLimits, JudgeEvidence
    from autograder.plugins.intake.flags import TrueFlags
    from autograder.plugins.intake.submissions import list_everything
    from autograder.plugins.marked import MarkRelease
    from autograder.plugins.pages.feedback import configure_pages
    from autograder.plugins.pages.outputs import CleanOutputs
    from autograder.plugins.planted import ClearOrPlant
    from autograder.plugins.restored import RestoreCells
    from autograder.plugins.thrift import install
    from autograder.plugins.twins import ChooseTwins
    from autograder.plugins.waiting import SaveGrades

    _programs_on_path()
    _no_news_of_the_database()
    install()
    c.GenerateAssignment.preprocessors = [
        nb.IncludeHeaderFooter,
        nb.LockCells,
        ClearOrPlant,
        nb.ClearOutput,
        nb.CheckCellMetadata,
        nb.ComputeChecksums,
        nb.SaveCells,
        nb.ClearHiddenTests,
        nb.ClearMarkScheme,
        nb.ComputeChecksums,
        nb.CheckCellMetadata,
        MarkRelease,
    ]
    c.Autograde.sanitize_preprocessors = [
        nb.ClearOutput,
        TrueFlags,
        ChooseTwins,
        nb.OverwriteKernelspec,
        RestoreCells,
        nb.CheckCellMetadata,
    ]
    c.Autograde.autograde_preprocessors = [
        DrawInputs,
        ExecuteWithLimits,
        CleanOutputs,
        JudgeEvidence,
        nb.IgnorePattern,
        "nbconvert.preprocessors.ClearMetadataPreprocessor",
        nb.LimitOutput,
        SaveGrades,
        nb.AssignLatePenalties,
        nb.CheckCellMetadata,
    ]
    c.Autograde.exporter_class = "autograder.plugins.intake.submissions.Intake"
    list_everything()
    c.ExchangeFactory.collect = "autograder.plugins.intake.collecting.CollectAsItIs"
    c.ZipCollectApp.extractor_plugin = "autograder.plugins.intake.archives.SafeExtractor"
    c.ZipCollectApp.collector_plugin = "autograder.plugins.intake.archives.SafeCollector"
    # a notebook is validated at the end, not after each of twenty steps
    c.Exporter.optimistic_validation = True
    configure_pages(c)
    # a page is derived from the grades: after hand grading it is made anew
    c.GenerateFeedback.force = True
    c.ExecuteWithLimits.timeout = 20
    c.ExecuteWithLimits.iopub_timeout = 10
    c.ExecuteWithLimits.shutdown_kernel = "immediate"
    # exit() ends no kernel
    c.ExecuteWithLimits.extra_arguments = [
        "--IPKernelApp.exec_lines=get_ipython().ask_exit = lambda: None"
    ]


def _programs_on_path() -> None:
    """nbgrader calls ``alembic`` by name; it lies beside the running Python, which need not be on
    the PATH."""
    folder = str(Path(sys.executable).parent)
    if folder not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = folder + os.pathsep + os.environ.get("PATH", "")


def _no_news_of_the_database() -> None:
    """nbgrader makes a submission before it adds it to the session, and SQLAlchemy remarks on that
    for each: true, harmless, and a wall of text around what an instructor should read."""
    warnings.filterwarnings("ignore", r"Object of type <Submitted\w+> not in session", SAWarning)
