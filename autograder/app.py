"""The command ``backprop``: its subcommands are the stations of a lesson's way, from text to returned grade."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from traitlets.config import Config

from course.startup import postpone_grammar

postpone_grammar()  # before anything imports jsonschema

from autograder.errata_page import errata_page
from autograder.exercises import find_exercise
from autograder.notebook.model_answer import SELF_STUDY
from autograder.plugins import configure
from course.build import BuildError, build, lesson_files, stale, sync
from course.lab import open_lab
from course.student_folder import FolderError, fill, prepare


def repository() -> Path:
    """The repository that the command works on: the nearest folder upwards that holds the lessons.

    Raises
    ------
    BuildError
        When there is none.
    """
    for folder in (Path.cwd(), *Path.cwd().parents):
        if lesson_files(folder):
            return folder
    raise BuildError("No lessons here (course/lessons/NN-name.md). Run this inside the course's repository.")


def points(exercise: str) -> float:
    """What an exercise is worth."""
    return find_exercise(exercise).points


def nbgrader_configuration() -> Config:
    """nbgrader's configuration with our preprocessors."""
    config = Config()
    configure(config)
    return config


def errata_file(root: Path) -> Path:
    """The page of the decks' errata."""
    return root / "site" / "errata.md"


def _build(arguments: argparse.Namespace) -> int:
    root = repository()
    if arguments.check:
        old = stale(root, points, nbgrader_configuration())
        page = errata_file(root)
        if not page.exists() or page.read_text(encoding="utf-8") != errata_page():
            old.append(str(page.relative_to(root)))
        for path in old:
            print(f"stale: {path}")
        print("Run `make build` and commit the result." if old else "source/, release/ and site/errata.md are fresh.")
        return 1 if old else 0
    left = build(root, points, nbgrader_configuration(), arguments.force)
    errata_file(root).parent.mkdir(exist_ok=True)
    errata_file(root).write_text(errata_page(), encoding="utf-8")
    for lesson in lesson_files(root):
        print(f"built source/{lesson.stem}/ and release/{lesson.stem}/ from {lesson.relative_to(root)}")
    if left:
        print(f"left alone, as the build did not make them: {', '.join(left)}")
    return 0


def _sync(arguments: argparse.Namespace) -> int:
    root = repository()
    changed = sync(root, points)
    for lesson in changed:
        print(f"brought the edit into {lesson.relative_to(root)}")
    if changed:
        build(root, points, nbgrader_configuration(), synced=changed)
        print("rebuilt source/ and release/")
    else:
        print("No source/ notebook was edited since it was built.")
    return 0


def _class(arguments: argparse.Namespace) -> int:
    from autograder.rehearsal import rehearse

    return rehearse(repository(), arguments.folder)


def _student_folder(root: Path, arguments: argparse.Namespace) -> tuple[Path, Path]:
    """The release, and the folder in which a student works."""
    release = root / "release"
    if not release.is_dir():
        raise FolderError("There is no release/ folder here: `make build` makes it.")
    return release, (arguments.folder or root / "work").resolve()


def _lab(arguments: argparse.Namespace) -> int:
    root = repository()
    release, folder = _student_folder(root, arguments)
    prepare(folder, root)
    for line in fill(release, folder).said(folder.name):
        print(line)
    os.environ.setdefault(SELF_STUDY, "1")  # the model answers lie beside the lessons
    from autograder.plugins import validating

    validating.take_place()
    print(f"JupyterLab opens {folder.name}/. Start with the first lesson; Ctrl-C here stops it.", flush=True)
    open_lab(folder, arguments.options)
    return 0


def _update(arguments: argparse.Namespace) -> int:
    from course.update import update

    release, folder = _student_folder(repository(), arguments)
    for line in update(release, folder, arguments.check):
        print(line)
    return 0


def main(argv: list[str] | None = None) -> int:
    """Run the command. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="backprop", description="Backprop by Hand: build the course, rehearse a class.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    verb = verbs.add_parser("lab", help="copy what is missing of the lessons to work/ and open JupyterLab there",
                            add_help=False, allow_abbrev=False)
    verb.add_argument("--folder", type=Path, default=None)
    verb.set_defaults(run=_lab)
    verb = verbs.add_parser("update", help="bring the lessons in work/ to this release; what you wrote stays")
    verb.add_argument("--check", action="store_true", help="only say what would change")
    verb.add_argument("--folder", type=Path, default=None, help="where you work (default: work/ in the repository)")
    verb.set_defaults(run=_update)
    verb = verbs.add_parser("build", help="lesson texts -> source/ -> release/")
    verb.add_argument("--check", action="store_true", help="only say which notebooks are stale; fails when one is")
    verb.add_argument("--force", action="store_true", help="throw away edits made in source/ and release/")
    verb.set_defaults(run=_build)
    verb = verbs.add_parser("sync", help="bring edits of source/ notebooks back into the lesson texts")
    verb.set_defaults(run=_sync)
    verb = verbs.add_parser("class", help="rehearse a whole class beside the repository, from release to export")
    verb.add_argument("--folder", type=Path, default=None, help="where (default: <repository>-class)")
    verb.set_defaults(run=_class)
    arguments, options = parser.parse_known_args(argv)
    if options and arguments.run is not _lab:  # whatever JupyterLab understands
        parser.error(f"unrecognized arguments: {' '.join(options)}")
    arguments.options = options
    try:
        return arguments.run(arguments)
    except (BuildError, FolderError) as problem:
        print(f"backprop: {problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
