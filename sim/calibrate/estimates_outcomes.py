"""Estimates of what comes of rows: win rate, by source too, shares in the end, times and values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.analysis.blocks import share_ends
from sim.analysis.intervals import skewed_ends
from sim.analysis.pooling import pooled_shares
from sim.analysis.survival import TimeToWin
from sim.calibrate.facts import in_spread
from sim.calibrate.quantities import BLOCKS, SHARE, Basis, Estimate, without_each
from sim.calibrate.sources import shrunken_rates
from sim.calibrate.windows import MIN_WINS

PART, SOURCES, VALUE = "Outcome and time", "Win rate by source", "Value of a win"
#: Quantiles of the time to win that are told, the first and last beside the median.
_TAILS = (0.1, 0.9)
_SEEN = {
    "share_won": "won in the end, open rows allowed for",
    "share_lost": "lost in the end, open rows allowed for",
    "median_days_to_win": "median time to win, open rows allowed for",
    "median_days_open": "median time until closed, open rows allowed for",
}


def outcome_estimates(basis: Basis, waits: TimeToWin | None) -> Iterator[Estimate]:
    """Win rate, quantiles and spread of the time to win, and shares in the end with open rows allowed for."""
    rows, facts, level = basis.window.rows, basis.facts, basis.level
    won, block = rows["won"].to_numpy(), basis.block(rows)
    ends = share_ends(facts.win_rate, len(rows), without_each(block, lambda kept: float(won[kept].mean())), level)
    name = f"win rate per {facts.win_rate_of}"
    yield Estimate(name, None, "share", facts.win_rate, *ends, level, SHARE, len(rows), "", PART)
    yield from _times(basis)
    if waits is None:
        return
    method = "Aalen–Johansen, blocks of weeks left out"
    for row in waits.quantities.to_dict("records"):
        name, value = _SEEN.get(str(row["quantity"]), ""), float(row["value"])
        if name and np.isfinite(value) and not (row["quantity"] == "share_lost" and value == 0.0):
            note = f"within {waits.horizon:.0f} days of creation"
            ends = float(row["low"]), float(row["high"])
            yield Estimate(name, None, str(row["unit"]), value, *ends, level, method, waits.n_deals, note, PART)


def _times(basis: Basis) -> Iterator[Estimate]:
    """Quantiles of the days to win and the spread of their logarithm, over the rated wins."""
    rows, level = basis.window.rows, basis.level
    wins = rows[rows["won"] & rows["days"].notna()]
    days, block = wins["days"].to_numpy(np.float64), basis.block(wins)
    for part in (_TAILS[0], 0.5, _TAILS[1]):
        value = basis.facts.cycle_median_days if part == 0.5 else float(np.quantile(days, part))
        without = without_each(block, lambda kept, part=part: float(np.quantile(days[kept], part)))  # type: ignore[misc]
        link = "log" if min(value, without.min()) > 0 else "as it is"
        low, high = basis.ends(value, without, link)
        which = "median time to win" if part == 0.5 else f"time to win, {100 * part:.0f} %"
        name = f"{which} of wins seen"
        yield Estimate(name, None, "days", value, max(0.0, low), high, level, BLOCKS, len(wins), "wins", PART)
    if int((days >= 1).sum()) >= MIN_WINS:
        counted = in_spread(days)
        logs, block, value = np.log(days[counted]), block[counted], basis.facts.cycle_log_sd
        low, high = basis.ends(value, without_each(block, lambda kept: float(logs[kept].std(ddof=1))))
        name = "spread of the time to win of wins seen"
        yield Estimate(name, None, "ln", value, low, high, level, BLOCKS, len(logs), "wins", PART)


def source_estimates(basis: Basis) -> Iterator[Estimate]:
    """Win rate of each source, drawn towards the others as far as they are alike."""
    facts = basis.facts.sources
    if len(facts) < 2:
        return
    n, won = (np.array([getattr(fact, name) for fact in facts], dtype=np.float64) for name in ("n", "n_won"))
    found = pooled_shares(won, n, basis.level, basis.seed)
    for index, (fact, value) in enumerate(zip(facts, shrunken_rates(n, won), strict=True)):
        ends = min(float(found.low[index]), value), max(float(found.high[index]), value)
        note = f"as observed {fact.rate:.3f}"
        method = "beta-binomial, all sources together"
        yield Estimate(fact.name, None, "share", float(value), *ends, basis.level, method, fact.n, note, SOURCES)
    middle, low, high = found.spread
    name, method = "spread between sources", "beta-binomial"
    yield Estimate(name, None, "share", middle, low, high, basis.level, method, len(facts), "sources", SOURCES)


def value_estimates(basis: Basis) -> Iterator[Estimate]:
    """Mean and spread of the amounts of wins."""
    facts, rows = basis.facts, basis.window.rows
    if facts.value_mean is None or facts.value_log_sd is None:
        return
    known = rows[rows["won"] & (rows["amount"] > 0)]
    amounts, block = known["amount"].to_numpy(np.float64), basis.block(known)
    ends = skewed_ends(amounts)
    low, high = (float("nan") if end is None else end for end in (ends.low, ends.high))
    unit, method = facts.currency or "currency", "Student's t, widened for skewness"
    yield Estimate("mean", None, unit, facts.value_mean, low, high, basis.level, method, len(known), "wins", VALUE)
    logs = np.log(amounts)
    low, high = basis.ends(facts.value_log_sd, without_each(block, lambda kept: float(logs[kept].std(ddof=1))))
    yield Estimate("spread", None, "ln", facts.value_log_sd, low, high, basis.level, BLOCKS, len(known), "wins", VALUE)
