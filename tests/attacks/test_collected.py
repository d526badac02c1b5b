"""Archives and folders that attack whoever collects them: collected and graded with nbgrader's own
two commands.

What each kind of archive is refused for is tested beside the extractor; here it is that the class
goes on: those who attack get nothing, write nothing outside, fill no disk, and everybody else's
work is collected and graded.
"""

from __future__ import annotations

import io
import json
import os
import stat
import sys
import tarfile
import time
import zipfile

import nbformat
import pytest

from attacks.attack import ALL, LESSON, POINTS, SECRETS, Attack, make
from attacks.field import CONFIG, HONEST, Field, left_behind

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        not sys.platform.startswith("linux"), reason="kernels are locked in on Linux only"
    ),
]
NAME = f"{LESSON}.ipynb"
PATTERN = r".*/(?P<student_id>\w+)/(?P<file_id>[\w-]+)\.ipynb"
BOMB = 400_000_000


def zipped(path, *members):
    """members: (name or ZipInfo, content)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)


def linked(name, target, kind=stat.S_IFLNK):
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    return info, target


def bomb(path, notebook):
    """A file of zeros, a thousandth of its size when it is packed."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NAME, notebook)
        with archive.open("data.csv", "w", force_zip64=True) as member:
            for _ in range(BOMB // 1_000_000):
                member.write(bytes(1_000_000))


def bomb_in_a_bomb(path, notebook):
    """Archives in archives in archives."""
    inner = io.BytesIO()
    bomb(inner, notebook)
    for _ in range(4):
        outer = io.BytesIO()
        zipped(outer, *((f"{k}.zip", inner.getvalue()) for k in range(4)))
        inner = outer
    path.write_bytes(inner.getvalue())


def many_files(path, notebook):
    zipped(path, (NAME, notebook), *((f"small/{k}.txt", b"") for k in range(60_000)))


def with_outputs(notebook, megabytes):
    """A notebook full of outputs that hardly get smaller when they are packed, as pictures do."""
    nb = json.loads(notebook)
    code = next(cell for cell in nb["cells"] if cell["cell_type"] == "code")
    code["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": os.urandom(500_000).hex()}
        for _ in range(megabytes)
    ]
    return json.dumps(nb)


def through_a_tar(path, notebook):
    """A tar archive with a link, and a file that goes through it."""
    with tarfile.open(path, "w:gz") as archive:
        link = tarfile.TarInfo("out")
        link.type, link.linkname = tarfile.SYMTYPE, "../../../.."
        archive.addfile(link)
        for name in ("out/backprop-attack.txt", NAME):
            info = tarfile.TarInfo(name)
            info.size = len(notebook)
            archive.addfile(info, io.BytesIO(notebook))


ARCHIVES = {
    "eve_bomb.zip": bomb, "eve_bombs.zip": bomb_in_a_bomb, "eve_many.zip": many_files, "eve_tar.tar.gz": through_a_tar,
    "eve_up.zip": lambda path, nb: zipped(path, ("../../../backprop-attack.txt", b"x"), ("../ada/" + NAME, b"evil"), (NAME, nb)),
    "eve_root.zip": lambda path, nb: zipped(path, ("/tmp/backprop-attack.txt", b"x"), ("C:\\backprop-attack.txt", b"x"), (NAME, nb)),
    "eve_home.zip": lambda path, nb: zipped(path, ("~/backprop-attack.txt", b"x"), ("a/../../../../backprop-attack.txt", b"x"), (NAME, nb)),
    "eve_link.zip": lambda path, nb: zipped(path, linked(NAME, "../../../../source/" + LESSON + "/" + NAME)),
    "eve_file.zip": lambda path, nb: zipped(path, (NAME, nb), linked("secret.txt", "../../../../secret.txt")),
    "eve_through.zip": lambda path, nb: zipped(path, linked("out", "../../../.."), ("out/backprop-attack.txt", b"x"), (NAME, nb)),
    "eve_pipe.zip": lambda path, nb: zipped(path, (NAME, nb), linked("pipe", "", stat.S_IFIFO)),
    "eve_config.zip": lambda path, nb: zipped(path, ("../../../nbgrader_config.py", b"raise SystemExit"), (NAME, nb)),
    "eve_damaged.zip": lambda path, nb: path.write_bytes(b"PK\x03\x04" + bytes(1000)),
}  # fmt: skip


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The class folder after zip_collect and autograde, the time that took, and the largest space
    that was taken."""
    field = Field(tmp_path_factory.mktemp("collected") / "class", ())
    field.root.mkdir()
    field.set_up()
    (field.root / "nbgrader_config.py").write_text(
        f"{CONFIG}\nc.FileNameCollectorPlugin.named_regexp = {PATTERN!r}\n"
    )
    downloads = field.root / "downloaded" / LESSON / "archive"
    downloads.mkdir(parents=True)
    released, source = (
        nbformat.read(field.root / folder / LESSON / NAME, as_version=4)
        for folder in ("release", "source")
    )
    right = nbformat.writes(
        make(Attack("honest", "", solved=tuple(POINTS)), released, source)
    ).encode()
    for name in HONEST:
        zipped(downloads / f"{name}.zip", (NAME, right))
    zipped(downloads / "max.zip", (NAME, with_outputs(right, 40)))
    (field.root / "submitted" / "moe" / LESSON).mkdir(parents=True)
    (field.root / "submitted" / "moe" / LESSON / NAME).write_text(with_outputs(right, 100))
    for name, pack in ARCHIVES.items():
        pack(downloads / name, right)
    before = field.files()
    free, started = (
        os.statvfs(field.root).f_bavail * os.statvfs(field.root).f_frsize,
        time.monotonic(),
    )
    field.nbgrader("zip_collect", LESSON)
    used = free - os.statvfs(field.root).f_bavail * os.statvfs(field.root).f_frsize
    taken = time.monotonic() - started
    field.autograde()
    field.before, field.taken, field.used = before, taken, used
    return field


def test_honest_archives_are_collected_and_graded_in_full(collected):
    scores = collected.scores()
    assert {name: scores[name] for name in HONEST} == dict.fromkeys(HONEST, float(ALL)), (
        collected.log()[-3000:]
    )


@pytest.mark.parametrize("name", ["max", "moe"])
def test_a_hundred_megabytes_of_outputs_cost_nobody_a_point_and_go_no_further(collected, name):
    assert collected.scores()[name] == ALL
    assert (collected.root / "autograded" / name / LESSON / NAME).stat().st_size < 2_000_000


def test_nothing_that_attacks_is_collected(collected):
    assert {path.name for path in (collected.root / "submitted").iterdir()} == {
        *HONEST,
        "max",
        "moe",
    }


def test_nothing_was_written_outside_and_nothing_changed(collected):
    after = collected.files()
    assert {
        path: digest for path, digest in after.items() if path in collected.before
    } == collected.before
    assert all(path.startswith("submitted/") for path in after.keys() - collected.before.keys())
    assert left_behind(collected.root) == []
    assert [path for path in collected.root.rglob("*") if path.is_symlink()] == []


def test_no_bomb_went_off(collected):
    assert collected.used < BOMB / 2
    assert collected.taken < 120


def test_nothing_secret_came_along(collected):
    for path in (collected.root / "autograded").rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert not any(
            word.encode() in data for what, word in SECRETS.items() if what != "another submission"
        )
