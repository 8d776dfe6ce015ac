"""Compute how often intervals of rare events cover the truth, by number of pairs.

    python experiments/measure_rare_events.py

Most pairs are equal, the others differ by one event in one direction or the other. The number of events is binomial,
and so is the number that go the other way, so coverage is computed exactly, for every share of pairs that differ from 5
to 45 %. It is that of the intervals that studies would have if any number of pairs were enough for one, which is how
`sim.analysis.rare.ENOUGH` was found. The table is printed and, where this is a checkout, written into
docs/statistics.md.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
from scipy import stats

from sim.analysis.intervals import Ends
from sim.analysis.rare import LEAST, ends_where_enough

DOCS = Path(__file__).resolve().parents[1] / "docs" / "statistics.md"
MARK = re.compile(r"<!-- rare events -->\n.*?<!-- end of rare events -->", re.DOTALL)
SIZES = (50, 100, 200)
#: Shares of pairs that differ, and of those that differ the other way.
SHARES = np.arange(0.05, 0.451, 0.01)
OTHER_WAY = (0.0, 0.1, 0.3)
#: Numbers of events that are less probable are left out.
TOO_IMPROBABLE = 1e-7
HEAD = (
    "of them in the other direction",
    "pairs",
    "shares for which 94 to 96 % cover",
    "lowest coverage",
    "highest",
    "root mean square distance from 95 %, in points",
)


def row(other_way: float, n: int) -> list[str]:
    """How near to 95 % the intervals of studies of n pairs come, over all shares of pairs that differ."""
    covered = 100.0 * np.array([coverage(n, share, other_way) for share in SHARES])
    within = 100.0 * ((covered >= 94.0) & (covered <= 96.0)).mean()
    distance = float(np.sqrt(((covered - 95.0) ** 2).mean()))
    ends = (f"{end:.1f} %" for end in (covered.min(), covered.max()))
    return [f"{100 * other_way:.0f} %", str(n), f"{within:.0f} %", *ends, f"{distance:.1f}"]


def coverage(n: int, share: float, other_way: float) -> float:
    """Share of intervals that hold the truth, of studies in which five pairs or more differ and at most half do.

    Parameters
    ----------
    n : int
        Pairs in each study.
    share, other_way : float
        Share of pairs that differ, and of these the share that differ in the other direction.
    """
    truth, held, told = share * (1.0 - 2.0 * other_way), 0.0, 0.0
    for events in range(LEAST, n // 2 + 1):
        for other in range(events + 1):
            chance = stats.binom.pmf(events, n, share) * stats.binom.pmf(other, events, other_way)
            if chance > TOO_IMPROBABLE:
                told += chance
                held += chance * holds(ends_of_events(n, events - other, other), truth)
    return float(held / told)


def holds(ends: Ends, truth: float) -> bool:
    """Whether an interval holds the truth."""
    return ends.low is not None and ends.high is not None and ends.low <= truth <= ends.high


@cache
def ends_of_events(n: int, some: int, other: int) -> Ends:
    """The rule's interval where so many of n pairs differ by 1 and so many by −1, even if it would not be printed."""
    return ends_where_enough(np.repeat([1.0, -1.0, 0.0], [some, other, n - some - other]))[0]


def main() -> None:
    """Print the table, and write it into its place."""
    rows = [HEAD, ["---"] * len(HEAD), *(row(other_way, n) for other_way in OTHER_WAY for n in SIZES)]
    text = "\n".join("| " + " | ".join(cells) + " |" for cells in rows)
    print(text)
    if DOCS.exists():
        page = DOCS.read_text(encoding="utf-8")
        block = f"<!-- rare events -->\n{text}\n<!-- end of rare events -->"
        DOCS.write_text(MARK.sub(lambda _: block, page), encoding="utf-8")


if __name__ == "__main__":
    main()
