"""A class gets its students from what Canvas or Moodle exports, as it comes."""

import pytest
from lms_class import FILES, ROOT, a_class, gradebook_of

from autograder.desk import Refused
from autograder.desk.beginning import Asked, begin
from autograder.desk.roster import read_roster


def ids(name):
    """The ids of the students of a table, and what is said about it."""
    students, remarks = read_roster(FILES / name)
    return [student.id for student in students], remarks


def test_canvas_gives_logins_numbers_sections_and_names_in_every_script():
    students, remarks = read_roster(FILES / "canvas-gradebook.csv")
    named = {student.id: student for student in students}
    assert (
        list(named)
        == (
            "aokonkwo foshaugh jquill jmueller@uni.example xwang onester lhaddad suprapto bsum jnovak1"
            " jnovak2 50112"
        ).split()
    )
    assert named["jquill"][1:3] == ("Jonas", 'Quill "Quin"')
    assert named["xwang"][1:3] == ("小凤", "王") and named["lhaddad"][1:3] == ("ليلى", "الحداد")
    assert named["suprapto"][1:3] == ("", "Suprapto")
    assert named["bsum"].last_name == '=HYPERLINK("http://a.example")'
    assert named["aokonkwo"].lms_user_id == "50101"
    assert named["jmueller@uni.example"].section == "BP101-A and BP101-B"
    assert remarks == ["line 16: the test student is left out"]


def test_canvas_with_first_and_last_names_apart():
    students, _ = read_roster(FILES / "canvas-semicolon.csv")
    assert [student[:3] for student in students][2] == (
        "jquill",
        "Jonas",
        'Quill "Quin"; the second',
    )


def test_moodle_gives_numbers_or_addresses_and_an_anonymous_worksheet_the_participants():
    assert ids("moodle-grades.csv") == (["M-2201", "M-2202", "M-2203", "olena@uni.example"], [])
    for name in ("moodle-worksheet.csv", "moodle-worksheet-de.csv"):
        addresses, remarks = ids(name)
        assert addresses[:3] == ["amara@uni.example", "fiadh@uni.example", "jonas@uni.example"]
        assert "parted before the last word" in remarks[0]
    assert ids("moodle-worksheet-anonymous.csv")[0] == ["participant-880101", "participant-880102"]


def test_a_class_is_begun_with_them_and_a_second_time_nothing_changes(tmp_path_factory, tmp_path):
    folder = a_class(tmp_path_factory, tmp_path, "canvas-gradebook.csv")
    with gradebook_of(folder) as gradebook:
        student = gradebook.find_student("jmueller@uni.example")
        assert (student.first_name, student.last_name) == ("Jürgen", "Müller-Öztürk")
        assert student.lms_user_id == "50104"
    again = begin(ROOT, folder, Asked(roster=FILES / "canvas-gradebook.csv"))
    assert (again.made, again.differs) == ([], [])


def test_the_sections_are_said(tmp_path_factory, tmp_path):
    folder = a_class(tmp_path_factory, tmp_path)
    told = begin(ROOT, folder, Asked(roster=FILES / "canvas-gradebook.csv"))
    assert told.made == [
        "12 students from the roster (BP101-A: 5, BP101-A and BP101-B: 1, BP101-B: 6)"
    ]


def test_moodles_two_tables_of_one_course_are_the_same_people(tmp_path_factory, tmp_path):
    folder = a_class(tmp_path_factory, tmp_path, "moodle-grades.csv")
    told = begin(ROOT, folder, Asked(roster=FILES / "moodle-worksheet-de.csv"))
    assert (told.made, told.differs) == ([], [])
    told = begin(ROOT, folder, Asked(roster=FILES / "moodle-worksheet.csv"))
    assert told.made == ["3 students from the roster"] and told.differs == []


def test_a_table_of_ones_own_with_moodles_words_is_read_by_its_ids(tmp_path):
    own = tmp_path / "own.csv"
    own.write_text("ID,First name,Last name,Email address\nzoe,Zoë,Müller,z@x\n", encoding="utf-8")
    students, _ = read_roster(own)
    assert [student[:4] for student in students] == [("zoe", "Zoë", "Müller", "z@x")]


@pytest.mark.parametrize(
    "heading",
    ["id,first_name,last_name", "ID,First name,Last name,Email address", "id,name,mail", "id,vorname,nachname,email,group",
     "id,first_name,last_name,email,phone,town,street"],
)  # fmt: skip
def test_a_table_of_ones_own_keeps_its_ids_also_where_they_look_like_moodles_numbers(
    tmp_path, heading
):
    own = tmp_path / "own.csv"
    width = heading.count(",")
    rows = [",".join([f"student{number}", *"abcdefg"[:width]]) for number in (1, 2, 3)]
    own.write_text("\n".join([heading, *rows]), encoding="utf-8")
    assert ids(own) == (["student1", "student2", "student3"], [])


def test_who_has_no_id_that_can_name_a_folder_is_named(tmp_path):
    text = (FILES / "moodle-grades.csv").read_text(encoding="utf-8")
    (tmp_path / "r.csv").write_text(text.replace("olena@uni.example", "../olena"), encoding="utf-8")
    with pytest.raises(Refused, match=r"line 5: Олена Нестеренко .* has no id"):
        read_roster(tmp_path / "r.csv")
