"""An organization that lives day by day before somebody's eyes, and what happens in it, ready to be drawn.

A living organization is the run that `sim.run` makes, stopped for a moment: its figures on a day are those of a run
that ends on that day. What is changed acts from today on: the past is lived again under the new scenario, which leaves
it as it was, since nothing acts before its day.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.analysis.rows import incidents_of, is_deal, is_inbound, leads_of, person_names
from sim.domain.blueprint import empty_world
from sim.domain.outcomes import OUTCOMES
from sim.domain.records import World
from sim.domain.vocabulary import ARCHIVED, EXPIRED, LIAISON, LOST, MARKETER, RAW, REJECTED, SELF_FOUND, WON
from sim.engine.entries import found_world
from sim.engine.run import outcomes_by, run_on
from sim.ensemble.comparison import number_or_none
from sim.ensemble.seeds import run_seed
from sim.spec.resolve import blueprint_of
from sim.spec.scenario import Scenario

#: What may happen to a lead on a day: name, the column of its day, and columns that say who is in it.
HAPPENINGS = ("came_in", "handed", "opened", "won", "lost", "gone", "churned")


class Living:
    """One organization, as of a morning.

    Parameters
    ----------
    scenario : Scenario
        What it is.
    seed : int
        Luck, as in `sim.run`.
    today : int
        Working days of the window that lie behind it; the warm-up always does.

    Raises
    ------
    InputError
        If the scenario cannot be run.

    Examples
    --------
    >>> from sim.spec.catalogue import load_scenario
    >>> firm = Living(load_scenario("micro"), seed=1)
    >>> _ = firm.live(5)
    >>> firm.today, firm.is_over
    (5, False)
    """

    def __init__(self, scenario: Scenario, seed: int, today: int = 0) -> None:
        self.scenario, self.seed = scenario, seed
        self.world = _founded(scenario, seed)
        self.day = 0
        self._live_until(self.warmup + min(today, self.n_days))

    @property
    def warmup(self) -> int:
        """Working days before the window."""
        return int(self.world.rules.warmup_days)

    @property
    def n_days(self) -> int:
        """Working days of the window."""
        return int(self.world.rules.n_days) - self.warmup

    @property
    def today(self) -> int:
        """Working days of the window that are over."""
        return self.day - self.warmup

    @property
    def is_over(self) -> bool:
        """Whether the last day is over."""
        return self.today >= self.n_days

    def live(self, days: int = 1) -> dict[str, Any]:
        """Live through some days, or through those that are left, and tell what happened (see `happenings`)."""
        first, n_before = self.day, int(self.world.organization.n_incidents)
        self._live_until(min(self.day + days, self.warmup + self.n_days))
        return happenings(self.world, first, self.day, n_before)

    def change(self, scenario: Scenario) -> None:
        """Go on under another scenario from today; what lies behind is lived again and is as it was.

        Raises
        ------
        InputError
            If the scenario cannot be run.
        """
        other = Living(scenario, self.seed, self.today)
        self.scenario, self.world, self.day = other.scenario, other.world, other.day

    def figures(self) -> dict[str, float | None]:
        """Outcomes of the window so far, as a run that ends today has them; none before the first evening."""
        if self.today < 1:
            return dict.fromkeys((outcome.name for outcome in OUTCOMES), None)
        measured = outcomes_by(self.world, self.day)
        return {outcome.name: number_or_none(measured[outcome.name]) for outcome in OUTCOMES}

    def trust(self) -> Any:
        """Trust of every pair in the morning, float64 of shape (marketers, reps of a unit)."""
        pairs = self.world.pairs["trust"].view(np.ndarray)
        return pairs.reshape(int(self.world.organization.n_marketers), -1)

    def people(self) -> list[dict[str, Any]]:
        """Everybody whom the firm will ever have: row, name, role, unit."""
        table, names = self.world.people.view(np.ndarray), person_names(self.world)
        columns = (table["role"].tolist(), table["unit"].tolist())
        return [
            {"row": row, "name": name, "role": role, "unit": unit}
            for row, (name, role, unit) in enumerate(zip(names, *columns, strict=True))
        ]

    def desks(self) -> list[int]:
        """How each desk stands today, by row of people: 0 not planned, 1 vacant, 2 somebody sits there."""
        table, firm = self.world.people.view(np.ndarray), self.world.organization
        planned = np.array([firm.marketers_today, firm.reps_today, 0, firm.managers_today])
        is_planned = table["slot"] < planned[table["role"]]
        is_there = is_planned & (table["first_day"] <= self.day)
        is_there |= (table["role"] == LIAISON) & (table["post"] > 0.0)
        return np.where(is_there, 2, np.where(is_planned, 1, 0)).tolist()

    def waiting(self) -> list[int]:
        """Leads that wait, by row of people: with a marketer the raw ones, with a rep the unread ones."""
        table, leads = self.world.people.view(np.ndarray), leads_of(self.world)
        owners = leads["marketer"][leads["state"] == RAW]
        raw = np.bincount(owners[owners >= 0], minlength=len(table))
        return np.where(table["role"] == MARKETER, raw, table["unread"]).tolist()

    def journal(self, first: int = 0) -> Any:
        """Rows of the journal from a day of the window until today."""
        return self.world.journal.view(np.ndarray)[self.warmup + first : self.day]

    def _live_until(self, day: int) -> None:
        if day > self.day:
            self.world = run_on(self.world, self.day, day)
            self.day = day


def _founded(scenario: Scenario, seed: int) -> World:
    world = empty_world(blueprint_of(scenario))
    found_world(world, run_seed(seed, 0))
    return world


def happenings(world: World, first: int, end: int, n_incidents: int) -> dict[str, Any]:
    """What happened from a day until before another, as lists of whole numbers that a page can draw.

    Parameters
    ----------
    first, end : int
        Working days since the start of the run.
    n_incidents : int
        Disputes before them.

    Returns
    -------
    dict
        For each of HAPPENINGS a list of ``[lead, source, marketer, rep]`` (rows; −1: none), with the reason behind it
        for ``lost`` and ``gone``, the first-year value for ``won``. ``disputes``: ``[kind, marketer, rep, is_personal,
        is_escalated, lead]``.
    """
    leads = leads_of(world)
    state, closed = leads["state"], _within(leads["closed_day"], first, end)
    is_lost = state == LOST
    chosen = {
        "came_in": is_inbound(leads) & _within(leads["born_day"], first, end),
        "handed": _within(leads["handed_day"], first, end),
        "opened": is_deal(leads) & _opened(leads, first, end),
        "won": closed & is_deal(leads) & np.isin(state, WON),
        "lost": closed & is_lost,
        "gone": closed & np.isin(state, (EXPIRED, ARCHIVED, REJECTED)),
        "churned": _within(leads["churned_day"], first, end),
    }
    behind = {"won": "booked", "lost": "reason", "gone": "state"}
    told: dict[str, Any] = {name: _rows(leads, mask, behind.get(name)) for name, mask in chosen.items()}
    disputes = incidents_of(world)[n_incidents:]
    columns = ("kind", "marketer", "rep", "is_personal", "is_escalated", "lead")
    told["disputes"] = np.stack([disputes[column] for column in columns], axis=1).tolist()
    return told


def _within(days: Any, first: int, end: int) -> Any:
    return (days >= first) & (days < end)


def _opened(leads: Any, first: int, end: int) -> Any:
    """Deals of these days: of inbound leads at the first contact, of those that reps find when they are found."""
    days = np.where(leads["source"] == SELF_FOUND, leads["born_day"], leads["first_day"])
    return _within(days, first, end)


def _rows(leads: Any, chosen: Any, behind: str | None) -> list[list[int]]:
    rows = np.flatnonzero(chosen)
    columns = [rows, *(leads[name][rows] for name in ("source", "marketer", "rep"))]
    if behind is not None:
        columns.append(np.rint(leads[behind][rows]).astype(np.int64))
    return np.stack(columns, axis=1).tolist()
