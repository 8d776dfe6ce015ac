"""Do two interventions add up? The effect of both less the effects of each, on common luck in four worlds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.firm_effect import ends_over
from sim.analysis.intervals import METHODS, NOTHING, USUAL, Ends, method_named
from sim.analysis.multiplicity import adjusted
from sim.analysis.point_values import Names, Runs, groups_of, listed, outcomes_in, runs_of
from sim.analysis.sequential import LEVEL
from sim.domain.errors import InputError
from sim.domain.outcomes import BY_NAME

ADD_UP, SUB, SUPER, UNCLEAR = "add up", "sub-additive", "super-additive", "not distinguishable"


@dataclass(frozen=True)
class Interaction:
    """How two interventions work together on one outcome; None for what does not exist.

    Parameters
    ----------
    first, second, both : float or None
        Mean effect of each alone and of both, against neither; in the unit of the outcome.
    difference : float or None
        Effect of both less the two effects.
    ends : Ends
        Interval and p of the difference.
    baseline_mean : float or None
        Mean of neither.
    replications : int
        In which the outcome exists in all four worlds.
    is_sum : bool
        Whether none of these departs from the sum at all.
    method : str
        How the interval was found, as people call it; or that there is none, and why.
    """

    first: float | None
    second: float | None
    both: float | None
    difference: float | None
    ends: Ends
    baseline_mean: float | None
    replications: int
    is_sum: bool = False
    method: str = METHODS[USUAL].label


def interaction(worlds: Any, method: str = USUAL, draws: Any = None) -> Interaction:
    """Measure how two interventions work together.

    Parameters
    ----------
    worlds : numpy.ndarray
        float64 of shape (4, replications): neither, the first, the second, both; replications on the same luck.
    method : {"t", "skewed", "bootstrap", "sequential"}
        How the interval is found.
    draws : numpy.ndarray, optional
        int of shape (replications,): the draw of a posterior that each used; the interval then covers luck and
        parameters (`sim.analysis.firm_effect`).

    Examples
    --------
    >>> neither = np.random.default_rng(1).normal(100, 9, 50)
    >>> found = interaction(np.array([neither, neither + 4, neither + 3, neither + 5]))
    >>> round(found.difference, 9)
    -2.0
    """
    how = method_named(method)
    draws = None if draws is None else how.whole(draws)
    worlds = how.whole(np.asarray(worlds, dtype=float).T).T
    neither, first, second, both = worlds
    differences = both - first - second + neither
    exists = ~np.isnan(differences)
    n = int(exists.sum())
    if n == 0:
        return Interaction(None, None, None, None, NOTHING, None, 0)
    of_first, of_second, of_both = (float((world - neither)[exists].mean()) for world in (first, second, both))
    middle = float(differences[exists].mean())
    ends, label, _ = ends_over(differences, method, draws)
    is_sum = not differences[exists].any()
    return Interaction(of_first, of_second, of_both, middle, ends, float(neither[exists].mean()), n, is_sum, label)


def verdict_of(found: Interaction, adjusted_p: float | None, better: str, margin: float | None) -> str:
    """What may be said of two interventions.

    Parameters
    ----------
    found : Interaction
        What was measured.
    adjusted_p : float or None
        p of no interaction, adjusted for being looked at with others.
    better : {"higher", "lower", ""}
        Which direction is better: together they are super-additive where they do more good (or less harm) than the sum;
        without a direction, where the outcome is higher than the sum.
    margin : float or None
        Largest departure from the sum that does not matter, in the unit of the outcome; None: any matters.

    Returns
    -------
    {"add up", "super-additive", "sub-additive", "not distinguishable"}
        "add up" only where the whole interval lies within the margin (equivalence: Schuirmann 1987, J. Pharmacokinet.
        Biopharm. 15), or all differences are exactly 0.
    """
    low, high, _ = found.ends
    is_within = None not in (margin, low, high) and -margin <= low and high <= margin  # type: ignore[operator]
    if found.is_sum or is_within:
        return ADD_UP
    if found.difference is None or adjusted_p is None or adjusted_p > 1.0 - LEVEL:
        return UNCLEAR
    return SUPER if (found.difference > 0.0) == (better != "lower") else SUB


class Quartet(NamedTuple):
    """Positions of the four points of a pair: neither, first, second, both."""

    neither: int
    first: int
    second: int
    both: int


def quartets(points: pd.DataFrame, by: Names = (), factor: str = "interventions") -> list[Quartet]:
    """Pairs of interventions of which all four worlds are there, in the order of the points with both.

    Parameters
    ----------
    points : pandas.DataFrame
        With a column that names interventions, such as ``""``, ``"liaison"`` and ``"liaison+collocation=0.5"``.
    by : str or sequence of str
        Factors whose levels are kept apart.
    factor : str
        Name of that column.

    Raises
    ------
    InputError
        If there is no such column, or no pair with all four worlds.
    """
    if factor not in points.columns:
        raise InputError(
            "factor",
            "must be a column that names interventions",
            factor,
            "Name the column `interventions`, or one that is made like it.",
        )
    sets = [frozenset(part.strip() for part in str(text or "").split("+") if part.strip()) for text in points[factor]]
    found = [quartet for group in groups_of(points, by) for quartet in _quartets({sets[i]: i for i in group})]
    if not found:
        mend = "Add the points without any, with each alone and with both, such as '', 'a', 'b' and 'a+b'."
        raise InputError(factor, "must have a pair of interventions with all four worlds", None, mend)
    return found


def _quartets(places: dict[frozenset[str], int]) -> Iterator[Quartet]:
    for both, place in places.items():
        singles = [places.get(frozenset([name])) for name in sorted(both)]
        neither = places.get(frozenset())
        if len(both) == 2 and neither is not None and None not in singles:
            first, second = sorted(single for single in singles if single is not None)
            yield Quartet(neither, first, second, place)


def compare_interactions(  # noqa: PLR0913, PLR0917 - what one may ask of a table; all but the first two may be left out
    points: pd.DataFrame,
    runs: pd.DataFrame,
    outcomes: Names | None = None,
    by: Names = (),
    margin: float | None = None,
    method: str = USUAL,
    adjust: str = "holm",
) -> pd.DataFrame:
    """Say of every pair of interventions whether the two add up.

    Parameters
    ----------
    points, runs : pandas.DataFrame
        As `sim.analysis.points.compare_points` takes them; a factor ``interventions`` names what is used.
    outcomes : str or sequence of str, optional
        All that the runs have, where left out.
    by : str or sequence of str
        Factors whose levels are kept apart, such as ``"relationship"``.
    margin : float, optional
        Largest departure from the sum that does not matter, as a fraction of the outcome's mean without both.
    method : {"t", "skewed", "bootstrap", "sequential"}
        How the interval is found.
    adjust : {"holm", "fdr", "none"}
        How p values are adjusted over all pairs of an outcome.

    Returns
    -------
    pandas.DataFrame
        A row per pair and outcome: the factors of ``by``, ``first``, ``second``, ``outcome``, ``unit``, ``better``, the
        effects ``effect_first``, ``effect_second``, ``effect_both``, then ``interaction`` with ``ci_low``, ``ci_high``,
        ``ci_level``, ``ci_method``, ``adjusted_p``, ``margin`` (in the unit of the outcome), ``replications`` and
        ``verdict``.

    Raises
    ------
    InputError
        If something named does not exist, no pair is complete, or the margin is not above 0.
    """
    if margin is not None and not margin > 0.0:
        raise InputError("margin", "must be above 0", margin, "0.02 stands for 2 % of the mean without both.")
    found, pairs = runs_of(points, runs), quartets(points, by)
    about = [_about(points, pair, by) for pair in pairs]
    rows = []
    for name in outcomes_in(runs, outcomes):
        measured = [interaction(_worlds(found, name, pair), method, _draws(found, pair)) for pair in pairs]
        p_values = adjusted([one.ends.p for one in measured], adjust)
        figures = [_figures(one, p, name, margin) for one, p in zip(measured, p_values, strict=True)]
        rows += [{**who, **row} for who, row in zip(about, figures, strict=True)]
    return pd.DataFrame(rows)


def _about(points: pd.DataFrame, pair: Quartet, by: Names) -> dict[str, Any]:
    row = points.iloc[pair.neither]
    names = {
        side: str(points["interventions"].iloc[place])
        for side, place in zip(("first", "second"), pair[1:3], strict=True)
    }
    return {**{name: row[name] for name in listed(by)}, **names}


def _worlds(runs: Runs, outcome: str, pair: Quartet) -> Any:
    """Values of four points in the replications that all have run, float64 of shape (4, common)."""
    return runs.values(outcome)[runs.common(*pair)][:, list(pair)].T


def _draws(runs: Runs, pair: Quartet) -> Any:
    """Draw of each of these replications; None without a posterior."""
    return runs.draws[runs.common(*pair)] if runs.has_draws else None


def _figures(found: Interaction, p: float | None, name: str, margin: float | None) -> dict[str, Any]:
    outcome = BY_NAME[name]
    width = None if margin is None or found.baseline_mean is None else margin * abs(found.baseline_mean)
    numbers = {
        "effect_first": found.first,
        "effect_second": found.second,
        "effect_both": found.both,
        "interaction": found.difference,
        "ci_low": found.ends.low,
        "ci_high": found.ends.high,
        "ci_level": LEVEL,
        "adjusted_p": p,
        "margin": width,
    }
    numbers = {key: np.nan if value is None else value for key, value in numbers.items()}
    about = {"outcome": name, "unit": outcome.unit, "better": outcome.better or None}
    verdict = verdict_of(found, p, outcome.better, width)
    said = {"replications": found.replications, "verdict": verdict, "ci_method": found.method}
    return {**about, **numbers, **said}
