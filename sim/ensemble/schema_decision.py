"""JSON Schema of a decision (``smarketing decide SCENARIO --budget MONEY --format json``)."""

from __future__ import annotations

from typing import Any

from sim.domain.outcomes import OUTCOMES
from sim.ensemble.schema_rows import compared_fields

TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer", "minimum": 0}
NUMBER: dict[str, Any] = {"type": "number"}
MAYBE: dict[str, Any] = {"type": ["number", "null"]}
DAY: dict[str, Any] = {"type": ["integer", "null"], "minimum": 0}
SHARE: dict[str, Any] = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
OUTCOME: dict[str, Any] = {"enum": [outcome.name for outcome in OUTCOMES]}


def decision_fields() -> dict[str, Any]:
    """Fields of a decision beside schema and provenance; fields may be added, never renamed."""
    option = option_fields()
    maybe = {"anyOf": [option, {"type": "null"}]}
    verdict = {"enum": ["act", "do nothing", "not distinguishable", "cannot be kept"]}
    return {
        "budget": {**MAYBE, "description": "c.u. a year; null for no bound"},
        "hours": {**MAYBE, "description": "hours a year of marketers and reps; null for no bound"},
        "question": _question(),
        "verdict": verdict,
        "choice": {**option, "description": "of what the budget bears; the empty portfolio is doing nothing"},
        "second_best": {**maybe, "description": "of other interventions; null where there is none"},
        "leading": {**maybe, "description": "what comes nearest where nothing is chosen"},
        "nothing": option,
        "frontier": _list(option, "options that no cheaper one beats, whatever the budget, from the cheapest on"),
        "options": _list(option, "all that were compared to the end, doing nothing first"),
        "course": {
            "type": "object",
            "additionalProperties": _list(_course(), "by choice, second_best or leading: first in money"),
        },
        "doubts": _list(_doubt(), "what other firms that it may be make of the choice: by data, and by assumption"),
        "guarantee": {"anyOf": [_guarantee(), {"type": "null"}]},
        "search": _object(
            {
                "portfolios": {**WHOLE, "description": "that were run"},
                "is_whole": {"type": "boolean", "description": "whether every order of every choice was run"},
                "finalists": WHOLE,
                "affordable": {**WHOLE, "description": "finalists that the budget bears, doing nothing among them"},
            }
        ),
    }


def option_fields() -> dict[str, Any]:
    """A portfolio with what it costs and brings."""
    limit = _object({"limit": TEXT, "excess": MAYBE, "ci_low": MAYBE, "ci_high": MAYBE})
    return _object(
        {
            "interventions": TEXT,
            "cost": NUMBER,
            "cost_total": NUMBER,
            "cost_by_year": {"type": "array", "items": NUMBER},
            "hours": NUMBER,
            "gain": NUMBER,
            "ci_low": MAYBE,
            "ci_high": MAYBE,
            "share_better": SHARE,
            "adjusted_p": SHARE,
            "probability_best": SHARE,
            "probability_better": SHARE,
            "parameter_share": SHARE,
            "keeps_limits": {"type": "boolean"},
            "limits": _list(limit, "by how much each is exceeded, as a fraction; at most 0 is kept"),
            "portfolio": _list(_start(), "in the order of their beginning"),
            "outcomes": _list(_outcome(), "of the goal, of its limits, and the headline ones"),
        }
    )


def _start() -> dict[str, Any]:
    return _object(
        {
            "name": TEXT,
            "label": TEXT,
            "dose": NUMBER,
            "unit": TEXT,
            "said": TEXT,
            "start_day": WHOLE,
        }
    )


def _outcome() -> dict[str, Any]:
    return _object({"label": TEXT, **compared_fields()})


def _question() -> dict[str, Any]:
    candidate = {"name": TEXT, "label": TEXT, "unit": TEXT, "doses": {"type": "array", "items": NUMBER}}
    return _object(
        {
            "goal": TEXT,
            "outcomes": _list(_object({"outcome": OUTCOME, "weight": NUMBER}), "what the goal is made of"),
            "label": TEXT,
            "unit": {**TEXT, "description": "of a gain"},
            "limits": {"type": "array", "items": TEXT},
            "horizon_days": {**WHOLE, "description": "working days"},
            "capacity": {**WHOLE, "minimum": 1, "description": "changes under way at once"},
            "in_place": {"type": "array", "items": TEXT, "description": "asked for nothing new, so left out"},
            "relationship": TEXT,
            "indifference": {**NUMBER, "description": "smallest gain that matters, in the goal's unit"},
            "candidates": _list(_object({**candidate, "takes_days": WHOLE}), "what may be chosen"),
        }
    )


def _course() -> dict[str, Any]:
    row = {"type": "array", "items": NUMBER}
    return _object(
        {
            "outcome": OUTCOME,
            "unit": TEXT,
            "days": {"type": "array", "items": WHOLE},
            "gain": row,
            "ci_low": row,
            "ci_high": row,
            "dip": NUMBER,
            "time_to_benefit_days": DAY,
            "break_even_day": DAY,
            "break_even_earliest": DAY,
            "break_even_latest": DAY,
        }
    )


def _doubt() -> dict[str, Any]:
    place = WHOLE
    contender = {
        "interventions": TEXT,
        "portfolio": {"type": "array", "items": _start()},
        "gain": NUMBER,
        "gain_low": NUMBER,
        "gain_high": NUMBER,
        "regret": NUMBER,
        "regret_worst_tenth": NUMBER,
        "share_best": SHARE,
        "share_better_than_nothing": SHARE,
        "is_choice": {"type": "boolean"},
        "rival": WHOLE,
        "lead": NUMBER,
        "lead_low": MAYBE,
        "lead_high": MAYBE,
    }
    value = {"path": TEXT, "meaning": TEXT, "unit": TEXT, "value": NUMBER, "low": NUMBER, "high": NUMBER}
    value |= {"worth": NUMBER}
    value |= {"p": SHARE, "adjusted_p": SHARE, "best_if_low": place, "best_if_high": place}
    value |= {"could_turn": {"type": "boolean"}}
    value |= {"moves_gain": NUMBER}
    value |= {"moves_adjusted_p": SHARE}
    bound = {"path": TEXT, "meaning": TEXT, "low": MAYBE, "high": MAYBE}
    box = {
        "bounds": _list(_object(bound), "null is open"),
        "share": SHARE,
        "inside": SHARE,
        "outside": SHARE,
        "p": SHARE,
    }
    return _object(
        {
            "over": {"enum": ["posterior", "assumptions"]},
            "draws": WHOLE,
            "values": {**WHOLE, "description": "that were drawn"},
            "spread": {**MAYBE, "description": "share by which assumed values are doubted to either side"},
            "contenders": _list(_object(contender), "doing nothing first"),
            "perfect_information": {**NUMBER, "description": "expected gain of knowing all of it before choosing"},
            "measure_next": _list(
                _object(value),
                "values that could turn the choice, by their worth; then those on which the gain hangs most",
            ),
            "box": {"anyOf": [_object(box), {"type": "null"}], "description": "where another contender is better"},
        }
    )


def _guarantee() -> dict[str, Any]:
    return _object(
        {
            "is_guaranteed": {"type": "boolean"},
            "level": NUMBER,
            "indifference": NUMBER,
            "replications": WHOLE,
            "more_replications": WHOLE,
            "compared": WHOLE,
            "method": TEXT,
        }
    )


def _list(item: dict[str, Any], text: str) -> dict[str, Any]:
    return {"type": "array", "items": item, "description": text}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}
