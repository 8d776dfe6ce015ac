"""Sales development reps as Mesa agents."""

from __future__ import annotations

from sim.model.added import Added


class SalesDevelopmentRep(Added):
    """A sales development rep: its step is the compiled person-day."""

    @property
    def meetings_per_call(self) -> float:
        """Share of calls that became a meeting, since the start of the window; 0 before the first call."""
        return self.counts["meetings"] / max(1.0, self.counts["calls"])
