"""Disputes as a ledger: who, over what, how it turned, what it cost; and what the blamed are blamed for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.draws import draw
from sim.analysis.rows import incidents_of, names_of, warmup_of, with_days
from sim.behaviours.calendar import DAYS_PER_QUARTER
from sim.behaviours.keys import CLASS_BITS, DAY_BITS
from sim.domain.records import World
from sim.domain.vocabulary import BLAME, DISPUTES, DRAW_BLAME_CONTENT, QUARTER_PAIR

if TYPE_CHECKING:
    import pandas as pd

KIND_BITS = 16
#: What the blamed are blamed for, and the columns of the journal that feed it (assumption): what sales holds against
#: marketing, then what marketing holds against sales. "Price" is a buyer's no, "audience" a lead that was no buyer,
#: "budget" a buyer who fell silent, "execution" a deal lost to others or to neglect.
BLAMED_FOR: dict[str, tuple[str, ...]] = {
    "price": ("lost_said_no",),
    "audience": ("rejected",),
    "budget": ("lost_no_decision",),
    "follow-up": ("expired",),
    "execution": ("lost_competitor", "lost_neglected"),
}


def ledger(world: World) -> pd.DataFrame:
    """One row per dispute, in words, with all hours that it costs.

    Returns
    -------
    pandas.DataFrame
        The columns ``INCIDENTS`` of `sim.analysis.columns.stores`. Hours of those who leave before they are paid
        lapse.
    """
    import pandas as pd

    rows, rules = incidents_of(world), world.rules
    is_escalated, is_heard = rows["is_escalated"] != 0, rows["is_heard"] != 0
    frame = pd.DataFrame(
        {
            "kind": [DISPUTES[kind - 1].replace("_", " ") for kind in rows["kind"].tolist()],
            "marketer": names_of(world, rows["marketer"]),
            "rep": names_of(world, rows["rep"]),
            "lead": _or_nothing(rows["lead"], rows["lead"] >= 0),
            "about": np.where(rows["is_personal"] != 0, "personal", "the matter"),
            "is_escalated": is_escalated,
            "is_heard": is_heard,
            "hours": rows["hours"],
            "hours_of_both": 2.0 * rows["hours"],
            "liaison_hours": np.where(is_heard, float(rules.liaison_hearing_hours), 0.0),
            "manager": names_of(world, rows["manager"]),
            "manager_hours": rows["manager_hours"],
            "decided_day": _or_nothing(rows["heard_day"] - warmup_of(world), rows["heard_day"] >= 0),
            "blamed_for": blame_contents(world),
        }
    )
    return with_days(frame, world, rows["day"])


def _or_nothing(numbers: Any, exists: Any) -> Any:
    """Whole numbers, missing where there is none."""
    import pandas as pd

    return pd.Series(numbers, dtype="Int64").where(exists)


def blame_contents(world: World) -> list[str]:
    """What each dispute's blame is about; empty for disputes of other kinds.

    Notes
    -----
    Drawn in proportion to what went wrong in the quarter that has just ended; each alike where nothing did. The luck
    belongs to the pair and the day, so a pair that quarrels in two worlds quarrels about like things. For display only:
    nothing in a run depends on it.
    """
    rows, seen = incidents_of(world), dict[int, int]()
    contents = [""] * len(rows)
    for index in np.flatnonzero(rows["kind"] == BLAME).tolist():
        day = int(rows["day"][index])
        key = _key_of(world, day, int(rows["marketer"][index]), int(rows["rep"][index]))
        occurrence = seen[key] = seen.get(key, -1) + 1
        shares = np.cumsum(_reasons(world, day))
        luck = draw(int(world.organization.seed), key, DRAW_BLAME_CONTENT, occurrence)
        contents[index] = list(BLAMED_FOR)[int(np.searchsorted(shares, luck * shares[-1]))]
    return contents


def _key_of(world: World, day: int, marketer: int, rep: int) -> int:
    pair = marketer * int(world.organization.unit_reps) + int(world.people["slot"][rep])
    return (QUARTER_PAIR << CLASS_BITS) + (day << DAY_BITS) + (BLAME << KIND_BITS) + pair


def _reasons(world: World, day: int) -> Any:
    """How much of each of BLAMED_FOR there was in the quarter that ends on a day."""
    quarter = world.journal.view(np.ndarray)[max(0, day + 1 - DAYS_PER_QUARTER) : day + 1]
    counts = [sum(float(quarter[name].sum()) for name in names) for names in BLAMED_FOR.values()]
    return counts if sum(counts) > 0 else [1.0] * len(counts)
