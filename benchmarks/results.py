"""Where figures lie: one file of rows by part, with the machine and the day that each part was measured on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.machine import described, today
from benchmarks.parts import Row

#: Of the last measurement here, and those that the documentation shows.
LATEST = Path("results/bench.json")
ROOT = Path(__file__).parents[1]
SHOWN = ROOT / "docs" / "performance.json"


def read(path: Path) -> dict[str, Any]:
    """Parts by name; none where nothing was measured yet."""
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def write(path: Path, parts: dict[str, Any]) -> None:
    """Write parts, with four significant digits: more would be noise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(parts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def noted(rows: list[Row]) -> dict[str, Any]:
    """Rows with the machine and the day, rounded to what a clock can tell."""
    return {"date": today(), "machine": described(), "rows": [_rounded(row) for row in rows]}


def _rounded(row: Row) -> Row:
    return {name: float(f"{value:.5g}") if isinstance(value, float) else value for name, value in row.items()}


def rows_of(parts: dict[str, Any]) -> dict[str, list[Row]]:
    """Rows by part, without where they come from."""
    return {name: part["rows"] for name, part in parts.items()}
