"""An attribution as a study: its coalitions as the points of a plan, and the values that its runs give them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.analysis.shapley import MOST_PLAYERS, orders_of, prefixes
from sim.domain.errors import InputError
from sim.ensemble.provenance import digest_of
from sim.explain.attribution_game import Game
from sim.spec.plan import Plan, plan_with, read_plan
from sim.spec.scenario import Scenario

if TYPE_CHECKING:
    from sim.ensemble.experiment import Experiment

#: Coalitions up to which all are looked at where nobody says otherwise, and the orders that are looked at else.
MOST_COALITIONS, USUAL_ORDERS = 128, 24
FEWEST_ORDERS, MOST_ORDERS = 10, 10_000
ID_DIGITS = 10


class Coalitions(NamedTuple):
    """Which coalitions are run.

    Parameters
    ----------
    codes : numpy.ndarray
        int of shape (coalitions,), sorted.
    orders : numpy.ndarray or None
        int of shape (orders, n): orders that they make up; None where all coalitions are run.
    """

    codes: Any
    orders: Any = None


def coalitions_of(n: int, n_orders: int | None, seed: int) -> Coalitions:
    """All coalitions of n players, or those that some orders pass through and those of one present or one missing.

    Parameters
    ----------
    n_orders : int or None
        0 for all coalitions, else an even number of orders; None for all of up to 7 players, and 24 orders of more.

    Raises
    ------
    InputError
        If there are too many players for all coalitions, or no such number of orders.

    Examples
    --------
    >>> len(coalitions_of(7, None, 1).codes), len(coalitions_of(10, None, 1).codes) < 250
    (128, True)
    """
    count = n_orders if n_orders is not None else 0 if 2**n <= MOST_COALITIONS else USUAL_ORDERS
    if count == 0:
        if n > MOST_PLAYERS:
            mend = f"Give --orders {USUAL_ORDERS} to look at some orders only."
            raise InputError("--orders", f"must not be 0 (all) with more than {MOST_PLAYERS} players", n, mend)
        return Coalitions(np.arange(2**n))
    if isinstance(count, bool) or count % 2 or not FEWEST_ORDERS <= count <= MOST_ORDERS:
        rule = f"must be 0 (all), or an even number from {FEWEST_ORDERS} to {MOST_ORDERS}"
        raise InputError("--orders", rule, count, "Give --orders 24, for example.")
    orders = orders_of(n, count // 2, seed)
    single = 1 << np.arange(n)
    return Coalitions(np.unique(np.concatenate([prefixes(orders).ravel(), single, 2**n - 1 - single])), orders)


class Hand(NamedTuple):
    """A game and those of its coalitions that are run."""

    game: Game
    coalitions: Coalitions


def hands_of(game: Game, n_orders: int | None, seed: int) -> list[Hand]:
    """The game, and the one among whom the effect without any player is split, if there is one."""
    games = [game, *([game.direct] if game.direct else [])]
    return [Hand(one, coalitions_of(len(one.players), n_orders, seed)) for one in games]


def layout_of(hands: Sequence[Hand]) -> tuple[list[dict[str, Any]], list[Any]]:
    """Points that games need, each once, and where each game's stand.

    Returns
    -------
    list of dict
        Settings of each point.
    list of numpy.ndarray
        For each game, int of shape (coalitions, worlds): places among the points.
    """
    points: dict[str, tuple[int, dict[str, Any]]] = {}
    places = []
    for game, coalitions in hands:
        rows = [[_place(points, settings) for settings in game.settings(code)] for code in coalitions.codes.tolist()]
        places.append(np.array(rows))
    return [settings for _, settings in points.values()], places


def _place(points: dict[str, tuple[int, dict[str, Any]]], settings: dict[str, Any]) -> int:
    """Where a point stands; a new one is added at the end. Changes the points in place."""
    return points.setdefault(json.dumps(settings, sort_keys=True), (len(points), settings))[0]


def plan_of(scenario: Scenario, hands: Sequence[Hand], how: tuple[int, int], posterior: Any = None) -> Plan:
    """The plan that runs the coalitions of games; `how` is (replications, seed).

    Raises
    ------
    InputError
        If it cannot be run so.
    """
    replications, seed = how
    points, _ = layout_of(hands)
    game = hands[0].game
    content = {
        "name": _name(scenario, points, seed),
        "description": f"Attribution of {game.before} → {game.after} by {game.by}.",
        "scenario": scenario.name,
        "seed": seed,
        "replications": replications,
        "design": {"kind": "list"},
        "points": points,
    }
    plan = read_plan(content, base=scenario)
    return plan if posterior is None else plan_with(plan, posterior=posterior)


def _name(scenario: Scenario, points: list[dict[str, Any]], seed: int) -> str:
    """Name of the plan and its folder: the same for the same coalitions of the same scenario, however many runs."""
    text = json.dumps([digest_of(scenario, seed), points], sort_keys=True)
    short = "".join(letter if letter.isalnum() else "-" for letter in scenario.name.lower())[:40]
    return f"attribute-{short}-{hashlib.sha256(text.encode()).hexdigest()[:ID_DIGITS]}"


def outcomes_of(study: Experiment, outcome: str) -> Any:
    """An outcome at every point: float64 of shape (points, replications), NaN where it does not exist."""
    runs = study.runs.pivot(index="replication", columns="point_id", values=outcome)
    runs = runs.reindex(index=range(study.plan.most_replications), columns=study.points["point_id"].unique())
    return runs[list(study.points["point_id"])].to_numpy(dtype=np.float64).T


def values_at(outcomes: Any, places: Any) -> Any:
    """Value of each coalition: the outcome, or in two worlds that of the second less that of the first.

    Parameters
    ----------
    outcomes : numpy.ndarray
        float64 of shape (points, replications).
    places : numpy.ndarray
        int of shape (coalitions, worlds), see `layout_of`.
    """
    if places.shape[1] == 1:
        return outcomes[places[:, 0]]
    return outcomes[places[:, 1]] - outcomes[places[:, 0]]


def draws_of(study: Experiment) -> Any:
    """Draw of a posterior of each replication, int of shape (replications,); None without a posterior."""
    posterior = study.sweep.points.posterior
    if posterior is None:
        return None
    return np.array([posterior.draw_of(number) for number in range(study.plan.most_replications)])
