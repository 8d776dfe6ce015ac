"""The main job end to end: from shipped or imported input to the table, the pictures and the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.study import Study
from sim.domain.outcomes import BY_NAME, OUTCOMES
from sim.ensemble.comparison import Comparison, comparison_from
from sim.ensemble.design import Point, points_compared
from sim.ensemble.files import writable_folder
from sim.ensemble.result_tables import write_results
from sim.ensemble.runner import SERIES, Results, run_points
from sim.report.study_made import posterior_lines
from sim.spec.catalogue import interventions, load_scenario, relationships
from sim.spec.posterior import posterior_of
from sim.spec.scenario import Scenario

WEEKS_IN_VIEW = 13
PAGE = "report.html"


@dataclass
class Demo:
    """The demonstration: four relationship types, and each intervention alone on the first.

    Parameters
    ----------
    scenario : Scenario
        What is compared.
    out : Path
        Folder for the page and the tables.
    seed : int
        Of the study.
    notes : list of str
        What the import found, in plain sentences.
    calibration : pandas.DataFrame, optional
        What the export says and what the scenario does.
    command : str
        That repeats it.
    """

    scenario: Scenario
    out: Path
    seed: int
    notes: list[str] = field(default_factory=list)
    calibration: pd.DataFrame | None = None
    command: str = "smarketing demo"

    @classmethod
    def prepare(cls, scenario: str, crm: Path | None, out: Path, seed: int, say: Callable[[str], None]) -> Demo:
        """Load the scenario, fit it to a CRM export where one is given, and make sure that results can be written.

        Parameters
        ----------
        say : callable
            Told what is being done and what was found, line by line.

        Raises
        ------
        InputError
            If the scenario, the export or the folder cannot be used.
        """
        base = load_scenario(scenario)
        writable_folder(out)
        if crm is None:
            return cls(base, out, seed, command=_command(scenario, None, seed))
        from sim.calibrate.facts import funnel_facts
        from sim.calibrate.fit import fit_scenario
        from sim.calibrate.importers import read_export

        say(f"Reading {crm} …")
        facts = funnel_facts(read_export(crm))
        say(f"{facts.n_used} of {facts.n_rows} rows are used, {facts.first_day} to {facts.last_day}. What was found:")
        for note in facts.notes:
            say(f"  {note}")
        say("Fitting the scenario to the export (some ten seconds) …")
        fit = fit_scenario(facts, base, seed)
        for note in fit.notes:
            say(f"  {note}")
        notes = [*facts.notes, *fit.notes]
        fitted = fit.scenario.model_copy(update={"posterior": ""})  # draws of another fit are none of this one
        return cls(fitted, out, seed, notes, fit.table, _command(scenario, crm, seed))

    def points(self) -> list[Point]:
        """The four types, the first being the baseline, and every intervention on it."""
        return points_compared(self.scenario, posterior_of(self.scenario), **self.varied())

    def varied(self) -> dict[str, list[str]]:
        """Relationship types and interventions that are compared."""
        return {"relationships": list(relationships()), "interventions": list(interventions())}

    def n_runs(self, replications: int) -> int:
        """Runs in all."""
        return len(self.points()) * replications

    def introduction(self) -> str:
        """What is about to happen, in a plain line."""
        people: Any = self.scenario.people
        return (
            f"Comparing {len(relationships())} relationship types and {len(interventions())} interventions on"
            f" {self.scenario.name!r}: {people.reps} reps, {people.marketers} marketers,"
            f" {self.scenario.run.days / 260:g} years, every scenario with the same luck."
        )

    def run(self, replications: int, workers: int | None, progress: Callable[[int], None]) -> Comparison | None:
        """Run it; None if it was interrupted before anything was complete."""
        results = run_points(self.points(), replications, self.seed, workers, progress)
        if results.n_complete == 0:
            return None
        return comparison_from(self.scenario, results, {"seconds": round(getattr(progress, "seconds", 0.0), 3)})

    def write(self, comparison: Comparison) -> Path:
        """Write the tables and the page; returns the page."""
        from sim.report.page import write

        write_results(self.out, comparison.results, comparison.provenance)
        write(self.study(comparison), self.out / PAGE)
        return self.out / PAGE

    def study(self, comparison: Comparison) -> Study:
        """The study that the page tells."""
        rows = comparison.table()
        family = {point.id: point.family for point in comparison.results.points}
        about = comparison.provenance
        shown = ("software", "version", "commit", "results_version", "digest", "seed", "replications", "python")
        return Study(
            title=f"Marketing and sales at {self.scenario.name!r}",
            rows=rows.assign(family=rows["scenario"].map(family)),
            baseline=comparison.baseline,
            funnel=funnel_table(comparison.results),
            series=course_table(comparison.results),
            provenance={name: about[name] for name in shown if about[name] is not None}
            | {name.lower(): text for name, text in posterior_lines(about)}
            | {"command": self.command},
            calibration=self.calibration,
            notes=tuple(self.notes),
            currency=self.scenario.currency,
            fiscal_year_start=self.scenario.fiscal_year_start,
            warmup_days=self.scenario.run.warmup_days,
        )


def _command(scenario: str, crm: Path | None, seed: int) -> str:
    parts = ["smarketing demo"]
    parts += [f"--scenario {scenario}"] if scenario != "mid" else []
    parts += [f"--crm {crm.name}"] if crm else []
    parts += [f"--seed {seed}"] if seed != 1 else []
    return " ".join(parts)


def _mean(results: Results, point: int, outcome: str) -> float:
    column = [o.name for o in OUTCOMES].index(BY_NAME[outcome].name)
    return float(np.nanmean(results.outcomes[point, :, column]))


def funnel_table(results: Results) -> pd.DataFrame:
    """Mean leads per year at each step of the funnel, for every relationship type."""
    rows = []
    for index, point in enumerate(results.points):
        if point.family != "relationships":
            continue
        handed = _mean(results, index, "handed_off")
        steps = {
            "Leads in": _mean(results, index, "leads_in"),
            "Handed off": handed,
            "Contacted": handed * _mean(results, index, "followup_rate"),
            "Accepted": handed * _mean(results, index, "acceptance_rate"),
            "Won from marketing leads": _mean(results, index, "wins_marketing"),
        }
        rows += [(point.id, point.label, step, count) for step, count in steps.items()]
    return pd.DataFrame(rows, columns=["scenario", "label", "step", "count"])


def course_table(results: Results) -> pd.DataFrame:
    """Trust, and follow-up over the quarter before, week by week: mean and 5–95 % band for every relationship type."""
    frames = []
    for index, point in enumerate(results.points):
        if point.family == "relationships":
            frames += [_course(results, index, name) for name in ("trust", "followup_rate")]
    return pd.concat(frames, ignore_index=True)


def _course(results: Results, index: int, name: str) -> pd.DataFrame:
    point, series = results.points[index], results.series[index]
    if name == "trust":
        values = series[:, :, SERIES.index("trust")]
    else:
        contacted, expired = (series[:, :, SERIES.index(name)] for name in ("contacted", "expired"))
        values = _trailing(contacted) / _trailing(contacted + expired)
    days = 5 * np.arange(1, values.shape[1] + 1) - 1 - point.scenario.run.warmup_days
    first = WEEKS_IN_VIEW if name != "trust" else 0
    frame = pd.DataFrame(
        {
            "scenario": point.id,
            "label": point.label,
            "day": days,
            "name": name,
            "mean": values.mean(axis=0),
            "low": np.quantile(values, 0.05, axis=0),
            "high": np.quantile(values, 0.95, axis=0),
        }
    )
    return frame.iloc[first:].dropna()


def _trailing(weekly: Any) -> Any:
    """Sums over the quarter before, week by week; fewer weeks at the start."""
    summed = np.cumsum(weekly, axis=1)
    before = np.zeros_like(summed)
    before[:, WEEKS_IN_VIEW:] = summed[:, :-WEEKS_IN_VIEW]
    return np.where(summed - before > 0, summed - before, np.nan)
