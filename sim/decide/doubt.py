"""How a decision could turn: regret over firms that it may be, what to find out first, and where it goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.information import Information, expected, influence, information, regrets
from sim.analysis.multiplicity import false_discovery
from sim.analysis.paired import compare_pairs
from sim.analysis.prim import Box, find_box
from sim.decide.bench import DOUBTED, Bench
from sim.decide.choice import Choice
from sim.decide.goals import gains
from sim.decide.options import Option, fresh
from sim.decide.unknowns import DRAWS, SPREAD, Unknown
from sim.spec.posterior import PER_DRAW

#: Options whose regret is looked at, doing nothing and the choice among them.
CONTENDERS = 6
#: Values that are listed.
LISTED = 10
#: Fewest draws of a posterior of which anything is said.
FEWEST_DRAWS = 30
POSTERIOR, ASSUMED = "posterior", "assumptions"


@dataclass(frozen=True, eq=False)
class Doubt:
    """What other firms that it may be make of a choice.

    Parameters
    ----------
    over : {"posterior", "assumptions"}
        What was drawn: what data leave open, or values that are assumed.
    unknowns : tuple of Unknown
        What was drawn.
    options : list of Option
        Contenders, doing nothing first.
    gains : numpy.ndarray
        float64 of shape (draws, options): against doing nothing on the same luck.
    fitted : numpy.ndarray
        float64 of the same shape: as far as the values tell it, luck taken out.
    told : Information
        What knowing each value is worth.
    moves : tuple of numpy.ndarray
        float64 of shape (values,): change of the choice's gain from the low to the high end of each, and its p; of
        the best other's where doing nothing is chosen.
    box : Box or None
        Where another contender is better than the choice; None where no such place was found.
    place : int
        Of the choice among the options.
    """

    over: str
    unknowns: tuple[Unknown, ...]
    options: list[Option]
    gains: Any
    fitted: Any
    told: Information
    moves: tuple[Any, Any]
    box: Box | None
    place: int

    @property
    def regret(self) -> Any:
        """What each option brings less than the best one of its draw, float64 of shape (draws, options)."""
        return regrets(self.fitted)

    @property
    def worst(self) -> dict[Any, float]:
        """Regret in the worst tenth of draws, its mean, by portfolio."""
        tail = np.sort(self.regret, axis=0)[-max(1, len(self.regret) // 10) :].mean(axis=0)
        return dict(zip((one.portfolio for one in self.options), map(float, tail), strict=True))


def contenders(choice: Choice) -> list[Option]:
    """Doing nothing, the choice, and the best others that differ in their interventions."""
    nothing = choice.affordable[0]
    found = {nothing.names: nothing} | {choice.best.names: choice.best}
    usable = [one for one in choice.affordable if one.is_kept] or choice.affordable
    for one in sorted(usable, key=lambda one: -one.gain):
        if len(found) >= CONTENDERS:
            break
        found.setdefault(one.names, one)
    return list(found.values())


def doubts(bench: Bench, choice: Choice, indifference: float) -> list[Doubt]:
    """Doubt a choice: over the posterior, where there is one, and over what is assumed.

    Parameters
    ----------
    bench : Bench
        Runs the contenders in firms whose assumed values are drawn.
    choice : Choice
        What is doubted.
    indifference : float
        Smallest difference that matters, in the goal's unit.
    """
    options = contenders(choice)
    if len(options) < 2:
        return []
    question, made = bench.question, []
    replications = range(DOUBTED, DOUBTED + DRAWS)
    bench.fill([one.portfolio for one in options], replications)
    if question.posterior is not None:
        made += _over_posterior(bench, choice, options, indifference)
    values, unknowns = question.doubts, question.unknowns
    gained = _gains(bench, options, replications)
    return [*made, *_doubted(ASSUMED, unknowns, (values, gained), (options, choice, indifference))]


def _gains(bench: Bench, options: Sequence[Option], replications: range) -> Any:
    """Gains of options, float64 of shape (replications, options)."""
    nothing = bench.outcomes((), replications)
    values = np.array([bench.outcomes(one.portfolio, replications) for one in options])
    return gains(bench.question.goal, values, nothing).T


def _over_posterior(bench: Bench, choice: Choice, options: list[Option], indifference: float) -> list[Doubt]:
    """Doubt over draws of the posterior, on the runs of the last comparison: no further ones are needed."""
    posterior = bench.question.posterior
    assert posterior is not None
    gained = _gains(bench, options, fresh(bench))
    many = min(len(gained) // PER_DRAW, posterior.n_draws)
    gained = gained[: many * PER_DRAW].reshape(many, PER_DRAW, -1).mean(axis=1)
    rows = [posterior.rows[posterior.draw_of(fresh(bench)[PER_DRAW * place]) - 1] for place in range(many)]
    numeric = [place for place, value in enumerate(rows[0]) if not isinstance(value, str)]
    values = np.array([[row[place] for place in numeric] for row in rows], dtype=float).reshape(many, len(numeric))
    unknowns = tuple(
        Unknown(posterior.columns[place], "", "", float(np.median(own)), float(own.min()), float(own.max()))
        for place, own in zip(numeric, values.T, strict=True)
    )
    return _doubted(POSTERIOR, unknowns, (values, gained), (options, choice, indifference))


def _doubted(
    over: str,
    unknowns: tuple[Unknown, ...],
    drawn: tuple[Any, Any],
    asked: tuple[list[Option], Choice, float],
) -> list[Doubt]:
    """Look at draws in which every option has a gain; nothing where there are too few."""
    options, choice, indifference = asked
    seen = np.isfinite(drawn[1]).all(axis=1)
    values, gained = drawn[0][seen], drawn[1][seen]
    if len(gained) < FEWEST_DRAWS or not unknowns:
        return []
    place = next(at for at, one in enumerate(options) if one is choice.best)
    others = np.delete(gained, place, axis=1).max(axis=1)
    box = find_box(values, others > gained[:, place] + indifference)
    watched = place if choice.best.portfolio else int(gained[:, 1:].mean(axis=0).argmax()) + 1
    moves = influence(values, gained[:, watched])
    fitted, told = expected(values, gained), information(values, gained)
    return [Doubt(over, unknowns, options, gained, fitted, told, moves, box, place)]


def document_of(doubt: Doubt) -> dict[str, Any]:
    """A doubt as JSON writes it, its options by their place among the contenders."""
    regret, best = doubt.regret, doubt.fitted.argmax(axis=1)
    rows = [
        {
            "gain": float(doubt.gains[:, place].mean()),
            "gain_low": float(np.quantile(doubt.fitted[:, place], 0.05)),
            "gain_high": float(np.quantile(doubt.fitted[:, place], 0.95)),
            "regret": float(regret[:, place].mean()),
            "regret_worst_tenth": doubt.worst[one.portfolio],
            "share_best": float((best == place).mean()),
            "share_better_than_nothing": float((doubt.gains[:, place] > 0.0).mean()) if one.portfolio else None,
            "is_choice": place == doubt.place,
            **_lead(doubt, place),
        }
        for place, one in enumerate(doubt.options)
    ]
    return {
        "over": doubt.over,
        "draws": len(doubt.gains),
        "values": len(doubt.unknowns),
        "spread": SPREAD if doubt.over == ASSUMED else None,
        "contenders": rows,
        "perfect_information": float(doubt.fitted.max(axis=1).mean() - doubt.fitted.mean(axis=0).max()),
        "measure_next": _measure_next(doubt),
        "box": None if doubt.box is None else _box(doubt, doubt.box),
    }


def _lead(doubt: Doubt, place: int) -> dict[str, Any]:
    """How much more an option brings on average than the best of the others, luck included, with its interval."""
    means = doubt.gains.mean(axis=0)
    means[place] = -np.inf
    other = int(means.argmax())
    pair = compare_pairs(doubt.gains[:, place], doubt.gains[:, other], "higher")
    return {"rival": other, "lead": pair.difference, "lead_low": pair.ci_low, "lead_high": pair.ci_high}


def _measure_next(doubt: Doubt) -> list[dict[str, Any]]:
    """Values by what knowing them is worth, then by how much the gain hangs on them."""
    told, (moves, p_moves) = doubt.told, doubt.moves
    adjusted, certain = false_discovery(told.p.tolist()), false_discovery(p_moves.tolist())
    turns = [_could_turn(told, at, adjusted[at]) for at in range(len(doubt.unknowns))]
    order = sorted(range(len(turns)), key=lambda at: (-told.worth[at] if turns[at] else 0.0, -abs(moves[at])))[:LISTED]
    return [
        {
            "path": doubt.unknowns[at].path,
            "meaning": doubt.unknowns[at].meaning,
            "unit": doubt.unknowns[at].unit,
            "value": doubt.unknowns[at].value,
            "low": doubt.unknowns[at].low,
            "high": doubt.unknowns[at].high,
            "worth": float(told.worth[at]),
            "p": float(told.p[at]),
            "adjusted_p": adjusted[at],
            "best_if_low": int(told.low[at]),
            "best_if_high": int(told.high[at]),
            "could_turn": turns[at],
            "moves_gain": float(moves[at]),
            "moves_adjusted_p": certain[at],
        }
        for at in order
        if turns[at] or (certain[at] or 0.0) <= 0.05
    ]


def _could_turn(told: Information, at: int, adjusted: float | None) -> bool:
    """Whether knowing a value would change the choice, distinguishably from chance."""
    return adjusted is not None and adjusted <= 0.05 and bool(told.worth[at] > 0.0)


def _box(doubt: Doubt, box: Box) -> dict[str, Any]:
    bounds = [
        {"path": doubt.unknowns[at].path, "meaning": doubt.unknowns[at].meaning, "low": ends[0], "high": ends[1]}
        for at, *ends in ((at, _open(low), _open(high)) for at, low, high in box.bounds)
    ]
    return {"bounds": bounds, "share": box.share, "inside": box.inside, "outside": box.outside, "p": box.p}


def _open(end: float) -> float | None:
    return end if np.isfinite(end) else None
