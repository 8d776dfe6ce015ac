"""From an export to a firm in the simulator: a scenario, a sample of what it may be, and a forecast put to the test."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.calibrate.alike import N_DRAWS, SEEN, Kept, contraction, keep_alike, sample
from sim.calibrate.bank import DRAW, EVERY, FITTED, HELD, Question, fill_bank, run_firms
from sim.calibrate.conclusions import N_DRAWS as N_COMPARED
from sim.calibrate.conclusions import Conclusion, conclude_from, place_of
from sim.calibrate.facts import FunnelFacts, funnel_facts
from sim.calibrate.fit import Fit, fit_scenario
from sim.calibrate.forecast import (
    BY_COHORT,
    HISTORIC,
    OURS,
    cohort_draws,
    compare_forecasts,
    drifts,
    historic_draws,
    simulated_draws,
    targets_of,
    volumes_of,
)
from sim.calibrate.importers import Export
from sim.calibrate.lead_rows import Clock, LeadRows, clock_of, rows_of_export
from sim.calibrate.own_type import own_paths, with_own_type
from sim.calibrate.practice_prior import practice_draws, type_shares
from sim.calibrate.prior import parameters_of, posterior_table
from sim.calibrate.summaries import BETWEEN, Look, forecasts, n_months, summaries
from sim.domain.errors import InputError
from sim.ensemble.files import write_table, write_text
from sim.ensemble.progress import Advance
from sim.ensemble.provenance import digest_of
from sim.spec.edit import with_values
from sim.spec.origins import CALIBRATION
from sim.spec.scenario import Scenario
from sim.spec.write import scenario_toml

#: Draws of a bank, unless somebody asks for another number, and how many may be asked for.
N_BANK, FEWEST_BANK, MOST_BANK = 6000, 1000, 1_000_000
#: Runs after the bank: the firms of the posterior once more, and draws that are compared.
N_CHECKS = N_DRAWS + N_COMPARED
#: Working days that a firm has been at work when its export begins: after half a year alone, what simulated firms learn
#: would still show as a trend that the export does not have.
WARMUP_DAYS = 390
#: What the scenario that is written says of it.
WARMUP_SOURCE = f"{CALIBRATION}: a firm that has long been at work; with less it still learns, and wins less often"
#: Prior draws of practices that the bank uses in turn.
N_PRACTICES = 4096
#: How the practices, which mostly move together, are called among the unknowns.
PRACTICES = "how the two sides work together"
#: Part of the period whose cohorts are held out, unless a date is given.
HELD_OUT = 0.3
#: Fewest days of creation that are fitted, and that are held out.
FITTED_DAYS, HELD_DAYS = 28, 14
#: Share of wins that must have come within the follow-up of the cohorts that are compared.
MATURE = 0.95
#: First luck of the runs that check the firms of a posterior; the bank's own begin at 0.
LUCK_OF_CHECKS = 10_000_000
#: Parts of prior variance taken away above which a parameter counts as told by the export, or partly told.
TOLD, PARTLY = 0.5, 0.1


@dataclass(frozen=True)
class Calibration:
    """What an export says of a firm, and how well.

    Parameters
    ----------
    facts : FunnelFacts
        Computed from the export alone.
    fit : Fit
        Where the guided search has ended; the prior lies around it.
    scenario : Scenario
        The firm, at the middle of the posterior.
    posterior : pandas.DataFrame
        A row per draw, columns by scenario path.
    parameters : pandas.DataFrame
        One row per parameter: ``parameter``, ``meaning``, ``low``, ``median``, ``high`` (90 %) before and after
        (``prior_…``), ``told`` (part of the prior variance taken away) and ``verdict``.
    types : pandas.Series
        Share of draws nearest to each relationship type.
    types_before : pandas.Series
        The same before the export was looked at.
    conclusion : Conclusion
        What the posterior means for another relationship type.
    fits : pandas.DataFrame
        One row per summary: ``summary``, ``observed``, ``low``, ``median``, ``high`` of the posterior firms'.
    forecast : pandas.DataFrame
        Held-out cohorts: see `compare_forecasts`.
    held_from : pandas.Timestamp
        First day of the cohorts held out.
    out_of_reach : tuple of str
        Summaries that no simulated firm comes near.
    assessed : {"", "answers", "conflict", "nothing"}
        What of a self-assessment told the practices before the export did; empty where none was given.
    how : mapping
        Base, size of the bank, last day that was fitted first, and seed, as JSON writes them.
    """

    facts: FunnelFacts
    fit: Fit
    scenario: Scenario
    posterior: pd.DataFrame
    parameters: pd.DataFrame
    types: pd.Series[float]
    types_before: pd.Series[float]
    conclusion: Conclusion
    fits: pd.DataFrame
    forecast: pd.DataFrame
    held_from: pd.Timestamp
    out_of_reach: tuple[str, ...]
    assessed: str = ""
    how: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """An export made ready for comparison with simulated firms.

    Parameters
    ----------
    facts, fit : as of `Calibration`
    rows : LeadRows
        Of the export.
    question : Question
        For the bank.
    """

    facts: FunnelFacts
    fit: Fit
    rows: LeadRows
    question: Question


@dataclass(frozen=True)
class How:
    """How a firm is calibrated.

    Parameters
    ----------
    n_bank : int
        Firms to simulate.
    store : pathlib.Path or None
        Folder in which the bank is kept, so that an interrupted call goes on.
    fit_until : pandas.Timestamp, optional
        Last day of the cohorts that are fitted before the rest is forecast; by default 70 % of the period.
    practices : pandas.DataFrame, optional
        Draws of practices, such as an assessment gives; by default of the prior over the types.
    seed : int
        Same export, base and seed, same answer.
    assessed : {"", "answers", "conflict", "nothing"}
        What of an assessment counted for `practices`, see `what_counts`.
    """

    n_bank: int = N_BANK
    store: Path | None = None
    fit_until: pd.Timestamp | None = None
    practices: pd.DataFrame | None = None
    seed: int = 1
    assessed: str = ""


def calibrate(export: Export, base: Scenario, how: How, advance: Advance) -> Calibration:
    """Calibrate the market, funnel and practices of a firm from its export.

    Parameters
    ----------
    export : Export
        What `read_export` returned.
    base : Scenario
        All that the export cannot tell; its practices and interventions are left out.
    how : How
        Size, place, dates and seed.
    advance : Advance
        Takes the number of firms that are simulated.

    Raises
    ------
    InputError
        If the export is too short or too thin, or the bank cannot be kept.
    """
    case = case_of(export, base, how)
    bank = fill_bank(case.question, how.n_bank, how.store, advance)
    return replace(conclude(case, bank, base, advance), assessed=how.assessed, how=told_how(base, how))


def told_how(base: Scenario, how: How) -> dict[str, Any]:
    """How a firm is calibrated, as JSON writes it."""
    until = None if how.fit_until is None else f"{how.fit_until:%Y-%m-%d}"
    given = {"base": base.name, "bank": how.n_bank, "fit_until": until, "seed": how.seed}
    return {**given, "base_digest": digest_of(base, how.seed), "has_answers": how.practices is not None}


def case_of(export: Export, base: Scenario, how: How) -> Case:
    """Facts, guided search, and what of the export is compared with simulated firms."""
    facts = funnel_facts(export)
    drawn = practice_draws(N_PRACTICES, how.seed) if how.practices is None else how.practices
    levels = {str(path): float(level) for path, level in drawn.mean().items()}
    middle = with_values(base, levels | {"run.warmup_days": WARMUP_DAYS})
    fit = fit_scenario(facts, middle, how.seed)
    clock = clock_of(export, facts)
    rows = rows_of_export(export, clock, tuple(fact.name for fact in facts.sources))
    fitted, every, held = looks_of(rows, clock, facts, how.fit_until)
    centre = with_values(fit.scenario, {"run.days": clock.n_working_days})
    question = Question(
        centre=centre,
        parameters=parameters_of(centre, bool(facts.sources) and facts.unit == "lead"),
        unit=facts.unit,
        clock=clock,
        fitted=fitted,
        every=every,
        held=held,
        practices=drawn,
        seed=how.seed,
    )
    return Case(facts, fit, rows, question)


def looks_of(
    rows: LeadRows, clock: Clock, facts: FunnelFacts, fit_until: pd.Timestamp | None
) -> tuple[Look, Look, Look]:
    """LeadRows that are fitted, all that are old enough, and those held out.

    Raises
    ------
    InputError
        If the date leaves too little on either side.
    """
    end = clock.end
    if end < FITTED_DAYS + HELD_DAYS:
        rule = f"must hold at least {FITTED_DAYS + HELD_DAYS} days of created rows, to fit some and forecast others"
        raise InputError(facts.source_name, rule, round(end), "Export a longer period.")
    cut = min(max(round((1.0 - HELD_OUT) * end), FITTED_DAYS), end - HELD_DAYS)
    cut = cut if fit_until is None else (fit_until - clock.first).days + 1.0
    if not FITTED_DAYS <= cut <= end - HELD_DAYS:
        first, last = (clock.first + pd.Timedelta(day, "D") for day in (FITTED_DAYS - 1, end - HELD_DAYS - 1))
        rule = f"must be from {first:%Y-%m-%d} to {last:%Y-%m-%d}: four weeks to fit, two to forecast"
        raise InputError(
            "--fit-until",
            rule,
            None if fit_until is None else f"{fit_until:%Y-%m-%d}",
            "Choose a day within that, or leave the option out.",
        )
    horizon = float(np.ceil(np.quantile(rows.days[rows.is_won], MATURE)))
    horizon = min(horizon, float(np.floor(clock.n_days - cut)))
    # Deals that reps find themselves have no source in the model, so that sources of deals cannot be compared.
    sources = tuple(fact.name for fact in facts.sources) if facts.unit == "lead" else ()
    has = (bool(rows.is_lost.any()), bool(np.isfinite(rows.amount).any()), bool((rows.owner >= 0).any()))
    ripe = clock.n_days - horizon
    return (
        Look(0.0, min(cut, ripe), horizon, sources, *has),
        Look(0.0, min(end, ripe), horizon, sources, *has),
        Look(cut, end, np.inf, sources, *has),
    )


def conclude(case: Case, bank: pd.DataFrame, base: Scenario, advance: Advance) -> Calibration:
    """What a bank and an export say together; the firms of the posterior are run once more, on luck of their own."""
    question = case.question
    observed = {look: summaries(case.rows, look) for look in (question.fitted, question.every)}
    z = part_of(bank, DRAW)
    kept = keep_alike(compared(part_of(bank, EVERY)), z, observed[question.every])
    places = sample(kept, N_DRAWS, question.seed)
    drawn = kept.values.iloc[places].reset_index(drop=True)
    practices = pd.DataFrame([question.practice(int(row)) for row in kept.rows[places]])
    made = [
        _firm_of(question, {str(name): z for name, z in row.items()}, int(place))
        for row, place in zip(drawn.to_dict("records"), kept.rows[places], strict=True)
    ]
    firms = [firm for firm in made if firm is not None]
    possible = [firm is not None for firm in made]
    drawn, practices = (table[possible].reset_index(drop=True) for table in (drawn, practices))
    scenario, posterior = _middle(case, base, drawn, practices), _table(firms, question.centre, practices)
    unknowns = drawn.assign(**{PRACTICES: place_of(practices)})
    again = part_of(run_firms(question, firms, LUCK_OF_CHECKS, advance), EVERY)
    return Calibration(
        facts=case.facts,
        fit=case.fit,
        scenario=scenario,
        posterior=posterior,
        parameters=_parameters(question, z, drawn),
        types=type_shares(practices),
        types_before=type_shares(question.practices),
        conclusion=conclude_from(scenario, posterior, unknowns, question.seed, advance),
        fits=_fits(again, observed[question.every]),
        forecast=forecast_held(case, bank, observed[question.fitted]),
        held_from=question.clock.first + pd.Timedelta(question.held.start, "D"),
        out_of_reach=kept.out_of_reach,
    )


def _firm_of(question: Question, z: dict[str, float], row: int) -> Scenario | None:
    """The scenario of a draw that was moved; None where it went where no firm can be."""
    try:
        return question.firm(z, question.practice(row))
    except InputError:
        return None


def part_of(bank: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """Columns of a bank with a prefix, without it."""
    names = [name for name in bank if str(name).startswith(prefix)]
    return bank[names].rename(columns=lambda name: str(name).removeprefix(prefix))


def compared(seen: pd.DataFrame) -> pd.DataFrame:
    """Summaries by which firms are found alike: not what months differ by, which few firms tell well."""
    return seen[[name for name in seen if not str(name).endswith(BETWEEN)]]


def forecast_held(case: Case, bank: pd.DataFrame, observed: dict[str, float]) -> pd.DataFrame:
    """Forecast the held-out cohorts from the fitted ones, beside two plain forecasts."""
    question = case.question
    came = forecasts(case.rows, question.held)
    ours = forecast_draws(question, bank, observed, [name for name, value in came.items() if np.isfinite(value)])
    own = simulated_draws(ours, volumes_of(case.rows, question.held))
    targets = [target for target in targets_of(case.rows, question.held) if target.name in own]
    return compare_forecasts(
        targets,
        {
            OURS: own,
            HISTORIC: historic_draws(case.rows, question.fitted, question.held, question.seed),
            BY_COHORT: cohort_draws(case.rows, question.fitted, question.held, question.clock, question.seed),
        },
    )


def forecast_draws(
    question: Question, bank: pd.DataFrame, observed: Mapping[str, float], names: Collection[str]
) -> pd.DataFrame:
    """Draw what simulated firms that look like an export in its fitted cohorts show in later ones.

    Parameters
    ----------
    question : Question
        Of the bank.
    bank : pandas.DataFrame
        See `fill_bank`.
    observed : mapping of str to float
        Summaries of the fitted cohorts of the export.
    names : collection of str
        What is to be forecast, among what `summaries.forecasts` tells.

    Returns
    -------
    pandas.DataFrame
        A row per draw, on the scales of the summaries.

    Raises
    ------
    InputError
        If too few firms show what the export shows.
    """
    seen, held = part_of(bank, FITTED), part_of(bank, HELD)
    held = held[[name for name in map(str, held) if name in names]]
    told = [str(name) for name in compared(seen) if np.isfinite(observed.get(str(name), np.nan))]
    shown = [name for name in told if f"{HELD}{name}" in bank and seen[name].notna().mean() >= SEEN]
    parts = []
    for kind in ("win rate", "time to win"):  # apart, since times need wins that rates must not be made to have
        named = [name for name in held if str(name).startswith(kind)]
        wanted = pd.concat([held[named].add_prefix(HELD), seen[shown].add_prefix(FITTED)], axis=1)
        kept = keep_alike(compared(seen), wanted, observed)
        drawn = kept.values.iloc[sample(kept, 10 * N_DRAWS, question.seed)].reset_index(drop=True)
        parts.append(part_of(_with_misfit(drawn, kept, seen, observed, question), HELD))
    return pd.concat(parts, axis=1)


def _with_misfit(
    drawn: pd.DataFrame, kept: Kept, seen: pd.DataFrame, observed: Mapping[str, float], question: Question
) -> pd.DataFrame:
    """Draws of the forecast, corrected and widened by what the fitted cohorts show that no simulated firm does.

    Notes
    -----
    Model discrepancy (Kennedy & O'Hagan 2001, doi 10.1111/1467-9868.00294), simplest form. What is out of reach is
    moved by as much as it misses in the fitted cohorts. Months may differ more than those of simulated firms do: by
    how much is drawn given what the fitted months show (`drifts`), and added for as many months as are fitted and
    forecast (assumption: no trend). What all leads share moves them together, what sources differ by each alone.
    """
    moved = drawn.copy()
    for name in kept.out_of_reach:
        if f"{HELD}{name}" in moved:
            moved[f"{HELD}{name}"] += observed[name] - float(drawn[f"{FITTED}{name}"].mean())
    chance = np.random.default_rng([question.seed, 3])
    share = np.sqrt(1.0 / n_months(question.fitted) + 1.0 / n_months(question.held))
    of_all = {kind: share * chance.standard_normal(len(moved)) for kind in ("win rate", "time to win")}
    freedom = n_months(question.fitted) - 1
    alike = seen.iloc[kept.rows]

    def drift(apart: str, free: int) -> npt.NDArray[np.float64]:
        """By how much months may differ in one quantity beside simulated ones, a value per draw."""
        usual = float((alike[apart] ** 2).mean()) if apart in alike else np.nan
        luck = np.random.default_rng([question.seed, 4])
        return drifts(observed.get(apart, np.nan), usual, free, len(moved), luck)

    for name in (name for name in map(str, drawn) if name.startswith(HELD)):
        what = name.removeprefix(HELD)
        is_rate = what.startswith("win rate")
        common = of_all["win rate" if is_rate else "time to win"]
        moved[name] += common * drift(f"win rate{BETWEEN}" if is_rate else f"{what}{BETWEEN}", freedom)
        if what.startswith("win rate of "):
            own = drift(f"sources{BETWEEN}", freedom * (len(question.fitted.sources) - 1))
            moved[name] += share * own * chance.standard_normal(len(moved))
    return moved


def _middle(case: Case, base: Scenario, drawn: pd.DataFrame, practices: pd.DataFrame) -> Scenario:
    """The firm at the middle of the posterior: measured as long as the base, after the warm-up of the fit."""
    given: Any = base
    question = case.question
    firm = question.firm(dict(drawn.median()), {})
    firm = with_values(firm, {"run.days": given.run.days})
    source = f"{CALIBRATION}: {case.facts.source_name}"[:300]
    own = with_own_type(firm, practices.median(), evidence=source)
    name = Path(case.facts.source_name).stem[:80] or "my firm"
    return own.model_copy(update={"name": name, "sources": own.sources | {"run.warmup_days": WARMUP_SOURCE}})


def _table(firms: list[Scenario], centre: Scenario, practices: pd.DataFrame) -> pd.DataFrame:
    """The posterior by path, practices as those of the firm's own type."""
    market = posterior_table(firms, centre)
    others = [path for path in market if not str(path).startswith("practices.")]
    return pd.concat([market[others], own_paths(practices)], axis=1)


def _parameters(question: Question, z: pd.DataFrame, drawn: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for one in question.parameters:
        before, after = z[one.name].to_numpy(np.float64), drawn[one.name].to_numpy(np.float64)
        told = contraction(before, after)
        verdict = "told" if told >= TOLD else "partly told" if told >= PARTLY else "not told"
        spans = [one.value(np.quantile(values, [0.05, 0.5, 0.95])) for values in (before, after)]
        rows.append((one.name, one.meaning, *spans[0], *spans[1], told, verdict))
    ends = ("low", "median", "high")
    columns = ["parameter", "meaning", *(f"prior_{end}" for end in ends), *ends, "told", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def _fits(again: pd.DataFrame, observed: dict[str, float]) -> pd.DataFrame:
    """Summaries of the export beside those of the firms of the posterior."""
    rows = []
    for name in again:
        values = again[name].dropna().to_numpy(np.float64)
        if len(values) and np.isfinite(observed.get(str(name), np.nan)):
            rows.append((name, observed[str(name)], *np.quantile(values, [0.05, 0.5, 0.95])))
    return pd.DataFrame(rows, columns=["summary", "observed", "low", "median", "high"])


def posterior_file(out: Path) -> Path:
    """Where the posterior of a scenario file lies."""
    return out.with_suffix(".posterior.parquet")


def write_firm(found: Calibration, out: Path) -> None:
    """Write a scenario and, beside it, its posterior, which it names.

    Raises
    ------
    InputError
        If one of them cannot be written.
    """
    write_table(posterior_file(out), found.posterior, {"kind": "posterior", "source": found.facts.source_name})
    scenario = found.scenario.model_copy(update={"posterior": posterior_file(out).name})
    write_text(out, scenario_toml(scenario))
