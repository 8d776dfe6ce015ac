"""Memory per lead, all in: every table of a world over the leads in use, by length of the run; a process for each.

``python -m benchmarks.memory DAYS`` measures one length and prints it as JSON.
"""

from __future__ import annotations

import json
import math
import mmap
import subprocess
import sys
from pathlib import Path

from benchmarks.parts import Column, Effort, Part, Row
from benchmarks.results import ROOT
from benchmarks.workloads import firm, run
from sim.domain.records import RECORDS, TABLES, World

LENGTHS = (260, 650, 2_600, 10_000)
#: Where Linux says how many pages of a process lie in memory; elsewhere that is not measured.
PAGES = Path("/proc/self/statm")


def bytes_of(world: World) -> int:
    """Bytes of all records and tables of a world, whether in use or not."""
    return sum(int(getattr(world, name).nbytes) for name in (*RECORDS, *TABLES))


def resident() -> float:
    """Bytes of this process that lie in memory."""
    return float(PAGES.read_text(encoding="ascii").split()[1]) * mmap.PAGESIZE if PAGES.is_file() else math.nan


def of_length(days: int) -> Row:
    """Memory of one run in this process, which has run a tiny firm before so that all code is loaded."""
    run(firm("micro", run__days=10), 1)
    before = resident()
    world = run(firm(run__warmup_days=130, run__days=days - 130), 1)
    leads = int(world.organization.n_leads)
    return {
        "days": days,
        "leads": leads,
        "row": world.leads.itemsize,
        "held": bytes_of(world) / leads,
        "resident": (resident() - before) / leads,
    }


def measure(_: Effort) -> list[Row]:
    """A row for each length."""
    commands = ([sys.executable, "-m", "benchmarks.memory", str(days)] for days in LENGTHS)
    done = (subprocess.run(each, cwd=ROOT, capture_output=True, text=True, check=True) for each in commands)
    return [json.loads(each.stdout) for each in done]


PART = Part(
    "memory",
    "Memory of a firm of 60 people by length of the run: all tables over the leads in use",
    (
        Column("days", "days", ",.0f"),
        Column("leads", "leads", ",.0f"),
        Column("row", "bytes of a lead's row", ",.0f"),
        Column("held", "bytes per lead, all tables", ",.0f"),
        Column("resident", "of them resident", ",.0f"),
    ),
    measure,
)

if __name__ == "__main__":
    print(json.dumps(of_length(int(sys.argv[1]))))
