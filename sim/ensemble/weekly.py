"""The course of a run by week, as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.behaviours.calendar import DAYS_PER_WEEK
from sim.domain.records import JOURNAL_FIELDS

LEVELS = frozenset(field.name for field in JOURNAL_FIELDS if field.kind == "level")


def weekly_series(journal: Any, n_days: int, names: Sequence[str]) -> Any:
    """Weekly values of columns of a journal, float64 of shape (weeks, names): levels of Friday, sums of all others."""
    weeks = n_days // DAYS_PER_WEEK
    columns = []
    for name in names:
        days = np.asarray(journal[name][: weeks * DAYS_PER_WEEK]).reshape(weeks, DAYS_PER_WEEK)
        columns.append(days[:, -1] if name in LEVELS else days.sum(axis=1))
    return np.stack(columns, axis=1)
