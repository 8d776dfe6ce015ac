"""docs/reference/tables.md tells of every table that can be had: from Python, commands, files, JSON and the app."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from docs.reference_pages import all_commands
from sim.analysis.columns.every import all_tables
from sim.ensemble.schema import RESULTS, schema_of
from sim.ensemble.schema_rows import place_of, rows_in
from tests.unit.public_tables import returned, written

#: Reached by type, but no table of its own: why.
NO_TABLE_OF_ITS_OWN = {
    "Experiment.table": "a table of the store by its name",
    "Experiment.sql": "what the question asks for",
    "Reading.frame": "a table of the store by its name",
    "Store.points": "points.parquet as it lies there",
    "Store.posterior": "posterior.parquet as it lies there",
    "Store.read": "a chunk of a table of the store",
    "StudyPoints.table": "points.parquet as it lies there",
    "Contents.keys": "which runs are there",
}
#: Lists in JSON that are no tables: why.
NO_TABLE_IN_JSON = {
    "attribution.players": "names and labels alone",
    "decision.question.outcomes": "names and weights alone",
    "decision.doubts": "a document for each",
    "explanation.pairs": "a document for each",
    "explanation.pairs.stories": "a document for each lead",
    "explanation.pairs.stories.timeline": "a part of a story",
    "explanation.pairs.stories.causes": "a part of a story",
    "explanation.pairs.stories.causes.influences": "a part of a story",
    "explanation.pairs.stories.first_divergence.influences": "a part of a story",
}
#: Where tables are written, with their names, or why it is no table for people.
WRITTEN: dict[str, tuple[str, ...] | str] = {
    "app.firms:_write_rows": ("form of a self-assessment",),
    "app.game:as_csv": ("a class",),
    "app.pages.classroom:AtDesk": ("a class",),
    "app.pages.experiment:TakeAway": ("points", "runs", "series", "deals", "incidents", "events", "posterior"),
    "calibrate.bank:Question.digest": "the identity of a question",
    "calibrate.bank:_keep": "kept so that a calibration goes on where it was",
    "calibrate.by_hand:write_firm": ("posterior",),
    "calibrate.calibration:write_firm": ("posterior",),
    "calibrate.form:_csv": ("form of a self-assessment", "what a firm knows of itself"),
    "calibrate.form:_write_workbook": ("form of a self-assessment", "what a firm knows of itself"),
    "calibrate.synthetic:write_export": "an export in the columns of another program",
    "cli.attribution:formatted": ("attribution",),
    "cli.commands:_formatted_comparison": ("comparison",),
    "cli.commands:_formatted_scorecard": ("scorecard",),
    "cli.decision:_formatted": ("decision",),
    "cli.explain:_formatted": ("reasons in all worlds",),
    "cli.explain:_write_events": ("events for process mining",),
    "decide.bench:Bench._keep": "kept so that a decision goes on where it was",
    "ensemble.checked:write_checked": "writes what it is given",
    "ensemble.files:write_arrow": "writes what it is given",
    "ensemble.files:write_parquet": "writes what it is given",
    "ensemble.files:write_table": "writes what it is given",
    "ensemble.result_tables:write_results": ("points of a demo", "runs", "series"),
    "ensemble.store:Store._write": ("points", "runs", "series", "deals", "incidents", "events", "posterior"),
    "report.doctor:examined_text": ("this computer",),
    "report.evidence:evidence_text": ("evidence", "evidence by row"),
    "report.one_run:assessment_text": ("self-assessment of a run",),
    "report.one_run:frame_text": "writes what it is given",
    "report.one_run:outcomes_text": ("outcomes of a run",),
    "report.one_run:told_apart": ("by source", "by segment", "by person"),
    "report.one_run:write_files": ("course of a run", "events of a run", "incidents of a run"),
    "report.studies:plan_text": ("points of a plan",),
    "report.studies:plans_text": ("plans",),
    "report.studies:status_text": ("state of a study",),
    "report.terminal:catalogue_text": ("names of the catalogue",),
    "report.terminal:entry_text": ("numbers of an entry",),
    "report.terminal:listed": "writes what it is given",
    "report.terminal:scenario_text": ("values of a scenario",),
    "report.terminal:tell_lead": ("story of a lead",),
    "report.type_map_text:map_text": ("a firm on the map of types",),
}


def places(kind: str) -> set[str]:
    """Places of a kind that tables are found at."""
    return {place for table in all_tables().values() for place in table.places(kind)}


def test_every_table_that_python_returns_is_told_and_no_other() -> None:
    found, told = returned(), places("python")
    functions = {place for place in told if place.startswith("sim.")}
    for place in functions:
        module, _, name = place.rpartition(".")
        assert callable(getattr(importlib.import_module(module), name))
    assert found - set(NO_TABLE_OF_ITS_OWN) == told - functions
    assert set(NO_TABLE_OF_ITS_OWN) <= found


def test_every_place_that_writes_a_table_is_known() -> None:
    assert written() == set(WRITTEN)
    named = {name for names in WRITTEN.values() if isinstance(names, tuple) for name in names}
    assert named <= set(all_tables())
    unwritten = [
        table.name
        for table in all_tables().values()
        if any(table.places(kind) for kind in ("command", "file", "store", "app")) and table.name not in named
    ]
    assert unwritten == []


def options_of() -> dict[str, set[str]]:
    """Options by command, and for the format whether CSV is one."""
    found: dict[str, set[str]] = {}
    for name, command in all_commands():
        options = found.setdefault(name.removeprefix("smarketing ").strip(), set())
        for each in command.params:
            is_csv = "--format" in each.opts and "csv" in (each.help or "")
            options |= {*each.opts, *(["--format csv"] if is_csv else [])}
    return found


def test_every_command_that_writes_csv_tells_its_table() -> None:
    options, told = options_of(), places("command")
    for place in told:
        command, *used = place.partition(" (")[0].split(" --")
        assert set(map("--".__add__, (one.split()[0] for one in used))) <= options[command], place
    commands = {place.split(" --")[0] for place in told if "--format csv" in place}
    assert {name for name, known in options.items() if "--format csv" in known} - {"experiment export"} == commands


def json_tables() -> dict[str, dict[str, Any]]:
    """Rows of tables within the results' schemas, by path."""
    found = {place_of(path): row for kind in RESULTS for path, row in rows_in(schema_of(kind), kind)}
    return {path: row for path, row in found.items() if ".provenance." not in path}


def test_every_table_in_json_is_told_and_no_other() -> None:
    found = set(json_tables())
    assert found - set(NO_TABLE_IN_JSON) == places("json")
    assert set(NO_TABLE_IN_JSON) <= found


#: Types of JSON by kind of a column.
TYPES = {
    "text": {"string"},
    "yes/no": {"boolean"},
    "whole": {"integer", "number"},
    "number": {"number"},
    "list": {"array"},
    "month": {"string"},
}


def types_of(value: dict[str, Any]) -> set[str]:
    """Types that a schema allows beside null; none where it leaves them open or says them elsewhere."""
    told = value.get("type", "string" if "enum" in value else ())
    return set([told] if isinstance(told, str) else told) - {"null"}


@pytest.mark.parametrize("name", [table.name for table in all_tables().values() if table.places("json")])
def test_what_is_told_of_a_table_in_json_agrees_with_its_schema(name: str) -> None:
    table = all_tables()[name]
    told = {field.name: field for field in table.fields}
    for path in table.places("json"):
        row = json_tables()[path]
        assert [column for column in row if column not in told and column not in table.more] == [], path
        for field in (told[column] for column in row if column in told):
            types = types_of(row[field.name])
            is_other = field.kind == "any" or "in JSON" in field.meaning
            assert not types or is_other or types & TYPES[field.kind], f"{path}.{field.name}"


def test_a_table_that_is_not_told_is_found() -> None:
    assert {"SingleRun.leads", "Selection.table", "MorrisScreening.effects", "Experiment.points"} <= returned()
    assert {"app.game:as_csv", "report.terminal:listed", "ensemble.store:Store._write"} <= written()
    assert "comparison.rows" in json_tables()
