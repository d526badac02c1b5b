"""The command ``backprop``: its subcommands are the stations of a lesson's way, from text to
returned grade."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from traitlets.config import Config

from course.opening.startup import postpone_grammar

postpone_grammar()  # before anything imports jsonschema

from autograder.bundle.packing import add_verb
from autograder.decks.errata_page import errata_page
from autograder.decks.glossary_page import glossary_page
from autograder.desk import Refused
from autograder.desk.traffic import add_verbs
from autograder.desk.verbs import add as add_reading_verbs
from autograder.desk.verbs import whole
from autograder.exercises import find_exercise
from autograder.plugins import configure
from course.folder.student_folder import FolderError, fill, prepare
from course.making.build import BuildError, build, lesson_files, stale, sync
from course.opening.lab import open_lab


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
    raise BuildError(
        "No lessons here (course/lessons/NN-name.md). Run this inside the course's repository."
    )


def points(exercise: str) -> float:
    """What an exercise is worth."""
    return find_exercise(exercise).points


def nbgrader_configuration() -> Config:
    """nbgrader's configuration with our preprocessors."""
    config = Config()
    configure(config)
    return config


def pages(root: Path) -> dict[Path, str]:
    """The pages that are built from data: where each lies, and its text."""
    site = root / "site"
    return {site / "errata.md": errata_page(), site / "glossary.md": glossary_page()}


def _build(arguments: argparse.Namespace) -> int:
    root = repository()
    if arguments.check:
        old = stale(root, points, nbgrader_configuration())
        for page, text in pages(root).items():
            if not page.exists() or page.read_text(encoding="utf-8") != text:
                old.append(str(page.relative_to(root)))
        for path in old:
            print(f"stale: {path}")
        print(
            "Run `make build` and commit the result."
            if old
            else "source/, release/ and the pages in site/ are fresh."
        )
        return 1 if old else 0
    left = build(root, points, nbgrader_configuration(), arguments.force)
    for page, text in pages(root).items():
        page.parent.mkdir(exist_ok=True)
        page.write_text(text, encoding="utf-8")
    for lesson in lesson_files(root):
        print(
            f"built source/{lesson.stem}/ and release/{lesson.stem}/ from"
            f" {lesson.relative_to(root)}"
        )
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


def _init(arguments: argparse.Namespace) -> int:
    from autograder.desk.beginning import Asked, begin, course_folder

    course = course_folder(Path.cwd())
    exchange = False if arguments.no_exchange else arguments.exchange
    asked = Asked(arguments.course_id, exchange, arguments.lessons, arguments.roster)
    told = begin(course, arguments.folder or course.resolve().parent / "my-class", asked)
    for line in told.made:
        print(f"made {line}")
    for line in told.remarks:
        print(f"note: {line}")
    for line in told.differs:
        print(f"differs: {line}")
    print(told.state + ("" if told.made else " Nothing was changed."))
    return 1 if told.differs else 0


def _class_here() -> Path:
    from autograder.plugins.directory import find_class

    folder = find_class(Path.cwd())
    if folder is None:
        raise Refused(
            "No class here (nbgrader_config.py). Run this inside a class's folder; `backprop init`"
            " makes one."
        )
    return folder


def _regrade(arguments: argparse.Namespace) -> int:
    from autograder.desk.regrading import plan, tell, write

    root = _class_here()
    with plan(root, arguments.lesson, arguments.student, arguments.new_inputs) as found:
        print(tell(found), flush=True)
        agreed = (
            arguments.yes
            or sys.stdin.isatty()
            and input("Write these grades? [y/N] ").strip().lower() in ("y", "yes")
        )
        if agreed:
            write(root, found)
            print(f"Written. Feedback is made anew by: backprop feedback {found.lesson}")
        else:
            print("Nothing was changed. The same command with --yes writes these grades.")
    return 1 if found.failed else 0


def _grade(arguments: argparse.Namespace) -> int:
    if Path(arguments.what).suffix == ".ipynb" or Path(arguments.what).is_file():
        from autograder.desk.notebook_verb import grade_one

        return grade_one(arguments)

    from autograder.desk.grade_verb import grade_lesson

    return grade_lesson(_class_here(), arguments)


def _handgrade(arguments: argparse.Namespace) -> int:
    from autograder.desk.page import serve
    from autograder.plugins.directory import open_class

    serve(open_class(_class_here()), arguments.lesson, not arguments.no_browser, arguments.port)
    return 0


def _lab(arguments: argparse.Namespace) -> int:
    root = repository()
    release, folder = _student_folder(root, arguments)
    prepare(folder, root)
    for line in fill(release, folder).said(folder.name):
        print(line)
    from autograder.plugins import validating

    validating.take_place()
    print(
        f"JupyterLab opens {folder.name}/. Start with the first lesson; Ctrl-C here stops it.",
        flush=True,
    )
    open_lab(folder, arguments.options)
    return 0


def _update(arguments: argparse.Namespace) -> int:
    from course.folder.update import update

    release, folder = _student_folder(repository(), arguments)
    for line in update(release, folder, arguments.check):
        print(line)
    return 0


def main(argv: list[str] | None = None) -> int:
    """Run the command. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="backprop", description="Backprop by Hand: build the course, rehearse a class."
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    verb = verbs.add_parser(
        "lab",
        help="copy what is missing of the lessons to work/ and open JupyterLab there",
        add_help=False,
        allow_abbrev=False,
    )
    verb.add_argument("--folder", type=Path, default=None)
    verb.set_defaults(run=_lab)
    verb = verbs.add_parser(
        "update", help="bring the lessons in work/ to this release; what you wrote stays"
    )
    verb.add_argument("--check", action="store_true", help="only say what would change")
    verb.add_argument(
        "--folder",
        type=Path,
        default=None,
        help="where you work (default: work/ in the repository)",
    )
    verb.set_defaults(run=_update)
    verb = verbs.add_parser("build", help="lesson texts -> source/ -> release/")
    verb.add_argument(
        "--check", action="store_true", help="only say which notebooks are stale; fails when one is"
    )
    verb.add_argument(
        "--force", action="store_true", help="throw away edits made in source/ and release/"
    )
    verb.set_defaults(run=_build)
    verb = verbs.add_parser(
        "sync", help="bring edits of source/ notebooks back into the lesson texts"
    )
    verb.set_defaults(run=_sync)
    verb = verbs.add_parser(
        "class", help="rehearse a whole class beside the repository, from release to export"
    )
    verb.add_argument(
        "--folder", type=Path, default=None, help="where (default: <repository>-class)"
    )
    verb.set_defaults(run=_class)
    verb = verbs.add_parser(
        "init",
        help="make a class from nothing: configuration, gradebook, lessons, exchange, roster",
    )
    verb.add_argument(
        "folder",
        type=Path,
        nargs="?",
        metavar="FOLDER",
        help="of the class (default: my-class, beside the repository)",
    )
    verb.add_argument(
        "--course-id",
        metavar="ID",
        help="the class's name in the exchange (default: backprop-by-hand)",
    )
    way = verb.add_mutually_exclusive_group()
    way.add_argument(
        "--exchange",
        type=Path,
        metavar="PATH",
        help="the folder through which students fetch and submit; it is made",
    )
    way.add_argument(
        "--no-exchange",
        action="store_true",
        help="lessons and submissions travel as files (the default)",
    )
    verb.add_argument(
        "--lessons",
        nargs="+",
        metavar="LESSON",
        help="which ones, by name or number (default: all)",
    )
    verb.add_argument(
        "--roster",
        type=Path,
        metavar="FILE.csv",
        help="of the students: a table with an id each, or what Canvas or Moodle exports",
    )
    verb.set_defaults(run=_init)
    verb = verbs.add_parser(
        "regrade", help="grade a lesson again; says what will change before it changes it"
    )
    verb.add_argument("lesson", metavar="LESSON")
    verb.add_argument(
        "student", nargs="*", metavar="STUDENT", help="only these (default: all that were graded)"
    )
    verb.add_argument("--yes", action="store_true", help="write the grades without asking")
    verb.add_argument(
        "--new-inputs",
        action="store_true",
        help="draw new inputs; those of last time are drawn again when not given",
    )
    verb.set_defaults(run=_regrade)
    verb = verbs.add_parser(
        "grade",
        help="grade what was handed in of a lesson, side by side; or one notebook, without a class",
    )
    verb.add_argument(
        "what", metavar="LESSON|NOTEBOOK.ipynb", help="a lesson of this class, or a notebook's path"
    )
    verb.add_argument(
        "student", nargs="*", metavar="STUDENT", help="only these (default: all that handed in)"
    )
    verb.add_argument(
        "--again",
        action="store_true",
        help="also what has a grade and was not changed since; says what would change, then asks",
    )
    verb.add_argument("--yes", action="store_true", help="with --again: write without asking")
    verb.add_argument("--fresh", action="store_true", help="with --again: draw new inputs")
    verb.add_argument(
        "--json",
        type=Path,
        nargs="?",
        const=Path("-"),
        metavar="FILE",
        help="of one notebook: write the result as data; of a lesson: one JSON object a line",
    )
    verb.add_argument(
        "--workers",
        type=whole(1),
        metavar="N",
        help="processes on this machine (default: processors)",
    )
    verb.add_argument("--scheduler", metavar="ADDRESS", help="of Dask, whose workers are used")
    verb.add_argument(
        "--html", type=Path, metavar="FILE", help="of one notebook: write its feedback page"
    )
    verb.add_argument(
        "--lesson", metavar="LESSON", help="of one notebook: which lesson it is, by name or number"
    )
    verb.set_defaults(run=_grade)
    verb = verbs.add_parser(
        "handgrade", help="grade written answers, all of one question in a row, in the browser"
    )
    verb.add_argument("lesson", metavar="LESSON")
    verb.add_argument("--no-browser", action="store_true", help="only print the address")
    verb.add_argument(
        "--port", type=whole(0, 65_535), default=0, help="to listen on (default: a free one)"
    )
    verb.set_defaults(run=_handgrade)
    add_verbs(verbs)
    add_verb(verbs)
    add_reading_verbs(verbs, _class_here)
    arguments, options = parser.parse_known_args(argv)
    if options and arguments.run is not _lab:  # whatever JupyterLab understands
        parser.error(f"unrecognized arguments: {' '.join(options)}")
    arguments.options = options
    try:
        return arguments.run(arguments)
    except (BuildError, FolderError, Refused) as problem:
        print(f"backprop: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # before the command minds Ctrl-C itself: while it loads, say
        print("backprop: Stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
