"""Explanations as ``--format json`` writes them; the schema is `sim.ensemble.schema_explain`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sim.ensemble.provenance import SCHEMA
from sim.explain.explanation import Explanation
from sim.explain.settings import Setting
from sim.explain.stories import Story


def explanation_json(told: Sequence[Explanation]) -> str:
    """Explanations as JSON text; all of one baseline."""
    return json.dumps(explanation_document(told), indent=1, ensure_ascii=False, allow_nan=False)


def explanation_document(told: Sequence[Explanation]) -> dict[str, Any]:
    """Explanations as a document; all of one baseline."""
    provenance = {name: value for name, value in told[0].provenance.items() if name != "second_scenario"}
    return {
        "schema": SCHEMA,
        "provenance": provenance,
        "baseline": told[0].names[0],
        "pairs": [_pair(one) for one in told],
    }


def about_worlds(told: Sequence[Explanation]) -> dict[str, Any]:
    """Where the event log of all worlds comes from: the provenance of the baseline, and every further scenario."""
    document = explanation_document(told)
    others = {pair["world"]: pair["scenario"] for pair in document["pairs"]}
    return {**document["provenance"], "baseline": document["baseline"], "worlds": others}


def _pair(told: Explanation) -> dict[str, Any]:
    looked = len(told.stories)
    return {
        "world": told.names[1],
        "scenario": told.provenance["second_scenario"],
        "counts": asdict(told.counts),
        "verdicts": {name.replace(" ", "_"): n for name, n in told.verdicts().items()},
        "reasons": [asdict(reason) for reason in told.reasons],
        "settings": [_setting(setting, looked) for setting in told.settings],
        "stories": [_story(one, told.settings) for one in told.stories],
    }


def _setting(setting: Setting, looked: int) -> dict[str, Any]:
    about = {"name": setting.name, "first": setting.first, "second": setting.second}
    return {**about, "restored": len(setting.restored), "of": looked}


def _story(one: Story, settings: Sequence[Setting]) -> dict[str, Any]:
    restoring = [setting.name for setting in settings if one.key in setting.restored]
    return {**asdict(one), "verdict": one.verdict, "settings": restoring}
