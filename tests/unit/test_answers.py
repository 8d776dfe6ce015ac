"""The form: written empty, filled in, read back; whatever is wrong is named by row and item."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import openpyxl
import pytest

from sim.analysis.assessment import THEMES
from sim.calibrate.answers import ITEMS, known, read_answers
from sim.calibrate.form import BLANK_ROWS, HEADERS, known_file, write_form
from sim.domain.errors import InputError

KINDS = (".toml", ".csv", ".xlsx")
FOUR = ",".join(["4"] * 20)


def survey(folder: Path, *rows: str, header: str = "side,role," + ",".join(map(str, ITEMS))) -> Path:
    file = folder / "firm.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return file


def texts_of(file: Path) -> str:
    if file.suffix != ".xlsx":
        return file.read_text(encoding="utf-8")
    sheets = openpyxl.load_workbook(file).worksheets
    return " ".join(str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row)


def filled(file: Path) -> Path:
    """Fill in the first person of each side and two quantities, as somebody with an editor would."""
    return {".toml": filled_toml, ".csv": filled_csv, ".xlsx": filled_workbook}[file.suffix](file)


def filled_toml(file: Path) -> Path:
    text = file.read_text(encoding="utf-8")
    for side in ("marketing", "sales"):
        empty = f'side = "{side}"\nrole = "staff"\nanswers = [{", ".join(["0"] * 20)}]'
        text = text.replace(empty, f'side = "{side}"\nrole = "head"\nanswers = [{", ".join(["4"] * 19)}, 0]', 1)
    text = text.replace("# reps = ", "reps = 12").replace("# win_rate = ", "win_rate = { low = 0.1, high = 0.2 }")
    file.write_text(text, encoding="utf-8")
    return file


def filled_csv(file: Path) -> Path:
    text = file.read_text(encoding="utf-8")
    for side in ("marketing", "sales"):
        text = text.replace(f"{side},staff,{',' * 19}\n", f"{side},head,{','.join(['4'] * 19)},\n", 1)
    file.write_text(text, encoding="utf-8")
    beside = known_file(file)
    told = (
        beside.read_text(encoding="utf-8").replace("reps,,,", "reps,12,,").replace("win_rate,,,", "win_rate,,0.1,0.2")
    )
    beside.write_text(told, encoding="utf-8")
    return file


def filled_workbook(file: Path) -> Path:
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    for row in (2, 2 + BLANK_ROWS):
        for column, value in enumerate(["head", *[4] * 19], 2):
            sheet.cell(row, column, value)
    book.save(file)
    beside = openpyxl.load_workbook(known_file(file))
    for row in beside.worksheets[0].iter_rows(min_row=2):
        for cell, value in zip(
            row[1:4], {"reps": (12,), "win_rate": (None, 0.1, 0.2)}.get(row[0].value, ()), strict=False
        ):
            cell.value = value
    beside.save(known_file(file))
    return file


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_form_holds_nothing_and_asks_for_no_name(tmp_path: Path, kind: str) -> None:
    files = write_form(tmp_path / f"firm{kind}")
    answers = read_answers(files[0])
    assert answers.respondents.empty and known(answers).empty
    text = " ".join(map(texts_of, files))
    assert all(theme.statement in text for theme in THEMES)
    assert "e-mail" not in text.lower()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_filled_in_is_read_back(tmp_path: Path, kind: str) -> None:
    answers = read_answers(filled(write_form(tmp_path / f"firm{kind}")[0]))
    assert answers.respondents[["side", "role"]].to_numpy().tolist() == [["marketing", "head"], ["sales", "head"]]
    assert (answers.respondents[list(ITEMS[:19])] == 4.0).all(axis=None)
    assert answers.respondents[20].isna().all()
    table = known(answers)
    assert table["quantity"].tolist() == ["reps", "win_rate"]
    assert table["value"].tolist() == [12.0, pytest.approx(0.15)]
    assert table["high"].tolist() == [12.0, 0.2]


def test_all_kinds_of_form_say_the_same(tmp_path: Path) -> None:
    one, *others = (read_answers(filled(write_form(tmp_path / f"firm{kind}")[0])) for kind in KINDS)
    for other in others:
        assert one.respondents.equals(other.respondents) and one.known.equals(other.known)
        assert one.notes == other.notes


def test_a_form_is_never_written_over_another(tmp_path: Path) -> None:
    write_form(tmp_path / "firm.csv")
    with pytest.raises(InputError, match="--new: must not exist yet"):
        write_form(tmp_path / "firm.csv")
    with pytest.raises(InputError, match=r"--new: must end in .toml, .csv, .xlsx"):
        write_form(tmp_path / "firm.doc")


def test_columns_of_a_survey_tool_are_found_by_number_or_statement(tmp_path: Path) -> None:
    names = ["Q1", "Item 2", *HEADERS[2:10], *(theme.statement for theme in THEMES[10:])]
    file = tmp_path / "survey.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["Timestamp", "Side", *names, "ann@example.org"])
        writer.writerow(["2026-01-01", "Sales", *range(1, 6), *[5] * 15, "hello"])
    answers = read_answers(file)
    assert answers.respondents.loc[0, list(ITEMS)].tolist() == [1, 2, 3, 4, *[5] * 16]
    assert answers.respondents["role"].tolist() == ["staff"]
    told = " ".join(answers.notes)
    assert "Timestamp" in told and "ann@" not in told and "taken for staff" in told


def test_people_who_answer_nothing_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    answers = read_answers(survey(tmp_path, f"sales,staff,{FOUR}", "sales,staff," + "," * 19))
    assert len(answers.respondents) == 1
    assert answers.notes == ("Rows without any answer, which were left out: 1.",)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (f"sales,staff,{FOUR[:-1]}6", "firm.csv, row 2, item 20: must be 1 to 5, got '6'"),
        (f"sales,staff,0{FOUR[1:]}", "firm.csv, row 2, item 1: must be 1 to 5, got '0'"),
        (f"sales,staff,4.5{FOUR[1:]}", "firm.csv, row 2, item 1: must be 1 to 5"),
        (f"sales,staff,yes{FOUR[1:]}", "(?s)item 1: must be 1 to 5, got 'yes'.*1 .disagree strongly. to 5"),
        (f"sales,staff,Ann Smith{FOUR[1:]}", r"item 1: must be 1 to 5, got '\(hidden\)'"),
        (f"finance,staff,{FOUR}", "firm.csv, row 2, side: must be marketing or sales, got 'finance'"),
        (f"sales,boss,{FOUR}", "firm.csv, row 2, role: must be staff or head, got 'boss'"),
        (f"ann@example.org,staff,{FOUR}", r"side: must be marketing or sales, got '\(hidden\)'"),
    ],
)
def test_a_wrong_cell_is_named_and_no_address_is_shown(tmp_path: Path, row: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_answers(survey(tmp_path, row))


def test_a_survey_must_have_every_item_once(tmp_path: Path) -> None:
    header = "side,role," + ",".join(map(str, ITEMS[:-1]))
    with pytest.raises(InputError, match="firm.csv: must have a column for item 20"):
        read_answers(survey(tmp_path, f"sales,staff,{FOUR[2:]}", header=header))
    with pytest.raises(InputError, match="must have one column for item 2"):
        read_answers(survey(tmp_path, f"sales,staff,{FOUR}", header=header + ",Q2"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("people = 3", "firm.toml: people: is not known"),
        ("respondents = 3", "firm.toml: respondents: must be tables"),
        ('[[respondents]]\nname = "Ann"', r"respondents\[0\].name: is not known; people are not asked for more"),
        ('[[respondents]]\nside = "sales"\nanswers = [4]', "must be a list of 20 numbers, 0 for no answer, got 1"),
        (f'[[respondents]]\nside = "sales"\nanswers = [true, {FOUR[2:]}]', "item 1: must be 1 to 5, got 'True'"),
        (f"[[respondents]]\nanswers = [{FOUR}]", r"respondents\[0\], side: must be marketing or sales"),
        ("[known]\nrep = 3", "known.rep: unknown quantity, got 'rep'"),
        ('[known]\nreps = "3"', "known.reps.value: must be a number, got '3'"),
        ("[known]\nreps = { least = 3 }", "known.reps.least: is not known"),
        ("known = 3", "firm.toml: known: must be a table"),
        ("respondents = [", "is no valid TOML"),
    ],
)
def test_what_a_toml_form_cannot_hold_is_named(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "firm.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_answers(file)


@pytest.mark.parametrize("name", ["missing.csv", "missing.toml"])
def test_a_missing_form_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="there is no such file|must be an existing file"):
        read_answers(tmp_path / name)


def test_the_form_is_toml_that_can_be_read_as_it_is(tmp_path: Path) -> None:
    file = write_form(tmp_path / "firm.toml")[0]
    assert set(tomllib.loads(file.read_text(encoding="utf-8"))) == {"respondents", "known"}
