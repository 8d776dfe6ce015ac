"""docs/reference/tables.md tells of every column that tables have, and of no other, with type, unit and meaning."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.analysis.columns import TableColumns, all_tables

PLAN = """
scenario = "micro"
replications = 6
series = ["trust"]
tables = ["deals", "incidents", "events"]
[design]
kind = "grid"
[factors]
relationship = ["undefined", "aligned"]
"""
STORED = ("runs", "series", "deals", "incidents", "events")
OF_RUNS = ("leads", "journal", "decisions", "by_source", "by_segment", "by_person", "assessment")
#: With a posterior only; tests/unit/test_posterior.py has them.
WITH_A_POSTERIOR = ("probability_better", "parameter_share")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """Real tables, by the names of `all_tables`; exports have the same columns."""
    folder = tmp_path_factory.mktemp("tables")
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    study = sim.experiment(str(folder / "plan.toml"), store=folder / "store")
    run = sim.run("micro", seed=1)
    study.export(folder / "export", "csv")
    exported = {name: set(pd.read_csv(folder / "export" / f"{name}.csv", nrows=1).columns) for name in STORED}
    tables = {name: stored(folder / "store" / name) for name in STORED}
    assert exported == {name: set(tables[name].columns) for name in STORED}
    tables |= {"points": study.points, "study_comparison": study.compare("profit")}
    tables |= {"course": run.series("month"), "outcomes": run.table()}
    tables |= {name: getattr(run, name) for name in OF_RUNS}
    tables = {name: table() if callable(table) else table for name, table in tables.items()}
    return tables | {"comparison": sim.compare("micro", relationships=["undefined", "aligned"], replications=3).table()}


def stored(folder: Path) -> pd.DataFrame:
    """A chunk; whole numbers stay whole where some are missing."""
    return pd.read_parquet(next(folder.glob("*.parquet")), dtype_backend="numpy_nullable")


def kind_of(column: pd.Series) -> str:
    types = pd.api.types
    if types.is_bool_dtype(column):
        return "yes/no"
    if types.is_datetime64_any_dtype(column):
        return "time"
    if types.is_integer_dtype(column):
        return "whole"
    if types.is_float_dtype(column):
        return "number"
    return "list" if column.map(lambda value: isinstance(value, list)).any() else "text"


def wrong(table: TableColumns, frame: pd.DataFrame, free: tuple[str, ...] = ()) -> list[str]:
    """What differs between a table and what is told of it."""
    told = {field.name: field.kind for field in table.fields if field.name not in WITH_A_POSTERIOR}
    real = {str(name): kind_of(frame[name]) for name in frame.columns if name not in free}
    empty = {name for name in real if frame[name].isna().all() or not len(frame)}
    both = [name for name in told if name in real]
    order = [] if both == [name for name in real if name in told] else ["order"]
    kinds = [
        f"{name}: {told[name]}, is {real[name]}" for name in both if told[name] != real[name] and name not in empty
    ]
    return [*sorted(set(told) ^ set(real)), *kinds, *order]


@pytest.mark.slow
def test_tables_have_the_columns_that_are_told_and_no_others(found: dict[str, pd.DataFrame]) -> None:
    tables = all_tables()
    assert set(tables) - set(found) == {"posterior"}, "columns of a posterior are paths"
    free = {"points": ("relationship",), "study_comparison": ("relationship",)}
    faults = {name: wrong(tables[name], frame, free.get(name, ())) for name, frame in found.items()}
    assert {name: fault for name, fault in faults.items() if fault} == {}


def test_every_column_has_a_unit_and_a_meaning() -> None:
    for table in all_tables().values():
        names = [field.name for field in table.fields]
        assert len(set(names)) == len(names), table.name
        assert [field for field in table.fields if not field.unit or not field.meaning] == [], table.name


def test_a_column_too_many_or_of_another_type_is_found() -> None:
    points = all_tables()["points"]
    frame = pd.DataFrame({"point_id": ["a"], "point": [0.5], "label": ["b"], "more": [1]})
    assert wrong(points, frame) == ["more", "point: whole, is number"]
