"""All that an export tells directly, with intervals: demand, sources, outcomes, times, values, people, stages."""

from __future__ import annotations

import dataclasses
from itertools import chain

import pandas as pd

from sim.analysis.survival import TimeToWin
from sim.calibrate.estimates_demand import demand_estimates, mix_estimates
from sim.calibrate.estimates_outcomes import outcome_estimates, source_estimates, value_estimates
from sim.calibrate.estimates_people import people_estimates
from sim.calibrate.estimates_stages import stage_estimates, way_estimates
from sim.calibrate.quantities import Basis, Estimate


def estimates_of(basis: Basis, waits: TimeToWin | None) -> tuple[Estimate, ...]:
    """All quantities that an export identifies directly, in the order of a report.

    Parameters
    ----------
    basis : Basis
        Export, window, point estimates.
    waits : TimeToWin or None
        See `sim.calibrate.waits.waits_of`.

    Returns
    -------
    tuple of Estimate
        The same for the same export and seed. Values that the facts have are those of the facts.
    """
    return tuple(
        chain(
            demand_estimates(basis),
            mix_estimates(basis),
            outcome_estimates(basis, waits),
            source_estimates(basis),
            value_estimates(basis),
            way_estimates(basis),
            stage_estimates(basis),
            people_estimates(basis),
        )
    )


def estimate_table(estimates: tuple[Estimate, ...]) -> pd.DataFrame:
    """Estimates as a table, a row each, a column per field."""
    names = [field.name for field in dataclasses.fields(Estimate)]
    return pd.DataFrame([dataclasses.astuple(estimate) for estimate in estimates], columns=names)
