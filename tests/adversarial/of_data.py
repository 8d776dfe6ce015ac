"""Doors of a firm's own data: exports, mappings, self-assessments and draws."""

from __future__ import annotations

import functools
import io
import tempfile
import tomllib
from pathlib import Path
from random import Random
from typing import Any

from sim.spec.catalogue import load_scenario
from tests import layouts
from tests.adversarial.mutations import NUMBERS, TEXTS, spoilt, spoilt_bytes, spoilt_text, toml_of
from tests.adversarial.of_scenarios import PATHS

CELLS = (
    *TEXTS,
    *(
        "2023-01-01",
        "01/02/2023",
        "13.01.2023 09:00",
        "45000",
        "1672531200",
        "1672531200000",
        "Jan 5, 2023",
        "€1.234,5",
    ),
    *("1,234.56", "1 234,56", "(100)", "-5", "1e308", "9" * 400, "Closed Won", "Lost", "won", "TRUE", "#REF!", "$5"),
)


def export(luck: Random, folder: Path) -> Any:
    """An export of any known layout: cells, headers, encodings or bytes spoilt; some as workbook or packed."""
    from sim.calibrate.data_report import data_report
    from sim.calibrate.importers import read_export

    found = read_export(spoilt_export(luck, folder, luck.choice(sorted(layouts.LAYOUTS))))
    assert set(found.leads["status"]) <= {"won", "lost", "open"}
    assert not (found.leads["closed"] < found.leads["created"]).any()
    return data_report(found) if luck.random() < 0.2 else found


def spoilt_export(luck: Random, folder: Path, layout: str) -> Path:
    """Write an export with something wrong."""
    files = layouts.LAYOUTS[layout](luck.choice((1, 6, 12)))
    for _ in range(luck.randint(0, 5)):
        _spoil_table(luck, files[luck.choice(sorted(files))])
    path = layouts.write(folder / "export", files)
    every = [path] if path.is_file() else sorted(path.iterdir())
    way, file = luck.random(), luck.choice(every)
    if way < 0.35:
        file.write_bytes(spoilt_bytes(luck, file.read_bytes()))
    elif way < 0.5:
        separator = luck.choice(";\t|,")
        file.write_bytes(layouts.as_bytes(files[file.name], separator))
    elif way < 0.6:
        made = _workbook(luck, files[file.name], file.with_suffix(".xlsx"))
        file.unlink()
        path = made if path == file else path
    elif way < 0.65:
        path = _packed(luck, file) if path == file else path
    return path


def _spoil_table(luck: Random, table: list[list[str]]) -> None:
    row = luck.choice(table)
    way = luck.random()
    if way < 0.5 and row:
        row[luck.randrange(len(row))] = luck.choice(CELLS)
    elif way < 0.7 and table[0]:
        place = luck.randrange(len(table[0]))
        value = luck.choice(CELLS)
        for each in table[1:]:
            each[place : place + 1] = [value]
    elif way < 0.8 and row:
        del row[luck.randrange(len(row))]
    elif way < 0.9:
        luck.shuffle(table[0])
    else:
        row.append(luck.choice(CELLS))


def _workbook(luck: Random, table: list[list[str]], file: Path) -> Path:
    import openpyxl
    from openpyxl.utils.exceptions import IllegalCharacterError

    made = openpyxl.Workbook()
    for row in table:
        cells: list[Any] = [luck.choice((*NUMBERS[:20], None, True)) if luck.random() < 0.05 else cell for cell in row]
        try:
            made.active.append(cells)
        except (IllegalCharacterError, ValueError):
            made.active.append([str(len(cells))])
    made.save(file)
    if luck.random() < 0.5:
        file.write_bytes(spoilt_bytes(luck, file.read_bytes()))
    return file


def _packed(luck: Random, file: Path) -> Path:
    import gzip

    packed = gzip.compress(file.read_bytes())
    file.unlink()
    made = file.with_name(file.name + ".gz")
    made.write_bytes(spoilt_bytes(luck, packed) if luck.random() < 0.7 else packed)
    return made


@functools.cache
def mapping_texts() -> tuple[tuple[str, str], ...]:
    """Layouts with a guessed mapping of each."""
    from sim.calibrate.guesses import guess_mapping
    from sim.calibrate.mapping import mapping_text

    found = []
    for layout in sorted(layouts.LAYOUTS):
        with tempfile.TemporaryDirectory() as place:
            path = layouts.write(Path(place) / "export", layouts.LAYOUTS[layout](6))
            try:
                found.append((layout, mapping_text(guess_mapping(path))))
            except ValueError:
                continue
    return tuple(found)


def mapping(luck: Random, folder: Path) -> Any:
    """A mapping of columns, beside an export that is mostly whole."""
    from sim.calibrate.importers import read_export
    from sim.calibrate.mapping import Columns

    layout, text = luck.choice(mapping_texts())
    file = folder / "mapping.toml"
    file.write_bytes(spoilt_toml_of_mapping(luck, text, (*Columns.model_fields, "status", "columns", "activities")))
    if luck.random() < 0.2:
        path = spoilt_export(luck, folder, layout)
    else:
        path = layouts.write(folder / "export", layouts.LAYOUTS[layout](6))
    return read_export(path, file)


def spoilt_toml_of_mapping(luck: Random, text: str, names: tuple[str, ...]) -> bytes:
    """A mapping spoilt, by structure or by bytes."""
    if luck.random() < 0.7:
        return toml_of(spoilt(luck, tomllib.loads(text), names)).encode(errors="surrogatepass")
    return spoilt_bytes(luck, text.encode())


@functools.cache
def forms() -> dict[str, bytes]:
    """Filled-in forms by their name, with the file of known quantities beside."""
    from sim.calibrate.form import known_file, write_form

    made: dict[str, bytes] = {}
    for suffix in (".toml", ".csv", ".xlsx"):
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / f"form{suffix}"
            write_form(file)
            made[suffix] = file.read_bytes()
            if suffix == ".csv":
                made["known"] = known_file(file).read_bytes()
    return made


def answers(luck: Random, folder: Path) -> Any:
    """A self-assessment: some people's answers, and what is known of the firm."""
    from sim.calibrate.answers import read_answers
    from sim.calibrate.form import known_file

    suffix = luck.choice((".toml", ".toml", ".csv", ".csv", ".xlsx"))
    file = folder / f"form{suffix}"
    if suffix == ".toml":
        file.write_bytes(_spoilt_form(luck))
    elif suffix == ".csv":
        file.write_bytes(_spoilt_rows(luck))
        if luck.random() < 0.6:
            known_file(file).write_bytes(_spoilt_known(luck))
    else:
        file.write_bytes(spoilt_bytes(luck, forms()[".xlsx"]))
    return read_answers(file)


def _spoilt_form(luck: Random) -> bytes:
    from sim.calibrate.known import QUANTITIES

    people = [
        {"side": luck.choice(("marketing", "sales")), "role": "staff", "answers": luck.choices(range(6), k=n_items())}
        for _ in range(3)
    ]
    known = {name: luck.choice((5, {"value": 5, "low": 1, "high": 9}, 0.2)) for name in QUANTITIES}
    document = {"respondents": people, "known": known}
    if luck.random() < 0.8:
        return toml_of(spoilt(luck, document, ("side", "answers", "low", "value"))).encode(errors="surrogatepass")
    return spoilt_bytes(luck, toml_of(document).encode())


@functools.cache
def n_items() -> int:
    """Items of the form."""
    from sim.calibrate.answers import ITEMS

    return len(ITEMS)


def _spoilt_rows(luck: Random) -> bytes:
    head = forms()[".csv"].decode("utf-8-sig").splitlines()[0]
    rows = [
        ",".join([luck.choice(("marketing", "sales")), "staff", *map(str, luck.choices(range(1, 6), k=n_items()))])
        for _ in range(3)
    ]
    text = "\n".join([head, *rows]) + "\n"
    return (
        spoilt_text(luck, text).encode(errors="surrogatepass")
        if luck.random() < 0.6
        else spoilt_bytes(luck, text.encode())
    )


def _spoilt_known(luck: Random) -> bytes:
    lines = forms()["known"].decode("utf-8-sig").splitlines()
    filled = [line.replace(",,", f",{luck.choice(CELLS)},", 1) if luck.random() < 0.3 else line for line in lines]
    return "\n".join(filled).encode(errors="surrogatepass")


def posterior(luck: Random, folder: Path) -> Any:
    """Draws of uncertain values as Parquet or CSV."""
    from sim.spec.posterior import read_posterior

    file = folder / luck.choice(("draws.parquet", "draws.csv", "draws.parquet", "draws.txt"))
    content = _draws(luck, file.suffix)
    file.write_bytes(spoilt_bytes(luck, content) if luck.random() < 0.3 else content)
    scenario = load_scenario("micro")
    found = read_posterior(file, scenario)
    assert len(found.rows) > 0
    return found


def _draws(luck: Random, suffix: str) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow import csv

    columns: dict[str, Any] = {}
    more = (
        "relationship",
        "interventions",
        "run.days",
        "practices.joint_meetings",
        "",
        "a.b",
        "market.sources[0].share",
    )
    for _ in range(luck.randint(1, 4)):
        name = luck.choice((*PATHS, *PATHS, *more))
        low = luck.random()
        some = ([None, 1.0, 2.0], [True] * 3, [[1.0]] * 3, [b"a"] * 3, ["aligned"] * 3, luck.choices(TEXTS, k=3))
        columns[name] = luck.choice(([low, low / 2, low * 2], [1, 2, 3], [luck.choice(NUMBERS)] * 3, *some))
    out = io.BytesIO()
    try:
        table = pa.table(columns)
        (pq.write_table if suffix == ".parquet" else csv.write_csv)(table, out)
    except (pa.ArrowException, UnicodeError, OverflowError, TypeError, ValueError):
        return b"market.gap_days\n5\n6\n"
    return out.getvalue()
