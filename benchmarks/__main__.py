"""Measure the speed of the product: ``make bench``, or ``python -m benchmarks``.

Prints tables, and writes ``results/bench.json`` and ``results/bench.png``; parts that are not measured anew keep the
figures of the last time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from typing import Any

from benchmarks import guard
from benchmarks.parts import Effort
from benchmarks.picture import draw
from benchmarks.results import LATEST, ROOT, SHOWN, noted, read, rows_of, write
from benchmarks.show import GOALS, PARTS, show

PICTURE = LATEST.with_suffix(".png")
SHOWN_PICTURE = SHOWN.parent / "images" / "performance.png"


def options() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the speed of the product.")
    parser.add_argument("--only", metavar="PART", nargs="+", choices=PARTS, help=f"some of: {', '.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of tasks in turn (default 5)")
    parser.add_argument("--long", action="store_true", help="ten million leads, two minutes on all cores")
    parser.add_argument("--docs", action="store_true", help="take the figures over into docs/performance.md")
    parser.add_argument("--renew-guard", action="store_true", help="only write anew what the regression guard expects")
    return parser.parse_args()


def measure(names: list[str], effort: Effort) -> dict[str, Any]:
    """Measure parts and show each; returns them with what was known of the others."""
    parts = read(LATEST)
    for name in names:
        start = time.perf_counter()
        parts[name] = noted(PARTS[name].measure(effort))
        parts = {each: parts[each] for each in PARTS if each in parts}
        show(PARTS[name], parts)
        print(f"{name}: {time.perf_counter() - start:.0f} s\n", flush=True)
        write(LATEST, parts)
    return parts


def take_over(parts: dict[str, Any]) -> None:
    """Write the figures, tables and picture of the documentation anew.

    The tables in a process of its own, without what was put on the path for the peers: AgentPy brings a package
    that is called `tests`.
    """
    write(SHOWN, parts)
    draw(rows_of(parts), SHOWN_PICTURE)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run([sys.executable, "-m", "docs.tables"], cwd=ROOT, env=environment, check=True)


def main() -> None:
    """Measure, print and write."""
    asked = options()
    if asked.renew_guard:
        guard.renew()
        return
    parts = measure(asked.only or list(PARTS), Effort(asked.rounds, asked.long))
    show(GOALS, parts)
    draw(rows_of(parts), PICTURE)
    print(f"Written to {LATEST} and {PICTURE}.")
    if asked.docs:
        take_over(parts)


if __name__ == "__main__":
    main()
