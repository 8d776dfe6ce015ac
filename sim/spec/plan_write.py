"""A plan as TOML that reads back to the same plan."""

from __future__ import annotations

import json
from typing import Any

from sim.spec.plan import Plan


def plan_toml(plan: Plan) -> str:
    r"""Write a plan; what is as by default is left out.

    Examples
    --------
    >>> from sim.spec.plan import load_plan
    >>> print("\n".join(plan_toml(load_plan("contingency")).splitlines()[-2:]))
    "presets.market" = ["simple", "", "complex"]
    relationship = ["undefined", "defined", "aligned", "integrated"]
    """
    content = plan.model_dump(mode="json", exclude_none=True)
    usual = {name: field.get_default(call_default_factory=True) for name, field in Plan.model_fields.items()}
    kept = ("name", "scenario", "seed", "replications")
    shown = {name: value for name, value in content.items() if name in kept or not _is_usual(value, usual[name])}
    tables = {name: shown.pop(name) for name in ("design", "baseline", "factors") if name in shown}
    points = shown.pop("points", [])
    lines = [f"{name} = {_value(value)}" for name, value in shown.items()]
    if points:
        lines += ["points = [", *(f"  {_value(point)}," for point in points), "]"]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{_key(key)} = {_value(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def _is_usual(value: Any, usual: Any) -> bool:
    return bool(value == (list(usual) if isinstance(usual, tuple) else usual))


def _key(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() and name.isascii() else json.dumps(name)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
