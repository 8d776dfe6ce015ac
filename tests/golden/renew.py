"""Run the stored cases anew and write what came out: ``python -m tests.golden.renew``.

Only after a change that is meant to move results; RESULTS_VERSION must have been raised before.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from sim.domain.blueprint import Blueprint
from sim.domain.outcomes import RESULTS_VERSION
from sim.domain.records import World
from sim.engine.run import simulate
from sim.model.organization import outcomes_as_dict
from tests.blueprints import build

STORED = Path(__file__).with_name("runs.json")
#: Digests of the runs of every results version there has been, the last that each had; never taken away.
VERSIONS = Path(__file__).with_name("versions.json")
SEEDS = (1, 2)
#: The digest is of the numbers, however wide they are stored and in whatever order.
WIDE = {"i": "<i8", "f": "<f8"}


def cases() -> dict[str, Blueprint]:
    """Small organizations that between them use every practice and every mechanism."""
    joint = {"meetings": 6.0, "joint_work": 1.2, "training": 5.0, "collocation": 0.5, "shared_metric_sales": 0.25}
    joint |= {"sla": 0.6, "ride_alongs": 1.0, "account_plans": 0.7, "joint_events": 2.0, "data_sharing": 0.85}
    return {
        "undefined, 12 people": build((3, 8, 0, 1, 0), 200, 65),
        "buyers in a hurry": build((3, 8, 0, 1, 0), 130, 65, rules={"gap_days": 1.0, "tempo_sd": 1.5}),
        "two generalists": build((2, 4, 0, 1, 2), 200, 65, rules={"assign_rule": 2}),
        "everything together, a liaison from day 70": build(
            (3, 8, 1, 1, 0), 200, 65, practices=joint, steps=[("liaisons", 1.0, 70, 150, 20.0, 5000.0)]
        ),
    }


def fresh() -> dict[str, Any]:
    """Outcomes and digests of all cases, as they are stored."""
    runs = {}
    for name, plan in cases().items():
        for seed in SEEDS:
            world = simulate(plan, seed)
            kept = _of_leads(world) + world.ledger[: plan.n_days].tobytes()
            runs[f"{name}, seed {seed}"] = {
                "outcomes": outcomes_as_dict(world),
                "sha256_of_leads_and_journal": hashlib.sha256(kept).hexdigest(),
            }
    return {"results_version": RESULTS_VERSION, "runs": runs}


def _of_leads(world: World) -> bytes:
    """All numbers of all leads, a column after the other."""
    tables = (world.leads, world.links, world.handed)
    columns = {name: table[name] for table in tables for name in table.dtype.names}
    used = {name: columns[name][: world.organization.n_leads] for name in sorted(columns)}
    return b"".join(column.astype(WIDE[column.dtype.kind]).tobytes() for column in used.values())


def digests_of(stored: dict[str, Any]) -> dict[str, str]:
    """Digest of each stored run by its name."""
    return {name: run["sha256_of_leads_and_journal"] for name, run in stored["runs"].items()}


def renew() -> None:
    """Write what comes out now, and add it to the versions that there have been."""
    stored = fresh()
    versions = json.loads(VERSIONS.read_text(encoding="utf-8")) | {str(RESULTS_VERSION): digests_of(stored)}
    STORED.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    VERSIONS.write_text(json.dumps(versions, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    renew()
    print(f"Wrote {STORED.name} for results version {RESULTS_VERSION}.")
