"""The course of a run: what the journal says, by day, week, month, quarter or year (docs/odd.md, "Observation")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.rows import n_window_days, warmup_of, with_days
from sim.behaviours.calendar import DAYS_PER_MONTH, DAYS_PER_QUARTER, DAYS_PER_WEEK, DAYS_PER_YEAR
from sim.domain.errors import InputError, did_you_mean
from sim.domain.outcomes import BY_NAME
from sim.domain.records import JOURNAL_FIELDS, World
from sim.domain.vocabulary import DISPUTES

if TYPE_CHECKING:
    import pandas as pd

#: Working days of each period.
PERIODS = {
    "day": 1,
    "week": DAYS_PER_WEEK,
    "month": DAYS_PER_MONTH,
    "quarter": DAYS_PER_QUARTER,
    "year": DAYS_PER_YEAR,
}
#: Columns of the journal that are summed, and those of which the last day's value is shown.
FLOWS = tuple(field for field in JOURNAL_FIELDS if field.kind != "level")
LEVELS = tuple(field for field in JOURNAL_FIELDS if field.kind == "level")
_ALL_DISPUTES = tuple(f"{kind}_disputes" for kind in DISPUTES)
_DONE = ("contacted", "expired")
_CLOSED = ("wins", "lost_no_decision", "lost_competitor", "lost_said_no", "lost_neglected")
#: Shares and means of a period: summed columns above, summed columns below; named and defined as the outcome.
RATIOS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "followup_rate": (("contacted",), _DONE),
    "acceptance_rate": (("accepted",), _DONE),
    "win_rate": (("wins",), _CLOSED),
    "response_days": (("response_days",), ("contacted",)),
    "response_hours": (("response_hours",), ("contacted",)),
    "discount_mean": (("discounts",), ("wins",)),
    "mkt_sourced_share": (("bookings_marketing",), ("bookings",)),
    "quota_share": (("quotas_met",), ("quotas",)),
    "retention": (("renewals_won",), ("renewals_due",)),
    "net_retention": (("bookings_renewal",), ("value_due",)),
    "cac": (("pay", "programme", "practice_cost", "intervention_cost"), ("wins",)),
    "conflict_per_100": (_ALL_DISPUTES, ("handed_off",)),
}
#: Factors on a ratio.
_TIMES = {"conflict_per_100": 100.0}


def series(world: World, every: str = "week") -> pd.DataFrame:
    """One row per period: flows summed, levels as of its last day, shares and means of the period.

    Parameters
    ----------
    every : {"day", "week", "month", "quarter", "year"}
        Length of a period: 1, 5, 22, 65 or 260 working days. Periods are counted from the first day of the window, so
        the first of the warm-up and the last of all may be shorter.

    Returns
    -------
    pandas.DataFrame
        ``day`` and ``calendar_day`` of the period's first day (0: first of the window), ``days`` in it, then the
        columns of `columns_table`. What does not exist (no contact, so no response) is NaN.

    Raises
    ------
    InputError
        If there is no such period.
    """
    import pandas as pd

    if every not in PERIODS:
        raise InputError("every", f"must be one of {', '.join(PERIODS)}", every, did_you_mean(every, PERIODS))
    warmup, n_days = warmup_of(world), warmup_of(world) + n_window_days(world)
    days = np.arange(n_days)
    firsts = np.flatnonzero(np.diff((days - warmup) // PERIODS[every], prepend=-n_days - 1))
    lasts = np.append(firsts[1:], n_days) - 1
    journal = world.journal.view(np.ndarray)[:n_days]
    sums = {field.name: np.add.reduceat(journal[field.name], firsts) for field in FLOWS}
    columns = {"days": lasts - firsts + 1, **sums}
    columns |= {field.name: journal[field.name][lasts] for field in LEVELS}
    columns |= {name: _ratio(name, sums) for name in RATIOS}
    return with_days(pd.DataFrame(columns), world, firsts)


def _ratio(name: str, sums: dict[str, Any]) -> Any:
    above, below = (sum(sums[part] for part in parts) for parts in RATIOS[name])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, _TIMES.get(name, 1.0) * above / below, np.nan)


def columns_table() -> pd.DataFrame:
    """The columns of a series: name, unit, how a period is summed up, meaning."""
    import pandas as pd

    rows = [(f.name, f.unit, "sum", f.meaning) for f in FLOWS if f.name not in RATIOS]
    rows += [(f.name, f.unit, "last day", f.meaning) for f in LEVELS]
    for name, (above, below) in RATIOS.items():
        how = " / ".join(" + ".join(parts) for parts in (above, below))
        rows.append((name, BY_NAME[name].unit, how, BY_NAME[name].meaning))
    return pd.DataFrame(rows, columns=["name", "unit", "how", "meaning"])
