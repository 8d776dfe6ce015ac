"""The order of a Saltelli design: blocks of points in which one factor at a time is taken from another point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.study import require_columns
from sim.domain.errors import InputError


@dataclass(frozen=True, eq=False)
class Blocks:
    """How the rows of a Saltelli design hang together.

    Every block is A, then A with factor j of B for each j, then (with second order) B with factor j of A, then B.

    Parameters
    ----------
    names : tuple of str
        Factors in the order of the design.
    n_samples : int
        Blocks (Saltelli's N).
    has_second_order : bool
        Whether the second kind of row is there.
    """

    names: tuple[str, ...]
    n_samples: int
    has_second_order: bool

    @property
    def step(self) -> int:
        """Rows of a block."""
        return (2 if self.has_second_order else 1) * len(self.names) + 2

    @property
    def base_rows(self) -> Any:
        """Rows of A and of B, int of shape (2 N,): the points that are independent of each other."""
        starts = np.arange(self.n_samples) * self.step
        return np.concatenate([starts, starts + self.step - 1])

    def rows_with(self, factor: int) -> Any:
        """Rows of A that have one factor of B, int of shape (N,)."""
        return np.arange(self.n_samples) * self.step + 1 + factor


def blocks_of(points: pd.DataFrame, names: Sequence[str]) -> Blocks:
    """Recognize a Saltelli design by its rows, and whether it can tell second-order indices.

    Raises
    ------
    InputError
        If a factor is no column of ``points`` or the rows are in no such order.

    Examples
    --------
    >>> one = pd.DataFrame({"a": [1, 2, 1, 2], "b": ["x", "x", "y", "y"]})
    >>> blocks_of(one, ["a", "b"])
    Blocks(names=('a', 'b'), n_samples=1, has_second_order=False)
    """
    require_columns(points, names, "points")
    codes = np.column_stack([pd.factorize(points[name])[0] for name in names])
    for has_second_order in (False, True):
        blocks = Blocks(tuple(names), len(points) // _step(len(names), has_second_order), has_second_order)
        if blocks.n_samples > 0 and blocks.n_samples * blocks.step == len(points) and _fits(codes, blocks):
            return blocks
    raise InputError(
        "points",
        f"must be the rows of a Saltelli design of {len(names)} factors in its order",
        f"{len(points)} rows in another order",
        'Give all points of a study with design.kind = "saltelli", in their order.',
    )


def _step(n_factors: int, has_second_order: bool) -> int:
    return (2 if has_second_order else 1) * n_factors + 2


def _fits(codes: Any, blocks: Blocks) -> bool:
    """Whether every mixed row is its parent but for the one factor that it has of the other."""
    parts = codes.reshape(blocks.n_samples, blocks.step, len(blocks.names))
    first, last = parts[:, 0], parts[:, -1]
    pairs = [(1, first, last)] + ([(1 + len(blocks.names), last, first)] if blocks.has_second_order else [])
    for start, parent, other in pairs:
        for factor in range(len(blocks.names)):
            expected = parent.copy()
            expected[:, factor] = other[:, factor]
            if not np.array_equal(parts[:, start + factor], expected):
                return False
    return True
