"""A quantity that an export tells directly, with its interval, and what all such quantities rest on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.blocks import block_ends
from sim.analysis.sequential import LEVEL
from sim.calibrate.facts import FunnelFacts
from sim.calibrate.importers import Export
from sim.calibrate.waits import week_blocks
from sim.calibrate.windows import Window

#: Short names of the methods, as tables show them; the docstrings of the functions have the sources.
BLOCKS = "blocks of weeks left out (jackknife)"
SHARE = "Wilson, rows in blocks of weeks"
WEEKS = "weeks left out (jackknife)"


@dataclass(frozen=True)
class Estimate:
    """One quantity with its interval.

    Parameters
    ----------
    quantity : str
        What it is.
    path : str or None
        The value of a scenario that it sets, such as ``market.day_noise_shape``; None if it sets none by itself.
    unit : str
        "share" for 0 to 1, else in words; empty for bare numbers.
    value, low, high : float
        Estimate and ends of its interval; NaN where there is no interval.
    level : float
        Of the interval, 0 to 1.
    method : str
        How the interval came about.
    n : int
        Rows, weeks or people behind it, as ``note`` says; rows if it says nothing.
    note : str
        What must be known to read it.
    part : str
        Heading under which it stands.
    """

    quantity: str
    path: str | None
    unit: str
    value: float
    low: float
    high: float
    level: float
    method: str
    n: int
    note: str = ""
    part: str = ""


@dataclass(frozen=True, eq=False)
class Basis:
    """What estimates rest on.

    Parameters
    ----------
    export : Export
        As read.
    window : Window
        Where it can be trusted.
    facts : FunnelFacts
        The point estimates.
    seed : int
        Of what is drawn.
    level : float
        Of all intervals.
    """

    export: Export
    window: Window
    facts: FunnelFacts
    seed: int = 1
    level: float = field(default=LEVEL)

    def block(self, rows: pd.DataFrame) -> Any:
        """Block of weeks of each row, int of shape (rows,): by creation, or by close where rows are older than that."""
        is_young = bool((rows["created"] >= self.window.start).all())
        moment = rows["created"] if is_young else rows["closed"].fillna(rows["created"])
        return week_blocks(moment, self.window.start)

    def ends(self, value: float, without: Any, link: str = "log") -> tuple[float, float]:
        """Interval from the values without each block."""
        return block_ends(value, without, link, self.level)


def without_each(block: Any, statistic: Callable[[Any], float]) -> Any:
    """A statistic of the rows outside each block, shape (blocks,); it is given which rows those are (bool)."""
    return np.array([statistic(block != one) for one in np.unique(block)])
