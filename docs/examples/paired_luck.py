"""How much common luck is worth: variance of the difference with independent seeds over that with common ones.

    python docs/examples/paired_luck.py [REPLICATIONS]

A ratio of 20 means that 100 pairs on common luck tell as much as 2,000 pairs of independent runs.
"""

from __future__ import annotations

import sys

import sim
from sim.domain.outcomes import OUTCOMES

SHOWN = ("bookings_new", "wins", "cycle_days", "conflict_per_100", "followup_rate", "win_rate", "trust")
INTERVENTIONS = ("disciplined_meetings", "joint_assignments", "liaison", "collocation", "handoff_definition")


def main(replications: int = 300) -> None:
    """Print the ratio for every intervention on the undefined mid-size organization."""
    results = sim.compare("mid", interventions=INTERVENTIONS, replications=replications).results
    columns = [[outcome.name for outcome in OUTCOMES].index(name) for name in SHOWN]
    base, *others = results.outcomes[:, :, columns]
    print(f"{'':22}" + "".join(f"{name:>18}" for name in SHOWN))
    for point, values in zip(results.points[1:], others, strict=True):
        ratios = (values.var(axis=0) + base.var(axis=0)) / (values - base).var(axis=0)
        print(f"{point.id:22}" + "".join(f"{ratio:>18.1f}" for ratio in ratios))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
