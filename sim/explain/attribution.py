"""What caused an effect: its split among interventions, practices or mechanisms, which adds up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.analysis.attribution import Split, joined, pair_rows, part_rows, split
from sim.domain.errors import InputError, did_you_mean
from sim.domain.outcomes import BY_NAME
from sim.ensemble.comparison import HEADLINE, number_or_none, scenario_from
from sim.ensemble.experiment import Experiment, experiment, folder_of
from sim.ensemble.provenance import SCHEMA
from sim.ensemble.store import DamagedRecord, is_store, open_store
from sim.explain.attribution_game import Game, game_of, with_direct
from sim.explain.attribution_plan import Hand, draws_of, hands_of, layout_of, outcomes_of, plan_of, values_at
from sim.spec.plan import Plan
from sim.spec.posterior import Posterior
from sim.spec.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Names = str | Sequence[str]


@dataclass(frozen=True)
class Attribution:
    """An effect split among those who share in it.

    Parameters
    ----------
    hands : tuple of Hand
        The game that was split and its coalitions, and those that share in its rest if that was split too.
    outcomes : tuple of str
        What was split.
    study : Experiment
        Every run.
    asked : mapping
        What was asked, as JSON writes it.
    """

    hands: tuple[Hand, ...]
    outcomes: tuple[str, ...]
    study: Experiment
    asked: Mapping[str, Any] = field(default_factory=dict)

    @property
    def game(self) -> Game:
        """Who shares in which effect."""
        return self.hands[0].game

    @property
    def names(self) -> list[tuple[str, str]]:
        """Name and label of each player, of all games."""
        return [(player.name, player.label) for game, _ in self.hands for player in game.players]

    @property
    def orders(self) -> int | None:
        """Orders that were sampled in each game with many players; None where all coalitions were run."""
        return max((len(own.orders) for _, own in self.hands if own.orders is not None), default=None)

    @property
    def n_coalitions(self) -> int:
        """Coalitions that were run, in all games."""
        return sum(len(own.codes) for _, own in self.hands)

    @property
    def has_rest(self) -> bool:
        """Whether a part of the effect is no player's."""
        return self.game.has_rest and len(self.hands) == 1

    @cached_property
    def _by_game(self) -> dict[str, list[Split]]:
        """The splits of each outcome, a game each."""
        _, places = layout_of(self.hands)
        return {name: self._split(outcomes_of(self.study, name), places) for name in self.outcomes}

    def _split(self, outcomes: Any, places: Sequence[Any]) -> list[Split]:
        return [
            split(values_at(outcomes, own), coalitions.codes, coalitions.orders, game.has_rest)
            for (game, coalitions), own in zip(self.hands, places, strict=True)
        ]

    @cached_property
    def splits(self) -> dict[str, Split]:
        """The split of each outcome, replication by replication, among the players of all games."""
        return {name: joined(*found) if len(found) > 1 else found[0] for name, found in self._by_game.items()}

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """One row per outcome and part, the whole first."""
        draws, rows = draws_of(self.study), []
        n_direct = len(self.names) - len(self.game.players)
        for name, found in self.splits.items():
            own = part_rows(found, self.names, BY_NAME[name], draws, n_direct)
            ends = self._ends(name, ~np.isnan(found.whole))
            rows += [{**row, **ends} for row in own]
        return rows

    def _ends(self, outcome: str, is_split: Any) -> dict[str, float | None]:
        """Means of an outcome before and after, over the replications that were split; all mechanisms work there."""
        _, places = layout_of(self.hands)
        outcomes, own = outcomes_of(self.study, outcome), places[0]
        before, after = own[-1] if self.game.has_rest else (own[0, 0], own[-1, 0])
        return {"mean_before": _mean(outcomes[before, is_split]), "mean_after": _mean(outcomes[after, is_split])}

    @cached_property
    def pairs(self) -> list[dict[str, Any]]:
        """One row per outcome and pair of players of a game; none where only some orders were looked at."""
        draws, rows = draws_of(self.study), []
        for name, splits in self._by_game.items():
            for (game, _), found in zip(self.hands, splits, strict=True):
                names = [(player.name, player.label) for player in game.players]
                rows += pair_rows(found, names, BY_NAME[name], draws)
        return rows

    def table(self) -> pd.DataFrame:
        """One row per outcome and part, with the columns of the JSON."""
        return pd.DataFrame(self.rows)

    def pair_table(self) -> pd.DataFrame:
        """One row per outcome and pair, with the columns of the JSON."""
        return pd.DataFrame(self.pairs)

    def by_replication(self, outcome: str) -> pd.DataFrame:
        """The split of every replication: a row each, a column per part, and ``total``, to which these add up.

        Raises
        ------
        InputError
            If the outcome was not split.
        """
        found = self.splits[_known(outcome, self.outcomes)]
        columns = {"other": found.rest} if found.rest is not None else {}
        columns |= {name: found.parts[place] for place, (name, _) in enumerate(self.names)}
        frame = pd.DataFrame({**columns, "total": found.whole})
        frame.index.name = "replication"
        return frame

    @property
    def provenance(self) -> dict[str, Any]:
        """Where it comes from: scenario, seed, versions, and the points that were run."""
        return {
            **self.study.provenance,
            "replications": self.study.status.balanced,
            "planned_replications": self.study.plan.most_replications,
            "failed_runs": self.study.status.failed,
        }

    def document(self) -> dict[str, Any]:
        """The attribution as JSON writes it."""
        return {
            "schema": SCHEMA,
            "provenance": self.provenance,
            "by": self.game.by,
            "before": self.game.before,
            "after": self.game.after,
            "method": "all coalitions" if self.orders is None else "sampled orders",
            "orders": self.orders,
            "coalitions": self.n_coalitions,
            "players": [{"name": name, "label": label} for name, label in self.names],
            "rows": self.rows,
            "pairs": self.pairs,
            **({"asked": dict(self.asked)} if self.asked else {}),
        }

    def json(self) -> str:
        """The attribution as JSON text."""
        return json.dumps(self.document(), indent=1, allow_nan=False, ensure_ascii=False)

    def figure(self, outcome: str | None = None, narrow: bool = False) -> Figure:
        """Draw the waterfall of an outcome, by default the first: ``found.figure().savefig("why.png", dpi=300)``.

        Raises
        ------
        InputError
            If the outcome was not split.
        """
        from sim.analysis.waterfall import draw_waterfall

        name = _known(outcome or self.outcomes[0], self.outcomes)
        rows = [row for row in self.rows if row["outcome"] == name]
        return draw_waterfall(rows, (self.game.before, self.game.after), narrow)


def _mean(series: Any) -> float | None:
    return number_or_none(float(series.mean())) if len(series) else None


def _known(outcome: str, names: Sequence[str]) -> str:
    if outcome not in names:
        raise InputError("outcome", "must be one that was split", outcome, did_you_mean(outcome, names))
    return outcome


@dataclass(frozen=True)
class Asked:
    """An attribution before it is run.

    Parameters
    ----------
    hands : tuple of Hand
        Games, and which of their coalitions are run.
    outcomes : tuple of str
        What is split.
    plan : Plan
        Which runs that takes.
    told : mapping
        What was asked, as JSON writes it.
    """

    hands: tuple[Hand, ...]
    outcomes: tuple[str, ...]
    plan: Plan
    told: Mapping[str, Any] = field(default_factory=dict)

    def run(self, store: str | Path | None = None, workers: int | None = None, quiet: bool = True) -> Attribution:
        """Run what is missing in the store, and split the effect; see `attribute`."""
        folder = folder_of(self.plan, store)
        how: dict[str, Any] = {"workers": workers, "quiet": quiet, "extend": _is_same(folder, self.plan)}
        return Attribution(self.hands, self.outcomes, experiment(self.plan, store=folder, **how), self.told)


def _is_same(folder: Path, plan: Plan) -> bool:
    """Whether a folder holds the same attribution with perhaps other replications, which may then be added to."""
    if not is_store(folder):
        return False
    try:
        return bool(open_store(folder).record["plan"]["name"] == plan.name)
    except DamagedRecord:
        return False


@dataclass(frozen=True)
class Question:
    """What is to be split, and among whom; everything as in `attribute`.

    Parameters
    ----------
    interventions, relationships, players : str or sequence of str
    by : str or None
    direct : bool
    """

    interventions: Names = ()
    relationships: Names = ()
    by: str | None = None
    players: Names = ()
    direct: bool = False

    def about(self, outcomes: Sequence[str]) -> dict[str, Any]:
        """What was asked, as JSON writes it."""
        lists = {name: _listed(getattr(self, name)) for name in ("interventions", "relationships", "players")}
        return {**lists, "by": self.by, "direct": self.direct, "outcomes": list(dict.fromkeys(outcomes))}


def asked(
    scenario: str | Path | Scenario,
    question: Question,
    outcomes: Names | None = None,
    how: tuple[int, int | None, int] = (100, None, 1),
    posterior: str | Path | Posterior | None = None,
) -> Asked:
    """Make sure that an attribution can be run, and how.

    Parameters
    ----------
    question : Question
        The effect, and among whom it is split.
    how : (replications, orders, seed)
        How much is run.

    Raises
    ------
    InputError
        Naming the field, the rule, the value and the mend.
    """
    chosen = scenario_from(scenario)
    replications, orders, seed = how
    types, uses, players = map(_listed, (question.relationships, question.interventions, question.players))
    game = game_of(chosen, types, uses, question.by, players)
    game = with_direct(chosen, game, types, uses) if question.direct else game
    hands = hands_of(game, orders, seed)
    names = tuple(_listed(outcomes)) or HEADLINE
    for name in names:
        if name not in BY_NAME:
            raise InputError("--outcome", "is no outcome", name, did_you_mean(name, BY_NAME))
    plan = plan_of(chosen, hands, (replications, seed), posterior)
    return Asked(tuple(hands), tuple(dict.fromkeys(names)), plan, question.about(names) | {"orders": orders})


def _listed(names: Names | None) -> list[str]:
    """Names as a list, which may be given comma-separated in one string as on the command line."""
    given = names.split(",") if isinstance(names, str) else names or ()
    return [name.strip() for name in given if name.strip()]


def attribute(  # noqa: PLR0913 - the verb of the product; all but the first are keywords
    scenario: str | Path | Scenario = "mid",
    *,
    interventions: Names | None = None,
    relationships: Names | None = None,
    by: str | None = None,
    players: Names | None = None,
    direct: bool = False,
    outcomes: Names | None = None,
    replications: int = 100,
    orders: int | None = None,
    seed: int = 1,
    store: str | Path | None = None,
    workers: int | None = None,
    posterior: str | Path | Posterior | None = None,
    quiet: bool = True,
) -> Attribution:
    """Split an effect among those who share in it, luck being equal.

    Parameters
    ----------
    scenario : str, Path or Scenario
        Name of a shipped scenario, a TOML file, or a scenario.
    interventions : sequence of str, optional
        What has the effect, such as ``["liaison", "collocation=0.5"]``; ``+`` joins what counts as one.
    relationships : sequence of str, optional
        The type that holds; or two, where the effect is that of turning from the first to the second.
    by : {"interventions", "practices", "mechanisms"}, optional
        Among whom it is split; by default practices between two types, else interventions.
    players : sequence of str, optional
        Groups, practices or switches of mechanisms, ``+`` joining what moves together; by default all groups
        (`sim.explain.attribution_groups`). Other practices count as one; other mechanisms stay as they are.
    direct : bool
        By mechanisms: whether the effect that needs none of them is split too, among the interventions or practices.
    outcomes : str or sequence of str, optional
        By default new bookings, median cycle and conflicts.
    replications : int
        Runs of each coalition.
    orders : int, optional
        0 for all coalitions; else so many orders, an even number. By default all with up to 7 players, else 24.
    seed : int
        Of the study.
    store : str or Path, optional
        Folder of the runs; by default one of its own in ``results``. What it holds is never run again.
    workers : int, optional
        Threads; never changes a result.
    posterior : str, Path or Posterior, optional
        Draws of the scenario's uncertain values; by default those that it names, ``"none"`` for none.
    quiet : bool
        No progress bar.

    Raises
    ------
    InputError
        Naming the field, the rule, the value and the mend.
    KeyboardInterrupt
        When interrupted; what is done is kept, and the same call goes on with it.

    Notes
    -----
    Shapley values of the outcome (interventions, practices), or of the paired effect (mechanisms), in each replication;
    intervals are those of paired differences. docs/how-to/attribute.md, docs/decisions/0039.
    """
    question = Question(interventions or (), relationships or (), by, players or (), direct)
    return asked(scenario, question, outcomes, (replications, orders, seed), posterior).run(store, workers, quiet)
