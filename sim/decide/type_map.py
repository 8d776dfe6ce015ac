"""The shipped map of which relationship type suits which firm, and a firm's own place on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.fitted_map import CLEAR, FittedMap, Surface
from sim.domain.errors import InputError, did_you_mean
from sim.ensemble.comparison import scenario_from
from sim.ensemble.provenance import SCHEMA, provenance_of
from sim.spec.catalogue import bundled
from sim.spec.posterior import Posterior, drawn, posterior_of
from sim.spec.scenario import Scenario
from sim.spec.situations import AXES, situation_of

#: Digits that are kept of the numbers of a map.
DIGITS = 7
FILE = "map.json"
#: Draws of a posterior that are marked.
MOST_DRAWS = 200


@dataclass(frozen=True, eq=False)
class Placed:
    """A firm on the map.

    Parameters
    ----------
    outcome : str
        What the type is to be best for.
    situation : dict
        Value by axis; of a posterior, the middle of its draws.
    chances : dict
        How probably each type is the best, by type.
    gains : dict
        Difference from the first type by type: mean and standard error, as shares of its new bookings.
    beyond : tuple of str
        Axes on which the firm lies off the map: there the map only guesses.
    units : numpy.ndarray
        float64 of shape (draws, axes): where it stands in the unit cube.
    scenario : Scenario
        The firm.
    posterior : Posterior or None
        Draws of its uncertain values, where there are any.
    """

    outcome: str
    situation: dict[str, float]
    chances: dict[str, float]
    gains: dict[str, tuple[float, float]]
    beyond: tuple[str, ...]
    units: Any
    scenario: Scenario
    posterior: Posterior | None = None

    @property
    def best(self) -> str:
        """The type that is most probably the best."""
        return max(self.chances, key=self.chances.__getitem__)

    @property
    def is_clear(self) -> bool:
        """Whether the map tells one type from all others here: with 95 % or more, and not off the map."""
        return self.chances[self.best] >= CLEAR and not self.beyond

    def document(self) -> dict[str, Any]:
        """The place as JSON writes it (docs/schemas/map.schema.json)."""
        made = map_document()
        more: dict[str, Any] = {"map": made["made"]}
        if self.posterior is not None:
            more["posterior"] = self.posterior.about()
        return {
            "schema": SCHEMA,
            "provenance": provenance_of(self.scenario, made["made"]["seed"], **more),
            "scenario": self.scenario.name,
            "goal": self.outcome,
            "best": self.best,
            "is_clear": self.is_clear,
            "situation": self.situation,
            "beyond": list(self.beyond),
            "types": self.rows(),
            "check": made["maps"][self.outcome]["check"],
        }

    def rows(self) -> list[dict[str, Any]]:
        """By type: how probably it is the best, and its gain over the first with the standard error."""
        gains = ((kind, *self.gains.get(kind, (0.0, 0.0))) for kind in self.chances)
        return [
            {"type": kind, "probability_best": self.chances[kind], "gain": gain, "error": error}
            for kind, gain, error in gains
        ]


@cache
def map_document() -> dict[str, Any]:
    """The shipped map as its file has it."""
    return dict(json.loads((bundled("experiments") / FILE).read_text(encoding="utf-8")))


def outcomes() -> list[str]:
    """What there is a map of."""
    return list(map_document()["maps"])


@cache
def load_map(outcome: str) -> FittedMap:
    """The shipped map of an outcome.

    Raises
    ------
    InputError
        If there is none.
    """
    document = map_document()
    if outcome not in document["maps"]:
        known = list(document["maps"])
        raise InputError("--goal", f"must be one of {', '.join(known)}", outcome, did_you_mean(outcome, known))
    return map_from(document["types"], document["units"], document["maps"][outcome])


def map_from(types: list[str], units: list[list[float]], content: Mapping[str, Any]) -> FittedMap:
    """A map as its JSON has it."""
    at = np.array(units)
    surfaces = tuple(
        Surface(at, *(np.array(one[name]) for name in ("seen", "noise", "logs"))) for one in content["surfaces"]
    )
    return FittedMap(tuple(types), np.array(content["turn"]), surfaces, content["widen"], np.array(content["shared"]))


def map_content(made: FittedMap) -> dict[str, Any]:
    """A map as its JSON has it, without the firms' places."""
    rows = [{name: _rounded(getattr(one, name)) for name in ("seen", "noise", "logs")} for one in made.surfaces]
    return {"turn": made.turn.tolist(), "widen": made.widen, "shared": made.shared.tolist(), "surfaces": rows}


def _rounded(values: Any) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in values]


def place_firm(
    scenario: str | Path | Scenario, outcome: str = "profit", posterior: str | Path | Posterior | None = None
) -> Placed:
    """Where a firm stands on the shipped map of which relationship type suits which firm; it runs nothing.

    Parameters
    ----------
    scenario : str, Path or Scenario
        The firm: name of a shipped scenario, a TOML file, or a scenario.
    outcome : str
        What the type is to be best for: ``profit`` or ``bookings_new``.
    posterior : str, Path or Posterior, optional
        Draws of its uncertain values, or a file of them: probabilities are then means over them; ``"none"`` for none.
        By default those that the scenario names.

    Raises
    ------
    InputError
        If there is no map of the outcome, or the scenario or its draws cannot be used.

    Examples
    --------
    >>> placed = place_firm("mid", "profit")
    >>> placed.best in placed.chances, round(sum(placed.chances.values()), 9)
    (True, 1.0)
    """
    made, firm = load_map(outcome), scenario_from(scenario)
    draws = posterior_of(firm, posterior)
    found = [situation_of(one) for one in _firms(firm, draws)]
    units = np.array([[axis.share_of(one[axis.name]) for axis in AXES] for one in found])
    inside = np.clip(units, 0.0, 1.0)
    means, spread = made.differences(inside)
    errors = np.sqrt(means.var(axis=0) + np.diagonal(spread, axis1=1, axis2=2).mean(axis=0))
    chances = made.chances(inside).mean(axis=0)
    middle = np.median(units, axis=0)
    return Placed(
        outcome,
        {axis.name: float(np.median([one[axis.name] for one in found])) for axis in AXES},
        dict(zip(made.levels, chances.tolist(), strict=True)),
        dict(zip(made.levels[1:], zip(means.mean(axis=0).tolist(), errors.tolist(), strict=True), strict=True)),
        tuple(axis.name for axis, share in zip(AXES, middle, strict=True) if not -1e-9 <= share <= 1.0 + 1e-9),
        inside,
        firm,
        draws,
    )


def _firms(scenario: Scenario, posterior: Posterior | None) -> list[Scenario]:
    if posterior is None:
        return [scenario]
    numbers = np.unique(np.linspace(1, len(posterior.rows), min(MOST_DRAWS, len(posterior.rows))).round().astype(int))
    return [drawn(scenario, {}, posterior.settings(int(number))) for number in numbers]
