"""What is best where: for each situation the level of a decision that does best, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.point_outcomes import point_outcomes
from sim.analysis.point_values import Names, factors_of, groups_of, listed, runs_of
from sim.analysis.screening import against_best, probability_best
from sim.analysis.sequential import LEVEL
from sim.domain.errors import InputError, did_you_mean
from sim.domain.outcomes import BY_NAME

#: What is told of each cell, beside its factors.
CELL_COLUMNS = tuple(
    "best next ahead ahead_low ahead_high probability_best may_be_best is_clear replications note".split()
)
#: What is told of each level in each cell.
LEVEL_COLUMNS = ("level", "mean", "probability_best", "may_be_best")
#: Fewest replications from which a best level is told.
FEWEST = 2


@dataclass(frozen=True, eq=False)
class ContingencyMap:
    """The best level of a decision by situation.

    Parameters
    ----------
    outcome, better, decision : str
        What is measured, which direction is better, and what is decided.
    factors : tuple of str
        What makes a situation.
    levels : tuple
        Levels of the decision in the order of the study.
    cells : pandas.DataFrame
        One row per situation: the factors, then `CELL_COLUMNS`. ``ahead``: mean of the best level less that of the
        ``next`` (unit of the outcome, positive: better), with an interval; ``probability_best`` of the best level;
        ``may_be_best``: levels that cannot be ruled out; ``is_clear``: only one is left. Intervals and what is ruled
        out hold for the whole map at 95 %. ``note``: why a situation has no best level, mostly empty.
    by_level : pandas.DataFrame
        One row per situation and level: the factors, then `LEVEL_COLUMNS`.
    counted : str
        What ``replications`` counts: these, or with a posterior "draws".
    notes : tuple of str
        What a reader must know.
    """

    outcome: str
    better: str
    decision: str
    factors: tuple[str, ...]
    levels: tuple[Any, ...]
    cells: pd.DataFrame
    by_level: pd.DataFrame
    counted: str
    notes: tuple[str, ...]


def contingency_map(
    points: pd.DataFrame, runs: pd.DataFrame, outcome: str, decision: str, factors: Names
) -> ContingencyMap:
    """Which level of a decision is best in which situation.

    Parameters
    ----------
    points : pandas.DataFrame
        One row per point: each level of ``decision`` in each situation once.
    runs : pandas.DataFrame
        ``point_id``, ``draw``, ``replication``, ``status`` and the outcome; levels are compared on common luck.
    outcome : str
        One that has a better side.
    decision : str
        Factor that is decided, such as ``relationship``.
    factors : str or sequence of str
        Factors that make a situation, such as size and complexity.

    Raises
    ------
    InputError
        If a name is unknown, the outcome has no better side, or a level comes twice in a situation.

    Notes
    -----
    Within a situation each level is compared with the best of the others (Hsu 1984, `sim.analysis.screening`) at a
    level that Bonferroni's inequality makes hold for all situations together, halved so that a tie too is called clear
    in at most 5 % of maps. Probabilities are those of the normal approximation to all paired means together; they have
    no allowance for many situations.
    """
    names = listed(factors)
    better = _better_of(outcome)
    _check_names(points, runs, decision, names)
    groups = groups_of(points, names)
    level = 1.0 - (1.0 - LEVEL) / (2.0 * len(groups))
    levels = tuple(dict.fromkeys(points[decision].tolist()))
    cells, rows = [], []
    for group in groups:
        own = points.iloc[group]
        cell, by_level = _cell(own, runs, (outcome, better, decision), level)
        where = {name: own[name].iloc[0] for name in names}
        cells.append({**where, **cell})
        rows += [{**where, **row} for row in by_level]
    table = pd.DataFrame(cells, columns=[*names, *CELL_COLUMNS])
    long = pd.DataFrame(rows, columns=[*names, *LEVEL_COLUMNS])
    counted = runs_of(points, runs).counted
    notes = _notes(table, decision)
    return ContingencyMap(outcome, better, decision, tuple(names), levels, table, long, counted, notes)


def _better_of(outcome: str) -> str:
    if outcome not in BY_NAME:
        raise InputError("outcome", "must be an outcome", outcome, did_you_mean(outcome, BY_NAME))
    better = BY_NAME[outcome].better
    if not better:
        raise InputError("outcome", "must have a better side", outcome, "Take one such as profit.")
    return better


def _check_names(points: pd.DataFrame, runs: pd.DataFrame, decision: str, names: Sequence[str]) -> None:
    known = factors_of(points)
    for name in (decision, *names):
        if name not in known:
            raise InputError("factors", "must be factors of these points", name, did_you_mean(name, known))
    others = [n for n in known if n not in {decision, *names} and points[n].astype(str).nunique() > 1]
    if others:
        rule = f"must differ in {decision} and the situation alone"
        raise InputError("points", rule, f"also {', '.join(others)}", f"Choose one value of {others[0]}.")
    if points.duplicated([*names, decision]).any():
        raise InputError(
            "points",
            f"must hold each level of {decision} once in each situation",
            "one comes twice",
            "Leave one of them out.",
        )


def _cell(
    own: pd.DataFrame, runs: pd.DataFrame, asked: tuple[str, str, str], level: float
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """One situation: its row and those of its levels."""
    outcome, better, decision = asked
    levels = own[decision].tolist()
    try:
        values = point_outcomes(own, runs[runs["point_id"].isin(own["point_id"])], outcome).values
    except InputError as error:
        return _without_best(str(error).split("\n", maxsplit=1)[0], 0), []
    kept = values[:, ~np.isnan(values).any(axis=0)]
    n = kept.shape[1]
    if n < FEWEST or len(levels) < 2:
        return _without_best(f"{outcome} exists in {n} replications of all {len(levels)} levels", n), []
    signed = -kept if better == "lower" else kept
    means, chances = signed.mean(axis=1), probability_best(signed)
    low, high, may_be = against_best(signed, level)
    best = int(means.argmax())
    following = int(np.where(np.arange(len(means)) == best, -np.inf, means).argmax())
    row = {
        "best": levels[best],
        "next": levels[following],
        "ahead": float(means[best] - means[following]),
        "ahead_low": float(low[best]),
        "ahead_high": float(high[best]),
        "probability_best": float(chances[best]),
        "may_be_best": tuple(name for name, may in zip(levels, may_be, strict=True) if may),
        "is_clear": int(may_be.sum()) == 1,
        "replications": n,
        "note": "",
    }
    columns = zip(levels, kept.mean(axis=1).tolist(), chances.tolist(), may_be.tolist(), strict=True)
    return row, [dict(zip(LEVEL_COLUMNS, values, strict=True)) for values in columns]


def _without_best(note: str, n: int) -> dict[str, Any]:
    numbers = dict.fromkeys(("ahead", "ahead_low", "ahead_high", "probability_best"), np.nan)
    words = {"best": None, "next": None, "may_be_best": (), "is_clear": False}
    return {**numbers, **words, "replications": n, "note": note}


def _notes(cells: pd.DataFrame, decision: str) -> tuple[str, ...]:
    clear = int(cells["is_clear"].sum())
    notes = [f"In {clear} of {len(cells)} situations one level of {decision} is clearly the best."]
    empty = int((cells["note"] != "").sum())
    if empty:
        notes.append(f"{empty} situations have no best level: {cells.loc[cells['note'] != '', 'note'].iloc[0]}.")
    return tuple(notes)
