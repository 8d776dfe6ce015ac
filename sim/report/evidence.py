"""What rests on what, for a terminal and for files."""

from __future__ import annotations

import json
from dataclasses import asdict

from sim.report.terminal import listed
from sim.spec.basis import foundations, resting_on

COLUMNS = ("number", "value", "unit", "basis", "rows", "reason")


def evidence_text(by: str, format: str) -> str:
    """Numbers with what they rest on, or rows of evidence with what rests on them; JSON holds both."""
    numbers, rows = foundations(), resting_on()
    if format == "json":
        return json.dumps({"numbers": [asdict(each) for each in numbers], "rows": rows}, indent=1, ensure_ascii=False)
    if by == "row":
        return listed(("row", "numbers"), [(row, ", ".join(names)) for row, names in rows.items()], format)
    cells = [(n.number, n.value, n.unit, n.basis, ", ".join(n.rows), n.reason) for n in numbers]
    return listed(COLUMNS, cells, format)
