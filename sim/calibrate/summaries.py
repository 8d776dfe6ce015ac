"""What of a firm's rows is compared: the same few numbers for an export and for a simulated firm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.calibrate.lead_rows import Floats, LeadRows

#: Quantiles of the time to win.
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
#: Those that are forecast.
FORECAST_QUANTILES = (0.1, 0.5, 0.9)
#: End of the name of what months differ by.
BETWEEN = ", between months"
#: Calendar days of a month.
DAYS_PER_MONTH = 30.4375
#: Fewest wins behind a quantile, a spread or a difference.
FEWEST = 5


@dataclass(frozen=True)
class Look:
    """Which rows are looked at, and for how long each is followed.

    Parameters
    ----------
    start, end : float
        Days of creation, from the clock's first day.
    follow_up : float
        Calendar days for which every row of these cohorts is followed alike; infinite for as long as the clock runs.
    sources : tuple of str
        Names in the order of their places.
    has_losses, has_values, has_owners : bool
        What the export tells beside wins.
    """

    start: float
    end: float
    follow_up: float
    sources: tuple[str, ...]
    has_losses: bool
    has_values: bool
    has_owners: bool


def summaries(rows: LeadRows, look: Look) -> dict[str, float]:
    """Summaries of cohorts, on scales on which they are about normal; NaN where too few rows tell one.

    Notes
    -----
    Shares as log-odds with half a case added to either side (Haldane 1956), times and values as logarithms. A
    difference ``late - early`` compares the last third of the period with the first.
    """
    seen = rows.part(look.start, look.end)
    is_won = seen.is_won & (seen.days <= look.follow_up)
    found = {"arrivals": _log(len(seen.created) / max(look.end - look.start, 1.0)), "win rate": log_odds(is_won)}
    found |= {f"time to win {share:.0%}": time for share, time in zip(QUANTILES, _times(seen, is_won), strict=True)}
    found |= _trend(seen, is_won, look)
    for place, name in enumerate(look.sources):
        found[f"win rate of {name}"] = log_odds(is_won[seen.source == place])
    if look.has_losses:
        is_lost = seen.is_lost & (seen.days <= look.follow_up)
        found["loss rate"] = log_odds(is_lost)
        found["time to loss 50%"] = _quantile(seen.days[is_lost], 0.5)
    if look.has_values:
        known = np.log(seen.amount[is_won & (seen.amount > 0)])
        found["value"] = float(known.mean()) if len(known) >= FEWEST else np.nan
        found["spread of value"] = _log(float(known.std())) if len(known) >= FEWEST else np.nan
    if look.has_owners:
        found["spread between reps"] = _unevenness(seen.owner[is_won])
    return found


def forecasts(rows: LeadRows, look: Look) -> dict[str, float]:
    """What is forecast of cohorts, on the same scales: their win rate, by source, and how long a win takes."""
    found = summaries(rows, look)
    names = ["win rate", *(f"time to win {share:.0%}" for share in FORECAST_QUANTILES)]
    return {name: found[name] for name in (*names, *(f"win rate of {name}" for name in look.sources))}


def log_odds(is_so: np.typing.NDArray[np.bool_]) -> float:
    """Log-odds of a share, half a case added to either side; NaN of nothing."""
    n, hits = len(is_so), int(is_so.sum())
    return float(np.log((hits + 0.5) / (n - hits + 0.5))) if n else np.nan


def _trend(seen: LeadRows, is_won: np.typing.NDArray[np.bool_], look: Look) -> dict[str, float]:
    """How far the last third differs from the first, and months from each other."""
    third = (look.end - look.start) / 3
    early, late = seen.created < look.start + third, seen.created >= look.end - third
    times = [_quantile(seen.days[is_won & part], 0.5) for part in (early, late)]
    month = months(seen.created, look)
    parts = [month == one for one in range(n_months(look))]
    found = {
        "win rate, late - early": log_odds(is_won[late]) - log_odds(is_won[early]),
        "time to win 50%, late - early": times[1] - times[0],
        f"win rate{BETWEEN}": _apart([log_odds(is_won[part]) for part in parts]),
    }
    for share in FORECAST_QUANTILES:
        of_months = [_quantile(seen.days[is_won & part], share) for part in parts]
        found[f"time to win {share:.0%}{BETWEEN}"] = _apart(of_months)
    if look.sources:
        of_source = [seen.source == place for place in range(len(look.sources))]
        table = np.array([[log_odds(is_won[part & of]) - log_odds(is_won[part]) for part in parts] for of in of_source])
        weights = np.array([of.sum() for of in of_source], dtype=np.float64)
        found[f"sources{BETWEEN}"] = _spread_within(table, weights)
    return found


def _spread_within(table: Floats, weights: Floats) -> float:
    """Root of the weighted mean variance along rows; NaN where nothing is told twice."""
    with np.errstate(invalid="ignore"):
        spread = table.var(axis=1, ddof=1) if table.shape[1] > 1 else np.full(len(table), np.nan)
    known = np.isfinite(spread)
    return float(np.sqrt(np.average(spread[known], weights=weights[known]))) if weights[known].sum() > 0 else np.nan


def n_months(look: Look) -> int:
    """Months of about 30 days that a period is cut into, at least one."""
    return max(1, round((look.end - look.start) / DAYS_PER_MONTH))


def months(created: Floats, look: Look) -> np.typing.NDArray[np.int64]:
    """Number of the month of each row; the months of a period are equally long."""
    place = ((created - look.start) / (look.end - look.start) * n_months(look)).astype(np.int64)
    return np.clip(place, 0, n_months(look) - 1)


def _apart(values: list[float]) -> float:
    """Standard deviation; NaN of fewer than two months or where one of them has too little."""
    return float(np.std(values, ddof=1)) if len(values) > 1 else np.nan


def _times(seen: LeadRows, is_won: np.typing.NDArray[np.bool_]) -> Floats:
    days = seen.days[is_won]
    if len(days) < FEWEST:
        return np.full(len(QUANTILES), np.nan)
    return np.asarray(np.log(np.quantile(days, QUANTILES)), dtype=np.float64)


def _quantile(days: Floats, share: float) -> float:
    return float(np.log(np.quantile(days, share))) if len(days) >= FEWEST else np.nan


def _unevenness(owner: np.typing.NDArray[np.int64]) -> float:
    """Coefficient of variation of wins by rep, less what chance alone brings (Poisson), as log of its root."""
    wins = np.bincount(owner[owner >= 0])
    wins = wins[wins > 0]
    if len(wins) < FEWEST:
        return np.nan
    return _log(float(np.sqrt(max(wins.var(ddof=1) - wins.mean(), 0.1 * wins.mean())) / wins.mean()))


def _log(value: float) -> float:
    return float(np.log(value)) if value > 0 else np.nan
