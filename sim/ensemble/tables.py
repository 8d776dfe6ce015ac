"""What can be seen of a run: its tables, for people who write Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.analysis import assessment, groups, history, incidents, rows, series, waiting
from sim.domain.records import World
from sim.domain.vocabulary import STATES

if TYPE_CHECKING:
    import pandas as pd


class RunTables:
    """Tables of a run: what a world holds, and what can be counted up from it.

    Attributes
    ----------
    world : World
        The organization after the last day.
    provenance : dict
        With the scenario that was run.
    """

    world: World
    provenance: dict[str, Any]

    @property
    def leads(self) -> pd.DataFrame:
        """One row per lead, deal and customer, with the state in words.

        Numbers are stored to seven digits; a discount is rounded back to them, so that 0.05 is not more than 0.05.
        """
        import pandas as pd

        frame = pd.DataFrame(rows.leads_of(self.world)).round({"discount": 7})
        return frame.assign(state=[STATES[state] for state in frame["state"]])

    @property
    def incidents(self) -> pd.DataFrame:
        """One row per dispute, in words, with all hours that it costs (see `sim.analysis.incidents.ledger`)."""
        return incidents.ledger(self.world)

    @property
    def journal(self) -> pd.DataFrame:
        """One row per day; day 0 is the first after the warm-up."""
        import pandas as pd

        frame = pd.DataFrame(self.world.journal[:-1])
        warmup = rows.warmup_of(self.world)
        frame.insert(0, "day", range(-warmup, len(frame) - warmup))
        return frame

    @property
    def decisions(self) -> pd.DataFrame:
        """One row per recorded decision, in words; empty unless the run was traced."""
        return history.decisions(self.world)

    def series(self, every: str = "week") -> pd.DataFrame:
        """The course of the run by ``day``, ``week``, ``month``, ``quarter`` or ``year``.

        Flows are summed, levels are those of the period's last day, shares and means are the period's own;
        `sim.analysis.series.columns_table` says which is which. Day 0 is the first after the warm-up.

        Raises
        ------
        InputError
            If there is no such period.
        """
        return series.series(self.world, every)

    def by_source(self) -> pd.DataFrame:
        """The funnel of the window by source of the lead, with its part of the programme's cost."""
        sources = self._market("sources")
        return groups.by_source(self.world, [row["name"] for row in sources], [row["relative_cost"] for row in sources])

    def by_segment(self) -> pd.DataFrame:
        """The funnel of the window by size class of the account."""
        return groups.by_segment(self.world, [row["name"] for row in self._market("segments")])

    def by_person(self) -> pd.DataFrame:
        """What every marketer, rep and liaison did in the window: leads, deals, bookings, disputes, hours by use."""
        return groups.by_person(self.world)

    def by_role(self) -> pd.DataFrame:
        """Hours a week and person of each role, by use."""
        return groups.hours_per_week(self.world)

    def event_log(self) -> pd.DataFrame:
        """What happened to each lead, in order, ready for process mining; with every touch if the run was traced."""
        return history.event_log(self.world)

    def time_to_win(self) -> pd.DataFrame:
        """What has become of deals so many days after the first contact, open ones counted as long as they are seen."""
        return waiting.time_to_win(self.world)

    def median_time_to_win(self) -> float | None:
        """Calendar days by which half of the deals that are ever won have been won; None without wins."""
        return waiting.median_time_to_win(self.world)

    def response(self) -> pd.DataFrame:
        """Share of handed-off leads contacted so many working days later; its last row is the share that ever is."""
        return waiting.response_table(self.world)

    def assessment(self) -> pd.DataFrame:
        """The self-assessment of 20 themes, 1 to 5, by marketing, sales and heads (never by person)."""
        return assessment.assessment(self.world)

    def assessment_sums(self) -> pd.DataFrame:
        """Sum (20–100) and band of marketing, sales and heads."""
        return assessment.sums(self.assessment())

    def _market(self, name: str) -> list[dict[str, Any]]:
        return list(self.provenance["scenario"]["market"][name])
