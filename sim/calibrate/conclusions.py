"""What a posterior means for a decision: is another relationship type better here, and what does the doubt hang on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.calibrate.own_type import OWN
from sim.calibrate.practice_prior import bundles
from sim.domain.errors import InputError
from sim.engine.run import outcomes_of, simulate
from sim.ensemble.executors import drain, pool_of
from sim.ensemble.progress import Advance
from sim.ensemble.seeds import run_seed
from sim.spec.edit import with_relationship
from sim.spec.factors import variant
from sim.spec.resolve import blueprint_of
from sim.spec.scenario import Scenario

#: Types that the firm is compared with.
TYPES = ("defined", "aligned", "integrated")
#: What is compared.
OUTCOME = "bookings_new"
#: Draws that are run, and most unknowns that are named; a smaller share is no more than luck among so many draws.
N_DRAWS, MOST, LEAST = 200, 6, 0.05


@dataclass(frozen=True)
class Conclusion:
    """How sure the firm can be of a change, and what its doubt hangs on.

    Parameters
    ----------
    effects : pandas.DataFrame
        One row per type: ``type``, ``low``, ``median``, ``high`` (90 % of draws, luck included) of the relative change
        of new bookings, and ``better``, the share of draws in which it rises.
    unknowns : pandas.DataFrame
        One row per unknown: ``unknown``, ``share`` of the variance of the effect of the best type that it alone
        explains; the largest first.
    best : str
        Type with the highest median.
    """

    effects: pd.DataFrame
    unknowns: pd.DataFrame
    best: str


def conclude_from(
    scenario: Scenario, posterior: pd.DataFrame, unknowns: pd.DataFrame, seed: int, advance: Advance
) -> Conclusion:
    """Run draws of a posterior as they are and under other relationship types, each draw on one luck.

    Parameters
    ----------
    scenario : Scenario
        The firm, with practices of its own type.
    posterior : pandas.DataFrame
        Columns by scenario path.
    unknowns : pandas.DataFrame
        What is not known of each draw, in words; same rows.
    seed : int
        Of the luck.
    advance : Advance
        Takes the number of draws that are done.

    Notes
    -----
    What an unknown explains is its squared rank correlation with the effect (Spearman): alone, not together with
    others.
    """
    some = posterior.iloc[:N_DRAWS]
    rows: dict[int, list[float]] = {}

    def work(place: int) -> tuple[int, list[float]]:
        try:
            firm = variant(scenario, {str(path): value for path, value in some.iloc[place].items()})
            found = [_bookings(with_relationship(firm, name), run_seed(seed, place)) for name in (OWN, *TYPES)]
        except InputError:
            found = [np.nan] * (1 + len(TYPES))
        return place, found

    def take(done: tuple[int, list[float]]) -> None:
        rows[done[0]] = done[1]
        advance(1)

    with pool_of("threads") as pool:
        drain(pool, work, range(len(some)), take)
    table = np.array([rows[place] for place in range(len(some))])
    base = np.maximum(table[:, :1], 1e-9)
    changes = pd.DataFrame(table[:, 1:] / base - 1.0, columns=list(TYPES))
    return _concluded(changes[np.isfinite(changes).all(axis=1) & (table[:, 0] > 0)], unknowns)


def _bookings(firm: Scenario, seed: int) -> float:
    outcomes: Any = outcomes_of(simulate(blueprint_of(firm), seed))
    return float(outcomes[OUTCOME])


def _concluded(changes: pd.DataFrame, unknowns: pd.DataFrame) -> Conclusion:
    quantiles = changes.quantile([0.05, 0.5, 0.95])
    effects = pd.DataFrame(
        {
            "type": list(TYPES),
            "low": quantiles.loc[0.05].to_numpy(),
            "median": quantiles.loc[0.5].to_numpy(),
            "high": quantiles.loc[0.95].to_numpy(),
            "better": (changes > 0).mean().to_numpy(),
        }
    )
    if changes.empty:
        return Conclusion(effects, pd.DataFrame({"unknown": [], "share": []}), TYPES[-1])
    best = str(effects.set_index("type")["median"].idxmax())
    shares = unknowns.loc[changes.index].corrwith(changes[best], method="spearman") ** 2
    ordered = shares[shares >= LEAST].sort_values(ascending=False).head(MOST)
    told = pd.DataFrame({"unknown": ordered.index.astype(str), "share": ordered.to_numpy()})
    return Conclusion(effects, told, best)


def place_of(practices: pd.DataFrame) -> pd.Series[float]:
    """How far from undefined (0) to integrated (1) each draw's practices lie, mean over practices."""
    types = bundles()
    low, high = types.iloc[0].to_numpy(np.float64), types.iloc[-1].to_numpy(np.float64)
    moving = low != high
    levels = practices[[f"practices.{name}" for name in types]].to_numpy(np.float64)
    return pd.Series(((levels - low) / np.where(moving, high - low, 1.0))[:, moving].mean(axis=1))
