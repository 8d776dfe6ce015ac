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
from sim.spec.factors import variant
from sim.spec.labels import label_of
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
    """

    base: Scenario
    design: Design
    ids: tuple[str, ...]
    labels: tuple[str, ...]

    @staticmethod
    def of(base: Scenario, design: Design, seed: int) -> StudyPoints:
        """Make every scenario once, to know its digest."""
        settings = [design.settings(row) for row in range(len(design.rows))]
        labels = tuple(_label(base, point) for point in settings)
        return StudyPoints(base, design, tuple(_id(base, point, seed) for point in settings), labels)

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

    def source(self, place: int) -> tuple[str, Callable[[], Scenario]]:
        """Id of a distinct point, and what makes its scenario."""
        row = self.distinct[place]
        return self.ids[row], partial(variant, self.base, self.design.settings(row))

    def table(self) -> pa.Table:
        """One row per point: point_id, point, label, and the factors."""
        import pyarrow as pa

        columns = {"point_id": pa.array(self.ids, pa.string()), "point": np.arange(len(self.ids), dtype=np.int32)}
        columns["label"] = pa.array(self.labels, pa.string())
        for index, factor in enumerate(self.design.factors):
            columns[factor] = _column([row[index] for row in self.design.rows])
        return pa.table(columns)

    @staticmethod
    def from_table(base: Scenario, design: Design, table: pa.Table) -> StudyPoints | None:
        """Points as a store has written them; None where they are not those of the design."""
        if table.column_names != [*ABOUT_POINTS, *design.factors] or len(table) != len(design.rows):
            return None
        ids, labels = (tuple(table.column(name).to_pylist()) for name in ("point_id", "label"))
        points = StudyPoints(base, design, ids, labels)
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


def _column(values: Sequence[Any]) -> pa.Array:
    """Values of a factor: whole numbers, numbers or text, whatever holds them all."""
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float}:
        return pa.array(values, pa.int64() if kinds == {int} else pa.float64())
    return pa.array([None if value is None else str(value) for value in values], pa.string())
