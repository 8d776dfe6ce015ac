"""What is measured of sales development reps."""

from __future__ import annotations

from sim.behaviours.calendar import DAYS_PER_YEAR
from sim.domain.extensions import added_agents
from sim.domain.records import World

MEETINGS = 2


def sdr_meetings(world: World) -> float:
    """Meetings that SDRs have booked in the window, per year; 0 where there are no SDRs."""
    team = world.agents[world.agents["kind"] == added_agents()["sdr"].kind]
    meetings = float(team["count"][:, MEETINGS].sum())
    return meetings * DAYS_PER_YEAR / max(1.0, float(world.rules.n_days - world.rules.warmup_days))
