"""Mesa's own tools on an organization: `mesa.batch_run` over relationships, and what its DataCollector saw.

For many runs `smarketing compare` is faster; this is for those who know Mesa. Run it:
``python docs/examples/batch_run.py``
"""

from __future__ import annotations

import inspect

import mesa
import pandas as pd

from sim.model.organization import Organization

SEEDS = [1, 2, 3]
PARAMETERS = {"scenario": "micro", "relationship": ["undefined", "aligned"]}


def run_all() -> pd.DataFrame:
    """Run every relationship with every seed; a row per run, as of its last day."""
    options = {"max_steps": 10_000, "display_progress": False}
    if "rng" in inspect.signature(mesa.batch_run).parameters:  # Mesa 3.5 hands out seeds itself
        rows = mesa.batch_run(Organization, PARAMETERS, rng=SEEDS, **options)
    else:
        rows = mesa.batch_run(Organization, PARAMETERS | {"seed": SEEDS}, **options)
    return pd.DataFrame(rows).drop_duplicates("RunId").set_index(["relationship", "seed"])


def main() -> None:
    """Print outcomes of a batch, then the course of one run."""
    runs = run_all()
    print(runs[["bookings_new", "cycle_days", "conflict_per_100"]].astype(float).round(1).to_string())
    firm = Organization("micro", seed=1, relationship="aligned")
    firm.run()
    course = firm.datacollector.get_model_vars_dataframe().set_index("day")
    print("\nOne run, a row per quarter:")
    print(course.loc[65::65, ["trust", "open_deals", "bookings", "disputes"]].round(2).to_string())


if __name__ == "__main__":
    main()
