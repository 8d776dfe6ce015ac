"""A finished study: the tables that a report is made from, checked once and read as typed records."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING

from sim.domain.errors import InputError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

FAMILIES = ("relationships", "interventions")
VERDICTS = ("better", "worse", "different", "equal", "not distinguishable")
NO_FIGURE = "no figure"
"""The verdict of a comparison without numbers: no win, so no cycle time."""

FUNNEL_STEPS = ("Leads in", "Handed off", "Contacted", "Accepted", "Won from marketing leads")
ROW_COLUMNS = tuple(
    "scenario label relationship interventions outcome unit better mean baseline_mean difference ci_low ci_high"
    " ci_level ci_method adjusted_p relative_difference share_better replications uncertainty verdict family".split()
)
FUNNEL_COLUMNS = ("scenario", "label", "step", "count")
SERIES_COLUMNS = ("scenario", "label", "day", "name", "mean", "low", "high")
CALIBRATION_COLUMNS = ("quantity", "unit", "data", "simulated")


@dataclass(frozen=True, slots=True)
class Effect:
    """One row of a comparison: what one outcome does in one scenario, against the baseline.

    Numbers that do not exist are ``None``. ``low`` and ``high`` bound the paired difference (unit of the
    outcome); ``relative``, ``relative_low`` and ``relative_high`` are fractions of ``baseline_mean`` (1);
    ``level`` and ``share_better`` are fractions (0 to 1). With a posterior, ``probability_better`` is the probability
    that the effect in this firm is for the better, and ``parameter_share`` the share of its uncertainty that is due to
    parameters.
    """

    scenario: str
    label: str
    family: str
    outcome: str
    unit: str
    better: str | None
    mean: float | None
    baseline_mean: float | None
    difference: float | None
    low: float | None
    high: float | None
    level: float
    relative: float | None
    relative_low: float | None
    relative_high: float | None
    share_better: float | None
    replications: int
    verdict: str
    probability_better: float | None = None
    parameter_share: float | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """The course of one quantity in one scenario: mean and 5th to 95th percentile over replications.

    ``days`` are working days, negative in the warm-up; all five lists have the same length.
    """

    scenario: str
    label: str
    days: list[float]
    mean: list[float]
    low: list[float]
    high: list[float]

    @property
    def last_mean(self) -> float:
        """The last mean that exists; NaN if none does."""
        return next((value for value in reversed(self.mean) if not math.isnan(value)), math.nan)


@dataclass(frozen=True, eq=False)
class Study:
    """All that a report shows.

    Parameters
    ----------
    title : str
        Heading of the report.
    rows : pandas.DataFrame
        Comparison rows (columns `ROW_COLUMNS`); ``family`` is ``relationships`` or ``interventions``.
    baseline : str
        Id of the scenario that all others are compared with.
    funnel : pandas.DataFrame
        Leads per year at each of `FUNNEL_STEPS` (columns `FUNNEL_COLUMNS`); may be empty.
    series : pandas.DataFrame
        Weekly points of ``trust`` and ``followup_rate`` (0 to 1; columns `SERIES_COLUMNS`), ``day`` in
        working days from the first measured one; may be empty.
    provenance : dict of str to object
        Seed, replications, version, digest, command and whatever else helps to repeat the study.
    calibration : pandas.DataFrame or None
        What the CRM export says and what the fitted scenario does (columns `CALIBRATION_COLUMNS`).
    notes : tuple of str
        Notes on the data.
    currency : str
        Shown beside money; nothing is converted.
    fiscal_year_start : int
        Month (1 to 12) in which the fiscal year begins; names the quarters on time axes.
    warmup_days : int
        Working days before day 0 of the series, a fiscal year's first day standing at the start of the run.

    Raises
    ------
    InputError
        If a table lacks a column or a row has an unknown family or verdict.
    """

    title: str
    rows: pd.DataFrame
    baseline: str
    funnel: pd.DataFrame
    series: pd.DataFrame
    provenance: dict[str, object]
    calibration: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()
    currency: str = "c.u."
    fiscal_year_start: int = 1
    warmup_days: int = 130

    def __post_init__(self) -> None:
        require_columns(self.rows, ROW_COLUMNS, "rows")
        require_columns(self.funnel, FUNNEL_COLUMNS, "funnel")
        require_columns(self.series, SERIES_COLUMNS, "series")
        if self.calibration is not None:
            require_columns(self.calibration, CALIBRATION_COLUMNS, "calibration")
        if self.rows["family"].isna().any():
            raise InputError("rows.family", "must be given in every row", None, "Use " + " or ".join(FAMILIES) + ".")
        require_words(self.rows["family"], FAMILIES, "rows.family")
        require_words(self.rows["verdict"], VERDICTS, "rows.verdict")

    @property
    def baseline_label(self) -> str:
        """The baseline's name for people; its id with a capital letter where no table names it."""
        for frame in (self.funnel, self.series, self.rows):
            named = frame.loc[frame["scenario"] == self.baseline, "label"]
            if len(named):
                return str(named.iloc[0])
        return self.baseline.replace("_", " ").capitalize()

    def outcomes(self) -> list[str]:
        """Names of the outcomes in the order of their first row."""
        return [str(name) for name in self.rows["outcome"].unique()]

    def effects(self, family: str, outcome: str) -> list[Effect]:
        """Comparison rows of one family and outcome, best first, without the baseline itself."""
        chosen = (self.rows["family"] == family) & (self.rows["outcome"] == outcome)
        chosen &= self.rows["scenario"] != self.baseline
        records = self.rows.loc[chosen].to_dict("records")
        return best_first(effect_from({str(key): value for key, value in record.items()}) for record in records)

    def pictured(self) -> list[tuple[str, str]]:
        """Id and label of the baseline and the relationship types, in the order of their first row.

        A study without relationship types shows all scenarios of the funnel and the series.
        """
        types = self.rows.loc[self.rows["family"] == "relationships", ["scenario", "label"]]
        tables = [types] if len(types) else [self.funnel[["scenario", "label"]], self.series[["scenario", "label"]]]
        found = {self.baseline: self.baseline_label}
        for table in tables:
            for scenario, label in zip(table["scenario"], table["label"], strict=True):
                found.setdefault(str(scenario), str(label))
        return list(found.items())

    def funnel_counts(self, scenario: str) -> list[float | None]:
        """Leads per year at each of `FUNNEL_STEPS`; None where the table has no number."""
        own = self.funnel.loc[self.funnel["scenario"] == scenario]
        counts = dict(zip(own["step"], own["count"], strict=True))
        return [number(counts.get(step)) for step in FUNNEL_STEPS]

    def bands(self, name: str) -> list[Band]:
        """Courses of one named series, one for each pictured scenario that has it."""
        own = self.series.loc[self.series["name"] == name].sort_values("day", kind="stable")
        found = [(key, label, own.loc[own["scenario"] == key]) for key, label in self.pictured()]
        return [
            Band(key, label, *([float(value) for value in part[column]] for column in ("day", "mean", "low", "high")))
            for key, label, part in found
            if part["mean"].notna().any()
        ]


def require_columns(frame: pd.DataFrame, columns: Sequence[str], field: str) -> None:
    """Raise `InputError` naming the columns that a table lacks."""
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        came = ", ".join(str(name) for name in frame.columns) or "no columns"
        raise InputError(
            field,
            f"must have the columns {', '.join(missing)}",
            came,
            "Add the columns, or make the table with `Experiment.table`.",
        )


def require_words(column: pd.Series, known: Sequence[str], field: str) -> None:
    """Raise `InputError` for the first value that is neither missing nor one of the known words."""
    for word in column.dropna().unique():
        if word not in known:
            raise InputError(field, "unknown word", str(word), did_you_mean(str(word), known))


def number(value: object) -> float | None:
    """A finite float, or None for whatever is missing."""
    import pandas as pd

    if value is None or value is pd.NA or not isinstance(value, Real):
        return None
    found = float(value)
    return found if math.isfinite(found) else None


def fraction_of(value: float | None, whole: float | None) -> float | None:
    """Fraction of a positive whole; None where either is missing or the whole is not positive.

    Examples
    --------
    >>> fraction_of(2.0, 8.0)
    0.25
    >>> fraction_of(2.0, 0.0) is None
    True
    """
    return None if value is None or whole is None or whole <= 0 else value / whole


def effect_from(row: dict[str, object]) -> Effect:
    """Read one comparison row; a row without a mean or a difference has the verdict `NO_FIGURE`."""
    baseline_mean, low, high = number(row["baseline_mean"]), number(row["ci_low"]), number(row["ci_high"])
    mean, difference = number(row["mean"]), number(row["difference"])
    has_verdict = mean is not None and difference is not None and isinstance(row["verdict"], str)
    return Effect(
        scenario=str(row["scenario"]),
        label=str(row["label"]),
        family=str(row["family"]),
        outcome=str(row["outcome"]),
        unit=row["unit"] if isinstance(row["unit"], str) else "",
        better=row["better"] if isinstance(row["better"], str) else None,
        mean=mean,
        baseline_mean=baseline_mean,
        difference=difference,
        low=low,
        high=high,
        level=number(row["ci_level"]) or 0.95,
        relative=number(row["relative_difference"]) if fraction_of(1.0, baseline_mean) else None,
        relative_low=fraction_of(low, baseline_mean),
        relative_high=fraction_of(high, baseline_mean),
        share_better=number(row["share_better"]),
        replications=int(number(row["replications"]) or 0),
        verdict=str(row["verdict"]) if has_verdict else NO_FIGURE,
        probability_better=number(row.get("probability_better")),
        parameter_share=number(row.get("parameter_share")),
    )


def best_first(effects: Iterable[Effect]) -> list[Effect]:
    """Sort effects of one outcome from best to worst, those without a figure last; ties keep their order."""

    def rank(effect: Effect) -> float:
        """Low for what is good; infinite without a figure."""
        if effect.difference is None:
            return math.inf
        return effect.difference if effect.better == "lower" else -effect.difference

    return sorted(effects, key=rank)


def overlap(one: Effect, other: Effect) -> bool:
    """Whether the intervals of two differences from the same baseline have a value in common.

    Notes
    -----
    A cautious reading: overlapping intervals leave the order of the two open, and only a comparison
    of the two with each other can settle it.
    """
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.low <= other.high and other.low <= one.high
