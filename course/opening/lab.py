"""The course in JupyterLab: the command that opens it, and what its server and page are told.

As it comes, Jupyter Server leaves Nagle's algorithm switched on: a small message waits until the
one before it is acknowledged, and a browser on the same machine acknowledges after up to 40 ms. A
picture that answers a slider is three small messages and a large one, so half of the time until it
moves would be spent waiting. The extension switches that algorithm off.

It also tells the page what is not for a student: news, pop-ups, and what only an instructor needs.
That is said to the page as it is served, so nothing is written into anybody's settings. The page's
own part is in `course/labextension`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from course.folder.reading import put_about
from course.opening.enrolment import is_class, is_enrolled
from course.opening.home import lend_a_home
from course.opening.startup import postpone_grammar

CONNECTION = "kernel_websocket_connection_class"

INSTRUCTOR = "--instructor"

#: Set for the kernels of whoever learns alone: after an attempt the model answer may be seen.
SELF_STUDY = "BACKPROP_SELF_STUDY"

#: The folder that JupyterLab is told to look in for the course's own extension.
LABEXTENSIONS = Path(__file__).resolve().parents[1] / "labextension"

#: Parts of the page that a course has no use for: news and updates; a second front page; text
#: notebooks in the launcher; what asks the server for language servers.
NOT_HERE = (
    "@jupyterlab/apputils-extension:announcements",
    "@jupyter-notebook/lab-extension",
    "jupyterlab-jupytext",
    "@jupyterlab/lsp-extension",
    "@jupyterlab/notebook-extension:language-server",
    "@jupyterlab/fileeditor-extension:language-server",
)

#: Parts of the page that are an instructor's.
INSTRUCTORS = (
    "@jupyter/nbgrader:create-assignment",
    "@jupyter/nbgrader:course-list",
    "@jupyter/nbgrader:formgrader",
)

#: Parts of the page that talk to a class: without one they complain that there is none.
CLASSES = ("@jupyter/nbgrader:assignment-list", "@jupyter/nbgrader:menu")

#: Extensions of the server that nobody needs here: each delays the first page.
NO_SERVERS = ("jupyter_lsp", "notebook", "jupyterlab_jupytext")

#: Extensions of the server that are an instructor's.
INSTRUCTORS_SERVERS = (
    "nbgrader.server_extensions.formgrader",
    "nbgrader.server_extensions.course_list",
)


def lab_options(folder: Path, instructor: bool | None = None) -> list[str]:
    """What a JupyterLab that shows the course has to be told.

    Parameters
    ----------
    folder : Path
        What it shows.
    instructor : bool, optional
        Whether an instructor works there. Left out, the folder tells: see `is_class`.

    Returns
    -------
    list of str
        Options of the command line.
    """
    instructor = is_class(folder) if instructor is None else instructor
    unwanted = (*NO_SERVERS, *(() if instructor else INSTRUCTORS_SERVERS))
    servers = {"course.opening.lab": True} | dict.fromkeys(unwanted, False)
    return [
        f"--ServerApp.jpserver_extensions={servers}",
        f"--LabApp.extra_labextensions_path={LABEXTENSIONS}",
        f"--BackpropLab.instructor={instructor}",
        "--AsyncIOLoopKernelRestarter.time_to_dead=1.0",  # seconds until a death is noticed
        "--LabApp.news_url=None",
    ]


def open_lab(folder: Path, options: Sequence[str] = ()) -> None:
    """Open JupyterLab on a folder, in this process, and return when it has ended.

    What there is to read about the course is put beside the lessons first, where a student works
    there. The model answers are only for whoever learns alone: no instructor, and enrolled in no
    class.

    Parameters
    ----------
    folder : Path
    options : sequence of str
        More options for JupyterLab; ``--instructor`` among them shows what is an instructor's,
        as in a folder of a class.
    """
    repository = Path(__file__).resolve().parents[2]
    instructor = INSTRUCTOR in options or is_class(folder)
    built = [repository / name for name in ("release", "source")]
    if instructor or is_enrolled():
        os.environ.pop(SELF_STUDY, None)  # whatever the shell still knows of another day
    if not instructor and folder.resolve() not in built and (repository / "site").is_dir():
        alone = not is_enrolled() and not is_class(folder)
        if alone:
            os.environ.setdefault(SELF_STUDY, "1")
        put_about(folder, repository, self_study=alone)
    launch(folder, options)


def launch(folder: Path, options: Sequence[str] = ()) -> None:
    """Open JupyterLab on a folder as `open_lab` does, and put nothing there."""
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")  # read when Jupyter is imported
    postpone_grammar()
    said = lend_a_home()  # before Jupyter is imported, too
    if said:
        print(said, flush=True)
    from jupyterlab.labapp import LabApp

    instructor = True if INSTRUCTOR in options else None
    # Jupyter refuses root unless told; in a container root is the usual user
    root = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    others = [option for option in options if option != INSTRUCTOR]
    LabApp.launch_instance([str(folder), *lab_options(folder, instructor), *root, *others])


def at_once(connection: type) -> type:
    """The class of connections between kernels and browsers, with Nagle's algorithm switched off.

    Parameters
    ----------
    connection : subclass of jupyter_server's BaseKernelWebsocketConnection

    Returns
    -------
    a subclass of it, configured by the same sections
    """

    class AtOnce(connection):
        def connect(self):
            if self.websocket_handler.ws_connection is not None:  # the browser may be gone already
                self.websocket_handler.set_nodelay(True)
            return super().connect()

    return AtOnce


def fitted(page_config: dict, instructor: bool, self_study: bool) -> dict:
    """What the page is told, without what is not for whoever works there.

    Parameters
    ----------
    page_config : dict
        As JupyterLab would send it.
    instructor : bool
    self_study : bool
        Whether the model answers lie beside the lessons.

    Returns
    -------
    dict
    """
    alone = not instructor and not is_enrolled()
    unwanted = (*NOT_HERE, *(() if instructor else INSTRUCTORS), *(CLASSES if alone else ()))
    return page_config | {
        "disabledExtensions": [*page_config.get("disabledExtensions", ()), *unwanted],
        # what is switched off as a whole need not be loaded either
        "federated_extensions": _without(page_config.get("federated_extensions", ()), unwanted),
        "backpropSelfStudy": "true" if self_study and not instructor else "false",
    }


def _without(extensions: Iterable[dict], unwanted: Sequence[str]) -> list[dict]:
    return [extension for extension in extensions if extension["name"] not in unwanted]


def _jupyter_server_extension_points() -> list[dict]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(app) -> None:
    settings = app.web_app.settings
    settings[CONNECTION] = at_once(settings[CONNECTION])
    root = Path(app.root_dir)
    told = app.config.get("BackpropLab", {}).get("instructor")
    instructor = is_class(root) if told is None else str(told) == "True"
    before = settings.get("page_config_hook")

    def hook(handler, page_config: dict) -> dict:
        config = before(handler, page_config) if before else page_config
        return fitted(config, instructor, (root / "about" / "answers").is_dir())

    settings["page_config_hook"] = hook
    from course.opening.warm import begin

    begin()


# python -m course.opening.lab FOLDER OPTIONS: as `backprop lab`, any folder
if __name__ == "__main__":
    launch(Path(sys.argv[1]), sys.argv[2:])
