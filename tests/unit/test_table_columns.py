"""docs/reference/tables.md tells of every column that tables have, and of no other, with type, unit and meaning."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.columns.every import all_tables, groups
from sim.analysis.columns.told import KINDS, PLACES, TableColumns
from tests.unit.real_tables import MADE

#: With a posterior only; tests/unit/test_posterior.py has them.
WITH_A_POSTERIOR = ("probability_better", "parameter_share")
#: Columns are paths of a scenario; tests/unit/test_posterior.py has them.
PATHS_ONLY = {"posterior"}


def kind_of(column: pd.Series) -> str:
    """Kind of a column as it is told; empty where nothing in it says."""
    types, seen = pd.api.types, column.dropna()
    if isinstance(column.dtype, pd.PeriodDtype):
        return "month"
    if types.is_datetime64_any_dtype(column):
        return "time"
    seen = seen.infer_objects()
    if not len(seen):
        return ""
    if types.is_bool_dtype(seen):
        return "yes/no"
    if types.is_integer_dtype(seen):
        return "whole"
    if types.is_float_dtype(seen):
        return "number"
    return "list" if seen.map(lambda value: isinstance(value, list | tuple)).all() else "text"


def is_kind(column: pd.Series, told: str) -> bool:
    """Whether a column is of a kind; whole numbers with gaps are floats in pandas."""
    kind = kind_of(column)
    if kind in ("", told) or told == "any":
        return True
    return told == "whole" and kind == "number" and column.hasnans and (column.dropna() % 1 == 0).all()


def wrong(table: TableColumns, frame: pd.DataFrame) -> list[str]:
    """What differs between a table and what is told of it."""
    told = {field.name: field.kind for field in table.fields if field.name not in WITH_A_POSTERIOR}
    names = [str(name) for name in frame.columns if name not in WITH_A_POSTERIOR]
    both = [name for name in told if name in names]
    has_order = any(not place.strip().startswith("json ") for place in table.where.split(";"))
    order = ["order"] if has_order and both != [name for name in names if name in told] else []
    kinds = [
        f"{name}: {told[name]}, is {kind_of(frame[name])}" for name in both if not is_kind(frame[name], told[name])
    ]
    odd = set(told) - set(names) if table.more else set(told) ^ set(names)
    return [*sorted(odd), *kinds, *order]


@pytest.mark.slow
@pytest.mark.parametrize("heading", list(groups()))
def test_tables_have_the_columns_that_are_told_and_no_others(heading: str, tmp_path: Path) -> None:
    told, found = {table.name: table for table in groups()[heading]}, MADE[heading](tmp_path)
    assert set(told) - PATHS_ONLY == set(found)
    assert [name for name, frame in found.items() if not len(frame)] == [], "an empty table shows nothing"
    faults = {name: wrong(told[name], frame) for name, frame in found.items()}
    assert {name: fault for name, fault in faults.items() if fault} == {}


def test_every_column_has_a_kind_a_unit_and_a_meaning() -> None:
    for table in all_tables().values():
        names = [field.name for field in table.fields]
        assert len(set(names)) == len(names), table.name
        assert [field for field in table.fields if not field.unit or not field.meaning] == [], table.name
        assert {field.kind for field in table.fields} <= set(KINDS), table.name
        assert table.fields or table.more, table.name


def test_every_table_has_a_name_of_its_own_and_a_place() -> None:
    assert len(all_tables()) == sum(map(len, groups().values()))
    for table in all_tables().values():
        places = [place.split()[0] for place in table.where.split(";")]
        assert set(places) <= set(PLACES), table.name


def test_a_column_too_many_or_of_another_type_is_found() -> None:
    points = all_tables()["points of a demo"]
    frame = pd.DataFrame({field.name: ["a"] for field in points.fields}).assign(point=1, n_interventions=0.5, more=1)
    assert wrong(points, frame) == ["more", "n_interventions: whole, is number"]
