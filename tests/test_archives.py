"""Archives from a learning platform: what could do harm is refused with a reason, and everybody
else's work is there."""

import errno
import gzip
import io
import logging
import stat
import tarfile
import zipfile

import pytest
from nbgrader.apps.zipcollectapp import ZipCollectApp

from autograder.plugins.intake import archives
from autograder.plugins.intake.archives import SafeCollector, SafeExtractor
from autograder.rehearsal import CONFIG

NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
NAME = "04.ipynb"


@pytest.fixture
def desk(tmp_path):
    """An instructor's desk: the folder of downloads, the folder they are extracted to, and
    something else beside it."""
    for folder in ("archive", "extracted", "beside"):
        (tmp_path / folder).mkdir()
    (tmp_path / "beside" / "gradebook.db").write_bytes(b"grades")
    return tmp_path


def extract(desk, **limits):
    """Extract all downloads; returns what was said, the refusals alone."""
    said = []
    log = logging.getLogger(f"archives-{id(said)}")
    log.propagate = False
    log.setLevel(logging.WARNING)
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())
    log.addHandler(handler)
    before = {path: path.read_bytes() for path in (desk / "archive").rglob("*") if path.is_file()}
    outside = sorted(desk.rglob("*"))
    extractor = SafeExtractor(log=log, **limits)
    extractor.extract(str(desk / "archive"), str(desk / "extracted"))
    assert {path: path.read_bytes() for path in before} == before, "a download was changed"
    new = [path for path in desk.rglob("*") if path not in outside]
    assert all(path.is_relative_to(desk / "extracted") for path in new), (
        "something was written outside the folder"
    )
    assert not any(path.is_symlink() or path.name.startswith(".unfinished") for path in new)
    return [text for text in said if text.startswith("Refused")]


def zipped(path, members, **kind):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **kind) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def tarred(path, members):
    """members: (TarInfo or name, content)."""
    with tarfile.open(path, "w:gz") as archive:
        for info, content in members:
            info = info if isinstance(info, tarfile.TarInfo) else tarfile.TarInfo(info)
            info.size = len(content) if info.isreg() else 0
            archive.addfile(info, io.BytesIO(content))
    return path


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def zip_info(name, mode=0, **fields):
    info = zipfile.ZipInfo("x")
    info.filename, info.external_attr, info.create_system = name, mode << 16, 3
    for field, value in fields.items():
        setattr(info, field, value)
    return info


def extracted(desk):
    return sorted(
        path.relative_to(desk / "extracted").as_posix()
        for path in (desk / "extracted").rglob("*")
        if path.is_file()
    )


# ---- what is taken


def test_sound_archives_of_all_kinds_are_extracted_each_into_its_own_folder(desk):
    zipped(desk / "archive" / "ada.zip", [(NAME, NOTEBOOK), ("data/points.csv", b"1,2")])
    tarred(desk / "archive" / "basil.tar.gz", [(NAME, NOTEBOOK), ("./pictures/a.png", b"png")])
    (desk / "archive" / "section 2").mkdir()
    with tarfile.open(desk / "archive" / "section 2" / "carla.tar", "w") as archive:
        archive.addfile(tarfile.TarInfo(NAME), io.BytesIO())
    (desk / "archive" / "dora_04.ipynb").write_bytes(NOTEBOOK)
    assert extract(desk) == []
    assert extracted(desk) == [
        "ada/04.ipynb",
        "ada/data/points.csv",
        "basil/04.ipynb",
        "basil/pictures/a.png",
        "dora_04.ipynb",
        "section 2/carla/04.ipynb",
    ]
    assert (desk / "extracted" / "ada" / NAME).read_bytes() == NOTEBOOK


def test_a_whole_classs_download_is_opened_with_the_archives_in_it(desk):
    inner = zipped(desk / "inner.zip", [(NAME, NOTEBOOK)]).read_bytes()
    zipped(
        desk / "archive" / "class.zip",
        [("ada_1.zip", inner), ("basil_2.zip", inner), ("carla_3.zip", b"no archive")],
    )
    (refusal,) = extract(desk)
    assert "class.zip: carla_3.zip" in refusal
    assert "class/ada_1/04.ipynb" in extracted(desk) and "class/basil_2/04.ipynb" in extracted(desk)


def test_a_name_in_utf_8_that_does_not_say_so_is_read_as_meant(desk):
    raw = zipped(desk / "x.zip", [("Ubung_.ipynb", NOTEBOOK)]).read_bytes()
    (desk / "archive" / "ada.zip").write_bytes(raw.replace(b"Ubung_", "Übung".encode()))
    assert extract(desk) == []
    assert extracted(desk) == ["ada/Übung.ipynb"]


def test_the_leavings_of_a_mac_are_no_second_notebook(desk):
    zipped(
        desk / "archive" / "ada.zip",
        [
            (NAME, NOTEBOOK),
            (f"__MACOSX/._{NAME}", b"fork"),
            (f"._{NAME}", b"fork"),
            (".DS_Store", b"x"),
        ],
    )
    assert extract(desk) == []
    assert extracted(desk) == ["ada/04.ipynb"]


# ---- what is refused


def named(name):
    return lambda path: zipped(path, [(NAME, NOTEBOOK), (zip_info(name), b"evil")])


def tar_with(info, content=b""):
    return lambda path: tarred(path, [(NAME, NOTEBOOK), (info, content)])


def encrypted(path):
    raw = bytearray(zipped(path, [(NAME, NOTEBOOK)]).read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)


def overlapping(path):
    """Two entries of the directory share one member's bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.ipynb", NOTEBOOK)
        twin = zip_info("b.ipynb")
        for field in (
            "header_offset",
            "CRC",
            "compress_size",
            "file_size",
            "compress_type",
            "date_time",
        ):
            setattr(twin, field, getattr(archive.getinfo("a.ipynb"), field))
        archive.filelist.append(twin)


def lying(path):
    """Says that it holds 10 bytes and holds a million."""
    raw = bytearray(zipped(path, [(NAME, bytes(1_000_000))]).read_bytes())
    for at in (22, raw.index(b"PK\x01\x02") + 24):
        raw[at : at + 4] = (10).to_bytes(4, "little")
    path.write_bytes(raw)


def truncated(path):
    raw = tarred(path, [(NAME, NOTEBOOK * 1000)]).read_bytes()
    path.write_bytes(raw[: len(raw) // 2])


def bad_crc(path):
    raw = bytearray(zipped(path, [(NAME, NOTEBOOK)]).read_bytes())
    raw[45] ^= 0xFF
    path.write_bytes(raw)


def bad_utf8_in_zip(path):
    raw = zipped(path, [("ü.ipynb", NOTEBOOK)]).read_bytes()
    path.write_bytes(raw.replace("ü".encode(), b"\xff\xfe"))


def bad_utf8_in_tar(path):
    with tarfile.open(path, "w:gz", encoding="latin-1", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("ü.ipynb"), io.BytesIO())


def endless_header(path):
    """A tar whose long name is 400 MB of nothing, packed into 400 kB."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 400_000_000
    with gzip.open(path, "wb", compresslevel=1) as stream:
        stream.write(info.tobuf(tarfile.GNU_FORMAT))
        for _ in range(400):
            stream.write(bytes(1_000_000))


def nested(path):
    content = NOTEBOOK
    for depth in range(4):
        content = zipped(
            path.with_name("tmp"), [(f"{depth}.zip" if depth else NAME, content)]
        ).read_bytes()
    path.with_name("tmp").unlink()
    path.write_bytes(content)


REFUSED = {
    "upwards": ("zip", named("../../beside/gradebook.db"), "leads out of the folder"),
    "upwards, hidden": ("zip", named("a/../../../beside/gradebook.db"), "leads out of the folder"),
    "absolute": ("zip", named("/beside/gradebook.db"), "no relative path"),
    "drive letter": ("zip", named("C:evil.txt"), "no relative path"),
    "backslashes": ("zip", named("..\\..\\beside\\gradebook.db"), "no relative path"),
    "newline in a name": ("zip", named("a\nb.txt"), "control characters"),
    "nul in a name": ("zip", named("04.ipynb\0.txt"), "control characters"),
    "text turned round": ("zip", named("04\u202ebnypi.exe"), "control characters"),
    "long name": ("zip", named("x" * 300), "too long"),
    "deep name": ("zip", named("x/" * 40 + "y"), "too long"),
    "capitals": ("zip", named("04.IPYNB"), "cannot be kept apart"),
    "the same name twice": ("zip", named(f"./{NAME}"), "cannot be kept apart"),
    "the same name, composed otherwise": ("zip", lambda path: zipped(path, [("é.txt", b""), ("e\u0301.txt", b"")]), "cannot be kept apart"),
    "file and folder": ("zip", named(f"{NAME}/x"), "cannot be kept apart"),
    "link in a zip": ("zip", lambda path: zipped(path, [(zip_info(NAME, stat.S_IFLNK | 0o777), b"../../beside/gradebook.db")]), "a link or a device"),
    "device in a zip": ("zip", lambda path: zipped(path, [(zip_info(NAME, stat.S_IFCHR | 0o666), b"")]), "a link or a device"),
    "upwards in a tar": ("tar.gz", tar_with("../beside/gradebook.db", b"evil"), "leads out of the folder"),
    "absolute in a tar": ("tar.gz", tar_with("/etc/evil", b"evil"), "no relative path"),
    "symlink in a tar": ("tar.gz", tar_with(special("a", tarfile.SYMTYPE, "../../beside")), "a link, a device"),
    "hard link in a tar": ("tar.gz", tar_with(special("a", tarfile.LNKTYPE, NAME)), "a link, a device"),
    "device in a tar": ("tar.gz", tar_with(special("a", tarfile.CHRTYPE)), "a link, a device"),
    "named pipe in a tar": ("tar.gz", tar_with(special("a", tarfile.FIFOTYPE)), "a link, a device"),
    "encrypted": ("zip", encrypted, "is encrypted"),
    "overlapping": ("zip", overlapping, "overlap, as in a zip bomb"),
    "says it is smaller": ("zip", lying, "broken"),
    "half a download": ("tar.gz", truncated, "broken"),
    "bytes changed on the way": ("zip", bad_crc, "broken"),
    "no archive": ("zip", lambda path: path.write_bytes(b"<html>log in first</html>"), "broken or no archive"),
    "empty file": ("zip", lambda path: path.write_bytes(b""), "broken or no archive"),
    "a packed file that is no archive": ("gz", lambda path: path.write_bytes(gzip.compress(NOTEBOOK)), "broken or no archive"),
    "name that is no utf-8, zip": ("zip", bad_utf8_in_zip, "cannot be read"),
    "name that is no utf-8, tar": ("tar.gz", bad_utf8_in_tar, "not UTF-8"),
    "a large file": ("zip", lambda path: zipped(path, [(NAME, bytes(60_000_000))]), "says it holds 60,000,000 bytes"),
    "packed too well": ("zip", lambda path: zipped(path, [(NAME, bytes(40_000_000))]), "-fold, as in a zip bomb"),
    "large in all": ("zip", lambda path: zipped(path, [(f"{k}", bytes(9_000_000)) for k in range(23)]), "207,000,000 bytes"),
    "large in all, tar": ("tar.gz", lambda path: tarred(path, [(f"{k}", bytes(9_000_000)) for k in range(23)]), "more than 200,000,000 bytes"),
    "a large file in a tar": ("tar.gz", lambda path: tarred(path, [(NAME, bytes(60_000_000))]), "says it holds 60,000,000 bytes"),
    "a header without end": ("tar.gz", endless_header, "more than 20"),
    "many members": ("zip", lambda path: zipped(path, [(f"{k}", b"") for k in range(2001)]), "2,001 files and folders"),
    "many members, tar": ("tar.gz", lambda path: tarred(path, [(f"{k}", b"") for k in range(2001)]), "more than 2,000 files and folders"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_an_archive_is_refused_as_a_whole_with_the_reason_and_the_others_are_taken(desk, kind):
    extension, make, reason = REFUSED[kind]
    zipped(desk / "archive" / "ada.zip", [(NAME, NOTEBOOK)])
    make(desk / "archive" / f"eve.{extension}")
    zipped(desk / "archive" / "zoe.zip", [(NAME, NOTEBOOK)])
    (refusal,) = extract(desk)
    assert f"eve.{extension}" in refusal and reason in refusal
    assert any(
        word in refusal
        for word in ("Ask the student", "Download it again", "raise c.SafeExtractor.")
    )
    assert extracted(desk) == ["ada/04.ipynb", "zoe/04.ipynb"]
    assert not (desk / "extracted" / "eve").exists()
    assert (desk / "beside" / "gradebook.db").read_bytes() == b"grades"


def test_archives_in_archives_end_at_a_depth(desk):
    nested(desk / "archive" / "eve.zip")
    (refusal,) = extract(desk)
    assert "more than 3 deep" in refusal


def test_the_limits_hold_for_an_archive_with_those_in_it(desk):
    inner = zipped(desk / "inner.zip", [(NAME, bytes(900_000))]).read_bytes()
    zipped(desk / "archive" / "eve.zip", [(f"{k}.zip", inner) for k in range(5)])
    refusals = extract(desk, largest_archive=2_000_000)
    assert len(refusals) == 3
    assert sum(path.stat().st_size for path in (desk / "extracted").rglob(NAME)) <= 2_000_000


def test_a_limit_can_be_raised_for_a_whole_class(desk):
    zipped(desk / "archive" / "class.zip", [(f"{k}/{NAME}", NOTEBOOK) for k in range(2001)])
    assert extract(desk, most_members=5000) == []
    assert len(extracted(desk)) == 2001


def test_two_archives_of_one_name_are_not_mixed(desk):
    zipped(desk / "archive" / "ada.zip", [("a.ipynb", NOTEBOOK)])
    tarred(desk / "archive" / "Ada.tar.gz", [("b.ipynb", NOTEBOOK)])
    (refusal,) = extract(desk)
    assert "there is a" in refusal and "Rename" in refusal
    assert len(extracted(desk)) == 1


def test_a_link_among_the_downloads_is_not_followed(desk):
    (desk / "archive" / "eve.ipynb").symlink_to(desk / "beside" / "gradebook.db")
    (refusal,) = extract(desk)
    assert "no ordinary file" in refusal
    assert extracted(desk) == []


def test_nothing_half_written_is_left_when_the_disk_is_full(desk, monkeypatch):
    def full(content, file, *_):
        file.write(content.read(10))
        raise OSError(errno.ENOSPC, "No space left on device")

    zipped(desk / "archive" / "ada.zip", [(NAME, NOTEBOOK)])
    monkeypatch.setattr(archives, "_pour", full)
    (refusal,) = extract(desk)
    assert "the disk is full" in refusal and "Make room" in refusal
    assert list((desk / "extracted").iterdir()) == []


def test_an_archive_that_cannot_be_opened_here_is_said_to_be_one(desk, caplog):
    (desk / "archive" / "eve.rar").write_bytes(b"Rar!")
    extractor = SafeExtractor(log=logging.getLogger("rar"))
    extractor.extract(str(desk / "archive"), str(desk / "extracted"))
    assert "Ask the student for a .zip" in caplog.text


# ---- who handed in what


PATTERN = r".*/(?P<student_id>[^/]+)_(?P<timestamp>[^_/]+)_(?P<file_id>[^/]+)\.ipynb"


def collect(*names):
    collector = SafeCollector(named_regexp=PATTERN, log=logging.getLogger("collector"))
    return [collector.collect(f"/extracted/{name}.ipynb") is not None for name in names]


def test_a_file_name_that_says_no_plain_student_is_skipped_with_a_reason(caplog):
    assert collect(
        "ada_2030-01-01_04", ".._2030-01-01_04", "a\\b_2030-01-01_04", "a\x1b_2030-01-01_04"
    ) == [True, False, False, False]
    assert "no plain student_id" in caplog.text


def test_a_time_that_is_none_costs_one_file_and_not_the_collection(caplog):
    assert collect("ada_late_04", "basil_2030-01-01_04") == [False, True]
    assert "'late' is no time" in caplog.text


def test_a_notebook_handed_in_twice_is_taken_once_when_no_time_tells_them_apart(caplog):
    collector = SafeCollector(
        named_regexp=r".*/(?P<student_id>\w+)/(?P<file_id>\w+)\.ipynb",
        log=logging.getLogger("twice"),
    )
    assert collector.collect("/x/ada/04.ipynb") is not None
    assert collector.collect("/y/ada/04.ipynb") is None
    assert "nothing says which is newer" in caplog.text


# ---- nbgrader's own command


def test_nbgraders_zip_collect_uses_them_and_brings_the_good_ones_to_submitted(desk, monkeypatch):
    course = desk / "course"
    downloads = course / "downloaded" / "04" / "archive"
    downloads.mkdir(parents=True)
    zipped(downloads / "ada.zip", [(NAME, NOTEBOOK)])
    zipped(downloads / "eve.zip", [(zip_info("../../../submitted/ada/04/04.ipynb"), b"evil")])
    zipped(downloads / "fay.zip", [(zip_info(NAME, stat.S_IFLNK | 0o777), b"/etc/passwd")])
    monkeypatch.chdir(course)
    pattern = r".*/(?P<student_id>\w+)/(?P<file_id>\w+)\.ipynb"
    (course / "nbgrader_config.py").write_text(
        f"{CONFIG}\nc.FileNameCollectorPlugin.named_regexp = {pattern!r}\n", encoding="utf-8"
    )
    for kind in ("CONFIG", "DATA", "RUNTIME"):
        monkeypatch.setenv(f"JUPYTER_{kind}_DIR", str(desk / "jupyter"))
    app = ZipCollectApp()
    app.initialize(["04"])
    app.start()
    assert [
        path.relative_to(course).as_posix()
        for path in (course / "submitted").rglob("*")
        if path.is_file()
    ] == ["submitted/ada/04/04.ipynb"]
    assert (course / "submitted" / "ada" / "04" / NAME).read_bytes() == NOTEBOOK
