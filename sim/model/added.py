"""Agents of extensions as Mesa agents: the state is a row of ``world.agents``, the behaviour the extension's entry."""

from __future__ import annotations

from typing import Any

import mesa

from sim.domain.declarations import MOMENTS, AddedAgent
from sim.domain.errors import InputError
from sim.domain.extensions import function_of
from sim.engine.added import agent_of, behaviour_of


class Added(mesa.Agent):
    """An agent of an extension; a package derives its class from this one.

    Parameters
    ----------
    model : Organization
        Whose agent this is.
    row : int
        Row of ``world.agents``; it never moves.
    declared : AddedAgent
        What the package declares of it.
    """

    def __init__(self, model: Any, row: int, declared: AddedAgent) -> None:
        super().__init__(model)
        self.row, self.declared, self.role = row, declared, declared.name

    @property
    def record(self) -> Any:
        """The agent's row of ``world.agents`` (a view: what you assign is the model's state)."""
        return self.model.world.agents[self.row]

    @property
    def strain(self) -> float:
        """Strain, which agents of extensions have none of."""
        return 0.0

    @property
    def hours(self) -> float:
        """Working hours since the start of the window (before it: of the run)."""
        return float(self.record.hours_available)

    @property
    def counts(self) -> dict[str, float]:
        """What it has done since the start of the window, by name."""
        names = self.declared.counts
        return dict(zip(names, self.record["count"][: len(names)].tolist(), strict=True))

    @property
    def state(self) -> dict[str, float]:
        """What it knows, by name."""
        names = self.declared.state
        return dict(zip(names, self.record["value"][: len(names)].tolist(), strict=True))

    @property
    def moment(self) -> str:
        """When in a day it works."""
        return MOMENTS[int(self.record.moment)]

    def step(self) -> None:
        """Work a day, if the post is filled."""
        if self.record.post > 0.0:
            behaviour_of(self.declared)(self.model.world, self.row, self.model.day)


def added_agents_of(model: Any) -> list[Added]:
    """An agent for each row of ``world.agents``, of the class that its package gives.

    Raises
    ------
    InputError
        If that is no class derived from `Added`.
    """
    agents = []
    for row in range(len(model.world.agents)):
        declared = agent_of(int(model.world.agents[row].kind))
        kind = function_of(declared.agent_class, declared.package)
        if not (isinstance(kind, type) and issubclass(kind, Added)):
            where = f"extension {declared.package}: {declared.agent_class}"
            raise InputError(
                where,
                "must be a class derived from sim.model.added.Added",
                repr(kind),
                "Derive it from sim.model.added.Added.",
            )
        agents.append(kind(model, row, declared))
    return agents
