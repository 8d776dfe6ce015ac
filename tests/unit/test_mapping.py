"""A mapping is guessed, shown, edited and read; what is wrong in it is named."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.calibrate.guesses import guess_mapping
from sim.calibrate.importers import read_export
from sim.calibrate.mapping import Mapping, mapping_text, read_mapping
from sim.domain.errors import InputError
from tests import layouts as exports


def foreign(folder: Path) -> Path:
    return exports.write(folder / "export", exports.foreign())


def saved(folder: Path, text: str) -> Path:
    file = folder / "mapping.toml"
    file.write_text(text)
    return file


def test_columns_are_guessed_from_names_and_contents(tmp_path: Path) -> None:
    guess = guess_mapping(foreign(tmp_path))
    assert guess.columns.named() == {
        "id": "Réf", "created": "Ouvert le", "closed": "Clôturé le", "stage": "Étape", "amount": "Montant",
        "source": "Canal", "owner": "Vendeur",
    }  # fmt: skip
    assert (guess.status.won, guess.status.lost) == (("Gagné",), ("Perdu",))


def test_a_guess_written_and_read_again_is_the_same_mapping(tmp_path: Path) -> None:
    guess = guess_mapping(foreign(tmp_path))
    again = read_mapping(saved(tmp_path, mapping_text(guess)))
    assert again == guess.model_copy(update={"notes": ()})


def test_reading_by_the_written_guess_gives_what_reading_without_a_mapping_gives(tmp_path: Path) -> None:
    path = foreign(tmp_path)
    file = saved(tmp_path, mapping_text(guess_mapping(path)))
    pd.testing.assert_frame_equal(read_export(path, file).leads, read_export(path).leads)


def test_the_mapping_that_is_shown_names_no_person(tmp_path: Path) -> None:
    text = mapping_text(guess_mapping(foreign(tmp_path)))
    assert not any(part in text for name in exports.PEOPLE for part in name.split())


def test_an_edited_mapping_decides(tmp_path: Path) -> None:
    path = foreign(tmp_path)
    text = 'unit = "lead"\ndate_order = "month"\ncurrency = "EUR"\n[columns]\ncreated = "Ouvert le"\nclosed = "Clôturé le"\nstage = "Étape"\n[status]\nwon = ["perdu"]\nlost = ["Gagné"]\n'  # noqa: E501
    export = read_export(path, saved(tmp_path, text))
    assert (export.unit, export.currency, export.layout) == ("lead", "EUR", "mapping")
    assert export.leads["status"].tolist()[:3] == ["lost", "won", "open"]
    assert export.leads["source"].isna().all()


def test_the_order_of_dates_that_nothing_proves_comes_from_the_mapping(tmp_path: Path) -> None:
    table = [["Opened", "Ended", "State"], ["01/02/2024", "03/02/2024", "Won"], ["02/02/2024", "05/02/2024", "Lost"]]
    path = exports.write(tmp_path / "x", {"a.csv": table})
    head = '[columns]\ncreated = "Opened"\nclosed = "Ended"\nstage = "State"\n'
    for order, stamp in (("day", "2024-02-01"), ("month", "2024-01-02")):
        export = read_export(path, saved(tmp_path, f'date_order = "{order}"\n{head}'))
        assert export.leads["created"][0] == pd.Timestamp(stamp)
        assert not any("assumed" in note for note in export.notes)


def test_an_event_log_is_read_by_a_mapping_of_its_activities(tmp_path: Path) -> None:
    table = [["Vorgang", "Schritt", "Wann", "Wer"], ["1", "Anfrage", "2024-01-02", "bot"],
             ["1", "Anruf", "2024-01-03", "Ann"], ["1", "Vertrag", "2024-01-09", "Ann"],
             ["2", "Anfrage", "2024-01-03", "bot"], ["2", "Absage", "2024-01-04", "bot"]]  # fmt: skip
    path = exports.write(tmp_path / "x", {"log.csv": table})
    text = 'unit = "lead"\n[columns]\ncase = "Vorgang"\nactivity = "Schritt"\ntime = "Wann"\nresource = "Wer"\n[activities]\nwon = ["Vertrag"]\nlost = ["Absage"]\nhanded = ["Anruf"]\nautomatic = ["bot"]\n'  # noqa: E501
    leads = read_export(path, saved(tmp_path, text)).leads
    assert leads["status"].tolist() == ["won", "lost"]
    assert leads["handed"][0] == leads["responded"][0] == pd.Timestamp("2024-01-03")
    assert leads["owner"].tolist() == ["rep 1", None]


def test_a_file_of_a_folder_is_named_in_the_mapping(tmp_path: Path) -> None:
    folder = exports.write(tmp_path / "x", exports.foreign() | {"b.csv": [["a", "b"], ["1", "2"]]})
    head = '[columns]\ncreated = "Ouvert le"\nclosed = "Clôturé le"\nstage = "Étape"\n[status]\nwon = ["Gagné"]\n'
    assert len(read_export(folder, saved(tmp_path, f'file = "ventes.csv"\n{head}')).leads) == 30
    with pytest.raises(InputError, match="must be one file for a mapping"):
        read_export(folder, saved(tmp_path, head))
    with pytest.raises(InputError, match=r"mapping: file: must name a file of the export, got 'c.csv'"):
        read_export(folder, saved(tmp_path, f'file = "c.csv"\n{head}'))


GOOD = '[columns]\ncreated = "Ouvert le"\nclosed = "Clôturé le"\nstage = "Étape"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("columns = 1", "mapping.toml: columns: must be a table"),
        ("[columnz]\n", "mapping.toml: columnz: is not known(?s:.*)Did you mean 'columns'"),
        (GOOD + 'amuont = "Montant"\n', r"columns.amuont: is not known(?s:.*)Did you mean 'amount'"),
        ('date_order = "year"\n' + GOOD, "date_order: must be 'day' or 'month'"),
        ('[columns]\ncreated = ""\n', "columns.created: must have at least 1 character"),
        ('[columns]\nstage = "Étape"\n', "columns: must name created and closed, or total_days"),
        ('[columns]\ncreated = "Ouvert le"\n', "columns: must name stage or is_won"),
        ('[columns]\ncase = "Réf"\n', "columns: of an event log must name activity, time too"),
        (GOOD.replace("Étape", "Etape"), r"columns.stage: must be a column of ventes.csv, got 'Etape'(?s:.*)'Étape'"),
        (GOOD.replace("Clôturé le", "Ouvert le"), "must not name one column for two moments"),
        (GOOD + '[status]\nwon = ["Oui"]\nlost = ["Non"]\n', "must name won or lost deals"),
        (GOOD + 'amount = "Commentaire"\n[status]\nwon = ["Gagné"]\n', "must be an amount such as 1234.50"),
        ("[columns", "is no valid TOML"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_key(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_export(foreign(tmp_path), saved(tmp_path, text))


@pytest.mark.parametrize(
    "table",
    [
        [["a", "b"], ["1", "2"]],
        [["Opened", "State"], ["2024-01-02", "Won"], ["2024-01-03", "Lost"]],
        [["Opened", "Ended", "Colour"], ["2024-01-02", "2024-01-05", "red"], ["2024-01-03", "2024-01-05", "blue"]],
    ],
)
def test_what_cannot_be_guessed_is_refused_and_not_made_up(tmp_path: Path, table: exports.Table) -> None:
    path = exports.write(tmp_path / "x", {"a.csv": table})
    with pytest.raises(InputError, match="to guess a mapping from"):
        guess_mapping(path)
    with pytest.raises(InputError, match="say in a mapping which column is which"):
        read_export(path)


def test_a_mapping_needs_no_file_to_be_made() -> None:
    made = Mapping.model_validate({"columns": {"total_days": "Days", "is_won": "Won"}})
    assert 'total_days = "Days"' in mapping_text(made)
