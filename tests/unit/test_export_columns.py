"""The command says which column is which, takes it edited, and ends with code 2 where there is nothing to go by."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from sim.cli.calibration import check_data, guess_columns
from sim.domain.errors import InputError
from tests import layouts


def test_a_guessed_mapping_is_written_and_can_be_given_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = layouts.write(tmp_path / "x", layouts.foreign(150))
    guess_columns(path, tmp_path / "m.toml")
    assert 'created = "Ouvert le"' in (tmp_path / "m.toml").read_text()
    check_data(path, tmp_path / "m.toml", None, "table")
    assert "150 deals of 150 rows" in capsys.readouterr().out


def test_an_export_without_any_date_is_refused_with_what_it_does_say(tmp_path: Path) -> None:
    path = layouts.write(tmp_path / "x", layouts.durations(150))
    message = "must have created dates.*got '50 won, 100 lost, 0 open, none with a date'(?s:.*)half of the wins take"
    with pytest.raises(InputError, match=message):
        check_data(path, None, None, "table")


def test_an_export_with_too_few_rows_is_reported_and_ends_with_code_2(tmp_path: Path) -> None:
    with pytest.raises(typer.Exit) as ended:
        check_data(layouts.write(tmp_path / "x", layouts.zoho(9)), None, None, "table")
    assert ended.value.exit_code == 2
