"""Names and addresses planted anywhere in an export come out nowhere: not in tables, notes, messages or reports."""

from __future__ import annotations

import copy
import io
import re
from pathlib import Path

import pytest

from sim.calibrate.data_json import data_json
from sim.calibrate.data_report import data_report
from sim.calibrate.guesses import guess_mapping
from sim.calibrate.importers import Export, read_export
from sim.calibrate.mapping import mapping_text
from sim.domain.errors import InputError
from sim.report.data_page import data_page
from sim.report.data_terminal import data_text
from tests import layouts
from tests.layouts import Files

NAME, ADDRESS = "Ignatius Plumbottom", "ignatius@plumbottom.example"
SECRETS = re.compile(
    "ignatius|plumbottom|vandermeer|lasty|" + "|".join(word for name in layouts.PEOPLE for word in name.split()),
    re.IGNORECASE,
)
pytestmark = pytest.mark.slow
COLUMNS = [
    (layout, file, place)
    for layout, make in layouts.LAYOUTS.items()
    for file, table in make(2).items()
    for place in range(len(table[0]))
]


def planted(files: Files, file: str, place: int, text: str) -> Files:
    """Files with a text in three cells of one column."""
    files = copy.deepcopy(files)
    for row in files[file][2:11:3]:
        row[place] = text
    return files


def tables_of(export: Export) -> str:
    """All that an export holds, as text."""
    out = io.StringIO()
    export.leads.to_csv(out)
    if export.stages is not None:
        export.stages.to_csv(out)
    return out.getvalue() + repr(export)


def told(path: Path) -> str:
    try:
        return tables_of(read_export(path))
    except InputError as error:
        return str(error)


@pytest.mark.parametrize(("layout", "file", "place"), COLUMNS)
def test_a_person_in_any_column_comes_out_nowhere(tmp_path: Path, layout: str, file: str, place: int) -> None:
    for number, text in enumerate((NAME, ADDRESS)):
        files = planted(layouts.LAYOUTS[layout](12), file, place, text)
        found = SECRETS.search(told(layouts.write(tmp_path / str(number), files)))
        assert not found, found


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_a_person_in_all_columns_that_may_hold_text_is_in_no_report(tmp_path: Path, layout: str) -> None:
    files = layouts.LAYOUTS[layout](150)
    for file, table in files.items():
        for place, cells in enumerate(zip(*table[1:], strict=True)):
            changed = planted(files, file, place, NAME if place % 2 else ADDRESS)
            if any(re.search("[A-Za-z]{2}", cell) for cell in cells) and readable(tmp_path / "try", changed):
                files = changed
    path = layouts.write(tmp_path / "all", files)
    assert sum(NAME in file.read_text() or ADDRESS in file.read_text() for file in texts(path)) > 0
    export = read_export(path)
    shown = [tables_of(export)]
    if export.leads["created"].notna().any():
        report = data_report(export)
        shown += [data_text(report), data_json(report), data_page(report)]
    if layout == "mapping":
        shown.append(mapping_text(guess_mapping(path)))
    for text in shown:
        found = SECRETS.search(text)
        assert not found, text[max(0, found.start() - 80) : found.end() + 40]


def readable(folder: Path, files: Files) -> bool:
    try:
        read_export(layouts.write(folder, files))
    except InputError:
        return False
    return True


def texts(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.iterdir())


def test_a_file_without_header_shows_none_of_its_rows(tmp_path: Path) -> None:
    for layout, make in layouts.LAYOUTS.items():
        files = {name: table[1:] for name, table in make(6).items()}
        found = SECRETS.search(told(layouts.write(tmp_path / layout, files)))
        assert not found, (layout, found)
