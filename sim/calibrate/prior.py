"""What is believed of a firm before its export is compared with simulated ones: parameters, their spread, and draws."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from sim.calibrate.knobs import Knobs, neutral_knobs, turned, value_of
from sim.spec.edit import with_values
from sim.spec.presets import flat
from sim.spec.scenario import RULE_SECTIONS, Scenario

#: Prefix of the parameters that shift the fit of a source.
SOURCE = "source "


@dataclass(frozen=True)
class Parameter:
    """One thing that is not known of a firm.

    Parameters
    ----------
    name : str
        In words.
    sd : float
        Standard deviation of its prior, around the firm that the guided search has found; nan if it is uniform.
    low, high : float
        Ends of a uniform prior; the value is that of the scenario.
    meaning : str
        What it does, and its unit.
    """

    name: str
    sd: float = np.nan
    low: float = np.nan
    high: float = np.nan
    meaning: str = ""

    def value(self, z: Any) -> Any:
        """Value of a standard normal draw."""
        return self.sd * z if np.isnan(self.low) else self.low + (self.high - self.low) * ndtr(z)


def parameters_of(centre: Scenario, has_sources: bool) -> tuple[Parameter, ...]:
    """What is not known of a firm, with priors wide beside what an export of a thousand rows tells.

    Parameters
    ----------
    centre : Scenario
        Where a guided search has ended.
    has_sources : bool
        Whether the export tells inquiries by source.

    Notes
    -----
    All are assumptions: a logit shift of 0.8 moves a win rate of 10 % between 5 and 20 %, a factor of e^0.5 a median
    of 20 days between 12 and 33.
    """
    given: Any = centre
    tempo = given.market.tempo_sd
    general = (
        Parameter("demand", 0.15, meaning="ln of the factor on inquiries"),
        Parameter("answers", 0.8, meaning="logit shift of buyers' answers"),
        Parameter("waits", 0.5, meaning="ln of the factor on days between two touches"),
        Parameter("decisions", 0.6, meaning="logit shift of the chance that a touch decides"),
        Parameter("tempo", low=max(0.0, tempo - 0.8), high=min(2.0, tempo + 0.8), meaning="market.tempo_sd, ln"),
        Parameter("effort", 0.4, meaning="ln of the factor on hours that selling takes"),
        Parameter("follow-up", 0.5, meaning="shift of handoff.follow_up_base, logit"),
        Parameter("skill", low=0.0, high=0.6, meaning="selling.skill_sd, spread between reps in closing, ln"),
        Parameter("value", 0.3, meaning="ln of the factor on market.value_mean"),
        Parameter("value spread", 0.25, meaning="ln of the factor on market.value_sd"),
    )
    sources = _sources(centre) if has_sources and len(_sources(centre)) > 1 else ()
    shifts = [Parameter(f"{SOURCE}{source.name}", 0.6, meaning="shift of its fit, logit") for source in sources]
    return (*general, *shifts)


def standard_draws(n_parameters: int, rows: range, seed: int) -> np.typing.NDArray[np.float64]:
    """Standard normal draws, shape (rows, parameters): row r is the same whatever other rows are asked for."""
    made = [np.random.default_rng([seed, row]).standard_normal(n_parameters) for row in rows]
    return np.array(made).reshape(len(rows), n_parameters)


def knobs_of(centre: Scenario, parameters: tuple[Parameter, ...], z: Mapping[str, float]) -> Knobs:
    """Knobs of one draw."""
    usual = neutral_knobs(centre)
    at = {one.name: float(one.value(z[one.name])) for one in parameters}
    shifts = tuple(
        shift + at.get(f"{SOURCE}{source.name}", 0.0)
        for shift, source in zip(usual.source_shifts, _sources(centre), strict=True)
    )
    return dataclasses.replace(
        usual,
        demand=float(np.exp(at["demand"])),
        yes=at["answers"],
        pace=at["waits"],
        fewer_touches=at["decisions"],
        tempo_sd=at["tempo"],
        selling_hours=float(np.exp(at["effort"])),
        value_mean=usual.value_mean * float(np.exp(at["value"])),
        value_sd=usual.value_sd * float(np.exp(at["value spread"])),
        source_shifts=shifts,
    )


def _sources(centre: Any) -> tuple[Any, ...]:
    sources: tuple[Any, ...] = centre.market.sources
    return sources


def firm_of(
    centre: Scenario,
    parameters: tuple[Parameter, ...],
    z: Mapping[str, float],
    unit: str,
    practices: Mapping[str, float] | None = None,
) -> Scenario:
    """The scenario of one draw.

    Parameters
    ----------
    centre : Scenario
        Where the guided search has ended.
    parameters : tuple of Parameter
        Of that centre.
    z : mapping of str to float
        Standard normal draw of each, by name.
    unit : {"lead", "opportunity"}
        What the rows of the export are.
    practices : mapping, optional
        Levels by path, such as ``practices.meetings``.

    Raises
    ------
    InputError
        If it cannot be a scenario.
    """
    made = turned(centre, knobs_of(centre, parameters, z), unit)
    skill, follow_up = (next(one for one in parameters if one.name == name) for name in ("skill", "follow-up"))
    follow_up_base = value_of(made, "handoff.follow_up_base") + float(follow_up.value(z["follow-up"]))
    values: dict[str, Any] = {
        "selling.skill_sd": float(skill.value(z["skill"])),
        "handoff.follow_up_base": float(np.clip(follow_up_base, -4.0, 6.0)),
    }
    return with_values(made, values | dict(practices or {}))


def posterior_table(firms: Iterable[Scenario], centre: Scenario) -> pd.DataFrame:
    """Rows of a posterior file: one column for each path in which any draw differs from the centre."""
    usual = _by_path(centre)
    table = pd.DataFrame([_by_path(firm) for firm in firms])
    return table[[path for path in map(str, table) if not (table[path] == usual.get(path)).all()]]


def _by_path(firm: Scenario) -> dict[str, Any]:
    """Every number of a scenario that a posterior may hold, by path."""
    tables = flat(firm.model_dump(include={*RULE_SECTIONS, "practices"}))
    values = {path: value for path, value in tables if isinstance(value, int | float)}
    return values | {f"market.sources[{place}].fit_shift": row.fit_shift for place, row in enumerate(_sources(firm))}
