"""The two verbs of the product: run a scenario once, compare scenarios on common luck."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.multiplicity import holm
from sim.analysis.paired import compare_pairs, figures_of
from sim.domain.errors import InputError, Told
from sim.domain.outcomes import OUTCOMES, Outcome
from sim.domain.records import World
from sim.engine.run import outcomes_of, simulate
from sim.ensemble.design import Point, points_compared
from sim.ensemble.provenance import SCHEMA, about_posterior, provenance_of, study_digest
from sim.ensemble.runner import Results, run_points
from sim.ensemble.seeds import run_seed
from sim.ensemble.tables import RunTables
from sim.spec.catalogue import load_scenario
from sim.spec.edit import entry_id, with_relationship
from sim.spec.factors import RELATIONSHIP
from sim.spec.posterior import Posterior, posterior_of
from sim.spec.resolve import blueprint_of, dose_of
from sim.spec.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

HEADLINE = ("bookings_new", "cycle_days", "conflict_per_100")
#: Columns that say how a scenario compares; they are empty for the baseline.
COMPARED = ("difference", "ci_low", "ci_high", "share_better")
#: Columns that are numbers even where none exists.
NUMBERS = (*COMPARED, "mean", "baseline_mean", "ci_level", "adjusted_p", "relative_difference")


def number_or_none(value: float) -> float | None:
    """A float for JSON: NaN, for what does not exist, becomes None."""
    return None if math.isnan(value) else float(value)


def _place(names: Any) -> Any:
    return names.map(HEADLINE.index)


def scenario_from(source: str | Path | Scenario) -> Scenario:
    """A scenario as it is, by name, or from a file."""
    return source if isinstance(source, Scenario) else load_scenario(source)


@dataclass(frozen=True)
class SingleRun(RunTables):
    """One run and what was seen of it; its tables are those of `RunTables`.

    Parameters
    ----------
    outcomes : dict
        Value by outcome name; None where there is none.
    provenance : dict
        Where it comes from.
    world : World
        The organization after the last day.
    """

    outcomes: dict[str, float | None]
    provenance: dict[str, Any]
    world: World

    def document(self) -> dict[str, Any]:
        """The run as JSON writes it: schema, provenance, outcomes."""
        return {"schema": SCHEMA, "provenance": self.provenance, "outcomes": self.outcomes}

    def table(self) -> pd.DataFrame:
        """One row per outcome: name, label, value, unit."""
        import pandas as pd

        rows = [(o.name, o.label, self.outcomes[o.name], o.unit) for o in OUTCOMES]
        return pd.DataFrame(rows, columns=["outcome", "label", "value", "unit"])


def run(
    scenario: str | Path | Scenario = "mid", *, seed: int = 1, relationship: str | None = None, trace: bool = False
) -> SingleRun:
    """Run a scenario once.

    Parameters
    ----------
    scenario : str, Path or Scenario
        Name of a shipped scenario, a TOML file, or a scenario.
    seed : int
        Same scenario and seed, same bytes. It is the first replication of a comparison with this seed.
    relationship : str, optional
        Relationship type instead of the scenario's own.
    trace : bool
        Record every decision with its luck and its chance.

    Raises
    ------
    InputError
        If the scenario or the seed cannot be used.

    Examples
    --------
    >>> run("small", seed=1).outcomes["bookings_new"] > 0
    True
    """
    chosen = scenario_from(scenario)
    if relationship is not None:
        chosen = with_relationship(chosen, relationship)
    plan = blueprint_of(chosen)
    start = time.perf_counter()
    world = simulate(plan, run_seed(seed, 0), n_events=1 if trace else 0)
    if trace:
        world = simulate(plan, run_seed(seed, 0), n_events=int(world.organization.n_events))
    measured = outcomes_of(world)
    outcomes = {outcome.name: number_or_none(measured[outcome.name]) for outcome in OUTCOMES}
    provenance = provenance_of(chosen, seed, timings={"seconds": round(time.perf_counter() - start, 4)})
    return SingleRun(outcomes, provenance, world)


def run_mesa(scenario: Scenario, seed: int = 1) -> SingleRun:
    """The same run as `run`, driven by Mesa agent by agent: slower, and open to a look inside.

    Raises
    ------
    InputError
        If the scenario or the seed cannot be used.
    """
    from sim.model.organization import Organization

    start = time.perf_counter()
    model = Organization(seed=run_seed(seed, 0), blueprint=blueprint_of(scenario))
    model.run()
    provenance = provenance_of(scenario, seed, timings={"seconds": round(time.perf_counter() - start, 4)})
    return SingleRun(dict(model.outcomes), provenance, model.world)


@dataclass(frozen=True)
class Comparison:
    """Scenarios compared with the first on common luck.

    Parameters
    ----------
    rows : list of dict
        One per scenario and outcome, the baseline's own rows first.
    baseline : str
        Id of the baseline.
    provenance : dict
        Where it comes from.
    results : Results
        Every run.
    """

    rows: list[dict[str, Any]]
    baseline: str
    provenance: dict[str, Any]
    results: Results

    def document(self) -> dict[str, Any]:
        """The comparison as JSON writes it: schema, provenance, baseline, rows."""
        return {"schema": SCHEMA, "provenance": self.provenance, "baseline": self.baseline, "rows": self.rows}

    def json(self) -> str:
        """The comparison as JSON text."""
        return json.dumps(self.document(), indent=1, allow_nan=False, ensure_ascii=False)

    def table(self) -> pd.DataFrame:
        """One row per scenario and outcome, with the columns of the JSON."""
        import pandas as pd

        return pd.DataFrame(self.rows).astype(dict.fromkeys(NUMBERS, float))

    def _repr_html_(self) -> str:
        """The headline outcomes as a table, for notebooks."""
        frame: Any = self.table()
        frame = frame[frame["outcome"].isin(HEADLINE)].sort_values("outcome", key=_place, kind="stable")
        frame.loc[frame["scenario"] == self.baseline, [*COMPARED, "verdict"]] = [
            *[math.nan] * len(COMPARED),
            "baseline",
        ]
        columns = ["outcome", "label", "mean", *COMPARED, "verdict"]
        return str(frame[columns].to_html(index=False, na_rep="–", float_format=lambda value: f"{value:,.4g}"))


def compare(  # noqa: PLR0913 - the verb of the product; all but the first are keywords
    scenario: str | Path | Scenario = "mid",
    *,
    relationships: Sequence[str] | None = None,
    interventions: Sequence[str] | None = None,
    organizations: Sequence[str] | None = None,
    replications: int = 100,
    seed: int = 1,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
    posterior: str | Path | Posterior | None = None,
) -> Comparison:
    """Compare relationship types or interventions on one scenario, luck being equal.

    Parameters
    ----------
    scenario : str, Path or Scenario
        Name of a shipped scenario, a TOML file, or a scenario.
    relationships : sequence of str, optional
        Types to put on the scenario, the first being the baseline; all four where nothing is given.
    interventions : sequence of str, optional
        Such as ``["liaison", "collocation=0.5", "disciplined_meetings+liaison=2@65"]``, each on the baseline's type:
        the first of `relationships`, else the scenario's own.
    organizations : sequence of str, optional
        In place of both, whole organizations of a type, interventions or both, the first being the baseline:
        ``["undefined", "aligned+liaison=2@65"]``; an empty text is the scenario as it is.
    replications : int
        Runs of each scenario.
    seed : int
        Of the study.
    workers : int, optional
        Threads; never changes a result.
    progress : callable, optional
        Told the number of runs that have just been finished.
    posterior : str, Path or Posterior, optional
        Draws of the scenario's uncertain values, or a file of them; ``"none"`` for none. By default the one that the
        scenario names. Intervals are then those of the effect in this firm: luck and parameters.

    Returns
    -------
    Comparison
        Of the replications that are complete: all of them, unless interrupted with Ctrl-C.

    Raises
    ------
    InputError
        Naming the field, the rule, the value and the mend.
    """
    chosen = scenario_from(scenario)
    given = {"relationships": relationships, "interventions": interventions, "organizations": organizations}
    varied = {name: _listed(texts) for name, texts in given.items()}
    points = points_compared(chosen, posterior_of(chosen, posterior), **varied)
    start = time.perf_counter()
    results = run_points(points, replications, seed, workers, progress)
    seconds = time.perf_counter() - start
    return comparison_from(chosen, results, {"seconds": round(seconds, 3)})


def _listed(names: Sequence[str] | str | None) -> list[str]:
    """Names as a list, which may be given comma-separated in one string as on the command line."""
    return [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names or ())


def comparison_from(scenario: Scenario, results: Results, timings: dict[str, float]) -> Comparison:
    """Compare what is complete of a study's results.

    Raises
    ------
    InputError
        If every run has failed.
    """
    complete = results.complete_only()
    if complete.errors and not complete.is_done.any():
        raise InputError(
            "posterior",
            f"must have a draw that can be run ({next(iter(complete.errors.values()))})",
            Told("none"),
            "Look for what its draws have in common: each must fit the scenario.",
        )
    rows = comparison_rows(complete)
    more: dict[str, Any] = {
        "replications": complete.n_complete,
        "planned_replications": results.outcomes.shape[1],
        "timings": timings,
    }
    posterior = results.points[0].posterior
    drawn_from = None
    if posterior is not None:
        drawn_from = {"posterior": posterior.digest, "set": [sorted(point.settings) for point in results.points]}
        types = [point.id for point in results.points if list(point.settings) == [RELATIONSHIP]]
        more["posterior"] = {**about_posterior(posterior, complete.n_complete), "types": types}
        more["failed_runs"] = len(complete.errors)
    more["digest"] = study_digest((point.scenario for point in results.points), results.seed, drawn_from)
    provenance = provenance_of(scenario, results.seed, **more)
    return Comparison(rows, results.points[0].id, provenance, complete)


def comparison_rows(results: Results) -> list[dict[str, Any]]:
    """Rows of a comparison, point by point; p values are adjusted over the scenarios of each outcome."""
    by_outcome = [_rows_of_outcome(results, column, outcome) for column, outcome in enumerate(OUTCOMES)]
    return [rows[point] for point in range(len(results.points)) for rows in by_outcome]


def _rows_of_outcome(results: Results, column: int, outcome: Outcome) -> list[dict[str, Any]]:
    baseline, draws = results.outcomes[0, :, column], results.draws
    pairs = [
        compare_pairs(results.outcomes[i, :, column], baseline, outcome.better, draws=draws)
        for i in range(len(results.points))
    ]
    adjusted = [None, *holm([pair.p for pair in pairs[1:]])]
    return [
        {**_about(point), **figures_of(pair, p, outcome, draws is not None)}
        for point, pair, p in zip(results.points, pairs, adjusted, strict=True)
    ]


def _about(point: Point) -> dict[str, Any]:
    scenario = point.scenario
    uses = [
        {
            "name": entry.intervention,
            "dose": dose_of(scenario, entry),
            "start_day": entry.day,
            "end_day": entry.end_day,
        }
        for entry in scenario.entries
        if entry.intervention
    ]
    others = [entry_id(scenario, entry) for entry in scenario.entries if not entry.intervention]
    about = {"scenario": point.id, "label": point.label, "relationship": scenario.relationship}
    return {**about, "interventions": uses, "timeline": others}
