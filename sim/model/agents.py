"""People as Mesa agents: each `step` is one person-day, done by the same kernel as in the compiled day loop."""

from __future__ import annotations

from typing import Any, ClassVar

import mesa

from sim.domain.vocabulary import AVAILABLE, USES
from sim.engine.entries import liaison_works, manager_works, marketers_work, reps_work


class Person(mesa.Agent):
    """Somebody of the organization: the state is a row of ``world.people``, the behaviour a kernel.

    Parameters
    ----------
    model : Organization
        Whose person this is.
    row : int
        Row of ``world.people``; it never moves.
    """

    role: ClassVar[str] = "person"

    def __init__(self, model: Any, row: int) -> None:
        super().__init__(model)
        self.row = row

    @property
    def record(self) -> Any:
        """The person's row of ``world.people`` (a view: what you assign is the model's state)."""
        return self.model.world.people[self.row]

    @property
    def strain(self) -> float:
        """Strain left by personal disputes, 0–1."""
        return float(self.model.world.people["strain"][self.row])

    @property
    def hours(self) -> float:
        """Working hours since the start of the window (before it: of the run)."""
        return float(self.model.world.people["hours"][self.row, AVAILABLE])

    @property
    def uses(self) -> dict[str, float]:
        """Hours by use since the start of the window; all but ``available`` sum to ``available``."""
        return dict(zip(USES, self.record["hours"].tolist(), strict=True))

    def remove(self) -> None:
        """Leave for good: nobody does this person's work any more, and what waits in the inbox lapses."""
        super().remove()
        self.model.people.remove(self)


class Marketer(Person):
    """A marketer: judges raw leads in the order they came, hands off the ready ones, then works on campaigns."""

    role = "marketer"

    def step(self) -> None:
        """Work a day."""
        marketers_work(self.model.world, self.row, self.row + 1, self.model.day)


class Rep(Person):
    """A rep: reads the inbox, works what waits on the desk, best first, then prospects."""

    role = "rep"

    def step(self) -> None:
        """Work a day."""
        reps_work(self.model.world, self.row, self.row + 1, self.model.day)


class Liaison(Person):
    """A liaison: hears disputes, visits pairs, carries news both ways."""

    role = "liaison"

    def step(self) -> None:
        """Work a day."""
        liaison_works(self.model.world, self.row, self.model.day)


class Manager(Person):
    """A manager: hears escalated disputes, looks for successors, plans the quarter."""

    role = "manager"

    def step(self) -> None:
        """Work a day."""
        manager_works(self.model.world, self.row, self.model.day)
