"""Forecasts of cohorts that were held out: by simulated firms, and by two plain ways that anybody would try first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit

from sim.calibrate.lead_rows import Clock, Floats, LeadRows
from sim.calibrate.summaries import FORECAST_QUANTILES, Look, months, n_months

#: Level of the intervals.
LEVEL = 0.9
#: Least and most that months may differ by beside simulated ones, log-odds or log days (assumption: 1 to 50 %).
DRIFT = (0.01, 0.5)
#: Draws behind a plain forecast.
DRAWS = 4000
Draws = Mapping[str, Floats]

OURS, HISTORIC, BY_COHORT = "simulated firms", "historic conversion × volume", "Kaplan–Meier by cohort"


@dataclass(frozen=True)
class Target:
    """Something that is forecast of the held-out cohorts.

    Parameters
    ----------
    name, unit : str
        What it is.
    observed : float
        What came of it.
    """

    name: str
    unit: str
    observed: float


def targets_of(rows: LeadRows, look: Look) -> list[Target]:
    """What came of held-out cohorts: wins, how long they took, and wins by source."""
    seen = rows.part(look.start, look.end)
    is_won = seen.is_won & (seen.days <= look.follow_up)
    found = [Target("wins", "wins", float(is_won.sum()))]
    for share in FORECAST_QUANTILES:
        days = float(np.quantile(seen.days[is_won], share)) if is_won.any() else np.nan
        found.append(Target(f"time to win {share:.0%}", "days", days))
    for place, name in enumerate(look.sources):
        found.append(Target(f"wins of {name}", "wins", float(is_won[seen.source == place].sum())))
    return found


def volumes_of(rows: LeadRows, look: Look) -> dict[str, int]:
    """Rows of held-out cohorts, all and by source: what a forecast is told."""
    seen = rows.part(look.start, look.end)
    volumes = {"wins": len(seen.created)}
    return volumes | {f"wins of {name}": int((seen.source == place).sum()) for place, name in enumerate(look.sources)}


def drifts(seen: float, usual: float, freedom: int, n: int, chance: np.random.Generator) -> Floats:
    """Draw by how much months of a firm differ beside what chance and simulated firms explain.

    Parameters
    ----------
    seen : float
        Standard deviation between the months that were fitted; NaN where it is not known.
    usual : float
        Mean variance between months of simulated firms.
    freedom : int
        Degrees of freedom behind `seen`: months less one.
    n : int
        Draws.
    chance : numpy.random.Generator
        Moved on.

    Returns
    -------
    numpy.ndarray
        Standard deviations on the scales of `summaries`, shape (n,), drawn from a grid.

    Notes
    -----
    Not even its order of magnitude is known before: the prior is flat in its logarithm over the range `DRIFT`
    (Jeffreys 1946, within ends). freedom * seen^2 / (usual + drift^2) has a chi-squared distribution. What nobody has
    seen has its prior.
    """
    grid = np.geomspace(*DRIFT, 301)
    log_density = np.zeros(len(grid))
    if freedom > 0 and np.isfinite(seen) and np.isfinite(usual):
        variance = usual + grid**2 + 1e-12
        log_density = log_density - 0.5 * freedom * (np.log(variance) + seen**2 / variance)
    density = np.exp(log_density - log_density.max())
    return np.asarray(chance.choice(grid, n, p=density / density.sum()), dtype=np.float64)


def simulated_draws(forecast: pd.DataFrame, volumes: Mapping[str, int]) -> dict[str, Floats]:
    """Forecasts of simulated firms in units of the targets.

    Parameters
    ----------
    forecast : pandas.DataFrame
        Draws on the scales of `summaries`: log-odds and logarithms of days; what it lacks is not forecast.
    volumes : mapping of str to int
        Rows of the held-out cohorts.
    """
    drawn: dict[str, Floats] = {}
    for name, n in volumes.items():
        rate = name.replace("wins", "win rate", 1)
        if rate not in forecast:
            continue
        rates = expit(forecast[rate].to_numpy(np.float64))
        drawn[name] = np.clip(np.rint(rates * (n + 1) - 0.5), 0.0, n)
    for name in (f"time to win {share:.0%}" for share in FORECAST_QUANTILES):
        if name in forecast:
            drawn[name] = np.exp(forecast[name].to_numpy(np.float64))
    return drawn


def historic_draws(rows: LeadRows, fitted: Look, held: Look, seed: int) -> dict[str, Floats]:
    """Forecast of historic conversion times volume: every cohort alike.

    Rates have their Jeffreys posterior, wins are binomial; times are those of the past, drawn anew (bootstrap).
    """
    chance = np.random.default_rng([seed, 1])
    past, volumes = rows.part(fitted.start, fitted.end), volumes_of(rows, held)
    is_won = past.is_won & (past.days <= held.follow_up)
    groups = {"wins": np.ones(len(is_won), dtype=bool)}
    groups |= {f"wins of {name}": past.source == place for place, name in enumerate(held.sources)}
    drawn: dict[str, Floats] = {}
    for name, group in groups.items():
        won, n = int(is_won[group].sum()), int(group.sum())
        rate = chance.beta(won + 0.5, n - won + 0.5, DRAWS)
        drawn[name] = chance.binomial(volumes[name], rate).astype(np.float64)
    return drawn | _drawn_times(past.days[is_won], drawn["wins"], chance)


def _drawn_times(days: Floats, wins: Floats, chance: np.random.Generator) -> dict[str, Floats]:
    """Quantiles of the times of so many wins, drawn from a past that was itself drawn; none without any win."""
    quantiles = []
    if not len(days):
        return {}
    for n in wins[: DRAWS // 4]:
        past = chance.choice(days, len(days))
        quantiles.append(np.quantile(chance.choice(past, max(1, int(n))), FORECAST_QUANTILES))
    table = np.array(quantiles).T
    return {f"time to win {share:.0%}": row for share, row in zip(FORECAST_QUANTILES, table, strict=True)}


def cohort_draws(rows: LeadRows, fitted: Look, held: Look, clock: Clock, seed: int) -> dict[str, Floats]:
    """Forecast by cohort: each month to come takes the Kaplan–Meier curve of a month of the past, drawn among them.

    Each lead is won by the share of the curve at its own follow-up; a source keeps its log-odds beside those of all.
    LeadRows are drawn anew, row by row (bootstrap).
    """
    chance = np.random.default_rng([seed, 2])
    past, coming = rows.part(fitted.start, fitted.end), rows.part(held.start, held.end)
    month, later = months(past.created, fitted), months(coming.created, held)
    follow_up = clock.n_days - coming.created
    own = {name: _own_odds(past, place, chance) for place, name in enumerate(held.sources)}
    drawn: dict[str, list[float]] = {name: [] for name in volumes_of(rows, held)}
    times = []
    for row in range(DRAWS // 4):
        taken = chance.integers(n_months(fitted), size=n_months(held))
        share, day = np.zeros(len(follow_up)), np.zeros(len(follow_up))
        for one, cohort in enumerate(taken):
            members = np.flatnonzero(month == cohort)
            curve = _curve(past, chance.choice(members, len(members)) if len(members) else members)
            mine = later == one
            share[mine] = np.interp(follow_up[mine], *curve, left=0.0)
            day[mine] = np.interp(chance.random(mine.sum()) * share[mine], curve[1], curve[0])
        is_won = chance.random(len(share)) < share
        nothing = np.full(len(FORECAST_QUANTILES), np.nan)
        times.append(np.quantile(day[is_won], FORECAST_QUANTILES) if is_won.any() else nothing)
        drawn["wins"].append(float(is_won.sum()))
        for place, name in enumerate(held.sources):
            mine = coming.source == place
            rate = expit(logit(np.clip(share[mine], 1e-6, 1 - 1e-6)) + own[name][row])
            drawn[f"wins of {name}"].append(float((chance.random(mine.sum()) < rate).sum()))
    found = {name: np.array(values) for name, values in drawn.items()}
    by_share = zip(FORECAST_QUANTILES, np.array(times).T, strict=True)
    return found | {f"time to win {share:.0%}": row for share, row in by_share}


def _own_odds(past: LeadRows, place: int, chance: np.random.Generator) -> Floats:
    """Log-odds of a source beside those of all, with their uncertainty."""
    of = past.source == place
    hits, n = int(past.is_won[of].sum()), int(of.sum())
    return np.asarray(logit(chance.beta(hits + 0.5, n - hits + 0.5, DRAWS // 4)) - logit(past.is_won.mean()))


def _curve(past: LeadRows, rows: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Days and share won by then. All rows of the past are followed longer than any to come: no censoring matters."""
    days = np.sort(past.days[rows][past.is_won[rows]])
    steps = np.concatenate([[0.0], days])
    return steps, np.arange(len(steps)) / max(1, len(rows))


def compare_forecasts(targets: list[Target], forecasts: Mapping[str, Draws]) -> pd.DataFrame:
    """One table of forecasts and what came of them.

    Parameters
    ----------
    targets : list of Target
        With what was observed; those that one of the forecasts cannot tell are left out.
    forecasts : mapping of str to draws
        By name of the forecast; among them `HISTORIC`.

    Returns
    -------
    pandas.DataFrame
        One row per target and forecast: ``target``, ``unit``, ``forecast``, ``median``, ``low``, ``high``,
        ``observed``, ``is_inside``, ``score``: the interval score in widths of the historic forecast.

    Notes
    -----
    Interval score = width + 2 / (1 - level) times what the interval misses (Gneiting & Raftery 2007,
    doi 10.1198/016214506000001437): narrow is good, a miss is dear. It is divided by the width of the historic forecast
    of the same target, so that targets of all sizes count alike.
    """
    tail = (1.0 - LEVEL) / 2.0
    rows = []
    for target in (one for one in targets if _is_told(one, forecasts)):
        low, high = np.nanquantile(forecasts[HISTORIC][target.name], [tail, 1.0 - tail])
        width = max(high - low, 1.0 if target.unit == "wins" else 1e-9)
        for name, draws in forecasts.items():
            low, median, high = np.nanquantile(draws[target.name], [tail, 0.5, 1.0 - tail])
            missed = max(low - target.observed, target.observed - high, 0.0)
            score = (high - low + missed / tail) / width
            is_inside = bool(low <= target.observed <= high)
            rows.append((target.name, target.unit, name, median, low, high, target.observed, is_inside, score))
    columns = ["target", "unit", "forecast", "median", "low", "high", "observed", "is_inside", "score"]
    return pd.DataFrame(rows, columns=columns)


def _is_told(target: Target, forecasts: Mapping[str, Draws]) -> bool:
    """Whether a target was observed, and every forecast has it in half of its draws at least."""
    told = [draws.get(target.name, np.full(1, np.nan)) for draws in forecasts.values()]
    return bool(np.isfinite(target.observed)) and all(np.isfinite(draws).mean() >= 0.5 for draws in told)


def verdict(table: pd.DataFrame) -> pd.DataFrame:
    """Share of targets inside their intervals and mean score, one row per forecast."""
    summary = table.groupby("forecast", sort=False).agg(inside=("is_inside", "mean"), score=("score", "mean"))
    return summary.assign(targets=table.groupby("forecast", sort=False).size()).reset_index()
