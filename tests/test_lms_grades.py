"""Grades go into the table that Canvas or Moodle gave, and nothing else of it changes."""

import codecs
import csv
import io
import logging

import pytest
from lms_class import FILES, FOUR, a_class, give_points, gradebook_of

from autograder.lms.grades import CanvasExporter, MoodleExporter
from autograder.lms.problem import Refused
from autograder.lms.sheets import GRADES, WORKSHEET, column_of, columns, read_sheet
from autograder.lms.tables import is_formula, neutral, read_table

TABLES = sorted(FILES.glob("*.csv"))
ENCODINGS = {
    "utf-8": lambda text: text.encode("utf-8"),
    "utf-8 with a mark": lambda text: codecs.BOM_UTF8 + text.encode("utf-8"),
    "utf-16": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "lines as on Windows": lambda text: text.replace("\n", "\r\n").encode("utf-8"),
    "no line end at the end": lambda text: text.rstrip("\n").encode("utf-8"),
}


@pytest.fixture
def canvas(tmp_path_factory, tmp_path):
    return a_class(tmp_path_factory, tmp_path, "canvas-gradebook.csv")


@pytest.fixture
def moodle(tmp_path_factory, tmp_path):
    return a_class(tmp_path_factory, tmp_path, "moodle-grades.csv")


class Exported:
    """What an exporter made of a table: its bytes, its records, and what it said."""

    def __init__(self, exporter, folder, table, monkeypatch, caplog, **told):
        monkeypatch.chdir(folder)
        log = logging.getLogger("export")
        target = folder / "out.csv"
        caplog.set_level(logging.INFO)
        plugin = exporter(log=log, table=str(table or ""), to=str(target), **told)
        plugin.assignment = [FOUR]
        with gradebook_of(folder) as gradebook:
            plugin.export(gradebook)
        self.data, self.said = target.read_bytes(), caplog.text
        self.table = read_table(self.data)

    def cell(self, row, column):
        """What stands in a cell, both counted from 0."""
        return self.table.rows[row].cells[column].text


@pytest.fixture
def exported(monkeypatch, caplog):
    return lambda exporter, folder, table, **told: Exported(
        exporter, folder, table, monkeypatch, caplog, **told
    )


# ---- a table


@pytest.mark.parametrize("written", ENCODINGS)
@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_table_in_which_nothing_changes_comes_back_byte_for_byte(path, written):
    data = ENCODINGS[written](path.read_text(encoding="utf-8"))
    table = read_table(data)
    assert table.changed({}) == data
    same = {
        (number, column): cell.text
        for number, row in enumerate(table.rows)
        for column, cell in enumerate(row.cells)
    }
    assert texts(read_table(table.changed(same))) == texts(table)


def texts(table):
    """What stands in every cell of every row."""
    return [[cell.text for cell in row.cells] for row in table.rows]


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_table_is_read_as_the_csv_module_reads_it(path):
    text = path.read_text(encoding="utf-8")
    table = read_table(path.read_bytes())
    records = list(csv.reader(io.StringIO(text, newline=""), delimiter=table.delimiter))
    assert texts(table) == records


def test_western_letters_of_windows_come_back_too():
    data = "ID;Prénom\r\n1;Jürgen – “Ü”\r\n".encode("cp1252")
    table = read_table(data)
    assert table.rows[1].cells[1].text == "Jürgen – “Ü”"
    assert table.changed({(1, 0): "2"}) == data.replace(b"\r\n1", b"\r\n2")


def test_a_cell_is_quoted_where_its_new_text_needs_it_or_its_old_one_was():
    table = read_table(b'a,"b",c\n')
    assert table.changed({(0, 0): "1,5", (0, 1): "2"}) == b'"1,5","2",c\n'
    assert read_table(b"sep=;\na;b\n").changed({(0, 1): "1,5"}) == b"sep=;\na;1,5\n"


@pytest.mark.parametrize("data", [b"", b"\n \n", b"a\0b,c\n", codecs.BOM_UTF8 + b"\xff,1\n"])
def test_what_is_no_table_is_refused(data):
    with pytest.raises(Refused):
        read_table(data)


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", " =1", "＝1", "-x"])
def test_a_formula_is_neutral_with_a_sign_before_it(text):
    assert is_formula(text)
    assert neutral(text) == f"'{text}" and not is_formula(neutral(text))


@pytest.mark.parametrize("text", ["-", "-3.5", "+41 ", "12,50", "", "Amara", "a=b", "王"])
def test_a_number_and_a_name_are_no_formula(text):
    assert not is_formula(text)


# ---- which table


@pytest.mark.parametrize(("column", "name"), [(0, "Test {}"), (1, "Test {}"), (0, "Player{}")])
@pytest.mark.parametrize("rows", [1, 3])
def test_a_name_with_a_number_in_it_makes_no_worksheet_of_moodles_grades(
    moodle, exported, tmp_path, column, name, rows
):
    own = list(csv.reader((FILES / "moodle-grades.csv").open(encoding="utf-8", newline="")))
    for number, row in enumerate(own[1 : rows + 1], 1):
        row[column] = name.format(number)
    path = tmp_path / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(own[: rows + 1])
    assert read_sheet(path).kind == GRADES
    give_points(moodle, "M-2201", 17.0)
    out = exported(MoodleExporter, moodle, path)
    changed = [list(row) for row in own[: rows + 1]]
    changed[1][7] = "17.00"
    assert texts(out.table) == changed


def test_a_worksheet_in_words_that_are_not_listed_is_known_by_its_participants(tmp_path):
    text = (FILES / "moodle-worksheet-anonymous.csv").read_text(encoding="utf-8")
    heading, _, rest = text.partition("\n")
    path = tmp_path / "t.csv"
    path.write_text("a,b,c,d,e,f,g\n" + rest.replace("Participant", "Uczestnik"), encoding="utf-8")
    sheet = read_sheet(path)
    assert sheet.kind == WORKSHEET and sheet.who(1).participant == "880101"
    path.write_text(f"{heading}\n{rest}", encoding="utf-8")
    assert read_sheet(path).kind == WORKSHEET


def test_a_student_who_is_called_as_canvas_calls_a_row_stands_in_the_table(tmp_path):
    text = (FILES / "canvas-gradebook.csv").read_text(encoding="utf-8")
    before = read_sheet(FILES / "canvas-gradebook.csv")
    path = tmp_path / "t.csv"
    path.write_text(
        text + "Points Possible,50999,M-9,possible,BP101-A,,,,,,,,,,,,\n", encoding="utf-8"
    )
    sheet = read_sheet(path)
    assert sheet.points == before.points and len(sheet.people) == len(before.people) + 1


# ---- which column


def test_the_columns_that_a_grade_may_go_into():
    def named(name):
        return list(columns(read_sheet(FILES / name)).values())

    lessons = ["Lesson 3 (70031)", "04-two-two-one (70032)", "05-mazur (70033)"]
    assert named("canvas-gradebook.csv") == ["Notes", *lessons]
    assert named("canvas-semicolon.csv") == ["Homework: 04-two-two-one (70032)"]
    assert named("moodle-worksheet.csv") == ["Grade"]
    assert named("moodle-worksheet-de.csv") == ["Bewertung"]


def test_a_column_is_found_by_the_lessons_name_or_by_the_heading_that_is_told():
    sheet = read_sheet(FILES / "canvas-gradebook.csv")
    assert column_of(sheet, FOUR) == 7
    assert column_of(sheet, FOUR, "lesson 3") == column_of(sheet, FOUR, "Lesson 3 (70031)") == 6
    for lesson, asked, said in [
        ("06-softmax-cross-entropy", "", "No column fits 06.* 'Lesson 3 "),
        (FOUR, "Homework", "No column fits Homework"),
        (FOUR, "Final Score", "computes the column"),
    ]:
        with pytest.raises(Refused, match=said):
            column_of(sheet, lesson, asked)


# ---- Canvas


def test_canvas_gets_its_table_back_with_the_grade_column_alone_changed(canvas, exported):
    for student, points in [
        ("aokonkwo", 17.0),
        ("foshaugh", 19.5),
        ("xwang", 17.0),
        ("50112", 3.25),
    ]:
        give_points(canvas, student, points)
    source = FILES / "canvas-gradebook.csv"
    out = exported(CanvasExporter, canvas, source)
    before = read_table(source.read_bytes())
    changed = {
        (number, column): (old.text, new.text)
        for number, (one, other) in enumerate(zip(before.rows, out.table.rows, strict=True))
        for column, (old, new) in enumerate(zip(one.cells, other.cells, strict=True))
        if old.text != new.text
    }
    assert changed == {(3, 7): ("", "17.00"), (4, 7): ("20.00", "19.50"), (14, 7): ("", "3.25")}
    assert out.data.count(b"\n") == source.read_bytes().count(b"\n")
    assert "4 grades, of which 2 are new and 1 were another" in out.said
    assert "lines 12" not in out.said and "line 12" in out.said  # a name that is a formula


def test_a_second_time_nothing_changes(canvas, exported):
    give_points(canvas, "aokonkwo", 17.0)
    first = exported(CanvasExporter, canvas, FILES / "canvas-gradebook.csv").data
    (canvas / "again.csv").write_bytes(first)
    assert exported(CanvasExporter, canvas, canvas / "again.csv").data == first


def test_what_canvas_keeps_from_a_grade_is_kept_and_said(canvas, exported):
    for student in ("onester", "lhaddad"):
        give_points(canvas, student, 10.0)
    out = exported(CanvasExporter, canvas, FILES / "canvas-gradebook.csv")
    assert (out.cell(8, 7), out.cell(9, 7)) == ("EX", "N/A")
    assert "line 9, onester: the platform says EX" in out.said
    assert "line 10, lhaddad: the platform says N/A" in out.said


def test_who_has_no_line_or_two_or_fits_two_people_is_named_and_gets_no_grade(
    canvas, exported, tmp_path
):
    with gradebook_of(canvas) as gradebook:
        gradebook.add_student("guest", first_name="Gus", last_name="Gast")
        gradebook.add_student("M-2203")  # the number of one, and another's id
    give_points(canvas, "guest", 5.0)
    give_points(canvas, "jquill", 6.0)
    give_points(canvas, "suprapto", 7.0)
    text = (FILES / "canvas-gradebook.csv").read_text(encoding="utf-8")
    twice = next(line for line in text.splitlines() if line.startswith("Suprapto"))
    stranger = '"Fremd, Fee",59999,M-9,ffremd,BP101-A,,,,,,,,,,,,'
    (tmp_path / "t.csv").write_text(f"{text}{twice}\n{stranger}\n", encoding="utf-8")
    out = exported(CanvasExporter, canvas, tmp_path / "t.csv")
    assert out.data == (tmp_path / "t.csv").read_bytes()
    assert "guest: has 5 points and no line of the table" in out.said
    assert 'Jonas Quill "Quin" (jquill): fits M-2203 and jquill, so no grade is written' in out.said
    assert "suprapto: stands in the lines 11 and 17, so no grade is written" in out.said
    assert "line 18, Fee Fremd (ffremd): nobody in the gradebook" in out.said
    assert "Test Student" not in out.said


def test_what_waits_for_a_person_is_not_given_out_unless_asked_for(canvas, exported):
    give_points(canvas, "aokonkwo", 12.0, waits=True)
    (canvas / "submitted" / "foshaugh" / FOUR).mkdir(parents=True)
    out = exported(CanvasExporter, canvas, FILES / "canvas-gradebook.csv")
    assert out.data == (FILES / "canvas-gradebook.csv").read_bytes()
    assert "aokonkwo: waits for hand grading" in out.said
    assert "foshaugh: handed in and not graded" in out.said
    table = FILES / "canvas-gradebook.csv"
    assert exported(CanvasExporter, canvas, table, preliminary=True).cell(3, 7) == "12.00"


def test_semicolons_and_decimal_commas_stay(canvas, exported):
    give_points(canvas, "aokonkwo", 17.5)
    out = exported(CanvasExporter, canvas, FILES / "canvas-semicolon.csv")
    assert b"Okonkwo-Brandt;Amara;50101;M-2201;aokonkwo;int-1;BP101-A;17,50;;;;\n" in out.data


def test_other_points_than_the_lessons_are_said_and_scaled_when_asked_for(
    canvas, exported, tmp_path
):
    give_points(canvas, "aokonkwo", 10.5)
    text = (FILES / "canvas-gradebook.csv").read_text(encoding="utf-8")
    (tmp_path / "t.csv").write_text(text.replace(",21.00,", ",100.00,"), encoding="utf-8")
    out = exported(CanvasExporter, canvas, tmp_path / "t.csv")
    assert "says that 100 points can be had, the lesson has 21" in out.said
    assert out.cell(3, 7) == "10.50"
    assert exported(CanvasExporter, canvas, tmp_path / "t.csv", scale=True).cell(3, 7) == "50.00"


# ---- Moodle


def test_moodles_worksheet_gets_grades_by_address_and_keeps_its_comments(moodle, exported):
    for student, points in [("M-2201", 17.0), ("M-2202", 19.5), ("M-2203", 4.0)]:
        give_points(moodle, student, points)
    source = FILES / "moodle-worksheet.csv"
    out = exported(MoodleExporter, moodle, source)
    text = source.read_text(encoding="utf-8")
    assert out.data.decode() == text.replace('Not graded",,', 'Not graded",17.00,', 1).replace(
        "20.00,21.00", "19.50,21.00"
    )
    assert "M-2203: the platform says that the grade cannot be changed" in out.said
    assert "nobody in the gradebook" in out.said


def test_moodles_worksheet_in_german_keeps_its_commas(moodle, exported):
    give_points(moodle, "M-2201", 17.0)
    out = exported(MoodleExporter, moodle, FILES / "moodle-worksheet-de.csv")
    assert b'"Zur Bewertung abgegeben";17,00;21,00;Ja' in out.data


def test_moodles_grades_of_a_course_are_filled_by_the_column_of_the_lesson(moodle, exported):
    give_points(moodle, "M-2201", 17.0)
    give_points(moodle, "olena@uni.example", 8.0)
    out = exported(MoodleExporter, moodle, FILES / "moodle-grades.csv")
    assert [out.cell(row, 7) for row in (1, 2, 3, 4)] == ["17.00", "20.00", "-", "8.00"]


def test_an_anonymous_worksheet_is_filled_by_the_participants_number(
    tmp_path_factory, tmp_path, exported
):
    folder = a_class(tmp_path_factory, tmp_path, "moodle-worksheet-anonymous.csv")
    give_points(folder, "participant-880102", 9.0)
    out = exported(MoodleExporter, folder, FILES / "moodle-worksheet-anonymous.csv")
    assert [out.cell(row, 2) for row in (1, 2)] == ["", "9.00"]


# ---- without a table, and what cannot be done


def test_a_table_made_from_the_gradebook_holds_no_formula(canvas, exported):
    with gradebook_of(canvas) as gradebook:
        gradebook.add_student("=cmd", last_name="Id")
        gradebook.update_or_create_student("suprapto", first_name="@SUM(A1)", last_name="+1")
    give_points(canvas, "aokonkwo", 17.0)
    for exporter in (CanvasExporter, MoodleExporter):
        out = exported(exporter, canvas, None)
        cells = [cell.text for row in out.table.rows for cell in row.cells]
        assert not any(map(is_formula, cells))
        assert {"'+1, @SUM(A1)", "'@SUM(A1)"} & set(cells)
        assert "17.00" in cells and "aokonkwo" in cells and "=cmd" not in cells
        assert "'=cmd' looks like a formula" in out.said
    assert [cell.text for cell in out.table.rows[0].cells][:4] == [
        "Username",
        "First name",
        "Last name",
        "Email address",
    ]


@pytest.mark.parametrize(
    ("exporter", "table", "said"),
    [
        (MoodleExporter, FILES / "canvas-gradebook.csv", "is a Canvas gradebook"),
        (CanvasExporter, FILES / "nowhere.csv", "cannot be read"),
        (CanvasExporter, FILES.parent / "coverage.toml", "is no table of Canvas or Moodle"),
        (CanvasExporter, "out.csv", "is what the platform gave; name another file"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    canvas, exported, caplog, exporter, table, said
):
    if table == "out.csv":
        table = canvas / table
        table.write_bytes(b"kept")
    with pytest.raises(SystemExit):
        exported(exporter, canvas, table)
    assert said in caplog.text
    kept = canvas / "out.csv"
    assert not kept.exists() or kept.read_bytes() == b"kept"
