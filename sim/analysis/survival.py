"""How long it takes to win, deals still open counted as long as they are seen: incidence, medians, restricted means.

Wins that are quick are seen before the end of a run, slow ones are not: a median over wins alone favours fast deals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.deals import DealCounts, count_deals, on_common, runs_in
from sim.analysis.sequential import LEVEL
from sim.domain.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

CURVES = ("won", "lost", "open", "won_if_none_lost")
WON, LOST, OPEN, ONLY_WON = range(4)
#: Resamples of the runs for differences of medians, and the seed that makes them repeatable.
RESAMPLES, SEED = 1000, 1
MEDIANS = ("median_days_to_win", "median_days_open")
#: What is told of a scenario, with its unit; `_numbers` computes it.
QUANTITIES = {
    "share_won": "share",
    "share_lost": "share",
    "share_open": "share",
    "mean_days_to_win": "days",
    "mean_days_open": "days",
    "median_days_to_win": "days",
    "median_days_open": "days",
    "median_days_of_wins": "days",
}
BY_RUN = "jackknife over runs"
BY_DEAL = "jackknife over deals, taken as independent"


@dataclass(frozen=True, eq=False)
class TimeToWin:
    """What becomes of the deals of one scenario over time.

    Parameters
    ----------
    curves : pandas.DataFrame
        ``calendar_days`` since the first contact, ``at_risk`` (deals still seen open), then the shares ``won``,
        ``lost``, ``open`` and ``won_if_none_lost`` by then, each with its 95 % interval (``won_low``, ``won_high``, …).
        A row for day 0 and for each day on which a deal was closed.
    quantities : pandas.DataFrame
        ``quantity``, ``unit``, ``value``, ``low``, ``high``; NaN for what does not exist. Shares are those at the
        horizon. ``mean_days_to_win``: restricted mean, a deal that is not won by the horizon counting as the horizon.
        ``mean_days_open``: restricted mean until a deal is closed. ``median_days_to_win``: of the deals won by the
        horizon, open ones allowed for. ``median_days_open``: until a deal is closed. ``median_days_of_wins``: over the
        wins seen, without interval, for contrast only: it leaves out slow deals that the end of the run cuts off.
    horizon : float
        Calendar days.
    n_runs, n_deals : int
        Runs and deals.
    method : str
        How the intervals came about.
    """

    curves: pd.DataFrame
    quantities: pd.DataFrame
    horizon: float
    n_runs: int
    n_deals: int
    method: str


@dataclass(frozen=True, eq=False)
class TimeToWinDifference:
    """How the deals of a scenario fare against those of a baseline on common luck.

    Parameters
    ----------
    curves : pandas.DataFrame
        ``calendar_days``, then ``difference`` of the share won by then, ``low``, ``high``.
    quantities : pandas.DataFrame
        ``quantity``, ``unit``, ``value``, ``baseline_value``, ``difference``, ``low``, ``high``, ``method``.
    horizon : float
        Calendar days, the same for both.
    n_pairs : int
        Replications that both have.
    """

    curves: pd.DataFrame
    quantities: pd.DataFrame
    horizon: float
    n_pairs: int


def incidence(counts: Any) -> Any:
    """Shares won, lost and open by each moment, and won if no deal were lost.

    Parameters
    ----------
    counts : numpy.ndarray
        float64 of shape (3, …, moments): deals last seen open, won and lost at each moment, moments ascending.

    Returns
    -------
    numpy.ndarray
        float64 of shape (4, …, moments), in the order of `CURVES`.

    Notes
    -----
    Won and lost: the estimator of Aalen and Johansen (1978), for deals that can end in two ways. Open: that of Kaplan
    and Meier (1958). Won if none were lost: one less Kaplan and Meier with lost deals taken as no longer seen; it
    supposes that lost deals would have been won at the pace of the others (assumption), and says how quick selling is,
    not how much is won. scipy and statsmodels have the same estimators (the tests hold them equal) but for one table
    at a time; intervals here need as many as there are runs.

    Examples
    --------
    Three deals: one won after 10 days, one seen open until 15, one won after 20.

    >>> incidence(np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 0.0, 0.0]]))[0].round(3)
    array([0.333, 0.333, 1.   ])
    """
    seen = counts.sum(axis=0)
    at_risk = np.maximum(np.cumsum(seen[..., ::-1], axis=-1)[..., ::-1], 1.0)
    won, lost = counts[1] / at_risk, counts[2] / at_risk
    still = np.cumprod(1.0 - won - lost, axis=-1)
    before = np.concatenate([np.ones((*still.shape[:-1], 1)), still[..., :-1]], axis=-1)
    only_won = 1.0 - np.cumprod(1.0 - won, axis=-1)
    return np.stack([np.cumsum(before * won, axis=-1), np.cumsum(before * lost, axis=-1), still, only_won])


def time_to_win(deals: pd.DataFrame, horizon: float | None = None) -> TimeToWin:
    """Curves, medians and restricted means of the time from the first contact to the win, with intervals.

    Parameters
    ----------
    deals : pandas.DataFrame
        One row per deal of one scenario: ``replication``, ``days``, ``how`` (see `sim.analysis.deals`).
    horizon : float, optional
        Calendar days up to which shares, means and medians are told; left out: the last day on which one was closed.

    Raises
    ------
    InputError
        If the table cannot be read or the horizon lies outside of what was seen.

    Notes
    -----
    Deals of one run share its people and its luck, so that runs, not deals, are what repeats: the delete-one-group
    jackknife with Student's t (Lipsitz, Dear & Zhao 1994, on clustered survival data), within what is possible (shares
    from 0 to 1). Medians: where the interval of the curve crosses one half (Brookmeyer & Crowley 1982). With a single
    run its deals are taken as independent, which makes intervals too narrow.
    """
    import pandas as pd

    own = count_deals(deals)
    method = BY_RUN
    if len(own.runs) == 1:
        own, method = count_deals(deals.assign(draw=0, replication=range(len(deals)))), BY_DEAL
    end = _horizon(horizon, [own])
    total = own.counts.sum(axis=1)
    whole, without = incidence(total), _without_each(own.counts)
    numbers = _numbers(own.days, whole, end)
    again = _numbers(own.days, without, end)
    rows = []
    for name, unit in QUANTITIES.items():
        if name == "median_days_of_wins":
            rows.append((name, unit, _median_of_wins(own), np.nan, np.nan))
        elif name in MEDIANS:
            rows.append((name, unit, float(numbers[name]), *_median_interval(own.days, (whole, without), end, name)))
        else:
            low, high = jackknife(numbers[name], again[name])
            top = 1.0 if unit == "share" else end
            rows.append((name, unit, float(numbers[name]), max(0.0, float(low)), min(top, float(high))))
    table = pd.DataFrame(rows, columns=["quantity", "unit", "value", "low", "high"])
    return TimeToWin(_curves(own, whole, without), table, end, runs_in(deals), len(deals), method)


def compare_time_to_win(
    deals: pd.DataFrame, baseline: pd.DataFrame, horizon: float | None = None
) -> TimeToWinDifference:
    """Compare how deals fare in two scenarios, replication by replication on common luck.

    Parameters
    ----------
    deals, baseline : pandas.DataFrame
        As in `time_to_win`.
    horizon : float, optional
        Calendar days; left out: the last day on which one was closed in both.

    Raises
    ------
    InputError
        If fewer than two replications are common.

    Notes
    -----
    The jackknife leaves the same replication out of both, so that common luck cancels. Differences of medians have
    percentile intervals from resampled replications, as the jackknife does not hold for medians.
    """
    import pandas as pd

    one, other = on_common(count_deals(deals), count_deals(baseline))
    end = _horizon(horizon, [one, other])
    sides = [(incidence(own.counts.sum(axis=1)), _without_each(own.counts)) for own in (one, other)]
    numbers = [_numbers(one.days, whole, end) for whole, _ in sides]
    again = [_numbers(one.days, without, end) for _, without in sides]
    resampled = _resampled_medians(one, other, end)
    rows = []
    for name in (name for name in QUANTITIES if name != "median_days_of_wins"):
        value, base = float(numbers[0][name]), float(numbers[1][name])
        low, high, method = *jackknife(value - base, again[0][name] - again[1][name]), BY_RUN
        if name in MEDIANS:
            low, high, method = *_percentiles(resampled[0][name] - resampled[1][name]), "bootstrap over runs"
        rows.append((name, QUANTITIES[name], value, base, value - base, float(low), float(high), method))
    columns = "quantity unit value baseline_value difference low high method".split()
    difference = sides[0][0][WON] - sides[1][0][WON]
    low, high = jackknife(difference, sides[0][1][WON] - sides[1][1][WON])
    curves = pd.DataFrame({"calendar_days": one.days, "difference": difference, "low": low, "high": high})
    return TimeToWinDifference(curves, pd.DataFrame(rows, columns=columns), end, len(one.runs))


def closings(counts: Any) -> Any:
    """Day 0 and days on which a deal was closed, bool of shape (moments,); counts of shape (3, moments)."""
    is_closing: Any = counts[1:].any(axis=0)
    is_closing[0] = True
    return is_closing


def jackknife(whole: Any, without: Any) -> tuple[Any, Any]:
    """Interval of a statistic from its values without each run.

    Parameters
    ----------
    whole : float or numpy.ndarray
        The statistic of all runs, any shape.
    without : numpy.ndarray
        The same without each run, shape (runs, …).

    Returns
    -------
    tuple of numpy.ndarray
        Lower and upper end; NaN with a single run.

    Examples
    --------
    For a mean it is Student's t interval.

    >>> low, high = jackknife(2.0, np.array([2.5, 2.0, 1.5]))
    >>> round(float(high), 3)
    4.484
    """
    from scipy import special

    n = len(without)
    if n < 2:
        nothing = np.full(np.shape(whole), np.nan)
        return nothing, nothing
    error = np.sqrt((n - 1) / n * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    half = float(special.stdtrit(n - 1, 0.5 + LEVEL / 2)) * error
    return whole - half, whole + half


def _without_each(counts: Any) -> Any:
    """Curves without each run, float64 of shape (4, runs, moments)."""
    return incidence(counts.sum(axis=1, keepdims=True) - counts)


def _horizon(wanted: float | None, sides: list[DealCounts]) -> float:
    """The horizon asked for, or the last day on which a deal was closed, in every scenario."""
    last = min(float(own.days[own.counts.any(axis=(0, 1))][-1]) for own in sides)
    if wanted is not None:
        if not 0 < wanted <= last:
            raise InputError(
                "horizon",
                f"must be above 0 and at most {last:g} days, the longest seen",
                wanted,
                "Give a horizon within what was seen.",
            )
        return wanted
    closed = [own.days[own.counts[1:].any(axis=(0, 1))] for own in sides]
    if any(len(days) == 0 for days in closed):
        raise InputError("deals", "must hold a deal that was won or lost", "none", "Run longer, or more replications.")
    return min(float(days[-1]) for days in closed)


def _numbers(days: Any, curves: Any, end: float) -> dict[str, Any]:
    """Every quantity of `QUANTITIES` that curves of shape (4, …, moments) give, each of shape (…)."""
    last = int(np.searchsorted(days, end, side="right")) - 1
    kept = curves[..., : last + 1]
    steps = np.diff(np.concatenate([days[: last + 1], [end]]))
    days_won, days_open = (kept[curve] @ steps for curve in (WON, OPEN))
    return {
        "share_won": kept[WON, ..., -1],
        "share_lost": kept[LOST, ..., -1],
        "share_open": kept[OPEN, ..., -1],
        "mean_days_to_win": end - days_won,
        "mean_days_open": days_open,
        "median_days_to_win": crossing(days[: last + 1], of_wins(kept)),
        "median_days_open": crossing(days[: last + 1], 1.0 - kept[OPEN]),
    }


def of_wins(kept: Any) -> Any:
    """Share of the deals won in the end that are won by each moment; 0 where none is."""
    final = kept[WON, ..., -1:]
    return np.divide(kept[WON], final, out=np.zeros_like(kept[WON]), where=final > 0)


def crossing(days: Any, curve: Any, part: float = 0.5) -> Any:
    """First day on which a rising curve, of shape (…, moments), is at a part of 1; NaN where it never is."""
    is_there = curve >= part - 1e-12
    return np.where(is_there.any(axis=-1), days[is_there.argmax(axis=-1)], np.nan)


def _median_interval(days: Any, sides: tuple[Any, Any], end: float, name: str) -> tuple[float, float]:
    """Days on which the upper and the lower end of the curve's interval cross one half."""
    last = int(np.searchsorted(days, end, side="right"))
    whole, without = (
        of_wins(curves[..., :last]) if name == "median_days_to_win" else 1.0 - curves[OPEN, ..., :last]
        for curves in sides
    )
    low, high = jackknife(whole, without)
    return float(crossing(days[:last], high)), float(crossing(days[:last], low))


def _median_of_wins(own: DealCounts) -> float:
    """Median age of the wins that were seen; NaN without one."""
    wins = own.counts[1].sum(axis=0)
    return float(crossing(own.days, np.cumsum(wins) / wins.sum())) if wins.any() else float("nan")


def _resampled_medians(one: DealCounts, other: DealCounts, end: float) -> list[dict[str, Any]]:
    """Medians of both scenarios with the same replications drawn for both, arrays of shape (resamples,)."""
    n = len(one.runs)
    weights = np.random.default_rng(SEED).multinomial(n, np.full(n, 1.0 / n), size=RESAMPLES).astype(np.float64)
    return [_numbers(own.days, incidence(weights @ own.counts), end) for own in (one, other)]


def _percentiles(values: Any) -> tuple[float, float]:
    """Percentile interval; NaN where a resample has no median."""
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _curves(own: DealCounts, whole: Any, without: Any) -> pd.DataFrame:
    """Curves with intervals, from day 0 on and with a row for each day of a closing."""
    import pandas as pd

    total = own.counts.sum(axis=1)
    at_risk = np.cumsum(total.sum(axis=0)[::-1])[::-1]
    table = {"calendar_days": own.days, "at_risk": at_risk.astype(np.int64)}
    for index, name in enumerate(CURVES):
        low, high = jackknife(whole[index], without[index])
        table |= {name: whole[index], f"{name}_low": np.maximum(low, 0.0), f"{name}_high": np.minimum(high, 1.0)}
    kept: pd.DataFrame = pd.DataFrame(table)[closings(total)]
    return kept.reset_index(drop=True)
