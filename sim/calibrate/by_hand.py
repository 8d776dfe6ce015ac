"""A firm entered by hand: a scenario from what people answered and what the firm knows, with draws of the unsure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.calibrate.answers import Answers
from sim.calibrate.facts import FunnelFacts
from sim.calibrate.fit import fit_scenario, with_sources
from sim.calibrate.hand_ranges import matched, ranged, said_of
from sim.calibrate.known import QUANTITIES
from sim.calibrate.moments import moments_of
from sim.calibrate.own_type import own_path, own_paths, with_own_type
from sim.calibrate.starting import section_of
from sim.ensemble.files import writable_file, write_parquet, write_text
from sim.ensemble.provenance import provenance_of
from sim.spec.factors import variant
from sim.spec.scenario import Scenario
from sim.spec.write import scenario_toml

Floats = npt.NDArray[np.float64]
#: What only runs show of a market, fitted together.
FITTED = ("inquiries_per_day", "win_rate", "time_to_win", "deal_value")
ABOUT = "A firm as its people answered and as it knows itself; its practices are the type as_it_is."
#: Of the mean levels, which are nowhere near as sure.
_DIGITS = 3
#: Runs that stand for what the firm does not say of its market.
_BASE_RUNS = 12


@dataclass(frozen=True)
class Firm:
    """A firm as a scenario.

    Parameters
    ----------
    scenario : Scenario
        With the practices as a type of its own.
    draws : pandas.DataFrame
        A row per draw in random order, a column per value of the scenario that is not known surely.
    fitted : pandas.DataFrame
        ``quantity``, ``unit``, ``said``, ``simulated`` of what was fitted by simulation; empty if nothing was.
    """

    scenario: Scenario
    draws: pd.DataFrame
    fitted: pd.DataFrame


def base_of(answers: Answers, base: Scenario) -> Scenario:
    """The base with what a firm says of its people and countable practices."""
    said = said_of(answers)
    settings: dict[str, Any] = {}
    for quantity in QUANTITIES.values():
        if quantity.path and quantity.name in said:
            value = said[quantity.name]
            settings[quantity.path] = round(value) if quantity.is_whole else value
    if "reps" in said or "marketers" in said:
        settings = _ratios(base, settings) | settings
    return variant(base, settings)


def _ratios(base: Scenario, settings: dict[str, Any]) -> dict[str, Any]:
    """People that go with the number of reps as in the base, unless they are said."""
    given: Any = base.people
    reps = settings.get("people.reps", given.reps)
    marketers = settings.get("people.marketers", max(1, round(given.marketers * reps / given.reps)))
    return {
        "people.marketers": min(60, marketers),
        "people.managers": round(given.managers * reps / given.reps),
        "people.generalists": min(given.generalists, reps, marketers),
    }


def firm_of(answers: Answers, practices: pd.DataFrame, base: Scenario, seed: int = 1) -> Firm:
    """Make a scenario of a firm, and draws of what is not known surely.

    Parameters
    ----------
    answers : Answers
        What the firm knows by hand; its people's answers stand in the practices already.
    practices : pandas.DataFrame
        Draws of practices, as `infer` gives them.
    base : Scenario
        All that nobody said.
    seed : int
        Of the draws and of the fit.

    Notes
    -----
    The scenario has the mean practices. Inquiries, win rate, time and value are fitted by simulation
    (`sim.calibrate.fit`), what is not said of them being as in the base. A range becomes a two-piece normal with 5 % on
    either side; in every draw the market is moved so that win rate and time are as said in spite of its practices.
    """
    start = base_of(answers, base)
    means = practices.mean().round(_DIGITS).drop([path for path in _counted(answers) if path in practices])
    scenario = with_own_type(start, means, f"A: self-assessment, {answers.source_name}"[:200])
    scenario = _with_counted(scenario, answers)
    fitted = pd.DataFrame(columns=["quantity", "unit", "said", "simulated"])
    if set(said_of(answers)) & set(FITTED):
        fit = fit_scenario(_facts(answers, scenario, seed), scenario, seed)
        scenario = fit.scenario.model_copy(update={"name": base.name, "description": base.description})
        fitted = fit.table.rename(columns={"data": "said"}).iloc[[0, 2, 3, 5]]
    scenario = with_sources(scenario, base, answers.source_name)
    draws = practices.drop(columns=[path for path in _counted(answers) if path in practices])
    own = own_paths(draws)
    market = matched(answers, scenario, own, seed) if len(fitted) else pd.DataFrame(index=own.index)
    return Firm(scenario, pd.concat([own, ranged(answers, scenario, len(draws), seed), market], axis=1), fitted)


def _counted(answers: Answers) -> dict[str, float]:
    """Practices that the firm has counted, by path: they stand over what answers tell."""
    return {
        QUANTITIES[name].path: value
        for name, value in said_of(answers).items()
        if QUANTITIES[name].path.startswith("practices.")
    }


def _with_counted(scenario: Scenario, answers: Answers) -> Scenario:
    """Counted practices as part of the firm's own type."""
    counted = {path.removeprefix("practices."): level for path, level in _counted(answers).items()}
    own = {own_path(f"practices.{name}"): level for name, level in counted.items()}
    left = {name: level for name, level in scenario.practices.items() if name not in counted}
    return variant(scenario.model_copy(update={"practices": left}), own)


def _facts(answers: Answers, scenario: Scenario, seed: int) -> FunnelFacts:
    """What the firm says of its market as facts of an export; what it does not say is what runs of the base show."""
    said, market = said_of(answers), section_of(scenario, "market")
    shown = moments_of(scenario, "lead", range(seed * 1000, seed * 1000 + _BASE_RUNS))
    people = section_of(scenario, "people")
    return FunnelFacts(
        source_name=answers.source_name,
        layout="by hand",
        unit="lead",
        currency=scenario.currency,
        notes=(),
        n_rows=0,
        n_used=0,
        first_day=date.min,
        last_day=date.min,
        arrivals_per_working_day=said.get("inquiries_per_day", shown.arrivals),
        weekday_profile=market["weekday_profile"],
        arrivals_dispersion=shown.dispersion,
        day_noise_shape=market["day_noise_shape"],
        level_sd=market["demand_level_sd"],
        level_memory=market["demand_level_memory"],
        sources=(),
        win_rate=said.get("win_rate", shown.win_rate),
        win_rate_of="lead",
        cycle_median_days=said.get("time_to_win", shown.cycle_median),
        cycle_log_sd=shown.cycle_log_sd,
        value_mean=said.get("deal_value", shown.value_mean),
        value_log_sd=shown.value_log_sd,
        n_reps=people["reps"],
        n_marketers=people["marketers"],
    )


def write_firm(firm: Firm, path: Path, seed: int) -> Path:
    """Write a firm as a scenario, and its draws beside it.

    Parameters
    ----------
    firm : Firm
        What `firm_of` made.
    path : Path
        The scenario, which ends in .toml; ``my-firm.toml`` has its draws in ``my-firm.posterior.parquet``.
    seed : int
        Of the draws, for the record.

    Returns
    -------
    Path
        The file of the draws.

    Raises
    ------
    InputError
        If a file cannot be written.
    """
    beside = path.with_name(f"{path.stem}.posterior.parquet")
    scenario = firm.scenario.model_copy(update={"name": path.stem[:80], "description": ABOUT, "posterior": beside.name})
    text = scenario_toml(scenario)
    write_parquet(writable_file(beside), firm.draws, provenance_of(firm.scenario, seed))
    write_text(path, text)
    return beside
