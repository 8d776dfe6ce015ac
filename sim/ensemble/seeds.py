"""Seeds of a study's runs: replication r of every point has the same, and studies of different seeds share none."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.domain.errors import InputError
from sim.spec.designs import MOST_SEED

SEEDS = MOST_SEED + 1


def run_seed(seed: int, replication: int) -> int:
    """Seed of a replication: the first has the study's own, and studies of different seeds share no run.

    Raises
    ------
    InputError
        If the seed is no whole number, negative or too large.

    Examples
    --------
    >>> run_seed(1, 0), run_seed(1, 1)
    (1, 2147483649)
    """
    check_whole("seed", seed, 0, MOST_SEED)
    return int(seed) + SEEDS * replication


def check_whole(field: str, value: Any, low: int, high: int) -> None:
    """Make sure that a value is a whole number within a range, both ends allowed.

    Raises
    ------
    InputError
        If it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not low <= value <= high:
        raise InputError(field, f"must be a whole number between {low} and {high}", value, "Give one within that.")
