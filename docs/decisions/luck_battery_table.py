"""Turn dieharder's output into a table: `python luck_battery_table.py MIXER-PATTERN.txt …`.

Each file is the output of `python luck_battery.py MIXER PATTERN | dieharder -g 200 -a`, named after its mixer and
pattern. A battery that has not reached its last test is marked as running.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NamedTuple

LAST_TEST = "dab_monobit2"
HEAD = "| mixer | pattern | tests | passed | weak | failed | smallest p | largest p | weak ones |\n|" + "---|" * 9
ROW = re.compile(r"^\s*(\w+)\|\s*(\d+)\|\s*\d+\|\s*\d+\|\s*([\d.]+)\|\s*(PASSED|WEAK|FAILED)\s*$")


class Test(NamedTuple):
    """One line of the battery: test, its parameter, p-value and verdict."""

    name: str
    parameter: int
    p: float
    verdict: str


def read_tests(text: str) -> list[Test]:
    """All results in the output of a battery, in their order."""
    found = (ROW.match(line) for line in text.splitlines())
    return [Test(row[1], int(row[2]), float(row[3]), row[4]) for row in found if row]


def table_row(path: Path) -> str:
    """The table row of one output file."""
    tests = read_tests(path.read_text("utf-8"))
    if not tests:
        raise SystemExit(f"{path}: holds no result of a battery")
    mixer, _, pattern = path.stem.partition("-")
    verdicts = [test.verdict for test in tests]
    remarkable = [f"{test.name} {test.parameter}: {test.p:.4f}" for test in tests if test.verdict != "PASSED"]
    running = "" if tests[-1].name == LAST_TEST else " (running)"
    cells = [mixer, pattern + running, len(tests), *(verdicts.count(v) for v in ("PASSED", "WEAK", "FAILED"))]
    cells += [f"{min(test.p for test in tests):.5f}", f"{max(test.p for test in tests):.5f}", "; ".join(remarkable)]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def main() -> None:
    """Print the table of the files named on the command line."""
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    print(HEAD)
    for name in sys.argv[1:]:
        print(table_row(Path(name)))


if __name__ == "__main__":
    main()
