"""What goes into a bundle: ``backprop bundle gradescope LESSON`` and ``backprop bundle github
LESSON``.

A bundle holds no environment and no address: the machine that runs it installs what `pyproject.toml`
asks for, in the versions of `requirements.lock`, from its own package index.
"""

from __future__ import annotations

import argparse
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from string import Template

from autograder.desk import Refused

DAY = (1980, 1, 1, 0, 0, 0)  # no time in the zip: the same course makes the same bytes
TEXTS = Path(__file__).parent / "texts"
ROOT_FILES = ("pyproject.toml", "requirements.lock", "README.md", "LICENSE")
LEFT_OUT = ("__pycache__", ".ipynb_checkpoints")


def gradescope(course: Path, lesson: str) -> bytes:
    """The zip that an instructor uploads as a programming assignment's autograder.

    Parameters
    ----------
    course
        The repository of the course.
    lesson
        Its name.
    """
    files = {
        "setup.sh": (_text("setup.sh", lesson), 0o755),
        "run_autograder": (_text("run_autograder", lesson), 0o755),
        "INSTRUCTIONS.md": (_text("gradescope.md", lesson), 0o644),
    }
    for name, data in _code(course, lesson):
        files[f"code/{name}"] = (data, 0o644)
    return _zipped(files)


def github(course: Path, lesson: str) -> bytes:
    """The zip with a workflow for GitHub Classroom, and what an instructor does with it.

    Parameters
    ----------
    course, lesson
        As for `gradescope`.
    """
    return _zipped(
        {
            ".github/workflows/classroom.yml": (_text("classroom.yml", lesson), 0o644),
            "INSTRUCTIONS.md": (_text("github.md", lesson), 0o644),
        }
    )


KINDS = {"gradescope": gradescope, "github": github}


def _text(name: str, lesson: str) -> bytes:
    return _filled((TEXTS / name).read_text(encoding="utf-8"), lesson).encode("utf-8")


class _At(Template):
    """A text in which ``@lesson@`` is filled in, and ``$`` is a shell's."""

    delimiter = "@"
    pattern = r"(?P<escaped>(?!))|@(?P<named>[a-z]+)@|(?P<braced>(?!))|(?P<invalid>(?!))"  # pyright: ignore[reportAssignmentType]  # `Template` compiles it


def _filled(text: str, lesson: str) -> str:
    return _At(text).substitute(lesson=lesson)


def _code(course: Path, lesson: str) -> Iterator[tuple[str, bytes]]:
    """What of the course's repository grades one lesson."""
    wanted = [course / name for name in ROOT_FILES]
    wanted += [course / "course" / "lessons" / f"{lesson}.md"]
    wanted += [course / "source" / lesson / f"{lesson}.ipynb"]
    text = (course / "course" / "lessons" / f"{lesson}.md").read_text(encoding="utf-8")
    digits = "mnist" in text  # 11 MB of images, for the lesson that looks at them
    for package in ("course", "autograder"):
        for path in sorted((course / package).rglob("*")):
            here = path.relative_to(course)
            other = here.parts[:2] == ("course", "lessons")
            images = "mnist" in here.parts and "images" in path.name and not digits
            if path.is_file() and not (set(LEFT_OUT) & set(here.parts) or other or images):
                wanted.append(path)
    for path in wanted:
        if not path.is_file():
            raise Refused(f"{path} is missing. `make build` makes source/.")
        yield path.relative_to(course).as_posix(), path.read_bytes()


def _zipped(files: dict[str, tuple[bytes, int]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (data, mode) in sorted(files.items()):
            info = zipfile.ZipInfo(name, DAY)
            info.create_system, info.external_attr = 3, (0o100000 | mode) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()


def add_verb(verbs) -> None:
    """Add ``backprop bundle`` to the commands.

    Parameters
    ----------
    verbs
        What ``argparse`` gives for subcommands.
    """
    verb = verbs.add_parser(
        "bundle", help="pack a lesson's grading for Gradescope or GitHub Classroom"
    )
    verb.add_argument("kind", choices=sorted(KINDS))
    verb.add_argument("lesson", metavar="LESSON", help="by name or number")
    verb.add_argument(
        "--to", type=Path, metavar="FILE.zip", help="(default: LESSON-KIND.zip, in this folder)"
    )
    verb.set_defaults(run=_bundle)


def _bundle(arguments: argparse.Namespace) -> int:
    from autograder.desk.beginning import course_folder, one_lesson
    from autograder.desk.files import write

    course = course_folder(Path.cwd())
    lesson = one_lesson(course, arguments.lesson)
    data = KINDS[arguments.kind](course, lesson)
    target = arguments.to or Path(f"{lesson}-{arguments.kind}.zip")
    write(target, data)
    print(f"packed {target} ({len(data) / 1e6:.1f} MB); INSTRUCTIONS.md in it says where it goes")
    return 0
