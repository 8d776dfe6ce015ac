"""The organization as a Mesa model: a step is a day, driven a person at a time.

For looking inside, teaching, subclassing, `mesa.DataCollector` and `mesa.batch_run`. Same scenario and seed give the
same bytes as the compiled loop of `sim.engine.run`, which is for many runs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import mesa
import numpy as np

from sim.domain.blueprint import Blueprint, empty_world, grow
from sim.domain.errors import InputError
from sim.domain.records import World
from sim.engine.entries import close_day, found_world, has_room, noon, open_day
from sim.engine.run import outcomes_of
from sim.model.added import added_agents_of
from sim.model.agents import Liaison, Manager, Marketer, Person, Rep

HIGHEST_SEED = 2**63 - 1
HEADLINES = ("bookings_new", "cycle_days", "conflict_per_100")


class Organization(mesa.Model):
    """A sales–marketing organization.

    Parameters
    ----------
    scenario : str or Path
        Name of a shipped scenario, or a TOML file.
    seed : int or None
        Luck, 0 … 2⁶³ − 1; None draws a fresh one, which stands in ``organization.seed`` for doing it again.
    relationship : str, optional
        Relationship type in place of the scenario's.
    interventions : str, optional
        Added to the scenario's, such as ``"liaison=2@65+collocation"``.
    blueprint : Blueprint, optional
        A resolved scenario in place of the four above but the seed.
    agent_classes : mapping, optional
        Classes to use in place of `Marketer`, `Rep`, `Liaison` or `Manager`: ``{Rep: Hunter}``. A subclass of
        `Organization` may set it as an attribute instead.
    capacity : int, optional
        First rows of leads and incidents, at least 1; results do not depend on it.

    Attributes
    ----------
    world : World
        The state (`sim.domain.records`); its rows stay where they are, but growing replaces the tables of leads and
        incidents, so ask for them anew each day.
    day : int
        The day that the next step runs; during a step, today.
    people : list of Person
        In the order of the rows of ``world.people``; a vacant desk, or somebody whom growth will bring later, is an
        agent too, whose step does nothing until the first day.
    added : list of Added
        Agents of extensions, in the order of the rows of ``world.agents``.
    datacollector : mesa.DataCollector
        A row per day, taken in the evening.

    Raises
    ------
    InputError
        If the scenario, relationship, intervention or seed is none.

    Examples
    --------
    >>> firm = Organization("micro", seed=7)
    >>> firm.step()
    >>> firm.day, firm.people[0].role
    (1, 'marketer')
    """

    agent_classes: ClassVar[Mapping[type[Person], type[Person]]] = {}

    def __init__(  # noqa: PLR0913 – mesa.batch_run passes every parameter by name
        self,
        scenario: str | Path = "mid",
        seed: int | None = 1,
        *,
        relationship: str | None = None,
        interventions: str | None = None,
        blueprint: Blueprint | None = None,
        agent_classes: Mapping[type[Person], type[Person]] | None = None,
        capacity: int | None = None,
    ) -> None:
        self.seed = _checked_seed(seed)
        super().__init__(rng=self.seed)
        plan = blueprint if blueprint is not None else _blueprint_of(scenario, relationship, interventions)
        self.world = empty_world(plan, capacity)
        self.day = 0
        found_world(self.world, self.seed)
        self.people = self._hire(plan, {**self.agent_classes, **(agent_classes or {})})
        self.added = added_agents_of(self)
        self.datacollector = mesa.DataCollector(
            model_reporters={
                **{name: name for name in ("seed", "day", "trust", "unread", "open_deals", "bookings", "disputes")},
                **{name: partial(_headline, name) for name in HEADLINES},
            },
            agent_reporters={"role": "role", "strain": "strain", "hours": "hours"},
        )

    def _hire(self, plan: Blueprint, chosen: Mapping[type[Person], type[Person]]) -> list[Person]:
        numbers: dict[type[Person], int] = {
            Marketer: plan.n_marketers,
            Rep: plan.n_reps,
            Liaison: plan.n_liaisons,
            Manager: plan.n_managers,
        }
        if unknown := [kind.__name__ for kind in chosen if kind not in numbers]:
            raise InputError(
                "agent_classes",
                "must replace Marketer, Rep, Liaison or Manager",
                ", ".join(unknown),
                "Name the class after one of them.",
            )
        people: list[Person] = []
        for kind, number in numbers.items():
            people += [chosen.get(kind, kind)(self, len(people) + slot) for slot in range(number)]
        return people

    def step(self) -> None:
        """Live through a day.

        Raises
        ------
        RuntimeError
            After the last day.
        """
        if self.day >= self.n_days:
            raise RuntimeError(f"The run ended with day {self.n_days - 1}; make a new Organization for another.")
        while not has_room(self.world, self.day):
            self.world = grow(self.world)
        open_day(self.world, self.day)
        self._let_added_work("morning")
        self._let_work(Liaison)
        self._let_work(Manager)
        self._let_work(Marketer)
        noon(self.world, self.day)
        self._let_added_work("noon")
        self._let_work(Rep)
        self._let_added_work("evening")
        close_day(self.world, self.day)
        self.day += 1
        self.running = self.day < self.n_days
        self.datacollector.collect(self)

    def _let_work(self, kind: type[Person]) -> None:
        for person in self.people:
            if person.role == kind.role:
                person.step()

    def _let_added_work(self, moment: str) -> None:
        for agent in self.added:
            if agent.moment == moment:
                agent.step()

    def run(self) -> dict[str, float | None]:
        """Live through all days that are left, and return the outcomes."""
        while self.day < self.n_days:
            self.step()
        return self.outcomes

    @property
    def n_days(self) -> int:
        """Days of the run, warm-up included."""
        return int(self.world.rules.n_days)

    @property
    def outcomes(self) -> dict[str, float | None]:
        """Outcomes by name (`sim.domain.outcomes`), None for what does not exist, such as a cycle without a win.

        Raises
        ------
        RuntimeError
            Before the last day is over.
        """
        if self.day < self.n_days:
            raise RuntimeError(f"Outcomes exist after the last of {self.n_days} days; day {self.day} comes next.")
        return outcomes_as_dict(self.world)

    @property
    def trust(self) -> float:
        """Mean trust of all pairs as of Monday, 0–1."""
        return float(self.world.organization.mean_trust)

    @property
    def unread(self) -> float:
        """Unread leads of an average rep last evening."""
        return self._of_last_evening("unread")

    @property
    def open_deals(self) -> float:
        """Open deals of all reps last evening."""
        return self._of_last_evening("open_deals")

    @property
    def bookings(self) -> float:
        """First-year value of all wins so far, warm-up included, c.u."""
        return float(self.world.journal["bookings"][: self.day].sum())

    @property
    def disputes(self) -> int:
        """Disputes so far, warm-up included."""
        return int(self.world.organization.n_incidents)

    def _of_last_evening(self, column: str) -> float:
        return float(self.world.journal[column][self.day - 1]) if self.day > 0 else 0.0


def outcomes_as_dict(world: World) -> dict[str, float | None]:
    """Outcomes of a finished run by name, None for what does not exist."""
    values = outcomes_of(world)
    return {name: None if math.isnan(values[name]) else float(values[name]) for name in values.dtype.names}


def _headline(name: str, firm: Organization) -> float | None:
    """A headline outcome after the last day, None before: so `mesa.batch_run` returns it in a run's last row."""
    return firm.outcomes[name] if firm.day == firm.n_days else None


def _checked_seed(seed: Any) -> int:
    if seed is None:
        return int(np.random.default_rng().integers(HIGHEST_SEED))
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed <= HIGHEST_SEED:
        raise InputError("seed", f"must be a whole number between 0 and {HIGHEST_SEED}", seed, "Give one within that.")
    return int(seed)


def _blueprint_of(scenario: str | Path, relationship: str | None, interventions: str | None) -> Blueprint:
    from sim.spec.catalogue import load_scenario
    from sim.spec.edit import with_interventions, with_relationship
    from sim.spec.resolve import blueprint_of

    resolved = load_scenario(scenario)
    if relationship is not None:
        resolved = with_relationship(resolved, relationship)
    if interventions is not None:
        resolved = with_interventions(resolved, interventions)
    return blueprint_of(resolved)
