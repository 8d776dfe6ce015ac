"""An effect split into contributions, replication by replication, with intervals and verdicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import special

from sim.analysis.multiplicity import holm
from sim.analysis.paired import BOTH, Paired, compare_pairs, verdict_of
from sim.analysis.sequential import LEVEL
from sim.analysis.shapley import adding_up, order_errors, pairs_together, shapley, shares_by_order
from sim.domain.outcomes import Outcome

#: What a line of an attribution is: the whole effect, a player's part, what no player accounts for, or a part of that.
TOTAL, PART, OTHER, DIRECT = "total", "part", "other", "direct"
SAMPLED = "and orders sampled"


@dataclass(frozen=True)
class Split:
    """An effect split among players; all arrays are by replication, NaN where the outcome does not exist.

    Parameters
    ----------
    whole : numpy.ndarray
        float64 of shape (replications,): the effect of all together.
    rest : numpy.ndarray or None
        The effect without any player; None where that is nothing by definition.
    parts : numpy.ndarray
        float64 of shape (n, replications): Shapley values. With the rest they add up to the whole.
    alone : numpy.ndarray
        float64 of shape (n, replications): what each adds where no other takes part.
    last : numpy.ndarray
        float64 of shape (n, replications): what is lost where it alone does not take part.
    pairs : numpy.ndarray or None
        float64 of shape (n, n, replications): see `sim.analysis.shapley.pairs_together`; None where not all coalitions
        are known.
    order_errors : numpy.ndarray or None
        float64 of shape (n,): standard errors of having looked at some orders only; None where all were.
    order_pairs : int
        Pairs of an order and its reverse from which these are known.
    """

    whole: Any
    rest: Any
    parts: Any
    alone: Any
    last: Any
    pairs: Any = None
    order_errors: Any = None
    order_pairs: int = 0


def split(values: Any, codes: Any, orders: Any = None, has_rest: bool = False) -> Split:
    """Split the effect of all players by Shapley values.

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (coalitions, replications).
    codes : numpy.ndarray
        int of shape (coalitions,), sorted: which coalition each row is (`sim.analysis.shapley`). All of them, or those
        that the orders pass through and those of a single player present or missing.
    orders : numpy.ndarray, optional
        int of shape (orders, n): orders that were looked at, each followed by its reverse; all where left out.
    has_rest : bool
        Whether the value of nobody is a part of the effect, and not what it is counted from.

    Examples
    --------
    >>> found = split(np.array([[1.0], [2.0], [3.0], [8.0]]), np.arange(4), has_rest=True)
    >>> found.whole.tolist(), found.rest.tolist(), found.parts.ravel().tolist()
    ([8.0], [1.0], [3.0, 4.0])
    """
    n = int(codes[-1]).bit_length()
    undefined = np.isnan(values).any(axis=0)
    values = np.where(undefined, np.nan, values)
    row = {int(code): values[place] for place, code in enumerate(codes)}
    nobody, everybody = row[0], row[2**n - 1]
    whole = everybody if has_rest else everybody - nobody
    by_order = None if orders is None else shares_by_order(values, codes, orders)
    raw = shapley(values) if by_order is None else by_order.mean(axis=0)
    summed = adding_up(np.vstack([nobody, raw]) if has_rest else raw, whole)
    return Split(
        whole=whole,
        rest=summed[0] if has_rest else None,
        parts=summed[1:] if has_rest else summed,
        alone=np.array([row[1 << player] - nobody for player in range(n)]),
        last=np.array([everybody - row[(2**n - 1) ^ (1 << player)] for player in range(n)]),
        pairs=pairs_together(values) if by_order is None else None,
        order_errors=None if by_order is None else order_errors(by_order),
        order_pairs=0 if by_order is None else len(by_order) // 2,
    )


def joined(found: Split, direct: Split) -> Split:
    """A split whose rest is split too: the parts of both add up to the whole.

    Parameters
    ----------
    found : Split
        With a rest.
    direct : Split
        Of that rest, among other players.

    Examples
    --------
    >>> mechanisms = split(np.array([[3.0], [8.0]]), np.arange(2), has_rest=True)
    >>> practices = split(np.array([[10.0], [11.0], [12.0], [13.0]]), np.arange(4))
    >>> both = joined(mechanisms, practices)
    >>> both.parts.ravel().tolist(), both.whole.tolist()
    ([5.0, 1.0, 2.0], [8.0])
    """
    raw = np.vstack([found.parts, direct.parts])
    undefined = np.isnan(raw).any(axis=0)
    whole = np.where(undefined, np.nan, found.whole)
    errors = [
        np.full(len(one.parts), np.nan) if one.order_errors is None else one.order_errors for one in (found, direct)
    ]
    return Split(
        whole=whole,
        rest=None,
        parts=adding_up(np.where(undefined, np.nan, raw), whole),
        alone=np.vstack([found.alone, direct.alone]),
        last=np.vstack([found.last, direct.last]),
        order_errors=np.concatenate(errors),
        order_pairs=max(found.order_pairs, direct.order_pairs),
    )


def part_rows(
    found: Split, names: Sequence[tuple[str, str]], outcome: Outcome, draws: Any = None, direct: int = 0
) -> list[Any]:
    """Lines of an attribution: the whole, what no player accounts for, and each player's part.

    Parameters
    ----------
    found : Split
        Read only here.
    names : sequence of (str, str)
        Name and label of each player.
    outcome : Outcome
        What was split.
    draws : numpy.ndarray, optional
        int of shape (replications,): draw of a posterior of each replication.
    direct : int
        So many of the last players share in what needs none of the others (`joined`).

    Returns
    -------
    list of dict
        part, label, kind, contribution, ci_low, ci_high, …; p values are adjusted over the parts (Holm), not the whole.
    """
    lines: list[tuple[str, str, str, Any, int | None]] = (
        [(OTHER, "other", "Other ways", found.rest, None)] if found.rest is not None else []
    )
    kinds = [PART] * (len(names) - direct) + [DIRECT] * direct
    lines += [(kinds[player], *name, found.parts[player], player) for player, name in enumerate(names)]
    pairs = [_against_nothing(series, outcome, draws, _order_reach(found, player)) for *_, series, player in lines]
    whole = _against_nothing(found.whole, outcome, draws)
    verdict = verdict_of(whole, whole.p, outcome.better)
    is_clear = verdict not in ("equal", "not distinguishable")
    rows = [{"part": "total", "label": "All together", "kind": TOTAL, **_figures(whole, whole.p, outcome, draws)}]
    rows[0] |= {"share": 1.0 if is_clear else None, "alone": None, "last": None, "order_error": None}
    for (kind, name, label, _, player), pair, p in zip(lines, pairs, holm([pair.p for pair in pairs]), strict=True):
        more = {
            "share": _share(pair, whole) if is_clear else None,
            "alone": _mean(found.alone, player),
            "last": _mean(found.last, player),
        }
        more["order_error"] = _order_error(found, player)
        rows.append({"part": name, "label": label, "kind": kind, **_figures(pair, p, outcome, draws), **more})
    return rows


def pair_rows(found: Split, names: Sequence[tuple[str, str]], outcome: Outcome, draws: Any = None) -> list[Any]:
    """What each pair of players adds by being together, the largest first; empty where only some orders were looked at.

    Returns
    -------
    list of dict
        first, second, labels, together, ci_low, ci_high, …; p values are adjusted over the pairs (Holm).
    """
    if found.pairs is None:
        return []
    places = [(one, other) for one in range(len(names)) for other in range(one + 1, len(names))]
    pairs = [_against_nothing(found.pairs[place], outcome, draws) for place in places]
    rows = []
    for (one, other), pair, p in zip(places, pairs, holm([pair.p for pair in pairs]), strict=True):
        figures = _figures(pair, p, outcome, draws)
        figures["together"] = figures.pop("contribution")
        about = dict(zip(("first", "first_label", "second", "second_label"), (*names[one], *names[other]), strict=True))
        rows.append({**about, **figures})
    return sorted(rows, key=lambda row: -abs(row["together"] or 0.0))


def _against_nothing(series: Any, outcome: Outcome, draws: Any, order_reach: float | None = None) -> Paired:
    """A part compared with nothing; where orders were sampled, with the wider interval of both errors."""
    pair = compare_pairs(series, np.where(np.isnan(series), np.nan, 0.0), outcome.better, draws=draws)
    return pair if order_reach is None else _widened(pair, order_reach)


def _widened(pair: Paired, reach: float) -> Paired:
    """An interval that also holds the error of sampled orders: half-widths add up as squares."""
    if pair.is_equal or pair.ci_low is None or pair.ci_high is None or pair.difference is None:
        return pair
    middle = pair.difference
    low = middle - math.hypot(middle - pair.ci_low, reach)
    high = middle + math.hypot(pair.ci_high - middle, reach)
    near = (middle - low if middle > 0 else high - middle) / float(special.ndtri(0.5 + LEVEL / 2))
    p = 2.0 * float(special.ndtr(-abs(middle) / near)) if near > 0.0 else pair.p
    wide_p = None if p is None else max(p, pair.p or 0.0)
    return replace(pair, ci_low=low, ci_high=high, p=wide_p, method=f"{pair.method}, {SAMPLED}")


def _share(pair: Paired, whole: Paired) -> float | None:
    """A part as a fraction of the whole, which is clearly not 0; 0 without a sign."""
    if pair.difference is None or not whole.difference:
        return None
    return pair.difference / whole.difference + 0.0


def _order_reach(found: Split, player: int | None) -> float | None:
    """Half-width of the interval (Student's t) that the error of sampled orders alone would have."""
    error = _order_error(found, player)
    return None if error is None else error * float(special.stdtrit(found.order_pairs - 1, 0.5 + LEVEL / 2))


def _order_error(found: Split, player: int | None) -> float | None:
    """Standard error of sampled orders; None where none were, or of what is no player's."""
    if found.order_errors is None or player is None or math.isnan(found.order_errors[player]):
        return None
    return float(found.order_errors[player])


def _mean(series: Any, player: int | None) -> float | None:
    """Mean of a player's series over the replications that exist."""
    if player is None or np.isnan(series[player]).all():
        return None
    return float(np.nanmean(series[player]))


def _figures(pair: Paired, p: float | None, outcome: Outcome, draws: Any) -> dict[str, Any]:
    return {
        "outcome": outcome.name,
        "unit": outcome.unit,
        "better": outcome.better or None,
        "contribution": pair.difference,
        "ci_low": pair.ci_low,
        "ci_high": pair.ci_high,
        "ci_level": LEVEL,
        "ci_method": pair.method,
        "adjusted_p": p,
        "share_better": pair.share_better,
        "replications": pair.replications,
        "uncertainty": "luck" if draws is None else BOTH,
        "verdict": verdict_of(pair, p, outcome.better),
    }
