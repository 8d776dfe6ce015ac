"""Small real tables of every kind, by group and name of `sim.analysis.columns.every`."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis.information import expected, influence, information
from sim.analysis.prim import find_box
from sim.analysis.series import columns_table
from sim.app.game import as_csv
from sim.app.rooms import Move, Rooms, Setting
from sim.calibrate.assessed import assess
from sim.calibrate.data_json import data_json
from sim.calibrate.data_report import data_report
from sim.calibrate.form import known_file, write_form
from sim.calibrate.scores import scores
from sim.cli.commands import _formatted_comparison
from sim.decide.doubt import Doubt
from sim.ensemble.comparison import compare, run
from sim.ensemble.experiment import Experiment
from sim.ensemble.result_tables import write_results
from sim.explain.explanation import reasons_table
from sim.explain.explanation_json import explanation_json
from sim.explain.process import process_logs
from sim.report import doctor, studies, terminal
from sim.report.evidence import evidence_text
from sim.report.type_map_text import map_text
from sim.spec.catalogue import load_scenario
from sim.spec.edit import with_values
from sim.spec.entries import entry_named
from sim.spec.origins import values_of
from sim.spec.plan import load_plan, read_plan
from sim.validation import scorecard
from tests.exports import as_deals, made_up
from tests.surveys import people, told

Tables = dict[str, pd.DataFrame]
GOLDEN = Path(__file__).parents[1] / "golden"


def firm(days: int = 130, **values: Any) -> sim.Scenario:
    """A micro firm for half a year."""
    return with_values(load_scenario("micro"), {"run.days": days, "run.warmup_days": 20, **values}.items())


def study(folder: Path, **content: Any) -> Experiment:
    """A small study of that firm."""
    plan = {"name": "small", "scenario": "micro", "replications": 6, **content}
    return sim.experiment(read_plan(plan, base=firm()), store=folder, quiet=True)


def csv(text: str) -> pd.DataFrame:
    """A table that was written as CSV; whole numbers stay whole where some are missing."""
    return pd.read_csv(io.StringIO(text), dtype_backend="numpy_nullable")


def rows(document: Any, path: str) -> pd.DataFrame:
    """A table of a JSON document by its path; of lists of objects, all of their rows."""
    found = [document]
    for name in path.split("."):
        found = [part for one in found for part in (one[name] if isinstance(one[name], list) else [one[name]]) if part]
    return pd.DataFrame(found)


# --- Studies ----------------------------------------------------------------------------------------------------------

STORED = ("runs", "series", "deals", "incidents", "events")


def of_stores(folder: Path) -> Tables:
    """Tables of a store, held against those of an export and of a demo."""
    kept = {"series": ["trust"], "tables": list(STORED[2:])}
    made = study(folder / "store", design={"kind": "grid"}, factors={"relationship": ["undefined", "aligned"]}, **kept)
    made.export(folder / "export", "csv")
    tables = {name: stored(folder / "store" / name) for name in STORED}
    for name, table in tables.items():
        exported = pd.read_csv(folder / "export" / f"{name}.csv", nrows=1)
        assert list(exported.columns) == list(table.columns), name
    compared = compare(firm(), relationships=["undefined", "aligned"], replications=3)
    write_results(folder / "demo", compared.results, compared.provenance)
    for name in ("runs", "series"):
        assert list(pd.read_parquet(folder / "demo" / f"{name}.parquet").columns) == list(tables[name].columns), name
    return tables | {
        "points": made.points,
        "points of a demo": pd.read_parquet(folder / "demo" / "points.parquet"),
        "points of a plan": csv(studies.plan_text(load_plan("grid"), "csv")),
        "state of a study": csv(studies.status_text(made, "csv")),
    }


def stored(folder: Path) -> pd.DataFrame:
    """A chunk; whole numbers stay whole where some are missing."""
    return pd.read_parquet(next(folder.glob("*.parquet")), dtype_backend="numpy_nullable")


def of_comparisons(folder: Path) -> Tables:
    """What is compared: scenarios, points, pairs, costs, the best, types."""
    types, uses = ["undefined", "aligned"], ["", "liaison", "collocation=0.5", "collocation=0.5+liaison"]
    made = study(folder, design={"kind": "grid"}, factors={"interventions": uses}, replications=30)
    compared = compare(firm(), relationships=types, interventions=["liaison"], replications=20)
    written = csv(_formatted_comparison(compared, "csv"))
    assert [list(map(json.loads, written[name])) for name in ("interventions", "timeline")] == [
        compared.table()[name].tolist() for name in ("interventions", "timeline")
    ]
    placed = sim.place_firm(firm())
    return {
        "comparison": compared.table(),
        "interventions of a scenario": rows(compared.document(), "rows.interventions"),
        "comparison of a study": made.compare("profit"),
        "differences": made.differences("profit"),
        "pairs of interventions": made.interactions("profit", margin=0.02),
        "effect per cost": made.per_cost("bookings_new"),
        "best": made.best("profit", 1000.0)[0].table(),
        "a firm on the map of types": csv(map_text(placed, "csv")),
    }


def of_studies(folder: Path) -> Tables:
    """What studies of each design answer."""
    types = {"relationship": ["undefined", "aligned"], "market.gap_days": [8, 10, 12]}
    grid = study(folder / "grid", design={"kind": "grid"}, factors=types, tables=["deals"])
    ranges = {"market.gap_days": {"low": 6.0, "high": 14.0}, "market.raw_leads_per_rep_day": {"low": 1.0, "high": 3.0}}
    paths = study(folder / "morris", design={"kind": "morris", "trajectories": 4}, factors=ranges, replications=2)
    blocks = study(
        folder / "saltelli",
        design={"kind": "saltelli", "samples": 16, "second_order": True},
        factors=ranges,
        replications=2,
    )
    shares, doses = blocks.sensitivity("leads_in"), grid.dose_response("leads_in", "market.gap_days")
    best = grid.contingency("profit")
    waits, against = grid.time_to_win(grid.points["label"][0]), grid.time_to_win_difference(*grid.points["label"][:2])
    return {
        "screening": paths.screening("leads_in").effects,
        "sensitivity": shares.indices,
        "sensitivity of the expected outcome": shares.expected,
        "sensitivity, pairs": shares.pairs,
        "sensitivity, convergence": shares.convergence,
        "doses": doses.effects,
        "doses, curve": doses.curve,
        "doses, shapes": doses.shapes,
        "best by situation": best.cells,
        "levels by situation": best.by_level,
        "time to win": waits.curves,
        "time to win, quantities": waits.quantities,
        "time to win against a baseline": against.curves,
        "time to win against a baseline, quantities": against.quantities,
    }


# --- One run ----------------------------------------------------------------------------------------------------------


def of_runs(_: Path) -> Tables:
    """Tables of one run."""
    single = run(firm(), seed=1, trace=True)
    return {
        "outcomes of a run": single.table(),
        "leads": single.leads,
        "journal": single.journal,
        "course of a run": single.series("month"),
        "by source": single.by_source(),
        "by segment": single.by_segment(),
        "by person": single.by_person(),
        "by role": single.by_role(),
        "time to win of a run": single.time_to_win(),
        "response": single.response(),
        "incidents of a run": single.incidents,
        "events of a run": single.event_log(),
        "traced decisions": single.decisions,
        "story of a lead": csv(terminal.tell_lead(single, len(single.leads) // 2, "csv")),
        "self-assessment of a run": single.assessment(),
        "sums of a self-assessment": single.assessment_sums(),
    }


# --- Causes and decisions ---------------------------------------------------------------------------------------------


def of_causes(folder: Path) -> Tables:
    """What caused an effect, and why leads fared differently."""
    split = sim.attribute(
        firm(), interventions=["liaison", "disciplined_meetings"], outcomes=["profit"], replications=8, store=folder
    )
    found = sim.explain(firm(), relationships=["undefined", "integrated"], leads=5)
    document = json.loads(explanation_json(found))
    return {
        "attribution": split.table(),
        "attribution, pairs": split.pair_table(),
        "attribution by replication": split.by_replication("profit"),
        "reasons": found[0].table(),
        "reasons in all worlds": reasons_table(found),
        "settings that differ": rows(document, "pairs.settings"),
        "events for process mining": process_logs(found),
    }


def of_decisions(_: Path) -> Tables:
    """A decision, and the tables of its JSON."""
    found = sim.decide(
        firm(),
        budget=1e6,
        goal="profit,conflict<=150%",
        capacity=1,
        interventions=["executive_support=0.9", "response_sla=0.7"],
        replications=20,
    )
    document = json.loads(found.json())
    document["doubts"] = [json.loads(json.dumps(found._doubt(turning(found.doubts[-1]))))]
    parts = {
        "options": "options",
        "portfolio": "options.portfolio",
        "limits": "options.limits",
        "outcomes of an option": "options.outcomes",
        "candidates": "question.candidates",
        "contenders": "doubts.contenders",
        "what to measure next": "doubts.measure_next",
        "box": "doubts.box.bounds",
    }
    courses = [course for way in document["course"].values() for course in way]
    return {name: rows(document, path) for name, path in parts.items()} | {
        "decision": found.table(),
        "courses": pd.DataFrame(courses),
    }


def turning(doubt: Doubt) -> Doubt:
    """A doubt with a value that turns the choice."""
    luck = np.random.default_rng(3)
    values = luck.uniform(-1.0, 1.0, (400, 30))
    gains = np.column_stack([np.zeros(400), 2.0 * values[:, 7] + 0.2 + luck.normal(0.0, 0.3, 400)])
    box = find_box(values, gains[:, 1] < 0.0)
    told = (information(values, gains), influence(values, gains[:, 1]))
    return Doubt("assumptions", doubt.unknowns[:30], doubt.options[:2], gains, expected(values, gains), *told, box, 1)


# --- Firms ------------------------------------------------------------------------------------------------------------


def of_firms(folder: Path) -> Tables:
    """What an export and a self-assessment say; the calibration is a stored one, as making one takes minutes."""
    calibration = json.loads((GOLDEN / "calibration.json").read_text(encoding="utf-8"))
    names = {"forecast": "forecast", "scores of forecasts": "scores", "fit": "fit", "parameters": "parameters"}
    names |= {"types": "types", "effects of types": "effects", "unknowns": "unknowns"}
    report = data_report(as_deals(made_up(weeks=60)))
    names_of_report = {"findings": "findings", "missing cells": "missing", "estimates": "estimates"}
    document = json.loads(data_json(report))
    nobody = told(people(0, 0))
    answered = assess(nobody, firm(), n=50)
    form = folder / "form.csv"
    write_form(form)
    shown = scores(told(people(6, 6)))
    return (
        {name: rows(calibration, part) for name, part in names.items()}
        | {name: rows(document, part) for name, part in names_of_report.items()}
        | {"cohorts": report.cohorts, "sums by side": shown.sums, "themes by side": shown.themes, "gaps": shown.gaps}
        | {"practices": answered.practices(), "form of a self-assessment": csv(form.read_text("utf-8"))}
        | {"what a firm knows of itself": csv(known_file(form).read_text("utf-8"))}
    )


# --- Lists and classes ------------------------------------------------------------------------------------------------


def of_lists(_: Path) -> Tables:
    """What is known and shipped."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scorecard, "FACTS", scorecard.FACTS[:1])
        patch.setattr(scorecard, "LIMITS", scorecard.LIMITS[:1])
        patch.setattr(scorecard, "QUICK", (3, 2))
        card = sim.validate(quick=True, workers=1)
    return {
        "values of a scenario": csv(terminal.scenario_text(firm(), values_of(firm(), [], []), "csv")),
        "numbers of an entry": csv(terminal.entry_text(entry_named("liaison"), "csv")),
        "names of the catalogue": csv(terminal.catalogue_text("csv")),
        "scorecard": card.table(),
        "plans": csv(studies.plans_text("csv")),
        "columns of a course": columns_table(),
        "evidence": csv(evidence_text("number", "csv")),
        "evidence by row": csv(evidence_text("row", "csv")),
        "this computer": csv(doctor.examined_text(doctor.examine(), "csv")),
    }


def of_classes(folder: Path) -> Tables:
    """What a class may take away."""
    rooms = Rooms(folder / "class.sqlite")
    code = rooms.begin(Setting(scenario="micro", quarters=2, seed=3, budget=80_000)).code
    rooms.join(code, "fox")
    rooms.go_on(code)
    rooms.enter(code, Move("fox", 1, {"liaison": 1.0}, 5e5, "more talk"))
    return {"a class": csv(as_csv(rooms, rooms.go_on(code)))}


#: By heading of `sim.analysis.columns.every.groups`.
MADE: dict[str, Callable[[Path], Tables]] = {
    "Studies: stores and exports": of_stores,
    "One run": of_runs,
    "Comparisons": of_comparisons,
    "What a study answers": of_studies,
    "Causes": of_causes,
    "Decisions within a budget": of_decisions,
    "Your firm: exports and self-assessments": of_firms,
    "What is known and shipped": of_lists,
    "Classes": of_classes,
}
