"""What Canvas and Moodle pack is collected as it comes, and feedback goes back under its names."""

import io
import json
import os
import subprocess
import sys
import zipfile

import pytest
from lms_class import FILES, FOUR, a_class, gradebook_of, notebook

from autograder.lms.collecting import Asked, collect
from autograder.lms.problem import Refused
from autograder.lms.returning import give_back
from autograder.lms.times import when
from autograder.lms.zips import found_in, proper_name
from autograder.plugins.intake.choosing import work
from autograder.plugins.intake.reading import parse

NB = f"{FOUR}.ipynb"
MUCH, LITTLE, NONE = notebook("forward", "divergence"), notebook("forward"), notebook()


@pytest.fixture
def canvas(tmp_path_factory, tmp_path):
    return a_class(tmp_path_factory, tmp_path, "canvas-gradebook.csv")


@pytest.fixture
def moodle(tmp_path_factory, tmp_path):
    return a_class(tmp_path_factory, tmp_path, "moodle-grades.csv")


def packed(place, files, name="submissions.zip", time=None):
    """A zip of files, as a browser saved it at a time."""
    path = place / name
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in files.items():
            archive.writestr(member, data)
    if time:
        os.utime(path, (time, time))
    return path


def inner(**files):
    """The bytes of a zip that a student packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for member, data in files.items():
            archive.writestr(member.replace("__", "."), data)
    return out.getvalue()


def submitted(folder, student):
    """What stands in the class of a student: names and bytes."""
    place = folder / "submitted" / student / FOUR
    return {
        path.relative_to(place).as_posix(): path.read_bytes()
        for path in place.rglob("*")
        if path.is_file()
    }


# ---- what a name says


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ("okonkwobrandtamara_50101_901_a.ipynb", ("okonkwobrandtamara", "50101", False, 901)),
        ("okonkwobrandtamara_LATE_50101_901_a.ipynb", ("okonkwobrandtamara", "50101", True, 901)),
        ("王小凤_50105_907_my_12_13_a.ipynb", ("王小凤", "50105", False, 907)),
        ("van_der_zwaan_50112_9_a.ipynb", ("van_der_zwaan", "50112", False, 9)),
        ("_50113_9_a.ipynb", ("", "50113", False, 9)),
        ("anon_x9Qz1_903_a_1_2_b.ipynb", ("anon_x9Qz1", "", False, 903)),
        ("LATE_anon_x9Qz1_903_a.ipynb", ("anon_x9Qz1", "", True, 903)),
        ("müllerjürgen_50104_text.html", ("müllerjürgen", "50104", False, 0)),
        ("deep/er/suprapto_50108_9_a.ipynb", ("suprapto", "50108", False, 9)),
    ],
)
def test_a_name_of_canvas(member, said):
    found = found_in(member)
    source = found.source
    assert source.platform == "canvas"
    assert (source.name, source.number, source.late, found.upload) == said


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ("Amara O-B_8801_assignsubmission_file_/a.ipynb", ("Amara O-B", "8801", "a.ipynb")),
        ("Amara O-B_8801_assignsubmission_file/d/a.ipynb", ("Amara O-B", "8801", "d/a.ipynb")),
        ("小凤 王_8805_assignsubmission_file_a_b.ipynb", ("小凤 王", "8805", "a_b.ipynb")),
        (
            "x/ليلى الحداد_8807_assignsubmission_onlinetext_/onlinetext.html",
            ("ليلى الحداد", "8807", "onlinetext.html"),
        ),
        ("Participant_8801_assignsubmission_file_/a.ipynb", ("Participant", "8801", "a.ipynb")),
        ("Default group_assignsubmission_file_/a.ipynb", ("Default group", "", "a.ipynb")),
    ],
)
def test_a_name_of_moodle(member, said):
    found = found_in(member)
    assert found.source.platform == "moodle"
    assert (found.source.name, found.source.participant, found.inner) == said


@pytest.mark.parametrize("member", [NB, "notes.txt", "a_b_c.ipynb", "work/1_2.ipynb"])
def test_a_name_that_says_nothing_of_an_owner(member):
    assert found_in(member) is None


def test_a_second_file_of_the_lesson_is_the_lessons():
    names = [NB, f"{FOUR}-1.ipynb", f"{FOUR} (2).ipynb", f"{FOUR}-2-1.ipynb", f"{FOUR}_3.IPYNB"]
    assert {proper_name(name, FOUR) for name in names} == {NB}
    assert proper_name("mine-1.ipynb", FOUR) == "mine-1.ipynb"


@pytest.mark.parametrize(
    "text",
    [
        "Monday, 5 May 2025, 3:24 PM",
        "Monday, May 5, 2025, 3:24 PM",
        "Montag, 5. Mai 2025, 15:24",
        "lundi 5 mai 2025, 15:24",
        "lunes, 5 de mayo de 2025, 15:24",
        "2025年05月5日 星期一 15:24",
        "2025-05-05 15:24:11",
    ],
)
def test_moodles_times_in_the_words_of_a_language(text):
    assert when(text, "Europe/Berlin").isoformat() == "2025-05-05T13:24:00+00:00"
    assert when("Tuesday, 6 May 2025, 12:07 AM", "UTC").hour == 0


@pytest.mark.parametrize("text", ["-", "", "5 Foo 2025, 15:24", "31 February 2025, 15:24"])
def test_what_is_no_time(text):
    assert when(text, "UTC") is None


# ---- Canvas


def test_canvas_submissions_go_to_the_students_of_the_roster(canvas, tmp_path):
    zipped = packed(
        tmp_path,
        {
            f"okonkwobrandtamara_LATE_50101_901_{FOUR}-1.ipynb": LITTLE,
            "quillquinjonas_50103_902_work.zip": inner(deep__ipynb=MUCH),
            f"王小凤_50105_903_{NB}": LITTLE,
            "王小凤_50105_904_notes.txt": b"two files",
            f"novakjana_50111_905_{NB}": MUCH,
            "suprapto_50108_text.html": b"<p>see my mail</p>",
            f"teamrocket_50102_906_{NB}": MUCH,
            f"anon_x9Qz1_907_{NB}": LITTLE,
            f"fremdfee_59999_908_{NB}": LITTLE,
            "__MACOSX/._x": b"",
            "readme.txt": b"",
        },
    )
    told = collect(canvas, FOUR, [zipped])
    assert told.taken == "50112 aokonkwo foshaugh jnovak2 jquill suprapto xwang".split()[1:]
    assert told.late == ["aokonkwo"]
    assert submitted(canvas, "aokonkwo") == {NB: LITTLE}
    assert submitted(canvas, "jquill") == {"work/deep.ipynb": MUCH}
    assert submitted(canvas, "xwang") == {NB: LITTLE, "notes.txt": b"two files"}
    assert submitted(canvas, "jnovak2") == {NB: MUCH}
    assert submitted(canvas, "suprapto") == {"text.html": b"<p>see my mail</p>"}
    left = "\n".join(told.left)
    assert "anon_x9Qz1" in left and "anonymous" in left
    assert "fremdfee" in left and "nobody in the gradebook fits" in left
    assert "readme.txt: its name says nothing of an owner" in left and len(told.left) == 3
    assert [line for line in told.remarks if "teamrocket" in line]
    assert told.absent == ["50112", "bsum", "jmueller@uni.example", "jnovak1", "lhaddad", "onester"]
    assert (canvas / "downloaded" / FOUR / "archive" / "submissions.zip").exists()


def test_the_instructor_says_whose_it_is_or_takes_everybody(canvas, tmp_path):
    zipped = packed(tmp_path, {f"anon_x9Qz1_907_{NB}": LITTLE, f"fremdfee_59999_908_{NB}": MUCH})
    told = collect(canvas, FOUR, [zipped], Asked(who={"anon_x9Qz1": "xwang"}, new=True))
    assert told.taken == ["59999", "xwang"] and told.left == []
    named = Asked(who={"anon_x9Qz1": "xwang"})
    assert collect(canvas, FOUR, [], named).unchanged == ["59999", "xwang"]
    assert submitted(canvas, "59999") == {NB: MUCH}
    with gradebook_of(canvas) as gradebook:
        assert gradebook.find_student("59999").lms_user_id == "59999"
    with pytest.raises(Refused, match="Nobody in the gradebook is called nobody"):
        collect(canvas, FOUR, [], Asked(who={"x": "nobody"}))


def test_a_later_upload_takes_the_place_of_an_earlier_one_which_is_kept(canvas, tmp_path):
    first = packed(tmp_path, {f"okonkwobrandtamara_50101_901_{NB}": LITTLE}, "monday.zip")
    assert collect(canvas, FOUR, [first]).taken == ["aokonkwo"]
    second = packed(tmp_path, {f"okonkwobrandtamara_50101_950_{FOUR}-1.ipynb": MUCH}, "friday.zip")
    told = collect(canvas, FOUR, [second])
    assert told.taken == ["aokonkwo"] and submitted(canvas, "aokonkwo") == {NB: MUCH}
    assert "takes the place of an earlier one" in told.remarks[-1]
    aside = canvas / "downloaded" / FOUR / "replaced" / "aokonkwo-1" / NB
    assert aside.read_bytes() == LITTLE
    again = collect(canvas, FOUR, [first])
    assert again.taken == [] and again.unchanged == ["aokonkwo"]
    assert submitted(canvas, "aokonkwo") == {NB: MUCH}


def test_a_later_upload_with_less_in_it_hides_nothing_unless_the_instructor_says_so(
    canvas, tmp_path
):
    first = packed(tmp_path, {f"okonkwobrandtamara_50101_901_{NB}": MUCH}, "monday.zip")
    second = packed(tmp_path, {f"okonkwobrandtamara_50101_950_{NB}": NONE}, "friday.zip")
    for archives in ([first], [second], []):
        told = collect(canvas, FOUR, archives)
        assert submitted(canvas, "aokonkwo") == {NB: MUCH}
    assert "holds less work" in "\n".join(told.remarks) and "0 written against 2" in told.remarks[0]
    assert collect(canvas, FOUR, [], Asked(newer=True)).taken == ["aokonkwo"]
    assert submitted(canvas, "aokonkwo") == {NB: NONE}
    assert work(parse(MUCH), parse(NONE)) == 2


def test_what_came_another_way_is_not_replaced(canvas, tmp_path):
    place = canvas / "submitted" / "aokonkwo" / FOUR
    place.mkdir(parents=True)
    (place / NB).write_bytes(LITTLE)
    told = collect(canvas, FOUR, [packed(tmp_path, {f"okonkwobrandtamara_50101_901_{NB}": MUCH})])
    assert told.taken == [] and submitted(canvas, "aokonkwo") == {NB: LITTLE}
    assert "came another way, or was changed" in told.remarks[0]


def test_an_archive_that_could_do_harm_is_refused_and_the_others_are_taken(canvas, tmp_path):
    bad = packed(tmp_path, {"../x_50101_901_a.ipynb": LITTLE}, "bad.zip")
    (tmp_path / "torn.zip").write_bytes(bad.read_bytes()[:40])
    good = packed(tmp_path, {f"oshaughnessyfiadh_50102_901_{NB}": LITTLE}, "good.zip")
    told = collect(canvas, FOUR, [bad, tmp_path / "torn.zip", good])
    assert told.taken == ["foshaugh"]
    assert [line.split(":")[0] for line in told.left] == ["Refused 'bad.zip'", "Refused 'torn.zip'"]


def test_a_folder_that_the_browser_unpacked_is_taken_as_its_zip(canvas, tmp_path):
    folder = tmp_path / "submissions"
    folder.mkdir()
    (folder / f"oshaughnessyfiadh_50102_901_{NB}").write_bytes(LITTLE)
    assert collect(canvas, FOUR, [folder]).taken == ["foshaugh"]
    assert collect(canvas, FOUR, [folder]).unchanged == ["foshaugh"]


def test_a_large_class_is_taken_whole_unless_the_class_says_what_is_too_much(canvas, tmp_path):
    files = {f"somebody_{number}_{number}_{NB}": b"" for number in range(60_000, 62_100)}
    zipped = packed(tmp_path, {**files, f"oshaughnessyfiadh_50102_9_{NB}": LITTLE})
    config = canvas / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8")
    config.write_text(f"{text}c.SafeExtractor.most_members = 2000\n", encoding="utf-8")
    told = collect(canvas, FOUR, [zipped])
    assert told.taken == [] and "most_members" in told.left[0]
    config.write_text(text, encoding="utf-8")
    told = collect(canvas, FOUR, [])
    assert told.taken == ["foshaugh"] and len(told.left) == 2_100


def test_what_is_not_there_or_no_archive_is_refused(canvas, tmp_path):
    (tmp_path / "a.txt").write_text("")
    for archives, said in [
        ([tmp_path / "nowhere.zip"], "does not exist"),
        ([tmp_path / "a.txt"], "is no archive"),
        ([], "no archive to collect"),
    ]:
        with pytest.raises(Refused, match=said):
            collect(canvas, FOUR, archives)


def test_a_class_without_students_needs_a_roster_or_takes_everybody(tmp_path_factory, tmp_path):
    folder = a_class(tmp_path_factory, tmp_path)
    zipped = packed(tmp_path, {f"oshaughnessyfiadh_50102_901_{NB}": LITTLE})
    with pytest.raises(Refused, match="--roster FILE.* --new"):
        collect(folder, FOUR, [zipped])
    anonymous = packed(tmp_path, {f"anon_x9_902_{NB}": MUCH}, "more.zip")
    told = collect(folder, FOUR, [zipped, anonymous], Asked(new=True))
    assert told.taken == ["50102", "anon_x9"]
    assert collect(folder, FOUR, []).unchanged == ["50102", "anon_x9"]


@pytest.mark.parametrize("first", [901, 903])
def test_a_file_and_a_packed_folder_of_one_name_both_stay_and_the_class_is_collected(
    canvas, tmp_path, first
):
    zipped = packed(
        tmp_path,
        {
            f"okonkwobrandtamara_50101_{first}_work": b"a file",
            "okonkwobrandtamara_50101_902_work.zip": inner(deep__ipynb=MUCH),
            f"oshaughnessyfiadh_50102_901_{NB}": LITTLE,
        },
    )
    told = collect(canvas, FOUR, [zipped])
    assert told.taken == ["aokonkwo", "foshaugh"] and told.left == []
    assert sorted(submitted(canvas, "aokonkwo").values()) == sorted([b"a file", MUCH])
    assert collect(canvas, FOUR, []).unchanged == ["aokonkwo", "foshaugh"]


def test_what_cannot_be_laid_out_is_named_and_the_others_are_collected(canvas, tmp_path):
    """A file stands where the folder of a submission belongs."""
    place = canvas / "submitted" / "aokonkwo" / FOUR
    place.parent.mkdir(parents=True)
    place.write_text("no folder", encoding="utf-8")
    zipped = packed(
        tmp_path,
        {
            f"okonkwobrandtamara_50101_901_{NB}": MUCH,
            f"oshaughnessyfiadh_50102_901_{NB}": LITTLE,
        },
    )
    told = collect(canvas, FOUR, [zipped])
    assert told.taken == ["foshaugh"] and submitted(canvas, "foshaugh") == {NB: LITTLE}
    (line,) = told.left
    assert line.startswith("aokonkwo: ") and "submissions.zip" in line and str(place) in line
    assert place.read_text(encoding="utf-8") == "no folder" and "aokonkwo" in told.absent
    place.unlink()
    assert collect(canvas, FOUR, []).taken == ["aokonkwo"]


# ---- Moodle


MOODLE = {
    f"Amara Okonkwo-Brandt_880101_assignsubmission_file_/{NB}": LITTLE,
    "Fiadh OShaughnessy_880102_assignsubmission_file_/sub/mine.ipynb": MUCH,
    "Fiadh OShaughnessy_880102_assignsubmission_onlinetext_/onlinetext.html": b"<p>done</p>",
    f"Нестеренко Олена_880199_assignsubmission_file_/{NB}": LITTLE,
}


def test_moodle_submissions_with_folders_go_by_name_or_by_the_worksheet(moodle, tmp_path):
    sheet = Asked(table=FILES / "moodle-worksheet.csv", zone="Europe/Berlin")
    told = collect(moodle, FOUR, [packed(tmp_path, MOODLE)], sheet)
    assert told.taken == ["M-2201", "M-2202", "olena@uni.example"] and told.left == []
    assert submitted(moodle, "M-2201") == {
        NB: LITTLE,
        "timestamp.txt": b"2025-05-05 13:24:00 UTC\n",
    }
    assert submitted(moodle, "M-2202").keys() == {
        "sub/mine.ipynb",
        "onlinetext.html",
        "timestamp.txt",
    }
    assert submitted(moodle, "olena@uni.example") == {NB: LITTLE}


def test_moodle_submissions_without_folders(moodle, tmp_path):
    flat = {
        f"Amara Okonkwo-Brandt_880101_assignsubmission_file_{NB}": LITTLE,
        f"Jonas Quill Quin_880103_assignsubmission_file_{NB}": MUCH,
        f"Nobody Known_880777_assignsubmission_file_{NB}": MUCH,
    }
    told = collect(moodle, FOUR, [packed(tmp_path, flat)])
    assert told.taken == ["M-2201", "M-2203"]
    assert submitted(moodle, "M-2203") == {NB: MUCH}
    assert len(told.left) == 1 and "--who '880777=ID'" in told.left[0]


def test_a_second_time_nothing_is_written(moodle, tmp_path):
    sheet = Asked(table=FILES / "moodle-worksheet.csv", zone="UTC")
    collect(moodle, FOUR, [packed(tmp_path, MOODLE)], sheet)
    place = moodle / "submitted"
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*")}
    told = collect(moodle, FOUR, [], sheet)
    assert told.taken == [] and len(told.unchanged) == 3
    assert {path: path.stat().st_mtime_ns for path in place.rglob("*")} == before


def test_two_people_of_one_name_are_told_apart_by_the_worksheet_alone(moodle, tmp_path):
    with gradebook_of(moodle) as gradebook:
        gradebook.add_student("twin", first_name="Amara", last_name="Okonkwo-Brandt")
    zipped = packed(tmp_path, MOODLE)
    told = collect(moodle, FOUR, [zipped])
    assert "M-2201" not in told.taken and "it fits M-2201 and twin" in told.left[0]
    told = collect(moodle, FOUR, [], Asked(table=FILES / "moodle-worksheet.csv"))
    assert told.taken == ["M-2201"]


def test_a_worksheet_with_another_address_is_of_another_person(moodle, tmp_path):
    text = (FILES / "moodle-worksheet.csv").read_text(encoding="utf-8")
    table = tmp_path / "t.csv"
    table.write_text(text.replace("amara@uni.example", "other@uni.example"), encoding="utf-8")
    told = collect(moodle, FOUR, [packed(tmp_path, MOODLE)], Asked(table=table))
    assert "M-2201" not in told.taken and "nobody in the gradebook fits" in told.left[0]


def test_two_people_of_whom_the_gradebook_knows_one_are_not_taken_for_that_one(moodle, tmp_path):
    name = "Amara Okonkwo-Brandt_{}_assignsubmission_file_/" + NB
    zipped = packed(tmp_path, {name.format(880101): LITTLE, name.format(880555): MUCH})
    told = collect(moodle, FOUR, [zipped])
    assert told.taken == [] and len(told.left) == 2
    assert all("2 owners fit M-2201" in line for line in told.left)
    with_pages(moodle, "M-2201")
    with pytest.raises(Refused):
        give_back(moodle, FOUR)
    told = collect(moodle, FOUR, [], Asked(who={"880101": "M-2201"}))
    assert told.taken == ["M-2201"] and submitted(moodle, "M-2201") == {NB: LITTLE}
    (path,) = give_back(moodle, FOUR, Asked(who={"880101": "M-2201"})).zips
    with zipfile.ZipFile(path) as archive:
        assert [found_in(member).source.participant for member in archive.namelist()] == ["880101"]


def test_two_owners_of_one_student_are_no_new_students(moodle, tmp_path):
    name = "Amara Okonkwo-Brandt_{}_assignsubmission_file_/" + NB
    stranger = f"Nobody Known_880777_assignsubmission_file_/{NB}"
    files = {name.format(880101): LITTLE, name.format(880555): MUCH, stranger: LITTLE}
    told = collect(moodle, FOUR, [packed(tmp_path, files)], Asked(new=True))
    assert told.taken == ["participant-880777"]
    assert len(told.left) == 2 and all("2 owners fit M-2201" in line for line in told.left)
    with gradebook_of(moodle) as gradebook:
        assert {"participant-880101", "participant-880555"}.isdisjoint(
            student.id for student in gradebook.students
        )


def test_nobody_new_gets_the_folder_of_somebody_else(canvas, tmp_path):
    """A group is called as a student's id is, and as another platform's anonymous owner is."""
    group = "{}_assignsubmission_file_/" + NB
    zipped = packed(
        tmp_path,
        {
            group.format("xwang"): MUCH,
            f"anon-x_59990_901_{NB}": LITTLE,
            group.format("59990"): MUCH,
        },
    )
    told = collect(canvas, FOUR, [zipped], Asked(new=True))
    assert len(told.taken) == 1 and len(told.left) == 2
    assert not (canvas / "submitted" / "xwang").exists()
    assert sum("would be another's. To say whose it is: --who" in line for line in told.left) == 2
    with gradebook_of(canvas) as gradebook:
        assert gradebook.find_student("xwang").lms_user_id == "50105"


def test_nobody_hands_in_for_another_by_a_file_name(canvas, tmp_path):
    """A student chooses the last part of a name, and what is in a zip; the platform the rest."""
    forged = f"oshaughnessyfiadh_50102_999_{NB}"
    moodles = "Fiadh OShaughnessy_880102_assignsubmission_file_"
    zipped = packed(
        tmp_path,
        {
            f"okonkwobrandtamara_50101_901_{forged}": LITTLE,
            "quillquinjonas_50103_902_work.zip": inner(**{forged.replace(".", "__"): LITTLE}),
            f"王小凤_50105_903_{moodles}{NB}": LITTLE,
        },
    )
    told = collect(canvas, FOUR, [zipped])
    assert told.taken == ["aokonkwo", "jquill", "xwang"] and told.left == []
    source = found_in(f"Amara_880101_assignsubmission_file_{moodles}{NB}").source
    assert source.participant == "880101"
    assert found_in(f"Amara_880101_assignsubmission_file_/{moodles}/{NB}").source == source


def test_an_anonymous_moodle_assignment_by_the_participants_numbers(tmp_path_factory, tmp_path):
    folder = a_class(tmp_path_factory, tmp_path, "moodle-worksheet-anonymous.csv")
    name = f"Participant_880102_assignsubmission_file_/{NB}"
    assert collect(folder, FOUR, [packed(tmp_path, {name: MUCH})]).taken == ["participant-880102"]


def test_of_two_downloads_from_moodle_the_later_counts(moodle, tmp_path):
    name = f"Amara Okonkwo-Brandt_880101_assignsubmission_file_/{NB}"
    late = packed(tmp_path, {name: MUCH}, "a.zip", time=1_746_600_000)
    early = packed(tmp_path, {name: LITTLE}, "b.zip", time=1_746_500_000)
    assert collect(moodle, FOUR, [late, early]).taken == ["M-2201"]
    assert submitted(moodle, "M-2201") == {NB: MUCH}


def test_where_nothing_says_which_is_newer_the_instructor_is_told(moodle, tmp_path):
    name = f"Amara Okonkwo-Brandt_880101_assignsubmission_file_/{NB}"
    one = packed(tmp_path, {name: LITTLE}, "a.zip", time=1_746_600_000)
    other = packed(tmp_path, {name: MUCH}, "b.zip", time=1_746_600_000)
    told = collect(moodle, FOUR, [one, other])
    assert "nothing says which is newer" in told.remarks[0]
    assert submitted(moodle, "M-2201") == {NB: MUCH}


# ---- feedback


def with_pages(folder, *students):
    """Feedback pages, as nbgrader makes them."""
    for student in students:
        place = folder / "feedback" / student / FOUR
        place.mkdir(parents=True)
        (place / f"{FOUR}.html").write_text(f"<p>für {student}</p>", encoding="utf-8")


def test_canvas_gets_a_notebook_with_the_page_under_the_submitted_name(canvas, tmp_path):
    names = {
        "aokonkwo": f"okonkwobrandtamara_LATE_50101_901_{FOUR}-1.ipynb",
        "jquill": "quillquinjonas_50103_902_work.zip",
        "xwang": f"王小凤_50105_903_{NB}",
    }
    data = {"jquill": inner(a__ipynb=MUCH)}
    files = {name: data.get(student, LITTLE) for student, name in names.items()}
    zipped = packed(
        tmp_path, {**files, "王小凤_50105_904_notes.txt": b"", "suprapto_50108_text.html": b""}
    )
    collect(canvas, FOUR, [zipped])
    with_pages(canvas, *names, "suprapto", "foshaugh")
    told = give_back(canvas, FOUR)
    ((path, count),) = told.zips.items()
    assert path.name == f"{FOUR}-for-canvas.zip" and count == 3
    with zipfile.ZipFile(path) as archive:
        assert set(archive.namelist()) == set(names.values())
        cell = json.loads(archive.read(names["xwang"]))["cells"][0]
        held = zipfile.ZipFile(io.BytesIO(archive.read(names["jquill"])))
    assert held.read(f"feedback-{FOUR}.html").decode() == "<p>für jquill</p>"
    room = tmp_path / "desk"
    room.mkdir()
    subprocess.run([sys.executable, "-c", cell["source"]], cwd=room, check=True)
    page = (room / f"feedback-{FOUR}.html").read_text(encoding="utf-8")
    assert page == "<p>für xwang</p>"
    assert [line.split(":")[0] for line in told.left] == ["foshaugh", "suprapto"]
    before = path.read_bytes()
    give_back(canvas, FOUR)
    assert path.read_bytes() == before


def test_moodle_gets_the_page_in_the_folder_of_the_participant(moodle, tmp_path):
    collect(moodle, FOUR, [packed(tmp_path, MOODLE)])
    with_pages(moodle, "M-2201", "M-2202")
    (path,) = give_back(moodle, FOUR).zips
    assert path.name == f"{FOUR}-for-moodle.zip"
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [
            f"Amara Okonkwo-Brandt_880101_assignsubmission_file_/{FOUR}.html",
            f"Fiadh OShaughnessy_880102_assignsubmission_file_/{FOUR}.html",
        ]
        assert archive.read(archive.namelist()[0]).decode() == "<p>für M-2201</p>"


def test_moodle_without_folders_gets_the_page_under_the_participants_words(moodle, tmp_path):
    name = "Amara Okonkwo-Brandt_880101_assignsubmission_file_{}"
    collect(moodle, FOUR, [packed(tmp_path, {name.format(NB): LITTLE})])
    with_pages(moodle, "M-2201")
    (path,) = give_back(moodle, FOUR).zips
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [name.format(f"{FOUR}.html")]


def test_whose_a_submission_is_is_said_once(canvas, tmp_path):
    """For collect; a later collect and return know it, until something else is said."""
    archive = packed(tmp_path, {f"anon_x9Qz1_907_{NB}": LITTLE})
    collect(canvas, FOUR, [archive], Asked(who={"anon_x9Qz1": "xwang"}))
    assert collect(canvas, FOUR, []).unchanged == ["xwang"]
    with_pages(canvas, "xwang", "jquill")
    (path,) = give_back(canvas, FOUR).zips
    with zipfile.ZipFile(path) as packed_pages:
        assert packed_pages.namelist() == [f"anon_x9Qz1_907_{NB}"]
    told = collect(canvas, FOUR, [], Asked(who={"anon_x9Qz1": "jquill"}))
    assert told.taken == ["jquill"]
    with gradebook_of(canvas) as gradebook:
        gradebook.remove_student("jquill")
    told = collect(canvas, FOUR, [])
    assert told.taken == told.unchanged == [] and "anon_x9Qz1" in told.left[0]


def test_a_worksheet_and_its_time_zone_are_given_once(moodle, tmp_path):
    with gradebook_of(moodle) as gradebook:
        gradebook.add_student("twin", first_name="Amara", last_name="Okonkwo-Brandt")
    table = tmp_path / "t.csv"
    table.write_bytes((FILES / "moodle-worksheet.csv").read_bytes())
    asked = Asked(table=table, zone="Asia/Tokyo")
    assert "M-2201" in collect(moodle, FOUR, [packed(tmp_path, MOODLE)], asked).taken
    table.unlink()
    assert "M-2201" in collect(moodle, FOUR, []).unchanged
    assert submitted(moodle, "M-2201")["timestamp.txt"] == b"2025-05-05 06:24:00 UTC\n"
    with_pages(moodle, "M-2201")
    (path,) = give_back(moodle, FOUR).zips
    with zipfile.ZipFile(path) as archive:
        assert [found_in(name).source.participant for name in archive.namelist()] == ["880101"]


def test_a_group_that_is_new_is_found_again(canvas, tmp_path):
    zipped = packed(tmp_path, {f"Team Rocket_assignsubmission_file_/{NB}": MUCH})
    assert collect(canvas, FOUR, [zipped], Asked(new=True)).taken == ["Team Rocket"]
    assert collect(canvas, FOUR, []).unchanged == ["Team Rocket"]
    with_pages(canvas, "Team Rocket")
    assert list(give_back(canvas, FOUR).zips.values()) == [1]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"who": 1}', '{"who": {}}'])
def test_what_was_said_and_cannot_be_read_is_to_be_said_again(canvas, tmp_path, text):
    kept = canvas / "downloaded" / FOUR / "owners.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(text, encoding="utf-8")
    zipped = packed(tmp_path, {f"okonkwobrandtamara_50101_901_{NB}": MUCH})
    with pytest.raises(Refused, match="owners.json cannot be read.*--who.*delete it"):
        collect(canvas, FOUR, [zipped])
    assert not (canvas / "submitted" / "aokonkwo").exists()


def test_there_is_nothing_to_give_back_without_pages_or_without_archives(canvas):
    with pytest.raises(Refused, match="no pages yet"):
        give_back(canvas, FOUR)
    with_pages(canvas, "aokonkwo")
    with pytest.raises(Refused, match="backprop collect"):
        give_back(canvas, FOUR)
