"""Points of a study: what each is called, what it sets, and the id by which its runs are found again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.domain.errors import InputError
from sim.ensemble.provenance import digest_of
from sim.ensemble.sampling import Design
from sim.spec.factors import RELATIONSHIP, variant
from sim.spec.labels import label_of
from sim.spec.posterior import Posterior, drawn
from sim.spec.scenario import Scenario

if TYPE_CHECKING:
    import pyarrow as pa

#: An id is the letter p, so that no program takes it for a number, and so many digits of a digest.
ID_DIGITS = 16
#: Columns of the table of points beside its factors.
ABOUT_POINTS = ("point_id", "point", "label")


@dataclass(frozen=True)
class StudyPoints:
    """Points of a study in their order.

    Parameters
    ----------
    base : Scenario
        What is varied.
    design : Design
        Factors and their values, a row for each point.
    ids : tuple of str
        Id of each point, from the digest of scenario and seed. Points that make the same scenario have
        the same id, and share their runs.
    labels : tuple of str
        What each is called.
    posterior : Posterior or None
        Draws over which all of them are run.
    """

    base: Scenario
    design: Design
    ids: tuple[str, ...]
    labels: tuple[str, ...]
    posterior: Posterior | None = None

    @staticmethod
    def of(base: Scenario, design: Design, seed: int, posterior: Posterior | None = None) -> StudyPoints:
        """Make every scenario once, to know its digest."""
        settings = [design.settings(row) for row in range(len(design.rows))]
        labels = tuple(_label(base, point) for point in settings)
        ids = tuple(
            _drawn_id(_id(base, point, seed), design.own_settings(row), posterior) for row, point in enumerate(settings)
        )
        return StudyPoints(base, design, ids, labels, posterior)

    @cached_property
    def distinct(self) -> tuple[int, ...]:
        """Points with an id that no earlier one has: those that are run."""
        return tuple({point_id: row for row, point_id in reversed(list(enumerate(self.ids)))}.values())[::-1]

    @cached_property
    def place(self) -> dict[str, int]:
        """Place among the distinct points, by id."""
        return {self.ids[row]: place for place, row in enumerate(self.distinct)}

    @property
    def baseline(self) -> int:
        """Place among the distinct points of the one that others are compared with."""
        return self.place[self.ids[self.design.baseline]]

    def source(self, place: int) -> tuple[str, Callable[..., Scenario]]:
        """Id of a distinct point, and what makes its scenario: of nothing, or of the settings of a draw."""
        row = self.distinct[place]
        if self.posterior is not None:
            return self.ids[row], partial(drawn, self.base, self.design.own_settings(row))
        return self.ids[row], partial(variant, self.base, self.design.settings(row))

    def draws(self, replications: range) -> tuple[tuple[int, dict[str, Any]], ...]:
        """Draw and its settings for each replication; empty without a posterior."""
        if self.posterior is None:
            return ()
        numbers = map(self.posterior.draw_of, replications)
        return tuple((number, self.posterior.settings(number)) for number in numbers)

    def table(self) -> pa.Table:
        """One row per point: point_id, point, label, and the factors."""
        import pyarrow as pa

        columns = {"point_id": pa.array(self.ids, pa.string()), "point": np.arange(len(self.ids), dtype=np.int32)}
        columns["label"] = pa.array(self.labels, pa.string())
        for index, factor in enumerate(self.design.factors):
            columns[factor] = _column([row[index] for row in self.design.rows])
        return pa.table(columns)

    @staticmethod
    def from_table(
        base: Scenario, design: Design, table: pa.Table, posterior: Posterior | None = None
    ) -> StudyPoints | None:
        """Points as a store has written them; None where they are not those of the design."""
        if table.column_names != [*ABOUT_POINTS, *design.factors] or len(table) != len(design.rows):
            return None
        ids, labels = (tuple(table.column(name).to_pylist()) for name in ("point_id", "label"))
        points = StudyPoints(base, design, ids, labels, posterior)
        return points if points.table().equals(table) else None


def _label(base: Scenario, settings: dict[str, Any]) -> str:
    try:
        return label_of(base, settings)
    except InputError:
        return ", ".join(f"{name} {value}" for name, value in settings.items())


def _id(base: Scenario, settings: dict[str, Any], seed: int) -> str:
    """Id of a point; one that cannot be made has one too, so that its failure can be written down."""
    try:
        digest = digest_of(variant(base, settings), seed)
    except Exception:  # whatever it is, the worker meets it again and records it
        text = json.dumps([digest_of(base, seed), settings], sort_keys=True, default=str)
        digest = hashlib.sha256(text.encode()).hexdigest()
    return f"p{digest[:ID_DIGITS]}"


def _drawn_id(point_id: str, settings: dict[str, Any], posterior: Posterior | None) -> str:
    """Id of a point over draws: these count, and what the point sets over them, even where it is as in the base."""
    if posterior is None:
        return point_id
    over = [name for name, value in settings.items() if value is not None]
    over = sorted(name for name in over if name == RELATIONSHIP or name in posterior.columns)
    text = json.dumps([point_id, posterior.digest, over])
    return f"p{hashlib.sha256(text.encode()).hexdigest()[:ID_DIGITS]}"


def _column(values: Sequence[Any]) -> pa.Array:
    """Values of a factor: whole numbers, numbers or text, whatever holds them all."""
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float}:
        return pa.array(values, pa.int64() if kinds == {int} else pa.float64())
    return pa.array([None if value is None else str(value) for value in values], pa.string())
