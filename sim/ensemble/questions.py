"""What can be asked of a study: comparison, choice, interaction, sensitivity, dose, map, time to win."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sim.analysis.intervals import USUAL
from sim.domain.errors import InputError
from sim.ensemble.sampling import Design, problem_of
from sim.spec.designs import Sequential
from sim.spec.plan import Plan

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.analysis.contingency import ContingencyMap
    from sim.analysis.dose_response import DoseResponse
    from sim.analysis.morris import MorrisScreening
    from sim.analysis.selection import Selection
    from sim.analysis.sensitivity import SobolIndices
    from sim.analysis.survival import TimeToWin, TimeToWinDifference

Names = str | Sequence[str]


class Questions(ABC):
    """Questions to a study's points and runs; each answer is a table, or says more of itself.

    Attributes
    ----------
    plan : Plan
        What was asked for.
    design : Design
        Its points as they were drawn.
    """

    plan: Plan
    design: Design

    @abstractmethod
    def table(self, name: str) -> pd.DataFrame:
        """A table of the study by name."""

    @cached_property
    def points(self) -> pd.DataFrame:
        """One row per point: point_id, point, label, and a column for each factor."""
        return self.table("points")

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row per run: point_id, draw, replication, seed, status, error, and the outcomes; sorted."""
        return self.table("runs")

    @property
    def factors(self) -> list[str]:
        """What is varied."""
        return list(self.design.factors)

    @property
    def baseline(self) -> dict[str, Any]:
        """Value by factor of the point that others are compared with."""
        return self.design.settings(self.design.baseline)

    def compare(
        self,
        outcomes: Names | None = None,
        by: Names = (),
        *,
        baseline: str | Mapping[str, Any] | None = None,
        method: str | None = None,
        adjust: str = "holm",
    ) -> pd.DataFrame:
        """Compare every point with its baseline on common luck.

        Parameters
        ----------
        outcomes : str or sequence of str, optional
            All that the plan keeps, where left out.
        by : str or sequence of str
            Factors within whose levels each group has a baseline of its own: ``by="relationship"`` compares each
            intervention with none under the same type.
        baseline : str or mapping, optional
            Of each group, such as ``{"interventions": ""}``; by default the plan's, and the first point of a group.
        method : {"t", "skewed", "bootstrap", "sequential"}, optional
            How intervals are found; by default what fits how the replications were fixed.
        adjust : {"holm", "fdr", "none"}
            How p values are adjusted over all comparisons of an outcome.

        Returns
        -------
        pandas.DataFrame
            See `sim.analysis.points.compare_points`.

        Raises
        ------
        InputError
            If something named does not exist.
        """
        from sim.analysis.points import compare_points

        how = method or self.method
        chosen = baseline if baseline is not None or by else self.baseline
        return compare_points(self.points, self.runs, outcomes, by, chosen, how, adjust)

    def differences(self, outcome: str) -> pd.DataFrame:
        """Differences from the baseline on common luck: a row per replication, a column per other point, by its label.

        Of a study with a single point: its values. NaN where either has none.

        Raises
        ------
        InputError
            If the plan does not keep the outcome.
        """
        if outcome not in self.runs:
            raise InputError(
                "outcome", "must be one that the plan keeps", outcome, "Choose one of those, or run the plan with it."
            )
        labels = dict(zip(self.points["point_id"], self.points["label"], strict=True))
        values: pd.DataFrame = self.runs.pivot(index="replication", columns="point_id", values=outcome)[list(labels)]
        own = self.points["point_id"].iloc[self.design.baseline]
        if len(labels) > 1:
            values = values.sub(values[own], axis=0).drop(columns=own)
        return values.rename(columns=lambda point: labels[point])

    @property
    def method(self) -> str:
        """How intervals are found, by how the replications were fixed."""
        return "sequential" if isinstance(self.plan.replications, Sequential) else USUAL

    def best(self, outcome: str, indifference: float, by: Names = (), *, level: float = 0.95) -> list[Selection]:
        """The best point, of each group where groups are asked for, with the probability of having picked right.

        Parameters
        ----------
        outcome : str
            One that has a better side.
        indifference : float
            Smallest difference that matters, in its unit.

        Raises
        ------
        InputError
            See `sim.analysis.selection.select_points`.
        """
        from sim.analysis.selection import select_points

        return select_points(self.points, self.runs, outcome, indifference, by, level)

    def interactions(
        self, outcomes: Names | None = None, by: Names = (), *, margin: float | None = None, adjust: str = "holm"
    ) -> pd.DataFrame:
        """Whether pairs of interventions add up; see `sim.analysis.interaction.compare_interactions`."""
        from sim.analysis.interaction import compare_interactions

        return compare_interactions(self.points, self.runs, outcomes, by, margin, self.method, adjust)

    def per_cost(self, outcomes: Names | None = None, by: Names = (), *, cost: str = "cost") -> pd.DataFrame:
        """Effect of each point for each unit of money; see `sim.analysis.efficiency.compare_efficiency`."""
        from sim.analysis.efficiency import compare_efficiency

        return compare_efficiency(self.points, self.runs, outcomes, by, None if by else self.baseline, cost)

    def sensitivity(self, outcome: str) -> SobolIndices:
        """How much of an outcome's variance each factor accounts for, from a ``saltelli`` design.

        Raises
        ------
        InputError
            If the plan has another design; see `sim.analysis.sensitivity.sobol_indices`.
        """
        from sim.analysis.sensitivity import sobol_indices

        self._require("saltelli", "sensitivity")
        return sobol_indices(self.points, self.runs, problem_of(self.plan), outcome)

    def screening(self, outcome: str) -> MorrisScreening:
        """Which of many factors matter at all, from a ``morris`` design.

        Raises
        ------
        InputError
            If the plan has another design; see `sim.analysis.morris.morris_screening`.
        """
        from sim.analysis.morris import morris_screening

        self._require("morris", "screening")
        return morris_screening(self.points, self.runs, problem_of(self.plan), outcome, self.design.units)

    def figure(self, kind: str | None = None, outcome: Names | None = None, **how: Any) -> Figure:
        """Draw the answer to one question, with intervals: ``study.figure().savefig("study.png", dpi=300)``.

        Parameters
        ----------
        kind : str, optional
            "comparison", "best", "interactions", "dose", "map", "sensitivity", "screening", "time_to_win" or
            "convergence" (of a study that goes on until precise enough); where left out, the first that fits the plan.
        outcome : str or sequence of str, optional
            What is shown, by default the main outcomes that are kept; several for comparisons and interactions only.
        **how
            What the question takes: ``by``, ``factor``, ``indifference``, ``decision``, ``labels``, …; and
            ``narrow=True`` for a small page.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        InputError
            If there is no such kind, the study cannot answer it, or something named does not exist.
        """
        from sim.ensemble.pictures import figure_of

        return figure_of(self, kind, outcome, **how)

    def _require(self, kind: str, what: str) -> None:
        if self.plan.design.kind != kind:
            raise InputError(
                what, f"needs a study of the design {kind}", self.plan.design.kind, "Run a plan of that design."
            )

    def dose_response(self, outcome: str, factor: str, **held: Any) -> DoseResponse:
        """Effect of each dose of a factor, the curve through them and the best dose.

        Parameters
        ----------
        outcome, factor : str
            What is looked at, and the column of doses.
        **held
            Values at which other factors are held, such as ``relationship="aligned"``; by default the baseline's.

        Raises
        ------
        InputError
            See `sim.analysis.dose_response.dose_response`.
        """
        from sim.analysis.dose_response import dose_response

        return dose_response(self.line(factor, **held), self.runs, factor, outcome)

    def line(self, factor: str, **held: Any) -> pd.DataFrame:
        """Points that differ from the baseline, or from the values held, in one factor only.

        Raises
        ------
        InputError
            If there is no such factor.
        """
        from sim.analysis.dose_response import along

        return along(self.points, factor, self.baseline | held)

    def contingency(self, outcome: str, decision: str = "relationship", factors: Names | None = None) -> ContingencyMap:
        """Which level of a decision is best in which situation; see `sim.analysis.contingency.contingency_map`."""
        from sim.analysis.contingency import contingency_map

        situation = [name for name in self.factors if name != decision] if factors is None else factors
        return contingency_map(self.points, self.runs, outcome, decision, situation)

    def time_to_win(self, label: str) -> TimeToWin:
        """What becomes of deals so many days after the first contact, open ones counted as long as they are seen.

        Parameters
        ----------
        label : str
            Label or id of a point.

        Raises
        ------
        InputError
            If there is no such point, or the plan does not keep the table ``deals``.
        """
        from sim.analysis.survival import time_to_win

        return time_to_win(self._deals(label))

    def time_to_win_difference(self, label: str, baseline: str) -> TimeToWinDifference:
        """How deals of a point fare against those of another, on common luck; labels as in `time_to_win`."""
        from sim.analysis.survival import compare_time_to_win

        return compare_time_to_win(self._deals(label), self._deals(baseline))

    def _deals(self, label: str) -> pd.DataFrame:
        chosen = self.points[(self.points["label"] == label) | (self.points["point_id"] == label)]
        if chosen.empty:
            raise InputError(
                "label",
                "must be the label or id of a point",
                label,
                "`smarketing experiment status` and the table of points name them.",
            )
        deals = self.table("deals")
        own: pd.DataFrame = deals[deals["point_id"] == chosen["point_id"].iloc[0]]
        return own
