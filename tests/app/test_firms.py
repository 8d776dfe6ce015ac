"""One's own firm on the pages: what is uploaded and answered stays, is shown to nobody, and becomes a scenario."""

from __future__ import annotations

import base64
import os
import shlex

import pytest

from sim.app import firms, words
from sim.app.firm_doors import Made, command_of, lines_of, note_made
from sim.app.firms import (
    answered,
    clean,
    data_page_of,
    export_files,
    firm_names,
    home,
    known_of,
    mapping_of,
    new_firm,
    preview_of,
    remove,
    save_known,
    save_mapping,
    take_answers,
    take_piece,
)
from sim.app.links import read_view
from sim.app.pages.firm import Errands, maker
from sim.calibrate.form import HEADERS
from sim.domain.errors import InputError
from sim.ensemble.progress import Advance
from sim.spec.catalogue import load_scenario

ROWS = "\n".join(
    f"{i},2024-{1 + i % 9:02d}-{1 + i % 27:02d},2024-{2 + i % 9:02d}-{1 + i % 27:02d},"
    f"{'Closed Won' if i % 3 == 0 else 'Closed Lost'},{1000 + 37 * i},Ada Lovelace,ada@example.com,web"
    for i in range(300)
)
EXPORT = f"Id,Opened,Ended,Phase,Sum,Keeper,Mail,Origin\n{ROWS}\n"


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SMARKETING_WORK", str(tmp_path))
    return tmp_path


def piece(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def with_export(text: str = EXPORT) -> str:
    name = new_firm("Test firm")
    take_piece(name, "deals.csv", piece(text[:1000]), is_first=True)
    take_piece(name, "deals.csv", piece(text[1000:]), is_first=False)
    return name


def test_a_file_that_comes_in_pieces_is_the_file() -> None:
    name = with_export()
    assert (home(name) / "export" / "deals.csv").read_text(encoding="utf-8") == EXPORT
    assert export_files(name) == ["deals.csv"]


def test_no_page_of_an_export_names_a_person() -> None:
    name = with_export()
    shown = data_page_of(name) + str(preview_of(name))
    assert "Lovelace" not in shown and "ada@" not in shown and "Phase" in shown


def test_a_mapping_can_be_looked_at_and_changed() -> None:
    name = with_export()
    text = mapping_of(name)
    assert 'created = "Opened"' in text
    save_mapping(name, text.replace('created = "Opened"', 'created = "Ended"'))
    assert 'created = "Ended"' in mapping_of(name)
    with pytest.raises(InputError):
        save_mapping(name, "columns = 3")
    assert 'created = "Ended"' in mapping_of(name), "a mapping that cannot be read has taken the place of a good one"
    save_mapping(name, "")
    assert 'created = "Opened"' in mapping_of(name)


def test_only_its_user_may_read_a_firm() -> None:
    name = with_export()
    assert os.stat(home(name)).st_mode & 0o077 == 0
    assert os.stat(home(name) / "export").st_mode & 0o077 == 0


@pytest.mark.parametrize("file", ["x.exe", "x.html", "x.csv.sh", "", "..", ".csv/..", "x.toml"])
def test_other_kinds_of_files_are_refused(file: str) -> None:
    name = new_firm("a")
    with pytest.raises(InputError, match="must end in"):
        take_piece(name, file, piece("x"), is_first=True)


@pytest.mark.parametrize("file", ["../../../etc/x.csv", "/etc/x.csv", "..\\..\\x.csv", "C:\\x.csv"])
def test_a_file_stays_in_its_folder(file: str) -> None:
    name = new_firm("a")
    assert take_piece(name, file, piece("x"), is_first=True).parent == home(name) / "export"
    assert clean(file) in ("x.csv", "C_x.csv")


def test_an_export_that_is_too_large_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(firms, "UPLOAD", 1000)
    name = new_firm("a")
    take_piece(name, "x.csv", piece("y" * 900), is_first=True)
    with pytest.raises(InputError, match="command line"):
        take_piece(name, "x.csv", piece("y" * 200), is_first=False)
    take_piece(name, "x.csv", piece("y" * 900), is_first=True)


def test_answers_are_counted_by_side_and_nothing_else_is_told() -> None:
    name = new_firm("a")
    for _ in range(5):
        take_answers(name, "marketing", "staff", ["4"] * len(HEADERS))
    take_answers(name, "sales", "head", ["", *["2"] * (len(HEADERS) - 1)])
    assert answered(name) == {"marketing": 5, "sales": 1}


@pytest.mark.parametrize(
    ("side", "answers"),
    [("finance", ["4"] * 20), ("sales", ["6"] * 20), ("sales", ["4"] * 19), ("sales", [""] * 20)],
)
def test_answers_that_are_none_are_refused(side: str, answers: list[str]) -> None:
    with pytest.raises(InputError):
        take_answers(new_firm("a"), side, "staff", answers)


def test_what_a_firm_knows_is_kept_and_held_to_its_range() -> None:
    name = new_firm("a")
    save_known(name, {"reps": ["12", "", ""], "win_rate": ["", "0.1", "0.2"]})
    kept = {row[0]: row[1:4] for row in known_of(name)}
    assert kept["reps"] == ["12", "", ""] and kept["win_rate"] == ["", "0.1", "0.2"]
    with pytest.raises(InputError, match="reps"):
        save_known(name, {"reps": ["many", "", ""]})
    assert {row[0]: row[1:4] for row in known_of(name)} == kept


@pytest.mark.parametrize("title", ["", "  ", "…", "ä" * 3])
def test_a_name_must_have_something_to_be_found_by(title: str) -> None:
    with pytest.raises(InputError, match="name"):
        new_firm(title)


def test_a_deleted_firm_leaves_nothing(own_folder) -> None:
    name = with_export()
    take_answers(name, "sales", "staff", ["3"] * len(HEADERS))
    firms.scenario_file(name).write_text('name = "x"\n', encoding="utf-8")
    assert read_view(f"scenario={name}").scenario == name
    remove(name)
    assert firm_names() == [] and not [path for path in own_folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("how", [("../mid", "1000"), ("mid", "7"), ("nowhere", "1000")])
def test_a_firm_is_made_of_what_is_offered_only(how: tuple[str, str]) -> None:
    with pytest.raises(InputError):
        maker(new_firm("a"), *how)


class Desk:
    """The states of a desk, as its page would have them."""

    def __init__(self) -> None:
        self.states: dict[str, object] = {}
        names = ("changes", "page", "job", "errors", "said")
        self.change = {name: (lambda value, name=name: self.states.update({name: value})) for name in names}


def test_nobody_is_thanked_for_answers_that_were_refused() -> None:
    desk = Desk()
    errands = Errands(new_firm("a"), desk.change)
    errands.answer("sales", "staff", ["9"] * len(HEADERS))
    assert desk.states["said"] == "" and "answers" in str(desk.states["errors"])
    errands.answer("sales", "staff", ["3"] * len(HEADERS))
    assert desk.states["said"] == words.FIRM["handed_in"] and desk.states["errors"] == {}


@pytest.mark.slow
def test_scoring_makes_no_firm_and_making_one_does() -> None:
    name = new_firm("a")
    for side in ("marketing", "sales"):
        for _ in range(5):
            take_answers(name, side, "staff", ["3"] * len(HEADERS))
    assert "<html" in firms.scored(name, "micro", Advance(0, None))
    assert not firms.scenario_file(name).exists()
    firms.made_of_answers(name, "micro", Advance(0, None))
    assert read_view(f"scenario={name}").base().people == load_scenario("micro").people


def test_what_is_copied_of_a_firm_names_what_it_was_made_of(own_folder) -> None:
    """Nothing before it is made, and no command once its export was taken out again."""
    from typer.testing import CliRunner

    from sim.cli import app

    name = with_export()
    assert lines_of(name) == {}
    firms.scenario_file(name).write_text("# made\n", encoding="utf-8")
    note_made(name, Made("small", 1000, answered=False))
    lines = lines_of(name)
    assert lines["command"].startswith(f"smarketing calibrate {home(name)}") and lines["toml"] == "# made\n"
    assert f"firms.calibrated('{name}', 'small', 1000, Advance(0, None))" in lines["python"]
    compile(lines["python"], "copied", "exec")
    given = shlex.split(command_of(name, Made("small", 7, answered=True)))[1:]
    refused = CliRunner().invoke(app, given)
    assert "--bank: must be" in str(refused.exception or refused.output), refused.output
    firms.drop_export(name)
    assert lines_of(name) == {"toml": "# made\n"}
    assert command_of(name, Made("small")).startswith("smarketing assess ")
