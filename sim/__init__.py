"""smarketing: what changes in revenue, cycle time and conflict when marketing and sales work together differently.

>>> import sim
>>> sorted(sim.__all__) == sim.__all__
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.decide.decision import Decision, decide
    from sim.decide.type_map import Placed, place_firm
    from sim.domain.errors import InputError
    from sim.ensemble.comparison import Comparison, SingleRun, compare, run
    from sim.ensemble.experiment import Experiment, experiment, load
    from sim.ensemble.merging import merge
    from sim.ensemble.replay import replay
    from sim.explain.attribution import Attribution, attribute
    from sim.explain.explanation import Explanation, explain
    from sim.model.organization import Organization
    from sim.spec.catalogue import load_scenario
    from sim.spec.edit import with_interventions, with_relationship, with_value
    from sim.spec.scenario import Scenario
    from sim.validation.scorecard import validate

__all__ = [
    "Attribution",
    "Comparison",
    "Decision",
    "Experiment",
    "Explanation",
    "InputError",
    "Organization",
    "Placed",
    "Scenario",
    "SingleRun",
    "attribute",
    "compare",
    "decide",
    "experiment",
    "explain",
    "load",
    "load_scenario",
    "merge",
    "place_firm",
    "replay",
    "run",
    "validate",
    "with_interventions",
    "with_relationship",
    "with_value",
]

_HOMES = {
    "Attribution": "sim.explain.attribution",
    "Comparison": "sim.ensemble.comparison",
    "Decision": "sim.decide.decision",
    "Experiment": "sim.ensemble.experiment",
    "Explanation": "sim.explain.explanation",
    "InputError": "sim.domain.errors",
    "Organization": "sim.model.organization",
    "Placed": "sim.decide.type_map",
    "Scenario": "sim.spec.scenario",
    "SingleRun": "sim.ensemble.comparison",
    "attribute": "sim.explain.attribution",
    "compare": "sim.ensemble.comparison",
    "decide": "sim.decide.decision",
    "experiment": "sim.ensemble.experiment",
    "explain": "sim.explain.explanation",
    "load": "sim.ensemble.experiment",
    "load_scenario": "sim.spec.catalogue",
    "merge": "sim.ensemble.merging",
    "place_firm": "sim.decide.type_map",
    "replay": "sim.ensemble.replay",
    "run": "sim.ensemble.comparison",
    "validate": "sim.validation.scorecard",
    "with_interventions": "sim.spec.edit",
    "with_relationship": "sim.spec.edit",
    "with_value": "sim.spec.edit",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Public names."""
    return [*__all__, "__doc__", "__name__"]
